//! Words like `<name>` that stand for a value yet to be written: to a shell they are redirections, most of them
//! broken.

use std::borrow::Cow;

use crate::source::Span;

/// The places of a script that look like `<name>` or `<your name>`, and end a word.
pub fn candidates(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    for open in memchr::memchr_iter(b'<', bytes) {
        let is_heredoc = open > 0 && bytes[open - 1] == b'<';
        let Some(length) = name_length(&bytes[open + 1..]) else {
            continue;
        };
        let close = open + 1 + length;
        let after = bytes.get(close + 1);
        let ends = after.is_none_or(|after| b" \t\n;|&)]}=/:,.@\"'`-".contains(after));
        if !is_heredoc && ends {
            found.push(Span::new(open, close + 1));
        }
    }
    found
}

/// The length of words of letters, digits and `_./:|-`, single blanks between them, up to a `>`.
fn name_length(bytes: &[u8]) -> Option<usize> {
    let close = bytes
        .iter()
        .position(|&byte| !byte.is_ascii_alphanumeric() && !b"_./:|- ".contains(&byte))?;
    let name = std::str::from_utf8(&bytes[..close]).ok()?;
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_alphanumeric())
            && word.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '.')
    };
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
    (bytes[close] == b'>' && begins && name.split(' ').all(is_word)).then_some(close)
}

/// The places that stand neither in quotes nor in a comment, by what stands before them on their lines: all that
/// can be told of a script that does not parse.
pub fn outside_texts(text: &str, places: &[Span]) -> Vec<Span> {
    let (mut at, mut line, mut is_text) = (0, 0, [false; 3]);
    let mut outside = Vec::new();
    for &place in places {
        for (offset, byte) in text.as_bytes()[at..place.start()].iter().enumerate() {
            match byte {
                b'\n' => (line, is_text) = (at + offset + 1, [false; 3]),
                b'"' => is_text[0] ^= true,
                b'\'' => is_text[1] ^= true,
                b'#' => {
                    is_text[2] |= text[line..at + offset].trim_start().is_empty();
                }
                _ => {}
            }
        }
        at = place.start();
        if !is_text.contains(&true) {
            outside.push(place);
        }
    }
    outside
}

/// The text with each of these places made one plain word, so that what stands around it can be judged.
pub fn masked<'a>(text: &'a str, places: &[Span]) -> Cow<'a, str> {
    if places.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut masked = text.to_owned();
    for place in places {
        masked.replace_range(place.range(), &"x".repeat(place.range().len()));
    }
    Cow::Owned(masked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_is_told_from_redirections() {
        let of = |text: &'static str| {
            let spans = candidates(text).into_iter();
            spans
                .map(|span| text[span.range()].to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(of("gpg --key <id>"), ["<id>"]);
        assert_eq!(of("ssh <user>@<your host> now"), ["<user>", "<your host>"]);
        assert_eq!(of("get https://<host>/x"), ["<host>"]);
        for text in [
            "sort <in >out",
            "sort <in>out",
            "sort < in > out",
            "cat <<EOF>out",
            "diff <(a) <(b)",
            "a <in.txt | tee b> c",
            "cat <<<x",
        ] {
            assert!(of(text).is_empty(), "{text}");
        }
    }
}
