//! A document's item in a list.

use crate::edit::Edit;
use crate::markdown::BlockId;
use crate::scaffold::place;
use crate::scaffold::place::Listing;
use crate::scaffold::place::Place;
use crate::source;
use crate::source::Span;

/// An item below the last one that names a document, written like it.
pub fn edits(place: &Place<'_>, listing: &Listing<'_>) -> Vec<Edit> {
    let Some(&(item, entry)) = listing.entries.last() else {
        return Vec::new();
    };
    let tree = place.tree;
    let before = tree
        .children(listing.block)
        .take_while(|&other| other != item)
        .last();
    let (lead, start) = lead(place, item);
    let mention = place.mention(entry);
    if mention.span.start() < start {
        return Vec::new();
    }
    let opening = place
        .text(Span::new(start, mention.span.start()))
        .replace("[x]", "[ ]")
        .replace("[X]", "[ ]");
    let line = place.line(mention.span.start());
    let rest = place.text(Span::new(
        mention.span.end(),
        line.end().max(mention.span.end()),
    ));
    let tail = mention.tail(rest, place.facts);
    let number = before.map(|before| self::lead(place, before).0);
    let lead = next(lead, number);
    let end = place.source.trim(tree.block(item).span).end();
    let is_loose = before.is_some_and(|before| {
        let from = place.source.trim(tree.block(before).span).end();
        let gap = place.text(Span::new(from, tree.block(item).span.start()));
        gap.matches('\n').count() > 1
    });
    let gap = if is_loose {
        source::line_end(place.source.text())
    } else {
        ""
    };
    let text = format!("{gap}{lead}{opening}{}{tail}", mention.text);
    vec![place::below(place, end, &text)]
}

/// What stands before an item's text on its line, and where the text begins.
fn lead<'a>(place: &Place<'a>, item: BlockId) -> (&'a str, usize) {
    let first = place.tree.children(item).next().unwrap_or(item);
    let start = place.tree.block(first).span.start();
    let line = place.line(start);
    (place.text(Span::new(line.start(), start)), start)
}

/// The next item's marker: its number counts on, unless all items have one.
fn next(lead: &str, before: Option<&str>) -> String {
    let marker = lead.trim_end();
    let Some(digits_end) = marker.strip_suffix(['.', ')']).map(str::len) else {
        return lead.replace("[x]", "[ ]").replace("[X]", "[ ]");
    };
    let bare = marker[..digits_end].trim_end_matches(|c: char| c.is_ascii_digit());
    match marker[bare.len()..digits_end].parse::<u64>() {
        Ok(number) if before != Some(lead) => {
            format!("{bare}{}{}", number + 1, &lead[digits_end..])
        }
        _ => lead.to_owned(),
    }
}
