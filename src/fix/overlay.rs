//! The files of a project as they would be.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::markdown;
use crate::markdown::InlineKind;
use crate::markdown::anchor;
use crate::neighbours::Neighbours;
use crate::parse::link;
use crate::source::Source;
use crate::source::Span;

/// Texts that take the place of files, by path relative to the project root.
pub type Texts = BTreeMap<String, String>;

/// The files of a project with texts laid over them: many, and one more.
#[derive(Clone, Copy)]
pub struct Overlay<'a> {
    /// What lies over the files.
    pub texts: &'a Texts,
    /// What lies over that.
    pub one: Option<(&'a str, &'a str)>,
    /// The files.
    pub neighbours: &'a dyn Neighbours,
}

impl<'a> Overlay<'a> {
    fn text(&self, path: &str) -> Option<&'a str> {
        match self.one {
            Some((own, text)) if own == path => Some(text),
            _ => self.texts.get(path).map(String::as_str),
        }
    }
}

impl Neighbours for Overlay<'_> {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        match self.text(path) {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => self.neighbours.read(path),
        }
    }

    fn exists(&self, path: &str) -> bool {
        self.text(path).is_some() || self.neighbours.exists(path)
    }

    fn is_executable(&self, path: &str) -> bool {
        self.neighbours.is_executable(path)
    }

    fn anchors(&self, path: &str) -> Option<Arc<FxHashSet<String>>> {
        match self.text(path) {
            Some(text) => Some(Arc::new(anchors(text))),
            None => self.neighbours.anchors(path),
        }
    }
}

/// What a Markdown text offers to its own links, and what they want.
pub struct Linked {
    /// The headings, each with its anchor.
    pub headings: Vec<(Span, String)>,
    /// The anchors to which the text itself links.
    pub targets: FxHashSet<String>,
}

/// The headings of a Markdown text, and where its links lead in it.
pub fn linked(text: &str) -> Linked {
    let tree = markdown::parse(&Source::new("", text));
    let targets = tree.inlines.iter().filter_map(|inline| match &inline.kind {
        InlineKind::Link(url) => link::relative(url),
        _ => None,
    });
    let own = targets.filter(|target| target.path.is_empty());
    Linked {
        headings: anchor::of_headings(&tree),
        targets: own.filter_map(|target| target.fragment).collect(),
    }
}

/// The anchors of a Markdown text.
pub fn anchors(text: &str) -> FxHashSet<String> {
    let source = Source::new("", text);
    anchor::anchors(&markdown::parse(&source), &source)
}
