//! Labelled lines: strong text and a colon at the start of a paragraph's line (`**Actions**:`, `**Actions:**`,
//! `**Rollback** (if step fails):`).

use std::ops::Range;

use crate::markdown::BlockId;
use crate::markdown::BlockKind;
use crate::markdown::InlineKind;
use crate::markdown::Tree;
use crate::source::BYTE_ORDER_MARK;
use crate::source::Source;
use crate::source::Span;

/// A label as it stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    /// The strong text with its markup.
    pub strong: Span,
    /// The name alone: no markup, no colon, no parenthesis.
    pub name: Span,
    /// Where what it labels begins: after the colon.
    pub after: u32,
    /// The paragraph that holds it.
    pub paragraph: BlockId,
    /// How the label stands to the list item that holds it, if one does.
    pub place: Place,
}

/// Where a label stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a paragraph of its own section.
    Open,
    /// In a list item whose paragraph it continues although it is not indented like it (a "lazy" line).
    Lazy,
    /// In a list item, on a later line of its paragraph and indented like it.
    Indented,
}

/// The labels of the blocks in `range`, in document order.
pub fn lines<'a>(
    tree: &'a Tree,
    source: &'a Source,
    range: Range<BlockId>,
) -> impl Iterator<Item = Label> + 'a {
    let strong = tree.inlines_of(range).iter();
    let strong =
        strong.filter(|inline| matches!(inline.kind, InlineKind::Strong) && !inline.nested);
    strong.filter_map(|inline| {
        let line_start = blank_before(source, inline.span)?;
        let place = place(tree, source, inline.block, line_start, inline.span)?;
        named(source, inline.span, inline.block, place)
    })
}

/// The labelled fields of one paragraph that may stand side by side, parted by `|`; empty if the paragraph does
/// not begin with one.
#[must_use]
pub fn row(tree: &Tree, source: &Source, paragraph: BlockId) -> Vec<Label> {
    let block = tree.block(paragraph);
    let labels: Vec<_> = tree
        .inlines(paragraph)
        .iter()
        .filter(|inline| inline.kind == InlineKind::Strong && !inline.nested)
        .filter(|inline| {
            let before = source.text()[..inline.span.start()].trim_end_matches([' ', '\t']);
            before.ends_with('|')
                || inline.span.start == block.span.start
                || blank_before(source, inline.span).is_some()
        })
        .filter_map(|inline| named(source, inline.span, paragraph, Place::Open))
        .collect();
    let begins = labels.first().is_some_and(|label| {
        let before = &source.text()[block.span.start()..label.strong.start()];
        before.chars().all(|c| c == '|' || c.is_whitespace())
    });
    if begins { labels } else { Vec::new() }
}

/// The start of the line on which nothing but white space stands before the span.
fn blank_before(source: &Source, span: Span) -> Option<usize> {
    let before = &source.text()[..span.start()];
    // Nearly every label stands at the margin.
    if before.ends_with('\n') {
        return Some(before.len());
    }
    let before = before.trim_end_matches([' ', '\t']);
    let at_start = before.is_empty() || before.ends_with(['\n', '\r', BYTE_ORDER_MARK]);
    at_start.then_some(before.len())
}

fn place(
    tree: &Tree,
    source: &Source,
    paragraph: BlockId,
    line_start: usize,
    strong: Span,
) -> Option<Place> {
    let block = tree.block(paragraph);
    if !matches!(block.kind, BlockKind::Paragraph) {
        return None;
    }
    let mut item = None;
    let mut parent = block.parent;
    while let Some(id) = parent {
        match tree.block(id).kind {
            BlockKind::Item(_) => item = item.or(Some(id)),
            BlockKind::List { .. } => {}
            _ => return None,
        }
        parent = tree.block(id).parent;
    }
    let Some(_) = item else {
        return Some(Place::Open);
    };
    if line_start <= block.span.start() {
        return None;
    }
    let column = |start: usize, at: usize| source.text()[start..at].chars().count();
    let paragraph_line = source.line_start(source.line_of(block.span.start()));
    let content = column(paragraph_line, block.span.start());
    let lazy = column(line_start, strong.start()) < content;
    Some(if lazy { Place::Lazy } else { Place::Indented })
}

/// The label that a strong text is, if a colon makes it one.
fn named(source: &Source, strong: Span, paragraph: BlockId, place: Place) -> Option<Label> {
    let inner = source.trim(Span::new(strong.start() + 2, strong.end().checked_sub(2)?));
    let text = source.slice(inner);
    let rest = &source.text()[strong.end()..];
    let (name, after) = if rest.starts_with(':') && !text.ends_with(':') {
        (text, strong.end() + 1)
    } else if let Some(name) = text.strip_suffix(':') {
        (name.trim_end(), strong.end())
    } else {
        (text, strong.end() + colon(rest)?)
    };
    let name = without_parenthesis(name);
    let is_line_end = |byte: u8| byte == b'\n' || byte == b'\r';
    if name.is_empty() || name.bytes().any(is_line_end) {
        return None;
    }
    Some(Label {
        strong,
        name: Span::new(inner.start(), inner.start() + name.len()),
        after: after as u32,
        paragraph,
        place,
    })
}

/// A parenthesis behind a label's name that is longer than this is none of it, in bytes.
const LONGEST: usize = 300;

/// The length of an optional parenthesis and the colon at the start of `rest`.
fn colon(rest: &str) -> Option<usize> {
    let rest = rest.as_bytes();
    let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
    let after_blanks = |at: usize| at + rest[at..].iter().take_while(is_blank).count();
    let mut at = after_blanks(0);
    if rest.get(at) == Some(&b'(') {
        let mut ends = rest[at..].iter().take(LONGEST);
        let end = ends.position(|byte| matches!(byte, b')' | b'\n' | b'\r'))?;
        if rest[at + end] != b')' {
            return None;
        }
        at = after_blanks(at + end + 1);
    }
    (rest.get(at) == Some(&b':')).then_some(at + 1)
}

fn without_parenthesis(name: &str) -> &str {
    if !name.ends_with(')') {
        return name;
    }
    match name.rfind('(') {
        Some(open) if open > 0 => name[..open].trim_end(),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown;

    fn names(text: &str) -> Vec<(String, Place)> {
        let source = Source::new("a.md", text);
        let tree = markdown::parse(&source);
        lines(&tree, &source, 0..tree.blocks.len() as BlockId)
            .map(|label| (source.slice(label.name).to_owned(), label.place))
            .collect()
    }

    #[test]
    fn the_colon_stands_inside_or_outside_after_one_parenthesis() {
        for text in [
            "**Rollback**: x",
            "**Rollback:** x",
            "__Rollback__ : x",
            "**Rollback** (if step fails): x",
            "**Rollback (if step fails)**:",
            "**Rollback (if step fails):**",
            "   **Rollback**:",
        ] {
            assert_eq!(
                names(text),
                [("Rollback".to_owned(), Place::Open)],
                "{text}"
            );
        }
        for text in [
            "**Rollback** x",
            "a **Rollback**: x",
            "> **Rollback**: x",
            "- **Rollback**: x",
            "***Rollback***: x",
            "**Rollback** (a\n): x",
        ] {
            assert_eq!(names(text), [], "{text}");
        }
    }

    #[test]
    fn each_line_of_a_paragraph_may_begin_with_one() {
        assert_eq!(names("**A**: 1\n**B**: 2\n").len(), 2);
        assert_eq!(names("# T\r\n\r\n**A**: 1\r\n**B**: 2").len(), 2);
    }

    #[test]
    fn in_an_item_a_label_is_swallowed_by_the_paragraph() {
        assert_eq!(names("1. do\n**A**: x"), [("A".to_owned(), Place::Lazy)]);
        assert_eq!(
            names("1. do\n   **A**: x"),
            [("A".to_owned(), Place::Indented)]
        );
        assert_eq!(names("1. do\n\n   **A**: x"), []);
    }
}
