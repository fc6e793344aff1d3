//! The program killed with SIGKILL at every record of a run's journal, and the run then carried on as an operator
//! would: nothing that was finished is done twice, no undoing is lost, and the record holds.
//!
//! What ran is told by the commands themselves: each leaves its item's name in a file of the project.

mod kill;
mod operator;
mod walk;

use std::fs;
use std::process::Command;

use crate::crash::kill::Kill;
use crate::crash::kill::Part;
use crate::crash::operator::Operator;
use crate::crash::walk::walk;
use crate::flow;
use crate::flow::Flow;
use crate::flow::Step;
use crate::flow::mark;

/// A check that holds if the last action of its step left its name.
fn check(number: u32, last: &str) -> String {
    let shows = format!("grep -qx \"{number}.{last}\" \"$WF_ROOT/trace\"");
    format!("{}\n{shows}", mark(&format!("{number}.verify.1")))
}

/// A step of two actions, a check and two items of undoing.
fn step(number: u32) -> Step {
    let leave = |item: &str| mark(&format!("{number}.{item}"));
    Step::new(leave("1"))
        .action(leave("2"))
        .check(check(number, "2"))
        .undo(leave("rollback.1"))
        .undo(leave("rollback.2"))
}

/// A step whose commands may be repeated: its first action sets a variable, its second fails at first.
fn idempotent(number: u32) -> Step {
    let leave = |item: &str| mark(&format!("{number}.{item}"));
    let sets = format!("{}\necho BUILT=yes >> \"$WF_OUTPUT\"", leave("1~"));
    let flaky = format!(
        "test \"$BUILT\" = yes\nif [ -e failed ]; then {}\nelse touch failed\n{}\nexit 1\nfi",
        leave("2~"),
        leave("2?")
    );
    Step::new(sets)
        .action(flaky)
        .check(check(number, "2~"))
        .undo(leave("rollback.1~"))
        .option("**Retries**: 1")
        .option("**Idempotent**: yes")
}

/// A workflow with all that does not stop it, and this step.
fn flow(last: Step) -> Flow {
    around([step(1), idempotent(2), last])
}

fn around(steps: impl IntoIterator<Item = Step>) -> Flow {
    let flow = Flow::new("release").prerequisite(mark("prerequisites.1"));
    let flow = steps.into_iter().fold(flow, Flow::step);
    flow.criterion(mark("criteria.1"))
        .procedure(mark("procedure.1"))
        .procedure(mark("procedure.2"))
}

/// A bash that waits by itself, as it does from the second command on.
#[test]
fn a_command_is_out_of_reach_until_its_record_is_synced() {
    let project = flow(step(3)).project();
    let mut command = Command::new(env!("CARGO_BIN_EXE_wf"));
    command.args(["run", "release", "--yes"]);
    let kill = Kill {
        at: 5,
        part: Part::Whole,
    };
    kill.arm(&mut command);
    flow::output(command.current_dir(project.path()));
    let records = flow::records(&project);
    let last = &records[4];
    assert_eq!(
        (records.len(), &last["event"], &last["item"]),
        (5, &"item-started".into(), &"1.1".into())
    );
    let run = &flow::runs(&project)[0].0;
    let scratch = project
        .path()
        .join(".memory/runs")
        .join(run)
        .join("scratch");
    let files = fs::read_dir(scratch).unwrap();
    let files: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
    let has = |name: &str| files.iter().any(|file| file == name);
    assert!(has("1.1-1.held") && !has("1.1-1"), "{files:?}");
    assert_eq!(flow::trace(&project), ["prerequisites.1"]);
}

#[test]
fn a_run_that_succeeds() {
    walk(&flow(step(3)), &[], Operator::Truthful);
}

#[test]
fn a_run_that_fails_and_is_rolled_back() {
    let failing = Step::new(mark("3.1"))
        .action(format!("{}\nfalse", mark("3.2?")))
        .check("false")
        .undo(mark("3.rollback.1"))
        .undo(mark("3.rollback.2"));
    walk(&flow(failing), &[], Operator::Truthful);
}

#[test]
fn a_run_that_waits_and_is_confirmed() {
    let manual = Step::new(mark("3.1"))
        .action("by hand: Tell the others")
        .action(mark("3.3"))
        .check("by hand: They know")
        .undo(mark("3.rollback.1"));
    walk(&flow(manual), &[], Operator::Truthful);
}

#[test]
fn a_run_that_waits_and_is_rejected() {
    let manual = Step::new("by hand: Tell the others, in vain")
        .check(mark("3.verify.1"))
        .undo(mark("3.rollback.1"))
        .undo("by hand: Tell them that it is taken back")
        .undo(mark("3.rollback.3"));
    walk(&flow(manual), &[], Operator::Truthful);
}

#[test]
fn a_run_that_is_turned_back_wherever_it_died() {
    walk(&flow(step(3)), &[], Operator::TurningBack);
}

/// Steps 2 and 3 run at the same time, and the last one when both are done.
fn diamond(last: Step) -> Flow {
    around([
        step(1),
        idempotent(2).option("**Depends on**: Step 1"),
        step(3).option("**Depends on**: Step 1"),
        last.option("**Depends on**: Step 2, Step 3"),
    ])
}

#[test]
fn a_run_of_two_steps_at_a_time_that_succeeds() {
    walk(&diamond(step(4)), &["--jobs", "2"], Operator::Truthful);
}

#[test]
fn a_run_of_two_steps_at_a_time_that_fails_and_is_rolled_back() {
    let failing = Step::new(mark("4.1"))
        .check(format!("{}\nfalse", mark("4.verify.1")))
        .undo(mark("4.rollback.1"));
    walk(&diamond(failing), &["--jobs", "2"], Operator::Truthful);
}
