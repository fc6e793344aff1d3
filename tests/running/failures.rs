//! Five steps, failing at each in turn and in each way: exactly what was due ran, in exactly the order that is written.

use std::fs;

use crate::flow::Flow;
use crate::flow::Step;
use crate::flow::mark;
use crate::project::Project;
use crate::project::Run;
use crate::running::run;
use crate::running::state;
use crate::running::trace;

const STEPS: u32 = 5;
const SETTINGS: &str =
    "grace = \"200ms\"\ninterpreters = { nowhere = [\"wf-no-such-interpreter\"] }\n";

/// A workflow whose steps leave `N.1`, `N.2`, `N.verify` and `N.undo`, with this in the place of one.
fn flow(number: u32, failing: &Step) -> Flow {
    let flow = Flow::new("release")
        .prerequisite(mark("prerequisite"))
        .criterion(mark("criterion"))
        .procedure(mark("procedure"));
    (1..=STEPS).fold(flow, |flow, step| {
        flow.step(if step == number {
            failing.clone()
        } else {
            Step::marked(step).action(mark(&format!("{step}.2")))
        })
    })
}

/// Run it, and see that what was left is what succeeded before, this of the failing step, and what undoes them.
fn fails(number: u32, failing: &Step, leaves: &str) -> (Project, Run) {
    let project = flow(number, failing).project_with(SETTINGS);
    let found = run(&project, &[]);
    let before = (1..number).map(|step| format!("{step}.1 {step}.2 {step}.verify "));
    let undone = (1..number).rev().map(|step| format!("{step}.undo "));
    let expected = format!(
        "prerequisite {}{leaves} {number}.undo {}procedure",
        before.collect::<String>(),
        undone.collect::<String>()
    );
    assert_eq!(trace(&project), expected, "{}", found.out);
    assert_eq!((found.code, state(&project).as_str()), (1, "failed"));
    (project, found)
}

/// The error report of the one run that failed.
fn report(project: &Project) -> String {
    let mut files = fs::read_dir(project.path().join("errors")).unwrap();
    fs::read_to_string(files.next().unwrap().unwrap().path()).unwrap()
}

fn first(number: u32) -> Step {
    Step::new(mark(&format!("{number}.1"))).undo(mark(&format!("{number}.undo")))
}

#[test]
fn an_action_fails() {
    for number in 1..=STEPS {
        let leaves = format!("{number}.1 {number}.2");
        let action = format!(
            "{}\nls /no-such-place\n{}",
            mark(&format!("{number}.2")),
            mark("after")
        );
        let failing = first(number)
            .action(action)
            .action(mark("never"))
            .check(mark("never"));
        let (project, found) = fails(number, &failing, &leaves);
        let report = report(&project);
        let heading = format!("# The release workflow: step {number} \"Part {number}\" failed");
        for (text, part) in [
            (&found.out, "exit status 2"),
            (&found.out, "ls /no-such-place"),
            (&report, &heading),
            (&report, "exit status 2"),
            (&report, "/no-such-place"),
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}

#[test]
fn a_verification_fails() {
    for number in 1..=STEPS {
        let leaves = format!("{number}.1 {number}.verify");
        let check = format!("{}\nfalse", mark(&format!("{number}.verify")));
        let (_, found) = fails(
            number,
            &first(number).check(check).check(mark("never")),
            &leaves,
        );
        assert!(
            found.out.contains(&format!("{number}.verify.1")),
            "{}",
            found.out
        );
    }
}

#[test]
fn a_command_takes_too_long() {
    let steps = 1..=STEPS;
    std::thread::scope(|scope| {
        for number in steps {
            scope.spawn(move || {
                let leaves = format!("{number}.1 {number}.2");
                let forever = format!("{}\ntail -f /dev/null", mark(&format!("{number}.2")));
                let failing = first(number)
                    .action(forever)
                    .action(mark("never"))
                    .option("**Timeout**: 3s");
                let (project, found) = fails(number, &failing, &leaves);
                assert!(
                    found.out.contains("timed out: not over after 3s"),
                    "{}",
                    found.out
                );
                assert!(report(&project).contains("took longer than 3.0s"));
            });
        }
    });
}

#[test]
fn an_interpreter_is_missing() {
    for number in 1..=STEPS {
        let leaves = format!("{number}.1");
        let failing = first(number)
            .action("```nowhere\nprint 1\n```")
            .action(mark("never"));
        let (project, found) = fails(number, &failing, &leaves);
        for text in [&found.out, &report(&project)] {
            let plain = text.replace('\\', "");
            let says = "the interpreter `wf-no-such-interpreter` is not there";
            assert!(plain.contains(says), "{text}");
        }
    }
}

#[test]
fn the_working_directory_is_missing() {
    // What undoes the step cannot be started there either.
    let failing = first(2).option("**Working directory**: no/such/folder");
    let project = flow(2, &failing).project();
    let found = run(&project, &[]);
    assert_eq!((found.code, state(&project).as_str()), (4, "stuck"));
    assert_eq!(trace(&project), "prerequisite 1.1 1.2 1.verify");
    assert!(found.out.contains("no/such/folder"), "{}", found.out);
    project.write("no/such/folder/.keep", "");
    let found = crate::flow::wf(&project, &["rollback", "--retry"]);
    assert_eq!(found.code, 1, "{}", found.err);
    assert_eq!(
        trace(&project),
        "prerequisite 1.1 1.2 1.verify 2.undo 1.undo procedure"
    );
}

#[test]
fn the_working_directory_leads_out_of_the_project() {
    let failing = first(2).option("**Working directory**: out");
    let project = flow(2, &failing).project();
    let elsewhere = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), project.path().join("out")).unwrap();
    let found = run(&project, &[]);
    assert_eq!((found.code, state(&project).as_str()), (4, "stuck"));
    assert_eq!(trace(&project), "prerequisite 1.1 1.2 1.verify");
    let shown: Vec<&str> = found.out.split_whitespace().collect();
    assert!(
        shown.join(" ").contains("it leads out of the project"),
        "{}",
        found.out
    );
    // A link to another folder of the project is none of that.
    project.write("inside/.keep", "");
    std::fs::remove_file(project.path().join("out")).unwrap();
    std::os::unix::fs::symlink("inside", project.path().join("out")).unwrap();
    let found = crate::flow::wf(&project, &["rollback", "--retry"]);
    assert_eq!(found.code, 1, "{}", found.err);
}

#[test]
fn a_prerequisite_fails_and_there_is_nothing_to_undo() {
    let flow = flow(1, &Step::marked(1)).prerequisite(format!("{}\nfalse", mark("missing")));
    let project = flow.prerequisite(mark("never")).project();
    let found = run(&project, &[]);
    assert_eq!(trace(&project), "prerequisite missing");
    assert_eq!((found.code, state(&project).as_str()), (1, "failed"));
    assert!(report(&project).contains("prerequisites.2"));
}

#[test]
fn a_criterion_fails_and_all_steps_are_undone() {
    let flow = Flow::new("release")
        .step(Step::marked(1))
        .step(Step::marked(2))
        .criterion(mark("criterion"))
        .criterion("false")
        .criterion(mark("never"))
        .procedure(mark("procedure"));
    let project = flow.project();
    assert_eq!(run(&project, &[]).code, 1);
    assert_eq!(
        trace(&project),
        "1.1 1.verify 2.1 2.verify criterion 2.undo 1.undo procedure"
    );
    let project = flow.project_with("rollback = \"step\"\n");
    assert_eq!(run(&project, &[]).code, 1);
    assert_eq!(
        trace(&project),
        "1.1 1.verify 2.1 2.verify criterion procedure"
    );
}

#[test]
fn rollback_of_the_failed_step_alone_leaves_the_others() {
    let failing = first(3).check("false");
    let project = flow(3, &failing).project_with("rollback = \"step\"\n");
    let found = run(&project, &[]);
    assert_eq!(
        trace(&project),
        "prerequisite 1.1 1.2 1.verify 2.1 2.2 2.verify 3.1 3.undo procedure"
    );
    assert_eq!((found.code, state(&project).as_str()), (1, "failed"));
}

#[test]
fn what_fails_is_tried_again_as_often_as_it_may() {
    let attempts = |most: u32| {
        let flaky = format!(
            "echo x >> attempts\n{}\n[ \"$(wc -l < attempts)\" -ge {most} ]",
            mark("try")
        );
        let step = Step::new(flaky).undo(mark("undo")).option("**Retries**: 2");
        Flow::new("release").step(step).project()
    };
    let project = attempts(3);
    assert_eq!(run(&project, &[]).code, 0);
    assert_eq!(trace(&project), "try try try");
    let project = attempts(4);
    assert_eq!(run(&project, &[]).code, 1);
    assert_eq!(trace(&project), "try try try undo");
}
