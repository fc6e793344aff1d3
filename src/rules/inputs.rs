//! Rules about inputs.

use std::cell::LazyCell;

use rustc_hash::FxHashSet;

use crate::markdown::BlockId;
use crate::markdown::BlockKind;
use crate::parse::command::Command;
use crate::parse::item::Language;
use crate::parse::item::Work;
use crate::rule::Context;
use crate::rule::Findings;
use crate::rules::sections;
use crate::rules::shell;
use crate::shell::Facts;
use crate::shell::Simple;
use crate::shell::is_name;

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
    if inputs.peek().is_none() || cx.commands().iter().any(reads_what_it_finds) {
        return;
    }
    // A name that is declared twice is reported for that alone.
    let mut done: FxHashSet<&str> = FxHashSet::default();
    for command in cx.commands() {
        read_by(command, &mut done);
    }
    // What a command that cannot be told from text reads is left to the rule that says so.
    let lost = LazyCell::new(|| lost(cx));
    let near = LazyCell::new(|| {
        let undeclared = shell::undeclared(cx).into_iter();
        undeclared
            .filter_map(|variable| variable.near)
            .collect::<FxHashSet<_>>()
    });
    for input in inputs.filter(|input| is_name(&input.name) && !input.span.is_empty()) {
        let is_read = || lost.contains(&*input.name) || near.contains(&*input.name);
        if done.insert(&input.name) && !is_read() {
            out.report(input.span, format!("no command reads `{}`", input.name))
                .help(format!(
                    "use it as `\"${}\"` in a command, or remove it",
                    input.name
                ));
        }
    }
}

/// The words of what would be a command if it stood where the template has commands: in a section of the template
/// other than one that shows code.
fn lost<'a>(cx: &'a Context<'_>) -> FxHashSet<&'a str> {
    let (tree, sections) = (&cx.document.tree, &cx.document.workflow.sections);
    let commands: FxHashSet<BlockId> = cx
        .commands()
        .iter()
        .filter_map(|command| match command.item.work {
            Work::Block(id, _) => Some(id),
            _ => None,
        })
        .collect();
    let is_possible = |at: u32| {
        let before = sections.partition_point(|section| section.heading.start <= at);
        let spec = before.checked_sub(1).and_then(|at| sections[at].spec);
        spec.is_some_and(|id| !cx.template.sections[id].asks.code)
    };
    let mut names = FxHashSet::default();
    let unclosed = sections::unclosed_block(cx).map_or("", |block| cx.text(block));
    names.extend(words(unclosed));
    for (id, block) in (0..).zip(&tree.blocks) {
        let is_command = match &block.kind {
            BlockKind::Fence(fence) => {
                !commands.contains(&id)
                    && Language::of(fence, &cx.config.run.interpreters).is_some()
            }
            BlockKind::Paragraph => cx.text(block.span).contains("Run:"),
            _ => false,
        };
        if is_command && is_possible(block.span.start) {
            names.extend(words(cx.text(block.span)));
        }
    }
    names
}

/// Whether a command reads every variable that a text it is given names: `envsubst` without a list of them.
fn reads_what_it_finds(command: &Command<'_>) -> bool {
    command.pieces().any(|(_, facts)| {
        facts.commands.iter().any(|simple| {
            facts.program(simple) == Some("envsubst") && simple.words.len() == simple.head + 1
        })
    })
}

/// Add the names that a command reads; one that does not parse is taken to read every name in it.
fn read_by<'a>(command: &'a Command<'_>, names: &mut FxHashSet<&'a str>) {
    if command.script.is_none() {
        names.extend(words(&command.code.text));
    }
    for (_, facts) in command.pieces() {
        let read = facts.expansions.iter();
        let read = read.filter(|expansion| !expansion.is_handed_on);
        names.extend(read.map(|expansion| &*expansion.name));
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
pub fn words(text: &str) -> impl Iterator<Item = &str> {
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
