//! A rule about characters in commands that nobody can see, or take for what they are.

use crate::edit::Edit;
use crate::edit::Fix;
use crate::parse::command::Command;
use crate::rule::Context;
use crate::rule::Findings;
use crate::source::Span;

pub fn hidden_character(cx: &Context<'_>, out: &mut Findings) {
    for command in cx.commands() {
        let text = &command.code.text;
        // Looking at every byte, without stopping at the first, takes many at a time.
        if text
            .bytes()
            .fold(true, |plain, byte| plain & is_plain(byte))
        {
            continue;
        }
        for (at, character) in text.char_indices() {
            let Some(what) = hidden(character) else {
                continue;
            };
            if joins_emoji(text, at, character) {
                continue;
            }
            let span = command.code.place(Span::new(at, at + character.len_utf8()));
            let code = character as u32;
            out.report(span, format!("the command holds {what} (U+{code:04X})"))
                .help("delete it: it may make the command do something else than it shows")
                .fix(Fix::safe(vec![Edit::delete(span)]));
        }
        odd_blanks(command, out);
    }
}

/// Blanks that look like a space and are none to the shell, where it would look for one.
fn odd_blanks(command: &Command<'_>, out: &mut Findings) {
    for (offset, facts) in command
        .pieces()
        .filter(|(_, facts)| facts.faults.is_empty())
    {
        for (at, character) in facts.text.char_indices().filter(|(_, c)| is_odd_blank(*c)) {
            let place = Span::new(at, at + character.len_utf8());
            if facts.is_text(place) {
                continue;
            }
            let span = command.place(offset, place);
            let code = character as u32;
            out.report(
                span,
                format!(
                    "the command holds a blank that is part of a word to the shell (U+{code:04X})"
                ),
            )
            .help("write a space, or put the word in quotes if it is meant");
        }
    }
}

/// The blanks of other widths (Unicode's `Zs` but for the space, `Zl` and `Zp`).
fn is_odd_blank(character: char) -> bool {
    matches!(
        character,
        '\u{A0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200A}' | '\u{2028}' | '\u{2029}' | '\u{202F}' | '\u{205F}' | '\u{3000}'
    )
}

fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}

/// What kind of invisible character it is, if it is one (Unicode's properties `Bidi_Control`,
/// `Default_Ignorable_Code_Point` and `Cc`).
fn hidden(character: char) -> Option<&'static str> {
    match character {
        '\t' | '\n' | '\r' => None,
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
            Some("an invisible character that changes the direction of the text")
        }
        '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' => {
            Some("an invisible character without width")
        }
        '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' => Some("an invisible control character"),
        '\u{AD}'
        | '\u{34F}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{17B4}'
        | '\u{17B5}'
        | '\u{180B}'..='\u{180F}'
        | '\u{2061}'..='\u{2065}'
        | '\u{206A}'..='\u{206F}'
        | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}'
        | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}' => Some("an invisible character"),
        _ => None,
    }
}

/// Whether a joiner or a variation selector stands within an emoji.
fn joins_emoji(text: &str, at: usize, character: char) -> bool {
    let before = text[..at].chars().next_back();
    let after = text[at + character.len_utf8()..].chars().next();
    let is_pictograph = |c: Option<char>| {
        c.is_some_and(|c| {
            matches!(c, '\u{FE0F}' | '\u{2190}'..='\u{2BFF}' | '\u{3030}' | '\u{303D}' | '\u{1F000}'..='\u{1FAFF}')
        })
    };
    match character {
        '\u{200D}' => is_pictograph(before) && is_pictograph(after),
        '\u{FE0E}' | '\u{FE0F}' => {
            is_pictograph(before)
                || before.is_some_and(|c| {
                    c.is_ascii_digit() || c == '#' || c == '*' || c == '©' || c == '®'
                })
        }
        // The letters of a flag such as Scotland's follow a black flag.
        '\u{E0020}'..='\u{E007F}' => text[..at]
            .trim_end_matches(|c| matches!(c, '\u{E0020}'..='\u{E007F}'))
            .ends_with('\u{1F3F4}'),
        _ => false,
    }
}
