//! How commands end.

use serde::Deserialize;
use serde::Serialize;

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum Outcome {
    /// With exit status 0.
    Succeeded,
    /// With another exit status.
    Failed {
        /// The exit status.
        status: i32,
    },
    /// By a signal.
    Killed {
        /// Its number.
        signal: i32,
    },
    /// It took longer than it may, and was ended.
    TimedOut {
        /// How long it may take, in milliseconds.
        after_ms: u64,
    },
    /// It asked the terminal, which no command has, and was ended.
    AskedTerminal,
    /// The run was told to end, and it was ended.
    Interrupted,
    /// It could not be started, or was not let begin: nothing of it was done.
    NotStarted {
        /// Why.
        reason: String,
    },
    /// It succeeded, but what it set through `WF_OUTPUT` cannot be taken.
    BadOutput {
        /// Why.
        reason: String,
    },
    /// It succeeded, but did not print what the document says.
    Unexpected {
        /// The lines around the difference: `- ` before what is expected, `+ ` before what was printed instead.
        difference: String,
    },
}

impl Outcome {
    /// Whether the command did what it should.
    #[must_use]
    pub fn is_success(&self) -> bool {
        *self == Self::Succeeded
    }

    /// Whether another attempt could end otherwise.
    #[must_use]
    pub fn is_worth_retrying(&self) -> bool {
        !matches!(
            self,
            Self::Succeeded | Self::Interrupted | Self::AskedTerminal | Self::NotStarted { .. }
        )
    }
}
