//! What a run will do: a validated document made a plan, each step with what undoes it.
//!
//! A plan is a format of its own (version 1), written by `wf plan -o` and as the first record of every journal: a run
//! goes on from the plan that it was started with, whatever became of the document. Durations are milliseconds.

mod build;
mod input;
mod item;
mod refusal;
mod work;

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde::Deserialize;
use serde::Serialize;
use sha2::Digest;
use sha2::Sha256;

pub use build::build;
pub use input::InputError;
pub use input::LARGEST_ENVIRONMENT;
pub use input::LONGEST_VARIABLE;
pub use input::Origin;
pub use input::origins;
pub use input::resolve;
pub use input::taken;
pub use item::ItemId;
pub use item::Place;
pub use refusal::Refusal;

/// The version of the format.
pub const VERSION: u32 = 1;

/// What a run will do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Plan {
    /// The version of the format.
    pub version: u32,
    /// The workflow's name: the file's stem.
    pub workflow: String,
    /// The document's path relative to the project root, with `/`.
    pub document: String,
    /// The SHA-256 of the document's bytes, in hexadecimal.
    pub sha256: String,
    /// The document's title.
    pub title: String,
    /// What the commands are given.
    pub inputs: Vec<Input>,
    /// What holds for all of it.
    pub settings: Settings,
    /// Checked before anything runs.
    pub prerequisites: Vec<Item>,
    /// The steps, in document order; step *n* has the number *n*.
    pub steps: Vec<Step>,
    /// Checked at the end.
    pub criteria: Vec<Item>,
    /// Done after all that was undone.
    pub procedure: Vec<Item>,
    /// The paths of the Logging section, unfilled (`[date]`), that end in `.log`.
    pub logs: Vec<String>,
    /// Those that lie in a folder `checkpoints`.
    pub checkpoints: Vec<String>,
}

/// An input that the document declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Input {
    /// The environment variable.
    pub name: String,
    /// Whether a run without it is refused.
    pub required: bool,
    /// Whether it is masked wherever it would be shown, and never stored.
    pub secret: bool,
    /// The regular expression that a value must match.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pattern: Option<String>,
    /// The values it may have; empty for any.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub choices: Vec<String>,
    /// Its value where none is given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub default: Option<String>,
    /// What it is for.
    pub description: String,
}

/// What is done, or looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Item {
    /// Its name.
    pub id: ItemId,
    /// What the document says of it, in one line.
    pub title: String,
    /// What more the document says of it, for the person who does it; empty for a command.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub details: String,
    /// Its line in the document, from 1.
    pub line: u32,
    /// The command; without one a person does it and says so.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub command: Option<Command>,
}

/// A command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Command {
    /// The language as the document names it.
    pub language: String,
    /// The interpreter's words; the script's path follows them.
    pub program: Vec<String>,
    /// The script.
    pub code: String,
    /// The line of the document that the script's first line stands on.
    pub line: u32,
    /// The transcript (`console` block) that the script is taken from: as many lines, and those that are printed are
    /// empty ones of the script. A check compares them with what the script prints; what acts does not.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub transcript: Option<String>,
}

impl Command {
    /// The command as the document has it, for people.
    #[must_use]
    pub fn written(&self) -> &str {
        self.transcript.as_ref().unwrap_or(&self.code)
    }

    /// A line of it by its number in the document.
    #[must_use]
    pub fn written_line(&self, line: u32) -> Option<&str> {
        let at = line.checked_sub(self.line)? as usize;
        self.written().lines().nth(at)
    }
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Step {
    /// Its number, from 1.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// The line of its heading.
    pub line: u32,
    /// The numbers of the steps that must have succeeded before it starts.
    pub after: Vec<u32>,
    /// What it does, in order.
    pub actions: Vec<Item>,
    /// The checks that it did it.
    pub verification: Vec<Item>,
    /// What undoes it.
    pub undo: Undo,
    /// How long each attempt of a command may take.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub timeout_ms: Option<u64>,
    /// How many attempts follow a failed first one.
    pub retries: u32,
    /// Where its commands run, relative to the project root; empty for the root itself.
    pub directory: String,
    /// Whether its commands may be repeated after a crash.
    pub idempotent: bool,
}

/// What undoes a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Undo {
    /// These items, in order.
    Items(Vec<Item>),
    /// Nothing needs to, for this reason.
    Nothing(String),
    /// Nothing can, for this reason.
    Irreversible(String),
}

/// What holds for the whole of a plan, from the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Settings {
    /// How long a command may take where its step does not say.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub timeout_ms: Option<u64>,
    /// How long a command that is to end has after INT, and again after TERM.
    pub grace_ms: u64,
    /// The pause before the second attempt; each further pause is twice as long.
    pub retry_delay_ms: u64,
    /// What a failure undoes.
    pub rollback: Policy,
    /// The most that is kept of a command's output, in bytes.
    pub max_output: u64,
    /// Environment variables that every command gets.
    pub env: BTreeMap<String, String>,
    /// The folder of runs, relative to the project root.
    pub record: String,
    /// The folder of error reports, relative to the project root.
    pub errors: String,
    /// The file of known errors, relative to the project root.
    #[serde(default = "known_errors")]
    pub known_errors: String,
}

/// The file of known errors in plans that were written before they named one.
fn known_errors() -> String {
    "docs/fix_this_error.md".to_owned()
}

/// What a failure undoes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// Every step that was started.
    Unwind,
    /// The step that failed.
    Step,
}

impl Plan {
    /// The step of that number.
    #[must_use]
    pub fn step(&self, number: u32) -> Option<&Step> {
        self.steps.get(number.checked_sub(1)? as usize)
    }

    /// A step and all that it waits for.
    #[must_use]
    pub fn up_to(&self, step: u32) -> BTreeSet<u32> {
        let mut seen = BTreeSet::from([step]);
        let mut left = vec![step];
        while let Some(step) = left.pop().and_then(|number| self.step(number)) {
            left.extend(step.after.iter().filter(|before| seen.insert(**before)));
        }
        seen
    }

    /// The numbers of the steps in the order in which they run one at a time: that of their dependencies, and of the
    /// document among equals.
    #[must_use]
    pub fn order(&self) -> Vec<u32> {
        let mut order: Vec<u32> = Vec::with_capacity(self.steps.len());
        let is_next = |order: &[u32], step: &Step| {
            !order.contains(&step.number) && step.after.iter().all(|before| order.contains(before))
        };
        while let Some(step) = self.steps.iter().find(|step| is_next(&order, step)) {
            order.push(step.number);
        }
        order
    }

    /// The items of a place.
    #[must_use]
    pub fn items(&self, place: Place) -> &[Item] {
        match place {
            Place::Prerequisites => &self.prerequisites,
            Place::Criteria => &self.criteria,
            Place::Procedure => &self.procedure,
            Place::Action(step) => self.step(step).map_or(&[], |step| &step.actions),
            Place::Verification(step) => self.step(step).map_or(&[], |step| &step.verification),
            Place::Rollback(step) => self.step(step).map_or(&[], |step| step.undo.items()),
        }
    }

    /// The item of that name.
    #[must_use]
    pub fn item(&self, id: ItemId) -> Option<&Item> {
        self.items(id.place).get(id.number.checked_sub(1)? as usize)
    }

    /// Every item, in the order in which a run without failure meets it; rollback last.
    pub fn all_items(&self) -> impl Iterator<Item = &Item> {
        let forward = self
            .steps
            .iter()
            .flat_map(|step| step.actions.iter().chain(&step.verification));
        let back = self.steps.iter().flat_map(|step| step.undo.items());
        let forward = self
            .prerequisites
            .iter()
            .chain(forward)
            .chain(&self.criteria);
        forward.chain(back).chain(&self.procedure)
    }

    /// How many attempts may follow a failed first one of an item.
    #[must_use]
    pub fn retries(&self, place: Place) -> u32 {
        let step = place.step().and_then(|step| self.step(step));
        step.map_or(0, |step| step.retries)
    }

    /// Whether an item may be repeated when it is not known how it ended.
    #[must_use]
    pub fn is_idempotent(&self, place: Place) -> bool {
        let step = place.step().and_then(|step| self.step(step));
        place.is_check() || step.is_some_and(|step| step.idempotent)
    }

    /// How long an attempt of an item's command may take, in milliseconds.
    #[must_use]
    pub fn timeout_ms(&self, place: Place) -> Option<u64> {
        let step = place.step().and_then(|step| self.step(step));
        step.and_then(|step| step.timeout_ms)
            .or(self.settings.timeout_ms)
    }
}

impl Undo {
    /// The items that undo.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        match self {
            Self::Items(items) => items,
            Self::Nothing(_) | Self::Irreversible(_) => &[],
        }
    }
}

/// The SHA-256 of bytes, in hexadecimal.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value)]);
    let bytes = Sha256::digest(bytes).into_iter();
    bytes
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 0xF)])
        .collect()
}
