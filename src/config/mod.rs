//! `wf.toml`: what a team sets for its project.
//!
//! Read by hand from the parsed table rather than derived, so that every fault has its place and, for a name that
//! is not there, the nearest one. Rule ids stay as written: the rules themselves are not known here.

mod error;
mod globs;
pub mod keys;
mod overrides;
mod read;
mod run;
mod written;

use std::collections::BTreeMap;
use std::time::Duration;

use globset::GlobSet;

pub use error::ConfigError;
pub use keys::KEYS;
pub use read::read;
pub use written::Entry;
pub use written::Written;
pub use written::value;
pub use written::written;

use crate::diagnostic::Level;

/// The file's name.
pub const FILE_NAME: &str = "wf.toml";

/// The workflow directory where none is configured.
pub const DEFAULT_PATH: &str = "workflows";

/// The largest size in bytes that may be set: offsets are 32 bits wide, with room to spare.
pub const LARGEST_SIZE: u64 = 1 << 30;

/// The most days that may be set: a hundred years.
pub const MOST_DAYS: u32 = 36_500;

/// The most steps that may run at once: more commands than this, and the system runs out of files to open.
pub const MOST_JOBS: u32 = 100;

/// A project's configuration.
#[derive(Debug)]
pub struct Config {
    /// The workflow directories, relative to the project root, with `/`; the root itself is empty.
    pub paths: Vec<String>,
    /// What is left out.
    pub exclude: GlobSet,
    /// The template's path relative to the project root, where one is set.
    pub template: Option<Located<String>>,
    /// The baseline's path relative to the project root, where one is set.
    pub baseline: Option<Located<String>>,
    /// The size in bytes above which a document is not read.
    pub max_file_size: u64,
    /// The age limits of audits.
    pub audit: Audit,
    /// The rules' levels, ids as written.
    pub rules: Vec<(Located<String>, Level)>,
    /// The rules' levels for some files alone; a later one wins.
    pub overrides: Vec<Override>,
    /// What runs are given.
    pub run: Run,
}

/// What is set for runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// How many steps may run at the same time.
    pub jobs: u32,
    /// How long a command may take where its step does not say; none for as long as it takes.
    pub timeout: Option<Duration>,
    /// How long a command that is to end has after INT, and again after TERM.
    pub grace: Duration,
    /// The pause before the first further attempt; each pause after it is twice as long.
    pub retry_delay: Duration,
    /// What a failure undoes.
    pub rollback: Rollback,
    /// The most that is kept of a command's output, in bytes.
    pub max_output: u64,
    /// Environment variables that every command gets.
    pub env: BTreeMap<String, String>,
    /// The interpreters of further languages.
    pub interpreters: Interpreters,
    /// The folder of runs, locks and checkpoints, relative to the project root.
    pub record: String,
    /// The folder of error reports, relative to the project root.
    pub errors: String,
    /// The file of known errors, relative to the project root.
    pub known_errors: String,
    /// The program and arguments that are told when a run stops; empty for none.
    pub notify: Vec<String>,
    /// What they are told of.
    pub notify_on: Vec<Stop>,
}

/// How a run stops, as far as notifications tell it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// All was done.
    Succeeded,
    /// It failed, and was rolled back.
    Failed,
    /// It had succeeded, and was undone.
    Undone,
    /// Its rollback stopped.
    Stuck,
    /// It waits for a person.
    Waiting,
    /// It was told to end, and can go on.
    Suspended,
}

impl Stop {
    const ALL: [Self; 6] = [
        Self::Succeeded,
        Self::Failed,
        Self::Undone,
        Self::Stuck,
        Self::Waiting,
        Self::Suspended,
    ];

    /// Their words, as the file has them.
    pub const WORDS: [&'static str; 6] = [
        "succeeded",
        "failed",
        "undone",
        "stuck",
        "waiting",
        "suspended",
    ];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stop| stop.word() == word)
    }
}

/// Program and arguments by the language that a fenced block names.
pub type Interpreters = BTreeMap<String, Vec<String>>;

/// What a failure undoes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rollback {
    /// Every step that was started.
    Unwind,
    /// The step that failed.
    Step,
}

/// Levels that hold for some files alone.
#[derive(Debug, Clone)]
pub struct Override {
    /// The files, relative to the project root.
    pub paths: GlobSet,
    /// The rules' levels, ids as written.
    pub rules: Vec<(Located<String>, Level)>,
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

impl Default for Run {
    fn default() -> Self {
        Self {
            jobs: 1,
            timeout: None,
            grace: Duration::from_secs(5),
            retry_delay: Duration::from_secs(1),
            rollback: Rollback::Unwind,
            max_output: 16 << 20,
            env: BTreeMap::new(),
            interpreters: Interpreters::new(),
            record: ".memory".to_owned(),
            errors: "errors".to_owned(),
            known_errors: "docs/fix_this_error.md".to_owned(),
            notify: Vec::new(),
            notify_on: vec![Stop::Failed, Stop::Stuck, Stop::Waiting],
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            paths: vec![DEFAULT_PATH.to_owned()],
            exclude: GlobSet::empty(),
            template: None,
            baseline: None,
            max_file_size: 1 << 20,
            audit: Audit {
                warn_after_days: 150,
                max_age_days: 180,
            },
            rules: Vec::new(),
            overrides: Vec::new(),
            run: Run::default(),
        }
    }
}
