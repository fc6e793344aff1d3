//! Labelled fields put in and set right.

use crate::edit::Edit;
use crate::edit::Fix;
use crate::markdown::content::Piece;
use crate::rule::Context;
use crate::rules::mend::lists;
use crate::rules::mend::place;
use crate::source::Span;
use crate::template::FieldSpec;
use crate::template::ListKind;
use crate::template::SectionId;
use crate::workflow::Body;
use crate::workflow::Field;
use crate::workflow::Spelling;
use crate::workflow::Step;

/// A field of a section at its place among the others.
pub fn in_section(cx: &Context<'_>, id: SectionId, spec: usize) -> Option<Fix> {
    let text = cx.scaffold().field(id, spec)?;
    let sections = &cx.document.workflow.sections;
    let at = sections
        .iter()
        .position(|section| section.spec == Some(id) && section.duplicate_of.is_none())?;
    let section = &sections[at];
    let specs = &cx.template.sections[id].fields;
    Some(absent(
        cx,
        section.heading,
        &section.body,
        (specs, spec),
        &text,
    ))
}

/// A field of a step at its place among the others.
pub fn in_step(cx: &Context<'_>, step: &Step, spec: usize) -> Option<Fix> {
    let text = cx.scaffold().step_field(spec)?;
    let specs = &cx.template.steps.as_ref()?.fields;
    Some(absent(cx, step.heading, &step.body, (specs, spec), &text))
}

/// A field behind the nearest one before it that is there, else above the nearest one after it, else at the end.
fn absent(
    cx: &Context<'_>,
    heading: Span,
    body: &Body,
    (specs, spec): (&[FieldSpec], usize),
    text: &str,
) -> Fix {
    let text = place::lines(cx, text);
    if let Some(edits) = above_list(cx, body, specs, spec, &text) {
        return Fix::needs_consent(edits);
    }
    let here = |spec: usize| body.fields().iter().position(|field| field.spec == spec);
    let count = body.fields().iter().map(|field| field.spec + 1).max();
    let edit = if let Some(before) = (0..spec).rev().find_map(here) {
        let limit = body.fields()[before].content.end as usize;
        place::below(cx, place::content_end(cx, limit), &text)
    } else if let Some(after) = (spec + 1..count.unwrap_or_default()).find_map(here) {
        let label = body.fields()[after].label.start();
        place::above(cx, place::line_start(cx, label), &text)
    } else {
        let limit = body.content.end as usize;
        let start = place::block_end(cx, heading);
        place::below(cx, place::content_end(cx, limit).max(start), &text)
    };
    Fix::needs_consent(vec![edit])
}

/// Where a body is nothing but a list, perhaps below a text, that is what the first field which asks for a numbered
/// list would hold: its label goes above it, and so do the fields before it. Bullets get numbers at once.
fn above_list(
    cx: &Context<'_>,
    body: &Body,
    specs: &[FieldSpec],
    spec: usize,
    text: &str,
) -> Option<Vec<Edit>> {
    let asks = |field: &FieldSpec| !field.optional && field.asks.list == Some(ListKind::Numbered);
    let holder = specs.iter().position(asks)?;
    let (Some(Piece::List(list)), 1) = (body.content.pieces.last(), body.content.lists().count())
    else {
        return None;
    };
    let is_free = body.fields().iter().all(|field| field.spec > holder);
    if spec > holder || !is_free {
        return None;
    }
    let start = place::line_start(cx, list.span.start());
    let mut edits = Vec::new();
    if spec == holder {
        let label = text.lines().next().unwrap_or_default();
        edits.push(place::above(cx, start, label));
        if !list.ordered {
            edits.extend(lists::numbered(cx, list)?.edits);
        }
    } else {
        edits.push(place::above(cx, start, text));
    }
    Some(edits)
}

/// A label's name as the template has it.
pub fn renamed(field: &Field, spec: &FieldSpec) -> Fix {
    Fix::safe(vec![Edit::replace(field.name, &*spec.label)])
}

/// A label that begins a paragraph of its own, at the margin.
pub fn released(cx: &Context<'_>, field: &Field, spec: &FieldSpec) -> Fix {
    let start = place::line_start(cx, field.label.start());
    let margin = Span::new(start, field.label.start());
    let mut edits = vec![Edit::replace(margin, place::line_end_at(cx, start))];
    if field.spelling == Spelling::Near {
        edits.push(Edit::replace(field.name, &*spec.label));
    }
    Fix::safe(edits)
}
