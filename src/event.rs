//! What happens during a run: the records of its journal, and of `--format json`.
//!
//! Format version 1: JSON lines, one record each, its version first. A record of intent stands before its effect, one
//! of outcome after it. Later versions may add fields and events; what stands here stays readable.

mod outcome;

use std::collections::BTreeMap;
use std::fmt;

use chrono::DateTime;
use chrono::Utc;
use serde::Deserialize;
use serde::Serialize;

pub use outcome::Outcome;

use crate::plan::ItemId;
use crate::plan::Plan;

/// The version of the format.
pub const VERSION: u32 = 1;

/// A line of a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The version of the format.
    pub version: u32,
    /// Its place in the journal, from 1.
    pub seq: u64,
    /// When it was written, UTC.
    pub time: DateTime<Utc>,
    /// The SHA-256 of the line before it, in hexadecimal; empty for the first.
    pub previous: String,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// An event of no run: a refusal, for programs that read events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lone {
    /// The version of the format.
    pub version: u32,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "event",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum Event {
    /// Nothing runs, for this reason. Of a run that never was: no journal holds it.
    RunRefused {
        /// The exit code.
        exit: u8,
        /// Why, and what to do.
        reason: String,
    },
    /// A run began.
    RunStarted {
        /// Its name.
        run: String,
        /// The version of the program.
        program: String,
        /// Who started it.
        by: String,
        /// How many steps may run at once.
        jobs: u32,
        /// The inputs' values, secrets left out.
        inputs: BTreeMap<String, String>,
        /// The names of the secrets it was given.
        secrets: Vec<String>,
        /// What it will do.
        plan: Box<Plan>,
    },
    /// It goes on after it had stopped. What was in flight then is of unknown outcome.
    RunResumed {
        /// The version of the program.
        program: String,
        /// Who resumed it.
        by: String,
    },
    /// A person had it take on the document as it is by now: what it had begun is the same there.
    PlanAdopted {
        /// Who.
        by: String,
        /// What it will do from here on.
        plan: Box<Plan>,
    },
    /// A step began.
    StepStarted {
        /// Its number.
        step: u32,
    },
    /// A command is about to begin: its process waits for this record.
    ItemStarted {
        /// The item.
        item: ItemId,
        /// Which attempt this is, from 1.
        attempt: u32,
        /// Its process; none where none could be made.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        process: Option<Process>,
    },
    /// A command ended.
    ItemFinished {
        /// The item.
        item: ItemId,
        /// Which attempt it was.
        attempt: u32,
        /// How it ended.
        outcome: Outcome,
        /// How long it took, in milliseconds.
        duration_ms: u64,
        /// How many bytes it wrote.
        output_bytes: u64,
        /// The end of what it wrote, if it failed.
        #[serde(skip_serializing_if = "String::is_empty", default)]
        output_end: String,
        /// The line of the document that failed, where that is known.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        line: Option<u32>,
        /// The variables that it set through `WF_OUTPUT`.
        #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
        variables: BTreeMap<String, String>,
    },
    /// A person was asked to do an item.
    ItemAsked {
        /// The item.
        item: ItemId,
    },
    /// A person answered.
    ItemAnswered {
        /// The item.
        item: ItemId,
        /// Whether it is done; else it failed.
        done: bool,
        /// Who answered.
        by: String,
        /// The note, the evidence or the reason.
        #[serde(skip_serializing_if = "String::is_empty", default)]
        note: String,
    },
    /// It was decided what holds for an item of unknown outcome.
    ItemSettled {
        /// The item.
        item: ItemId,
        /// What holds.
        settled: Settled,
        /// Why.
        ground: Ground,
    },
    /// What a command had set through `WF_OUTPUT` when the program died in the middle of it.
    ItemRecovered {
        /// The item.
        item: ItemId,
        /// The variables.
        variables: BTreeMap<String, String>,
    },
    /// A step succeeded.
    StepFinished {
        /// Its number.
        step: u32,
    },
    /// The run turns back.
    RollbackStarted {
        /// Why.
        cause: Cause,
        /// The steps to undo, in order.
        steps: Vec<u32>,
    },
    /// A step is dealt with by rollback.
    StepRolledBack {
        /// Its number.
        step: u32,
        /// How.
        how: Undone,
    },
    /// The run waits for a person and the program ends.
    RunParked {
        /// The items that wait.
        waiting: Vec<ItemId>,
        /// The items of unknown outcome.
        unknown: Vec<ItemId>,
    },
    /// The program was told to end; the run can go on later.
    RunSuspended {
        /// By which signal.
        signal: Signal,
        /// Whether the operator gave it up for now rather than pausing it.
        aborted: bool,
    },
    /// Rollback stopped: a person must act.
    RunStuck {
        /// Where it stopped.
        at: Stuck,
    },
    /// A person said how a stuck rollback goes on.
    RollbackContinued {
        /// How.
        how: Continuation,
        /// Who said so.
        by: String,
    },
    /// The run ended.
    RunFinished {
        /// How.
        result: RunResult,
    },
    /// A person gave the run up.
    RunAbandoned {
        /// Who.
        by: String,
    },
}

/// A process group's first process. The birth tells it from a later process of the same number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// Its number, which is its group's too.
    pub id: i32,
    /// When it began, as the system counts; only to compare.
    pub birth: String,
}

/// What is taken to hold for an item of unknown outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Settled {
    /// It is done.
    Done,
    /// It is to be done again.
    Retry,
}

/// Why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// The step's verification holds.
    Verification,
    /// The step says that its commands may be repeated.
    Idempotent,
    /// This person said so.
    Operator(String),
}

/// Why a run turns back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// An item failed.
    Item(ItemId),
    /// This person asked for it.
    Operator(String),
    /// The program was told to end, and it was wished for then.
    Signal(Signal),
}

impl Cause {
    /// The item that failed, if one did.
    #[must_use]
    pub fn item(&self) -> Option<ItemId> {
        match self {
            Self::Item(item) => Some(*item),
            Self::Operator(_) | Self::Signal(_) => None,
        }
    }

    /// Who or what asked for it, if nothing failed.
    #[must_use]
    pub fn asker(&self) -> Option<String> {
        match self {
            Self::Item(_) => None,
            Self::Operator(name) => Some(name.clone()),
            Self::Signal(signal) => Some(signal.to_string()),
        }
    }
}

/// How rollback dealt with a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Undone {
    /// Its rollback was done.
    Undone,
    /// There is nothing to undo.
    Nothing,
    /// It cannot be undone, and none of its actions succeeded or was ended in the middle.
    Unneeded,
    /// It was left as it is: a person said so.
    Left,
}

/// A signal that ends the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Signal {
    /// Ctrl-C.
    Int,
    /// The polite request to end.
    Term,
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Int => "SIGINT",
            Self::Term => "SIGTERM",
        })
    }
}

/// Where rollback stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stuck {
    /// At a rollback item that failed.
    Item(ItemId),
    /// At a step that cannot be undone.
    Irreversible(u32),
}

/// How a stuck rollback goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Continuation {
    /// What failed is tried again.
    Retry,
    /// This step is left as it is; none for the Rollback Procedure.
    Skip(Option<u32>),
    /// Whatever fails or cannot be undone is left as it is.
    KeepGoing,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunResult {
    /// All was done, and the success criteria hold.
    Succeeded,
    /// It failed; what was due was rolled back.
    Failed,
    /// It had succeeded, and was undone.
    Undone,
}

impl Event {
    /// The texts in it that come from commands and people: a secret may stand in them.
    pub fn texts_mut(&mut self) -> Vec<&mut String> {
        match self {
            Self::RunRefused { reason: text, .. }
            | Self::RunResumed { by: text, .. }
            | Self::RunStarted { by: text, .. }
            | Self::RollbackContinued { by: text, .. }
            | Self::RunAbandoned { by: text }
            | Self::PlanAdopted { by: text, .. }
            | Self::ItemSettled {
                ground: Ground::Operator(text),
                ..
            }
            | Self::RollbackStarted {
                cause: Cause::Operator(text),
                ..
            } => vec![text],
            Self::ItemAnswered { by, note, .. } => vec![by, note],
            Self::ItemRecovered { variables, .. } => variables.values_mut().collect(),
            Self::ItemFinished {
                outcome,
                output_end,
                variables,
                ..
            } => {
                let mut texts: Vec<&mut String> = variables.values_mut().collect();
                texts.push(output_end);
                if let Outcome::NotStarted { reason: text }
                | Outcome::BadOutput { reason: text }
                | Outcome::Unexpected { difference: text } = outcome
                {
                    texts.push(text);
                }
                texts
            }
            _ => Vec::new(),
        }
    }
}
