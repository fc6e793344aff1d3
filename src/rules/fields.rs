//! Rules about labelled fields and about what sections and fields hold.

use std::cell::LazyCell;

use rustc_hash::FxHashSet;

use crate::diagnostic;
use crate::edit::Edit;
use crate::edit::Fix;
use crate::markdown::BlockId;
use crate::markdown::BlockKind;
use crate::markdown::content::List;
use crate::markdown::content::Piece;
use crate::nearest;
use crate::parse::value;
use crate::rule::Context;
use crate::rule::Findings;
use crate::rule::Part;
use crate::rules::mend;
use crate::source::Span;
use crate::template::FieldSpec;
use crate::template::ListKind;
use crate::workflow::Field;
use crate::workflow::Spelling;

/// The fields of sections and steps that are meant, with their specifications.
fn fields<'a>(
    cx: &Context<'a>,
    is_meant: impl Fn(&Field) -> bool + Copy,
) -> impl Iterator<Item = (&'a Field, &'a FieldSpec)> {
    cx.asked().flat_map(move |asked| {
        let fields = asked.body.fields().iter();
        let fields = fields.filter(move |field| is_meant(field));
        fields.map(move |field| (field, &asked.fields[field.spec]))
    })
}

pub fn misspelled_field(cx: &Context<'_>, out: &mut Findings) {
    // One that is swallowed, too, is reported for both by `swallowed-label`.
    let is_near = |field: &Field| field.spelling == Spelling::Near && !field.is_swallowed;
    for (field, spec) in fields(cx, is_near) {
        out.report(
            field.label,
            format!(
                "the label `{}` is written `{}`",
                spec.label,
                diagnostic::quoted(cx.text(field.name))
            ),
        )
        .help(format!("write `**{}**:`", spec.label))
        .fix(mend::fields::renamed(field, spec));
    }
}

pub fn duplicate_field(cx: &Context<'_>, out: &mut Findings) {
    let steps = &cx.document.workflow.steps;
    let lost: FxHashSet<Span> = steps
        .iter()
        .filter(|step| !step.has_heading)
        .map(|step| step.heading)
        .collect();
    for (field, spec) in fields(cx, |field| field.duplicate_of.is_some()) {
        if let Some(other) = field.duplicate_of {
            let (first, second) = (field.label.min(other), field.label.max(other));
            let help = if lost.contains(&second) {
                let form = cx.template.step_form();
                format!(
                    "give the step that seems to begin here its heading `{form}`, or merge the fields into the first ones"
                )
            } else {
                "merge it into the first".to_owned()
            };
            out.report(second, format!("a second `{}`", spec.label))
                .help(help)
                .related(first, "the first one");
        }
    }
}

pub fn swallowed_label(cx: &Context<'_>, out: &mut Findings) {
    // A second label goes, wherever it stands: `duplicate-field` says so.
    let is_swallowed = |field: &Field| field.is_swallowed && field.duplicate_of.is_none();
    for (field, spec) in fields(cx, is_swallowed) {
        let (written, also) = match field.spelling {
            Spelling::Exact => (String::new(), String::new()),
            Spelling::Near => (
                format!(", written `{}`,", diagnostic::quoted(cx.text(field.name))),
                format!(", and write `**{}**:`", spec.label),
            ),
        };
        out.report(
            field.label,
            format!("`{}`{written} continues the list item above it", spec.label),
        )
        .help(format!(
            "put a blank line before it, and begin it at the margin{also}"
        ))
        .fix(mend::fields::released(cx, field, spec));
    }
}

pub fn empty_field(cx: &Context<'_>, out: &mut Findings) {
    let is_empty = |field: &Field| field.duplicate_of.is_none() && field.content.is_empty();
    for (field, spec) in fields(cx, is_empty) {
        let help = match spec.asks.list {
            Some(kind) => format!("write {} below it", example(kind)),
            None if spec.optional => {
                "write its value after the colon, or remove the label".to_owned()
            }
            None => "write its value after the colon".to_owned(),
        };
        out.report(field.label, format!("`{}` is empty", spec.label))
            .help(help);
    }
}

fn example(kind: ListKind) -> &'static str {
    match kind {
        ListKind::Numbered => "a numbered list (`1. …`)",
        ListKind::Task => "a task list (`- [ ] …`)",
        ListKind::Bullet => "a bullet list (`- …`)",
    }
}

/// What a part is called in a message.
fn name(cx: &Context<'_>, part: &Part<'_>) -> String {
    match part.field {
        Some((_, spec)) => format!("`{}`", spec.label),
        None => format!("`{}`", cx.template.sections[part.asked.section].title),
    }
}

/// The first thing that stands in a part.
fn first(cx: &Context<'_>, part: &Part<'_>) -> Span {
    if !part.content.value.is_empty() {
        return part.content.value;
    }
    let piece = part.content.pieces.first();
    piece.map_or(part.asked.heading, |piece| piece.span(&cx.document.tree))
}

/// The parts that should hold a list of a kind; those whose text is a placeholder are left out.
fn asked_for<'c, 'a>(cx: &'c Context<'a>, kind: ListKind) -> impl Iterator<Item = &'c Part<'a>> {
    let parts = cx.parts().iter();
    let parts = parts.filter(move |part| part.asks.list == Some(kind));
    parts.filter(|part| part.content.lists().next().is_some() || !cx.is_unfilled(first(cx, part)))
}

/// The lists of a part that are its own. A list after the first may be what is left of a field or a section whose
/// label or heading is gone: that one is missing, and nothing more is wrong.
fn own_lists<'a>(
    cx: &Context<'a>,
    part: &Part<'a>,
    is_missing: impl Fn(ListKind) -> bool,
) -> impl Iterator<Item = &'a List> {
    let asked = part.asks.list;
    let own = usize::from(!is_waived(cx, part));
    let is_own = move |list: &List| {
        let kind = kind_of(cx, list);
        Some(kind) == asked || !is_missing(kind)
    };
    let lists = part.content.lists().enumerate();
    let lists = lists.filter(move |(at, list)| *at < own || is_own(list));
    lists.map(|(_, list)| list)
}

/// The items of a task list that are its own: those without a box at its end may be such a list too, for Markdown
/// takes the two for one.
fn own_items(cx: &Context<'_>, list: &List, is_missing: impl Fn(ListKind) -> bool) -> Vec<BlockId> {
    let mut items: Vec<BlockId> = list.items(&cx.document.tree).collect();
    let rest = if list.ordered {
        ListKind::Numbered
    } else {
        ListKind::Bullet
    };
    let boxed = items.iter().rposition(|&item| has_box(cx, item));
    if let Some(end) = boxed.filter(|end| end + 1 < items.len() && is_missing(rest)) {
        items.truncate(end + 1);
    }
    items
}

/// The lists that would stand next to a part, or below it, if what holds them were there.
fn missing_lists(cx: &Context<'_>, part: &Part<'_>) -> Vec<ListKind> {
    let fields = part.asked.fields.iter().enumerate();
    let missing = fields.filter(|(at, spec)| !spec.optional && !part.asked.body.has(*at));
    let lists = missing.filter_map(|(_, spec)| spec.asks.list);
    lists.chain(missing_section(cx, part)).collect()
}

/// The list of the section that should follow the part, if that is missing.
fn missing_section(cx: &Context<'_>, part: &Part<'_>) -> Option<ListKind> {
    let (template, workflow) = (cx.template, &cx.document.workflow);
    let steps = template.steps.as_ref().map(|steps| steps.section);
    let last = workflow.steps.last().map(|step| step.heading);
    if steps == Some(part.asked.section) && last != Some(part.asked.heading) {
        return None;
    }
    let after = template.sections.iter().enumerate();
    let mut after = after.skip(part.asked.section + 1);
    let next = after.find(|(_, spec)| !spec.optional);
    let missing = next.filter(|(id, _)| workflow.section(*id).is_none());
    missing.and_then(|(_, spec)| spec.asks.list)
}

/// Whether a part is a rollback that is waived.
fn is_waived(cx: &Context<'_>, part: &Part<'_>) -> bool {
    part.field.is_some_and(|(field, spec)| {
        // Most lists stand below nothing but their label.
        let is_waiver = |text| value::waiver(cx.text(text)).is_some();
        field.content.text().is_some_and(is_waiver) && nearest::same(&spec.label, "Rollback")
    })
}

fn kind_of(cx: &Context<'_>, list: &List) -> ListKind {
    let mut items = list.items(&cx.document.tree);
    if items.any(|item| has_box(cx, item)) {
        ListKind::Task
    } else if list.ordered {
        ListKind::Numbered
    } else {
        ListKind::Bullet
    }
}

fn has_box(cx: &Context<'_>, item: BlockId) -> bool {
    matches!(cx.document.tree.block(item).kind, BlockKind::Item(Some(_)))
}

pub fn not_a_checklist(cx: &Context<'_>, out: &mut Findings) {
    for part in asked_for(cx, ListKind::Task) {
        let help = "begin each item with an empty box: `- [ ] …`";
        if part.content.lists().next().is_none() {
            out.report(
                first(cx, part),
                format!("{} has no task list", name(cx, part)),
            )
            .help(help);
        }
        let tree = &cx.document.tree;
        let missing = LazyCell::new(|| missing_lists(cx, part));
        let is_missing = |kind| missing.contains(&kind);
        for list in own_lists(cx, part, is_missing) {
            if list.items(tree).all(|item| has_box(cx, item)) {
                continue;
            }
            let items = own_items(cx, list, is_missing);
            let unboxed = items.iter().filter(|&&item| !has_box(cx, item));
            let unboxed: Vec<BlockId> = unboxed.copied().collect();
            if unboxed.len() == items.len() {
                out.report(
                    list.span,
                    format!("the list of {} has no boxes", name(cx, part)),
                )
                .help(help)
                .fix(mend::lists::boxed(cx, &items));
                continue;
            }
            for item in unboxed {
                let span = clipped(cx, tree.block(item).span, part.content.end);
                out.report(span, format!("an item of {} has no box", name(cx, part)))
                    .help(help)
                    .fix(mend::lists::boxed(cx, &[item]));
            }
        }
    }
}

fn clipped(cx: &Context<'_>, span: Span, end: u32) -> Span {
    cx.document
        .source
        .trim(Span::new(span.start(), span.end.min(end) as usize))
}

pub fn not_a_numbered_list(cx: &Context<'_>, out: &mut Findings) {
    for part in asked_for(cx, ListKind::Numbered) {
        let help = "number the items: `1. …`, `2. …`";
        if part.content.lists().next().is_none() && !is_waived(cx, part) {
            out.report(
                first(cx, part),
                format!("{} has no numbered list", name(cx, part)),
            )
            .help(help);
        }
        let missing = LazyCell::new(|| missing_lists(cx, part));
        let is_missing = |kind| missing.contains(&kind);
        for list in own_lists(cx, part, is_missing).filter(|list| !list.ordered) {
            out.report(
                list.span,
                format!("the list of {} is not numbered", name(cx, part)),
            )
            .help(help)
            .fix(mend::lists::numbered(cx, list));
        }
    }
}

pub fn not_a_list(cx: &Context<'_>, out: &mut Findings) {
    for part in asked_for(cx, ListKind::Bullet) {
        if part.content.lists().next().is_none() {
            out.report(first(cx, part), format!("{} has no list", name(cx, part)))
                .help("write one bullet for each: `- …`");
        }
    }
}

pub fn missing_code_block(cx: &Context<'_>, out: &mut Findings) {
    let tree = &cx.document.tree;
    let is_fence = |kind: &BlockKind| matches!(kind, BlockKind::Fence(_));
    for part in cx.parts().iter().filter(|part| part.asks.code) {
        let has_code = part.content.pieces.iter().any(|piece| match piece {
            Piece::Fence(_) => true,
            Piece::Text(_) => false,
            Piece::List(list) => list.items(tree).any(|item| {
                tree.descendants(item)
                    .any(|id| is_fence(&tree.block(id).kind))
            }),
            Piece::Other(id) => tree
                .descendants(*id)
                .any(|id| is_fence(&tree.block(id).kind)),
        });
        if !has_code && !cx.is_unfilled(first(cx, part)) {
            let span = part
                .field
                .map_or(part.asked.heading, |(field, _)| field.label);
            out.report(span, format!("{} has no fenced code block", name(cx, part)))
                .help("put the code between lines of three backticks");
        }
    }
}

pub fn ticked_checkbox(cx: &Context<'_>, out: &mut Findings) {
    for &span in &cx.document.tree.ticked {
        out.report(
            span,
            "a ticked box: the document is the form for every run, not the record of one",
        )
        .help("write `[ ]`")
        .fix(Fix::safe(vec![Edit::replace(span, "[ ]")]));
    }
}
