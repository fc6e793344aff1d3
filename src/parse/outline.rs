//! Which heading is which section of the template.

use crate::nearest;
use crate::parse::Parser;
use crate::parse::headings::Heading;
use crate::parse::headings::title;
use crate::template::SectionId;
use crate::workflow::Spelling;

/// What each heading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The document's title.
    Title,
    /// A section of the template.
    Section(SectionId, Spelling),
    /// One that was there before; the number is the first one's place among the headings.
    Duplicate(SectionId, usize),
    /// Nothing that the template names.
    Unknown,
}

/// The place among the headings of the first one below the title: the header stands before it. A further title is
/// no section.
pub fn first_section(headings: &[Heading<'_>], roles: &[Role]) -> Option<usize> {
    let title = title(headings);
    let is_section = |at: usize| match title {
        Some(title) => at > title && (headings[at].level > 1 || roles[at] != Role::Unknown),
        None => true,
    };
    (0..headings.len()).find(|&at| is_section(at))
}

/// Give each heading its role: exact titles at their level first, then at another level, then near misses.
pub fn outline(parser: &Parser<'_>, headings: &[Heading<'_>]) -> Vec<Role> {
    let mut roles = vec![Role::Unknown; headings.len()];
    if let Some(title) = title(headings) {
        roles[title] = Role::Title;
    }
    let mut place: Vec<Option<usize>> = vec![None; parser.template.sections.len()];
    exact(parser, headings, &mut roles, &mut place);
    other_level(parser, headings, &mut roles, &mut place);
    near_misses(parser, headings, &mut roles, &place);
    roles
}

fn exact(
    parser: &Parser<'_>,
    headings: &[Heading<'_>],
    roles: &mut [Role],
    place: &mut [Option<usize>],
) {
    let sections = &parser.template.sections;
    let mut open: Vec<SectionId> = Vec::new();
    for (at, heading) in headings
        .iter()
        .enumerate()
        .filter(|(_, heading)| heading.level > 1)
    {
        let fits = |id: &SectionId| {
            sections[*id].level == heading.level
                && nearest::same(&sections[*id].title, heading.text)
        };
        let candidates: Vec<SectionId> = (0..sections.len()).filter(fits).collect();
        open.retain(|&id| sections[id].level < heading.level);
        let here = candidates
            .iter()
            .find(|&&id| sections[id].parent == open.last().copied());
        let free = candidates.iter().find(|&&id| place[id].is_none());
        let Some(&id) = here
            .filter(|&&id| place[id].is_none())
            .or(free)
            .or(here)
            .or(candidates.first())
        else {
            continue;
        };
        roles[at] = match place[id] {
            Some(first) => Role::Duplicate(id, first),
            None => Role::Section(id, Spelling::Exact),
        };
        place[id].get_or_insert(at);
        open.push(id);
    }
}

/// An absent section's title at another level; a second one at that level is a duplicate.
fn other_level(
    parser: &Parser<'_>,
    headings: &[Heading<'_>],
    roles: &mut [Role],
    place: &mut [Option<usize>],
) {
    for (id, section) in parser.template.sections.iter().enumerate() {
        if place[id].is_some() {
            continue;
        }
        // Deep inside a step, a title that need not be there is the author's own.
        let steps = parser.template.steps.as_ref();
        let is_deep = |level: u8| steps.is_some_and(|steps| level > steps.level);
        let mut level = None;
        for (at, heading) in headings.iter().enumerate() {
            let is_free =
                roles[at] == Role::Unknown && level.is_none_or(|level| level == heading.level);
            let is_own = section.optional && is_deep(heading.level);
            if is_free && !is_own && nearest::same(heading.text, &section.title) {
                level = Some(heading.level);
                roles[at] = match place[id] {
                    Some(first) => Role::Duplicate(id, first),
                    None => Role::Section(id, Spelling::Exact),
                };
                place[id].get_or_insert(at);
            }
        }
    }
}

fn near_misses(
    parser: &Parser<'_>,
    headings: &[Heading<'_>],
    roles: &mut [Role],
    place: &[Option<usize>],
) {
    let template = parser.template;
    for (id, section) in template.sections.iter().enumerate() {
        if place[id].is_some() {
            continue;
        }
        let near = headings.iter().enumerate().filter_map(|(at, heading)| {
            if roles[at] != Role::Unknown
                || heading.level != section.level
                || template.has_name(heading.text)
            {
                return None;
            }
            let distance = nearest::near_miss(heading.text, &section.title)?;
            let is_better_elsewhere = template.sections.iter().enumerate().any(|(other, spec)| {
                place[other].is_none()
                    && nearest::near_miss(heading.text, &spec.title)
                        .is_some_and(|other| other < distance)
            });
            (!is_better_elsewhere).then_some((distance, at))
        });
        if let Some((_, at)) = near.min() {
            roles[at] = Role::Section(id, Spelling::Near);
        }
    }
}
