//! What comrak's nodes are to us.

use comrak::arena_tree::NodeEdge;
use comrak::nodes::ListType;
use comrak::nodes::Node;
use comrak::nodes::NodeValue;

use crate::markdown::BlockKind;
use crate::markdown::HeadingText;
use crate::markdown::InlineKind;

/// What a block is, as far as its kind alone says it.
pub fn block(value: &NodeValue) -> BlockKind {
    match value {
        NodeValue::Heading(heading) => BlockKind::Heading {
            level: heading.level,
            text: HeadingText::default(),
        },
        NodeValue::Paragraph => BlockKind::Paragraph,
        NodeValue::List(list) => BlockKind::List {
            ordered: list.list_type == ListType::Ordered,
        },
        NodeValue::Item(_) => BlockKind::Item(None),
        NodeValue::CodeBlock(code) if code.fenced => BlockKind::Fence(Box::default()),
        NodeValue::CodeBlock(_) => BlockKind::IndentedCode,
        NodeValue::HtmlBlock(_) => BlockKind::Html,
        NodeValue::ThematicBreak => BlockKind::Break,
        NodeValue::Table(_) => BlockKind::Table,
        NodeValue::TableRow(_) => BlockKind::TableRow,
        NodeValue::TableCell => BlockKind::TableCell,
        _ => BlockKind::Other,
    }
}

/// What an inline is; none if it means nothing here.
pub fn inline(value: &NodeValue) -> Option<InlineKind> {
    Some(match value {
        NodeValue::Strong => InlineKind::Strong,
        NodeValue::Code(_) => InlineKind::Code,
        NodeValue::Link(link) => InlineKind::Link(link.url.as_str().into()),
        NodeValue::Image(link) => InlineKind::Image(link.url.as_str().into()),
        NodeValue::HtmlInline(_) => InlineKind::Html,
        _ => return None,
    })
}

/// The text of a heading.
pub fn heading_text(node: Node<'_>) -> HeadingText {
    if let Some(only) = node
        .first_child()
        .filter(|only| only.next_sibling().is_none())
        && let NodeValue::Text(text) = &only.data().value
    {
        return HeadingText::new(text);
    }
    let mut text = String::new();
    for edge in node.traverse() {
        if let NodeEdge::Start(inline) = edge {
            match &inline.data().value {
                NodeValue::Text(part) => text.push_str(part),
                NodeValue::Code(code) => text.push_str(&code.literal),
                NodeValue::SoftBreak | NodeValue::LineBreak => text.push(' '),
                _ => {}
            }
        }
    }
    HeadingText::new(&text)
}
