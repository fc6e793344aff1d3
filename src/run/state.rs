//! Where a run stands: its events, folded. The same fold serves a run in progress, one that goes on after a crash,
//! and one that is only looked at.

mod fold;
mod items;

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::event::Cause;
use crate::event::Event;
use crate::event::Process;
use crate::event::RunResult;
use crate::event::Signal;
use crate::event::Stuck;
use crate::event::Undone;
use crate::plan::ItemId;
use crate::plan::Place;
use crate::plan::Plan;
use crate::run::state::items::Items;

/// Where a run stands.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct State {
    /// How many steps may run at once.
    pub jobs: u32,
    /// The inputs' values, secrets left out.
    pub inputs: BTreeMap<String, String>,
    /// The items that were met.
    items: Items,
    /// Those that failed, in that order; some were tried again since.
    failed: Vec<ItemId>,
    /// The steps that began, and whether they succeeded.
    steps: BTreeMap<u32, bool>,
    /// The steps of which an action was started, in that order: they are due for rollback.
    pub started: Vec<u32>,
    /// The way back, once it was taken.
    pub unwinding: Option<Unwinding>,
    /// Why the run does not go on by itself.
    pub halt: Option<Halt>,
    /// How it ended.
    pub result: Option<RunResult>,
    /// Whether a person gave it up.
    pub is_abandoned: bool,
    /// Whether it had succeeded before it was undone.
    pub had_succeeded: bool,
    /// What commands set through `WF_OUTPUT`, in order.
    variables: Vec<(Place, BTreeMap<String, String>)>,
}

/// Where an item stands.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct ItemState {
    /// Its status.
    pub status: Status,
    /// How many attempts were started.
    pub attempts: u32,
    /// How many of them failed since it was last asked to be tried again.
    pub failures: u32,
    /// Whether an attempt succeeded, was ended in the middle or was of unknown outcome, whatever later ones did.
    pub had_effect: bool,
    /// The process of its last attempt.
    pub process: Option<Process>,
}

/// The status of an item.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// To be started, for the first time or again.
    #[default]
    Pending,
    /// Its command runs.
    Running,
    /// A person was asked.
    Asked,
    /// It is done.
    Done,
    /// It failed, and no attempt is left.
    Failed,
    /// It was started, and how it ended is not known.
    Unknown,
}

/// The way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unwinding {
    /// Why it was taken.
    pub cause: Cause,
    /// The steps to undo, in order; the Rollback Procedure follows.
    pub steps: Vec<u32>,
    /// How steps were dealt with.
    pub undone: BTreeMap<u32, Undone>,
    /// The steps that a person said to leave as they are; none for the Rollback Procedure.
    pub skipped: BTreeSet<Option<u32>>,
    /// Whether all that fails is to be left as it is.
    pub keeps_going: bool,
}

/// Why a run does not go on by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Halt {
    /// A person is to act on these items, or to tell how these ended.
    Parked {
        /// The items that wait.
        waiting: Vec<ItemId>,
        /// The items of unknown outcome.
        unknown: Vec<ItemId>,
    },
    /// The program was told to end, by this signal.
    Suspended(Signal),
    /// Rollback stopped here.
    Stuck(Stuck),
}

impl Halt {
    fn of(event: &Event) -> Option<Self> {
        match event {
            Event::RunParked { waiting, unknown } => Some(Self::Parked {
                waiting: waiting.clone(),
                unknown: unknown.clone(),
            }),
            Event::RunSuspended { signal, .. } => Some(Self::Suspended(*signal)),
            Event::RunStuck { at } => Some(Self::Stuck(*at)),
            _ => None,
        }
    }
}

impl State {
    /// The state after these events.
    pub fn after<'a>(plan: &Plan, events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut state = Self::default();
        for event in events {
            state.apply(plan, event);
        }
        state
    }

    /// Where an item stands.
    #[must_use]
    pub fn item(&self, id: ItemId) -> ItemState {
        self.items.get(id).cloned().unwrap_or_default()
    }

    /// The status of an item.
    #[must_use]
    pub fn status(&self, id: ItemId) -> Status {
        let item = self.items.get(id);
        item.map_or(Status::Pending, |item| item.status)
    }

    /// The items of that status, in order.
    pub fn with_status(&self, status: Status) -> impl Iterator<Item = ItemId> {
        let items = self.items.iter().map(|(id, item)| (id, item.status));
        items.filter_map(move |(id, other)| (other == status).then_some(id))
    }

    /// The items of that status that are still to be decided: once a run has turned back, those of rollback alone.
    pub fn undecided(&self, status: Status) -> impl Iterator<Item = ItemId> {
        let is_back = self.unwinding.is_some();
        let items = self.with_status(status);
        items.filter(move |id| !is_back || id.place.is_rollback())
    }

    /// The items that failed, in that order.
    pub fn failed(&self) -> impl Iterator<Item = ItemId> {
        let failed = self.failed.iter().copied();
        failed.filter(|id| self.status(*id) == Status::Failed)
    }

    /// The items whose failure fails the run, in that order: with several jobs what runs is let finish, and may fail
    /// too. A check that only probed an action of unknown outcome is none of them.
    pub fn broken(&self) -> impl Iterator<Item = ItemId> {
        self.failed().filter(|id| match id.place {
            Place::Verification(step) => !self.is_unsure(step),
            place => !place.is_rollback(),
        })
    }

    /// Whether a command runs.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.items.running() > 0
    }

    /// How many of a place's items are done before the first that is not.
    #[must_use]
    pub fn done(&self, place: Place) -> u32 {
        self.items.done(place)
    }

    /// Whether a step began.
    #[must_use]
    pub fn has_begun(&self, step: u32) -> bool {
        self.steps.contains_key(&step)
    }

    /// Whether a step succeeded.
    #[must_use]
    pub fn has_succeeded(&self, step: u32) -> bool {
        self.steps.get(&step) == Some(&true)
    }

    /// How many steps began and did not succeed yet.
    #[must_use]
    pub fn active_steps(&self) -> usize {
        self.steps.values().filter(|succeeded| !**succeeded).count()
    }

    /// The steps that were started and are not undone, though there is something to undo, in the order of their start.
    #[must_use]
    pub fn in_place(&self) -> impl DoubleEndedIterator<Item = u32> {
        let unwinding = self.unwinding.as_ref();
        let is_dealt = move |step: &u32| {
            let how = unwinding.and_then(|unwinding| unwinding.undone.get(step));
            how.is_some_and(|how| *how != Undone::Left)
        };
        self.started
            .iter()
            .copied()
            .filter(move |step| !is_dealt(step))
    }

    /// Whether an action of a step was started and may have changed something.
    #[must_use]
    pub fn had_effect(&self, plan: &Plan, step: u32) -> bool {
        let actions = plan.items(Place::Action(step)).iter();
        let mut states = actions.filter_map(|item| self.items.get(item.id));
        let none = [Status::Pending, Status::Failed];
        states.any(|item| item.had_effect || !none.contains(&item.status))
    }

    /// Whether an action of a step is of unknown outcome: only the first that is not done can be.
    #[must_use]
    pub fn is_unsure(&self, step: u32) -> bool {
        let place = Place::Action(step);
        let number = self.done(place) + 1;
        self.status(ItemId { place, number }) == Status::Unknown
    }

    /// All variables that commands have set, the oldest first.
    pub fn all_variables(&self) -> impl Iterator<Item = (String, String)> {
        self.variables.iter().flat_map(|(_, set)| set.clone())
    }

    /// The variables that a command sees of those set by others: all of them where steps run one at a time and
    /// during rollback; else those of its own step, of the steps it depends on, and of prerequisites. Where two set one
    /// name, the one that comes later when steps run one at a time does, however many run at once.
    #[must_use]
    pub fn variables(&self, plan: &Plan, place: Place) -> BTreeMap<String, String> {
        let seen = match place.step() {
            Some(step) if self.jobs > 1 && !place.is_rollback() => Some(plan.up_to(step)),
            _ => None,
        };
        let is_seen = |from: Place| match (&seen, from.step()) {
            (Some(seen), Some(step)) => seen.contains(&step),
            _ => true,
        };
        let sets = self.variables.iter().filter(|(from, _)| is_seen(*from));
        let mut sets: Vec<_> = sets.collect();
        if self.jobs > 1 {
            let order = plan.order();
            let turn = |step| order.iter().position(|other| *other == step);
            sets.sort_by_key(|(from, _)| match from {
                Place::Prerequisites => (0, None),
                Place::Action(step) | Place::Verification(step) => (1, turn(*step)),
                Place::Criteria => (2, None),
                Place::Rollback(_) | Place::Procedure => (3, None),
            });
        }
        let sets = sets.into_iter().map(|(_, set)| set.clone());
        sets.flatten().collect()
    }
}
