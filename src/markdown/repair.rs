//! Inline positions that comrak gets wrong, found again by searching.
//!
//! After a link whose tail spans lines, or under reference definitions that stand directly above a paragraph,
//! comrak's inline positions are off. Such a leaf is noticed by inlines that do not look like what they are, or
//! by a last inline that does not end where the paragraph ends; then its inlines are searched for, in order.

use comrak::nodes::Node;
use comrak::nodes::NodeValue;

use crate::markdown::Inline;
use crate::markdown::InlineKind;
use crate::source::Source;
use crate::source::Span;

/// Whether a slice of the source looks like an inline of that kind.
pub fn is_plausible(kind: &InlineKind, slice: &str) -> bool {
    let bytes = slice.as_bytes();
    match kind {
        InlineKind::Strong => matches!(
            bytes,
            [b'*', b'*', _, .., b'*', b'*'] | [b'_', b'_', _, .., b'_', b'_']
        ),
        InlineKind::Code => matches!(bytes, [b'`', .., b'`']),
        InlineKind::Link(_) => matches!(bytes, [b'[', .., b')' | b']'] | [b'<', .., b'>']),
        InlineKind::Image(_) => matches!(bytes, [b'!', b'[', .., b')' | b']']),
        InlineKind::Html => matches!(bytes, [b'<', .., b'>']),
    }
}

/// Set the spans of a leaf's inlines to where their markup stands in the block's text; one that cannot be found
/// covers the block.
pub fn search(source: &Source, block: Span, leaf: Node<'_>, inlines: &mut [Inline]) {
    let text = source.slice(block);
    let mut cursor = 0;
    let nodes = leaf
        .descendants()
        .filter(|node| is_kept(&node.data().value));
    for (inline, node) in inlines.iter_mut().zip(nodes) {
        let found = find(text, cursor, node)
            .filter(|&(start, end, _)| is_plausible(&inline.kind, &text[start..end]));
        inline.span = match found {
            Some((start, end, next)) => {
                cursor = next;
                Span::new(block.start() + start, block.start() + end)
            }
            None => block,
        };
    }
}

fn is_kept(value: &NodeValue) -> bool {
    matches!(
        value,
        NodeValue::Strong
            | NodeValue::Code(_)
            | NodeValue::Link(_)
            | NodeValue::Image(_)
            | NodeValue::HtmlInline(_)
    )
}

/// How far ahead of the last inline the next one is searched, in bytes: further on, a match means nothing, and
/// the bound keeps the search linear.
const REACH: usize = 4096;

/// Start and end of the node's markup at or after `cursor`, and where to search for the next one.
fn find(text: &str, cursor: usize, node: Node<'_>) -> Option<(usize, usize, usize)> {
    let mut end = (cursor + REACH).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let window = text.get(cursor..end)?;
    let (start, length, next) = match &node.data().value {
        NodeValue::Strong => strong(window, &first_text(node)),
        NodeValue::Code(code) => code_span(window, code.num_backticks, &code.literal),
        NodeValue::HtmlInline(html) => {
            let start = window.find(html.lines().next()?)?;
            let length = window[start..].find('>')? + 1;
            let length = length.max(html.len()).min(window.len() - start);
            window
                .get(start..start + length)
                .map(|_| (start, length, length))
        }
        NodeValue::Image(_) => link(window, "![", &first_text(node)),
        _ => link(window, "[", &first_text(node)),
    }?;
    let start = cursor + start;
    Some((start, start + length, start + next))
}

/// Start, length, and the length up to where the next inline may begin.
type Found = Option<(usize, usize, usize)>;

fn strong(window: &str, inner: &str) -> Found {
    let star = window.find(&format!("**{inner}")).map(|at| (at, "**"));
    let low = window.find(&format!("__{inner}")).map(|at| (at, "__"));
    let (start, mark) = star.into_iter().chain(low).min()?;
    let length = window[start + 2..].find(mark)? + 4;
    Some((start, length, 2))
}

fn code_span(window: &str, ticks: usize, literal: &str) -> Found {
    let mark = "`".repeat(ticks);
    let mut words = literal.split([' ', '\n']);
    let word = words.find(|word| !word.is_empty()).unwrap_or_default();
    let mut from = 0;
    loop {
        let start = from + window.get(from..)?.find(&mark)?;
        let inner = start + ticks;
        let close = inner + window[inner..].find(&mark)?;
        if window[inner..close].contains(word) {
            let length = close + ticks - start;
            return Some((start, length, length));
        }
        from = inner;
    }
}

fn link(window: &str, open: &str, inner: &str) -> Found {
    let Some(start) = window.find(&format!("{open}{inner}")) else {
        // An address between angle brackets.
        let start = window.find(&format!("<{inner}>"))?;
        return Some((start, inner.len() + 2, inner.len() + 2));
    };
    let rest = &window[start..];
    let label = open.len() + rest[open.len()..].find(']')? + 1;
    let length = match rest.as_bytes().get(label) {
        Some(b'(') => label + rest[label..].find(')')? + 1,
        Some(b'[') => label + rest[label..].find(']')? + 1,
        _ => label,
    };
    Some((start, length, open.len()))
}

/// The text that comes first inside an inline, up to the first character that may be written otherwise.
fn first_text(node: Node<'_>) -> String {
    let first = node.first_child().map(|child| match &child.data().value {
        NodeValue::Text(text) => text
            .split(['&', '\\', '\n'])
            .next()
            .unwrap_or_default()
            .to_owned(),
        _ => String::new(),
    });
    first.unwrap_or_default()
}
