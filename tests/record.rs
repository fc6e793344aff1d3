//! The files of a run that people read, for runs that stand in `fixtures/record` event by event.
//!
//! `WF_BLESS=1 cargo test record` writes what is expected anew.

mod places;

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use serde_json::Value;
use serde_json::json;
use wf::event::Record;
use wf::plan::Plan;
use wf::run::Follower;
use wf::run::Run;
use wf::run::record;
use wf::run::record::Paths;
use wf::run::state::State;

use crate::project::Project;

const CASES: [&str; 11] = [
    "success",
    "failure",
    "prerequisite",
    "stuck",
    "skipped",
    "irreversible",
    "undone",
    "parked",
    "abandoned",
    "unknown",
    "resumed",
];

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/record")
        .join(name)
}

fn plan() -> Plan {
    serde_json::from_str(&fs::read_to_string(fixture("plan.json")).unwrap()).unwrap()
}

fn run(project: &Project, id: &str) -> Run {
    Run {
        id: id.to_owned(),
        root: project.path().to_owned(),
        started: "2026-11-23T10:00:00.010Z".parse().unwrap(),
        plan: plan(),
    }
}

/// The records of a case. What the lines leave out is put in.
fn records(case: &str) -> Vec<Record> {
    let lines = fs::read_to_string(fixture(case).join("events.jsonl")).unwrap();
    let records = lines.lines().zip(1..).map(|(line, seq)| {
        let mut record: Value = serde_json::from_str(line).unwrap();
        let time = record["time"].as_str().unwrap();
        record["time"] = json!(format!("2026-11-23T{time}Z"));
        let mut whole = json!({"version": 1, "seq": seq, "previous": ""});
        if record["event"] == "run-started" {
            whole["run"] = json!("deploy-20261123-100000-abcd");
            whole["program"] = json!("0.1.0");
            whole["by"] = json!("rita");
            whole["jobs"] = json!(1);
            whole["inputs"] = json!({"VERSION": "1.2"});
            whole["secrets"] = json!(["TOKEN"]);
            whole["plan"] = serde_json::to_value(plan()).unwrap();
        }
        let fields = record.as_object().unwrap().clone();
        whole.as_object_mut().unwrap().extend(fields);
        serde_json::from_value(whole).unwrap()
    });
    records.collect()
}

/// Tell the files of a run what happened, after what had happened before.
fn follow(run: &Run, records: &[Record], past: usize) -> std::io::Result<()> {
    let mut files = record::prepare(run, &records[..past])?;
    let mut state = State::default();
    for (at, record) in records.iter().enumerate() {
        state.apply(&run.plan, &record.event);
        if at >= past {
            files.event(run, record, &state)?;
        }
    }
    Ok(())
}

/// A file of the record, with what differs between machines taken out.
fn text(project: &Project, path: &str) -> Option<String> {
    let text = fs::read_to_string(project.path().join(path)).ok()?;
    let system = format!("{} ({})", std::env::consts::OS, std::env::consts::ARCH);
    let root = project.path().to_str().unwrap();
    Some(
        text.replace(root, "/project")
            .replace(&system, "linux (x86_64)"),
    )
}

const RUN: &str = "deploy-20261123-100000-abcd";

/// The expected texts' names, and the files.
fn files(paths: &Paths) -> [(&'static str, &str); 3] {
    [
        ("checkpoint.md", &paths.checkpoints[0]),
        ("info.log", &paths.logs[0]),
        ("error-report.md", &paths.error_report),
    ]
}

#[test]
fn each_run_leaves_what_is_expected() {
    for case in CASES {
        let project = Project::new();
        let run = run(&project, RUN);
        follow(&run, &records(case), 0).unwrap();
        for (name, path) in files(&record::paths(&run)) {
            let expected = fixture(case).join(name);
            let found = text(&project, path);
            if std::env::var_os("WF_BLESS").is_some() {
                match &found {
                    Some(text) => fs::write(&expected, text).unwrap(),
                    None => drop(fs::remove_file(&expected)),
                }
            }
            let expected = fs::read_to_string(&expected).ok();
            assert!(
                found == expected,
                "{case}/{name} differs:\n{}",
                found.unwrap_or_default()
            );
        }
    }
}

#[test]
fn a_run_that_goes_on_leaves_what_it_would_have_left() {
    for case in CASES {
        let records = records(case);
        for past in 1..records.len() {
            let project = Project::new();
            let run = run(&project, RUN);
            follow(&run, &records, past).unwrap();
            let paths = record::paths(&run);
            // The pages are not written again for what follows the last step's end.
            let Some(found) = text(&project, &paths.checkpoints[0]) else {
                continue;
            };
            let expected = fs::read_to_string(fixture(case).join("checkpoint.md")).unwrap();
            assert_eq!(found, expected, "{case} from {past} on");
            let expected = fs::read_to_string(fixture(case).join("error-report.md")).ok();
            assert_eq!(
                text(&project, &paths.error_report),
                expected,
                "{case} from {past} on"
            );
        }
    }
}
