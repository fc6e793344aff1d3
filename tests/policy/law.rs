//! What holds of every run, judged by its events alone: a second opinion, which shares nothing with the program's
//! own state.

mod back;

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use wf::event::Event;
use wf::event::Ground;
use wf::event::Outcome;
use wf::event::RunResult;
use wf::event::Settled;
use wf::plan::ItemId;
use wf::plan::Place;
use wf::plan::Plan;

/// Where an item stands.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// It may be started.
    #[default]
    Open,
    Running,
    Asked,
    Done,
    Failed,
    Unknown,
}

/// What a judge has seen of a run.
pub struct Judge<'a> {
    plan: &'a Plan,
    jobs: usize,
    marks: BTreeMap<ItemId, Mark>,
    failures: BTreeMap<ItemId, u32>,
    /// The items that may have changed something, whatever became of them later.
    effects: BTreeSet<ItemId>,
    /// Whether a step that was due was left as it is.
    has_left: bool,
    /// The steps that began, those of which an action was started, and those that succeeded.
    begun: BTreeSet<u32>,
    started: Vec<u32>,
    succeeded: BTreeSet<u32>,
    /// What failed the run.
    broken: Option<ItemId>,
    /// The steps to undo, once it turned back; and those dealt with.
    due: Option<Vec<u32>>,
    dealt: Vec<u32>,
    skipped: BTreeSet<Option<u32>>,
    keeps_going: bool,
    is_halted: bool,
    is_stuck: bool,
    result: Option<RunResult>,
    is_undo: bool,
    is_abandoned: bool,
}

/// Judge the events of a run that came to its end.
pub fn judge(plan: &Plan, events: &[Event]) {
    let Some(Event::RunStarted { jobs, .. }) = events.first() else {
        panic!("a run begins with its start");
    };
    let mut judge = Judge::new(plan, *jobs as usize);
    for event in &events[1..] {
        judge.take(event);
    }
    assert!(judge.result.is_some() || judge.is_abandoned);
}

impl<'a> Judge<'a> {
    fn new(plan: &'a Plan, jobs: usize) -> Self {
        Self {
            plan,
            jobs,
            marks: BTreeMap::new(),
            failures: BTreeMap::new(),
            effects: BTreeSet::new(),
            has_left: false,
            begun: BTreeSet::new(),
            started: Vec::new(),
            succeeded: BTreeSet::new(),
            broken: None,
            due: None,
            dealt: Vec::new(),
            skipped: BTreeSet::new(),
            keeps_going: false,
            is_halted: false,
            is_stuck: false,
            result: None,
            is_undo: false,
            is_abandoned: false,
        }
    }

    fn mark(&self, id: ItemId) -> Mark {
        self.marks.get(&id).copied().unwrap_or_default()
    }

    fn has(&self, mark: Mark) -> bool {
        self.marks.values().any(|other| *other == mark)
    }

    fn are_done(&self, place: Place) -> bool {
        let mut items = self.plan.items(place).iter();
        items.all(|item| self.mark(item.id) == Mark::Done)
    }

    /// The action of a step that is of unknown outcome.
    fn unknown(&self, step: u32) -> Option<ItemId> {
        let mut items = self.plan.items(Place::Action(step)).iter();
        let found = items.find(|item| self.mark(item.id) == Mark::Unknown);
        found.map(|item| item.id)
    }

    fn take(&mut self, event: &Event) {
        let resumes = matches!(
            event,
            Event::RunResumed { .. }
                | Event::ItemAnswered { .. }
                | Event::ItemSettled { .. }
                | Event::RollbackStarted { .. }
                | Event::RollbackContinued { .. }
                | Event::RunAbandoned { .. }
        );
        let gives_up = matches!(event, Event::RunFinished { .. }) && self.due.is_none();
        assert!(!self.is_halted || resumes || gives_up, "halted: {event:?}");
        let undoes = matches!(event, Event::RollbackStarted { .. });
        assert!(self.result.is_none() || undoes, "ended: {event:?}");
        assert!(!self.is_abandoned, "given up: {event:?}");
        match event {
            Event::RunRefused { .. } | Event::RunStarted { .. } | Event::PlanAdopted { .. } => {
                panic!("never by itself: {event:?}")
            }
            Event::RunResumed { .. } => self.resume(),
            Event::ItemStarted { item, .. } => self.start(*item, Mark::Running),
            Event::ItemAsked { item } => self.start(*item, Mark::Asked),
            Event::ItemFinished { item, outcome, .. } => self.finish(*item, outcome),
            Event::ItemAnswered { item, done, .. } => {
                assert_eq!(self.mark(*item), Mark::Asked);
                self.is_halted = false;
                if *done {
                    self.marks.insert(*item, Mark::Done);
                } else {
                    self.fail(*item);
                    self.effects.remove(item);
                }
            }
            Event::ItemSettled {
                item,
                settled,
                ground,
            } => self.settle(*item, *settled, ground),
            Event::ItemRecovered { .. } => assert!(!self.has(Mark::Running)),
            Event::StepStarted { step } => self.begin(*step),
            Event::StepFinished { step } => {
                assert!(self.are_done(Place::Action(*step)));
                assert!(self.are_done(Place::Verification(*step)));
                assert!(self.succeeded.insert(*step));
            }
            Event::RollbackStarted { cause, steps } => self.turn_back(cause, steps),
            Event::StepRolledBack { step, how } => self.undo(*step, *how),
            Event::RunParked { waiting, unknown } => self.park(waiting, unknown),
            Event::RunSuspended { .. } => self.is_halted = true,
            Event::RunStuck { at } => self.stick(*at),
            Event::RollbackContinued { how, .. } => self.go_on(*how),
            Event::RunFinished { result } => self.end(*result),
            Event::RunAbandoned { .. } => self.is_abandoned = true,
        }
    }

    fn resume(&mut self) {
        for (id, mark) in &mut self.marks {
            if *mark == Mark::Running {
                *mark = if id.place.is_check() {
                    Mark::Open
                } else {
                    Mark::Unknown
                };
            }
        }
        self.is_halted = self.is_stuck;
    }

    fn start(&mut self, id: ItemId, mark: Mark) {
        let item = self.plan.item(id).expect("an item of the plan");
        assert_eq!(item.command.is_none(), mark == Mark::Asked);
        assert_eq!(self.mark(id), Mark::Open, "{id} is started again");
        for before in self.plan.items(id.place) {
            let is_before = before.id.number < id.number;
            assert!(!is_before || self.mark(before.id) == Mark::Done, "{id}");
        }
        let running = self
            .marks
            .iter()
            .filter(|(_, mark)| **mark == Mark::Running);
        let beside: Vec<Option<u32>> = running.map(|(id, _)| id.place.step()).collect();
        assert!(
            beside.len() < self.jobs.max(1),
            "{id}: more than {}",
            self.jobs
        );
        assert!(!beside.contains(&id.place.step()), "{id}: two of a step");
        if id.place.is_rollback() {
            assert_eq!(self.undone_next(), id.place.step(), "{id}");
        } else {
            assert!(self.due.is_none() && self.broken.is_none(), "{id}: forward");
        }
        match id.place {
            Place::Prerequisites => assert!(self.begun.is_empty()),
            Place::Action(step) => {
                assert!(self.begun.contains(&step) && !self.succeeded.contains(&step));
                if !self.started.contains(&step) {
                    self.started.push(step);
                }
            }
            Place::Verification(step) => self.may_verify(step),
            Place::Criteria => assert_eq!(self.succeeded.len(), self.plan.steps.len()),
            Place::Rollback(_) | Place::Procedure => {}
        }
        if mark == Mark::Asked {
            self.effects.insert(id);
        }
        self.marks.insert(id, mark);
    }

    /// Checks follow the actions, or settle the last of them if they all are commands.
    fn may_verify(&self, step: u32) {
        assert!(self.begun.contains(&step) && !self.succeeded.contains(&step));
        let actions = self.plan.items(Place::Action(step));
        let (last, before) = actions.split_last().expect("a step has actions");
        assert!(before.iter().all(|item| self.mark(item.id) == Mark::Done));
        let mut checks = self.plan.items(Place::Verification(step)).iter();
        match self.mark(last.id) {
            Mark::Done => {}
            Mark::Unknown => assert!(checks.all(|check| check.command.is_some())),
            other => panic!("verified while {other:?}"),
        }
    }

    fn finish(&mut self, id: ItemId, outcome: &Outcome) {
        assert_eq!(self.mark(id), Mark::Running);
        match outcome {
            Outcome::Succeeded => {
                self.marks.insert(id, Mark::Done);
                self.effects.insert(id);
            }
            Outcome::Interrupted => {
                let is_check = id.place.is_check();
                let mark = if is_check { Mark::Open } else { Mark::Unknown };
                self.marks.insert(id, mark);
            }
            failure => {
                // Where it ended by itself and says that it failed, it is taken at its word.
                let is_sure = matches!(
                    failure,
                    Outcome::Failed { .. }
                        | Outcome::NotStarted { .. }
                        | Outcome::Unexpected { .. }
                );
                if !is_sure {
                    self.effects.insert(id);
                }
                let count = self.failures.entry(id).or_default();
                *count += 1;
                let is_final = matches!(failure, Outcome::NotStarted { .. })
                    || *count > self.plan.retries(id.place);
                if is_final {
                    self.fail(id);
                } else {
                    self.marks.insert(id, Mark::Open);
                }
            }
        }
    }

    fn fail(&mut self, id: ItemId) {
        self.marks.insert(id, Mark::Failed);
        let is_probe = match id.place {
            Place::Verification(step) => self.unknown(step).is_some(),
            place => place.is_rollback(),
        };
        if !is_probe && self.broken.is_none() {
            self.broken = Some(id);
        }
    }

    fn settle(&mut self, id: ItemId, settled: Settled, ground: &Ground) {
        assert_eq!(self.mark(id), Mark::Unknown);
        self.effects.insert(id);
        self.is_halted = false;
        match ground {
            Ground::Verification => {
                let Place::Action(step) = id.place else {
                    panic!("{id} is no action");
                };
                let count = self.plan.items(id.place).len();
                assert_eq!((settled, id.number as usize), (Settled::Done, count));
                assert!(!self.plan.items(Place::Verification(step)).is_empty());
                assert!(self.are_done(Place::Verification(step)));
            }
            Ground::Idempotent => {
                assert!(self.plan.is_idempotent(id.place));
                assert_eq!(settled, Settled::Retry);
            }
            Ground::Operator(_) => {}
        }
        let mark = match settled {
            Settled::Done => Mark::Done,
            Settled::Retry => Mark::Open,
        };
        self.marks.insert(id, mark);
        self.failures.remove(&id);
        let Place::Action(step) = id.place else {
            return;
        };
        for check in self.plan.items(Place::Verification(step)) {
            if settled == Settled::Retry || self.mark(check.id) == Mark::Failed {
                self.marks.remove(&check.id);
                self.failures.remove(&check.id);
            }
        }
    }

    fn begin(&mut self, step: u32) {
        assert!(self.due.is_none() && self.broken.is_none());
        assert!(self.are_done(Place::Prerequisites));
        let after = &self.plan.step(step).expect("a step of the plan").after;
        assert!(after.iter().all(|before| self.succeeded.contains(before)));
        assert!(self.begun.len() - self.succeeded.len() < self.jobs.max(1));
        assert!(self.begun.insert(step), "step {step} begins again");
    }

    fn park(&mut self, waiting: &[ItemId], unknown: &[ItemId]) {
        self.is_halted = true;
        assert!(!waiting.is_empty() || !unknown.is_empty());
        assert!(waiting.iter().all(|id| self.mark(*id) == Mark::Asked));
        assert!(unknown.iter().all(|id| self.mark(*id) == Mark::Unknown));
        assert!(!self.has(Mark::Running) && (self.broken.is_none() || self.due.is_some()));
    }
}
