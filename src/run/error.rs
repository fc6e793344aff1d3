//! Why a run cannot be carried on.

use std::io;

use miette::Diagnostic;
use thiserror::Error;

use crate::run::journal::JournalError;
use crate::run::process::PoolError;
use crate::run::process::RecordError;

/// Why a run cannot be carried on: what happens could not be recorded. A person must act.
#[derive(Debug, Error, Diagnostic)]
pub enum RunError {
    /// The journal cannot be written.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Journal(#[from] JournalError),
    /// Another file of the record cannot be written.
    #[error("the record cannot be written: {0}")]
    #[diagnostic(help("nothing is run that cannot be recorded; mend that, then `wf resume`"))]
    Record(#[from] io::Error),
    /// The run's folder does not take a command's files.
    #[error(transparent)]
    #[diagnostic(help("nothing is run that cannot be recorded; mend that, then `wf resume`"))]
    Folder(#[from] RecordError),
    /// Commands cannot be watched.
    #[error(transparent)]
    #[diagnostic(help("see what still runs, then `wf resume`"))]
    Pool(PoolError),
}

impl From<PoolError> for RunError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Record(error) => Self::Folder(error),
            PoolError::Watch { .. } => Self::Pool(error),
        }
    }
}
