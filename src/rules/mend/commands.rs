//! What makes a command of an item, and changes within commands.

use crate::edit::Edit;
use crate::edit::Fix;
use crate::markdown::BlockId;
use crate::markdown::BlockKind;
use crate::markdown::content::Piece;
use crate::parse::command::ItemList;
use crate::parse::item::Work;
use crate::rule::Context;
use crate::rules::mend::place;
use crate::source::Span;

/// `Run:` before the code span that is all of a paragraph, in the place of whatever stood before it.
pub fn marked(cx: &Context<'_>, paragraph: Span, code: Span) -> Option<Fix> {
    let rest = Span::new(code.end(), paragraph.end().max(code.end()));
    let text = cx.text(rest);
    if !text.trim_matches(['.', ' ', '\t', '\n', '\r']).is_empty() {
        return None;
    }
    let before = Span::new(paragraph.start(), code.start());
    let mut edits = vec![Edit::replace(before, "Run: ")];
    if text.starts_with('.') {
        edits.push(Edit::delete(Span::new(rest.start(), rest.start() + 1)));
    }
    Some(Fix::needs_consent(edits))
}

/// A block moved into the item above it, if that has no command yet.
pub fn attached(cx: &Context<'_>, list: &ItemList<'_>, block: BlockId) -> Option<Fix> {
    let (source, tree) = (&cx.document.source, &cx.document.tree);
    let pieces = &list.content.pieces;
    let is_it = |piece: &Piece| matches!(piece, Piece::Fence(id) if *id == block);
    let at = pieces.iter().position(is_it)?;
    let before = at.checked_sub(1)?;
    // What is indented behind the block would follow it into the item.
    let is_indented = |next: &Piece| {
        let start = next.span(tree).start();
        !matches!(next, Piece::List(_)) && place::line_start(cx, start) < start
    };
    if pieces.get(at + 1).is_some_and(is_indented) {
        return None;
    }
    let Piece::List(above) = &pieces[before] else {
        return None;
    };
    let item = above.items(tree).last()?;
    let mut items = cx.items().iter();
    items.find(|other| other.id == item && other.work == Work::Manual)?;
    let indent = place::item_indent(cx, tree.block(item).span)?;
    let span = source.trim(tree.block(block).span);
    let first = source.line_of(span.start());
    let margin = span.start() - source.line_start(first);
    let more = " ".repeat(indent.saturating_sub(margin));
    let mut edits = Vec::new();
    for line in first..=source.line_of(span.end()) {
        let line = source.line(line);
        if !line.is_empty() {
            edits.push(Edit::insert(line.start(), &*more));
        }
    }
    let above = first.checked_sub(1).map(|line| source.line(line));
    if above.is_some_and(|line| !cx.text(line).trim().is_empty()) {
        let gap = edits.first_mut()?;
        let newline = place::line_end_at(cx, gap.span.start());
        gap.replacement.insert_str(0, newline);
    }
    Some(Fix::needs_consent(edits))
}

/// A block of prompts as a transcript, in which they are none of the command; a line without its prompt.
pub fn transcript(cx: &Context<'_>, work: Work, place: Span) -> Option<Fix> {
    let source = &cx.document.source;
    match work {
        Work::Block(id, _) => {
            let block = cx.document.tree.block(id);
            let BlockKind::Fence(fence) = &block.kind else {
                return None;
            };
            // What stands above the first prompt would run no more.
            let mut lines = fence.code.lines().filter(|line| !line.trim().is_empty());
            lines.next().filter(|line| line.starts_with("$ "))?;
            let line = source.trim(source.first_line(block.span));
            let text = cx.text(line);
            let marks = text.len() - text.trim_start_matches(['`', '~']).len();
            let info = source.trim(Span::new(line.start() + marks, line.end()));
            let is_end = |c: char| [' ', '\t', ',', '{', '}'].contains(&c);
            let words = cx.text(info);
            let length = words.find(is_end).unwrap_or(words.len());
            let language = Span::new(info.start(), info.start() + length);
            (length > 0).then(|| Fix::needs_consent(vec![Edit::replace(language, "console")]))
        }
        Work::Line(_) => {
            let prompt = Span::new(place.start(), (place.start() + 2).max(place.end()));
            Some(Fix::needs_consent(vec![Edit::delete(prompt)]))
        }
        _ => None,
    }
}

/// Double quotes around an expansion.
pub fn quoted(place: Span) -> Fix {
    Fix::safe(vec![
        Edit::insert(place.start(), "\""),
        Edit::insert(place.end(), "\""),
    ])
}
