//! Takes out of a stream what steers a terminal: escape sequences (ECMA-48, section 5), and nothing else.

use std::borrow::Cow;

const ESCAPE: u8 = 0x1B;
const BELL: u8 = 0x07;

/// Where in a sequence a stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mask) enum Escapes {
    /// In none.
    Outside,
    /// Behind the escape character.
    Begun,
    /// In a control sequence: colours, the cursor.
    Control,
    /// In a string, such as a title; a line's end ends one that is never closed.
    String,
}

impl Escapes {
    /// The next piece without the sequences in it.
    pub(in crate::mask) fn strip<'a>(&mut self, piece: &'a [u8]) -> Cow<'a, [u8]> {
        if *self == Self::Outside && memchr::memchr(ESCAPE, piece).is_none() {
            return Cow::Borrowed(piece);
        }
        let mut kept = Vec::with_capacity(piece.len());
        for &byte in piece {
            let (next, is_kept) = self.after(byte);
            *self = next;
            kept.extend(is_kept.then_some(byte));
        }
        Cow::Owned(kept)
    }

    /// Where the stream is behind a byte, and whether that is text.
    fn after(self, byte: u8) -> (Self, bool) {
        match (self, byte) {
            (_, ESCAPE) | (Self::Begun, 0x20..=0x2F) => (Self::Begun, false),
            (Self::Begun, b'[') | (Self::Control, 0x20..=0x3F) => (Self::Control, false),
            (Self::Begun, b']' | b'P' | b'X' | b'^' | b'_') => (Self::String, false),
            (Self::Begun, 0x30..=0x7E) | (Self::Control, 0x40..=0x7E) | (Self::String, BELL) => {
                (Self::Outside, false)
            }
            (Self::String, byte) if byte != b'\n' => (Self::String, false),
            _ => (Self::Outside, true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_go_and_all_else_stays() {
        for (text, kept) in [
            ("a\u{1b}[01;31mb\u{1b}[K\u{1b}[0mc", "abc"),
            ("\u{1b}]0;title\u{7}a\u{1b}]8;;x\u{1b}\\b", "ab"),
            ("\u{1b}(Ba\u{1b}=b\u{1b}cc", "abc"),
            ("a\0\r\t\u{7}\u{8}é\u{9b}", "a\0\r\t\u{7}\u{8}é\u{9b}"),
            ("\u{1b}]never closed\nb", "\nb"),
            ("\u{1b}[1\nb", "\nb"),
            ("a\u{1b}", "a"),
        ] {
            for size in 1..=text.len() {
                let mut escapes = Escapes::Outside;
                let pieces = text.as_bytes().chunks(size);
                let found: Vec<u8> = pieces
                    .flat_map(|piece| escapes.strip(piece).into_owned())
                    .collect();
                assert_eq!(found, kept.as_bytes(), "{text:?} in pieces of {size}");
            }
        }
    }
}
