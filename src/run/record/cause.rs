//! Why a run failed or stopped: the chain of causes, the outermost first.

use crate::event::Outcome;
use crate::event::RunResult;
use crate::event::Stuck;
use crate::plan::Item;
use crate::plan::ItemId;
use crate::plan::Place;
use crate::plan::Undo;
use crate::printable;
use crate::run::follower::Run;
use crate::run::record::history::Fault;
use crate::run::record::history::History;
use crate::run::record::text;
use crate::run::state::Halt;
use crate::run::state::State;
use crate::run::state::Status;

/// A run as it stands: what the files tell of.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The run.
    pub run: &'a Run,
    /// Where it stands.
    pub state: &'a State,
    /// What happened.
    pub history: &'a History,
}

impl Scene<'_> {
    /// The item whose failure failed the run.
    #[must_use]
    pub fn failed(&self) -> Option<ItemId> {
        match &self.state.unwinding {
            Some(unwinding) => unwinding.cause.item(),
            // Where no step was started, there was nothing to turn back for.
            None if self.state.result == Some(RunResult::Failed) => {
                self.state.with_status(Status::Failed).next()
            }
            None => None,
        }
    }

    /// The item at which rollback stopped, or the one whose failure failed the run.
    #[must_use]
    pub fn culprit(&self) -> Option<ItemId> {
        match self.state.halt {
            Some(Halt::Stuck(Stuck::Item(item))) => Some(item),
            _ => self.failed(),
        }
    }

    /// Why the run failed: from the run down to the line.
    #[must_use]
    pub fn failure(&self) -> Vec<String> {
        let succeeded = self.state.had_succeeded;
        let first = if succeeded {
            "the run had succeeded"
        } else {
            "the run failed"
        };
        let unwinding = self.state.unwinding.as_ref();
        let asker = unwinding.and_then(|unwinding| unwinding.cause.asker());
        let rest = match (self.failed(), asker) {
            (Some(item), _) => self.of(item),
            (None, Some(asker)) => vec![format!("{asker} had it undone")],
            (None, None) => vec!["it was turned back before a step was started".to_owned()],
        };
        std::iter::once(first.to_owned()).chain(rest).collect()
    }

    /// Why rollback stopped: from the run down to the line.
    #[must_use]
    pub fn stop(&self, at: Stuck) -> Vec<String> {
        let mut chain = vec!["the run is stuck: rollback stopped".to_owned()];
        match at {
            Stuck::Item(item) => chain.extend(self.of(item)),
            Stuck::Irreversible(number) => {
                chain.push(format!("{} cannot be undone", self.step(number)));
                let step = self.run.plan.step(number);
                if let Some(Undo::Irreversible(reason)) = step.map(|step| &step.undo) {
                    chain.push(printable::one_line(reason));
                }
            }
        }
        chain
    }

    /// Why an item failed, and with it what it belongs to.
    #[must_use]
    pub fn of(&self, id: ItemId) -> Vec<String> {
        let part = match id.place {
            Place::Prerequisites => "a prerequisite does not hold".to_owned(),
            Place::Action(step) | Place::Verification(step) => {
                format!("{} failed", self.step(step))
            }
            Place::Rollback(step) => format!("the rollback of {} failed", self.step(step)),
            Place::Criteria => "a success criterion does not hold".to_owned(),
            Place::Procedure => "the Rollback Procedure failed".to_owned(),
        };
        let attempts = match self.state.item(id).failures {
            0 | 1 => String::new(),
            failures => format!(" in {failures} attempts"),
        };
        let name = format!("{} failed{attempts}", self.item(id));
        let mut chain = vec![part, name];
        if let Some(answer) = self.history.answers.get(&id) {
            let reason = if answer.note.is_empty() {
                "no reason is given"
            } else {
                &answer.note
            };
            chain.push(format!("{} rejected it", answer.by));
            chain.push(printable::one_line(reason));
        } else if let Some(fault) = self.history.faults.get(&id) {
            chain.push(ended(&fault.outcome));
            chain.push(self.spot(id, fault));
        }
        chain
    }

    /// A step by number and name.
    #[must_use]
    pub fn step(&self, number: u32) -> String {
        match self.run.plan.step(number) {
            Some(step) => format!("step {number} \"{}\"", printable::one_line(&step.name)),
            None => format!("step {number}"),
        }
    }

    /// An item by kind, name and title.
    #[must_use]
    pub fn item(&self, id: ItemId) -> String {
        let title = self.run.plan.item(id).map_or("", |item| &item.title);
        let title = printable::one_line(title);
        match id.place.step() {
            Some(_) => format!("{} {id} \"{title}\"", kind(id.place)),
            None => format!("{id} \"{title}\""),
        }
    }

    /// The place in the document that failed, with its line where that is known.
    fn spot(&self, id: ItemId, fault: &Fault) -> String {
        let path = &self.run.plan.document;
        let Some(item) = self.run.plan.item(id) else {
            return path.clone();
        };
        match failing_line(item, fault) {
            Some((line, code)) => format!("{path}:{line}: {}", printable::one_line(code)),
            None => format!("in the command from {path}:{} on", first_line(item)),
        }
    }
}

/// The line of a command that failed: its number in the document and its text.
#[must_use]
pub fn failing_line<'a>(item: &'a Item, fault: &Fault) -> Option<(u32, &'a str)> {
    let command = item.command.as_ref()?;
    // Where the command is one line, it is that one.
    let only = (command.code.trim_end().lines().count() == 1).then_some(command.line);
    let line = fault.line.or(only)?;
    Some((line, command.written_line(line)?.trim()))
}

/// The document's line where an item's command begins, or the item itself.
#[must_use]
pub fn first_line(item: &Item) -> u32 {
    item.command
        .as_ref()
        .map_or(item.line, |command| command.line)
}

/// What the items of a place are called.
#[must_use]
pub fn kind(place: Place) -> &'static str {
    match place {
        Place::Prerequisites => "prerequisite",
        Place::Action(_) => "action",
        Place::Verification(_) => "check",
        Place::Rollback(_) | Place::Procedure => "rollback action",
        Place::Criteria => "criterion",
    }
}

/// How a command ended, in words.
#[must_use]
pub fn ended(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Succeeded => "its command succeeded".to_owned(),
        Outcome::Failed { status } => format!("its command ended with exit status {status}"),
        Outcome::Killed { signal } => format!(
            "its command was ended by signal {signal}{}",
            signal_name(*signal)
        ),
        Outcome::TimedOut { after_ms } => {
            let after = i64::try_from(*after_ms).unwrap_or(i64::MAX);
            let after =
                chrono::TimeDelta::try_milliseconds(after).unwrap_or(chrono::TimeDelta::MAX);
            format!(
                "its command took longer than {} and was ended",
                text::duration(after)
            )
        }
        Outcome::AskedTerminal => {
            "its command asked the terminal, which no command has, and was ended".to_owned()
        }
        Outcome::Interrupted => "its command was interrupted".to_owned(),
        Outcome::NotStarted { reason } => format!(
            "its command could not be started: {}",
            printable::one_line(reason)
        ),
        Outcome::BadOutput { reason } => {
            format!(
                "what it set through WF_OUTPUT cannot be taken: {}",
                printable::one_line(reason)
            )
        }
        Outcome::Unexpected { .. } => "its command did not print what the document says".to_owned(),
    }
}

/// The name of a signal whose number is the same on every system.
fn signal_name(signal: i32) -> &'static str {
    match signal {
        1 => " (HUP)",
        2 => " (INT)",
        3 => " (QUIT)",
        4 => " (ILL)",
        6 => " (ABRT)",
        8 => " (FPE)",
        9 => " (KILL)",
        11 => " (SEGV)",
        13 => " (PIPE)",
        15 => " (TERM)",
        _ => "",
    }
}
