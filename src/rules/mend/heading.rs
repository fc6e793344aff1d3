//! Changes to headings.

use crate::edit::Edit;
use crate::edit::Fix;
use crate::markdown::InlineKind;
use crate::rule::Context;
use crate::rules::mend::place;
use crate::source::Span;

/// Another text for a heading.
pub fn renamed(cx: &Context<'_>, heading: Span, title: &str) -> Fix {
    Fix::safe(vec![Edit::replace(text(cx, heading), title)])
}

/// The heading's text as written: without marks, and without comments behind it.
pub fn text(cx: &Context<'_>, heading: Span) -> Span {
    let (source, tree) = (&cx.document.source, &cx.document.tree);
    let written = source.slice(heading);
    let marks = written.len() - written.trim_start_matches('#').len();
    let mut span = source.trim(Span::new(heading.start() + marks, heading.end()));
    if marks > 0 {
        let text = source.slice(span);
        let bare = text.trim_end_matches('#');
        if bare.is_empty() || bare.len() < text.len() && bare.ends_with([' ', '\t']) {
            span = source.trim(Span::new(span.start(), span.start() + bare.len()));
        }
    }
    let whole = span;
    let before = tree
        .inlines
        .partition_point(|inline| inline.span.start() < whole.end());
    let own = tree.inlines[..before].iter().rev();
    let own = own.take_while(|inline| inline.span.start() >= whole.start());
    let comments = own.filter(|inline| {
        inline.kind == InlineKind::Html && source.slice(inline.span).starts_with("<!--")
    });
    for comment in comments {
        if comment.span.end() == span.end() && comment.span.start() > span.start() {
            span = source.trim(Span::new(span.start(), comment.span.start()));
        }
    }
    span
}

/// Another level for a heading. One that is underlined gets marks, unless it takes several lines.
pub fn levelled(cx: &Context<'_>, heading: Span, level: u8) -> Option<Fix> {
    let source = &cx.document.source;
    let written = source.slice(heading);
    let marks = "#".repeat(level.into());
    let old = written.len() - written.trim_start_matches('#').len();
    if old > 0 {
        let span = Span::new(heading.start(), heading.start() + old);
        return Some(Fix::safe(vec![Edit::replace(span, marks)]));
    }
    if written.contains(['\n', '\r']) {
        return None;
    }
    let end = place::block_end(cx, heading);
    Some(Fix::safe(vec![
        Edit::insert(heading.start(), format!("{marks} ")),
        Edit::delete(Span::new(heading.end(), end)),
    ]))
}
