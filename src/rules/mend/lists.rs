//! Lists of one kind made lists of another.

use crate::edit::Edit;
use crate::edit::Fix;
use crate::markdown::BlockId;
use crate::markdown::BlockKind;
use crate::markdown::content::List;
use crate::rule::Context;
use crate::rules::mend::place;
use crate::source::Span;

/// Boxes for the items that have none; `None` where an item cannot have one.
pub fn boxed(cx: &Context<'_>, items: &[BlockId]) -> Option<Fix> {
    let edits: Option<Vec<Edit>> = items.iter().map(|&item| empty_box(cx, item)).collect();
    edits.filter(|edits| !edits.is_empty()).map(Fix::safe)
}

/// The marks that look like a box and are none.
const NEARLY: [&str; 6] = ["[]", "[ ]", "[x]", "[X]", "( )", "()"];

fn empty_box(cx: &Context<'_>, item: BlockId) -> Option<Edit> {
    let tree = &cx.document.tree;
    let paragraph = tree.children(item).next()?;
    let block = tree.block(paragraph);
    if block.kind != BlockKind::Paragraph {
        return None;
    }
    let text = cx.text(block.span);
    let nearly = NEARLY.into_iter().find(|mark| text.starts_with(mark));
    let mark = nearly.unwrap_or_default();
    let rest = text[mark.len()..].trim_start_matches([' ', '\t']);
    // `[x](…)` is a link.
    if !mark.is_empty() && rest.starts_with(['(', '[', ':']) || rest.is_empty() {
        return None;
    }
    let start = block.span.start();
    let span = Span::new(start, start + text.len() - rest.len());
    let span = if mark.is_empty() {
        Span::at(start)
    } else {
        span
    };
    Some(Edit::replace(span, "[ ] "))
}

/// Numbers for a list of bullets, what belongs to an item moved along with its text.
pub fn numbered(cx: &Context<'_>, list: &List) -> Option<Fix> {
    let (source, tree) = (&cx.document.source, &cx.document.tree);
    let whole = tree.block(list.items(tree).next()?).parent?;
    // Of a list that a swallowed label cuts, only a part would change.
    if tree.descendants(whole) != list.blocks {
        return None;
    }
    let mut edits = Vec::new();
    for (at, item) in list.items(tree).enumerate() {
        let span = tree.block(item).span;
        let marker = place::marker(cx.text(span))?;
        let number = format!("{}.", at + 1);
        let mark = Span::new(span.start(), span.start() + marker.len());
        let more = " ".repeat(number.len() - marker.len().min(number.len()));
        edits.push(Edit::replace(mark, number));
        let first = source.line_of(span.start());
        let bottom = source.line_of(source.trim(span).end());
        for line in (first + 1..=bottom).map(|line| source.line(line)) {
            let text = cx.text(line);
            if text.starts_with('\t') {
                return None;
            }
            if text.starts_with(' ') && !text.trim().is_empty() {
                edits.push(Edit::insert(line.start(), &*more));
            }
        }
    }
    Some(Fix::safe(edits))
}
