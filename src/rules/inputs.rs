//! Rules about inputs.

use rustc_hash::FxHashSet;

use crate::parse::command::Command;
use crate::rule::Context;
use crate::rule::Findings;
use crate::shell::Facts;
use crate::shell::Simple;

/// Programs whose quoted arguments are scripts of languages that read the environment their own way.
const LANGUAGES: [&str; 12] = [
    "awk", "envsubst", "gawk", "jq", "mawk", "node", "perl", "php", "python", "python3", "ruby",
    "yq",
];

pub fn malformed_input(cx: &Context<'_>, out: &mut Findings) {
    for declared in cx.inputs() {
        let Some(fault) = declared
            .fault
            .as_ref()
            .filter(|_| !cx.is_unfilled(declared.span))
        else {
            continue;
        };
        out.report(declared.span, fault.clone()).help(
            "write it like `` - `NAME` (required, pattern: `^v\\d+$`): what it is for ``; in the parentheses may stand required, secret, pattern, default and one of",
        );
    }
}

pub fn unused_input(cx: &Context<'_>, out: &mut Findings) {
    let inputs = cx.inputs().iter();
    let mut inputs = inputs
        .filter_map(|declared| declared.input.as_ref())
        .peekable();
    if inputs.peek().is_none() {
        return;
    }
    // A name that is declared twice is reported for that alone.
    let mut done: FxHashSet<&str> = FxHashSet::default();
    for command in cx.commands() {
        read_by(command, &mut done);
    }
    for input in inputs {
        if done.insert(&input.name) {
            out.report(input.span, format!("no command reads `{}`", input.name))
                .help(format!(
                    "use it as `\"${}\"` in a command, or remove it",
                    input.name
                ));
        }
    }
}

/// Add the names that a command reads; one that does not parse is taken to read every name in it.
fn read_by<'a>(command: &'a Command, names: &mut FxHashSet<&'a str>) {
    if command.script.is_none() {
        names.extend(words(&command.code.text));
    }
    for (_, facts) in command.pieces() {
        names.extend(facts.expansions.iter().map(|expansion| &*expansion.name));
        names.extend(facts.mentioned.iter().map(|name| &**name));
        if !facts.faults.is_empty() {
            names.extend(words(&facts.text));
        }
        names.extend(other_languages(facts));
    }
}

/// The names in quoted arguments of programs such as `awk`.
fn other_languages(facts: &Facts) -> impl Iterator<Item = &str> {
    let is_language = |command: &&Simple| {
        facts
            .program(command)
            .is_some_and(|name| LANGUAGES.contains(&name))
    };
    let commands = facts.commands.iter().filter(is_language);
    let texts = commands.flat_map(|command| {
        let documents = command
            .redirects
            .iter()
            .filter_map(|redirect| redirect.document);
        let words = command.words.iter().map(|word| word.span);
        let quoted = words.filter(|word| facts.slice(*word).contains(['"', '\'']));
        quoted.chain(documents)
    });
    texts.flat_map(|text| words(facts.slice(text)))
}

/// The identifiers of a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + text[rest..].find(is_word)?;
        let length = text[start..]
            .find(|c| !is_word(c))
            .unwrap_or(text.len() - start);
        rest = start + length;
        Some(&text[start..rest])
    })
}
