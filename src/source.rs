//! A text with its lines: the only arithmetic between byte offsets and lines and columns.

use std::cell::Cell;
use std::ops::Range;
use std::sync::LazyLock;

use memchr_n::MemchrN;

/// A stretch of a source text, in bytes: `start` included, `end` excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Span {
    /// The span from `start` up to, not including, `end`.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        Self {
            start: start as u32,
            end: end.max(start) as u32,
        }
    }

    /// The empty span at `offset`.
    #[must_use]
    pub fn at(offset: usize) -> Self {
        Self::new(offset, offset)
    }

    /// The first byte's offset.
    #[must_use]
    pub fn start(self) -> usize {
        self.start as usize
    }

    /// The offset after the last byte.
    #[must_use]
    pub fn end(self) -> usize {
        self.end as usize
    }

    /// The span as a range of byte offsets.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start()..self.end()
    }

    /// Whether the span covers no byte.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `other` lies wholly inside this span.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// A place in a text as people and editors name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in Unicode scalar values; a byte-order mark is not counted.
    pub column: u32,
    /// The column, from 1, in bytes; a byte-order mark is counted.
    pub byte_column: u32,
    /// The offset in bytes from the start of the file, a byte-order mark counted.
    pub offset: u32,
}

impl Position {
    /// The first place of a file: what a finding on a file or a directory as a whole points at.
    pub const START: Self = Self {
        line: 1,
        column: 1,
        byte_column: 1,
        offset: 0,
    };
}

/// The byte-order mark that some editors put before the first line.
pub const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// A document's path and text, and where its lines begin.
#[derive(Debug, Clone)]
pub struct Source {
    path: String,
    text: String,
    lines: Vec<u32>,
    /// The last place asked for: the next one on its line is counted from there, so that many findings on one
    /// very long line cost no more than its length.
    last: Cell<Position>,
}

impl Source {
    /// Index the lines of `text`. Lines end with LF, CRLF or a lone CR, as `CommonMark` has it.
    #[must_use]
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let lines = line_starts(&text);
        Self {
            path: path.into(),
            text,
            lines,
            last: Cell::new(Position::START),
        }
    }

    /// The path as it is shown: relative to the current folder where that is possible.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text under a span.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        &self.text[span.range()]
    }

    /// The number of lines; an empty text has one.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.lines.len()
    }

    /// The number, from 0, of the line that holds the byte at `offset`.
    #[must_use]
    pub fn line_of(&self, offset: usize) -> usize {
        self.lines
            .partition_point(|&start| start as usize <= offset)
            - 1
    }

    /// Where line `line`, from 0, begins; the end of the text for a line that is not there.
    #[must_use]
    pub fn line_start(&self, line: usize) -> usize {
        self.lines
            .get(line)
            .map_or(self.text.len(), |&start| start as usize)
    }

    /// Line `line`, from 0, without its line end.
    #[must_use]
    pub fn line(&self, line: usize) -> Span {
        let start = self.line_start(line);
        let text = self.text[start..self.line_start(line + 1)].trim_end_matches(['\r', '\n']);
        Span::new(start, start + text.len())
    }

    /// The line and column of a byte offset; one inside a character counts as that character's.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line_of(offset);
        let last = self.last.get();
        let (from, column) = if last.line as usize == line + 1 && last.offset as usize <= offset {
            (last.offset as usize, last.column)
        } else {
            (self.line_start(line), 1)
        };
        let passed = &self.text[from..offset];
        let passed = match passed.strip_prefix(BYTE_ORDER_MARK) {
            Some(rest) if from == 0 => rest,
            _ => passed,
        };
        let position = Position {
            line: line as u32 + 1,
            column: column + passed.chars().count() as u32,
            byte_column: (offset - self.line_start(line)) as u32 + 1,
            offset: offset as u32,
        };
        self.last.set(position);
        position
    }

    /// The span without white space at its ends; empty at its start if it is all white space.
    #[must_use]
    pub fn trim(&self, span: Span) -> Span {
        let text = self.slice(span);
        // Most texts have nothing around them.
        if is_plain_around(text) {
            return span;
        }
        let trimmed = text.trim_start();
        if trimmed.is_empty() {
            return Span::at(span.start());
        }
        let start = span.start() + text.len() - trimmed.len();
        Span::new(start, start + trimmed.trim_end().len())
    }

    /// The part of `span` on its first line, without the line end.
    #[must_use]
    pub fn first_line(&self, span: Span) -> Span {
        let text = self.slice(span);
        let end = memchr::memchr2(b'\n', b'\r', text.as_bytes()).unwrap_or(text.len());
        Span::new(span.start(), span.start() + end)
    }
}

/// Whether a text begins and ends with a visible ASCII character, and so has no white space around it.
#[must_use]
pub fn is_plain_around(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_graphic)
        && bytes.last().is_some_and(u8::is_ascii_graphic)
}

/// The line end that a text uses: that of its first line, LF where it has no more than one.
#[must_use]
pub fn line_end(text: &str) -> &'static str {
    let first = memchr::memchr2(b'\n', b'\r', text.as_bytes());
    match first.map(|at| &text[at..]) {
        Some(rest) if rest.starts_with("\r\n") => "\r\n",
        Some(rest) if rest.starts_with('\r') => "\r",
        _ => "\n",
    }
}

fn line_starts(text: &str) -> Vec<u32> {
    static LINE_ENDS: LazyLock<MemchrN> = LazyLock::new(|| MemchrN::new(b"\n\r"));
    let bytes = text.as_bytes();
    let mut starts = Vec::with_capacity(bytes.len() / 32 + 1);
    starts.push(0);
    for at in LINE_ENDS.iter(bytes) {
        if bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n') {
            starts.push(at as u32 + 1);
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, offset: usize) -> (u32, u32) {
        let position = Source::new("a.md", text).position(offset);
        (position.line, position.column)
    }

    #[test]
    fn every_line_end_ends_one_line() {
        assert_eq!(place("a\nb", 2), (2, 1));
        assert_eq!(place("a\r\nb", 3), (2, 1));
        assert_eq!(place("a\rb", 2), (2, 1));
        assert_eq!(place("a\r\r\nb", 4), (3, 1));
    }

    #[test]
    fn lines_are_found_wherever_they_end() {
        // Bytes that differ from a line feed in one bit, and those around it.
        let near = ["\u{B}", "\t", "\u{2}", "\u{8A}", "\0", "n"];
        for (before, near) in (0..140).flat_map(|before| near.map(|near| (before, near))) {
            let text = format!("{}\n{near}\n\n{near}", near.repeat(before));
            let expected: Vec<u32> = std::iter::once(0)
                .chain(text.match_indices('\n').map(|(at, _)| at as u32 + 1))
                .collect();
            assert_eq!(line_starts(&text), expected, "{text:?}");
        }
    }

    #[test]
    fn columns_count_scalar_values() {
        assert_eq!(place("\tx", 1), (1, 2));
        assert_eq!(place("👍🏽x", "👍🏽".len()), (1, 3));
        assert_eq!(place("e\u{301}x", 3), (1, 3));
        assert_eq!(
            place("é", 1),
            (1, 1),
            "inside a character is that character"
        );
    }

    #[test]
    fn a_byte_order_mark_has_no_column_but_an_offset() {
        let source = Source::new("a.md", "\u{FEFF}# A");
        let position = source.position(3);
        assert_eq!((position.line, position.column, position.offset), (1, 1, 3));
        assert_eq!(position.byte_column, 4);
    }

    #[test]
    fn the_order_of_questions_does_not_matter() {
        let source = Source::new("a.md", "\u{FEFF}äbc\ndéf");
        let ask = |offset| {
            let position = source.position(offset);
            (position.line, position.column)
        };
        let places = [
            (3, (1, 1)),
            (6, (1, 3)),
            (0, (1, 1)),
            (7, (1, 4)),
            (11, (2, 3)),
            (5, (1, 2)),
        ];
        for (offset, place) in places {
            assert_eq!(ask(offset), place, "offset {offset}");
        }
    }

    #[test]
    fn an_offset_past_the_end_is_the_end() {
        assert_eq!(place("ab", 9), (1, 3));
        assert_eq!(place("", 0), (1, 1));
    }

    #[test]
    fn trimming_keeps_to_the_span() {
        let source = Source::new("a.md", "x  yes \n z");
        assert_eq!(source.slice(source.trim(Span::new(1, 8))), "yes");
        assert_eq!(source.trim(Span::new(1, 3)), Span::at(1));
    }
}
