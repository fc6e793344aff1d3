//! Workflows run by the program as people run it: what is executed, in which order, what is left of it, and what is said.

mod ends;
mod failures;
mod gate;
mod inputs;
mod manual;
mod rollback;
mod secrets;
mod terminal;
mod told;
mod unfinished;
mod unwritable;

use crate::flow;
use crate::project::Project;
use crate::project::Run;

/// Run the workflow `release` with these words.
fn run(project: &Project, words: &[&str]) -> Run {
    flow::wf(project, &[&["run", "release", "--yes"], words].concat())
}

/// The state of the newest run.
fn state(project: &Project) -> String {
    flow::runs(project).remove(0).1
}

/// What was left, in words.
fn trace(project: &Project) -> String {
    flow::trace(project).join(" ")
}
