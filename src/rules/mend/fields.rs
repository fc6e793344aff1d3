//! Labelled fields put in and set right.

use crate::edit::Edit;
use crate::edit::Fix;
use crate::rule::Context;
use crate::rules::mend::place;
use crate::source;
use crate::source::Span;
use crate::template::FieldSpec;
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
    Some(absent(cx, section.heading, &section.body, spec, &text))
}

/// A field of a step at its place among the others.
pub fn in_step(cx: &Context<'_>, step: &Step, spec: usize) -> Option<Fix> {
    let text = cx.scaffold().step_field(spec)?;
    Some(absent(cx, step.heading, &step.body, spec, &text))
}

/// A field behind the nearest one before it that is there, else above the nearest one after it, else at the end.
fn absent(cx: &Context<'_>, heading: Span, body: &Body, spec: usize, text: &str) -> Fix {
    let text = place::lines(cx, text);
    let here = |spec: usize| body.fields.iter().position(|field| field.spec == spec);
    let count = body.fields.iter().map(|field| field.spec + 1).max();
    let edit = if let Some(before) = (0..spec).rev().find_map(here) {
        let limit = body.fields[before].content.end as usize;
        place::below(cx, place::content_end(cx, limit), &text)
    } else if let Some(after) = (spec + 1..count.unwrap_or_default()).find_map(here) {
        let label = body.fields[after].label.start();
        place::above(cx, place::line_start(cx, label), &text)
    } else {
        let limit = body.content.end as usize;
        let start = place::block_end(cx, heading);
        place::below(cx, place::content_end(cx, limit).max(start), &text)
    };
    Fix::needs_consent(vec![edit])
}

/// A label's name as the template has it.
pub fn renamed(field: &Field, spec: &FieldSpec) -> Fix {
    Fix::safe(vec![Edit::replace(field.name, &*spec.label)])
}

/// A label that begins a paragraph of its own, at the margin.
pub fn released(cx: &Context<'_>, field: &Field, spec: &FieldSpec) -> Fix {
    let newline = source::line_end(cx.document.source.text());
    let start = place::line_start(cx, field.label.start());
    let margin = Span::new(start, field.label.start());
    let mut edits = vec![Edit::replace(margin, newline)];
    if field.spelling == Spelling::Near {
        edits.push(Edit::replace(field.name, &*spec.label));
    }
    Fix::safe(edits)
}
