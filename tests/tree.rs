//! What holds of the block tree of any text.

use proptest::prelude::*;
use wf::markdown;
use wf::markdown::Block;
use wf::markdown::BlockKind;
use wf::markdown::Inline;
use wf::markdown::InlineKind;
use wf::markdown::Tree;
use wf::source::Source;
use wf::source::Span;

fn holds_span(source: &Source, span: Span) -> Result<(), TestCaseError> {
    let is_part = source.text().get(span.range()).is_some();
    prop_assert!(is_part, "{span:?} is no part of the text");
    Ok(())
}

/// Blocks begin with what makes them.
fn holds_block(source: &Source, block: &Block) -> Result<(), TestCaseError> {
    holds_span(source, block.span)?;
    let text = source.slice(block.span);
    let begins = match &block.kind {
        BlockKind::Fence(_) => text.starts_with("```") || text.starts_with("~~~"),
        BlockKind::Item(_) => {
            text.starts_with(['-', '*', '+']) || text.starts_with(|c: char| c.is_ascii_digit())
        }
        BlockKind::FrontMatter => text.trim_start_matches('\u{FEFF}').starts_with("---"),
        BlockKind::Html => text.starts_with('<'),
        _ => true,
    };
    prop_assert!(begins, "{:?} covers {text:?}", block.kind);
    if let BlockKind::Item(Some(checkbox)) = &block.kind {
        holds_span(source, checkbox.span)?;
        let text = source.slice(checkbox.span);
        let inner = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        let is_box = inner.is_some_and(|inner| inner.chars().count() == 1);
        prop_assert!(is_box, "a box covers {text:?}");
    }
    if let BlockKind::Fence(fence) = &block.kind {
        for line in fence.code.lines() {
            let bare = line.trim();
            prop_assert!(text.contains(bare), "{text:?} does not hold {bare:?}");
        }
    }
    Ok(())
}

/// Whether a text begins and ends with the markup of an inline.
fn is_marked(kind: &InlineKind, text: &str) -> bool {
    let between = |open: &str, close: &[char]| text.starts_with(open) && text.ends_with(close);
    match kind {
        InlineKind::Strong => {
            text.len() > 4
                && (between("**", &['*']) || between("__", &['_']))
                && [b'*', b'_'].contains(&text.as_bytes()[text.len() - 2])
        }
        InlineKind::Code => text.len() > 2 && between("`", &['`']),
        InlineKind::Link(_) => between("[", &[')', ']']) || between("<", &['>']),
        InlineKind::Image(_) => between("![", &[')', ']']),
        InlineKind::Html => between("<", &['>']),
    }
}

/// Whether a text, by itself, is one code span.
fn is_code(text: &str) -> bool {
    let source = Source::new("", text);
    let tree = markdown::parse(&source);
    let whole = Span::new(0, text.len());
    matches!(&tree.inlines[..], [Inline { kind: InlineKind::Code, span, .. }] if *span == whole)
}

/// Inlines begin and end with their markup. One whose place is lost covers its block, which happens only after
/// links and under reference definitions.
fn holds_inline(source: &Source, tree: &Tree, inline: &Inline) -> Result<(), TestCaseError> {
    holds_span(source, inline.span)?;
    let block = tree.block(inline.block).span;
    let text = source.slice(inline.span);
    let shown = format!("{:?} covers {text:?}", inline.kind);
    if inline.span == block && !is_marked(&inline.kind, text) {
        prop_assert!(text.contains(['[', '<']), "{}", shown);
        return Ok(());
    }
    prop_assert!(is_marked(&inline.kind, text), "{}", shown);
    prop_assert!(block.contains(inline.span), "{} out of its block", shown);
    if inline.kind == InlineKind::Code && !text.contains(['\n', '\r', '\t', '\\']) {
        prop_assert!(is_code(text), "{}", shown);
    }
    Ok(())
}

/// What holds of the tree of any text.
pub fn holds(text: &str) -> Result<(), TestCaseError> {
    let source = Source::new("anything.md", text);
    let tree = markdown::parse(&source);
    for (id, block) in tree.blocks.iter().enumerate() {
        holds_block(&source, block)?;
        prop_assert!(id < block.next as usize && block.next as usize <= tree.blocks.len());
        if let Some(parent) = block.parent {
            prop_assert!((parent as usize) < id);
            let outer = tree.block(parent).span;
            prop_assert!(
                outer.contains(block.span),
                "{:?} in {:?}",
                block.span,
                outer
            );
        }
    }
    for inline in &tree.inlines {
        holds_inline(&source, &tree, inline)?;
    }
    let found = tree
        .inlines
        .iter()
        .filter(|inline| inline.span != tree.block(inline.block).span);
    let mut places: Vec<Span> = found.map(|inline| inline.span).collect();
    places.sort_unstable();
    let twins = places.windows(2).find(|pair| pair[0] == pair[1]);
    prop_assert!(twins.is_none(), "two inlines at {twins:?} of {text:?}");
    Ok(())
}
