//! What cannot be recorded is not done.

use std::fs;
use std::path::Path;

use crate::flow;
use crate::flow::Flow;
use crate::flow::Step;
use crate::flow::mark;
use crate::project::Run;
use crate::running::run;
use crate::running::state;
use crate::running::trace;

#[test]
fn nothing_runs_where_no_record_can_be_made() {
    // Not even the owner of all files can make a folder in the place of a file, or in the kernel's tables.
    for (place, settings) in [
        (".memory", ""),
        (".memory/runs", ""),
        (".memory/locks", ""),
        ("logs", ""),
        ("errors", ""),
        (".memory/checkpoints", ""),
        ("elsewhere", "record = \"elsewhere\"\n"),
    ] {
        let flow = Flow::new("release").step(Step::marked(1));
        let project = flow.project_with(settings);
        project.write(place, "in the way");
        let found = run(&project, &[]);
        assert_eq!(
            (found.code, trace(&project).as_str()),
            (2, ""),
            "{place}: {}",
            found.out
        );
        assert!(found.err.contains(place), "{place} in {}", found.err);
        assert!(found.err.contains("nothing was run"), "{}", found.err);
        let runs = flow::wf(&project, &["runs"]);
        let is_file = place == ".memory" || place == ".memory/runs";
        if is_file || place == "elsewhere" {
            assert_eq!(runs.code, 2, "{place}");
            assert!(
                runs.err.contains("the runs cannot be listed"),
                "{}",
                runs.err
            );
        } else {
            assert!(
                runs.err.contains("has no records of runs"),
                "{place}: {}",
                runs.out
            );
        }
        // Once it is out of the way, nothing holds the workflow.
        fs::remove_file(project.path().join(place)).unwrap();
        let found = run(&project, &[]);
        assert_eq!(found.code, 0, "{place}: {}", found.err);
    }
}

#[test]
fn nothing_runs_where_the_first_record_cannot_be_written() {
    let project = Flow::new("release").step(Step::marked(1)).project();
    let found = limited(project.path(), 0);
    assert_eq!(
        (found.code, trace(&project).as_str()),
        (2, ""),
        "{}",
        found.out
    );
    assert!(found.err.contains("nothing was run"), "{}", found.err);
    assert_eq!(flow::runs(&project), []);
    assert_eq!(run(&project, &[]).code, 0);
}

/// Steps that go on after this happened in the second one.
fn then(happens: &str) -> Flow {
    Flow::new("release")
        .step(Step::marked(1))
        .step(
            Step::new(format!("{}\n{happens}", mark("2.1")))
                .action(mark("2.2"))
                .undo(mark("2.undo")),
        )
        .step(Step::marked(3))
        .procedure(mark("procedure"))
}

#[test]
fn a_run_stops_before_its_next_effect_when_its_record_is_taken_away() {
    let at_once = "1.1 1.verify 2.1";
    // What only people read is written at the next milestone; the journal has it all.
    let at_next_milestone = "1.1 1.verify 2.1 2.2";
    for (happens, says, left) in [
        ("rm -r .memory/runs/*", "output/2.2-1.log", at_once),
        (
            "rm .memory/runs/*/journal.jsonl",
            "was removed while the run went on",
            at_once,
        ),
        (
            "rm -r .memory/runs/*/output; echo x > \"$(echo .memory/runs/*)/output\"",
            "output/2.2-1.log",
            at_once,
        ),
        (
            "mkdir \"$(echo .memory/runs/*)/scratch/2.2-1\"",
            "scratch/2.2-1",
            at_once,
        ),
        ("rm -rf logs; echo x > logs", "`logs`", at_next_milestone),
        (
            "rm -rf .memory/checkpoints; echo x > .memory/checkpoints",
            "`.memory/checkpoints`",
            at_next_milestone,
        ),
    ] {
        let project = then(happens).project();
        let found = run(&project, &[]);
        assert_eq!(found.code, 4, "{happens}: {}{}", found.out, found.err);
        assert!(found.err.contains(says), "{says} in {}", found.err);
        let in_place = "the run stopped; left as it is: step 1, step 2\n";
        assert!(found.err.contains(in_place), "{}", found.err);
        assert_eq!(trace(&project), left, "{happens}");
        let log = fs::read_to_string(project.path().join("logs/info.log")).unwrap_or_default();
        let last = log.lines().last().unwrap_or_default();
        assert!(log.is_empty() || last.contains("run stopped"), "{log}");
    }
}

#[test]
fn what_never_began_for_want_of_its_script_is_begun_by_a_resume() {
    let in_the_way = "mkdir \"$(echo .memory/runs/*)/scratch/2.2-1\"";
    let project = then(in_the_way).project();
    assert_eq!(run(&project, &[]).code, 4);
    let records = flow::records(&project);
    let last = records.last().unwrap();
    assert_eq!(
        (&last["event"], &last["item"], &last["outcome"]["kind"]),
        (
            &"item-finished".into(),
            &"2.2".into(),
            &"not-started".into()
        ),
        "{last}"
    );
    // It is neither taken for done because its step's checks hold, nor asked about.
    let found = flow::wf(&project, &["resume"]);
    assert_eq!(found.code, 0, "{}{}", found.out, found.err);
    assert_eq!(trace(&project), "1.1 1.verify 2.1 2.2 3.1 3.verify");
}

/// A run in a project whose files may grow to so many blocks of 1 KiB.
fn limited(project: &Path, blocks: u32) -> Run {
    let mut command = crate::project::attentive("bash");
    let script = format!("ulimit -f {blocks}; trap '' XFSZ; exec \"$@\"");
    command
        .args([
            "-c",
            &script,
            "bash",
            env!("CARGO_BIN_EXE_wf"),
            "run",
            "release",
            "--yes",
        ])
        .current_dir(project)
        .env("USER", "ops");
    Run::of(&flow::output(&mut command))
}

#[test]
fn a_run_stops_where_its_journal_cannot_grow_and_goes_on_when_it_can() {
    let flow = (1..=20).fold(Flow::new("release"), |flow, step| {
        flow.step(Step::marked(step))
    });
    let whole = flow.project();
    assert_eq!(run(&whole, &[]).code, 0);
    let size: u64 = flow::records(&whole)
        .iter()
        .map(|record| record.to_string().len() as u64)
        .sum();
    let project = flow.project();
    let found = limited(project.path(), (size / 1024) as u32 - 5);
    assert_eq!(found.code, 4, "{}{}", found.out, found.err);
    assert!(
        found.err.contains("cannot write the journal") && found.err.contains("wf resume"),
        "{}",
        found.err
    );
    assert_eq!(state(&project), "crashed");
    let started = flow::records(&project)
        .iter()
        .filter(|record| record["event"] == "item-started")
        .count();
    assert!(
        flow::trace(&project).len() <= started,
        "a command ran that is not recorded"
    );
    let mut found = flow::wf(&project, &["resume"]);
    if found.code == 3 {
        found = flow::wf(&project, &["resume", "--done"]);
    }
    assert_eq!(found.code, 0, "{}{}", found.out, found.err);
    assert_eq!(trace(&project), trace(&whole));
}
