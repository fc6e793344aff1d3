//! Journals that were changed by accident: what is said of them, and the way out.

use std::fs;

use serde_json::Value;

use crate::operation::project;
use crate::operation::read;
use crate::operation::runs;
use crate::operation::wf_ends;
use crate::operation::workflow;
use crate::project::Project;

/// A run that waits for a person, with its journal as `change` makes it; its name, and the journal's path.
fn damaged(change: impl Fn(&mut Vec<String>)) -> (Project, String, String) {
    let project = project("deploy", "true");
    let text = workflow("deploy", "true", "true");
    let manual = text.replace("- [ ] It is so\n  Run: `true`", "- [ ] It looks right");
    project.write("workflows/deploy.md", manual);
    wf_ends(&project, 3, &["run", "deploy", "--yes"]);
    let run = runs(&project).remove(0);
    let path = format!(".memory/runs/{run}/journal.jsonl");
    let mut lines: Vec<String> = read(&project, &path).lines().map(str::to_owned).collect();
    change(&mut lines);
    project.write(&path, lines.join("\n") + "\n");
    (project, run, path)
}

fn row(project: &Project) -> Value {
    let table = wf_ends(project, 0, &["runs", "--format", "json"]).out;
    let table: Value = serde_json::from_str(&table).unwrap();
    table["runs"].as_array().unwrap().last().unwrap().clone()
}

/// All that tells of runs says that this one was given up.
fn assert_given_up(project: &Project, run: &str, fault: &str) {
    let row = row(project);
    assert_eq!(row["state"], "abandoned", "{row}");
    assert!(row["note"].as_str().unwrap().contains(fault), "{row}");
    let table = wf_ends(project, 0, &["runs"]).out;
    assert!(
        table.contains("abandoned: its journal is damaged: line"),
        "{table}"
    );
    let found = wf_ends(project, 2, &["runs", "abandon", run]);
    assert!(
        found.err.contains("is over: it was given up"),
        "{}",
        found.err
    );
    let found = wf_ends(project, 2, &["resume", run]);
    assert!(
        found.err.contains("is over: it was given up"),
        "{}",
        found.err
    );
    let shown = wf_ends(project, 0, &["runs", "show", run]);
    assert!(
        shown.err.contains("a person gave the run up"),
        "{}",
        shown.err
    );
    wf_ends(project, 1, &["runs", "show", run, "--verify"]);
}

#[test]
fn a_run_with_a_damaged_journal_can_be_given_up() {
    for line in [0, 3] {
        let (project, run, path) = damaged(|lines| lines[line] = "oops".to_owned());
        let fault = format!("line {}: it is no record", line + 1);
        for arguments in [
            &["confirm", &run][..],
            &["resume", &run],
            &["rollback", &run, "--yes"],
        ] {
            let found = wf_ends(&project, 2, arguments);
            assert!(found.err.contains(&fault), "{}", found.err);
        }
        let refused = wf_ends(&project, 6, &["run", "deploy", "--yes"]);
        assert!(
            refused.err.contains("is damaged: ") && !refused.err.contains("wf resume"),
            "{}",
            refused.err
        );
        let before = read(&project, &path);
        let found = wf_ends(&project, 0, &["runs", "abandon", &run]);
        assert!(found.err.contains(&fault), "{}", found.err);
        let after = read(&project, &path);
        assert!(after.starts_with(&before) && after.lines().count() == before.lines().count() + 1);
        assert_given_up(&project, &run, &fault);
        wf_ends(&project, 3, &["run", "deploy", "--yes"]);
        assert_eq!(runs(&project).len(), 2);
        wf_ends(&project, 0, &["runs", "prune", "--keep", "0"]);
        assert_eq!(runs(&project).len(), 1);
    }
}

#[test]
fn the_log_and_the_checkpoint_of_a_damaged_run_say_that_it_was_given_up() {
    let (project, run, _) = damaged(|lines| lines[3] = "oops".to_owned());
    wf_ends(&project, 0, &["runs", "abandon", &run]);
    let log = read(&project, "logs/info.log");
    assert!(log.lines().last().unwrap().contains("abandoned"), "{log}");
    let folder = project.path().join(".memory/checkpoints");
    let checkpoint = fs::read_dir(folder)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let checkpoint = fs::read_to_string(checkpoint).unwrap();
    assert!(!checkpoint.contains("waiting for a person"), "{checkpoint}");
}

#[test]
fn a_damaged_run_is_not_passed_over() {
    let (project, run, _) = damaged(|lines| lines[0] = "oops".to_owned());
    let text = workflow("audit", "true", "true");
    let text = text.replace("- [ ] It is so\n  Run: `true`", "- [ ] It looks right");
    project
        .write("workflows/audit.md", text)
        .write("workflows/README.md", "[a](audit.md) [d](deploy.md)\n");
    wf_ends(&project, 3, &["run", "audit", "--yes"]);
    for arguments in [&["rollback", "--yes"][..], &["resume"], &["confirm"]] {
        let found = wf_ends(&project, 2, arguments);
        assert!(
            found.err.contains("more than one run") && found.err.contains(&run),
            "{arguments:?}: {}",
            found.err
        );
    }
}

#[test]
fn a_journal_that_was_cut_short_too_is_given_up_after_its_last_line() {
    let (project, run, path) = damaged(|lines| lines[3] = "oops".to_owned());
    let before = read(&project, &path);
    project.write(&path, format!("{before}{{\"version\":1,\"se"));
    wf_ends(&project, 0, &["runs", "abandon", &run]);
    let after = read(&project, &path);
    assert!(after.starts_with(&before));
    let last: Value = serde_json::from_str(&after[before.len()..]).unwrap();
    assert_eq!(last["event"], "run-abandoned");
}

#[test]
fn a_later_versions_journal_is_left_alone() {
    let (project, run, path) = damaged(|lines| {
        lines[0] = lines[0].replacen("\"version\":1", "\"version\":9", 1);
    });
    let before = read(&project, &path);
    for arguments in [
        &["runs", "abandon", &run][..],
        &["resume", &run],
        &["confirm"],
    ] {
        let found = wf_ends(&project, 2, arguments);
        assert!(
            found.err.contains("format version 9") && found.err.contains("or a later one"),
            "{}",
            found.err
        );
    }
    assert_eq!(read(&project, &path), before);
}

#[test]
fn what_only_has_the_name_of_a_run_holds_nothing_up() {
    let project = project("deploy", "true");
    let folder = ".memory/runs";
    project.write(&format!("{folder}/deploy-20260101T000000Z-abcd"), "a file");
    fs::create_dir(
        project
            .path()
            .join(folder)
            .join("deploy-20260102T000000Z-abcd"),
    )
    .unwrap();
    wf_ends(&project, 0, &["run", "deploy", "--yes"]);
    assert_eq!(runs(&project).len(), 2);
    let table = wf_ends(&project, 0, &["runs"]).out;
    assert!(table.contains("it died before it began"), "{table}");
}
