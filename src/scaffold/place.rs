//! An index and the document that is to stand in it.

use crate::edit::Edit;
use crate::markdown;
use crate::markdown::BlockId;
use crate::markdown::BlockKind;
use crate::markdown::Tree;
use crate::parse::listing;
use crate::parse::listing::Entry;
use crate::parse::listing::EntryForm;
use crate::parse::value;
use crate::scaffold::Facts;
use crate::source;
use crate::source::Source;
use crate::source::Span;

/// What is written, and where.
pub struct Place<'a> {
    /// The index.
    pub source: &'a Source,
    /// Its blocks.
    pub tree: &'a Tree,
    /// Its path relative to the project root.
    pub index: &'a str,
    /// The document.
    pub facts: &'a Facts<'a>,
}

/// A list, a table or a drawn tree that names documents.
pub struct Listing<'a> {
    /// What it is.
    pub kind: &'a BlockKind,
    /// Its block.
    pub block: BlockId,
    /// The documents that it names, each with the item or row (of a tree, the fence) that does.
    pub entries: Vec<(BlockId, &'a Entry)>,
}

impl<'a> Place<'a> {
    /// The document's path from the index's folder.
    pub fn path(&self) -> &'a str {
        let file: &'a str = self.facts.file;
        file[self.folder().len()..].trim_start_matches('/')
    }

    fn folder(&self) -> &str {
        self.index.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The text under a span.
    pub fn text(&self, span: Span) -> &'a str {
        self.source.slice(span)
    }

    /// The line that holds an offset, without its end.
    pub fn line(&self, offset: usize) -> Span {
        self.source.line(self.source.line_of(offset))
    }

    /// The listings of the index that name documents.
    pub fn listings(&self, entries: &'a [Entry]) -> Vec<Listing<'a>> {
        let mut listings: Vec<Listing<'a>> = Vec::new();
        for entry in entries.iter().filter(|entry| self.is_document(entry)) {
            let Some((block, holder)) = self.holder(entry) else {
                continue;
            };
            match listings.iter_mut().find(|listing| listing.block == block) {
                Some(listing) => listing.entries.push((holder, entry)),
                None => listings.push(Listing {
                    kind: &self.tree.block(block).kind,
                    block,
                    entries: vec![(holder, entry)],
                }),
            }
        }
        listings
    }

    /// Whether an entry names a document in the index's folder, or below it.
    fn is_document(&self, entry: &Entry) -> bool {
        let folder = self.folder();
        let mut paths = listing::candidates(self.index, entry).into_iter();
        let is_below = |path: &str| {
            folder.is_empty() && !path.starts_with("../")
                || path
                    .strip_prefix(folder)
                    .is_some_and(|rest| rest.starts_with('/'))
        };
        paths.any(|path| is_below(&path) && !listing::is_index(&path))
    }

    /// The listing that an entry is part of, and its item or row; `None` for a link in a text.
    fn holder(&self, entry: &Entry) -> Option<(BlockId, BlockId)> {
        let holds = |block: &markdown::Block| block.span.contains(entry.span);
        // Blocks stand in the order of their places.
        let blocks = &self.tree.blocks;
        let before = blocks.partition_point(|block| block.span.start() <= entry.span.start());
        let leaf = blocks[..before].iter().rposition(holds)? as BlockId;
        let block = self.tree.block(leaf);
        if entry.form == EntryForm::Tree {
            return Some((leaf, leaf));
        }
        let before = self.text(Span::new(block.span.start(), entry.span.start()));
        let is_mark = |c: char| c.is_whitespace() || "|*_[]x`".contains(c);
        let holder = block.parent?;
        let is_first = self.tree.children(holder).next() == Some(leaf);
        let is_entry = matches!(
            (&block.kind, &self.tree.block(holder).kind),
            (BlockKind::Paragraph, BlockKind::Item(_))
                | (BlockKind::TableCell, BlockKind::TableRow)
        );
        let listing = self.tree.block(holder).parent?;
        (is_first && is_entry && before.chars().all(is_mark)).then_some((listing, holder))
    }

    /// The document named as an entry names its own.
    pub fn mention(&self, entry: &Entry) -> Mention {
        let text = self.source.text();
        match entry.form {
            EntryForm::Link => {
                let (written, is_title) = self.link(self.text(entry.span));
                Mention {
                    span: entry.span,
                    text: written,
                    is_title,
                }
            }
            EntryForm::Name | EntryForm::Tree => {
                let before = &text[..entry.span.start()];
                let after = &text[entry.span.end()..];
                let ticks = before.len() - before.trim_end_matches('`').len();
                let ticks = ticks.min(after.len() - after.trim_start_matches('`').len());
                let is_from_root = !self.folder().is_empty()
                    && entry.path.starts_with(&format!("{}/", self.folder()));
                let path = if is_from_root {
                    self.facts.file
                } else {
                    self.path()
                };
                let mark = "`".repeat(ticks);
                Mention {
                    span: Span::new(entry.span.start() - ticks, entry.span.end() + ticks),
                    text: format!("{mark}{path}{mark}"),
                    is_title: false,
                }
            }
        }
    }

    /// A link to the document like another one, and whether its text is the title.
    fn link(&self, like: &str) -> (String, bool) {
        let parts = like
            .strip_prefix('[')
            .and_then(|rest| rest.rsplit_once("]("));
        let (text, target) = parts.unwrap_or_default();
        let dot = if target.starts_with("./") { "./" } else { "" };
        let target = target.trim_start_matches("./").trim_end_matches(')');
        let name = |path: &'a str| path.rsplit('/').next().unwrap_or(path);
        let ticks = &text[..text.len() - text.trim_start_matches('`').len()];
        let path = self.path();
        let (shown, is_title) = match text.trim_matches('`') {
            text if text == target => (path.to_owned(), false),
            text if Some(text) == target.rsplit('/').next() => (name(path).to_owned(), false),
            text if text == value::stem(target) => (value::stem(path).to_owned(), false),
            _ => (
                self.facts.title.replace('[', "\\[").replace(']', "\\]"),
                true,
            ),
        };
        let ticks = if is_title { "" } else { ticks };
        (format!("[{ticks}{shown}{ticks}]({dot}{path})"), is_title)
    }
}

/// A document named in an index.
pub struct Mention {
    /// Where the one stands that it is like.
    pub span: Span,
    /// The text that names it.
    pub text: String,
    /// Whether that is its title.
    pub is_title: bool,
}

impl Mention {
    /// What stands after the name: a description after the same mark as in `rest`, the text after the other name.
    pub fn tail(&self, rest: &str, facts: &Facts<'_>) -> String {
        let closing = &rest[..rest.len() - rest.trim_start_matches(['*', '_']).len()];
        let after = &rest[closing.len()..];
        let gist = if self.is_title {
            facts.purpose
        } else {
            Some(facts.gist())
        };
        match (separator(after), gist) {
            (Some(separator), Some(gist)) => format!("{closing}{separator}{gist}"),
            _ => closing.to_owned(),
        }
    }
}

/// What parts a name from its description.
fn separator(rest: &str) -> Option<&str> {
    let mark = rest.trim_start();
    let after = mark.strip_prefix([':', '—', '–', '-', '→'])?;
    let text = after.trim_start();
    let is_parted = text.len() < after.len() && !text.is_empty();
    is_parted.then(|| &rest[..rest.len() - text.len()])
}

/// An insertion of lines after the line that holds the byte before `end`.
pub fn below(place: &Place<'_>, end: usize, lines: &str) -> Edit {
    let line = place.line(end.saturating_sub(1));
    Edit {
        span: Span::at(line.end()),
        replacement: format!("{}{lines}", source::line_end(place.source.text())),
    }
}
