//! Suppression comments taken out: what hides nothing goes.

use std::iter;
use std::slice;

use crate::edit::Edit;
use crate::edit::Fix;
use crate::source::BYTE_ORDER_MARK;
use crate::source::Position;
use crate::source::Source;
use crate::source::Span;

/// A stretch of a text, in bytes and as people name it.
type Stretch = (Span, (Position, Position));

/// A suppression comment in its text.
pub struct Comment {
    /// The ids that it names, as written.
    names: Vec<String>,
    /// Where they stand.
    list: Stretch,
    /// What goes where all of it goes: the line of its own, if it has one, and the comments that end it alone.
    whole: Vec<Stretch>,
}

impl Comment {
    /// The comment of that span, which names rules at these places; `ends` are those that end it and no other.
    #[must_use]
    pub fn of(
        source: &Source,
        span: Span,
        ids: &[Span],
        ends: impl IntoIterator<Item = Span>,
    ) -> Self {
        let list = match (ids.first(), ids.last()) {
            (Some(first), Some(last)) => Span::new(first.start(), last.end()),
            _ => Span::at(span.start()),
        };
        let stretch = |span: Span| {
            let start = source.position(span.start());
            (span, (start, source.position(span.end())))
        };
        Self {
            names: ids.iter().map(|&id| source.slice(id).to_owned()).collect(),
            list: stretch(list),
            whole: iter::once(span)
                .chain(ends)
                .map(|span| stretch(whole(source, span)))
                .collect(),
        }
    }

    /// The fix that takes rules out of it, by their ids, with the places of its edits; it takes out all of it where
    /// that names no others.
    #[must_use]
    pub fn without(&self, idle: &[&str]) -> (Fix, Vec<(Position, Position)>) {
        let names = self.names.iter().map(String::as_str);
        let left: Vec<&str> = names.filter(|name| !idle.contains(name)).collect();
        let gone = if left.is_empty() {
            &self.whole[..]
        } else {
            slice::from_ref(&self.list)
        };
        let left = left.join(", ");
        let edits = gone.iter().map(|(span, _)| Edit::replace(*span, &*left));
        let places = gone.iter().map(|(_, place)| *place);
        (Fix::safe(edits.collect()), places.collect())
    }
}

/// A comment with its line where it stands alone on it, and then with one of the blank lines around it.
fn whole(source: &Source, span: Span) -> Span {
    let text = source.text();
    let (first, last) = (source.line_of(span.start()), source.line_of(span.end()));
    let start = match source.line_start(first) {
        0 if source.text().starts_with(BYTE_ORDER_MARK) => BYTE_ORDER_MARK.len_utf8(),
        start => start,
    };
    let before = source.slice(Span::new(start, span.start()));
    let after = source.slice(Span::new(
        span.end(),
        source.line(last).end().max(span.end()),
    ));
    let is_alone = before.trim().is_empty() && after.trim().is_empty();
    if !is_alone {
        let bare = before.trim_end_matches([' ', '\t']);
        return Span::new(span.start() - (before.len() - bare.len()), span.end());
    }
    let is_blank = |line: usize| source.slice(source.line(line)).trim().is_empty();
    let has_next = last + 1 < source.line_count();
    let is_below_blank = first.checked_sub(1).is_none_or(is_blank);
    let takes_blank = is_below_blank && has_next && is_blank(last + 1);
    let end = source.line_start(last + 1 + usize::from(takes_blank));
    Span::new(start, end.min(text.len()))
}
