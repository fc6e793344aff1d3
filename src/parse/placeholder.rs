//! Placeholders of the template that a document still holds.

use std::cell::LazyCell;
use std::cmp::Reverse;

use crate::markdown::BlockId;
use crate::markdown::BlockKind;
use crate::markdown::InlineKind;
use crate::markdown::Tree;
use crate::nearest;
use crate::source::Source;
use crate::source::Span;
use crate::template::Template;
use crate::workflow::Workflow;

/// No placeholder is longer, in bytes: the search for a closing bracket ends there.
const LONGEST: usize = 300;

/// The bracketed texts of the template in a document, in order. They do not count in comments, in the text of
/// links, and in code blocks other than those of the Example section.
#[must_use]
pub fn placeholders(
    source: &Source,
    tree: &Tree,
    workflow: &Workflow,
    template: &Template,
) -> Vec<Span> {
    let text = source.text();
    let hidden = LazyCell::new(|| hidden(tree));
    let mut found = Vec::new();
    for open in memchr::memchr_iter(b'[', text.as_bytes()) {
        let rest = &text.as_bytes()[open + 1..text.len().min(open + LONGEST)];
        // The most frequent bracket by far is an empty check box.
        if rest.starts_with(b" ]") {
            continue;
        }
        let Some(length) = memchr::memchr2(b'[', b']', rest) else {
            continue;
        };
        let inner = Span::new(open + 1, open + 1 + length);
        if rest[length] == b']' && template.is_placeholder(source.slice(inner)) {
            let span = Span::new(open, inner.end() + 1);
            if !hides(&hidden, span) && counts(source, tree, workflow, template, span) {
                found.push(span);
            }
        }
    }
    found
}

fn counts(
    source: &Source,
    tree: &Tree,
    workflow: &Workflow,
    template: &Template,
    span: Span,
) -> bool {
    let after = tree
        .blocks
        .partition_point(|block| block.span.start <= span.start);
    let mut block = after.checked_sub(1).map(|id| id as BlockId);
    while let Some(id) = block {
        if tree.block(id).span.contains(span) {
            break;
        }
        block = tree.block(id).parent;
    }
    let Some(id) = block else {
        return false;
    };
    match tree.block(id).kind {
        BlockKind::Html | BlockKind::FrontMatter | BlockKind::IndentedCode => false,
        BlockKind::Fence(_) => {
            in_example(workflow, template, span)
                && !source.first_line(tree.block(id).span).contains(span)
        }
        _ => true,
    }
}

/// The inlines in which a bracketed text is none of the template's: in order, none in another.
fn hidden(tree: &Tree) -> Vec<Span> {
    let hidden = tree.inlines.iter().filter(|inline| {
        matches!(
            inline.kind,
            InlineKind::Html | InlineKind::Link(_) | InlineKind::Image(_)
        )
    });
    let mut spans: Vec<Span> = hidden.map(|inline| inline.span).collect();
    // Of those that begin together the longest stands first.
    spans.sort_unstable_by_key(|span| (span.start, Reverse(span.end)));
    spans.dedup_by(|next, last| last.contains(*next));
    spans
}

fn hides(hidden: &[Span], span: Span) -> bool {
    let next = hidden.partition_point(|hidden| hidden.end < span.end);
    hidden.get(next).is_some_and(|hidden| hidden.contains(span))
}

fn in_example(workflow: &Workflow, template: &Template, span: Span) -> bool {
    let sections = &workflow.sections;
    let before = sections.partition_point(|section| section.heading.start < span.start);
    let last = sections[..before].last();
    last.is_some_and(|section| {
        section
            .spec
            .is_some_and(|id| nearest::same(&template.sections[id].title, "Example"))
    })
}
