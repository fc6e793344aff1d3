//! The few lines of a document that a finding shows.

use crate::source::Source;
use crate::source::Span;

/// Lines shown before the finding's first, and after its last.
const CONTEXT: usize = 1;
/// Lines of the finding itself that are shown.
const MOST_LINES: usize = 4;
/// Bytes of a line that are shown before and after the place that the finding points at.
const MOST_BYTES: usize = 160;

/// A part of a document's text with the finding's place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The number of its first line, from 1.
    pub first_line: u32,
    /// Its text: whole lines, but for very long ones.
    pub text: String,
    /// The finding's place in the text.
    pub span: Span,
}

/// The lines around a span. Long findings and long lines are cut.
#[must_use]
pub fn around(source: &Source, span: Span) -> Excerpt {
    let first = source.line_of(span.start());
    let last = source.line_of(span.end()).max(first);
    // Of what is too long to be shown whole the first line is marked, so that no mark ends where nothing does.
    let last = if last - first < MOST_LINES {
        last
    } else {
        first
    };
    let from = first.saturating_sub(CONTEXT);
    let to = (last + CONTEXT).min(source.line_count() - 1);
    let mut text = String::new();
    let mut place = (None, 0);
    for number in from..=to {
        let line = source.line(number);
        let shown = window(
            source,
            line,
            if number == first {
                span.start()
            } else {
                line.start()
            },
        );
        let offset = |at: usize| text.len() + at.clamp(shown.start(), shown.end()) - shown.start();
        if number == first {
            place.0 = Some(offset(span.start()));
        }
        if number <= last {
            place.1 = offset(span.end());
        }
        text.push_str(source.slice(shown));
        text.push('\n');
    }
    let start = place.0.unwrap_or_default();
    Excerpt {
        first_line: from as u32 + 1,
        span: Span::new(start, place.1),
        text,
    }
}

/// The part of a line that is shown: all of it, or what is around `at` in a very long one.
fn window(source: &Source, line: Span, at: usize) -> Span {
    let text = source.text();
    let mut start = at.saturating_sub(MOST_BYTES).max(line.start());
    let mut end = (at + MOST_BYTES).min(line.end());
    if line.end() - line.start() <= 2 * MOST_BYTES {
        (start, end) = (line.start(), line.end());
    }
    while !text.is_char_boundary(start) {
        start += 1;
    }
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    Span::new(start, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, start: usize, end: usize) -> (u32, String, String) {
        let excerpt = around(&Source::new("a.md", text), Span::new(start, end));
        let covered = excerpt.text[excerpt.span.range()].to_owned();
        (excerpt.first_line, excerpt.text, covered)
    }

    #[test]
    fn one_line_of_context_stands_around() {
        let (first, text, covered) = shown("one\ntwo\r\nthree\nfour\n", 4, 7);
        assert_eq!(
            (first, text.as_str(), covered.as_str()),
            (1, "one\ntwo\nthree\n", "two")
        );
        assert_eq!(shown("", 0, 0), (1, "\n".to_owned(), String::new()));
    }

    #[test]
    fn what_is_long_is_cut() {
        let long = "é".repeat(10_000);
        let (_, text, _) = shown(&long, 9_000, 9_100);
        assert!(text.len() <= 2 * MOST_BYTES + 1);
        let (_, text, covered) = shown(&"a\n".repeat(100), 0, 200);
        assert_eq!((text.as_str(), covered.as_str()), ("a\na\n", "a"));
    }
}
