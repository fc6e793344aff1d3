//! What a run does next, whatever happens: random plans, random outcomes, deaths of the program and people's answers.
//!
//! `PROPTEST_CASES=100000 cargo test --release policy` looks longer.

mod chance;
mod dag;
mod law;
mod length;
mod plans;
mod script;
mod sentences;
mod simulation;

use proptest::prelude::*;
use proptest::sample::select;
use wf::event::Event;

/// Some of these words, one after the other.
fn words(
    words: &'static [&'static str],
    count: std::ops::Range<usize>,
) -> impl Strategy<Value = String> {
    prop::collection::vec(select(words), count).prop_map(|words| words.join(" "))
}

/// The words of a step, but for what it waits for.
fn step() -> impl Strategy<Value = String> {
    let actions = words(&["run", "run", "run", "ask"], 1..4);
    let checks = words(&["check", "check", "check", "ask-check"], 0..3);
    let items = words(&["undo", "undo", "undo", "ask-undo"], 1..3);
    let waived = select(&["none", "irreversible"][..]).prop_map(str::to_owned);
    let undo = prop_oneof![3 => items, 2 => waived];
    let options = words(&["idempotent", "retries=1", "retries=2"], 0..3);
    (actions, checks, undo, options)
        .prop_map(|(actions, checks, undo, options)| format!("{actions} {checks} {undo} {options}"))
}

/// The words of a plan: each step may wait for any that chance ranks before it.
fn plan() -> impl Strategy<Value = String> {
    let whole = words(
        &[
            "prerequisite",
            "ask-prerequisite",
            "criterion",
            "ask-criterion",
            "procedure",
            "ask-procedure",
        ],
        0..4,
    );
    let policy = select(&["policy=unwind", "policy=unwind", "policy=step"][..]);
    let step = (step(), any::<u8>(), prop::collection::vec(any::<u8>(), 6));
    let steps = prop::collection::vec(step, 1..6);
    (whole, policy, 1..4_u32, any::<bool>(), steps).prop_map(
        |(whole, policy, jobs, is_declared, steps)| {
            let ranks: Vec<(u8, usize)> = steps
                .iter()
                .enumerate()
                .map(|(at, (_, rank, _))| (*rank, at))
                .collect();
            let lines = steps.iter().enumerate().map(|(at, (words, _, waits))| {
                let before = (0..ranks.len())
                    .filter(|&other| ranks[other] < ranks[at] && waits[other] % 3 == 0);
                let before: Vec<String> = before.map(|other| (other + 1).to_string()).collect();
                if is_declared && !before.is_empty() {
                    format!("{words} after={}", before.join(","))
                } else {
                    words.clone()
                }
            });
            let lines: Vec<String> = lines.collect();
            format!("jobs={jobs} {policy} {whole}\n{}", lines.join("\n"))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_run_keeps_the_law(text in plan(), rolls in prop::collection::vec(any::<u8>(), 0..300)) {
        let run = chance::play(&text, rolls);
        law::judge(&run.plan, &run.events);
        for event in &run.events {
            let written = serde_json::to_string(event).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Event>(&written).unwrap(), event);
        }
    }
}
