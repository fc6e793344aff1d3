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
    let (first, last) = match slice.as_bytes() {
        [first, .., last] => (*first, *last),
        _ => return false,
    };
    match kind {
        InlineKind::Strong => {
            slice.len() > 4
                && (slice.starts_with("**") && slice.ends_with("**")
                    || slice.starts_with("__") && slice.ends_with("__"))
        }
        InlineKind::Code => first == b'`' && last == b'`',
        InlineKind::Link(_) => {
            first == b'[' && matches!(last, b')' | b']') || first == b'<' && last == b'>'
        }
        InlineKind::Image(_) => slice.starts_with("![") && matches!(last, b')' | b']'),
        InlineKind::Html => first == b'<' && last == b'>',
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
        let found = find(text, cursor, node);
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

/// Start and end of the node's markup at or after `cursor`, and where to search for the next one.
fn find(text: &str, cursor: usize, node: Node<'_>) -> Option<(usize, usize, usize)> {
    let rest = text.get(cursor..)?;
    let data = node.data();
    match &data.value {
        NodeValue::Strong => {
            let inner = first_text(node);
            let star = rest.find(&format!("**{inner}")).map(|at| (at, "**"));
            let low = rest.find(&format!("__{inner}")).map(|at| (at, "__"));
            let (at, mark) = star.into_iter().chain(low).min()?;
            let start = cursor + at;
            let close = start + 2 + text[start + 2..].find(mark)? + 2;
            Some((start, close, start + 2))
        }
        NodeValue::Code(code) => {
            let mark = "`".repeat(code.num_backticks);
            let line = code
                .literal
                .split([' ', '\n'])
                .find(|word| !word.is_empty())
                .unwrap_or_default();
            let mut from = cursor;
            loop {
                let start = from + text.get(from..)?.find(&mark)?;
                let inner = start + mark.len();
                let close = inner + text[inner..].find(&mark)?;
                if text[inner..close].contains(line) {
                    return Some((start, close + mark.len(), close + mark.len()));
                }
                from = inner;
            }
        }
        NodeValue::HtmlInline(html) => {
            let start = cursor + rest.find(html.lines().next()?)?;
            let close = start + text[start..].find('>')? + 1;
            let end = (start + html.len()).max(close).min(text.len());
            text.get(start..end).map(|_| (start, end, end))
        }
        _ => link(text, cursor, node),
    }
}

fn link(text: &str, cursor: usize, node: Node<'_>) -> Option<(usize, usize, usize)> {
    let inner = first_text(node);
    let open = if matches!(node.data().value, NodeValue::Image(_)) {
        "!["
    } else {
        "["
    };
    let bracket = text[cursor..].find(&format!("{open}{inner}"));
    let angle = text[cursor..].find(&format!("<{inner}>"));
    if let (None, Some(at)) = (bracket, angle) {
        let start = cursor + at;
        return Some((start, start + inner.len() + 2, start + inner.len() + 2));
    }
    let start = cursor + bracket?;
    let next = start + open.len();
    let label = next + text[next..].find(']')? + 1;
    let end = match text.as_bytes().get(label) {
        Some(b'(') => label + text[label..].find(')')? + 1,
        Some(b'[') => label + text[label..].find(']')? + 1,
        _ => label,
    };
    Some((start, end, next))
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
