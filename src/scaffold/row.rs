//! A document's row in a table.

use unicode_width::UnicodeWidthStr;

use crate::edit::Edit;
use crate::markdown::BlockId;
use crate::nearest;
use crate::parse::value;
use crate::scaffold::place;
use crate::scaffold::place::Listing;
use crate::scaffold::place::Place;
use crate::source::Span;

/// The words in a column's head that ask what a workflow does.
const GISTS: [&str; 7] = [
    "purpose",
    "description",
    "what",
    "summary",
    "title",
    "about",
    "does",
];

/// A row below the last one that names a document, written like it.
pub fn edits(place: &Place<'_>, listing: &Listing<'_>) -> Vec<Edit> {
    let Some(&(row, entry)) = listing.entries.last() else {
        return Vec::new();
    };
    let head = place.tree.children(listing.block).next().unwrap_or(row);
    let heads = cells(place, head);
    let models = cells(place, row);
    let Some(&first) = models.first() else {
        return Vec::new();
    };
    let mention = place.mention(entry);
    let opening = Span::new(
        first.start().min(mention.span.start()),
        mention.span.start(),
    );
    let rest = Span::new(mention.span.end(), first.end().max(mention.span.end()));
    let tail = mention.tail(place.text(rest), place.facts);
    let mut texts = vec![format!(
        "{}{}{}",
        place.text(opening),
        mention.text,
        escaped(&tail)
    )];
    let has_gist = heads
        .iter()
        .skip(1)
        .any(|&head| asks_gist(place.text(head)));
    for (at, &head) in heads.iter().enumerate().skip(1) {
        let model = models.get(at).map_or("", |&cell| place.text(cell));
        let is_only = heads.len() == 2 && !has_gist && !model.is_empty();
        texts.push(cell(place, place.text(head), model, is_only));
    }
    let line = place.line(place.tree.block(row).span.start());
    let span = Span::new(place.tree.block(row).span.start(), line.end());
    let lead = place.text(Span::new(line.start(), span.start()));
    let text = format!("{lead}{}", joined(place, head, place.text(span), &texts));
    vec![place::below(place, span.end(), &text)]
}

fn cells(place: &Place<'_>, row: BlockId) -> Vec<Span> {
    let cells = place.tree.children(row);
    cells
        .map(|cell| place.source.trim(place.tree.block(cell).span))
        .collect()
}

fn asks_gist(head: &str) -> bool {
    let head = nearest::fold(head);
    let mut words = head.split(|c: char| !c.is_alphanumeric());
    words.any(|word| GISTS.contains(&word))
}

/// A cell below a column's head, like the cell above it.
fn cell(place: &Place<'_>, head: &str, like: &str, is_only: bool) -> String {
    let facts = place.facts;
    let bare = like.trim_matches('`');
    let name = nearest::fold(head.trim_matches(['*', '_']));
    if value::trigger_name(bare).is_some() {
        format!("`{}`", facts.command())
    } else if name.contains("owner") || name == "team" {
        escaped(facts.owner.unwrap_or("-"))
    } else if name.contains("audited") {
        facts.today.to_string()
    } else if is_only || asks_gist(head) {
        escaped(facts.gist())
    } else {
        String::new()
    }
}

/// A text that is no end of a table's cell.
pub fn escaped(text: &str) -> String {
    text.replace("\\|", "|").replace('|', "\\|")
}

/// Cells as a row with the bars of another, and as wide where the table's columns stand below each other.
fn joined(place: &Place<'_>, head: BlockId, like: &str, texts: &[String]) -> String {
    let like = like.trim_end();
    let head = place.line(place.tree.block(head).span.start());
    let (widths, heads) = (segments(like), segments(place.text(head).trim()));
    let is_aligned = widths.len() == heads.len() && widths == heads;
    let cells: Vec<String> = texts
        .iter()
        .enumerate()
        .map(|(at, text)| {
            let width = widths.get(at).filter(|_| is_aligned).copied().unwrap_or(0);
            let missing = width.saturating_sub(text.width());
            format!("{text}{}", " ".repeat(missing))
        })
        .collect();
    let open = if like.starts_with('|') { "| " } else { "" };
    let close = if like.len() > 1 && like.ends_with('|') {
        " |"
    } else {
        ""
    };
    format!("{open}{}{close}", cells.join(" | "))
        .trim_end()
        .to_owned()
}

/// The widths of a row's cells, the white space within their bars included but for one on each side.
fn segments(row: &str) -> Vec<usize> {
    let row = row.strip_prefix('|').unwrap_or(row);
    let row = row.strip_suffix('|').unwrap_or(row);
    let mut widths = Vec::new();
    let mut start = 0;
    for (at, _) in row.match_indices('|') {
        if !row[..at].ends_with('\\') {
            widths.push(row[start..at].width().saturating_sub(2));
            start = at + 1;
        }
    }
    widths.push(row[start..].width().saturating_sub(2));
    widths
}
