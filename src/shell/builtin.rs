//! What builtins do to names, and the scripts that commands hold in their arguments.

use crate::shell::Facts;
use crate::shell::Simple;
use crate::shell::Value;
use crate::shell::Word;
use crate::shell::is_name;
use crate::shell::shifted;
use crate::shell::syntax;
use crate::shell::walk::Walker;
use crate::source::Span;

/// Options of `read` that take the next word as their value; the name after `-a` is assigned like any other.
const READ_VALUES: [&str; 7] = ["-d", "-i", "-n", "-N", "-p", "-t", "-u"];

/// And those of `mapfile`.
const MAPFILE_VALUES: [&str; 7] = ["-d", "-n", "-O", "-s", "-u", "-C", "-c"];

/// The names of variables that a program hands to the one behind it: `env A=1 sh -c …`.
fn handed_on(text: &str, command: &Simple) -> Vec<String> {
    let before = command.words[..command.head].iter();
    let values = before.filter_map(|word| word.value_in(text)?.split_once('='));
    values
        .filter(|(name, _)| is_name(name))
        .map(|(name, _)| name.to_owned())
        .collect()
}

/// Note what a command does beyond running a program.
pub fn effects(walker: &mut Walker<'_>, command: &Simple) {
    let words = &command.words[command.head..];
    let Some(name) = words.first().and_then(|word| word.value_in(walker.text)) else {
        return;
    };
    let name = name.rsplit('/').next().unwrap_or(name).to_owned();
    let arguments: Vec<(&Word, String)> = words[1..]
        .iter()
        .map(|word| {
            (
                word,
                word.value_in(walker.text).unwrap_or_default().to_owned(),
            )
        })
        .collect();
    match name.as_str() {
        "source" | "." | "eval" => walker.facts.runs_text = true,
        "read" => read(walker, &arguments, &READ_VALUES),
        "mapfile" | "readarray" => read(walker, &arguments, &MAPFILE_VALUES),
        "getopts" => assign(walker, arguments.get(1)),
        "printf" | "wait" => {
            let option = if name == "printf" { "-v" } else { "-p" };
            let at = arguments.iter().position(|(_, word)| word == option);
            assign(walker, at.and_then(|at| arguments.get(at + 1)));
        }
        "let" => {
            for (_, word) in &arguments {
                let name = word
                    .split(['=', '+', '-', '*', '/', '%'])
                    .next()
                    .unwrap_or("");
                if is_name(name) {
                    walker.facts.assigned.push(name.into());
                }
            }
        }
        "printenv" | "unset" => mention(walker, &arguments),
        "test" | "[" => {
            let at = arguments.iter().position(|(_, word)| word == "-v");
            let after = at.map_or(arguments.len(), |at| at + 1);
            mention(walker, &arguments[after..arguments.len().min(after + 1)]);
            for pair in arguments.windows(2) {
                if pair[0].1 == "-z" || pair[0].1 == "-n" {
                    let expansions = &pair[1].0.expansions;
                    walker.guarded_by_test(expansions.start as usize..expansions.end as usize);
                }
            }
        }
        "trap" => script(walker, arguments.first(), &[]),
        "bash" | "sh" | "dash" | "ksh" | "zsh" => {
            let at = arguments
                .iter()
                .position(|(_, word)| is_script_option(word));
            let given = handed_on(walker.text, command);
            script(walker, at.and_then(|at| arguments.get(at + 1)), &given);
        }
        _ => {}
    }
}

/// Whether an option of a shell says that the next word is a script: `-c`, `-ec`.
fn is_script_option(word: &str) -> bool {
    word.starts_with('-') && !word.starts_with("--") && word.ends_with('c')
}

fn assign(walker: &mut Walker<'_>, argument: Option<&(&Word, String)>) {
    let name = argument.filter(|(_, name)| is_name(name));
    walker
        .facts
        .assigned
        .extend(name.map(|(_, name)| name.as_str().into()));
}

fn mention(walker: &mut Walker<'_>, arguments: &[(&Word, String)]) {
    let names = arguments.iter().filter(|(_, name)| is_name(name));
    walker
        .facts
        .mentioned
        .extend(names.map(|(_, name)| name.as_str().into()));
}

fn read(walker: &mut Walker<'_>, arguments: &[(&Word, String)], with_value: &[&str]) {
    let mut skip = false;
    for argument in arguments {
        let word = argument.1.as_str();
        let takes_value = with_value.contains(&word);
        if !skip && !takes_value && !word.starts_with('-') {
            assign(walker, Some(argument));
        }
        skip = takes_value;
    }
}

/// A script in an argument, where it is written just so in quotes. These names are handed to it.
fn script(walker: &mut Walker<'_>, argument: Option<&(&Word, String)>, given: &[String]) {
    let Some((word, value)) = argument else {
        return;
    };
    let written = &walker.text[word.span.range()];
    let inner = match (&word.value, written.strip_prefix(['\'', '"'])) {
        (Value::Unquoted(_), Some(rest)) if rest.len() == value.len() + 1 => {
            Span::new(word.span.start() + 1, word.span.end() - 1)
        }
        (Value::AsWritten, _) => word.span,
        _ => return,
    };
    if !walker.is_again && &walker.text[inner.range()] == value {
        let mut facts = syntax::facts(value);
        for expansion in &mut facts.expansions {
            expansion.is_handed_on |= given.iter().any(|name| **name == *expansion.name);
        }
        absorb(&mut walker.facts, facts, inner.start);
    }
}

/// Take the facts of an inner script in.
fn absorb(facts: &mut Facts, inner: Facts, offset: u32) {
    let (commands, expansions, pipelines) = (
        facts.commands.len() as u32,
        facts.expansions.len() as u32,
        facts.pipelines.len() as u32,
    );
    let shift_word = |word: &mut Word| {
        word.span = shifted(word.span, offset);
        word.expansions = word.expansions.start + expansions..word.expansions.end + expansions;
        word.inner = word.inner.start + commands..word.inner.end + commands;
    };
    for mut command in inner.commands {
        command.span = shifted(command.span, offset);
        command.words.iter_mut().for_each(shift_word);
        for redirect in &mut command.redirects {
            redirect.span = shifted(redirect.span, offset);
            redirect.target.as_mut().map(shift_word);
            redirect.document = redirect.document.map(|span| shifted(span, offset));
        }
        command.stage = command.stage.map(|(id, stage)| (id + pipelines, stage));
        facts.commands.push(command);
    }
    for mut expansion in inner.expansions {
        expansion.span = shifted(expansion.span, offset);
        facts.expansions.push(expansion);
    }
    let shift = |span: Span| shifted(span, offset);
    facts
        .pipelines
        .extend(inner.pipelines.into_iter().map(shift));
    facts
        .placeholders
        .extend(inner.placeholders.into_iter().map(shift));
    facts.assigned.extend(inner.assigned);
    facts.mentioned.extend(inner.mentioned);
    facts.runs_text |= inner.runs_text;
    for mut fault in inner.faults {
        fault.span = shifted(fault.span, offset);
        facts.faults.push(fault);
    }
}
