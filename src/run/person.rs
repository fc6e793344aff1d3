//! The person at the terminal, if there is one.

use crate::plan::Item;
use crate::run::follower::Run;

/// Answers what only a person can.
pub trait Person {
    /// Whether somebody is there to be asked.
    fn is_there(&self) -> bool;

    /// Show what is to be done by hand, and how to answer.
    fn show(&mut self, run: &Run, item: &Item);

    /// Take a line that was typed; an answer once one is complete. The end of input pauses.
    fn answer(&mut self) -> Option<Answer>;

    /// Say that a signal came, and what may be chosen.
    fn show_choice(&mut self);

    /// Take a line that was typed; a choice once one is complete. The end of input pauses.
    fn choose(&mut self) -> Option<Choice>;

    /// The name that answers are recorded under.
    fn name(&self) -> String;
}

/// What a person says of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is done.
    Done {
        /// A note for the record; may be empty.
        note: String,
    },
    /// It cannot be done, or did not work.
    Failed {
        /// Why.
        reason: String,
    },
    /// Later.
    Pause,
}

/// What is to become of a run that was interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Undo what was done.
    Rollback,
    /// Stop here, to go on later.
    Pause,
    /// Stop here, at once.
    Abort,
}

/// Nobody: what only a person can answer waits.
#[derive(Debug, Clone)]
pub struct Nobody {
    /// The name that decisions of the command line are recorded under.
    pub name: String,
}

impl Person for Nobody {
    fn is_there(&self) -> bool {
        false
    }

    fn show(&mut self, _: &Run, _: &Item) {}

    fn answer(&mut self) -> Option<Answer> {
        Some(Answer::Pause)
    }

    fn show_choice(&mut self) {}

    fn choose(&mut self) -> Option<Choice> {
        Some(Choice::Pause)
    }

    fn name(&self) -> String {
        self.name.clone()
    }
}
