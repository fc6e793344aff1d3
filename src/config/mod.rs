//! `wf.toml`: what a team sets for its project.
//!
//! Read by hand from the parsed table rather than derived, so that every fault has its place and, for a name that
//! is not there, the nearest one. Rule ids stay as written: the rules themselves are not known here.

mod error;
mod read;
mod run;

use globset::GlobSet;

pub use error::ConfigError;
pub use read::read;

use crate::diagnostic::Level;

/// The file's name.
pub const FILE_NAME: &str = "wf.toml";

/// The workflow directory where none is configured.
pub const DEFAULT_PATH: &str = "workflows";

/// A project's configuration.
#[derive(Debug)]
pub struct Config {
    /// The workflow directories, relative to the project root, with `/`; the root itself is empty.
    pub paths: Vec<String>,
    /// What is left out.
    pub exclude: GlobSet,
    /// The template's path relative to the project root, where one is set.
    pub template: Option<Located<String>>,
    /// The size in bytes above which a document is not read.
    pub max_file_size: u64,
    /// The age limits of audits.
    pub audit: Audit,
    /// The rules' levels, ids as written.
    pub rules: Vec<(Located<String>, Level)>,
    /// What runs are given.
    pub run: Run,
}

/// What is set for runs, as far as linting asks.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Run {
    /// The names of the environment variables that every command gets.
    pub env: Vec<String>,
    /// The languages of fenced blocks that an interpreter is set for.
    pub interpreters: Vec<String>,
}

/// The age limits of audits, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Audit {
    /// Older ones are warned of.
    pub warn_after_days: u32,
    /// Older ones are errors.
    pub max_age_days: u32,
}

/// A value with its place, `file:line:column`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            paths: vec![DEFAULT_PATH.to_owned()],
            exclude: GlobSet::empty(),
            template: None,
            max_file_size: 1 << 20,
            audit: Audit {
                warn_after_days: 150,
                max_age_days: 180,
            },
            rules: Vec::new(),
            run: Run::default(),
        }
    }
}
