//! The template as a schema: which header fields, sections, labels and kinds of lists a document must have.
//!
//! A template is a readable Markdown file; [`read`] turns it into requirements. Nothing else in the program
//! states what is required, so another file is a complete other schema.

mod error;
mod read;

use rustc_hash::FxHashSet;

pub use error::TemplateError;
pub use read::read;

use crate::nearest;

/// A section's place in [`Template::sections`].
pub type SectionId = usize;

/// What a template asks of a document.
#[derive(Debug, Default)]
pub struct Template {
    /// Whether it begins with a title.
    pub title: bool,
    /// The names of the header's fields; none for no header.
    pub header: Vec<String>,
    /// The sections, in order.
    pub sections: Vec<SectionSpec>,
    /// The numbered steps, if it has them.
    pub steps: Option<StepsSpec>,
    /// Its text.
    pub text: String,
    placeholders: FxHashSet<String>,
    names: FxHashSet<String>,
}

/// What is asked of a section.
#[derive(Debug)]
pub struct SectionSpec {
    /// Its title as the template writes it.
    pub title: String,
    /// The level of its heading.
    pub level: u8,
    /// Whether it may be absent.
    pub optional: bool,
    /// The section it stands in.
    pub parent: Option<SectionId>,
    /// What it holds before its first label.
    pub asks: Asks,
    /// Its labelled fields.
    pub fields: Vec<FieldSpec>,
}

/// What is asked of a labelled field.
#[derive(Debug)]
pub struct FieldSpec {
    /// The label as the template writes it.
    pub label: String,
    /// Whether it may be absent.
    pub optional: bool,
    /// What it holds.
    pub asks: Asks,
}

/// What a section or a field must hold; with neither list nor code, any text will do.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Asks {
    /// A list of this kind.
    pub list: Option<ListKind>,
    /// A fenced code block.
    pub code: bool,
}

/// The kinds of lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    /// `1.`
    Numbered,
    /// `- [ ]`
    Task,
    /// `-`
    Bullet,
}

/// What is asked of each step.
#[derive(Debug)]
pub struct StepsSpec {
    /// The section that holds the steps.
    pub section: SectionId,
    /// The level of a step's heading.
    pub level: u8,
    /// What stands before the number: `Step `.
    pub before: String,
    /// What stands between number and name: `:`.
    pub after: String,
    /// The labelled fields of each.
    pub fields: Vec<FieldSpec>,
}

impl Template {
    /// The section of that title, case aside.
    #[must_use]
    pub fn section(&self, title: &str) -> Option<SectionId> {
        find(&self.sections, |section| &section.title, title)
    }

    /// Whether the template uses this name anywhere: for a section, a label or a header field.
    #[must_use]
    pub fn has_name(&self, name: &str) -> bool {
        self.names.contains(&nearest::fold(name))
    }

    /// Whether `text`, brackets aside, is one of the template's placeholders, numbers aside.
    #[must_use]
    pub fn is_placeholder(&self, text: &str) -> bool {
        self.placeholders.contains(&without_numbers(text))
    }

    /// How a step's heading is written, for messages.
    #[must_use]
    pub fn step_form(&self) -> String {
        self.steps.as_ref().map_or_else(String::new, |steps| {
            format!(
                "{} {}N{} Name",
                "#".repeat(steps.level.into()),
                steps.before,
                steps.after
            )
        })
    }
}

impl FieldSpec {
    /// The place in `fields` of that label, case aside.
    #[must_use]
    pub fn find(fields: &[Self], label: &str) -> Option<usize> {
        find(fields, |field| &field.label, label)
    }
}

/// The place of a name, case aside, among things that have one. Nearly all are written as they are looked up.
fn find<T>(things: &[T], name: impl Fn(&T) -> &str, wanted: &str) -> Option<usize> {
    let exact = things.iter().position(|thing| name(thing) == wanted);
    exact.or_else(|| {
        things
            .iter()
            .position(|thing| nearest::same(name(thing), wanted))
    })
}

/// A placeholder with each run of digits made one mark and its white space folded, so that `[Action 3]` is
/// `[Action 1]`.
fn without_numbers(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        for c in word.chars() {
            match c {
                '0'..='9' if folded.ends_with('#') => {}
                '0'..='9' => folded.push('#'),
                _ => folded.push(c),
            }
        }
    }
    folded
}
