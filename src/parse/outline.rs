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
    /// A further one; the number is the place among the headings of the one that counts.
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
        let first = (0..sections.len()).find(fits);
        open.retain(|&id| sections[id].level < heading.level);
        let Some(first) = first else {
            continue;
        };
        // Several sections may have one title, each in another one.
        let candidates = (first..sections.len()).filter(fits);
        let is_free = |id: &SectionId| place[*id].is_none();
        let around = open.last().copied();
        let mut here = candidates.clone();
        let here = here.find(|&id| sections[id].parent == around);
        let id = here
            .filter(is_free)
            .or_else(|| candidates.clone().find(is_free))
            .or(here)
            .unwrap_or(first);
        roles[at] = match place[id] {
            // Of a heading that stands twice, with nothing between, the second opens the section.
            Some(first) if parser.is_doubled(headings, first, at) => {
                roles[first] = Role::Duplicate(id, at);
                place[id] = Some(at);
                Role::Section(id, Spelling::Exact)
            }
            Some(first) => Role::Duplicate(id, first),
            None => Role::Section(id, Spelling::Exact),
        };
        place[id].get_or_insert(at);
        open.push(id);
    }
}

/// An absent section's title at another level; a second one at that level is a duplicate. What stands in a section
/// that the template does not name is that section's own, unless the title stands nowhere else.
fn other_level(
    parser: &Parser<'_>,
    headings: &[Heading<'_>],
    roles: &mut [Role],
    place: &mut [Option<usize>],
) {
    // Deep inside a step, a title that need not be there is the author's own.
    let steps = parser.template.steps.as_ref();
    let is_deep = |level: u8| steps.is_some_and(|steps| level > steps.level);
    let around = around(headings);
    for (id, section) in parser.template.sections.iter().enumerate() {
        if place[id].is_some() {
            continue;
        }
        let is_own = |heading: &Heading<'_>| section.optional && is_deep(heading.level);
        let same = headings.iter().enumerate().filter(|(at, heading)| {
            roles[*at] == Role::Unknown
                && !is_own(heading)
                && nearest::same(heading.text, &section.title)
        });
        let same: Vec<usize> = same.map(|(at, _)| at).collect();
        let is_free =
            |at: &&usize| around[**at].is_none_or(|around| roles[around] != Role::Unknown);
        let free: Vec<usize> = same.iter().filter(is_free).copied().collect();
        let Some(&first) = free.first().or(same.first()) else {
            continue;
        };
        roles[first] = Role::Section(id, Spelling::Exact);
        place[id] = Some(first);
        for at in free.into_iter().skip(1) {
            if headings[at].level == headings[first].level {
                roles[at] = Role::Duplicate(id, first);
            }
        }
    }
}

/// For each heading the place of the one that it stands under, titles aside.
fn around(headings: &[Heading<'_>]) -> Vec<Option<usize>> {
    let mut open: Vec<usize> = Vec::new();
    let around = headings.iter().enumerate().map(|(at, heading)| {
        while open
            .last()
            .is_some_and(|&last| headings[last].level >= heading.level)
        {
            open.pop();
        }
        let around = open
            .last()
            .copied()
            .filter(|&last| headings[last].level > 1);
        open.push(at);
        around
    });
    around.collect()
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
