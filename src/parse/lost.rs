//! Steps whose heading is lost: their fields begin anew within the step before them, or above all headings of steps.

use std::mem;
use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::markdown::BlockId;
use crate::parse::Parser;
use crate::parse::body;
use crate::source::Span;
use crate::workflow::Body;
use crate::workflow::Content;
use crate::workflow::Field;
use crate::workflow::Step;

/// Add a step, and as steps of their own those within it that have no heading.
pub fn push(parser: &Parser<'_>, mut step: Step, steps: &mut Vec<Step>) {
    let mut found = Vec::new();
    if last_beginning(parser, step.body.fields()).is_some() {
        let (content, mut fields) = mem::take(&mut step.body).into_parts();
        // From the end, so that each field moves once.
        while let Some(at) = last_beginning(parser, &fields) {
            found.push(fields.split_off(at));
        }
        step.body = Body::new(content, fields);
    }
    steps.push(step);
    for fields in found.into_iter().rev() {
        let step = without_heading(parser, fields, steps.len() + 1);
        steps.push(step);
    }
}

/// Add the steps above the first heading of one: where a first field and another one stand there, its heading is
/// lost.
pub fn push_first(parser: &Parser<'_>, blocks: Range<BlockId>, steps: &mut Vec<Step>) {
    let Some(spec) = &parser.template.steps else {
        return;
    };
    let (_, fields) = body::body(parser, &spec.fields, blocks).into_parts();
    let first = spec.fields.iter().position(|spec| !spec.optional);
    let begins = fields
        .first()
        .is_some_and(|field| Some(field.spec) == first);
    if begins && fields.iter().any(|field| Some(field.spec) != first) {
        let step = without_heading(parser, fields, 1);
        push(parser, step, steps);
    }
}

/// Where the last of the steps begins that have lost their headings: with a second first field, further second
/// ones behind it.
fn last_beginning(parser: &Parser<'_>, fields: &[Field]) -> Option<usize> {
    let specs = &parser.template.steps.as_ref()?.fields;
    let first = specs.iter().position(|spec| !spec.optional)?;
    let mut is_followed = false;
    for (at, field) in fields.iter().enumerate().rev() {
        let is_second = field.duplicate_of.is_some_and(|other| other < field.label);
        if is_second && field.spec == first && is_followed {
            return Some(at);
        }
        is_followed = (is_followed || is_second) && field.spec != first;
    }
    None
}

fn without_heading(parser: &Parser<'_>, mut fields: Vec<Field>, place: usize) -> Step {
    let heading = fields[0].label;
    // The first label stays a second one: it stands for all that is wrong.
    let mut first: FxHashMap<usize, Span> = FxHashMap::default();
    first.insert(fields[0].spec, heading);
    for field in &mut fields[1..] {
        if field.duplicate_of.is_some_and(|other| other > field.label) {
            continue;
        }
        field.duplicate_of = first.get(&field.spec).copied();
        first.entry(field.spec).or_insert(field.label);
    }
    let spec = parser.template.steps.as_ref();
    Step {
        heading,
        level: spec.map_or(0, |spec| spec.level),
        has_heading: false,
        is_well_formed: true,
        number: Some((place as u32, heading)),
        name: Box::default(),
        body: Body::new(Content::default(), fields),
    }
}
