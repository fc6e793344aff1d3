//! What is wrong with the values of inputs, and what to do about it.

use miette::Diagnostic;
use thiserror::Error;

use crate::plan::input::LARGEST_ENVIRONMENT;
use crate::plan::input::LONGEST_VARIABLE;
use crate::plan::input::SHORTEST_SECRET;

/// What is wrong with the inputs of a run.
#[derive(Debug, Error, Diagnostic, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "each variant's message says what its fields are"
)]
pub enum InputError {
    #[error("`{text}` is no input")]
    #[diagnostic(help("write inputs as `NAME=value`"))]
    NoPair { text: String },

    #[error("the workflow has no input `{name}`")]
    #[diagnostic(help("{help}"))]
    Unknown { name: String, help: String },

    #[error("the input `{name}` is given twice")]
    #[diagnostic(help("give each input once"))]
    Twice { name: String },

    #[error("the workflow wants {names}")]
    #[diagnostic(help("{help}"))]
    Missing { names: String, help: String },

    #[error("the input `{name}` is `{value}`, which does not match `{pattern}`")]
    #[diagnostic(help("it is {description}"))]
    Pattern {
        name: String,
        value: String,
        pattern: String,
        description: String,
    },

    #[error("the input `{name}` is `{value}`, which is none of {choices}")]
    #[diagnostic(help("choose one of them"))]
    Choice {
        name: String,
        value: String,
        choices: String,
    },

    #[error(
        "the secret `{name}` is given in plain text, where other programs and the shell's history see it"
    )]
    #[diagnostic(help(
        "write `{name}=@file`, `{name}=-` for standard input, or set it in the environment"
    ))]
    SecretInPlainText { name: String },

    #[error("two secrets cannot both come from standard input")]
    #[diagnostic(help("give one of them as `NAME=@file` or in the environment"))]
    TwoFromStandardInput,

    #[error(
        "the secret `{name}` is shorter than {SHORTEST_SECRET} characters, so it could not be masked"
    )]
    #[diagnostic(help("use a longer one"))]
    ShortSecret { name: String },

    #[error("the secret `{name}` does not match its pattern, or is none of its choices")]
    #[diagnostic(help("it is {description}"))]
    WrongSecret { name: String, description: String },

    #[error("the input `{name}` holds U+0000, which no environment variable can")]
    #[diagnostic(help("give it without that character"))]
    Nul { name: String },

    #[error(
        "the value of `{name}` is longer than an environment takes: {LONGEST_VARIABLE} bytes with its name"
    )]
    #[diagnostic(help("give the path of a file that holds it instead"))]
    TooLong { name: String },

    #[error(
        "the values of all inputs take {taken} bytes together: an environment takes {LARGEST_ENVIRONMENT} of them"
    )]
    #[diagnostic(help("give the paths of files that hold the long ones instead"))]
    TooMuch { taken: usize },

    #[error("`{name}` is an input and is also set by `run.env` in wf.toml")]
    #[diagnostic(help("give one of them another name: a command could get only one of the two"))]
    AlsoConfigured { name: String },

    #[error("the value of `{name}` holds the secret `{secret}`, and would be stored")]
    #[diagnostic(help("declare `{name}` as a secret too, or give it another value"))]
    HoldsSecret { name: String, secret: String },
}
