//! A document's line in a drawn tree.

use unicode_width::UnicodeWidthStr;

use crate::edit::Edit;
use crate::parse::listing;
use crate::parse::listing::EntryForm;
use crate::scaffold::place;
use crate::scaffold::place::Listing;
use crate::scaffold::place::Place;
use crate::source::Span;

/// The branch to the last name of a folder, and what it becomes when another follows.
const LAST: [(&str, &str); 2] = [("└", "├"), ("`--", "|--")];

/// A line below the last document of the same folder; none where the tree has no document of it.
pub fn edits(place: &Place<'_>, listing: &Listing<'_>) -> Vec<Edit> {
    let parent = |path: &str| {
        path.rsplit_once('/')
            .map_or_else(String::new, |(folder, _)| folder.to_owned())
    };
    let folder = parent(place.facts.file);
    let mut siblings = listing.entries.iter().rev().filter(|(_, entry)| {
        let mut paths = listing::candidates(place.index, entry).into_iter();
        entry.form == EntryForm::Tree && paths.any(|path| parent(&path) == folder)
    });
    let Some((_, sibling)) = siblings.next() else {
        return Vec::new();
    };
    let line = place.line(sibling.span.start());
    let prefix = place.text(Span::new(line.start(), sibling.span.start()));
    let rest = place.text(Span::new(
        sibling.span.end(),
        line.end().max(sibling.span.end()),
    ));
    let name = place.facts.file.rsplit('/').next().unwrap_or_default();
    let old = place.text(sibling.span).width();
    let note = note(rest, old, name.width(), place.facts.gist());
    let new = format!("{prefix}{name}{note}");
    let mut edits = vec![place::below(place, sibling.span.end(), &new)];
    for (last, other) in LAST {
        if let Some(at) = prefix.rfind(last) {
            edits.push(Edit {
                span: Span::new(line.start() + at, line.start() + at + last.len()),
                replacement: other.to_owned(),
            });
            break;
        }
    }
    edits
}

/// A note like the one after another name, below it where there is room.
fn note(like: &str, old: usize, new: usize, gist: &str) -> String {
    let text = like.trim_start();
    let mark = text.split_whitespace().next().unwrap_or_default();
    if !["#", "//", "—", "–", "-", "←", "<-"].contains(&mark) {
        return String::new();
    }
    let column = old + like.len() - text.len();
    let gap = column.saturating_sub(new).max(1);
    format!("{}{mark} {gist}", " ".repeat(gap))
}
