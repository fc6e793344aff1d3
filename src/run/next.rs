//! What a run does next. All policy stands on this page: the order of things, what a failure leads to, what is undone
//! and in which order, and what happens to what was in flight when the program died. It only looks at plan and state,
//! so a run that goes on after a crash takes the very way that it would have taken.

use crate::event::Cause;
use crate::event::Event;
use crate::event::Ground;
use crate::event::RunResult;
use crate::event::Settled;
use crate::event::Stuck;
use crate::event::Undone;
use crate::plan::ItemId;
use crate::plan::Place;
use crate::plan::Plan;
use crate::plan::Policy;
use crate::plan::Step;
use crate::plan::Undo;
use crate::run::state::State;
use crate::run::state::Status;
use crate::run::state::Unwinding;

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Record this, which follows from what happened.
    Record(Event),
    /// Start these items, or ask for them.
    Start(Vec<ItemId>),
    /// Wait for what is running.
    Wait,
    /// Nothing: the run ended, or a person must act.
    Stop,
}

/// What a run does next.
#[must_use]
pub fn next(plan: &Plan, state: &State) -> Next {
    if state.halt.is_some() || state.result.is_some() || state.is_abandoned {
        return if state.is_busy() {
            Next::Wait
        } else {
            Next::Stop
        };
    }
    match &state.unwinding {
        None => forward(plan, state),
        Some(unwinding) => back(plan, state, unwinding),
    }
}

/// The event that turns a run back: it names the steps that are due, the failed one first, the others in reverse order
/// of their start. Where no step was started there is nothing to undo.
#[must_use]
pub fn turn_back(plan: &Plan, state: &State, cause: Cause) -> Event {
    if state.started.is_empty() {
        return Event::RunFinished {
            result: RunResult::Failed,
        };
    }
    let failed = cause.item().and_then(|item| item.place.step());
    let others = state.started.iter().rev().copied();
    let others = others.filter(|step| Some(*step) != failed);
    let unwinds = plan.settings.rollback == Policy::Unwind || cause.item().is_none();
    let steps = failed.into_iter().chain(others.filter(|_| unwinds));
    Event::RollbackStarted {
        steps: steps.collect(),
        cause,
    }
}

/// Prerequisites, steps in dependency order, success criteria.
fn forward(plan: &Plan, state: &State) -> Next {
    if let Some(item) = state.broken().next() {
        return if state.is_busy() {
            Next::Wait
        } else {
            Next::Record(turn_back(plan, state, Cause::Item(item)))
        };
    }
    if let Some(next) = checks(plan, state, Place::Prerequisites) {
        return next;
    }
    if let Some(next) = steps(plan, state) {
        return next;
    }
    checks(plan, state, Place::Criteria).unwrap_or(Next::Record(Event::RunFinished {
        result: RunResult::Succeeded,
    }))
}

/// A list of checks; nothing once all hold.
fn checks(plan: &Plan, state: &State, place: Place) -> Option<Next> {
    Some(match progress(plan, state, place) {
        Progress::Done => return None,
        Progress::Ready(id) => Next::Start(vec![id]),
        Progress::Busy | Progress::Failed(_) => Next::Wait,
        Progress::Asked(id) => park([id], []),
        Progress::Unknown(id) => park([], [id]),
    })
}

/// The steps; nothing once all succeeded.
fn steps(plan: &Plan, state: &State) -> Option<Next> {
    let (mut ready, mut asked, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    let waits = |step: &&Step| !state.has_succeeded(step.number);
    let free = |step: &&Step| step.after.iter().all(|&before| state.has_succeeded(before));
    for step in plan.steps.iter().filter(waits).filter(free) {
        let number = step.number;
        if !state.has_begun(number) {
            if state.active_steps() < state.jobs.max(1) as usize {
                return Some(Next::Record(Event::StepStarted { step: number }));
            }
            continue;
        }
        match progress(plan, state, Place::Action(number)) {
            Progress::Done => match progress(plan, state, Place::Verification(number)) {
                Progress::Done => return Some(Next::Record(Event::StepFinished { step: number })),
                Progress::Ready(id) => ready.push(id),
                Progress::Asked(id) => asked.push(id),
                Progress::Unknown(id) => unknown.push(id),
                Progress::Busy | Progress::Failed(_) => {}
            },
            Progress::Ready(id) => ready.push(id),
            Progress::Asked(id) => asked.push(id),
            Progress::Busy | Progress::Failed(_) => {}
            Progress::Unknown(id) => match unsure(plan, state, step, id) {
                Unsure::Settle(event) => return Some(Next::Record(event)),
                Unsure::Probe(check) => ready.push(check),
                Unsure::Probing => {}
                Unsure::Ask => unknown.push(id),
            },
        }
    }
    if !ready.is_empty() {
        Some(Next::Start(ready))
    } else if state.is_busy() {
        Some(Next::Wait)
    } else if !asked.is_empty() || !unknown.is_empty() {
        Some(park(asked, unknown))
    } else {
        None
    }
}

/// What to do about an action of unknown outcome.
enum Unsure {
    Settle(Event),
    Probe(ItemId),
    Probing,
    Ask,
}

/// The last action of a step is done if the step's checks, commands all, say so. Else it is repeated where the step
/// allows that, and else a person is asked.
fn unsure(plan: &Plan, state: &State, step: &Step, id: ItemId) -> Unsure {
    let settle = |settled, ground| {
        Unsure::Settle(Event::ItemSettled {
            item: id,
            settled,
            ground,
        })
    };
    let is_last = id.number as usize == step.actions.len();
    let checks = &step.verification;
    let is_probed = !checks.is_empty() && checks.iter().all(|check| check.command.is_some());
    if is_last && is_probed {
        match progress(plan, state, Place::Verification(step.number)) {
            Progress::Done => return settle(Settled::Done, Ground::Verification),
            Progress::Ready(check) => return Unsure::Probe(check),
            Progress::Busy => return Unsure::Probing,
            Progress::Failed(_) | Progress::Asked(_) | Progress::Unknown(_) => {}
        }
    }
    if step.idempotent {
        settle(Settled::Retry, Ground::Idempotent)
    } else {
        Unsure::Ask
    }
}

/// Each due step, then the Rollback Procedure. What fails stops it there.
fn back(plan: &Plan, state: &State, unwinding: &Unwinding) -> Next {
    let left = unwinding.steps.iter();
    let mut left = left.filter(|step| !unwinding.undone.contains_key(step));
    let Some(step) = left.next().and_then(|&step| plan.step(step)) else {
        return procedure(plan, state, unwinding);
    };
    let number = step.number;
    let dealt = |how| Next::Record(Event::StepRolledBack { step: number, how });
    let stuck = |at| Next::Record(Event::RunStuck { at });
    if unwinding.skipped.contains(&Some(number)) && !state.is_busy() {
        return dealt(Undone::Left);
    }
    match &step.undo {
        Undo::Nothing(_) => dealt(Undone::Nothing),
        Undo::Irreversible(_) if !state.had_effect(plan, number) => dealt(Undone::Unneeded),
        Undo::Irreversible(_) if unwinding.keeps_going => dealt(Undone::Left),
        Undo::Irreversible(_) => stuck(Stuck::Irreversible(number)),
        Undo::Items(_) => match progress(plan, state, Place::Rollback(number)) {
            Progress::Done => dealt(Undone::Undone),
            Progress::Failed(_) if unwinding.keeps_going => dealt(Undone::Left),
            Progress::Failed(id) => stuck(Stuck::Item(id)),
            other => undo(plan, other),
        },
    }
}

fn procedure(plan: &Plan, state: &State, unwinding: &Unwinding) -> Next {
    let is_left = unwinding.undone.values().any(|how| *how == Undone::Left);
    // What was left in place is not undone, whoever wished for that.
    let end = |is_done: bool| {
        let result = if state.had_succeeded && is_done && !is_left {
            RunResult::Undone
        } else {
            RunResult::Failed
        };
        Next::Record(Event::RunFinished { result })
    };
    if unwinding.skipped.contains(&None) && !state.is_busy() {
        return end(false);
    }
    match progress(plan, state, Place::Procedure) {
        Progress::Done => end(true),
        Progress::Failed(_) if unwinding.keeps_going => end(false),
        Progress::Failed(id) => Next::Record(Event::RunStuck {
            at: Stuck::Item(id),
        }),
        other => undo(plan, other),
    }
}

/// A rollback item that is neither done nor failed. One of unknown outcome is never settled by checks: they would
/// show that the step still stands.
fn undo(plan: &Plan, progress: Progress) -> Next {
    match progress {
        Progress::Ready(id) => Next::Start(vec![id]),
        Progress::Asked(id) => park([id], []),
        Progress::Unknown(id) if plan.is_idempotent(id.place) => Next::Record(Event::ItemSettled {
            item: id,
            settled: Settled::Retry,
            ground: Ground::Idempotent,
        }),
        Progress::Unknown(id) => park([], [id]),
        Progress::Busy | Progress::Done | Progress::Failed(_) => Next::Wait,
    }
}

fn park(waiting: impl Into<Vec<ItemId>>, unknown: impl Into<Vec<ItemId>>) -> Next {
    Next::Record(Event::RunParked {
        waiting: waiting.into(),
        unknown: unknown.into(),
    })
}

/// How far a list of items is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    Done,
    Ready(ItemId),
    Busy,
    Asked(ItemId),
    Failed(ItemId),
    Unknown(ItemId),
}

/// How far the items of a place are: the first one that is not done tells.
fn progress(plan: &Plan, state: &State, place: Place) -> Progress {
    let Some(item) = plan.items(place).get(state.done(place) as usize) else {
        return Progress::Done;
    };
    match state.status(item.id) {
        Status::Failed => Progress::Failed(item.id),
        Status::Asked => Progress::Asked(item.id),
        Status::Unknown => Progress::Unknown(item.id),
        Status::Running => Progress::Busy,
        Status::Pending | Status::Done => Progress::Ready(item.id),
    }
}
