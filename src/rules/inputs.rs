//! Rules about inputs.

use crate::parse::command::Command;
use crate::parse::input::Input;
use crate::rule::Context;
use crate::rule::Findings;
use crate::shell::Facts;

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
    let mut inputs = cx
        .inputs()
        .iter()
        .filter_map(|declared| declared.input.as_ref())
        .peekable();
    if inputs.peek().is_none() {
        return;
    }
    let mut seen: Vec<&str> = Vec::new();
    for input in inputs {
        let is_known = seen.contains(&input.name.as_str());
        seen.push(&input.name);
        if !is_known && !cx.commands().iter().any(|command| reads(command, input)) {
            out.report(input.span, format!("no command reads `{}`", input.name))
                .help(format!(
                    "use it as `\"${}\"` in a command, or remove it",
                    input.name
                ));
        }
    }
}

/// Whether a command reads an input; one that does not parse is taken to read every name in it.
fn reads(command: &Command, input: &Input) -> bool {
    let name = input.name.as_str();
    match &command.script {
        None => words(&command.code.text).any(|word| word == name),
        Some(_) => command.pieces().any(|(_, facts)| {
            facts
                .expansions
                .iter()
                .any(|expansion| *expansion.name == *name)
                || facts.mentioned.iter().any(|mentioned| **mentioned == *name)
                || !facts.faults.is_empty() && words(&facts.text).any(|word| word == name)
                || in_other_language(facts, name)
        }),
    }
}

/// Whether a quoted argument of a program such as `awk` holds the name.
fn in_other_language(facts: &Facts, name: &str) -> bool {
    facts.commands.iter().any(|command| {
        let is_language = facts
            .program(command)
            .is_some_and(|program| LANGUAGES.contains(&program));
        let documents = command
            .redirects
            .iter()
            .filter_map(|redirect| redirect.document);
        let texts = command.words.iter().map(|word| word.span).chain(documents);
        is_language
            && texts
                .filter(|text| facts.quoted.iter().any(|quoted| text.contains(*quoted)))
                .any(|text| words(facts.slice(text)).any(|word| word == name))
    })
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
