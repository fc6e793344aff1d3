//! Commands that destroy more than was meant when something about them is not as expected.

use std::cell::OnceCell;
use std::sync::LazyLock;

use regex::Regex;
use rustc_hash::FxHashSet;

use crate::parse::command::Command;
use crate::rule::Context;
use crate::rule::Findings;
use crate::rules::mark;
use crate::rules::program;
use crate::shell::Facts;
use crate::shell::Simple;
use crate::shell::Word;
use crate::source::Span;

/// Programs that fetch from the network.
const FETCHERS: [&str; 5] = ["curl", "fetch", "http", "https", "wget"];

/// Shells: what they read from a pipe they run.
const SHELLS: [&str; 6] = ["bash", "dash", "fish", "ksh", "sh", "zsh"];

/// And other interpreters, which have more options that make them read something else.
const INTERPRETERS: [&str; 7] = [
    "node", "perl", "php", "python", "python2", "python3", "ruby",
];

static DROP_DATABASE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\bdrop\s+(?:database|schema)\s+(if\s+exists\b)?").expect("a constant")
});

pub fn dangerous_command(cx: &Context<'_>, out: &mut Findings) {
    for command in cx.commands_with(mark::DANGER) {
        let assigned = Assigned::of(command);
        for (offset, facts) in command.pieces() {
            for simple in &facts.commands {
                if let Some((message, help)) = danger(&assigned, facts, simple) {
                    out.report(command.place(offset, simple.span), message)
                        .help(help);
                }
            }
            for pipeline in fetched_pipelines(facts) {
                let place = command.place(offset, pipeline);
                out.report(place, FETCHED).help(FETCHED_HELP);
            }
        }
    }
}

/// Whether a piece is dangerous if nothing was assigned before it.
pub fn may_be_dangerous(facts: &Facts) -> bool {
    let nothing = Assigned::default();
    let mut commands = facts.commands.iter();
    commands.any(|simple| danger(&nothing, facts, simple).is_some())
        || !fetched_pipelines(facts).is_empty()
}

const FETCHED: &str = "what comes from the network is run as it comes";
const FETCHED_HELP: &str = "download it to a file, check its hash or signature, then run the file";

/// The names that a command assigns, collected when first asked for.
#[derive(Default)]
struct Assigned<'a> {
    command: Option<&'a Command<'a>>,
    names: OnceCell<FxHashSet<&'a str>>,
}

impl<'a> Assigned<'a> {
    fn of(command: &'a Command<'a>) -> Self {
        Self {
            command: Some(command),
            names: OnceCell::new(),
        }
    }

    fn contains(&self, name: &str) -> bool {
        let names = self.names.get_or_init(|| {
            let pieces = self.command.into_iter().flat_map(Command::pieces);
            let names = pieces.flat_map(|(_, facts)| &facts.assigned);
            names.map(|name| &**name).collect()
        });
        names.contains(name)
    }
}

fn danger(
    assigned: &Assigned<'_>,
    facts: &Facts,
    simple: &Simple,
) -> Option<(&'static str, &'static str)> {
    let program = facts.program(simple)?;
    let arguments = || facts.arguments(simple).collect::<Vec<&str>>();
    match program {
        "rm" => removes_too_much(assigned, facts, simple, &arguments()),
        "chmod" => opens_to_all(&arguments()).then_some((
            "everything below is opened to everyone",
            "give the rights that are needed to the user who needs them: `chmod -R u=rwX,go=rX`",
        )),
        "dd" => facts.arguments(simple).any(writes_device).then_some((
            "a device is overwritten, whatever is on it",
            "let a person do this: write it as an item without a command",
        )),
        "git" => forces_push(&arguments()).then_some((
            "a forced push throws away what others have pushed",
            "write `--force-with-lease`, which refuses if the branch has moved",
        )),
        _ if program == "mkfs" || program.starts_with("mkfs.") => Some((
            "a file system is made anew, whatever is on the device",
            "let a person do this: write it as an item without a command",
        )),
        _ if program::holds(facts, simple, &DROP_DATABASE) => Some((
            "a database is dropped without `IF EXISTS`: repeated, the command fails half-way",
            "write `DROP DATABASE IF EXISTS`, behind a backup",
        )),
        _ if runs_fetched_argument(facts, simple, program) => Some((FETCHED, FETCHED_HELP)),
        _ => None,
    }
}

fn removes_too_much(
    assigned: &Assigned<'_>,
    facts: &Facts,
    simple: &Simple,
    arguments: &[&str],
) -> Option<(&'static str, &'static str)> {
    let is_whole = program::has_option(arguments, &['r', 'R'], "--recursive");
    if !is_whole || !program::has_option(arguments, &['f'], "--force") {
        return None;
    }
    let words = &simple.words[simple.head + 1..];
    if words
        .iter()
        .any(|word| facts.value(word).is_some_and(is_everything))
    {
        return Some((
            "this removes everything that can be reached",
            "name the folder that is meant",
        ));
    }
    let is_bare = |word: &&Word| is_bare_variable(assigned, facts, word);
    words.iter().find(is_bare).map(|_| {
        (
            "without a value in the variable this removes something else than was meant",
            "write `${NAME:?}`, which stops the command if there is no value",
        )
    })
}

/// Whether a path is the root or the home folder, or all that is in it.
fn is_everything(path: &str) -> bool {
    let rest = path.strip_prefix('~').or_else(|| path.strip_prefix('/'));
    rest.is_some_and(|rest| rest.bytes().all(|byte| b"/*.".contains(&byte)))
}

/// Whether a word is one variable, alone or with `/` or `/*` behind it, that the command did not assign.
fn is_bare_variable(assigned: &Assigned<'_>, facts: &Facts, word: &Word) -> bool {
    let [expansion] = facts.expansions_of(word) else {
        return false;
    };
    let written = facts.slice(expansion.span);
    let plain = facts.slice(word.span).replace('"', "");
    let Some(tail) = plain.strip_prefix(written) else {
        return false;
    };
    let has_value = expansion.has_fallback && !written.ends_with("-}");
    tail.bytes().all(|byte| b"/*.".contains(&byte))
        && !has_value
        && !assigned.contains(&expansion.name)
}

fn opens_to_all(arguments: &[&str]) -> bool {
    let mode = arguments.iter().find(|word| !word.starts_with('-'));
    program::has_option(arguments, &['R'], "--recursive")
        && mode.is_some_and(|mode| {
            let digits = mode.trim_start_matches('0');
            digits == "777" || matches!(*mode, "a+rwx" | "a=rwx" | "ugo+rwx" | "ugo=rwx" | "+rwx")
        })
}

fn writes_device(word: &str) -> bool {
    let device = word.strip_prefix("of=/dev/");
    device.is_some_and(|device| !matches!(device, "null" | "stdout" | "stderr" | "tty"))
}

fn forces_push(arguments: &[&str]) -> bool {
    let Some((verb, rest)) = program::git_verb(arguments) else {
        return false;
    };
    let is_ref = |word: &&str| word.starts_with('+') && word.len() > 1;
    verb == "push" && (program::has_option(rest, &['f'], "--force") || rest.iter().any(is_ref))
}

/// The pipelines in which an interpreter runs what a program fetched.
fn fetched_pipelines(facts: &Facts) -> Vec<Span> {
    let mut found = Vec::new();
    if facts.pipelines.is_empty() {
        return found;
    }
    // Of each pipeline, whether an earlier stage fetches: its stages stand in order. None once it is found.
    let mut fetches = vec![Some(false); facts.pipelines.len()];
    for simple in &facts.commands {
        let (Some((pipeline, _)), Some(program)) = (simple.stage, facts.program(simple)) else {
            continue;
        };
        let pipeline = pipeline as usize;
        let arguments = || facts.arguments(simple).collect::<Vec<_>>();
        fetches[pipeline] = match fetches[pipeline] {
            Some(true) if runs_input(program, &arguments()) => {
                found.push(facts.pipelines[pipeline]);
                None
            }
            Some(before) => Some(before || FETCHERS.contains(&program)),
            None => None,
        };
    }
    found
}

/// Whether an interpreter with these arguments runs what it reads.
fn runs_input(program: &str, arguments: &[&str]) -> bool {
    let is_shell = SHELLS.contains(&program);
    if !is_shell && !INTERPRETERS.contains(&program) {
        return false;
    }
    for word in arguments {
        match *word {
            "-" | "-s" | "/dev/stdin" => return true,
            _ if !word.starts_with('-') => return false,
            // `-c` and, but in shells, `-m`, `-e`, `-n` and `-p` say that the program comes from elsewhere.
            _ if word.contains('c') || !is_shell && word.contains(['m', 'e', 'n', 'p']) => {
                return false;
            }
            _ => {}
        }
    }
    true
}

/// Whether a command is given what a program fetched as its script: `bash <(curl …)`, `sh -c "$(curl …)"`.
fn runs_fetched_argument(facts: &Facts, simple: &Simple, program: &str) -> bool {
    let runs = SHELLS.contains(&program)
        || INTERPRETERS.contains(&program)
        || matches!(program, "eval" | "source" | ".");
    let mut inner = simple.words.iter().flat_map(|word| word.inner.clone());
    runs && inner.any(|at| {
        let program = facts.program(&facts.commands[at as usize]);
        program.is_some_and(|program| FETCHERS.contains(&program))
    })
}
