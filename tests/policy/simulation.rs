//! A run without processes: it keeps what happened, as a journal does, and is told how commands end.

use std::collections::BTreeMap;

use wf::event::Cause;
use wf::event::Continuation;
use wf::event::Event;
use wf::event::Ground;
use wf::event::Outcome;
use wf::event::Settled;
use wf::event::Signal;
use wf::plan::ItemId;
use wf::plan::Plan;
use wf::run::next;
use wf::run::next::Next;
use wf::run::state::State;
use wf::run::state::Status;

use crate::policy::plans;

const WHO: &str = "operator";

/// A run of a plan.
pub struct Simulation {
    pub plan: Plan,
    pub events: Vec<Event>,
    pub state: State,
    /// The commands that run, in the order of their start.
    pub running: Vec<ItemId>,
}

impl Simulation {
    /// A run of the plan that these words tell, just started.
    pub fn new(text: &str) -> Self {
        let (plan, jobs) = plans::read(text);
        let started = Event::RunStarted {
            run: "tiny-20261123-120000-abcd".to_owned(),
            program: "0.0.0".to_owned(),
            by: WHO.to_owned(),
            jobs,
            inputs: BTreeMap::new(),
            secrets: Vec::new(),
            plan: Box::new(plan.clone()),
        };
        let mut run = Self {
            plan,
            events: Vec::new(),
            state: State::default(),
            running: Vec::new(),
        };
        run.record(started);
        run
    }

    pub fn next(&self) -> Next {
        next::next(&self.plan, &self.state)
    }

    /// Record an event. What the state becomes is what the whole record tells.
    pub fn record(&mut self, event: Event) {
        self.state.apply(&self.plan, &event);
        self.events.push(event);
        assert_eq!(self.state, State::after(&self.plan, &self.events));
    }

    /// Start an item: run its command, or ask for it.
    pub fn start(&mut self, item: ItemId) {
        let planned = self.plan.item(item).expect("an item of the plan");
        if planned.command.is_none() {
            return self.record(Event::ItemAsked { item });
        }
        let attempt = self.state.item(item).attempts + 1;
        self.running.push(item);
        self.record(Event::ItemStarted {
            item,
            attempt,
            process: None,
        });
    }

    /// A command that runs ends.
    pub fn finish(&mut self, item: ItemId, outcome: Outcome) {
        self.running.retain(|other| *other != item);
        self.record(Event::ItemFinished {
            item,
            attempt: self.state.item(item).attempts,
            outcome,
            duration_ms: 1,
            output_bytes: 0,
            output_end: String::new(),
            line: None,
            variables: BTreeMap::new(),
        });
    }

    /// The program dies, perhaps before its last record was whole, and is started again.
    pub fn crash(&mut self, is_torn: bool) {
        if is_torn && self.events.len() > 1 {
            self.events.pop();
        }
        self.running.clear();
        self.state = State::after(&self.plan, &self.events);
        if self.state.result.is_none() {
            self.resume();
        }
    }

    pub fn resume(&mut self) {
        self.record(Event::RunResumed {
            program: "0.0.0".to_owned(),
            by: WHO.to_owned(),
        });
    }

    /// The commands that run are ended.
    pub fn interrupt(&mut self) {
        for item in self.running.clone() {
            self.finish(item, Outcome::Interrupted);
        }
    }

    /// The program is told to end.
    pub fn suspend(&mut self) {
        self.interrupt();
        self.record(Event::RunSuspended {
            signal: Signal::Term,
            aborted: false,
        });
    }

    /// A person says whether an item is done.
    pub fn answer(&mut self, item: ItemId, done: bool) {
        self.record(Event::ItemAnswered {
            item,
            done,
            by: WHO.to_owned(),
            note: String::new(),
        });
    }

    /// A person says what holds for all that is unknown.
    pub fn settle(&mut self, settled: Settled) {
        self.resume();
        let unknown: Vec<ItemId> = self.state.with_status(Status::Unknown).collect();
        for item in unknown {
            self.record(Event::ItemSettled {
                item,
                settled,
                ground: Ground::Operator(WHO.to_owned()),
            });
        }
    }

    /// A person asks for rollback.
    pub fn turn_back(&mut self) {
        let cause = Cause::Operator(WHO.to_owned());
        self.record(next::turn_back(&self.plan, &self.state, cause));
    }

    /// A person says how rollback goes on.
    pub fn go_on(&mut self, how: Continuation) {
        self.record(Event::RollbackContinued {
            how,
            by: WHO.to_owned(),
        });
    }

    pub fn abandon(&mut self) {
        self.record(Event::RunAbandoned { by: WHO.to_owned() });
    }
}
