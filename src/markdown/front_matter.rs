//! Front matter: YAML between two `---` lines at the top.
//!
//! comrak knows front matter too, but not with every line end, nor with white space after the marks, nor empty.
//! So it gets a text with blank lines instead.

use crate::source::BYTE_ORDER_MARK;
use crate::source::Source;
use crate::source::Span;

/// The front matter of a document, its marks included.
pub fn find(source: &Source) -> Option<Span> {
    let mark = source.text().strip_prefix(BYTE_ORDER_MARK);
    let start = mark.map_or(0, |_| BYTE_ORDER_MARK.len_utf8());
    if !source.text()[start..].starts_with("---") {
        return None;
    }
    let is_mark = |line: Span| source.slice(line).trim_end_matches([' ', '\t']) == "---";
    if !is_mark(Span::new(start, source.line(0).end())) {
        return None;
    }
    let mut lines = (1..source.line_count()).map(|line| source.line(line));
    let last = lines.find(|&line| is_mark(line))?;
    Some(Span::new(start, source.trim(last).end()))
}

/// The text with spaces for its front matter, so that every offset and line stays.
pub fn blanked(source: &Source, front: Span) -> String {
    let text = source.text();
    let mut blanked = String::with_capacity(text.len());
    blanked.push_str(&text[..front.start()]);
    for c in source.slice(front).chars() {
        match c {
            '\n' | '\r' => blanked.push(c),
            _ => blanked.extend(std::iter::repeat_n(' ', c.len_utf8())),
        }
    }
    blanked.push_str(&text[front.end()..]);
    blanked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        find(&Source::new("a.md", text)).map(|span| &text[span.range()])
    }

    #[test]
    fn it_stands_between_two_marks_at_the_top() {
        assert_eq!(found("---\na: 1\n---\n# T\n"), Some("---\na: 1\n---"));
        assert_eq!(found("---\ra: 1\r---\r# T\r"), Some("---\ra: 1\r---"));
        assert_eq!(
            found("\u{FEFF}--- \t\r\na: 1\r\n---  \r\n"),
            Some("--- \t\r\na: 1\r\n---")
        );
        assert_eq!(found("---\n---"), Some("---\n---"));
        for text in [
            "",
            "---",
            "---\na: 1\n",
            "\n---\n---\n",
            "----\n---\n",
            "--- a\n---\n",
            "---\na: 1\n ---\n",
        ] {
            assert_eq!(found(text), None, "{text:?}");
        }
    }

    #[test]
    fn offsets_and_lines_stay() {
        let source = Source::new("a.md", "\u{FEFF}---\r\nä: 1\r---\n# T\n");
        let front = find(&source).expect("front matter");
        assert_eq!(blanked(&source, front), "\u{FEFF}   \r\n     \r   \n# T\n");
    }
}
