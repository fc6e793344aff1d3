//! Steps' headings and numbers.

use crate::edit::Edit;
use crate::edit::Fix;
use crate::parse::step::SEPARATORS;
use crate::parse::value::StepNames;
use crate::rule::Context;
use crate::rules::mend::heading;
use crate::source::Span;
use crate::template::FieldSpec;
use crate::workflow::Step;

/// A heading in the template's form, where number and name are clear.
pub fn formed(cx: &Context<'_>, step: &Step) -> Option<Fix> {
    let spec = cx.template.steps.as_ref()?;
    let (number, digits) = step.number?;
    let text = heading::text(cx, step.heading);
    if !text.contains(digits) || digits == step.heading {
        return None;
    }
    let before = cx.text(Span::new(text.start(), digits.start()));
    let word = spec.before.trim();
    let is_clear = before.trim().is_empty() || before.trim().eq_ignore_ascii_case(word);
    let after = cx.text(Span::new(digits.end(), text.end()));
    let name = after.trim_start_matches(SEPARATORS);
    if !is_clear || name.is_empty() || name.contains(['\n', '\r']) {
        return None;
    }
    let lead = Span::new(text.start(), text.end() - name.len());
    let form = format!("{}{number}{} ", spec.before, spec.after);
    Some(Fix::safe(vec![Edit::replace(lead, form)]))
}

/// The places of the steps as their numbers, and in what depends on them by number.
pub fn renumbered(cx: &Context<'_>) -> Option<Fix> {
    let steps = &cx.document.workflow.steps;
    let mut edits = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let Some((number, digits)) = step.number else {
            continue;
        };
        if number as usize != at + 1 {
            if !step.has_heading || digits == step.heading {
                return None;
            }
            edits.push(Edit::replace(digits, (at + 1).to_string()));
        }
    }
    let spec = cx.template.steps.as_ref()?;
    let names = StepNames::new(&spec.before, steps);
    let depends = FieldSpec::find(&spec.fields, "Depends on");
    let fields = steps
        .iter()
        .filter_map(|step| step.body.field(depends?)?.content.text());
    let mut numbers: Vec<u32> = steps
        .iter()
        .filter_map(|step| Some(step.number?.0))
        .collect();
    numbers.sort_unstable();
    for reference in fields.flat_map(|span| names.references(&cx.document.source, span)) {
        let Some(digits) = names.digits(&cx.document.source, reference.span) else {
            continue;
        };
        // Of two steps of one number, which is meant only the author knows.
        let (number, _) = steps[reference.step?].number?;
        let first = numbers.partition_point(|&other| other < number);
        if numbers.get(first + 1) == Some(&number) {
            return None;
        }
        // A number that no step has might become another's.
        let new = (reference.step? + 1).to_string();
        if cx.text(digits) != new {
            edits.push(Edit::replace(digits, new));
        }
    }
    Some(Fix::safe(edits))
}
