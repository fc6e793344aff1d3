//! Changes to the header.

use crate::edit::Edit;
use crate::edit::Fix;
use crate::rule::Context;
use crate::rules::mend::place;
use crate::source::Span;
use crate::workflow::Header;
use crate::workflow::HeaderField;

/// The template's header below the title.
pub fn header(cx: &Context<'_>) -> Option<Fix> {
    let header = place::lines(cx, &cx.scaffold().header()?);
    let edit = place::below(cx, place::title_end(cx)?, &header);
    Some(Fix::needs_consent(vec![edit]))
}

/// A field at its place among the others.
pub fn field(cx: &Context<'_>, header: &Header, id: usize) -> Option<Fix> {
    let text = cx.scaffold().header_field(&cx.template.header[id])?;
    let spec = |field: &HeaderField| field.spec.map(|(spec, _)| spec);
    let fields = &header.fields;
    let before = fields
        .iter()
        .rposition(|field| spec(field).is_some_and(|spec| spec < id));
    let next = before.map_or(0, |before| before + 1);
    let edit = if let Some(next) = fields.get(next) {
        let gap = gap(cx, header, next);
        Edit::insert(next.label.start(), format!("{text}{gap}"))
    } else {
        let last = fields.last()?;
        let end = end(cx, last);
        Edit::insert(end, format!("{}{text}", gap(cx, header, last)))
    };
    Some(Fix::needs_consent(vec![edit]))
}

/// What parts a field from the one before it; from the one behind it where it is the first.
fn gap<'a>(cx: &Context<'a>, header: &Header, field: &HeaderField) -> &'a str {
    let fields = &header.fields;
    let at = fields.iter().position(|other| other.label == field.label);
    let first = at.unwrap_or_default().max(1) - 1;
    match fields.get(first).zip(fields.get(first + 1)) {
        Some((one, other)) => {
            let gap = cx.text(Span::new(end(cx, one), other.label.start()));
            if gap.contains(['|', '\n', '\r']) {
                gap
            } else {
                " | "
            }
        }
        None => " | ",
    }
}

/// Where a field ends: behind its value, or behind the colon where it has none.
fn end(cx: &Context<'_>, field: &HeaderField) -> usize {
    if !field.value.is_empty() {
        return field.value.end();
    }
    let after = &cx.document.source.text()[field.label.end()..];
    let blank = after.len() - after.trim_start_matches([' ', '\t']).len();
    if after[blank..].starts_with(':') {
        field.label.end() + blank + 1
    } else {
        field.label.end()
    }
}

/// A field's name as the template has it.
pub fn renamed(cx: &Context<'_>, field: &HeaderField, name: &str) -> Option<Fix> {
    let at = cx.text(field.label).find(&*field.name)?;
    let start = field.label.start() + at;
    let span = Span::new(start, start + field.name.len());
    Some(Fix::safe(vec![Edit::replace(span, name)]))
}

/// The fields that the template has in its order, in the places that they have now.
pub fn ordered(cx: &Context<'_>, placed: &[(usize, &HeaderField)]) -> Fix {
    let whole = |field: &HeaderField| Span::new(field.label.start(), end(cx, field));
    let mut sorted = placed.to_vec();
    sorted.sort_by_key(|(id, _)| *id);
    let pairs = placed.iter().zip(sorted);
    let moved = pairs.filter(|((old, _), (new, _))| old != new);
    let edits = moved.map(|((_, old), (_, new))| Edit::replace(whole(old), cx.text(whole(new))));
    Fix::safe(edits.collect())
}
