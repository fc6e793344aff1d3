//! How each event changes where a run stands.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::event::Cause;
use crate::event::Continuation;
use crate::event::Event;
use crate::event::Outcome;
use crate::event::RunResult;
use crate::event::Settled;
use crate::plan::ItemId;
use crate::plan::Place;
use crate::plan::Plan;
use crate::run::state::Halt;
use crate::run::state::State;
use crate::run::state::Status;
use crate::run::state::Unwinding;

impl State {
    /// Take an event in.
    pub fn apply(&mut self, plan: &Plan, event: &Event) {
        match event {
            Event::RunRefused { .. } => {}
            Event::RunStarted { jobs, inputs, .. } => {
                self.jobs = *jobs;
                self.inputs.clone_from(inputs);
            }
            Event::RunResumed { .. } => self.resume(),
            Event::PlanAdopted { .. } => self.adopt(),
            Event::ItemStarted {
                item,
                attempt,
                process,
            } => {
                self.start(*item);
                self.items.change(*item, |item| {
                    item.status = Status::Running;
                    item.attempts = *attempt;
                    item.process.clone_from(process);
                });
            }
            Event::ItemFinished {
                item,
                outcome,
                variables,
                ..
            } => {
                self.finish(plan, *item, outcome);
                self.take_in(item.place, variables);
            }
            Event::ItemRecovered { item, variables } => self.take_in(item.place, variables),
            Event::ItemAsked { item } => {
                self.start(*item);
                self.items.change(*item, |item| item.status = Status::Asked);
            }
            Event::ItemAnswered { item, done, .. } => {
                let status = if *done { Status::Done } else { Status::Failed };
                self.set(*item, status);
                self.unpark();
            }
            Event::ItemSettled { item, settled, .. } => self.settle(*item, *settled),
            Event::StepStarted { step } | Event::StepFinished { step } => {
                let has_succeeded = matches!(event, Event::StepFinished { .. });
                self.steps.insert(*step, has_succeeded);
            }
            Event::RollbackStarted { cause, steps } => self.turn_back(cause, steps),
            Event::StepRolledBack { step, how } => {
                if let Some(unwinding) = &mut self.unwinding {
                    unwinding.undone.insert(*step, *how);
                }
            }
            Event::RunParked { .. } | Event::RunSuspended { .. } | Event::RunStuck { .. } => {
                self.halt = Halt::of(event);
            }
            Event::RollbackContinued { how, .. } => self.go_on(*how),
            Event::RunFinished { result } => self.result = Some(*result),
            Event::RunAbandoned { .. } => self.is_abandoned = true,
        }
    }

    /// A step is due for rollback as soon as one of its actions was started.
    fn start(&mut self, item: ItemId) {
        if let Place::Action(step) = item.place
            && !self.started.contains(&step)
        {
            self.started.push(step);
        }
    }

    fn finish(&mut self, plan: &Plan, id: ItemId, outcome: &Outcome) {
        let mut item = self.item(id);
        item.had_effect |= may_have_had_effect(outcome);
        let status = match outcome {
            Outcome::Succeeded => Status::Done,
            Outcome::Interrupted => unknown(id),
            // A process that waited and was never let begin: it was wf that failed, and the item is still to be done.
            Outcome::NotStarted { .. } if item.process.is_some() => Status::Pending,
            _ => {
                item.failures += 1;
                let is_left = item.failures <= plan.retries(id.place);
                if is_left && outcome.is_worth_retrying() {
                    Status::Pending
                } else {
                    Status::Failed
                }
            }
        };
        self.items.change(id, |old| *old = item);
        self.set(id, status);
    }

    fn take_in(&mut self, place: Place, variables: &BTreeMap<String, String>) {
        if !variables.is_empty() {
            self.variables.push((place, variables.clone()));
        }
    }

    fn set(&mut self, id: ItemId, status: Status) {
        self.items.change(id, |item| item.status = status);
        self.failed.retain(|other| *other != id);
        self.failed.extend((status == Status::Failed).then_some(id));
    }

    /// What was running when the program died has no outcome.
    fn resume(&mut self) {
        self.items.change_all(|id, item| {
            if item.status == Status::Running {
                item.status = unknown(id);
            }
            true
        });
        if !matches!(self.halt, Some(Halt::Stuck(_))) {
            self.halt = None;
        }
    }

    /// Checks whose place another list has taken are done anew; those before the first step only if none has begun.
    fn adopt(&mut self) {
        let is_under_way = !self.steps.is_empty();
        let is_kept = |id: &ItemId| match id.place {
            Place::Prerequisites => is_under_way,
            Place::Criteria => false,
            _ => true,
        };
        self.items.change_all(|id, _| is_kept(&id));
        self.failed.retain(is_kept);
    }

    fn settle(&mut self, id: ItemId, settled: Settled) {
        self.items.change(id, |item| {
            item.status = match settled {
                Settled::Done => Status::Done,
                Settled::Retry => Status::Pending,
            };
            (item.failures, item.had_effect) = (0, true);
        });
        // What its checks said when it was probed counts no more.
        if let Place::Action(step) = id.place {
            self.items.change_all(|other, item| {
                let is_probe = other.place == Place::Verification(step);
                if is_probe && (settled == Settled::Retry || item.status == Status::Failed) {
                    (item.status, item.failures) = (Status::Pending, 0);
                }
                true
            });
        }
        self.unpark();
    }

    fn unpark(&mut self) {
        if matches!(self.halt, Some(Halt::Parked { .. })) {
            self.halt = None;
        }
    }

    fn turn_back(&mut self, cause: &Cause, steps: &[u32]) {
        self.had_succeeded = self.result.take() == Some(RunResult::Succeeded);
        self.halt = None;
        self.unwinding = Some(Unwinding {
            cause: cause.clone(),
            steps: steps.to_vec(),
            undone: BTreeMap::new(),
            skipped: BTreeSet::new(),
            keeps_going: false,
        });
    }

    fn go_on(&mut self, how: Continuation) {
        self.halt = None;
        let Some(unwinding) = &mut self.unwinding else {
            return;
        };
        match how {
            Continuation::KeepGoing => unwinding.keeps_going = true,
            Continuation::Skip(step) => {
                unwinding.skipped.insert(step);
            }
            Continuation::Retry => self.items.change_all(|id, item| {
                if id.place.is_rollback() && item.status == Status::Failed {
                    (item.status, item.failures) = (Status::Pending, 0);
                }
                true
            }),
        }
    }
}

/// The status of an item that was started and has no outcome: a check is simply repeated.
fn unknown(id: ItemId) -> Status {
    if id.place.is_check() {
        Status::Pending
    } else {
        Status::Unknown
    }
}

/// Whether what a command was to do may be done: one that was ended in the middle may have come to that.
fn may_have_had_effect(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Succeeded
        | Outcome::BadOutput { .. }
        | Outcome::TimedOut { .. }
        | Outcome::Killed { .. }
        | Outcome::AskedTerminal
        | Outcome::Interrupted => true,
        Outcome::Failed { .. } | Outcome::NotStarted { .. } | Outcome::Unexpected { .. } => false,
    }
}
