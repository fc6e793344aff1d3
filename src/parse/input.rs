//! Inputs: one bullet each, `` `VERSION` (required, pattern: `^\d+$`): what it is ``.

use regex::Regex;
use rustc_hash::FxHashSet;

use crate::diagnostic;
use crate::markdown::BlockKind;
use crate::parse::Document;
use crate::shell;
use crate::source::Source;
use crate::source::Span;
use crate::template::ListKind;
use crate::template::Template;

/// A value that is given to every command as an environment variable.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Input {
    /// Its name, an environment variable's.
    pub name: String,
    /// Where the name stands; empty where it can only be guessed.
    pub span: Span,
    /// Whether a run without it is refused.
    pub is_required: bool,
    /// Whether it is masked wherever it would be shown or stored.
    pub is_secret: bool,
    /// The regular expression that its value must match.
    pub pattern: Option<String>,
    /// The values it may have; empty for any.
    pub choices: Vec<String>,
    /// Its value where none is given.
    pub default: Option<String>,
    /// What it is for.
    pub description: String,
}

/// A bullet of Inputs.
#[derive(Debug)]
pub struct Declared {
    /// The whole bullet.
    pub span: Span,
    /// What it declares, as far as it could be read: a malformed input still declares its name.
    pub input: Option<Input>,
    /// What is wrong with it.
    pub fault: Option<String>,
}

/// The inputs that a document declares, in order.
#[must_use]
pub fn inputs(document: &Document, template: &Template) -> Vec<Declared> {
    let section = template.section("Inputs");
    let section = section.and_then(|id| document.workflow.section(id));
    let items = section
        .into_iter()
        .flat_map(|section| section.body.content.items(&document.tree));
    // Without its heading the check list of the next section stands here, too.
    let is_list_lost = template.sections.iter().enumerate().any(|(id, section)| {
        let is_absent = !section.optional && document.workflow.section(id).is_none();
        is_absent && section.asks.list == Some(ListKind::Task)
    });
    let has_box = |item| matches!(document.tree.block(item).kind, BlockKind::Item(Some(_)));
    let items = items.filter(|&item| !(is_list_lost && has_box(item)));
    let mut names = FxHashSet::default();
    let bullets = items.map(|item| {
        let first = document.tree.children(item).next();
        let text = first.map_or_else(Span::default, |first| document.tree.block(first).span);
        let mut declared = Declared {
            span: document.tree.block(item).span,
            input: None,
            fault: None,
        };
        match read(&document.source, text) {
            Ok(input) => declared.input = Some(input),
            Err((input, fault)) => (declared.input, declared.fault) = (input, Some(fault)),
        }
        if let Some(input) = &declared.input
            && !names.insert(input.name.clone())
            && declared.fault.is_none()
        {
            let name = diagnostic::quoted(&input.name);
            declared.fault = Some(format!("`{name}` is declared a second time"));
        }
        declared
    });
    bullets.collect()
}

/// Read the text of a bullet as an input. On failure the message says what is wrong, after an input's name as
/// far as it could be read: a malformed input still declares it.
fn read(source: &Source, text: Span) -> Result<Input, (Option<Input>, String)> {
    let bullet = source.slice(text);
    let fail = |message: &str| (guessed(bullet), message.to_owned());
    let rest = bullet
        .strip_prefix('`')
        .ok_or_else(|| fail("an input begins with its name in backticks"))?;
    let (name, rest) = rest
        .split_once('`')
        .ok_or_else(|| fail("the name's closing backtick is missing"))?;
    let mut input = Input {
        name: name.trim().to_owned(),
        span: Span::new(text.start() + 1, text.start() + 1 + name.len()),
        ..Input::default()
    };
    let result = if shell::is_name(name) {
        body(&mut input, rest.trim_start())
    } else {
        let name = diagnostic::quoted(name);
        Err(format!("`{name}` is no name of an environment variable"))
    };
    match result {
        Ok(()) => Ok(input),
        Err(message) => Err((Some(input), message)),
    }
}

/// The input that a bullet means whose name lacks a backtick, or is bold: a word in capitals. It has no place.
fn guessed(bullet: &str) -> Option<Input> {
    let is_name = |c: &char| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '_';
    let is_mark = |c: &char| matches!(c, '`' | '*');
    let name = bullet.chars().filter(|c| !is_mark(c)).take_while(is_name);
    let name: String = name.collect();
    shell::is_name(&name).then(|| Input {
        name,
        ..Input::default()
    })
}

fn body(input: &mut Input, rest: &str) -> Result<(), String> {
    let rest = match rest.strip_prefix('(') {
        None => rest,
        Some(inner) => {
            let close = outside_code(inner, ')').ok_or("the closing parenthesis is missing")?;
            options(input, &inner[..close])?;
            inner[close + 1..].trim_start()
        }
    };
    let description = rest
        .strip_prefix(':')
        .ok_or("a colon and what the input is for must follow")?;
    description.trim().clone_into(&mut input.description);
    check(input)
}

/// Where `wanted` first stands outside of code spans.
fn outside_code(text: &str, wanted: char) -> Option<usize> {
    let mut in_code = false;
    text.char_indices().find_map(|(at, c)| {
        in_code ^= c == '`';
        (c == wanted && !in_code).then_some(at)
    })
}

fn split_outside_code(mut text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    while let Some(at) = outside_code(text, separator) {
        parts.push(text[..at].trim());
        text = &text[at + separator.len_utf8()..];
    }
    parts.push(text.trim());
    parts
}

fn options(input: &mut Input, options: &str) -> Result<(), String> {
    // `one of:` holds commas itself: what follows a comma and is only a code span belongs to it.
    let mut in_choices = false;
    for option in split_outside_code(options, ';')
        .into_iter()
        .flat_map(|part| split_outside_code(part, ','))
    {
        if in_choices && let Some(choice) = code(option) {
            input.choices.push(choice.to_owned());
            continue;
        }
        in_choices = false;
        let (key, value) = match outside_code(option, ':') {
            Some(colon) => (option[..colon].trim(), Some(option[colon + 1..].trim())),
            None => (option, None),
        };
        let quoted = |value: Option<&str>| {
            let inner = value.and_then(code).map(str::to_owned);
            let key = diagnostic::quoted(key);
            inner.ok_or_else(|| format!("`{key}` wants a value in backticks"))
        };
        match key {
            "required" if value.is_none() => input.is_required = true,
            "secret" if value.is_none() => input.is_secret = true,
            "pattern" => input.pattern = Some(quoted(value)?),
            "default" => input.default = Some(quoted(value)?),
            "one of" => {
                input.choices.push(quoted(value)?);
                in_choices = true;
            }
            _ => {
                let key = diagnostic::quoted(key);
                return Err(format!(
                    "`{key}` is none of required, secret, pattern, default and one of"
                ));
            }
        }
    }
    Ok(())
}

fn code(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('`')?.strip_suffix('`')?;
    (!inner.contains('`')).then_some(inner)
}

fn check(input: &Input) -> Result<(), String> {
    let read = |pattern: &String| {
        let fault = |_| {
            let pattern = diagnostic::quoted(pattern);
            format!("`{pattern}` is no regular expression")
        };
        Regex::new(pattern).map_err(fault)
    };
    let pattern = input.pattern.as_ref().map(read).transpose()?;
    let Some(default) = &input.default else {
        return Ok(());
    };
    let shown = diagnostic::quoted(default);
    if pattern.is_some_and(|pattern| !pattern.is_match(default)) {
        return Err(format!("the default `{shown}` does not match the pattern"));
    }
    if !input.choices.is_empty() && !input.choices.contains(default) {
        return Err(format!("the default `{shown}` is none of the choices"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;
    use crate::template;

    fn input(text: &str) -> Result<Input, String> {
        let source = Source::new("a.md", text);
        read(&source, Span::new(0, text.len())).map_err(|(_, message)| message)
    }

    #[test]
    fn the_three_forms() {
        let version = input(r"`VERSION` (required, pattern: `^\d+\.\d+(,\d)?$`): the version")
            .expect("well formed");
        assert!(version.is_required);
        assert_eq!(version.pattern.as_deref(), Some(r"^\d+\.\d+(,\d)?$"));
        assert_eq!(version.description, "the version");
        let channel = input("`CHANNEL` (one of: `stable`, `beta`; default: `stable`): where")
            .expect("well formed");
        assert_eq!(
            (channel.choices.len(), channel.default.as_deref()),
            (2, Some("stable"))
        );
        assert!(
            input("`TOKEN` (required, secret): the token")
                .expect("well formed")
                .is_secret
        );
        assert!(input("`PLAIN`: anything").is_ok());
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, part) in [
            ("VERSION: the version", "backticks"),
            ("`2ND`: x", "environment variable"),
            ("`A` (needed): x", "`needed`"),
            ("`A` (pattern: `(`): x", "regular expression"),
            ("`A` (pattern: `^a$`, default: `b`): x", "does not match"),
            (
                "`A` (one of: `a`, `b`; default: `c`): x",
                "none of the choices",
            ),
            ("`A` (required: x", "parenthesis"),
            ("`A` the thing", "colon"),
        ] {
            let message = input(text).expect_err(text);
            assert!(message.contains(part), "{text}: {message}");
        }
    }

    #[test]
    fn a_message_stands_on_one_line() {
        for text in [
            "`A\rB`: x",
            "`A` (pattern: `(\n`): x",
            "`A` (a\nb): x",
            "`A` (pattern: `b`, default: `c\nd`): x",
        ] {
            let message = input(text).expect_err(text);
            assert!(!message.contains(['\n', '\r']), "{text}: {message}");
        }
    }

    #[test]
    fn a_document_declares_its_inputs() {
        let template = template::read(&Source::new("t.md", "## Inputs\n\n- [Input]\n"));
        let template = template.expect("a valid template");
        let text = "## Inputs\n\n- `A`: first\n- `B` (secret):\n  second\n- C\n- `A`: again\n";
        let document = parse::document(Source::new("a.md", text), &template);
        let found = inputs(&document, &template);
        let names: Vec<Option<&str>> = found
            .iter()
            .map(|declared| declared.input.as_ref().map(|input| input.name.as_str()))
            .collect();
        assert_eq!(names, [Some("A"), Some("B"), Some("C"), Some("A")]);
        let faults = found.iter().map(|declared| declared.fault.is_some());
        assert_eq!(faults.collect::<Vec<_>>(), [false, false, true, true]);
    }
}
