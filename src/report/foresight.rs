//! What rollback would undo, wherever a run fails. The run's own policy says so: a run in which all goes well is
//! played through, and turned back in thought at each step.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::event::Cause;
use crate::event::Event;
use crate::event::Outcome;
use crate::plan::ItemId;
use crate::plan::Place;
use crate::plan::Plan;
use crate::plan::Policy;
use crate::plan::Undo;
use crate::run::next::Next;
use crate::run::next::next;
use crate::run::next::turn_back;
use crate::run::state::State;

/// What rollback would undo beside what failed.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Way {
    /// The steps that it would undo, in order; those with nothing to undo left out.
    pub undone: Vec<u32>,
    /// The step that cannot be undone, at which it would stop.
    pub stop: Option<u32>,
    /// What holds instead where steps run at the same time, and chance decides on their order.
    pub others: Option<Others>,
}

/// Steps that rollback would undo in the reverse of an order that nobody knows beforehand.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Others {
    /// Those that were started in any case; those with nothing to undo left out, here and below.
    pub started: Vec<u32>,
    /// Those that may have been started.
    pub perhaps: Vec<u32>,
    /// Those among them that cannot be undone.
    pub stops: Vec<u32>,
}

/// What rollback would undo for each place where a run may fail.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Foresight {
    /// Where that step fails, beside itself.
    pub steps: BTreeMap<u32, Way>,
    /// Where the success criteria fail.
    pub criteria: Way,
}

impl Foresight {
    /// Foresee it for a run of so many steps at the same time.
    #[must_use]
    pub fn of(plan: &Plan, jobs: u32) -> Self {
        let mut foresight = Self::in_turn(plan);
        if jobs > 1 && plan.settings.rollback == Policy::Unwind {
            for (&step, way) in &mut foresight.steps {
                way.others = others(plan, Some(step));
            }
            foresight.criteria.others = others(plan, None);
        }
        foresight
    }

    /// Foresee it for a run of one step at a time.
    fn in_turn(plan: &Plan) -> Self {
        let mut foresight = Self::default();
        let mut state = State::default();
        loop {
            match next(plan, &state) {
                Next::Record(Event::RunFinished { .. }) | Next::Wait | Next::Stop => break,
                Next::Record(event) => state.apply(plan, &event),
                Next::Start(items) => {
                    for item in items {
                        foresight.meet(plan, &mut state, item);
                    }
                }
            }
        }
        foresight
    }

    /// An item is started, and succeeds.
    fn meet(&mut self, plan: &Plan, state: &mut State, item: ItemId) {
        state.apply(plan, &started(item));
        if item.number == 1 {
            match item.place {
                Place::Action(step) => {
                    self.steps.insert(step, way(plan, state, item));
                }
                Place::Criteria => self.criteria = way(plan, state, item),
                _ => {}
            }
        }
        state.apply(plan, &succeeded(item));
    }
}

fn way(plan: &Plan, state: &State, failed: ItemId) -> Way {
    let mut way = Way::default();
    let Event::RollbackStarted { steps, .. } = turn_back(plan, state, Cause::Item(failed)) else {
        return way;
    };
    let others = steps
        .into_iter()
        .filter(|step| Some(*step) != failed.place.step());
    for step in others.filter_map(|number| plan.step(number)) {
        match &step.undo {
            Undo::Items(_) => way.undone.push(step.number),
            Undo::Nothing(_) => {}
            Undo::Irreversible(_) => {
                way.stop = Some(step.number);
                break;
            }
        }
    }
    way
}

/// What was started beside a step, or before the success criteria; nothing where there is one order only.
fn others(plan: &Plan, failed: Option<u32>) -> Option<Others> {
    let numbers = plan.steps.iter().map(|step| step.number);
    let before: BTreeMap<u32, BTreeSet<u32>> =
        numbers.map(|step| (step, plan.up_to(step))).collect();
    let waits = |step: &u32, other: &u32| before[step].contains(other);
    let is_due = |step: &&u32| {
        failed.is_none_or(|failed| **step != failed && !waits(step, &failed))
            && !matches!(
                plan.step(**step).map(|step| &step.undo),
                None | Some(Undo::Nothing(_))
            )
    };
    let due: Vec<u32> = before.keys().filter(is_due).copied().collect();
    let is_ordered = |(at, step): (usize, &u32)| {
        let later = due[at + 1..].iter().chain(&failed);
        let mut later = later.filter(|other| *other != step);
        later.all(|other| waits(step, other) || waits(other, step))
    };
    if due.iter().enumerate().all(is_ordered) {
        return None;
    }
    let (started, perhaps) = due
        .iter()
        .partition(|step| failed.is_none_or(|failed| waits(&failed, step)));
    let is_final = |step: &u32| {
        let step = plan.step(*step);
        step.is_some_and(|step| matches!(step.undo, Undo::Irreversible(_)))
    };
    Some(Others {
        started,
        perhaps,
        stops: due.into_iter().filter(is_final).collect(),
    })
}

fn started(item: ItemId) -> Event {
    Event::ItemStarted {
        item,
        attempt: 1,
        process: None,
    }
}

fn succeeded(item: ItemId) -> Event {
    Event::ItemFinished {
        item,
        attempt: 1,
        outcome: Outcome::Succeeded,
        duration_ms: 0,
        output_bytes: 0,
        output_end: String::new(),
        line: None,
        variables: BTreeMap::new(),
    }
}
