//! Why a run cannot be carried on.

use std::io;

use miette::Diagnostic;
use thiserror::Error;

use crate::run::journal::JournalError;
use crate::run::process::PoolError;

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
    /// Commands cannot be watched.
    #[error(transparent)]
    #[diagnostic(help("see what still runs, then `wf resume`"))]
    Pool(#[from] PoolError),
}
