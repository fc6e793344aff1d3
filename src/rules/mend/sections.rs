//! Sections put in and moved.

use crate::edit::Edit;
use crate::edit::Fix;
use crate::rule::Context;
use crate::rules::mend::place;
use crate::source::Span;
use crate::template::SectionId;
use crate::workflow::Section;

/// The template's section at its place: behind the nearest one before it that is there, else above the first.
pub fn section(cx: &Context<'_>, id: SectionId) -> Option<Fix> {
    let text = place::lines(cx, &cx.scaffold().section(id)?);
    let edit = at_place(cx, id, &text, |_| true)?;
    Some(Fix::needs_consent(vec![edit]))
}

/// A text in the place of a template's section, reckoned from those sections that `stays` names.
fn at_place(
    cx: &Context<'_>,
    id: SectionId,
    text: &str,
    stays: impl Fn(usize) -> bool,
) -> Option<Edit> {
    let specs = &cx.template.sections;
    let sections = &cx.document.workflow.sections;
    let here = |other: SectionId| {
        let is_it =
            |section: &Section| section.spec == Some(other) && section.duplicate_of.is_none();
        let at = sections.iter().position(is_it)?;
        stays(at).then_some(at)
    };
    let parent = specs[id].parent;
    let is_sibling = |other: &SectionId| specs[*other].parent == parent;
    if let Some(before) = (0..id).rev().filter(is_sibling).find_map(here) {
        let end = place::content_end(cx, place::section_limit(cx, before));
        return Some(place::below(cx, end, text));
    }
    if let Some(after) = (id + 1..specs.len()).filter(is_sibling).find_map(here) {
        let start = place::line_start(cx, sections[after].heading.start());
        return Some(place::above(cx, place::with_comments(cx, start), text));
    }
    if let Some(parent) = parent {
        let end = place::content_end(cx, place::section_limit(cx, here(parent)?));
        return Some(place::below(cx, end, text));
    }
    // No section of the template is there: before the author's own, else at the end.
    if let Some(first) = sections.first() {
        let start = place::line_start(cx, first.heading.start());
        return Some(place::above(cx, place::with_comments(cx, start), text));
    }
    let end = cx.document.source.text().trim_end().len();
    Some(place::below(cx, end, text))
}

/// A section moved to its place, with all that it holds. `moved` are all that are out of place.
pub fn moved(cx: &Context<'_>, heading: Span, id: SectionId, moved: &[Span]) -> Option<Fix> {
    let source = &cx.document.source;
    let sections = &cx.document.workflow.sections;
    let at = sections
        .iter()
        .position(|section| section.heading == heading)?;
    let start = place::with_comments(cx, place::line_start(cx, heading.start()));
    let limit = place::section_limit(cx, at);
    let end = place::with_comments(cx, limit);
    let text = source.text()[start..end].trim_end();
    let put = at_place(cx, id, text, |other| {
        other != at && !moved.contains(&sections[other].heading)
    })?;
    if (start..=end).contains(&put.span.start()) {
        return None;
    }
    // At the end of the document what stands before the section ends it.
    let before = source.text()[..start].trim_end().len();
    let (from, to) = if source.text()[end..].trim().is_empty() && before > 0 {
        let last = source.text()[..end].trim_end().len();
        (before, last)
    } else {
        (start, end)
    };
    Some(Fix::safe(vec![Edit::delete(Span::new(from, to)), put]))
}
