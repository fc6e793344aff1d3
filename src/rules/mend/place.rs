//! Where blocks begin and end in a document's lines, and texts put between them.

use crate::edit::Edit;
use crate::markdown::BlockKind;
use crate::markdown::content;
use crate::rule::Context;
use crate::source;
use crate::source::Span;
use crate::template::SectionId;
use crate::workflow::Section;

/// Where the line that holds an offset begins, behind a byte-order mark.
pub fn line_start(cx: &Context<'_>, offset: usize) -> usize {
    let source = &cx.document.source;
    match source.line_start(source.line_of(offset)) {
        0 if source.text().starts_with(source::BYTE_ORDER_MARK) => {
            source::BYTE_ORDER_MARK.len_utf8()
        }
        start => start,
    }
}

/// A text as lines of this document.
pub fn lines(cx: &Context<'_>, text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines.join(source::line_end(cx.document.source.text()))
}

/// Blocks below the line that ends what stands above them, at `end`.
pub fn below(cx: &Context<'_>, end: usize, text: &str) -> Edit {
    let source = &cx.document.source;
    let newline = source::line_end(source.text());
    let line = source.line_of(end);
    let at = source.line(line).end();
    let next = source.line(line + 1);
    let gap = if source.slice(next).trim().is_empty() {
        ""
    } else if source.text()[at..].starts_with('\n') {
        // A CR before it would be one line end with it.
        "\n"
    } else {
        newline
    };
    let above = source.text()[..at].trim_start_matches(source::BYTE_ORDER_MARK);
    let before = if above.is_empty() {
        String::new()
    } else {
        newline.repeat(2)
    };
    Edit::insert(at, format!("{before}{text}{gap}"))
}

/// A line end for what is put where a line begins: one that makes no other of the line end before it.
pub fn line_end_at(cx: &Context<'_>, start: usize) -> &'static str {
    let text = cx.document.source.text();
    match source::line_end(text) {
        "\n" if text[..start].ends_with('\r') => "\r",
        newline => newline,
    }
}

/// Blocks above the line that begins at `start`.
pub fn above(cx: &Context<'_>, start: usize, text: &str) -> Edit {
    let source = &cx.document.source;
    let newline = source::line_end(source.text());
    let line = source.line_of(start);
    let is_below_text = line > 0 && !source.slice(source.line(line - 1)).trim().is_empty();
    let before = if is_below_text {
        line_end_at(cx, start)
    } else {
        ""
    };
    Edit::insert(start, format!("{before}{text}{}", newline.repeat(2)))
}

/// The end of what stands before `limit`, where a heading or a label begins or the document ends. Comments right
/// above a heading are its own.
pub fn content_end(cx: &Context<'_>, limit: usize) -> usize {
    let text = cx.document.source.text();
    let start = with_comments(cx, limit);
    text[..start].trim_end().len()
}

/// The start of the comments right above what begins at `start`, else `start`. The document's end has none.
pub fn with_comments(cx: &Context<'_>, start: usize) -> usize {
    let (source, tree) = (&cx.document.source, &cx.document.tree);
    let text = source.text();
    let mut start = start;
    if start == text.len() {
        return start;
    }
    loop {
        let above = text[..start].trim_end();
        if !above.ends_with("-->") {
            return start;
        }
        let at = tree
            .blocks
            .partition_point(|block| block.span.start() < above.len());
        let block = at.checked_sub(1).map(|at| &tree.blocks[at]);
        let Some(block) = block.filter(|block| {
            block.kind == BlockKind::Html
                && block.parent.is_none()
                && content::is_comment(source.slice(block.span))
                && source.trim(block.span).end() == above.len()
        }) else {
            return start;
        };
        let gap = &text[above.len()..start];
        let is_near = source.line_of(above.len()) + 1 >= source.line_of(start);
        if !is_near && !source.slice(block.span).contains("wf-disable-next-line") || gap.is_empty()
        {
            return start;
        }
        start = line_start(cx, block.span.start());
    }
}

/// Where section `at` of the document ends: at the next heading that is no part of it, or with the document.
pub fn section_limit(cx: &Context<'_>, at: usize) -> usize {
    let workflow = &cx.document.workflow;
    let section = &workflow.sections[at];
    let specs = &cx.template.sections;
    let level = section
        .level
        .max(section.spec.map_or(0, |id| specs[id].level));
    let is_within = |other: &Section| match (section.spec, other.spec) {
        (Some(id), Some(other)) => is_below(cx, other, id),
        _ => other.level > level,
    };
    let mut after = workflow.sections[at + 1..].iter();
    let next = after.find(|other| !is_within(other));
    let mut limit = next.map_or(cx.document.source.text().len(), |next| {
        line_start(cx, next.heading.start())
    });
    let steps = cx.template.steps.as_ref().map(|steps| steps.section);
    let holds_steps = steps.is_some_and(|steps| {
        section
            .spec
            .is_some_and(|id| id == steps || is_below(cx, steps, id))
    });
    if !holds_steps {
        let mut stray = workflow.stray.iter();
        let stray = stray.find(|stray| stray.start > section.heading.start);
        limit = limit.min(stray.map_or(limit, |stray| line_start(cx, stray.start())));
    }
    limit
}

/// Whether a section of the template stands in another one.
fn is_below(cx: &Context<'_>, id: SectionId, ancestor: SectionId) -> bool {
    let mut parent = cx.template.sections[id].parent;
    while let Some(id) = parent {
        if id == ancestor {
            return true;
        }
        parent = cx.template.sections[id].parent;
    }
    false
}

/// Where the title ends, an underline included; where there is none, the document begins.
pub fn title_end(cx: &Context<'_>) -> Option<usize> {
    let title = cx.document.workflow.title.as_ref()?;
    Some(block_end(cx, title.span))
}

/// The end of the heading of that span, its underline included.
pub fn block_end(cx: &Context<'_>, heading: Span) -> usize {
    let blocks = &cx.document.tree.blocks;
    let at = blocks.partition_point(|block| block.span.start < heading.start);
    let block = blocks
        .get(at)
        .filter(|block| block.span.start == heading.start);
    block.map_or(heading.end(), |block| {
        cx.document.source.trim(block.span).end()
    })
}

/// So many columns an item's text stands to the right of the line's start; `None` where a tab stands before it.
pub fn item_indent(cx: &Context<'_>, item: Span) -> Option<usize> {
    let source = &cx.document.source;
    let line = source.line(source.line_of(item.start()));
    let text = source.slice(Span::new(item.start(), line.end().max(item.start())));
    let lead = source.slice(Span::new(line.start(), item.start()));
    let lead = lead.trim_start_matches(source::BYTE_ORDER_MARK);
    let marker = marker(text)?;
    let after = &text[marker.len()..];
    let gap = after.len() - after.trim_start_matches(' ').len();
    let is_plain = lead.chars().all(|c| c == ' ') && !after.starts_with('\t');
    let gap = if (1..=4).contains(&gap) { gap } else { 1 };
    is_plain.then_some(lead.len() + marker.len() + gap)
}

/// The marker that an item begins with.
pub fn marker(text: &str) -> Option<&str> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let length = match text.as_bytes().get(digits)? {
        b'.' | b')' if digits > 0 => digits + 1,
        b'-' | b'*' | b'+' if digits == 0 => 1,
        _ => return None,
    };
    Some(&text[..length])
}
