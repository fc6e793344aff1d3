//! Texts that are written for a person to go on with: a document made from the template, a part of one that is
//! missing, its line in an index, an index where there is none, and the files that set a project up.

mod bullet;
mod document;
mod drawn;
mod fresh;
mod index;
pub mod name;
mod parts;
mod place;
mod row;
pub mod setup;

use chrono::NaiveDate;

use crate::edit::Edit;
use crate::source::Source;
use crate::source::Span;

pub use document::Unfit;
pub use document::document;
pub use fresh::index as fresh_index;
pub use index::add;
pub use index::entries;
pub use parts::Parts;
pub use parts::whole;

/// What is known of a document that is to be written.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Its path relative to the project root, with `/`.
    pub file: &'a str,
    /// The name by which it is asked for.
    pub name: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Whose it is.
    pub owner: Option<&'a str>,
    /// What it is for.
    pub purpose: Option<&'a str>,
    /// The day of its first audit.
    pub today: NaiveDate,
}

impl Facts<'_> {
    /// The command by which it is asked for.
    #[must_use]
    pub fn command(&self) -> String {
        format!("execute-task {}", self.name)
    }

    /// What it does, as far as is known.
    fn gist(&self) -> &str {
        self.purpose.unwrap_or(self.title)
    }
}

/// An index with documents listed: the text of one that is given, or a new one. Where there is no place for a
/// document in it, it is left out.
#[must_use]
pub fn listed(index: &str, text: Option<String>, all: &[Facts<'_>]) -> String {
    let (text, rest) = match (text, all) {
        (Some(text), _) => (text, all),
        (None, [first, rest @ ..]) => (fresh_index(index, None, first), rest),
        (None, []) => return String::new(),
    };
    index::add_all(Source::new(index, text), index, rest)
}

/// A text with edits made that do not overlap.
fn edited(source: &Source, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| edit.span);
    edited_within(source, Span::new(0, source.text().len()), &edits)
}

/// The text of a span, with those edits made that lie in it; they stand in order.
fn edited_within(source: &Source, span: Span, edits: &[Edit]) -> String {
    let mut text = String::with_capacity(span.range().len());
    let mut done = span.start();
    for edit in edits.iter().filter(|edit| span.contains(edit.span)) {
        text.push_str(&source.text()[done..edit.span.start()]);
        text.push_str(&edit.replacement);
        done = edit.span.end();
    }
    text.push_str(&source.text()[done..span.end()]);
    text
}
