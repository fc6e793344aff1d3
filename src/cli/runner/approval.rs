//! Agreeing to what is about to be done.

use crate::cli::runner::failure::Failure;
use crate::cli::runner::person;

/// Ask for agreement, unless it was given on the command line. Where nobody is there it must have been.
pub fn agree(
    is_given: bool,
    question: &str,
    what: &'static str,
    undone: &'static str,
    show: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    if is_given {
        return Ok(());
    }
    if !person::is_there() {
        return Err(Failure::NotAgreed { what });
    }
    show()?;
    if person::agrees(question) {
        Ok(())
    } else {
        Err(Failure::Declined { what: undone })
    }
}
