//! Commands that cannot be repeated.

use std::sync::LazyLock;

use regex::Regex;
use rustc_hash::FxHashSet;

use crate::parse::command::Part;
use crate::parse::value;
use crate::rule::Context;
use crate::rule::Findings;
use crate::rules::mark;
use crate::rules::program;
use crate::shell::Facts;
use crate::shell::Redirect;
use crate::shell::Simple;
use crate::shell::Word;
use crate::source::Span;
use crate::template::FieldSpec;

static CREATE_TABLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\bcreate\s+table\s+(if\s+not\s+exists\b)?").expect("a constant")
});

/// Options of `git tag` that make no tag, or make it in any case.
const TAG_OPTIONS: [&str; 13] = [
    "-d",
    "--delete",
    "-f",
    "--force",
    "-l",
    "--list",
    "-n",
    "-v",
    "--verify",
    "--contains",
    "--points-at",
    "--merged",
    "--no-merged",
];

/// Options of `git branch` with which it still makes a branch.
const BRANCH_OPTIONS: [&str; 5] = ["-q", "--quiet", "-t", "--track", "--no-track"];

pub fn not_idempotent(cx: &Context<'_>, out: &mut Findings) {
    let mut repeatable = None;
    let commands = cx.commands_with(mark::REPEAT);
    let actions = commands.filter(|command| command.item.part == Part::Actions);
    for command in actions {
        let mut redirects: FxHashSet<Span> = FxHashSet::default();
        // What the script has removed or written anew.
        let mut anew = FxHashSet::default();
        for (offset, facts) in command.pieces() {
            for simple in &facts.commands {
                if facts.program(simple) == Some("rm") {
                    anew.extend(simple.words.iter().map(|word| unquoted(facts, word)));
                }
                if simple.is_guarded {
                    continue;
                }
                let written = simple
                    .redirects
                    .iter()
                    .filter(|redirect| redirect.makes_anew);
                let written = written.filter_map(|redirect| redirect.target.as_ref());
                anew.extend(written.map(|target| unquoted(facts, target)));
                let fault = fault(facts, simple, &anew).or_else(|| {
                    let mut all = simple.redirects.iter();
                    let append = all.find(|redirect| appends(facts, redirect, &anew))?;
                    let is_first = redirects.insert(command.place(offset, append.span));
                    is_first.then_some((
                        "repeated, this appends a second time",
                        "write the whole file with `>`, or look first whether the text is there",
                    ))
                });
                let Some((message, help)) = fault else {
                    continue;
                };
                let steps = repeatable.get_or_insert_with(|| repeatable_steps(cx));
                if command.item.step.is_none_or(|step| !steps.contains(&step)) {
                    out.report(command.place(offset, simple.span), message)
                        .help(help);
                }
            }
        }
    }
}

/// Whether a piece cannot be repeated if nothing was removed or written anew before it.
pub fn may_fail_repeated(facts: &Facts) -> bool {
    let nothing = FxHashSet::default();
    let mut commands = facts.commands.iter().filter(|simple| !simple.is_guarded);
    commands.any(|simple| {
        let mut redirects = simple.redirects.iter();
        fault(facts, simple, &nothing).is_some()
            || redirects.any(|redirect| appends(facts, redirect, &nothing))
    })
}

/// The steps that say of themselves that they may be repeated.
fn repeatable_steps(cx: &Context<'_>) -> FxHashSet<usize> {
    let steps = cx.template.steps.as_ref();
    let spec = steps.and_then(|steps| FieldSpec::find(&steps.fields, "Idempotent"));
    let all = cx.document.workflow.steps.iter().enumerate();
    let marked = all.filter(|(_, step)| {
        let field = spec.and_then(|spec| step.body.field(spec));
        let text = field.and_then(|field| field.content.text());
        text.is_some_and(|text| value::yes_or_no(cx.text(text)) == Some(true))
    });
    marked.map(|(at, _)| at).collect()
}

fn fault(
    facts: &Facts,
    simple: &Simple,
    anew: &FxHashSet<String>,
) -> Option<(&'static str, &'static str)> {
    let program = facts.program(simple)?;
    let arguments = || facts.arguments(simple).collect::<Vec<&str>>();
    let has = |letters: &[char], long| program::has_option(&arguments(), letters, long);
    match program {
        "mkdir" if !has(&['p'], "--parents") && !is_made_anew(facts, simple, anew) => Some((
            "repeated, this fails: the folder is there already",
            "write `mkdir -p`",
        )),
        "ln" if has(&['s'], "--symbolic") && !has(&['f'], "--force") => Some((
            "repeated, this fails: the link is there already",
            "write `ln -sfn`",
        )),
        "useradd" | "adduser" => Some((
            "repeated, this fails: the user is there already",
            "look first: `id -u NAME || useradd NAME`",
        )),
        "git" => git(&arguments()),
        _ if program::holds(facts, simple, &CREATE_TABLE) => Some((
            "repeated, this fails: the table is there already",
            "write `CREATE TABLE IF NOT EXISTS`",
        )),
        _ => None,
    }
}

/// Whether the script has removed the folder before it makes it.
fn is_made_anew(facts: &Facts, simple: &Simple, anew: &FxHashSet<String>) -> bool {
    let folder = simple.words.last();
    !anew.is_empty() && folder.is_some_and(|folder| anew.contains(&unquoted(facts, folder)))
}

/// A word as it is written, without its double quotes.
fn unquoted(facts: &Facts, word: &Word) -> String {
    facts.slice(word.span).replace('"', "")
}

fn git(arguments: &[&str]) -> Option<(&'static str, &'static str)> {
    let (verb, rest) = program::git_verb(arguments)?;
    let is_option = |word: &&&str| word.starts_with('-');
    let has_operand = rest.iter().any(|word| !is_option(&word));
    let name = |word: &str| word.split('=').next().unwrap_or_default().to_owned();
    let mut options = rest.iter().filter(is_option).map(|word| name(word));
    match verb {
        "tag" if has_operand && !options.any(|option| TAG_OPTIONS.contains(&&*option)) => Some((
            "repeated, this fails: the tag is there already",
            "look first: `git rev-parse -q --verify \"refs/tags/$TAG\" || git tag \"$TAG\"`",
        )),
        "branch" if has_operand && options.all(|option| BRANCH_OPTIONS.contains(&&*option)) => {
            Some((
                "repeated, this fails: the branch is there already",
                "look first: `git rev-parse -q --verify \"refs/heads/$BRANCH\" || git branch \"$BRANCH\"`",
            ))
        }
        _ => None,
    }
}

/// Whether a redirection appends to a file that stays. Outputs are taken anew at each attempt.
fn appends(facts: &Facts, redirect: &Redirect, anew: &FxHashSet<String>) -> bool {
    let Some(target) = redirect.target.as_ref().filter(|_| redirect.appends) else {
        return false;
    };
    let is_output = facts
        .expansions_of(target)
        .iter()
        .any(|name| &*name.name == "WF_OUTPUT");
    let is_device = facts
        .value(target)
        .is_some_and(|path| path.starts_with("/dev/"));
    !is_output && !is_device && !anew.contains(&unquoted(facts, target))
}
