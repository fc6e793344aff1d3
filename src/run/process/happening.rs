//! What happens to commands.

use std::time::Duration;

use crate::run::process::capture::Kept;
use crate::run::process::failure::VariablesError;
use crate::run::process::signals::Signal;
use crate::run::process::variables::Variable;

/// A command of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub(in crate::run::process) u64);

/// What happened.
#[derive(Debug)]
pub enum Happening {
    /// A command said something; its secrets are masked.
    Output {
        /// The command.
        id: Id,
        /// Standard output and standard error, as they came.
        bytes: Vec<u8>,
    },
    /// A command is over.
    Ended(Box<Ended>),
    /// wf was sent a signal.
    Signal(Signal),
    /// There is something to read from the input that was watched too.
    Input,
    /// Nothing happened until the deadline.
    Deadline,
}

/// A command that is over.
#[derive(Debug)]
pub struct Ended {
    /// The command.
    pub id: Id,
    /// How it ended.
    pub how: How,
    /// The line of its script that failed, from 1, where that is known.
    pub line: Option<u32>,
    /// From its release to the end of its interpreter.
    pub duration: Duration,
    /// Its last lines of output, masked, at most 4 KiB.
    pub last: String,
    /// The file of its output.
    pub kept: Kept,
    /// The variables it left for later commands.
    pub variables: Result<Vec<Variable>, VariablesError>,
    /// Its processes that could not be ended: another user's, or stuck in the kernel.
    pub left: Vec<i32>,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Its interpreter exited with this code; 0 is success.
    Exited(i32),
    /// A signal with this number, which wf did not send, ended its interpreter.
    Killed(i32),
    /// It was ended because it took longer than this.
    TimedOut(Duration),
    /// It was ended because it was stopped for asking the terminal, which no command has.
    AskedTerminal,
    /// It was ended as asked for.
    Interrupted,
}

impl How {
    /// Whether it did what it should.
    #[must_use]
    pub fn is_success(self) -> bool {
        self == Self::Exited(0)
    }
}
