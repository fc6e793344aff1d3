//! Why a document that validates still cannot be run.

use miette::Diagnostic;
use thiserror::Error;

/// What a plan cannot do without; no configuration and no suppression waives it. Each with its place, `path:line`.
#[derive(Debug, Error, Diagnostic, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "each variant's message says what its fields are"
)]
pub enum Refusal {
    #[error("the template asks for no numbered steps, so documents made by it cannot be run")]
    #[diagnostic(help("give the template a numbered heading such as `### Step 1: [Name]`"))]
    NoStepsInTemplate,

    #[error("{place}: the document has no steps")]
    #[diagnostic(help("write each step under a heading `{form}`"))]
    NoSteps { place: String, form: String },

    #[error("{place}: this is step {expected} of the document, but {found}")]
    #[diagnostic(help("number the steps 1, 2, 3 …: runs and their records name them so"))]
    Misnumbered {
        place: String,
        expected: usize,
        found: String,
    },

    #[error("{place}: step {step} has no actions")]
    #[diagnostic(help("list what the step does under `**Actions**:`, numbered"))]
    NoActions { place: String, step: u32 },

    #[error("{place}: it cannot be told what this item runs")]
    #[diagnostic(help(
        "an item runs one fenced block of its own, or the one code span after `Run:` on its last line"
    ))]
    Ambiguous { place: String },

    #[error("{place}: `{name}` stands here a second time, so it cannot be told which one is meant")]
    #[diagnostic(help("merge the two, or remove one"))]
    Twice { place: String, name: String },

    #[error("{place}: no line of this `{language}` block begins with `$ `, so nothing would run")]
    #[diagnostic(help(
        "write `$ ` before each command, or say `{language} no-run` to only show it"
    ))]
    Silent { place: String, language: String },

    #[error("{place}: `{text}` is no {what}")]
    #[diagnostic(help("`wf check` tells what it must be; its finding was waived"))]
    BadOption {
        place: String,
        what: &'static str,
        text: String,
    },

    #[error("{place}: there is no other step `{text}` to depend on")]
    #[diagnostic(help("name a step by its number or its name"))]
    UnknownDependency { place: String, text: String },

    #[error("{place}: step {step} waits for itself, by way of the steps it depends on")]
    #[diagnostic(help("remove one of these dependencies"))]
    Cycle { place: String, step: u32 },

    #[error("{place}: the input cannot be read: {fault}")]
    #[diagnostic(help("write it as `` - `NAME` (required, pattern: `^x$`): what it is for ``"))]
    BadInput { place: String, fault: String },

    #[error("{place}: `{path}` does not stay inside the project")]
    #[diagnostic(help("write a path inside the project, from its root"))]
    Outside { place: String, path: String },
}
