//! Plans in a few words, for what follows from them rather than from the words of a document.
//!
//! The first line holds what belongs to no step: `jobs=2`, `policy=step`, `prerequisite`, `criterion`, `procedure`.
//! Each further line is a step: `run`, `check`, `undo`, `none`, `irreversible`, `retries=1`, `idempotent`, `after=1,2`.
//! `ask-` before an item makes it manual. Where no step says `after` and the first line does not say `free`, each
//! waits for the one before it.

use std::collections::BTreeMap;

use wf::plan;
use wf::plan::Command;
use wf::plan::Item;
use wf::plan::ItemId;
use wf::plan::Place;
use wf::plan::Plan;
use wf::plan::Policy;
use wf::plan::Settings;
use wf::plan::Step;
use wf::plan::Undo;

/// The plan that the words tell, and how many steps may run at once.
pub fn read(text: &str) -> (Plan, u32) {
    let mut lines = text.lines();
    let (mut jobs, mut is_free) = (1, text.contains("after="));
    let mut plan = empty();
    for word in lines.next().unwrap_or_default().split_whitespace() {
        let (kind, value) = word.split_once('=').unwrap_or((word, ""));
        match kind.trim_start_matches("ask-") {
            "jobs" => jobs = value.parse().unwrap(),
            "free" => is_free = true,
            "policy" if value == "step" => plan.settings.rollback = Policy::Step,
            "policy" if value == "unwind" => plan.settings.rollback = Policy::Unwind,
            "prerequisite" => push(&mut plan.prerequisites, Place::Prerequisites, word),
            "criterion" => push(&mut plan.criteria, Place::Criteria, word),
            "procedure" => push(&mut plan.procedure, Place::Procedure, word),
            _ => panic!("`{word}` says nothing of a plan"),
        }
    }
    let steps: Vec<&str> = lines.filter(|line| !line.trim().is_empty()).collect();
    let steps = steps.into_iter().zip(1..);
    plan.steps = steps
        .map(|(line, number)| step(line, number, is_free))
        .collect();
    (plan, jobs)
}

fn step(line: &str, number: u32, is_free: bool) -> Step {
    let mut step = Step {
        number,
        name: format!("Step {number}"),
        line: number,
        after: (1..number).rev().take(1).filter(|_| !is_free).collect(),
        actions: Vec::new(),
        verification: Vec::new(),
        undo: Undo::Irreversible("nothing is said".to_owned()),
        timeout_ms: None,
        retries: 0,
        directory: String::new(),
        idempotent: false,
    };
    let mut undo = Vec::new();
    for word in line.split_whitespace() {
        let (kind, value) = word.split_once('=').unwrap_or((word, ""));
        match kind.trim_start_matches("ask-") {
            "run" | "ask" => push(&mut step.actions, Place::Action(number), word),
            "check" => push(&mut step.verification, Place::Verification(number), word),
            "undo" => push(&mut undo, Place::Rollback(number), word),
            "none" => step.undo = Undo::Nothing("it reads only".to_owned()),
            "irreversible" => step.undo = Undo::Irreversible("mail is sent".to_owned()),
            "idempotent" => step.idempotent = true,
            "retries" => step.retries = value.parse().unwrap(),
            "after" => step.after = value.split(',').map(|step| step.parse().unwrap()).collect(),
            _ => panic!("`{word}` says nothing of a step"),
        }
    }
    if !undo.is_empty() {
        step.undo = Undo::Items(undo);
    }
    assert!(!step.actions.is_empty(), "step {number} does nothing");
    step
}

fn push(items: &mut Vec<Item>, place: Place, word: &str) {
    let is_manual = word.starts_with("ask");
    let number = items.len() as u32 + 1;
    items.push(Item {
        id: ItemId { place, number },
        title: word.to_owned(),
        details: String::new(),
        line: number,
        command: (!is_manual).then(|| Command {
            language: "bash".to_owned(),
            program: vec!["bash".to_owned()],
            code: "true".to_owned(),
            line: number,
            transcript: None,
        }),
    });
}

fn empty() -> Plan {
    Plan {
        version: plan::VERSION,
        workflow: "tiny".to_owned(),
        document: "workflows/tiny.md".to_owned(),
        sha256: plan::digest(b""),
        title: "Tiny".to_owned(),
        inputs: Vec::new(),
        settings: Settings {
            timeout_ms: None,
            grace_ms: 0,
            retry_delay_ms: 0,
            rollback: Policy::Unwind,
            max_output: 1,
            env: BTreeMap::new(),
            record: ".memory".to_owned(),
            errors: "errors".to_owned(),
            known_errors: "docs/fix_this_error.md".to_owned(),
        },
        prerequisites: Vec::new(),
        steps: Vec::new(),
        criteria: Vec::new(),
        procedure: Vec::new(),
        logs: Vec::new(),
        checkpoints: Vec::new(),
    }
}
