//! Text made safe for a terminal, and for the files that people read.

use std::borrow::Cow;

use crate::source::BYTE_ORDER_MARK;

/// The text with every character that could steer a terminal, or hide in it, made visible. Line ends and tabs
/// stay.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let visible = text.chars().map(|c| match c {
        '\u{0}'..='\u{1F}' if is_unsafe(c) => {
            char::from_u32(0x2400 + c as u32).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        '\u{7F}' => '\u{2421}',
        c if is_unsafe(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    });
    Cow::Owned(visible.collect())
}

/// As [`printable`], on one line.
#[must_use]
pub fn one_line(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| {
            if matches!(c, '\n' | '\r' | '\t') {
                ' '
            } else {
                c
            }
        })
        .collect();
    printable(&line).into_owned()
}

/// Whether a character steers a terminal, or reorders or hides text: controls of both kinds, and Unicode's
/// bidirectional and invisible formatting characters (the joiner of emoji excepted).
#[must_use]
pub fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{8}' | '\u{B}'..='\u{1F}' | '\u{7F}'..='\u{9F}'
        | '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}' | '\u{200C}' | '\u{200E}' | '\u{200F}'
        | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | BYTE_ORDER_MARK | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_that_steers_it() {
        assert_eq!(
            printable("a\u{1b}[31mb\u{9b}c\u{7f}\u{202e}d\u{7}"),
            "a\u{241b}[31mb\u{fffd}c\u{2421}\u{fffd}d\u{2407}"
        );
        assert_eq!(printable("naïve 👩‍🚀\t\n"), "naïve 👩‍🚀\t\n");
        assert_eq!(one_line("a\r\nb\u{1b}"), "a  b\u{241b}");
    }
}
