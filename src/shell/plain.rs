//! A first look: a line of nothing but plain words is settled without the parser.

use crate::shell::Facts;
use crate::shell::Simple;
use crate::shell::Value;
use crate::shell::Word;
use crate::shell::wrapper;
use crate::source::Span;

/// Words that make a line mean more than a program with its arguments, sorted.
const SPECIAL: [&str; 43] = [
    ".",
    "[",
    "bash",
    "case",
    "command",
    "coproc",
    "dash",
    "declare",
    "do",
    "done",
    "elif",
    "else",
    "esac",
    "eval",
    "export",
    "fi",
    "for",
    "function",
    "getopts",
    "if",
    "in",
    "ksh",
    "let",
    "local",
    "mapfile",
    "printenv",
    "printf",
    "read",
    "readarray",
    "readonly",
    "select",
    "sh",
    "source",
    "test",
    "then",
    "time",
    "trap",
    "typeset",
    "unset",
    "until",
    "wait",
    "while",
    "zsh",
];

/// What is known of a line of plain words; `None` for any other text.
pub fn facts(text: &str) -> Option<Facts> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_./:@%+,- \t".contains(&byte);
    if !text.bytes().all(is_plain) {
        return None;
    }
    let mut words = Vec::new();
    let mut next = 0;
    for word in text.split([' ', '\t']) {
        let start = next;
        next += word.len() + 1;
        if word.is_empty() {
            continue;
        }
        let is_assignment = words.is_empty() && word.contains('=');
        if is_assignment || word == "..." || SPECIAL.binary_search(&word).is_ok() {
            return None;
        }
        words.push(Word {
            span: Span::new(start, start + word.len()),
            value: Value::AsWritten,
            expansions: 0..0,
            inner: 0..0,
        });
    }
    let mut facts = Facts {
        text: text.into(),
        ..Facts::default()
    };
    let (Some(first), Some(last)) = (words.first(), words.last()) else {
        return Some(facts);
    };
    let values: Vec<Option<&str>> = words.iter().map(|word| facts.value(word)).collect();
    let command = Simple {
        span: Span::new(first.span.start(), last.span.end()),
        head: wrapper::head(&values),
        words,
        redirects: Vec::new(),
        stage: None,
        is_guarded: false,
    };
    facts.commands.push(command);
    Some(facts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::syntax;

    #[test]
    fn the_first_look_sees_what_the_parser_sees() {
        assert!(SPECIAL.is_sorted());
        for text in [
            "make all",
            "  git push origin v1.2 ",
            "sudo -u web docker run a:b",
            "timeout 5 curl https://example.com/a",
            "",
        ] {
            assert_eq!(facts(text).as_ref(), Some(&syntax::facts(text)), "{text}");
        }
        for text in ["A=1 make", "if true", "echo $X", "a | b", "read x", "..."] {
            assert_eq!(facts(text), None, "{text}");
        }
    }
}
