//! What a run's state leaves out, for people: when things happened, who did them, and how they failed.

use std::collections::BTreeMap;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;

use crate::event::Event;
use crate::event::Ground;
use crate::event::Outcome;
use crate::event::Record;
use crate::event::Settled;
use crate::event::Signal;
use crate::plan::ItemId;
use crate::plan::Place;
use crate::run::state::State;
use crate::run::state::Status;

/// What happened so far. It grows with the plan, not with the run.
#[derive(Debug, Default, Clone)]
pub struct History {
    /// The version of the program that went on with it last.
    pub program: String,
    /// Who started it.
    pub by: String,
    /// The names of the secrets that it was given.
    pub secrets: Vec<String>,
    /// When it was resumed last, and by whom.
    pub resumed: Option<(DateTime<Utc>, String)>,
    /// When anything happened last.
    pub last: DateTime<Utc>,
    /// The steps' ways forward.
    pub forward: BTreeMap<u32, Stretch>,
    /// Their ways back; none for the Rollback Procedure.
    pub back: BTreeMap<Option<u32>, Stretch>,
    /// How items failed that are not being tried again.
    pub faults: BTreeMap<ItemId, Fault>,
    /// What people answered.
    pub answers: BTreeMap<ItemId, Answer>,
    /// What was decided of items of unknown outcome.
    pub settled: BTreeMap<ItemId, (Settled, Ground)>,
    /// How it was suspended last, and whether it was aborted.
    pub signal: Option<(Signal, bool)>,
    /// Who gave it up.
    pub abandoned_by: String,
    /// Whether rollback stopped once.
    pub was_stuck: bool,
}

/// From when to when something went on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// When it began.
    pub start: DateTime<Utc>,
    /// When it ended.
    pub end: Option<DateTime<Utc>>,
}

/// How an item failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// How its command ended.
    pub outcome: Outcome,
    /// The line of the document that failed, where that is known.
    pub line: Option<u32>,
    /// The end of what it wrote.
    pub output_end: String,
    /// How many bytes it wrote.
    pub output_bytes: u64,
}

/// What a person said of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether it is done; else it failed.
    pub done: bool,
    /// Who said so.
    pub by: String,
    /// The note, the evidence or the reason.
    pub note: String,
    /// When.
    pub time: DateTime<Utc>,
}

impl Stretch {
    /// How long it took, once it ended.
    #[must_use]
    pub fn duration(&self) -> Option<TimeDelta> {
        Some(self.end? - self.start)
    }
}

impl History {
    /// Take a record in; `state` is what it led to.
    pub fn take(&mut self, record: &Record, state: &State) {
        self.last = record.time;
        match &record.event {
            Event::RunStarted {
                program,
                by,
                secrets,
                ..
            } => {
                self.program.clone_from(program);
                self.by.clone_from(by);
                self.secrets.clone_from(secrets);
            }
            Event::RunResumed { program, by } => {
                self.program.clone_from(program);
                self.resumed = Some((record.time, by.clone()));
            }
            Event::StepStarted { step } => self.begin(Place::Action(*step)),
            Event::StepFinished { step } => self.end(Place::Action(*step)),
            Event::StepRolledBack { step, .. } => self.end(Place::Rollback(*step)),
            Event::ItemStarted { item, .. } | Event::ItemAsked { item } => {
                self.faults.remove(item);
                self.answers.remove(item);
                self.begin(item.place);
            }
            Event::ItemFinished { item, .. } => self.finish(*item, &record.event, state),
            Event::ItemAnswered {
                item,
                done,
                by,
                note,
            } => {
                let answer = Answer {
                    done: *done,
                    by: by.clone(),
                    note: note.clone(),
                    time: record.time,
                };
                self.answers.insert(*item, answer);
                if !done {
                    self.end(item.place);
                }
            }
            Event::ItemSettled {
                item,
                settled,
                ground,
            } => {
                self.settled.insert(*item, (*settled, ground.clone()));
            }
            Event::RunSuspended { signal, aborted } => self.signal = Some((*signal, *aborted)),
            Event::RunStuck { .. } => self.was_stuck = true,
            Event::RunFinished { .. } => self.end(Place::Procedure),
            Event::RunAbandoned { by } => self.abandoned_by.clone_from(by),
            Event::RunRefused { .. }
            | Event::PlanAdopted { .. }
            | Event::ItemRecovered { .. }
            | Event::RollbackStarted { .. }
            | Event::RunParked { .. }
            | Event::RollbackContinued { .. } => {}
        }
    }

    fn finish(&mut self, item: ItemId, event: &Event, state: &State) {
        if let Event::ItemFinished {
            outcome,
            output_bytes,
            output_end,
            line,
            ..
        } = event
            && !outcome.is_success()
        {
            let fault = Fault {
                outcome: outcome.clone(),
                line: *line,
                output_end: output_end.clone(),
                output_bytes: *output_bytes,
            };
            self.faults.insert(item, fault);
        }
        let is_probe = matches!(item.place, Place::Verification(step) if state.is_unsure(step));
        let is_last = state.status(item) == Status::Failed && !is_probe;
        if is_last || item.place == Place::Procedure {
            self.end(item.place);
        }
    }

    /// The way that a place belongs to goes on.
    fn begin(&mut self, place: Place) {
        let new = Stretch {
            start: self.last,
            end: None,
        };
        if let Some(stretch) = self.stretch(place, new) {
            stretch.end = None;
        }
    }

    /// The way that a place belongs to ended, if it ever began.
    fn end(&mut self, place: Place) {
        let (now, has_begun) = (self.last, self.has_begun(place));
        let new = Stretch {
            start: now,
            end: None,
        };
        if has_begun && let Some(stretch) = self.stretch(place, new) {
            stretch.end.get_or_insert(now);
        }
    }

    fn has_begun(&self, place: Place) -> bool {
        match place {
            Place::Action(step) | Place::Verification(step) => self.forward.contains_key(&step),
            Place::Rollback(_) | Place::Procedure => self.back.contains_key(&place.step()),
            Place::Prerequisites | Place::Criteria => false,
        }
    }

    fn stretch(&mut self, place: Place, new: Stretch) -> Option<&mut Stretch> {
        match place {
            Place::Action(step) | Place::Verification(step) => {
                Some(self.forward.entry(step).or_insert(new))
            }
            Place::Rollback(_) | Place::Procedure => {
                Some(self.back.entry(place.step()).or_insert(new))
            }
            Place::Prerequisites | Place::Criteria => None,
        }
    }
}
