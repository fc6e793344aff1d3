//! Sections and steps made of the headings and what stands below them.

use std::ops::Range;

use crate::markdown::BlockId;
use crate::markdown::BlockKind;
use crate::markdown::InlineKind;
use crate::nearest;
use crate::parse::Parser;
use crate::parse::body;
use crate::parse::lost;
use crate::parse::outline::Role;
use crate::parse::step::Form;
use crate::parse::step::heading_form;
use crate::source::Span;
use crate::template::SectionId;
use crate::template::StepsSpec;
use crate::workflow::Body;
use crate::workflow::Section;
use crate::workflow::Spelling;
use crate::workflow::Step;
use crate::workflow::Title;
use crate::workflow::Workflow;

/// A heading at the top of the document.
pub struct Heading<'a> {
    /// Its block.
    pub id: BlockId,
    /// Its level.
    pub level: u8,
    /// Its text.
    pub text: &'a str,
    /// Its text with its marks.
    pub span: Span,
}

impl<'a> Parser<'a> {
    /// The headings at the top of the document, in order.
    pub fn headings(&self) -> Vec<Heading<'a>> {
        let tree = self.tree;
        tree.top()
            .filter_map(|id| match &tree.block(id).kind {
                BlockKind::Heading { level, text, .. } => Some(Heading {
                    id,
                    level: *level,
                    text,
                    span: heading_span(self, id),
                }),
                _ => None,
            })
            .collect()
    }

    /// Whether a heading stands twice, with nothing between.
    pub fn is_doubled(&self, headings: &[Heading<'_>], first: usize, second: usize) -> bool {
        let (one, other) = (&headings[first], &headings[second]);
        first + 1 == second
            && one.level == other.level
            && self.tree.block(one.id).next == other.id
            && nearest::same(one.text, other.text)
    }
}

/// A heading's text with its marks; of the underlined form the text alone.
fn heading_span(parser: &Parser<'_>, id: BlockId) -> Span {
    let span = parser.tree.block(id).span;
    let text = parser.source.slice(span);
    if text.starts_with('#') {
        return span;
    }
    let last = text.trim_end_matches(['=', '-']).trim_end();
    Span::new(span.start(), span.start() + last.len())
}

/// The place of the title among the headings.
pub fn title(headings: &[Heading<'_>]) -> Option<usize> {
    headings
        .iter()
        .position(|heading| heading.level == 1 && !heading.text.is_empty())
}

/// What a heading opens.
enum Opens {
    Section(usize),
    Step(usize),
    /// Steps outside of any Steps section: no one's content.
    Stray,
}

/// Build sections and steps from the headings.
pub fn fill(
    parser: &Parser<'_>,
    headings: &[Heading<'_>],
    roles: &[Role],
    first: Option<BlockId>,
    workflow: &mut Workflow,
) {
    let opens = opens(parser, headings, roles, workflow);
    let is_step = |(opened, _): &&(Opens, BlockId)| matches!(opened, Opens::Step(_));
    let steps = opens.iter().filter(is_step).count();
    workflow.steps.reserve_exact(steps);
    workflow.sections.reserve_exact(opens.len() - steps);
    for (at, (opened, id)) in opens.iter().enumerate() {
        let end = opens
            .get(at + 1)
            .map_or(parser.tree.blocks.len() as BlockId, |(_, next)| *next);
        let blocks = parser.tree.block(*id).next..end;
        match *opened {
            Opens::Section(heading) => {
                let child = opens.get(at + 1).map(|(next, _)| next);
                let steps = parser.template.steps.as_ref().map(|steps| steps.section);
                if matches!(roles[heading], Role::Section(id, _) if Some(id) == steps) {
                    lost::push_first(parser, blocks.clone(), &mut workflow.steps);
                }
                let section = section(parser, headings, roles, heading, blocks, child);
                workflow.sections.push(section);
            }
            Opens::Step(heading) => {
                let step = step(parser, &headings[heading], blocks);
                lost::push(parser, step, &mut workflow.steps);
            }
            Opens::Stray => {
                let (start, end) = (parser.start_of(*id), parser.start_of(end));
                workflow.stray.push(Span { start, end });
            }
        }
    }
    if let Some(at) = title(headings) {
        workflow.title = Some(Title {
            span: headings[at].span,
            text: headings[at].text.into(),
            is_first: first == Some(headings[at].id),
        });
    }
}

fn opens(
    parser: &Parser<'_>,
    headings: &[Heading<'_>],
    roles: &[Role],
    workflow: &mut Workflow,
) -> Vec<(Opens, BlockId)> {
    let sections = &parser.template.sections;
    let spec = parser.template.steps.as_ref();
    let has_steps = roles.iter().any(
        |role| matches!(role, Role::Section(id, _) if spec.is_some_and(|spec| spec.section == *id)),
    );
    let title = title(headings);
    let mut opens = Vec::with_capacity(headings.len());
    // The level that ends what is open, and if that is the Steps section, the level of its heading.
    let (mut level, mut steps_level, mut count) = (0, None, 0);
    for (at, heading) in headings.iter().enumerate() {
        match roles[at] {
            Role::Title => {}
            Role::Section(id, _) | Role::Duplicate(id, _) => {
                let is_steps = spec.is_some_and(|spec| spec.section == id)
                    && matches!(roles[at], Role::Section(..));
                steps_level = is_steps.then_some(heading.level);
                level = sections[id].level.max(heading.level);
                opens.push((Opens::Section(at), heading.id));
            }
            Role::Unknown => {
                let is_step = spec.zip(steps_level).is_some_and(|(spec, own)| {
                    is_step(spec, heading, (own, sections[spec.section].level), count)
                });
                if is_step {
                    // Of a heading that stands twice, with nothing between, the first one counts.
                    let last = opens.last_mut().map(|(last, _)| last);
                    let last = last.filter(|_| parser.is_doubled(headings, at - 1, at));
                    let first = match last {
                        Some(last @ Opens::Step(_)) => std::mem::replace(last, Opens::Stray),
                        _ => Opens::Step(at),
                    };
                    match first {
                        Opens::Step(first) if first < at => {
                            let doubled = (headings[first].span, heading.span);
                            workflow.doubled_steps.push(doubled);
                        }
                        _ => count += 1,
                    }
                    opens.push((first, heading.id));
                } else if !has_steps && spec.is_some_and(|spec| is_clearly_step(spec, heading)) {
                    level = heading.level;
                    opens.push((Opens::Stray, heading.id));
                } else if heading.level <= level.max(1) || opens.is_empty() {
                    let is_second = title.is_some_and(|title| title < at);
                    if heading.level == 1 && is_second {
                        workflow.extra_titles.push(heading.span);
                    }
                    (steps_level, level) = (None, heading.level);
                    opens.push((Opens::Section(at), heading.id));
                }
            }
        }
    }
    opens
}

/// Whether a heading in the Steps section, that the template does not name, begins a step. `own` is the level of the
/// section's heading, `wanted` the one that the template gives it.
fn is_step(spec: &StepsSpec, heading: &Heading<'_>, (own, wanted): (u8, u8), count: usize) -> bool {
    // Below its section's heading every one of the steps' level does.
    if heading.level == spec.level && heading.level > own {
        return true;
    }
    let form = heading_form(spec, heading.text);
    if heading.level > spec.level {
        // A numbered heading deeper than the steps is part of one, unless it goes on counting.
        return form.is_well_formed && form.number == u32::try_from(count + 1).ok();
    }
    heading.level >= wanted.min(own)
        && (form.has_word || form.number.is_some() && form.name != heading.text)
}

fn is_clearly_step(spec: &StepsSpec, heading: &Heading<'_>) -> bool {
    heading.level > 1 && heading_form(spec, heading.text).has_word
}

fn section(
    parser: &Parser<'_>,
    headings: &[Heading<'_>],
    roles: &[Role],
    at: usize,
    blocks: Range<BlockId>,
    child: Option<&Opens>,
) -> Section {
    let heading = &headings[at];
    let sections = &parser.template.sections;
    let (spec, spelling, first) = match roles[at] {
        Role::Section(id, spelling) => (Some(id), spelling, None),
        Role::Duplicate(id, first) => (Some(id), Spelling::Exact, Some(headings[first].span)),
        Role::Title | Role::Unknown => (None, Spelling::Exact, None),
    };
    let body = spec.map_or_else(Body::default, |id| {
        body::body(parser, &sections[id].fields, blocks)
    });
    let has_child = match child {
        Some(Opens::Step(_)) => true,
        // The first heading of a step that stands twice.
        Some(Opens::Stray) => {
            spec.is_some() && spec == parser.template.steps.as_ref().map(|steps| steps.section)
        }
        Some(Opens::Section(next)) => {
            matches!(roles[*next], Role::Section(id, _) if sections[id].parent.is_some() && sections[id].parent == spec)
        }
        _ => false,
    };
    Section {
        heading: heading.span,
        title: heading.text.into(),
        level: heading.level,
        spec,
        spelling,
        duplicate_of: first,
        parent: parent(parser, roles, at),
        is_empty: body.content.is_empty() && body.fields().is_empty() && !has_child,
        body,
    }
}

/// The template's section that a heading stands in, as if every section had its template's level.
fn parent(parser: &Parser<'_>, roles: &[Role], at: usize) -> Option<SectionId> {
    let sections = &parser.template.sections;
    let Role::Section(id, _) = roles[at] else {
        return None;
    };
    let level = sections[id].level;
    roles[..at].iter().rev().find_map(|role| match role {
        Role::Section(before, _) if sections[*before].level < level => Some(*before),
        _ => None,
    })
}

fn step(parser: &Parser<'_>, heading: &Heading<'_>, blocks: Range<BlockId>) -> Step {
    let spec = parser
        .template
        .steps
        .as_ref()
        .expect("only a template with steps opens one");
    let Form {
        is_well_formed,
        number,
        name,
        ..
    } = heading_form(spec, heading.text);
    Step {
        heading: heading.span,
        level: heading.level,
        has_heading: true,
        is_well_formed,
        number: number.map(|number| (number, number_span(parser, heading, number))),
        name: name.into(),
        body: body::body(parser, &spec.fields, blocks),
    }
}

/// The digits of a step's number in its heading; the heading where it is written otherwise.
fn number_span(parser: &Parser<'_>, heading: &Heading<'_>, number: u32) -> Span {
    let text = parser.text(heading.span);
    let inlines = parser.tree.inlines(heading.id).iter();
    let comments = inlines.filter(|inline| inline.kind == InlineKind::Html);
    let mut comments = comments.map(|inline| inline.span).peekable();
    let mut at = 0;
    while let Some(digit) = text[at..].find(|c: char| c.is_ascii_digit()) {
        let start = at + digit;
        at = start + text[start..].bytes().take_while(u8::is_ascii_digit).count();
        let digits = Span::new(heading.span.start() + start, heading.span.start() + at);
        while comments
            .next_if(|comment| comment.end <= digits.start)
            .is_some()
        {}
        let is_comment = comments
            .peek()
            .is_some_and(|comment| comment.contains(digits));
        if !is_comment && text[start..at].parse() == Ok(number) {
            return digits;
        }
    }
    heading.span
}
