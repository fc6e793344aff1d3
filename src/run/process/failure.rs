//! What can go wrong around a command.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why a command was not started.
#[derive(Debug, Error)]
pub enum StartError {
    /// Its interpreter is nowhere.
    #[error("the interpreter `{program}` is not there; {}", looked_in(.places))]
    NoInterpreter {
        /// The interpreter's first word.
        program: String,
        /// The files that were looked for.
        places: Vec<PathBuf>,
    },
    /// Its interpreter cannot be executed.
    #[error("the interpreter `{program}` cannot be executed: {} is not an executable file", .place.display())]
    NotExecutable {
        /// The interpreter's first word.
        program: String,
        /// The file.
        place: PathBuf,
    },
    /// Its working directory cannot be entered.
    #[error("the working directory {} cannot be entered: {source}", .path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The system refuses so large an environment.
    #[error(
        "the environment is too large for the system; the largest variable is `{name}` with {bytes} bytes"
    )]
    EnvironmentTooLarge {
        /// The largest variable.
        name: String,
        /// Its size.
        bytes: usize,
    },
    /// A name or a value that no environment can hold.
    #[error("the environment variable `{name}` cannot be passed on: {reason}")]
    Variable {
        /// The variable.
        name: String,
        /// Why.
        reason: &'static str,
    },
    /// The system gives no process.
    #[error("no process could be started: {source}")]
    Spawn {
        /// Why.
        source: io::Error,
    },
    /// The run's folder does not take what belongs there, so that no command could be recorded.
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// The run's folder does not take what belongs there.
#[derive(Debug, Error)]
#[error("cannot write {}: {source}", .path.display())]
pub struct RecordError {
    /// The file or folder.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

/// Commands cannot be watched any more, or not at all.
#[derive(Debug, Error)]
pub enum PoolError {
    /// The run's folder cannot be used.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The system does not say what its processes do.
    #[error("cannot watch processes: {source}")]
    Watch {
        /// Why.
        #[from]
        source: io::Error,
    },
}

/// What a command left in the file that `WF_OUTPUT` names cannot be taken over.
#[derive(Debug, Error)]
pub enum VariablesError {
    /// A line is no `NAME=value`.
    #[error("line {line} of the file that WF_OUTPUT names is not NAME=value: `{text}`")]
    Malformed {
        /// The line, from 1.
        line: usize,
        /// The line's beginning, masked.
        text: String,
    },
    /// A name that is wf's own.
    #[error(
        "line {line} of the file that WF_OUTPUT names sets `{name}`: names that begin with WF_ are taken"
    )]
    Reserved {
        /// The line, from 1.
        line: usize,
        /// The name.
        name: String,
    },
    /// A value that must not be recorded.
    #[error(
        "line {line} of the file that WF_OUTPUT names sets `{name}` to a value that holds the secret `{secret}`: it cannot be recorded"
    )]
    Secret {
        /// The line, from 1.
        line: usize,
        /// The variable, masked.
        name: String,
        /// The secret's name.
        secret: String,
    },
    /// More than one variable can hold.
    #[error(
        "line {line} of the file that WF_OUTPUT names sets `{name}` to more than an environment takes: {limit} bytes with its name"
    )]
    TooLong {
        /// The line, from 1.
        line: usize,
        /// The variable.
        name: String,
        /// The most, in bytes.
        limit: usize,
    },
    /// The name of a secret: nobody would know that its new value is one.
    #[error(
        "line {line} of the file that WF_OUTPUT names sets `{name}`, which is a secret: its new value would be shown and recorded"
    )]
    SecretName {
        /// The line, from 1.
        line: usize,
        /// The secret's name.
        name: String,
    },
    /// Bytes that are no text.
    #[error("line {line} of the file that WF_OUTPUT names is not UTF-8 text")]
    NotText {
        /// The line, from 1.
        line: usize,
    },
    /// More than an environment should hold.
    #[error("the file that WF_OUTPUT names is larger than {limit} bytes")]
    TooLarge {
        /// The most that is read.
        limit: u64,
    },
    /// Something else stands in its place.
    #[error("the command put something that is no file in the place that WF_OUTPUT names")]
    NotAFile,
    /// It cannot be read.
    #[error("the file that WF_OUTPUT names cannot be read: {source}")]
    Unreadable {
        /// Why.
        source: io::Error,
    },
}

fn looked_in(places: &[PathBuf]) -> String {
    let mut shown: Vec<String> = Vec::new();
    for place in places {
        let place = place.display().to_string();
        if !shown.contains(&place) {
            shown.push(place);
        }
    }
    match shown.as_slice() {
        [] => "PATH is empty".to_owned(),
        places => format!("looked for {}", places.join(", ")),
    }
}
