//! Where a run stands, in a word.

use std::fmt;

use crate::event::RunResult;
use crate::run::state::Halt;
use crate::run::state::State;

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A process carries it on.
    Running,
    /// The process that carried it on is gone.
    Crashed,
    /// A person must act.
    Waiting,
    /// The program was told to end.
    Suspended,
    /// Its rollback stopped.
    Stuck,
    /// All was done.
    Succeeded,
    /// It failed, and was rolled back.
    Failed,
    /// It had succeeded, and was undone.
    Undone,
    /// A person gave it up.
    Abandoned,
}

impl Standing {
    /// Where a run stands; `is_carried_on` tells whether a process holds its workflow's lock.
    #[must_use]
    pub fn of(state: &State, is_carried_on: bool) -> Self {
        match (&state.result, &state.halt) {
            _ if state.is_abandoned => Self::Abandoned,
            (Some(RunResult::Succeeded), _) => Self::Succeeded,
            (Some(RunResult::Failed), _) => Self::Failed,
            (Some(RunResult::Undone), _) => Self::Undone,
            (None, _) if is_carried_on => Self::Running,
            (None, Some(Halt::Parked { .. })) => Self::Waiting,
            (None, Some(Halt::Suspended(_))) => Self::Suspended,
            (None, Some(Halt::Stuck(_))) => Self::Stuck,
            (None, None) => Self::Crashed,
        }
    }

    /// Whether the run holds its workflow.
    #[must_use]
    pub fn is_unfinished(self) -> bool {
        matches!(
            self,
            Self::Running | Self::Crashed | Self::Waiting | Self::Suspended | Self::Stuck
        )
    }

    /// The word for tables and programs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Crashed => "crashed",
            Self::Waiting => "waiting",
            Self::Suspended => "suspended",
            Self::Stuck => "stuck",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Undone => "undone",
            Self::Abandoned => "abandoned",
        }
    }
}

/// What is said of the run: `it …`.
impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Running => "is being run",
            Self::Crashed => "stopped in the middle",
            Self::Waiting => "waits for a person",
            Self::Suspended => "was suspended",
            Self::Stuck => "is stuck in its rollback",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed and was rolled back",
            Self::Undone => "was undone",
            Self::Abandoned => "was given up",
        })
    }
}
