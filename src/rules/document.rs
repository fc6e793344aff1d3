//! Rules about a document as a whole.

use crate::diagnostic;
use crate::markdown::BlockId;
use crate::markdown::BlockKind;
use crate::markdown::InlineKind;
use crate::parse::link;
use crate::parse::listing;
use crate::rule;
use crate::rule::Context;
use crate::rule::Fault;
use crate::rule::Findings;
use crate::rule::Text;
use crate::source::Span;

pub fn unreadable_document(text: &Text, limit: u64) -> Option<Fault> {
    let bytes = rule::bytes(text);
    if bytes.len() as u64 > limit {
        return Some(Fault {
            offset: 0,
            message: format!(
                "the document has {} bytes, more than the {limit} that are allowed",
                bytes.len()
            ),
            help: "split it, or raise `max-file-size` in wf.toml",
        });
    }
    let invalid = text.as_ref().err();
    let invalid = invalid.map(|error| error.utf8_error().valid_up_to());
    let nul = memchr::memchr(0, bytes);
    let offset = invalid.into_iter().chain(nul).min()?;
    Some(if nul == Some(offset) {
        Fault {
            offset,
            message: "a NUL byte: this is no text".to_owned(),
            help: "remove the byte, or save the document as UTF-8 text",
        }
    } else {
        Fault {
            offset,
            message: format!("byte 0x{:02X} is not UTF-8", bytes[offset]),
            help: "save the document as UTF-8",
        }
    })
}

pub fn missing_title(cx: &Context<'_>, out: &mut Findings) {
    let workflow = &cx.document.workflow;
    if !cx.template.title || workflow.title.as_ref().is_some_and(|title| title.is_first) {
        return;
    }
    let span = workflow.first.unwrap_or_default();
    let finding = out.report(span, "the document does not begin with a title");
    match &workflow.title {
        Some(title) => finding
            .help("move the title up here")
            .related(title.span, "the first title stands here"),
        None => finding.help("begin it with `# ` and the workflow's name"),
    };
}

pub fn extra_title(cx: &Context<'_>, out: &mut Findings) {
    let workflow = &cx.document.workflow;
    for &span in &workflow.extra_titles {
        let finding = out.report(span, "a second title");
        finding.help("a document has one level-1 heading: make this one a section (`## …`)");
        if let Some(title) = &workflow.title {
            finding.related(title.span, "the title");
        }
    }
}

pub fn unfilled_placeholder(cx: &Context<'_>, out: &mut Findings) {
    // Of an index only the header has a form.
    let is_index = listing::is_index(cx.path);
    let header = cx.document.workflow.header.as_ref();
    let header = header.map_or_else(Span::default, |header| header.span);
    for &span in &cx.document.placeholders {
        if is_index && !header.contains(span) {
            continue;
        }
        out.report(
            span,
            format!(
                "the template's placeholder `{}` is not filled in",
                diagnostic::quoted(cx.text(span))
            ),
        )
        .help("write the text that belongs here");
    }
    let mut judge = |value: Span| {
        if let Some(word) = rule::stand_in(cx.text(value)) {
            let value = cx.document.source.trim(value);
            let span = Span::new(value.start(), value.start() + word.len());
            out.report(span, format!("`{word}` stands here instead of a value"))
                .help("write the text that belongs here");
        }
    };
    let header = cx.document.workflow.header.iter();
    header
        .flat_map(|header| &header.fields)
        .for_each(|field| judge(field.value));
    for part in cx.parts() {
        if part.content.lists().next().is_none() {
            part.content.text().into_iter().for_each(&mut judge);
        }
        for item in part.content.items(&cx.document.tree) {
            item_text(cx, item).into_iter().for_each(&mut judge);
        }
    }
}

/// The text of an item that may be all of it, if it can be a word that stands for a value.
fn item_text(cx: &Context<'_>, item: BlockId) -> Option<Span> {
    let tree = &cx.document.tree;
    let whole = tree.block(item);
    let block = tree.block(tree.children(item).next()?);
    let is_short = block.span.range().len() <= rule::LONGEST_STAND_IN;
    if !is_short || block.next != whole.next || !matches!(block.kind, BlockKind::Paragraph) {
        return None;
    }
    Some(match whole.kind {
        // The box is part of the item's paragraph in the file.
        BlockKind::Item(Some(checkbox)) => Span::new(
            checkbox.span.end().max(block.span.start()),
            block.span.end(),
        ),
        _ => block.span,
    })
}

pub fn broken_link(cx: &Context<'_>, out: &mut Findings) {
    let is_index = listing::is_index(cx.path);
    for inline in &cx.document.tree.inlines {
        let (InlineKind::Link(url) | InlineKind::Image(url)) = &inline.kind else {
            continue;
        };
        let Some(target) = link::relative(url) else {
            continue;
        };
        let path = link::resolve(cx.path, &target.path);
        let is_here = target.path.is_empty() || path == cx.path;
        if !is_here && !cx.neighbours.exists(&path) {
            // In an index this is a dangling entry.
            if !(is_index
                && matches!(inline.kind, InlineKind::Link(_))
                && listing::is_markdown(&path))
            {
                let path = diagnostic::quoted(&path);
                out.report(inline.span, format!("there is no file `{path}`"))
                    .help("correct the path; it is read from this document's folder");
            }
            continue;
        }
        let Some(fragment) = target
            .fragment
            .filter(|_| is_here || listing::is_markdown(&path))
        else {
            continue;
        };
        let has = if is_here {
            cx.anchors().contains(&fragment)
        } else {
            cx.neighbours
                .anchors(&path)
                .is_none_or(|anchors| anchors.contains(&fragment))
        };
        if !has && fragment != "top" {
            let place = if is_here {
                "this document".to_owned()
            } else {
                format!("`{}`", diagnostic::quoted(&path))
            };
            let fragment = diagnostic::quoted(&fragment);
            out.report(
                inline.span,
                format!("no heading of {place} gives the anchor `#{fragment}`"),
            )
            .help("an anchor is the heading in lower case, its spaces as `-`, without punctuation");
        }
    }
}
