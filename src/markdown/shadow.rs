//! Tabs before a line's text, made spaces before parsing.
//!
//! comrak moves spans to the right where a container takes only a part of a tab's width. So a document with
//! tabs in its line prefixes is parsed as a shadow copy in which those tabs are spaces, and every offset is
//! mapped back to the text as it stands in the file.

/// The width of a tab stop in `CommonMark`.
const TAB: usize = 4;

/// A copy of a text with the tabs of line prefixes expanded.
pub struct Shadow<'a> {
    /// The text to parse.
    pub text: String,
    /// The text as it stands in the file.
    pub original: &'a str,
    tabs: Vec<Tab>,
}

struct Tab {
    shadow: usize,
    original: usize,
    width: usize,
}

impl<'a> Shadow<'a> {
    /// The shadow of `text`, or `None` where no tab stands in a line prefix and the text can be parsed as it is.
    pub fn of(text: &'a str) -> Option<Self> {
        memchr::memchr(b'\t', text.as_bytes())?;
        let mut shadow = Self {
            text: String::with_capacity(text.len() + 64),
            original: text,
            tabs: Vec::new(),
        };
        let mut from = 0;
        while from < text.len() {
            let rest = &text[from..];
            let length =
                memchr::memchr2(b'\n', b'\r', rest.as_bytes()).map_or(rest.len(), |at| at + 1);
            shadow.line(&rest[..length], from);
            from += length;
        }
        (!shadow.tabs.is_empty()).then_some(shadow)
    }

    fn line(&mut self, line: &str, offset: usize) {
        let prefix = line
            .bytes()
            .take_while(|byte| {
                matches!(
                    byte,
                    b' ' | b'\t' | b'>' | b'*' | b'+' | b'-' | b'.' | b')' | b'0'..=b'9'
                )
            })
            .count();
        let mut column = 0;
        for (at, byte) in line[..prefix].bytes().enumerate() {
            if byte == b'\t' {
                let width = TAB - column % TAB;
                self.tabs.push(Tab {
                    shadow: self.text.len(),
                    original: offset + at,
                    width,
                });
                self.text.extend(std::iter::repeat_n(' ', width));
                column += width;
            } else {
                self.text.push(char::from(byte));
                column += 1;
            }
        }
        self.text.push_str(&line[prefix..]);
    }

    /// The offset in the original text for one in the shadow, and how many of the spaces after it belong to a
    /// tab that begins before it.
    pub fn to_original(&self, offset: usize) -> (usize, usize) {
        let after = self.tabs.partition_point(|tab| tab.shadow <= offset);
        let Some(tab) = after.checked_sub(1).map(|last| &self.tabs[last]) else {
            return (offset, 0);
        };
        let into = offset - tab.shadow;
        if into == 0 {
            (tab.original, 0)
        } else if into < tab.width {
            (tab.original + 1, tab.width - into)
        } else {
            (tab.original + 1 + into - tab.width, 0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tabs_before_text_matter() {
        assert!(Shadow::of("a\tb\n# c\td\n").is_none());
        let shadow = Shadow::of("-\ta\tb\r\n").expect("a tab after the bullet");
        assert_eq!(shadow.text, "-   a\tb\r\n");
    }

    #[test]
    fn offsets_lead_back() {
        let shadow = Shadow::of("a\n-\tx\n\ty").expect("tabs");
        assert_eq!(shadow.text, "a\n-   x\n    y");
        for (in_shadow, in_text) in [
            (0, (0, 0)),
            (2, (2, 0)),
            (3, (3, 0)),
            (4, (4, 2)),
            (6, (4, 0)),
            (7, (5, 0)),
            (12, (7, 0)),
        ] {
            assert_eq!(shadow.to_original(in_shadow), in_text, "offset {in_shadow}");
        }
    }
}
