//! Rules about sections: which are there, where, at which level.

use std::cell::LazyCell;

use rustc_hash::FxHashSet;

use crate::diagnostic;
use crate::diagnostic::Diagnostic;
use crate::markdown::BlockKind;
use crate::markdown::Inline;
use crate::markdown::InlineKind;
use crate::nearest;
use crate::rule::Context;
use crate::rule::Findings;
use crate::rules::mend;
use crate::rules::order;
use crate::source::Span;
use crate::template::SectionId;
use crate::workflow::Body;
use crate::workflow::Section;
use crate::workflow::Spelling;

fn marks(level: u8) -> String {
    "#".repeat(level.into())
}

fn written(cx: &Context<'_>, id: SectionId) -> String {
    let spec = &cx.template.sections[id];
    format!("{} {}", marks(spec.level), spec.title)
}

/// The sections that are in the template, with their specification; duplicates left out.
fn known<'a>(cx: &Context<'a>) -> impl Iterator<Item = (SectionId, &'a Section)> {
    let sections = cx.document.workflow.sections.iter();
    sections
        .filter(|section| section.duplicate_of.is_none())
        .filter_map(|section| Some((section.spec?, section)))
}

/// The code block at a document's end that is never closed, and so holds what was meant to follow it.
pub fn unclosed_block(cx: &Context<'_>) -> Option<Span> {
    let tree = &cx.document.tree;
    let last = tree.block(tree.top().last()?);
    let text = cx.text(last.span).trim_end();
    let mark = text.chars().next()?;
    let length = text.len() - text.trim_start_matches(mark).len();
    let closing = lines(text).last()?.trim();
    let is_closed = text.contains(['\n', '\r'])
        && closing.len() >= length
        && closing.trim_start_matches(mark).is_empty();
    (matches!(last.kind, BlockKind::Fence(_)) && !is_closed).then_some(last.span)
}

fn lines(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.split(['\n', '\r'])
}

/// The titles, folded, of the headings that a code block holds which is never closed.
fn swallowed_titles(cx: &Context<'_>) -> FxHashSet<String> {
    let text = unclosed_block(cx).map_or("", |block| cx.text(block));
    let headings = lines(text).filter(|line| line.trim_start().starts_with('#'));
    headings
        .map(|line| nearest::fold(line.trim_start().trim_start_matches('#').trim()))
        .collect()
}

pub fn missing_section(cx: &Context<'_>, out: &mut Findings) {
    let workflow = &cx.document.workflow;
    let is_there = |id: SectionId| workflow.section(id).is_some();
    let swallowed = LazyCell::new(|| swallowed_titles(cx));
    let mut speaks_of_block = false;
    for (id, spec) in cx.template.sections.iter().enumerate() {
        // What is absent lacks nothing: a section inside an absent one is not missing too.
        if spec.optional || is_there(id) || spec.parent.is_some_and(|parent| !is_there(parent)) {
            continue;
        }
        let before = (0..id)
            .rev()
            .filter(|&before| !cx.template.sections[before].optional);
        let heading = before
            .into_iter()
            .find_map(|before| workflow.section(before))
            .map(|section| section.heading);
        let title = workflow.title.as_ref().map(|title| title.span);
        let span = heading.or(title).or(workflow.first).unwrap_or_default();
        let place = if heading.is_some() {
            "after this one"
        } else {
            "below the title"
        };
        let mut help = format!("add `{}` {place}", written(cx, id));
        let mut fix = mend::sections::section(cx, id);
        if swallowed.contains(&nearest::fold(&spec.title)) {
            // One block swallows all of them.
            if std::mem::replace(&mut speaks_of_block, true) {
                continue;
            }
            let block = unclosed_block(cx).unwrap_or_default();
            let line = cx.document.source.line_of(block.start()) + 1;
            help = format!(
                "close the code block that begins in line {line}: it holds the section, and what follows"
            );
            fix = None;
        }
        out.report(span, format!("the section `{}` is missing", spec.title))
            .help(help)
            .fix(fix);
    }
}

pub fn misspelled_section(cx: &Context<'_>, out: &mut Findings) {
    for (id, section) in known(cx).filter(|(_, section)| section.spelling == Spelling::Near) {
        let title = &cx.template.sections[id].title;
        out.report(
            section.heading,
            format!(
                "the section `{title}` is written `{}`",
                diagnostic::quoted(&section.title)
            ),
        )
        .help(format!("write `{}`", written(cx, id)))
        .fix(mend::heading::renamed(cx, section.heading, title));
    }
}

pub fn wrong_heading_level(cx: &Context<'_>, out: &mut Findings) {
    for (id, section) in known(cx) {
        let spec = &cx.template.sections[id];
        if section.level != spec.level {
            out.report(
                section.heading,
                format!(
                    "`{}` stands at level {}, not {}",
                    spec.title, section.level, spec.level
                ),
            )
            .help(format!("write `{}`", written(cx, id)))
            .fix(mend::heading::levelled(cx, section.heading, spec.level));
        }
    }
    let Some(spec) = &cx.template.steps else {
        return;
    };
    for step in cx
        .document
        .workflow
        .steps
        .iter()
        .filter(|step| step.level != spec.level)
    {
        out.report(
            step.heading,
            format!(
                "{} stands at level {}, not {}",
                step.reference(),
                step.level,
                spec.level
            ),
        )
        .help(format!("begin its heading with `{} `", marks(spec.level)))
        .fix(mend::heading::levelled(cx, step.heading, spec.level));
    }
}

pub fn misplaced_section(cx: &Context<'_>, out: &mut Findings) {
    let specs = &cx.template.sections;
    // Nearly all documents have theirs in the template's order.
    let is_home = known(cx).all(|(id, section)| section.parent == specs[id].parent);
    if is_home && known(cx).map(|(id, _)| id).is_sorted() {
        return;
    }
    let sections: Vec<(SectionId, &Section)> = known(cx).collect();
    let mut moved: Vec<usize> = Vec::new();
    let mut parents: Vec<Option<SectionId>> = specs.iter().map(|spec| spec.parent).collect();
    parents.sort_unstable();
    parents.dedup();
    for parent in parents {
        let is_here = |&at: &usize| specs[sections[at].0].parent == parent;
        let siblings: Vec<usize> = (0..sections.len()).filter(is_here).collect();
        let (at_home, astray): (Vec<usize>, Vec<usize>) = siblings
            .into_iter()
            .partition(|&at| sections[at].1.parent == parent);
        let parent_is_there =
            parent.is_some_and(|parent| cx.document.workflow.section(parent).is_some());
        moved.extend(astray.into_iter().filter(|_| parent_is_there));
        let ids: Vec<usize> = at_home.iter().map(|&at| sections[at].0).collect();
        moved.extend(
            order::must_move(&ids)
                .into_iter()
                .map(|place| at_home[place]),
        );
    }
    moved.sort_unstable();
    let headings: Vec<Span> = moved.iter().map(|&at| sections[at].1.heading).collect();
    for at in moved {
        let (id, section) = sections[at];
        let is_before = |(_, before): &(usize, &crate::template::SectionSpec)| {
            before.parent == specs[id].parent
        };
        let mut before = specs[..id].iter().enumerate().rev().filter(is_before);
        let neighbour = before.find(|(before, _)| cx.document.workflow.section(*before).is_some());
        let help = match (neighbour, specs[id].parent) {
            (Some((_, spec)), _) => format!("it belongs after `{}`", spec.title),
            (None, Some(parent)) => format!(
                "it belongs into `{}`, as its first section",
                specs[parent].title
            ),
            (None, None) => "it belongs before all other sections".to_owned(),
        };
        out.report(
            section.heading,
            format!("the section `{}` is out of place", specs[id].title),
        )
        .help(help)
        .fix(mend::sections::moved(cx, section.heading, id, &headings));
    }
}

pub fn duplicate_section(cx: &Context<'_>, out: &mut Findings) {
    for section in &cx.document.workflow.sections {
        if let (Some(other), Some(id)) = (section.duplicate_of, section.spec) {
            let (first, second) = (section.heading.min(other), section.heading.max(other));
            out.report(
                second,
                format!("a second section `{}`", cx.template.sections[id].title),
            )
            .help("merge it into the first, or give it another title")
            .related(first, "the first one");
        }
    }
}

pub fn empty_section(cx: &Context<'_>, out: &mut Findings) {
    for (id, section) in known(cx).filter(|(_, section)| section.is_empty) {
        let spec = &cx.template.sections[id];
        let help = if spec.optional {
            "fill it in, or remove the heading"
        } else {
            "fill it in"
        };
        out.report(
            section.heading,
            format!("the section `{}` is empty", spec.title),
        )
        .help(help);
    }
}

pub fn missing_field(cx: &Context<'_>, out: &mut Findings) {
    for (id, section) in known(cx).filter(|(_, section)| !section.is_empty) {
        let spec = &cx.template.sections[id];
        for (field, asked) in spec.fields.iter().enumerate() {
            if !asked.optional && !section.body.has(field) {
                let place = format!("`{}`", spec.title);
                let finding = report_absent(out, section.heading, &asked.label, &place);
                match indented(cx, section.heading, &section.body, &asked.label) {
                    Some(label) => in_item(finding, label),
                    None => finding.fix(mend::fields::in_section(cx, id, field)),
                };
            }
        }
    }
}

pub fn missing_step_field(cx: &Context<'_>, out: &mut Findings) {
    absent_step_fields(cx, out, |label| !nearest::same(label, "Rollback"));
}

pub fn missing_rollback(cx: &Context<'_>, out: &mut Findings) {
    absent_step_fields(cx, out, |label| nearest::same(label, "Rollback"));
}

fn absent_step_fields(cx: &Context<'_>, out: &mut Findings, judged: impl Fn(&str) -> bool) {
    let Some(spec) = &cx.template.steps else {
        return;
    };
    let workflow = &cx.document.workflow;
    // What a code block swallows that is never closed is missing with the sections that it swallows, too.
    let last = workflow.steps.last().map(|step| step.heading);
    let swallowed = LazyCell::new(|| match unclosed_block(cx) {
        Some(block) if !swallowed_titles(cx).is_empty() => cx.text(block),
        _ => "",
    });
    let is_swallowed = |label: &str| {
        let mut lines = lines(&swallowed).map(str::trim_start);
        lines.any(|line| {
            line.strip_prefix("**")
                .is_some_and(|rest| rest.starts_with(label))
        })
    };
    for step in &workflow.steps {
        for (field, asked) in spec.fields.iter().enumerate() {
            let is_absent = !asked.optional && !step.body.has(field) && judged(&asked.label);
            if is_absent && (last != Some(step.heading) || !is_swallowed(&asked.label)) {
                let finding = report_absent(out, step.heading, &asked.label, &step.reference());
                match indented(cx, step.heading, &step.body, &asked.label) {
                    Some(label) => in_item(finding, label),
                    None => finding.fix(mend::fields::in_step(cx, step, field)),
                };
            }
        }
    }
}

/// A label of that name that begins a paragraph of a list item, and so is part of it.
fn indented(cx: &Context<'_>, heading: Span, body: &Body, label: &str) -> Option<Span> {
    let tree = &cx.document.tree;
    let ends = body.fields().iter().map(|field| field.content.end);
    let end = ends.chain([body.content.end]).max()?;
    let first = tree
        .inlines
        .partition_point(|inline| inline.span.start() < heading.end());
    let mut inside = tree.inlines[first..]
        .iter()
        .take_while(|inline| inline.span.start < end);
    let is_it = |inline: &&Inline| {
        let name = cx.text(inline.span).trim_matches(['*', '_', ':', ' ']);
        let paragraph = tree.block(inline.block);
        // The paragraph that an item begins with is its title.
        let is_in_item = paragraph.parent.is_some_and(|item| {
            matches!(tree.block(item).kind, BlockKind::Item(_))
                && tree.children(item).next() != Some(inline.block)
        });
        matches!(inline.kind, InlineKind::Strong)
            && nearest::same(name, label)
            && inline.span.start == paragraph.span.start
            && is_in_item
    };
    inside.find(is_it).map(|inline| inline.span)
}

fn in_item(finding: &mut Diagnostic, label: Span) -> &mut Diagnostic {
    finding
        .help("its label is part of a list item: begin that line at the margin")
        .related(label, "the label")
}

fn report_absent<'o>(
    out: &'o mut Findings,
    heading: Span,
    label: &str,
    place: &str,
) -> &'o mut Diagnostic {
    let help = if nearest::same(label, "Rollback") {
        format!(
            "add `**{label}**:` and how to undo it, or `**{label}**: None — ` and why there is nothing to undo"
        )
    } else {
        format!("add `**{label}**:` on a line of its own below the heading")
    };
    out.report(heading, format!("{place} has no `{label}`"))
        .help(help)
}
