//! The entries of a page of known errors, found in whatever else stands there.

use std::sync::LazyLock;

use regex::Regex;

use crate::markdown;
use crate::markdown::BlockKind;
use crate::markdown::Tree;
use crate::run::record::known_errors::Failure;
use crate::run::record::known_errors::Known;
use crate::run::record::known_errors::Occurrence;
use crate::run::record::known_errors::page;
use crate::source::Source;
use crate::source::Span;

static FIELD: LazyLock<Regex> = LazyLock::new(|| {
    let pattern =
        r"^[ \t]*(?:[-*+][ \t]+)?\**(Status|Count|Last seen|First seen|Report)\**[ \t]*:\**[ \t]*";
    Regex::new(&format!("(?i){pattern}")).expect("it is a regular expression")
});
static NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("^[0-9]+").expect("it is a regular expression"));
static SEEN: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = "[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} UTC, run `[^`]*`";
    Regex::new(pattern).expect("it is a regular expression")
});
static LINK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\[`[^`]*`\]\(<[^<>]*>\)|`[^`]*`").expect("it is a regular expression")
});

/// A page, read.
pub struct Parsed {
    source: Source,
    tree: Tree,
}

/// A heading at the top.
pub struct Heading {
    pub level: u8,
    pub text: String,
    pub span: Span,
}

/// An entry of a page.
pub struct Entry<'a> {
    page: &'a Parsed,
    /// From its heading up to what follows it.
    pub span: Span,
    /// The comment that it is known by.
    mark: Span,
    /// The title of the section that it stands in.
    section: Option<String>,
    /// Its labelled lines: the label in lower case, and the value.
    fields: Vec<(String, Span)>,
}

impl Parsed {
    pub fn new(text: &str) -> Self {
        let source = Source::new("", text);
        let tree = markdown::parse(&source);
        Self { source, tree }
    }

    pub fn line_end(&self) -> &'static str {
        if self.source.text().contains("\r\n") {
            "\r\n"
        } else {
            "\n"
        }
    }

    /// The blocks at the top.
    pub fn blocks(&self) -> impl Iterator<Item = (&BlockKind, Span)> {
        let blocks = self.tree.top().map(|id| self.tree.block(id));
        blocks.map(|block| (&block.kind, block.span))
    }

    pub fn headings(&self) -> impl Iterator<Item = Heading> {
        self.blocks().filter_map(|(kind, span)| match kind {
            BlockKind::Heading { level, text, .. } => Some(Heading {
                level: *level,
                text: text.trim().to_owned(),
                span,
            }),
            _ => None,
        })
    }

    /// Where the line of a block begins, a byte-order mark left out.
    pub fn start_of_line(&self, span: Span) -> usize {
        let start = self.source.line_start(self.source.line_of(span.start()));
        let text = &self.source.text()[start..];
        start + text.len() - text.trim_start_matches('\u{feff}').len()
    }

    pub fn entry(&self, failure: &Failure) -> Option<Entry<'_>> {
        let mark = page::mark(failure);
        let mut marks = self.blocks().filter(|(kind, span)| {
            **kind == BlockKind::Html && self.source.slice(*span).trim() == mark
        });
        let (_, mark) = marks.next()?;
        let above = || {
            self.headings()
                .take_while(|heading| heading.span.start() < mark.start())
        };
        let own = above().last().filter(|heading| heading.level > 2);
        let level = own.as_ref().map_or(3, |heading| heading.level);
        let start = own.map_or(mark, |heading| heading.span);
        let next = self.blocks().find(|(kind, span)| {
            let is_next = match kind {
                BlockKind::Heading { level: other, .. } => *other <= level,
                kind => **kind == BlockKind::Break,
            };
            is_next && span.start() > mark.start()
        });
        let end = next.map_or(self.source.text().len(), |(_, span)| {
            self.start_of_line(span)
        });
        let span = Span::new(self.start_of_line(start), end);
        Some(Entry {
            page: self,
            span,
            mark,
            section: above()
                .filter(|heading| heading.level <= 2)
                .last()
                .map(|heading| heading.text),
            fields: self.fields(Span::new(mark.end(), end)),
        })
    }

    /// The labelled lines of lists and paragraphs, each label once.
    fn fields(&self, part: Span) -> Vec<(String, Span)> {
        let mut fields: Vec<(String, Span)> = Vec::new();
        let blocks = self.blocks().filter(|(kind, span)| {
            part.contains(*span) && matches!(kind, BlockKind::List { .. } | BlockKind::Paragraph)
        });
        for (_, span) in blocks {
            for line in self.source.line_of(span.start())..=self.source.line_of(span.end()) {
                let line = self.source.line(line);
                let text = self.source.slice(line);
                let Some(found) = FIELD.captures(text) else {
                    continue;
                };
                let name = found[1].to_lowercase();
                let value = Span::new(line.start() + found[0].len(), line.end());
                if fields.iter().all(|(other, _)| *other != name) {
                    fields.push((name, value));
                }
            }
        }
        fields
    }
}

impl Entry<'_> {
    fn field(&self, name: &str) -> Option<(Span, &str)> {
        let (_, span) = self.fields.iter().find(|(other, _)| other == name)?;
        Some((*span, self.page.source.slice(*span)))
    }

    pub fn known(&self) -> Known {
        let first = self
            .field("first seen")
            .map(|(_, text)| text.trim().to_owned());
        Known {
            count: self.count().unwrap_or(1),
            first: first.unwrap_or_default(),
        }
    }

    fn count(&self) -> Option<u64> {
        let (_, text) = self.field("count")?;
        NUMBER.find(text)?.as_str().parse().ok()
    }

    /// Whether a run is the one that it was seen in last.
    pub fn is_of(&self, run: &str) -> bool {
        let seen = self
            .field("last seen")
            .and_then(|(_, text)| SEEN.find(text));
        seen.is_some_and(|seen| seen.as_str().ends_with(&format!("`{run}`")))
    }

    /// Whether a person moved it under what is resolved.
    pub fn is_put_away(&self) -> bool {
        self.section.as_deref().is_some_and(page::is_of_resolved)
    }

    /// The page with this entry counted up, and said to be reopened if it was resolved.
    pub fn counted(&self, occurrence: &Occurrence) -> String {
        let mut edits: Vec<(Span, String)> = Vec::new();
        let mut missing = Vec::new();
        let values = [
            (
                "Count",
                &*NUMBER,
                (self.count().unwrap_or(1) + 1).to_string(),
            ),
            ("Last seen", &*SEEN, page::seen(occurrence)),
            ("Report", &*LINK, occurrence.report.clone()),
        ];
        for (name, pattern, value) in values {
            let field = self.field(&name.to_lowercase());
            let found = field.and_then(|(span, text)| Some((span, pattern.find(text)?)));
            match found {
                Some((span, found)) => {
                    let start = span.start() + found.start();
                    edits.push((Span::new(start, start + found.len()), value));
                }
                None => missing.push(format!("- **{name}**: {value}")),
            }
        }
        let reopened = format!("reopened {}", occurrence.time.format("%Y-%m-%d"));
        match self.field("status") {
            Some((span, text)) if page::is_resolved(text) => {
                edits.push((Span::at(span.start()), format!("{reopened}, was ")));
            }
            Some((span, text)) if self.is_put_away() => {
                let before = if text.trim().is_empty() { "" } else { ", was " };
                edits.push((Span::at(span.start()), format!("{reopened}{before}")));
            }
            None if self.is_put_away() => missing.push(format!("- **Status**: {reopened}")),
            _ => {}
        }
        self.edited(edits, &missing)
    }

    /// The page with edits made, and lines added that the entry lacks.
    fn edited(&self, mut edits: Vec<(Span, String)>, missing: &[String]) -> String {
        let source = &self.page.source;
        let end = self.page.line_end();
        if !missing.is_empty() {
            let last = self.fields.iter().map(|(_, span)| span.end()).max();
            let at = last.unwrap_or(self.mark.end());
            // A list that a line of text follows would take that in.
            let is_apart = last.is_some()
                || source
                    .slice(source.line(source.line_of(at) + 1))
                    .trim()
                    .is_empty();
            let below = if is_apart { "" } else { end };
            let lines = missing.join(end);
            edits.push((Span::at(at), format!("{end}{lines}{below}")));
        }
        edits.sort_by_key(|(span, _)| *span);
        let mut text = String::with_capacity(source.text().len() + 256);
        let mut done = 0;
        for (span, replacement) in edits {
            text.push_str(&source.text()[done..span.start()]);
            text.push_str(&replacement);
            done = span.end();
        }
        text.push_str(&source.text()[done..]);
        text
    }
}
