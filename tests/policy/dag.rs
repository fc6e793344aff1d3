//! Steps that wait for each other in any way, in any order in which their commands may end, some of them failing.

use std::collections::BTreeSet;

use proptest::prelude::*;
use wf::event::Event;
use wf::event::Outcome;
use wf::event::RunResult;
use wf::plan::ItemId;
use wf::plan::Place;
use wf::run::next::Next;

use crate::policy::simulation::Simulation;

/// A graph in the words of a plan: step *n* may wait for any that chance ranks before it.
fn graph() -> impl Strategy<Value = String> {
    let step = (any::<u8>(), any::<u8>());
    (1..5_u32, prop::collection::vec(step, 1..9)).prop_map(|(jobs, steps)| {
        let before = |at: usize| {
            let (rank, waits) = steps[at];
            let is_earlier = |other: &usize| (steps[*other].0, *other) < (rank, at);
            let earlier: Vec<usize> = (0..steps.len()).filter(is_earlier).collect();
            earlier
                .into_iter()
                .filter(move |other| waits >> other & 1 == 1)
        };
        let lines = (0..steps.len()).map(|at| {
            let before: Vec<String> = before(at).map(|other| (other + 1).to_string()).collect();
            if before.is_empty() {
                "run undo".to_owned()
            } else {
                format!("run undo after={}", before.join(","))
            }
        });
        let lines: Vec<String> = lines.collect();
        format!("jobs={jobs} free procedure\n{}", lines.join("\n"))
    })
}

/// What a run did.
struct Played {
    run: Simulation,
    /// The steps whose action was started, in that order.
    started: Vec<u32>,
    /// The first one that failed.
    failed: Option<u32>,
}

/// Carry a plan out. The commands of these steps fail; which of those that run ends next is chance.
fn play(text: &str, failing: &BTreeSet<u32>, mut rolls: impl Iterator<Item = usize>) -> Played {
    let mut run = Simulation::new(text);
    let (mut started, mut failed) = (Vec::new(), None);
    loop {
        match run.next() {
            Next::Record(event) => run.record(event),
            Next::Start(items) => {
                for item in items {
                    if let Place::Action(step) = item.place {
                        assert_eq!(failed, None, "{item} is started after a failure");
                        started.push(step);
                    }
                    run.start(item);
                }
            }
            Next::Wait => {
                is_busy_enough(&run, failed);
                let at = rolls.next().unwrap_or(0) % run.running.len();
                let item: ItemId = run.running[at];
                let step = item.place.step().filter(|step| failing.contains(step));
                let fails = step.filter(|_| matches!(item.place, Place::Action(_)));
                failed = failed.or(fails);
                let outcome = fails.map_or(Outcome::Succeeded, |_| Outcome::Failed { status: 1 });
                run.finish(item, outcome);
            }
            Next::Stop => {
                return Played {
                    run,
                    started,
                    failed,
                };
            }
        }
    }
}

/// As long as nothing failed, no step waits that could run.
fn is_busy_enough(run: &Simulation, failed: Option<u32>) {
    let is_forward = run
        .running
        .iter()
        .all(|item| matches!(item.place, Place::Action(_)));
    if failed.is_some() || !is_forward || run.running.len() >= run.state.jobs as usize {
        return;
    }
    let waits = run.plan.steps.iter().find(|step| {
        let is_free = step
            .after
            .iter()
            .all(|before| run.state.has_succeeded(*before));
        is_free && !run.state.has_begun(step.number)
    });
    assert!(waits.is_none(), "{waits:?} could run");
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_was_started_is_what_is_undone_in_reverse(
        text in graph(),
        failing in prop::collection::btree_set(1..9_u32, 0..3),
        rolls in prop::collection::vec(any::<usize>(), 0..60),
    ) {
        let played = play(&text, &failing, rolls.into_iter());
        let events = &played.run.events;
        let place = |wanted: &Event| events.iter().position(|event| event == wanted);
        for step in &played.run.plan.steps {
            let number = step.number;
            let begun = place(&Event::StepStarted { step: number });
            for before in &step.after {
                let over = place(&Event::StepFinished { step: *before });
                prop_assert!(begun.is_none() || over.is_some_and(|over| Some(over) < begun));
            }
        }
        let undone = events.iter().filter_map(|event| match event {
            Event::StepRolledBack { step, .. } => Some(*step),
            _ => None,
        });
        let undone: Vec<u32> = undone.collect();
        let others = played.started.iter().rev().copied().filter(|step| Some(*step) != played.failed);
        let expected: Vec<u32> = played.failed.into_iter().chain(others).collect();
        if played.failed.is_some() {
            prop_assert_eq!(undone, expected);
            prop_assert_eq!(played.run.state.result, Some(RunResult::Failed));
        } else {
            prop_assert_eq!(undone, Vec::<u32>::new());
            prop_assert_eq!(played.started.len(), played.run.plan.steps.len());
            prop_assert_eq!(played.run.state.result, Some(RunResult::Succeeded));
        }
    }
}
