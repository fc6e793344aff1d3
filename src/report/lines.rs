//! An excerpt as miette reads it: safe to print, as wide as the terminal, with the numbers that its lines have in
//! the file.

use miette::MietteError;
use miette::MietteSpanContents;
use miette::SourceCode;
use miette::SourceSpan;
use miette::SpanContents;

use crate::lint::Excerpt;
use crate::printable;
use crate::source::BYTE_ORDER_MARK;
use crate::source::Position;

/// Stands where a line is cut.
const CUT: char = '…';

/// The lines around a finding, and the finding's place in them.
#[derive(Debug)]
pub struct Lines {
    path: String,
    start: Position,
    first_line: usize,
    text: String,
    span: (usize, usize),
}

impl Lines {
    /// Lay an excerpt out in `width` columns.
    #[must_use]
    pub fn of(path: String, start: Position, excerpt: &Excerpt, width: usize) -> Self {
        let mut lines = Self {
            path,
            start,
            first_line: excerpt.first_line as usize - 1,
            text: String::with_capacity(excerpt.text.len()),
            span: (usize::MAX, 0),
        };
        let mut offset = 0;
        for line in excerpt.text.split_inclusive('\n') {
            lines.line(line.trim_end_matches('\n'), offset, excerpt, width);
            offset += line.len();
        }
        let (start, end) = lines.span;
        lines.span = (
            start.min(lines.text.len()),
            end.max(start).min(lines.text.len()),
        );
        lines
    }

    /// The finding's place in the text.
    #[must_use]
    pub fn span(&self) -> SourceSpan {
        (self.span.0, self.span.1 - self.span.0).into()
    }

    fn line(&mut self, line: &str, offset: usize, excerpt: &Excerpt, width: usize) {
        let (from, to) = (excerpt.span.start(), excerpt.span.end());
        let chars: Vec<(usize, char)> = line
            .char_indices()
            .map(|(at, c)| (offset + at, c))
            .filter(|(_, c)| *c != BYTE_ORDER_MARK || offset > 0)
            .collect();
        let index = |place: usize| chars.partition_point(|(at, _)| *at < place);
        let (first, last) = window(chars.len(), index(from), index(to), width);
        if first > 0 {
            self.text.push(CUT);
        }
        for (at, c) in &chars[first..last] {
            if *at >= from {
                self.span.0 = self.span.0.min(self.text.len());
            }
            self.text
                .push_str(&printable::printable(c.encode_utf8(&mut [0; 4])));
            if *at < to {
                self.span.1 = self.text.len();
            }
        }
        if last < chars.len() {
            self.text.push(CUT);
        }
        if from <= offset + line.len() {
            // At the line's end, where no character begins.
            self.span.0 = self.span.0.min(self.text.len());
        }
        self.text.push('\n');
    }
}

/// The characters of a line of `count` that are shown in `width` columns, so that those from `start` to `end` are
/// among them, or as many of them as there is room for.
fn window(count: usize, start: usize, end: usize, width: usize) -> (usize, usize) {
    if count <= width {
        return (0, count);
    }
    if end < width {
        return (0, width - 1);
    }
    let room = width - 2;
    let first = end.saturating_sub(room).min(start).min(count - room);
    (first, (first + room).min(count))
}

impl SourceCode for Lines {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let contents = self.text.read_span(span, before, after)?;
        // Without context miette asks for the place that it names above the frame.
        let names_place = before == 0 && after == 0;
        let column = if names_place {
            self.start.column as usize - 1
        } else {
            contents.column()
        };
        Ok(Box::new(MietteSpanContents::new_named(
            self.path.clone(),
            contents.data(),
            *contents.span(),
            contents.line() + self.first_line,
            column,
            contents.line_count(),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    /// The shown text with the finding's place between angle brackets.
    fn shown(text: &str, start: usize, end: usize, width: usize) -> String {
        let excerpt = Excerpt {
            first_line: 1,
            text: format!("{text}\n"),
            span: Span::new(start, end),
        };
        let lines = Lines::of(String::new(), Position::START, &excerpt, width);
        let (start, end) = lines.span;
        let text = &lines.text;
        format!(
            "{}<{}>{}",
            &text[..start],
            &text[start..end],
            text[end..].trim_end()
        )
    }

    #[test]
    fn a_line_is_cut_around_the_finding() {
        assert_eq!(shown("short", 0, 5, 10), "<short>");
        assert_eq!(shown("0123456789abcdef", 2, 4, 10), "01<23>45678…");
        assert_eq!(shown("0123456789abcdef", 12, 14, 10), "…6789ab<cd>…");
        assert_eq!(shown("0123456789abcdef", 14, 16, 10), "…89abcd<ef>");
        assert_eq!(shown("0123456789abcdef", 3, 16, 10), "…<3456789a>…");
        assert_eq!(shown("äöü0123456789", 2, 4, 8), "ä<ö>ü0123…");
    }

    #[test]
    fn places_without_characters_are_kept() {
        assert_eq!(shown("", 0, 0, 10), "<>");
        assert_eq!(shown("ab", 2, 2, 10), "ab<>");
        assert_eq!(shown("\u{FEFF}# A\u{1b}", 3, 7, 10), "<# A\u{241b}>");
    }
}
