//! Runs told in words: what happens to which item and what people do, and what came of it.
//!
//! A script's entries stand between commas. `2.1 fails` is how that command ends, the next time it runs; all others
//! succeed, in the order of their start. `slow 2.1` ends after all others. Any other entry is what a person does once
//! the run stopped, in that order.

use std::collections::VecDeque;

use wf::event::Continuation;
use wf::event::Event;
use wf::event::Ground;
use wf::event::Outcome;
use wf::event::Settled;
use wf::event::Stuck;
use wf::plan::ItemId;
use wf::run::next::Next;

use crate::policy::law;
use crate::policy::simulation::Simulation;

/// What happens when a script is played on a plan, in words.
pub fn told(plan: &str, script: &str) -> String {
    let mut run = Simulation::new(plan);
    let mut script = Script::read(script);
    loop {
        assert!(run.events.len() < 500, "no end: {}", words(&run));
        match run.next() {
            Next::Record(event) => run.record(event),
            Next::Start(items) => items.into_iter().for_each(|item| run.start(item)),
            Next::Wait => script.finish(&mut run),
            Next::Stop => match script.acts.pop_front() {
                Some(act) => perform(&mut run, &act),
                None => break,
            },
        }
    }
    assert_eq!(script.outcomes, [], "it never came to that");
    if run.state.result.is_some() {
        law::judge(&run.plan, &run.events);
    }
    words(&run)
}

struct Script {
    outcomes: Vec<(ItemId, String)>,
    slow: Vec<ItemId>,
    acts: VecDeque<String>,
}

impl Script {
    fn read(text: &str) -> Self {
        let mut script = Self {
            outcomes: Vec::new(),
            slow: Vec::new(),
            acts: VecDeque::new(),
        };
        let entries = text.split(',').map(str::trim);
        for entry in entries.filter(|entry| !entry.is_empty()) {
            let (first, rest) = entry.split_once(' ').unwrap_or((entry, ""));
            match first.parse() {
                Ok(item) => script.outcomes.push((item, rest.to_owned())),
                Err(_) if first == "slow" => script.slow.push(rest.parse().unwrap()),
                Err(_) => script.acts.push_back(entry.to_owned()),
            }
        }
        script
    }

    /// A command that runs ends, or the program does.
    fn finish(&mut self, run: &mut Simulation) {
        let is_quick = |item: &&ItemId| !self.slow.contains(item);
        let quick = run.running.iter().find(is_quick);
        let item = *quick.unwrap_or_else(|| run.running.first().expect("it waits for ever"));
        let at = self.outcomes.iter().position(|(other, _)| *other == item);
        let outcome = at.map(|at| self.outcomes.remove(at).1);
        let reason = || "so it is".to_owned();
        let outcome = match outcome.as_deref() {
            None => Outcome::Succeeded,
            Some("fails") => Outcome::Failed { status: 1 },
            Some("takes too long") => Outcome::TimedOut { after_ms: 1 },
            Some("is killed") => Outcome::Killed { signal: 9 },
            Some("is not there") => Outcome::NotStarted { reason: reason() },
            Some("tells a secret") => Outcome::BadOutput { reason: reason() },
            Some("is cut off") => return run.crash(false),
            Some("is stopped") => return run.suspend(),
            Some(other) => panic!("no command `{other}`"),
        };
        run.finish(item, outcome);
    }
}

fn perform(run: &mut Simulation, act: &str) {
    let (act, item) = act.split_once(' ').unwrap_or((act, ""));
    match (act, item) {
        ("confirm", item) => run.answer(item.parse().unwrap(), true),
        ("reject", item) => run.answer(item.parse().unwrap(), false),
        ("resume", "") => run.resume(),
        ("resume", "--retry") => run.settle(Settled::Retry),
        ("resume", "--done") => run.settle(Settled::Done),
        ("resume", "--rollback") | ("rollback", "") => run.turn_back(),
        ("rollback", "--retry") => run.go_on(Continuation::Retry),
        ("rollback", "--keep-going") => run.go_on(Continuation::KeepGoing),
        // A step's number, or `procedure`.
        ("rollback", skip) => {
            let step = skip.trim_start_matches("--skip ").parse().ok();
            run.go_on(Continuation::Skip(step));
        }
        other => panic!("nobody does {other:?}"),
    }
}

/// What happened. Of commands that succeed only the start is told, but for those that run beside others.
fn words(run: &Simulation) -> String {
    let mut running = 0;
    let mut words = Vec::new();
    for event in &run.events {
        let is_alone = running < 2;
        match event {
            Event::ItemStarted { .. } => running += 1,
            Event::ItemFinished { .. } => running -= 1,
            Event::RunResumed { .. } => running = 0,
            _ => {}
        }
        words.extend(word(event, is_alone));
    }
    words.join(", ")
}

fn word(event: &Event, is_alone: bool) -> Option<String> {
    Some(match event {
        Event::ItemStarted { item, attempt, .. } if *attempt > 1 => format!("{item} again"),
        Event::ItemStarted { item, .. } => item.to_string(),
        Event::ItemFinished { item, outcome, .. } => match outcome {
            Outcome::Succeeded if is_alone => return None,
            Outcome::Succeeded => format!("{item} ends"),
            Outcome::Interrupted => format!("{item} is stopped"),
            _ => format!("{item} fails"),
        },
        Event::ItemAsked { item } => format!("{item}?"),
        Event::ItemAnswered { item, done, .. } => {
            let answer = if *done { "is confirmed" } else { "is rejected" };
            format!("{item} {answer}")
        }
        Event::ItemSettled {
            item,
            settled,
            ground,
        } => {
            let what = match settled {
                Settled::Done => "counts as done",
                Settled::Retry => "is repeated",
            };
            let why = match ground {
                Ground::Verification => "verified",
                Ground::Idempotent => "idempotent",
                Ground::Operator(_) => "told",
            };
            format!("{item} {what} ({why})")
        }
        Event::StepFinished { step } => format!("step {step} succeeds"),
        Event::RollbackStarted { steps, .. } => format!("back{}", list(steps)),
        Event::StepRolledBack { step, how } => format!("{step} {how:?}").to_lowercase(),
        Event::RunParked { waiting, unknown } => {
            let unknown: Vec<String> = unknown.iter().map(|id| format!("{id} unknown")).collect();
            format!("parks:{}{}", list(waiting), list(&unknown))
        }
        Event::RunSuspended { .. } => "suspended".to_owned(),
        Event::RunResumed { .. } => "resumed".to_owned(),
        Event::RunStuck { at } => match at {
            Stuck::Item(item) => format!("stuck at {item}"),
            Stuck::Irreversible(step) => format!("stuck at step {step}"),
        },
        Event::RunFinished { result } => format!("{result:?}").to_lowercase(),
        _ => return None,
    })
}

fn list(items: &[impl ToString]) -> String {
    let items = items.iter().map(|item| format!(" {}", item.to_string()));
    items.collect()
}
