//! What only a person can do: the run waits, and goes on when it was answered.

use serde_json::Value;

use crate::flow;
use crate::flow::Flow;
use crate::flow::Step;
use crate::flow::mark;
use crate::project::Project;
use crate::project::Run;
use crate::running::run;
use crate::running::state;
use crate::running::trace;

fn flow() -> Flow {
    Flow::new("release")
        .step(Step::marked(1))
        .step(
            Step::new("by hand: Tell the others")
                .action(mark("2.2"))
                .undo(mark("2.undo")),
        )
        .procedure(mark("procedure"))
}

/// A project whose run waits at 2.1.
fn waiting() -> Project {
    let project = flow().project();
    let found = run(&project, &[]);
    assert_eq!(found.code, 3, "{}{}", found.out, found.err);
    assert!(
        found.out.contains("2.1") && found.out.contains("wf confirm"),
        "{}",
        found.out
    );
    assert_eq!(
        (trace(&project).as_str(), state(&project).as_str()),
        ("1.1 1.verify", "waiting")
    );
    project
}

fn answer(project: &Project, words: &[&str]) -> Run {
    flow::wf(project, words)
}

fn answered(project: &Project) -> Value {
    let records = flow::records(project);
    let mut answers = records
        .into_iter()
        .filter(|record| record["event"] == "item-answered");
    answers.next_back().unwrap()
}

#[test]
fn a_confirmed_item_lets_the_run_go_on() {
    let project = waiting();
    project.write("mail.txt", "sent at nine\n");
    let run = flow::runs(&project).remove(0).0;
    let found = answer(
        &project,
        &[
            "confirm",
            &run,
            "--item",
            "2.1",
            "--evidence",
            "@mail.txt",
            "--as",
            "Ada",
        ],
    );
    assert_eq!(found.code, 0, "{}{}", found.out, found.err);
    assert_eq!(trace(&project), "1.1 1.verify 2.2");
    let record = answered(&project);
    assert_eq!(
        (&record["by"], &record["done"]),
        (&"Ada".into(), &true.into())
    );
    assert!(record["note"].as_str().unwrap().contains("sent at nine"));
    // It works once.
    let again = answer(&project, &["confirm", &run, "--item", "2.1"]);
    assert_eq!(again.code, 2, "{}", again.out);
    assert!(again.err.contains("is over"), "{}", again.err);
}

#[test]
fn a_rejected_item_leads_to_rollback_of_its_own_step_too() {
    let project = waiting();
    let found = answer(&project, &["reject", "--reason", "nobody answers"]);
    assert_eq!(found.code, 1, "{}{}", found.out, found.err);
    assert_eq!(trace(&project), "1.1 1.verify 2.undo 1.undo procedure");
    assert_eq!(answered(&project)["note"], "nobody answers");
    assert!(found.out.contains("nobody answers"), "{}", found.out);
}

#[test]
fn only_what_waits_can_be_answered() {
    let project = waiting();
    for (words, says) in [
        (&["confirm", "--item", "2.2"][..], "2.2 does not wait"),
        (&["confirm", "--item", "1.1"], "1.1 was done by its command"),
        (&["confirm", "--item", "nothing"], "names no item"),
        (
            &["confirm", "release-20200101T000000Z-aaaa"],
            "there is no run",
        ),
        (&["confirm", "--evidence", "@no-such-file"], "no-such-file"),
        (&["reject"], "--reason"),
        (&["reject", "--reason", ""], "--reason"),
        (&["resume", "--done"], "unknown outcome"),
    ] {
        let found = answer(&project, words);
        assert_eq!(found.code, 2, "{words:?}: {}", found.out);
        assert!(found.err.contains(says), "{says}: {}", found.err);
        assert_eq!(state(&project), "waiting");
    }
    // Asked again, it waits again.
    let found = answer(&project, &["resume"]);
    assert_eq!(found.code, 3, "{}", found.err);
    assert_eq!(answer(&project, &["confirm"]).code, 0);
}

#[test]
fn an_answer_is_bound_to_the_document_that_ran() {
    let project = waiting();
    let changed = flow().text().replace("2.2", "changed");
    project.write("workflows/release.md", changed);
    assert_eq!(answer(&project, &["confirm"]).code, 0);
    assert_eq!(trace(&project), "1.1 1.verify 2.2");
}

#[test]
fn every_kind_of_item_may_be_a_persons() {
    let flow = Flow::new("release")
        .prerequisite("by hand: It is asked for")
        .step(Step::marked(1).check("by hand: It looks right"))
        .criterion("by hand: All are content");
    let project = flow.project();
    let mut found = run(&project, &[]);
    for item in ["prerequisites.1", "1.verify.2", "criteria.1"] {
        assert_eq!(found.code, 3, "{}", found.err);
        assert!(found.out.contains(item), "{item} in {}", found.out);
        found = answer(&project, &["confirm", "--item", item]);
    }
    assert_eq!(found.code, 0, "{}{}", found.out, found.err);
    assert_eq!(trace(&project), "1.1 1.verify");
}

#[test]
fn a_rejected_prerequisite_has_nothing_to_undo() {
    let flow = flow().prerequisite("by hand: It is asked for");
    let project = flow.project();
    assert_eq!(run(&project, &[]).code, 3);
    let found = answer(&project, &["reject", "--reason", "it is not"]);
    assert_eq!(found.code, 1, "{}", found.err);
    assert_eq!(trace(&project), "");
}

#[test]
fn undoing_may_be_a_persons_too() {
    let flow = Flow::new("release").step(Step::marked(1)).step(
        Step::new("false")
            .undo("by hand: Take it back")
            .undo(mark("2.undo")),
    );
    let project = flow.project();
    let found = run(&project, &[]);
    assert_eq!(found.code, 3, "{}", found.err);
    let found = answer(&project, &["confirm"]);
    assert_eq!(found.code, 1, "{}", found.err);
    assert_eq!(trace(&project), "1.1 1.verify 2.undo 1.undo");
    let project = flow.project();
    assert_eq!(run(&project, &[]).code, 3);
    let found = answer(&project, &["reject", "--reason", "it is gone"]);
    assert_eq!(
        (found.code, state(&project).as_str()),
        (4, "stuck"),
        "{}",
        found.err
    );
    assert_eq!(trace(&project), "1.1 1.verify");
}
