//! What can be wrong with the configuration.

use miette::Diagnostic;
use thiserror::Error;

/// A configuration that cannot be used, with the place (`file:line:column`) that says why.
#[derive(Debug, Error, Diagnostic)]
#[allow(
    missing_docs,
    reason = "each variant's message says what its fields are"
)]
pub enum ConfigError {
    #[error("{place}: {message}")]
    #[diagnostic(help("wf.toml is TOML: `key = value`, tables as `[audit]`"))]
    Syntax { place: String, message: String },

    #[error("{place}: there is no key `{key}`{table}")]
    #[diagnostic(help("did you mean `{nearest}`?"))]
    UnknownKey {
        place: String,
        key: String,
        table: &'static str,
        nearest: &'static str,
    },

    #[error("{place}: `{key}` wants {wanted}, not {found}")]
    #[diagnostic(help("for example `{example}`"))]
    WrongType {
        place: String,
        key: String,
        wanted: &'static str,
        found: &'static str,
        example: &'static str,
    },

    #[error("{place}: `{key}`: {message}")]
    #[diagnostic(help("{help}"))]
    BadValue {
        place: String,
        key: String,
        message: String,
        help: &'static str,
    },

    #[error("{place}: there is no rule `{rule}`")]
    #[diagnostic(help("did you mean `{nearest}`? `wf rule` lists them all"))]
    UnknownRule {
        place: String,
        rule: String,
        nearest: &'static str,
    },
}
