//! From a text to its facts by way of the parser crate, kept from what makes it slow or exhausts the stack.

use std::borrow::Cow;

use shuck_ast::Span as ShellSpan;
use shuck_parser::parser::ParseResult;
use shuck_parser::parser::Parser;

use crate::shell::Facts;
use crate::shell::Fault;
use crate::shell::LONGEST;
use crate::shell::fault;
use crate::shell::is_name;
use crate::shell::placeholder;
use crate::shell::walk::Walker;
use crate::source::Span;

/// Deeper nesting of braces and parentheses is not parsed: the parser takes more than linear time for it.
const DEEPEST: usize = 100;

/// So many prefixes (`time`, `coproc`, `!`) in a row are not parsed: the parser recurses over them unchecked.
const MOST_PREFIXES: usize = 50;

/// So often a text is parsed again at most, with braces that the parser misread made plain.
const MOST_MENDED: usize = 8;

/// Parse a text.
pub fn facts(text: &str) -> Facts {
    if text.len() > LONGEST || is_too_deep(text) {
        let message = if text.len() > LONGEST {
            "the script is too long to be parsed"
        } else {
            "the script is nested too deeply to be parsed"
        };
        return faulty(text, Vec::new(), vec![fault::too_much(text, message)]);
    }
    let candidates = placeholder::candidates(text);
    let facts = parsed(text, &candidates);
    let real: Vec<Span> = candidates
        .iter()
        .copied()
        .filter(|candidate| !facts.is_text(*candidate))
        .collect();
    if real.len() == candidates.len() {
        return facts;
    }
    // What looks like a placeholder in quotes or a comment is text: judge it as it is.
    parsed(text, &real)
}

fn parsed(text: &str, placeholders: &[Span]) -> Facts {
    let masked = placeholder::masked(text, placeholders);
    let mut facts = collected(&masked, 0);
    if facts.faults.is_empty() {
        facts.placeholders.extend(placeholders);
    } else {
        let outside = placeholder::outside_texts(text, placeholders);
        facts.placeholders.extend(outside);
    }
    if let Some(prompt) = prompt(&facts, text) {
        facts.faults = vec![prompt];
    }
    if !facts.faults.is_empty() {
        let texts = facts.texts;
        let mut facts = faulty(text, facts.placeholders, facts.faults);
        facts.texts = texts;
        return facts;
    }
    facts.text = text.into();
    facts
}

/// What does not parse in a text that stands `depth` command substitutions deep.
pub fn faults(text: &str, depth: usize) -> Vec<Fault> {
    collected(text, depth).faults
}

fn collected(text: &str, depth: usize) -> Facts {
    let mut text = Cow::Borrowed(text);
    let mut result = Parser::new(&text).parse();
    for _ in 0..MOST_MENDED {
        let braces = braces_in_words(&text, &result);
        if braces.is_empty() {
            break;
        }
        for at in braces {
            text.to_mut().replace_range(at..=at, "_");
        }
        result = Parser::new(&text).parse();
    }
    let mut walker = Walker::new(&text);
    walker.depth = depth;
    walker.is_again = depth > 0;
    walker.statements(&result.file.body);
    let mut facts = walker.facts;
    facts.texts.sort_unstable();
    if result.is_err() {
        let parser_faults = result.diagnostics.iter();
        let parser_faults =
            parser_faults.map(|found| fault::of(&text, span(found.span), &found.message));
        let before = facts.faults.len();
        facts.faults.extend(parser_faults);
        if facts.faults.len() == before {
            let message = result.strict_error().to_string();
            facts
                .faults
                .push(fault::of(&text, Span::default(), &message));
        }
    }
    facts
}

/// The closing braces that the parser takes for the end of a group though they stand within a word, where they
/// are text: `\{}`, `a}b`.
fn braces_in_words(text: &str, result: &ParseResult) -> Vec<usize> {
    let is_within = |at: usize| {
        let bytes = text.as_bytes();
        let before = at.checked_sub(1).map(|at| bytes[at]);
        bytes.get(at) == Some(&b'}')
            && before.is_some_and(|byte| !byte.is_ascii_whitespace() && !b";&|()".contains(&byte))
    };
    let places = result.diagnostics.iter();
    let places = places.map(|found| found.span.start.offset());
    places.filter(|&at| is_within(at)).collect()
}

/// The facts of a text that does not parse: what was made of it would mislead, but a name that it may assign is
/// not undeclared elsewhere.
fn faulty(text: &str, placeholders: Vec<Span>, faults: Vec<Fault>) -> Facts {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '=');
    let names = words
        .filter_map(|word| word.split_once('='))
        .map(|(name, _)| name);
    Facts {
        text: text.into(),
        assigned: names.filter(|name| is_name(name)).map(Into::into).collect(),
        placeholders,
        faults,
        ..Facts::default()
    }
}

/// A line that begins with a prompt, where the text does not parse or runs the prompt as a program.
fn prompt(facts: &Facts, text: &str) -> Option<Fault> {
    let mut programs = facts
        .commands
        .iter()
        .filter_map(|command| command.words.first());
    let program = programs.find(|word| &text[word.span.range()] == "$");
    if let Some(word) = program {
        return Some(fault::prompt(word.span));
    }
    if facts.faults.is_empty() {
        return None;
    }
    let mut offset = 0;
    text.split_inclusive('\n').find_map(|line| {
        let start = offset + line.len() - line.trim_start().len();
        offset += line.len();
        text[start..]
            .starts_with("$ ")
            .then(|| fault::prompt(Span::new(start, start + 1)))
    })
}

fn is_too_deep(text: &str) -> bool {
    let mut depth = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'(' | b'{' => depth += 1,
            b')' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return true;
        }
    }
    let mut prefixes = 0;
    text.split_whitespace().any(|word| {
        let is_prefix = matches!(
            word.trim_end_matches('\\'),
            "time" | "coproc" | "!" | "-p" | "--" | ""
        );
        prefixes = if is_prefix { prefixes + 1 } else { 0 };
        prefixes > MOST_PREFIXES
    })
}

/// A span of the parser's as ours.
pub fn span(span: ShellSpan) -> Span {
    Span::new(span.start.offset(), span.end.offset())
}
