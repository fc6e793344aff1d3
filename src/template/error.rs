//! What can be wrong with a template.

use miette::Diagnostic;
use thiserror::Error;

/// A template that cannot be used, with the place (`file:line:column`) that says why.
#[derive(Debug, Error, Diagnostic)]
#[allow(
    missing_docs,
    reason = "each variant's message says what its fields are"
)]
pub enum TemplateError {
    #[error("{place}: the template asks for nothing: it has no title, header or section")]
    #[diagnostic(help(
        "a template needs at least one `## Section`; the built-in one is a good start"
    ))]
    AsksNothing { place: String },

    #[error("{place}: a second title")]
    #[diagnostic(help("a template has one `# [Title]`; write sections as `## Section`"))]
    SecondTitle { place: String },

    #[error("{place}: the section `{name}` stands twice; the first is on line {first}")]
    #[diagnostic(help("a document can have it only once: rename or remove one of them"))]
    SectionTwice {
        place: String,
        name: String,
        first: u32,
    },

    #[error(
        "{place}: the label `{name}` stands twice in one section; the first is on line {first}"
    )]
    #[diagnostic(help("a section or step can have it only once: rename or remove one of them"))]
    LabelTwice {
        place: String,
        name: String,
        first: u32,
    },

    #[error("{place}: the header field `{name}` stands twice")]
    #[diagnostic(help("a header can have it only once: rename or remove one of them"))]
    HeaderFieldTwice { place: String, name: String },

    #[error("{place}: a heading without text")]
    #[diagnostic(help("write the title of the section, or remove the heading"))]
    EmptyHeading { place: String },

    #[error("{place}: a numbered heading outside a section")]
    #[diagnostic(help(
        "put the steps into a section, such as `## Steps`, with their headings one level below its own"
    ))]
    StepsOutsideSection { place: String },

    #[error("{place}: numbered headings in a second section")]
    #[diagnostic(help("a document has its steps in one section"))]
    StepsTwice { place: String },

    #[error("{place}: a heading inside a step")]
    #[diagnostic(help("what a step must hold is written as labels: `**Actions**:`"))]
    HeadingInStep { place: String },
}
