//! Rules about the syntax of shell commands and the variables in them.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use rustc_hash::FxHashMap;
use rustc_hash::FxHashSet;

use crate::markdown::content::Piece;
use crate::nearest;
use crate::parse::command::Command;
use crate::parse::input::Input;
use crate::parse::item::Language;
use crate::parse::item::Work;
use crate::rule::Context;
use crate::rule::Findings;
use crate::rules::inputs;
use crate::rules::mark;
use crate::rules::mend;
use crate::shell;
use crate::shell::Facts;
use crate::source::Span;
use crate::workflow::Section;

/// The variables that every command has: those of POSIX's Environment Variables, those that the Bash manual
/// lists under Shell Variables, and what sessions commonly set.
const KNOWN: [&str; 68] = [
    "BASH",
    "BASHOPTS",
    "BASHPID",
    "BASH_ALIASES",
    "BASH_ARGC",
    "BASH_ARGV",
    "BASH_ARGV0",
    "BASH_CMDS",
    "BASH_COMMAND",
    "BASH_ENV",
    "BASH_LINENO",
    "BASH_REMATCH",
    "BASH_SOURCE",
    "BASH_SUBSHELL",
    "BASH_VERSINFO",
    "BASH_VERSION",
    "CDPATH",
    "CI",
    "COLUMNS",
    "COMP_WORDS",
    "COPROC",
    "DIRSTACK",
    "DISPLAY",
    "EDITOR",
    "EPOCHREALTIME",
    "EPOCHSECONDS",
    "EUID",
    "FUNCNAME",
    "GROUPS",
    "HISTFILE",
    "HOME",
    "HOSTNAME",
    "HOSTTYPE",
    "IFS",
    "LANG",
    "LANGUAGE",
    "LINENO",
    "LINES",
    "LOGNAME",
    "MACHTYPE",
    "MAIL",
    "MAPFILE",
    "OLDPWD",
    "OPTARG",
    "OPTERR",
    "OPTIND",
    "OSTYPE",
    "PAGER",
    "PATH",
    "PIPESTATUS",
    "PPID",
    "PS4",
    "PWD",
    "RANDOM",
    "REPLY",
    "SECONDS",
    "SHELL",
    "SHELLOPTS",
    "SHLVL",
    "SRANDOM",
    "SSH_AUTH_SOCK",
    "TERM",
    "TMPDIR",
    "TZ",
    "UID",
    "USER",
    "VISUAL",
    "_",
];

/// And whole families of them.
const KNOWN_PREFIXES: [&str; 3] = ["WF_", "LC_", "XDG_"];

pub fn shell_syntax(cx: &Context<'_>, out: &mut Findings) {
    let may_be_silent = |command: &Command<'_>| command.code.language == Language::Console;
    for command in cx.commands() {
        let Some(script) = &command.script else {
            continue;
        };
        if !command.has(mark::SYNTAX) && !may_be_silent(command) {
            continue;
        }
        if let Some(fault) = script.fault() {
            let place = command.code.place(fault.span);
            let is_prompt = cx.text(place) == "$" && command.code.language != Language::Console;
            let fix = || mend::commands::transcript(cx, command.item.work, place);
            out.report(place, fault.message)
                .help(fault.help)
                .fix(is_prompt.then(fix).flatten());
        } else if command.code.language == Language::Sh
            && let Some((offset, span, what)) = bash_only(command)
        {
            out.report(command.place(offset, span), format!("`sh` has no {what}"))
                .help("mark the block `bash`, or write it without");
        } else if let Some(line) = silent_transcript(cx, command) {
            out.report(
                line,
                "no line of the block begins with `$ `, so nothing would run",
            )
            .help("write `$ ` before each command; mark a block that only shows output `no-run`");
        }
    }
}

/// The first line of a `console` block without a command.
fn silent_transcript(cx: &Context<'_>, command: &Command<'_>) -> Option<Span> {
    let source = &cx.document.source;
    match command.item.work {
        Work::Block(id, Language::Console) if command.code.text.trim().is_empty() => {
            Some(source.trim(source.first_line(cx.document.tree.block(id).span)))
        }
        _ => None,
    }
}

/// The first thing in a `sh` block that only bash has.
fn bash_only(command: &Command<'_>) -> Option<(u32, Span, &'static str)> {
    command.pieces().find_map(|(offset, facts)| {
        let (span, what) = facts.bash_only.first()?;
        Some((offset, *span, *what))
    })
}

pub fn command_placeholder(cx: &Context<'_>, out: &mut Findings) {
    for command in cx.commands_with(mark::PLACEHOLDER) {
        for (offset, facts) in command.pieces() {
            for &span in &facts.placeholders {
                report_placeholder(out, command.place(offset, span), facts.slice(span));
            }
            // In a code span the placeholders of the template have a rule of their own.
            if matches!(command.item.work, Work::Block(..)) {
                for span in template_placeholders(cx, facts) {
                    report_placeholder(out, command.place(offset, span), facts.slice(span));
                }
            }
        }
    }
}

fn report_placeholder(out: &mut Findings, place: Span, word: &str) {
    out.report(place, format!("`{word}` stands for a value, but the shell takes it as written"))
        .help("declare an input and write `\"$NAME\"`, or write the value; mark the block `no-run` if it is only an example");
}

fn template_placeholders(cx: &Context<'_>, facts: &Facts) -> Vec<Span> {
    let opens = memchr::memchr_iter(b'[', facts.text.as_bytes());
    let found = opens.filter_map(|open| {
        let length = facts.text[open + 1..].find([']', '[', '\n'])?;
        let inner = Span::new(open + 1, open + 1 + length);
        let span = Span::new(open, inner.end() + 1);
        let is_placeholder = facts.text[inner.end()..].starts_with(']')
            && cx.template.is_placeholder(facts.slice(inner));
        (is_placeholder && !facts.is_text(span)).then_some(span)
    });
    found.collect()
}

/// A variable that a command reads and that nothing gives.
pub struct Undeclared<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it is read first.
    pub place: Span,
    /// How many commands read it.
    pub commands: usize,
    /// The input that is probably meant.
    pub near: Option<&'a str>,
}

/// The variables that nothing gives, in the order in which they are read.
pub fn undeclared<'a>(cx: &'a Context<'_>) -> Vec<Undeclared<'a>> {
    if inputs_section(cx).is_some_and(|section| section.is_empty) {
        return Vec::new();
    }
    let mut known = None;
    let mut found: Vec<Undeclared<'_>> = Vec::new();
    let mut places: FxHashMap<&str, usize> = FxHashMap::default();
    for command in cx.commands_with(mark::VARIABLE) {
        let pieces = || command.pieces().map(|(_, facts)| facts);
        if pieces().any(|facts| facts.runs_text || !facts.faults.is_empty()) {
            continue;
        }
        let known = known.get_or_insert_with(|| declared(cx));
        let mut own: FxHashSet<&str> = pieces().flat_map(given).collect();
        for (offset, facts) in command.pieces() {
            for expansion in facts.expansions.iter().filter(|read| !read.is_handed_on) {
                let name: &str = &expansion.name;
                if is_environment(name) || known.contains(name) || !own.insert(name) {
                    continue;
                }
                let at = *places.entry(name).or_insert_with(|| {
                    found.push(Undeclared {
                        name,
                        place: command.place(offset, expansion.span),
                        commands: 0,
                        near: near_input(cx, name),
                    });
                    found.len() - 1
                });
                found[at].commands += 1;
            }
        }
    }
    // Where an input's name is malformed, that is what is wrong.
    found.retain(|variable| variable.near.is_none_or(shell::is_name));
    found
}

/// The section of inputs, if it holds none: then that is what is wrong.
fn inputs_section<'a>(cx: &'a Context<'_>) -> Option<&'a Section> {
    let id = cx.template.section("Inputs")?;
    let section = cx.document.workflow.section(id);
    section.filter(|_| cx.inputs().is_empty())
}

/// Whether a piece reads a variable that it does not give itself.
pub fn may_be_undeclared(facts: &Facts) -> bool {
    let given: FxHashSet<&str> = given(facts).collect();
    facts.expansions.iter().any(|read| {
        let name = &*read.name;
        !read.is_handed_on && !is_environment(name) && !given.contains(name)
    })
}

/// The names that a piece assigns, or says of what happens without a value.
fn given(facts: &Facts) -> impl Iterator<Item = &str> {
    let expansions = facts.expansions.iter();
    let guarded = expansions.filter(|expansion| expansion.has_fallback);
    let assigned = facts.assigned.iter().map(|name| &**name);
    assigned.chain(guarded.map(|expansion| &*expansion.name))
}

/// So many inputs are compared with a name that nothing gives.
const COMPARED: usize = 200;

fn near_input<'a>(cx: &'a Context<'_>, name: &str) -> Option<&'a str> {
    let names = declared_inputs(cx)
        .take(COMPARED)
        .map(|input| input.name.as_str());
    nearest::nearest(name, names).filter(|input| nearest::near_miss(name, input).is_some())
}

pub fn undeclared_variable(cx: &Context<'_>, out: &mut Findings) {
    for variable in undeclared(cx) {
        let name = variable.name;
        let others = match variable.commands {
            1 => String::new(),
            2 => " (one more command reads it)".to_owned(),
            count => format!(" ({} more commands read it)", count - 1),
        };
        let help = match variable.near {
            Some(input) => format!("did you mean `${input}`?{others}"),
            None => format!(
                "declare it as an input, assign it in this command, or write `${{{name}:-…}}`{others}"
            ),
        };
        out.report(variable.place, format!("nothing gives `{name}` a value"))
            .help(help);
    }
}

fn declared_inputs<'a>(cx: &'a Context<'_>) -> impl Iterator<Item = &'a Input> {
    cx.inputs()
        .iter()
        .filter_map(|declared| declared.input.as_ref())
}

fn is_environment(name: &str) -> bool {
    KNOWN.binary_search(&name).is_ok()
        || KNOWN_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Where a command writes its outputs.
static OUTPUT: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("WF_OUTPUT"));

/// The names that every command of the document can read: inputs, outputs, and what is configured.
fn declared(cx: &Context<'_>) -> FxHashSet<String> {
    let mut names: FxHashSet<String> = declared_inputs(cx)
        .map(|input| input.name.clone())
        .collect();
    names.extend(cx.config.run.env.keys().cloned());
    // Words in another form than a list's bullets.
    let pieces = inputs_section(cx).map_or(&[][..], |section| &section.body.content.pieces);
    for piece in pieces
        .iter()
        .filter(|piece| !matches!(piece, Piece::List(_)))
    {
        let text = cx.text(piece.span(&cx.document.tree));
        names.extend(inputs::words(text).map(str::to_owned));
    }
    for command in cx
        .commands()
        .iter()
        .filter(|command| OUTPUT.find(command.code.text.as_bytes()).is_some())
    {
        names.extend(outputs(command));
    }
    names
}

/// The names of `NAME=…` texts in a command that writes outputs.
fn outputs(command: &Command<'_>) -> Vec<String> {
    let is_end = |c: char| c.is_whitespace() || "'\"(){};|".contains(c);
    let words = command.code.text.split(is_end);
    let names = words
        .flat_map(|word| word.split("\\n"))
        .filter_map(|word| word.split_once('=').map(|(name, _)| name));
    names
        .filter(|name| shell::is_name(name))
        .map(str::to_owned)
        .collect()
}

pub fn unquoted_input(cx: &Context<'_>, out: &mut Findings) {
    let mut names = None;
    for command in cx.commands_with(mark::SPLITTING) {
        for (offset, facts) in command.pieces() {
            for expansion in facts.expansions.iter().filter(|expansion| expansion.splits) {
                let names: &FxHashSet<&str> = names.get_or_insert_with(|| {
                    declared_inputs(cx)
                        .map(|input| input.name.as_str())
                        .collect()
                });
                if !names.contains(&*expansion.name) {
                    continue;
                }
                let written = facts.slice(expansion.span);
                out.report(
                    command.place(offset, expansion.span),
                    format!("the input `{}` is expanded without quotes", expansion.name),
                )
                .help(format!(
                    "write `\"{written}\"`: without quotes a blank or `*` in the value changes the command"
                ))
                .fix(mend::commands::quoted(command.place(offset, expansion.span)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn known_names_are_sorted_for_the_search() {
        assert!(super::KNOWN.is_sorted());
    }
}
