//! This project's own workflows, run for real in scratch copies: to success, and failed at every step in turn, after
//! which the copy is as it was.

mod audit;
mod deployment;
mod migration;
mod place;
mod release;
mod site;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::process::Output;

use crate::project;
use crate::project::Project;
use crate::workflows::place::State;

/// Midnight of the tests' day, 2026-11-22, by which audits are judged.
const TODAY: &str = "1795305600";
/// What stands in a document where it is made to fail.
const FAILURE: &str = "Fail here, for the test";

/// Where in a step a document is made to fail.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// Before anything was done.
    Start,
    /// When everything was done and verified.
    End,
}

/// One of this project's documents.
fn document(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(root.join(format!("workflows/{name}.md"))).unwrap()
}

/// How many steps a document has.
fn steps(document: &str) -> usize {
    document.matches("\n### Step ").count()
}

/// A document with a command of one step that fails.
fn broken(document: &str, step: usize, moment: Moment) -> String {
    let (before, rest) = document
        .split_once(&format!("\n### Step {step}: "))
        .unwrap();
    let (mark, item) = match moment {
        Moment::Start => ("**Actions**:\n\n", "1. FAILURE\n   Run: `false`\n"),
        Moment::End => ("**Rollback** ", "- [ ] FAILURE\n  Run: `false`\n\n"),
    };
    let at = rest.find(mark).unwrap();
    let at = match moment {
        Moment::Start => at + mark.len(),
        Moment::End => at,
    };
    let item = item.replace("FAILURE", FAILURE);
    format!(
        "{before}\n### Step {step}: {}{item}{}",
        &rest[..at],
        &rest[at..]
    )
}

/// Run a workflow of a copy without asking anybody.
fn run(mut wf: Command, name: &str, inputs: &[&str]) -> project::Run {
    wf.args(["run", name, "--yes"])
        .args(inputs)
        // No proxy leads to this machine.
        .env("no_proxy", "127.0.0.1")
        .env("SOURCE_DATE_EPOCH", TODAY);
    project::Run::of(&wf.output().unwrap())
}

/// Let a workflow fail at each of its steps, at these moments, and look each time whether all is as it was.
fn fail_everywhere(
    project: &Project,
    name: &str,
    moments: &[Moment],
    attempt: impl Fn() -> project::Run,
    state: impl Fn() -> State,
) {
    let whole = document(name);
    let before = state();
    let count = steps(&whole);
    assert!(count >= 5, "{name} has only {count} steps");
    for step in 1..=count {
        for &moment in moments {
            project.write(
                &format!("workflows/{name}.md"),
                broken(&whole, step, moment),
            );
            let run = attempt();
            let place = format!("{name} failed at the {moment:?} of step {step}");
            assert_eq!(run.code, 1, "{place}: {}{}", run.out, run.err);
            let item = match moment {
                Moment::Start => format!("{step}.1 {FAILURE}"),
                Moment::End => format!("{step}.verify."),
            };
            let failed = run.out.lines().find(|line| line.starts_with("  failed "));
            let is_wanted = failed.is_some_and(|it| it.contains(&item) && it.contains(FAILURE));
            assert!(is_wanted, "{place}, but {failed:?}: {}", run.out);
            assert_same(&before, &state(), &format!("{place}: {}", run.out));
        }
    }
    project.write(&format!("workflows/{name}.md"), whole);
}

/// Nothing is another than it was.
fn assert_same(before: &State, after: &State, place: &str) {
    let differences = place::differences(before, after);
    assert!(differences.is_empty(), "{place}\n{differences:#?}");
}

/// A command that works, and what it printed.
fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
    text(&output)
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone())
        .unwrap()
        .trim()
        .to_owned()
}
