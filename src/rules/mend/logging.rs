//! Paths that Logging lacks.

use crate::edit::Edit;
use crate::edit::Fix;
use crate::markdown::BlockId;
use crate::markdown::content::List;
use crate::rule::Context;
use crate::rules::mend::place;
use crate::source;
use crate::source::Span;

/// A bullet below the last one, with the first of the template's paths that will do, or else another.
pub fn bullet(
    cx: &Context<'_>,
    list: &List,
    will_do: impl Fn(&str) -> bool,
    other: &str,
) -> Option<Fix> {
    let source = &cx.document.source;
    let paths = cx.scaffold().paths("Logging");
    let path = paths.into_iter().find(|path| will_do(path));
    let tree = &cx.document.tree;
    let items: Vec<BlockId> = list.items(tree).collect();
    let &item = items.last()?;
    let span = tree.block(item).span;
    let marker = place::marker(cx.text(span))?;
    let start = place::line_start(cx, span.start());
    let lead = cx.text(Span::new(start, span.start()));
    let end = source.trim(span).end();
    let before = items.len().checked_sub(2);
    let is_loose = before.is_some_and(|before| {
        let before = source.trim(tree.block(items[before]).span);
        source.line_of(before.end()) + 1 < source.line_of(span.start())
    });
    let newline = source::line_end(source.text());
    let gap = if is_loose { newline } else { "" };
    let digits = marker.trim_end_matches(['.', ')']);
    let marker = match digits.parse::<u64>() {
        Ok(number) => format!("{}{}", number + 1, &marker[digits.len()..]),
        Err(_) => marker.to_owned(),
    };
    let text = format!(
        "{newline}{gap}{lead}{marker} `{}`",
        path.as_deref().unwrap_or(other)
    );
    let end = source.line(source.line_of(end)).end();
    Some(Fix::needs_consent(vec![Edit::insert(end, text)]))
}
