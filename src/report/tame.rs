//! What a command writes, made safe for a terminal as it comes.
//!
//! Colours (SGR, `ESC [ … m`) pass where the terminal has them, and are taken out elsewhere; erasing to the end of the
//! line (`ESC [ K`), which tools write beside each colour, is taken out. All else that could steer a terminal is made
//! visible. So nothing that a command says can hide what another one said, or swallow what follows.

use crate::printable;

/// An escape sequence that is longer is no colour.
const LONGEST_SEQUENCE: usize = 40;
/// Styles are carried over to the next line as long as they take no more bytes than this.
const LONGEST_STYLE: usize = 160;

/// Ends all styles.
pub const RESET: &str = "\u{1b}[0m";

/// The output of one command.
#[derive(Debug)]
pub struct Tame {
    color: bool,
    /// The beginning of a character whose rest has not come.
    bytes: Vec<u8>,
    /// The beginning of an escape sequence whose rest has not come.
    sequence: String,
    /// Whether the last character was a carriage return: alone it ends a line, for what it would overwrite was seen.
    is_returned: bool,
    /// Whether nothing stands on the line yet.
    is_fresh: bool,
    /// The styles that hold.
    style: String,
}

impl Tame {
    /// Nothing was written yet.
    #[must_use]
    pub fn new(color: bool) -> Self {
        Self {
            color,
            bytes: Vec::new(),
            sequence: String::new(),
            is_returned: false,
            is_fresh: true,
            style: String::new(),
        }
    }

    /// Whether a style holds at the end of what was taken.
    #[must_use]
    pub fn is_styled(&self) -> bool {
        !self.is_fresh && !self.style.is_empty()
    }

    /// Take bytes; what of them can be shown. Every line ends in `\n`, without a style.
    #[must_use]
    pub fn take(&mut self, bytes: &[u8]) -> String {
        let mut text = String::with_capacity(bytes.len());
        let mut all = std::mem::take(&mut self.bytes);
        all.extend_from_slice(bytes);
        let mut rest = all.as_slice();
        for chunk in all.utf8_chunks() {
            for c in chunk.valid().chars() {
                self.character(c, &mut text);
            }
            rest = &rest[chunk.valid().len() + chunk.invalid().len()..];
            if rest.is_empty() && is_beginning(chunk.invalid()) {
                self.bytes = chunk.invalid().to_vec();
            } else if !chunk.invalid().is_empty() {
                self.character(char::REPLACEMENT_CHARACTER, &mut text);
            }
        }
        text
    }

    /// What was held back because its rest might have come.
    #[must_use]
    pub fn finish(&mut self) -> String {
        let mut text = String::new();
        if !std::mem::take(&mut self.bytes).is_empty() {
            self.character(char::REPLACEMENT_CHARACTER, &mut text);
        }
        self.give_up(&mut text);
        text
    }

    fn character(&mut self, c: char, text: &mut String) {
        if !self.sequence.is_empty() {
            let is_second = self.sequence.len() == 1;
            match c {
                '[' if is_second => return self.sequence.push(c),
                '0'..='9' | ';' | ':' if !is_second && self.sequence.len() < LONGEST_SEQUENCE => {
                    return self.sequence.push(c);
                }
                'm' if !is_second => return self.restyle(text),
                'K' if !is_second => return self.sequence.clear(),
                _ => self.give_up(text),
            }
        }
        if std::mem::take(&mut self.is_returned) && c != '\n' && c != '\r' && !self.is_fresh {
            self.end_line(text);
        }
        match c {
            '\n' => self.end_line(text),
            '\r' => self.is_returned = true,
            '\u{1b}' => self.sequence.push(c),
            c => self.show(c, text),
        }
    }

    /// What began like a colour is none.
    fn give_up(&mut self, text: &mut String) {
        for c in std::mem::take(&mut self.sequence).chars() {
            self.show(c, text);
        }
    }

    fn show(&mut self, c: char, text: &mut String) {
        if std::mem::take(&mut self.is_fresh) {
            text.push_str(&self.style);
        }
        text.push_str(&printable::printable(c.encode_utf8(&mut [0; 4])));
    }

    fn restyle(&mut self, text: &mut String) {
        let sequence = std::mem::take(&mut self.sequence) + "m";
        if !self.color {
            return;
        }
        if !self.is_fresh {
            text.push_str(&sequence);
        }
        if matches!(sequence.as_str(), "\u{1b}[m" | RESET) {
            self.style.clear();
        } else if self.style.len() + sequence.len() <= LONGEST_STYLE {
            self.style.push_str(&sequence);
        } else {
            self.style = sequence;
        }
    }

    fn end_line(&mut self, text: &mut String) {
        if self.is_styled() {
            text.push_str(RESET);
        }
        text.push('\n');
        self.is_fresh = true;
    }
}

/// A tamed text without its styles; tabs are blanks.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| part.split_once('m').map_or("", |(_, rest)| rest));
    let plain = rest.fold(first, |plain, rest| plain + rest);
    plain.replace('\t', " ")
}

/// Whether these bytes are the beginning of a character.
fn is_beginning(bytes: &[u8]) -> bool {
    str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tamed(color: bool, pieces: &[&[u8]]) -> String {
        let mut tame = Tame::new(color);
        let mut text: String = pieces.iter().map(|piece| tame.take(piece)).collect();
        text.push_str(&tame.finish());
        text
    }

    #[test]
    fn colours_pass_and_end_with_their_line() {
        let written: &[u8] = b"\x1b[1;31mred\x1b[K\nstill\x1b[m plain\n\x1b[32m\n";
        assert_eq!(
            tamed(true, &[written]),
            "\u{1b}[1;31mred\u{1b}[0m\n\u{1b}[1;31mstill\u{1b}[m plain\n\n"
        );
        assert_eq!(tamed(false, &[written]), "red\nstill plain\n\n");
    }

    #[test]
    fn all_else_that_steers_is_seen() {
        assert_eq!(
            tamed(true, &[b"a\x1b[2Jb\x1b]0;t\x07c\x1bMd\x1b[1", b"\x08\x1b["]),
            "a␛[2Jb␛]0;t␇c␛Md␛[1␈␛["
        );
    }

    #[test]
    fn a_carriage_return_hides_nothing() {
        assert_eq!(
            tamed(false, &[b"10%\r", b"20%\r", b"\nend\r\n\r\rx"]),
            "10%\n20%\nend\nx"
        );
    }

    #[test]
    fn characters_are_put_together_again() {
        assert_eq!(
            tamed(false, &[b"\xe2", b"\x82", b"\xac\xff\xe2"]),
            "€\u{fffd}\u{fffd}"
        );
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference_and_nothing_steers(
            bytes in proptest::collection::vec(
                prop_oneof![Just(0x1b), Just(b'['), Just(b'm'), Just(b'\r'), Just(b'\n'), Just(b'1'), any::<u8>()],
                0..60,
            ),
            at in any::<proptest::sample::Index>(),
            color in any::<bool>(),
        ) {
            let (one, two) = bytes.split_at(at.index(bytes.len() + 1));
            let text = tamed(color, &[&bytes]);
            prop_assert_eq!(&tamed(color, &[one, two]), &text);
            let mut rest = text.as_str();
            while let Some(at) = rest.find(printable::is_unsafe) {
                let sequence = &rest[at..];
                let end = sequence.find('m').unwrap_or(0);
                prop_assert!(color && sequence.starts_with("\u{1b}["), "{:?}", text);
                let numbers = &sequence[2..end.max(2)];
                prop_assert!(numbers.chars().all(|c| c.is_ascii_digit() || ";:".contains(c)), "{:?}", text);
                rest = &sequence[end..];
            }
        }
    }
}
