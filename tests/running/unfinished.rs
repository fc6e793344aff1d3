//! One run of a workflow at a time: what is not finished holds it, and the lock goes with its process.

use std::fs;
use std::io::Read;
use std::process::Child;
use std::process::Command;

use crate::flow;
use crate::flow::Flow;
use crate::flow::Step;
use crate::flow::mark;
use crate::project::Project;
use crate::project::Run;
use crate::running::run;
use crate::running::state;
use crate::running::trace;

/// A run whose first action waits until it is let go, and the program that carries it on.
struct InFlight {
    project: Project,
    program: Child,
}

impl InFlight {
    fn new() -> Self {
        let waits = format!(
            "{}\necho > begun\nread -r _ < go\n{}",
            mark("begun"),
            mark("went-on")
        );
        let flow = Flow::new("release")
            .step(Step::new(waits).action(mark("1.2")).undo(mark("1.undo")))
            .procedure(mark("procedure"));
        let project = flow.project();
        for name in ["begun", "go"] {
            let made = Command::new("mkfifo")
                .arg(project.path().join(name))
                .status();
            assert!(made.unwrap().success());
        }
        let mut command = crate::project::attentive(env!("CARGO_BIN_EXE_wf"));
        command
            .args(["run", "release", "--yes"])
            .current_dir(project.path());
        let program = flow::spawn(&mut command);
        // It can be opened when the command is there.
        let mut begun = String::new();
        fs::File::open(project.path().join("begun"))
            .unwrap()
            .read_to_string(&mut begun)
            .unwrap();
        Self { project, program }
    }

    /// End the program by a signal.
    fn signal(self, signal: &str) -> (Project, Run) {
        let id = self.program.id().to_string();
        Command::new("kill").args([signal, &id]).status().unwrap();
        (self.project, Run::of(&flow::ended(self.program)))
    }
}

fn go(project: &Project) {
    fs::write(project.path().join("go"), "go\n").unwrap();
}

#[test]
fn a_second_run_is_refused_while_the_first_is_carried_on() {
    let first = InFlight::new();
    let name = flow::runs(&first.project).remove(0);
    assert_eq!(name.1, "running");
    for words in [
        &["run", "release", "--yes"][..],
        &["resume"],
        &["rollback", "--yes"],
    ] {
        let found = flow::wf(&first.project, words);
        assert_eq!(found.code, 6, "{words:?}: {}", found.out);
        assert!(found.err.contains(&name.0), "{}", found.err);
        assert!(found.err.contains("wf runs show"), "{}", found.err);
    }
    // Another workflow is not held up.
    let other = Flow::new("other").step(Step::new(mark("other"))).text();
    first.project.write("workflows/other.md", other);
    let found = flow::wf(&first.project, &["run", "other", "--yes"]);
    assert_eq!(found.code, 0, "{}", found.err);
    go(&first.project);
    let ended = flow::ended(first.program);
    assert_eq!(ended.status.code(), Some(0));
    assert_eq!(trace(&first.project), "begun other went-on 1.2");
}

#[test]
fn a_run_that_died_holds_its_workflow_and_not_its_lock() {
    let (project, _) = InFlight::new().signal("-KILL");
    let name = flow::runs(&project).remove(0);
    assert_eq!(name.1, "crashed");
    let found = run(&project, &[]);
    assert_eq!(found.code, 6, "{}", found.out);
    for way in ["wf resume", "wf rollback", "wf runs abandon", &name.0] {
        assert!(found.err.contains(way), "{way} in {}", found.err);
    }
    // The command has outlived the program. It is ended before anything else is done.
    let found = flow::wf(&project, &["resume"]);
    assert_eq!(found.code, 3, "{}{}", found.out, found.err);
    for way in ["--retry", "--done", "--rollback", "1.1"] {
        assert!(found.out.contains(way), "{way} in {}", found.out);
    }
    assert_eq!(trace(&project), "begun");
    let found = flow::wf(&project, &["resume", "--done"]);
    assert_eq!(found.code, 0, "{}{}", found.out, found.err);
    assert_eq!(trace(&project), "begun 1.2");
}

#[test]
fn a_run_that_died_is_undone_on_request() {
    let (project, _) = InFlight::new().signal("-KILL");
    let found = flow::wf(&project, &["rollback", "--yes"]);
    assert_eq!(
        (found.code, state(&project).as_str()),
        (1, "failed"),
        "{}",
        found.err
    );
    assert_eq!(trace(&project), "begun 1.undo procedure");
}

#[test]
fn a_run_that_died_is_given_up_on_request_and_nothing_of_it_lives_on() {
    let (project, _) = InFlight::new().signal("-KILL");
    let name = flow::runs(&project).remove(0).0;
    let found = flow::wf(&project, &["runs", "abandon", &name]);
    assert_eq!(
        (found.code, state(&project).as_str()),
        (0, "abandoned"),
        "{}",
        found.err
    );
    // Nobody reads what would let the command go on.
    let opened = rustix::fs::open(
        project.path().join("go"),
        rustix::fs::OFlags::WRONLY | rustix::fs::OFlags::NONBLOCK,
        rustix::fs::Mode::empty(),
    );
    assert_eq!(opened.err(), Some(rustix::io::Errno::NXIO));
    assert_eq!(trace(&project), "begun");
    // The way is free.
    let other = Flow::new("release").step(Step::new(mark("again"))).text();
    project.write("workflows/release.md", other);
    assert_eq!(run(&project, &[]).code, 0);
}

#[test]
fn a_signal_suspends_a_run() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143), ("-HUP", 143)] {
        let (project, found) = InFlight::new().signal(signal);
        assert_eq!(
            (found.code, state(&project).as_str()),
            (code, "suspended"),
            "{signal} {}",
            found.err
        );
        assert!(found.out.contains("wf resume"), "{}", found.out);
        assert_eq!(trace(&project), "begun");
        assert_eq!(run(&project, &[]).code, 6);
        let found = flow::wf(&project, &["resume", "--done"]);
        assert_eq!(found.code, 0, "{}{}", found.out, found.err);
        assert_eq!(trace(&project), "begun 1.2");
    }
}

#[test]
fn a_run_that_died_before_its_first_record_holds_nothing() {
    let project = Flow::new("release").step(Step::marked(1)).project();
    let folder = ".memory/runs/release-20261101T120000Z-abcd";
    let long = format!(
        "{{\"version\":1,\"seq\":1,\"plan\":\"{}",
        "x".repeat(20_000)
    );
    project.write(&format!("{folder}/document.md"), "# Never begun\n");
    for journal in [None, Some(""), Some("{\"version\":1,"), Some(&long)] {
        if let Some(journal) = journal {
            project.write(&format!("{folder}/journal.jsonl"), journal);
        }
        let found = run(&project, &[]);
        assert_eq!(found.code, 0, "{journal:?}: {}", found.err);
        let found = flow::wf(&project, &["resume"]);
        assert!(found.err.contains("no run is waiting"), "{}", found.err);
        let found = flow::wf(&project, &["runs"]);
        assert!(found.out.contains("release-20261101T120000Z-abcd"));
    }
}

#[test]
fn each_state_names_its_own_ways_on() {
    let manual = Flow::new("release").step(Step::new("by hand: Look").undo(mark("undo")));
    let project = manual.project();
    assert_eq!(run(&project, &[]).code, 3);
    let found = run(&project, &[]);
    assert_eq!(found.code, 6);
    for way in [
        "waits for a person",
        "wf confirm",
        "wf reject",
        "wf resume",
        "wf rollback",
        "wf runs abandon",
    ] {
        assert!(found.err.contains(way), "{way} in {}", found.err);
    }
    let stuck = Flow::new("release").step(Step::new("false").undo("false"));
    let project = stuck.project();
    assert_eq!(run(&project, &[]).code, 4);
    let found = run(&project, &[]);
    assert_eq!(found.code, 6);
    for way in [
        "stuck",
        "--retry",
        "--skip",
        "--keep-going",
        "wf runs abandon",
    ] {
        assert!(found.err.contains(way), "{way} in {}", found.err);
    }
}
