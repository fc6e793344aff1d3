//! Suppression comments: `<!-- wf-disable-line missing-rollback: restores itself -->` and its kin.

use crate::markdown::BlockKind;
use crate::markdown::InlineKind;
use crate::markdown::Tree;
use crate::source::Source;
use crate::source::Span;

/// What a suppression comment reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The next line; the whole section where that line is a heading.
    NextLine,
    /// The comment's own line.
    Line,
    /// From here to the next `wf-enable`, or to the end.
    From,
    /// Ends what `wf-disable` began.
    Until,
    /// The document.
    File,
}

/// A suppression comment.
#[derive(Debug)]
pub struct Suppression {
    /// What it reaches.
    pub reach: Reach,
    /// The comment.
    pub span: Span,
    /// The rule ids it names, as written.
    pub ids: Vec<Span>,
    /// Why, as written; empty if it does not say so.
    pub reason: Span,
}

/// The comments' words, each before those it begins with.
const WORDS: [(&str, Reach); 5] = [
    ("wf-disable-next-line", Reach::NextLine),
    ("wf-disable-line", Reach::Line),
    ("wf-disable-file", Reach::File),
    ("wf-disable", Reach::From),
    ("wf-enable", Reach::Until),
];

/// The suppression comments of a document, in order. Comments inside code are text.
#[must_use]
pub fn suppressions(tree: &Tree, source: &Source) -> Vec<Suppression> {
    let mut found = Vec::new();
    let blocks = tree.blocks.iter();
    let blocks = blocks.filter(|block| matches!(block.kind, BlockKind::Html));
    let blocks = blocks.map(|block| block.span);
    let inlines = tree.inlines.iter();
    let inlines = inlines.filter(|inline| matches!(inline.kind, InlineKind::Html));
    let inlines = inlines.map(|inline| inline.span);
    for span in blocks.chain(inlines) {
        let mut at = span.start();
        while let Some(open) = source.text()[at..span.end()].find("<!--") {
            let start = at + open;
            let Some(close) = source.text()[start..span.end()].find("-->") else {
                break;
            };
            at = start + close + 3;
            found.extend(suppression(source, Span::new(start, at)));
        }
    }
    found.sort_by_key(|suppression| suppression.span);
    found
}

fn suppression(source: &Source, comment: Span) -> Option<Suppression> {
    let inner = source.trim(Span::new(comment.start() + 4, comment.end() - 3));
    let text = source.slice(inner);
    let (word, reach) = WORDS.into_iter().find(|(word, _)| {
        text.strip_prefix(word).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(|c: char| c.is_whitespace() || c == ':')
        })
    })?;
    let rest = &text[word.len()..];
    let start = inner.start() + word.len();
    let (list, reason) = rest.split_once(':').unwrap_or((rest, ""));
    let mut ids = Vec::new();
    let mut at = start;
    for id in list.split(',') {
        let span = source.trim(Span::new(at, at + id.len()));
        at += id.len() + 1;
        if !span.is_empty() {
            ids.push(span);
        }
    }
    Some(Suppression {
        reach,
        span: comment,
        ids,
        reason: source.trim(Span::new(inner.end() - reason.len(), inner.end())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown;

    fn found(text: &str) -> Vec<(Reach, Vec<String>, String)> {
        let source = Source::new("a.md", text);
        suppressions(&markdown::parse(&source), &source)
            .iter()
            .map(|s| {
                (
                    s.reach,
                    s.ids
                        .iter()
                        .map(|&id| source.slice(id).to_owned())
                        .collect(),
                    source.slice(s.reason).to_owned(),
                )
            })
            .collect()
    }

    #[test]
    fn every_form_is_read() {
        let ids = |list: &[&str]| list.iter().map(|&id| id.to_owned()).collect::<Vec<_>>();
        assert_eq!(
            found("<!-- wf-disable-file a, b-c: why: not -->"),
            [(Reach::File, ids(&["a", "b-c"]), "why: not".to_owned())]
        );
        assert_eq!(
            found("## T <!-- wf-disable-line a -->"),
            [(Reach::Line, ids(&["a"]), String::new())]
        );
        assert_eq!(
            found("<!--wf-disable-next-line a:-->\n# T"),
            [(Reach::NextLine, ids(&["a"]), String::new())]
        );
        assert_eq!(
            found("<!-- wf-disable a: x -->\n\n<!-- wf-enable -->").len(),
            2
        );
        assert_eq!(found("<!-- wf-disabled a: x -->"), []);
    }

    #[test]
    fn comments_inside_code_are_text() {
        assert_eq!(
            found("`<!-- wf-disable a: x -->`\n\n```html\n<!-- wf-disable a: x -->\n```\n"),
            []
        );
    }
}
