//! What rollback would undo, wherever a run fails. The run's own policy says so: a run in which all goes well is
//! played through, and turned back in thought at each step.

use std::collections::BTreeMap;

use crate::event::Cause;
use crate::event::Event;
use crate::event::Outcome;
use crate::plan::ItemId;
use crate::plan::Place;
use crate::plan::Plan;
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
    /// Foresee it for a run of one step at a time.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
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
