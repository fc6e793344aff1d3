//! `run.notify`: what the program reads, when it is started, and that nothing depends on it.
//!
//! `WF_BLESS=1 cargo test notification` writes the frozen notification anew. A property that was changed or removed
//! wants a new version.

use std::fs;

use serde_json::Value;

use crate::json;
use crate::operation::command;
use crate::operation::project;
use crate::operation::read;
use crate::operation::runs;
use crate::operation::wf;
use crate::operation::wf_ends;
use crate::operation::workflow_of;
use crate::project::Project;
use crate::project::Run;

fn schema() -> Value {
    let text = fs::read_to_string(json::fixture("notification.schema.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A project whose notifications of all results are kept in the file `told`, a line each.
fn told_of(action: &str, undo: &str) -> Project {
    let project = project("deploy", action);
    let steps = [
        ("Copy", "echo copied", "true", "true"),
        ("Switch", action, "true", undo),
        ("Announce", "true", "true", "true"),
    ];
    project.write("workflows/deploy.md", workflow_of("deploy", &steps));
    let results = "[\"succeeded\", \"failed\", \"undone\", \"stuck\", \"waiting\", \"suspended\"]";
    let config = format!("[run]\nnotify = [\"./tell\", \"told\"]\nnotify-on = {results}\n");
    project.write("wf.toml", config);
    script(&project, "cat >> \"$1\"");
    project
}

/// The program that is told.
fn script(project: &Project, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    let path = project.path().join("tell");
    // Another file, since the one before may still be run.
    let _ = fs::remove_file(&path);
    project.write("tell", format!("#!/bin/sh\n{text}\n"));
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// What was told last; it is as the schema says.
fn last(project: &Project) -> Value {
    let told = read(project, "told");
    let value: Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    json::assert_valid(&json::validator(&json::closed(schema())), &value);
    value
}

#[test]
fn a_notification_is_what_it_was() {
    let project = told_of("echo connecting\necho no route to host >&2\nexit 3", "true");
    wf_ends(&project, 1, &["run", "deploy", "--yes"]);
    let told = last(&project);
    let name = |part: &Value| part.as_str().unwrap().to_owned();
    let (run, root) = (name(&told["run"]), name(&told["root"]));
    let day = name(&told["started"])[..10].to_owned();
    let text = serde_json::to_string_pretty(&told).unwrap();
    let text = text
        .replace(&run, "deploy-20261123T100000Z-abcd")
        .replace(&root, "/project")
        .replace(&day, "2026-11-23");
    let mut fixed: Value = serde_json::from_str(&text).unwrap();
    fixed["started"] = "2026-11-23T10:00:00.000Z".into();
    fixed["stopped"] = "2026-11-23T10:00:01.250Z".into();
    fixed["duration_ms"] = 1250.into();
    let text = serde_json::to_string_pretty(&fixed).unwrap() + "\n";
    if std::env::var_os("WF_BLESS").is_some() {
        fs::write(json::fixture("notification.json"), &text).unwrap();
    }
    let frozen = fs::read_to_string(json::fixture("notification.json")).unwrap();
    assert_eq!(
        text, frozen,
        "the shape has changed: is that a new version?"
    );
    let validator = json::validator(&schema());
    json::assert_required(&validator, &fixed, &json::properties(&fixed, ""));
}

#[test]
fn the_schema_is_one_and_describes_every_property() {
    json::assert_described(&schema());
}

#[test]
fn every_result_is_told_with_the_ways_on() {
    let project = told_of("test -e good", "test -e undoable");
    wf_ends(&project, 4, &["run", "deploy", "--yes"]);
    let told = last(&project);
    assert_eq!(
        (&told["result"], &told["exit"]),
        (&"stuck".into(), &4.into())
    );
    assert_eq!(told["failed"]["item"], "2.rollback.1");
    let run = runs(&project).pop().unwrap();
    assert_eq!(
        told["next"][0]["command"],
        format!("wf rollback {run} --retry")
    );
    project.write("undoable", "").write("good", "");
    wf_ends(&project, 1, &["rollback", "--retry"]);
    assert_eq!(last(&project)["result"], "failed");
    wf_ends(&project, 0, &["run", "deploy", "--yes"]);
    let told = last(&project);
    assert_eq!(
        (&told["result"], &told["exit"]),
        (&"succeeded".into(), &0.into())
    );
    assert_eq!(
        (&told["failed"], &told["error_report"], &told["known_error"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!(
        told["steps"][1],
        serde_json::json!({"number": 2, "name": "Switch", "state": "done"})
    );
    let run = runs(&project).pop().unwrap();
    wf_ends(&project, 0, &["rollback", &run, "--yes"]);
    let told = last(&project);
    assert_eq!(
        (&told["result"], &told["steps"][1]["state"]),
        (&"undone".into(), &"undone".into())
    );
    let manual =
        read(&project, "workflows/deploy.md").replace("   ```bash\n   test -e good\n   ```\n", "");
    project.write("workflows/deploy.md", manual);
    wf_ends(&project, 3, &["run", "deploy", "--yes"]);
    let told = last(&project);
    assert_eq!(
        (&told["result"], &told["waiting"][0]["item"]),
        (&"waiting".into(), &"2.1".into())
    );
    assert_eq!(read(&project, "told").lines().count(), 5);
}

#[test]
fn only_what_was_asked_for_is_told() {
    let project = told_of("exit 3", "true");
    project.write(
        "wf.toml",
        "[run]\nnotify = [\"./tell\", \"told\"]\nnotify-on = [\"succeeded\"]\n",
    );
    wf_ends(&project, 1, &["run", "deploy", "--yes"]);
    assert!(!project.path().join("told").exists());
}

#[test]
fn it_is_told_no_secret() {
    let project = told_of("echo \"denied: $TOKEN\"\nexit 1", "true");
    let document = read(&project, "workflows/deploy.md");
    let inputs = "## Inputs\n\n- `TOKEN` (required, secret): a token\n\n## Prerequisites";
    project.write(
        "workflows/deploy.md",
        document.replace("## Prerequisites", inputs),
    );
    script(&project, "cat >> \"$1\"\nenv >> environment");
    let mut command = command(&project, &["run", "deploy", "--yes"]);
    let output = command.env("TOKEN", "hunter-2-hunter").output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(last(&project)["failed"]["output_end"], "denied: ***\n");
    assert!(!read(&project, "told").contains("hunter"));
    assert!(!read(&project, "environment").contains("hunter"));
}

/// The run is as it would be, but for a line in the log and a note.
fn assert_harmless(project: &Project, fault: &str) {
    let run = wf(project, &["run", "deploy", "--yes"]);
    assert_eq!(run.code, 0, "{run:?}");
    let note = format!("note: the notification failed: `./tell` {fault}");
    assert!(run.err.contains(&note), "{run:?}");
    let log = read(project, "logs/info.log");
    let last = log.lines().last().unwrap();
    assert!(
        last.contains(" WARN ") && last.contains("event=\"notification failed\""),
        "{log}"
    );
}

#[test]
fn its_failure_is_logged_and_changes_nothing() {
    let project = told_of("true", "true");
    script(&project, "echo no such channel >&2\nexit 7");
    assert_harmless(&project, "ended with exit status 7: no such channel");
    script(&project, "kill -9 $$");
    assert_harmless(&project, "was ended by signal 9");
    fs::remove_file(project.path().join("tell")).unwrap();
    assert_harmless(&project, "cannot be started: ");
    let out = wf(&project, &["run", "deploy", "--yes", "--format", "json"]).out;
    let lines = out.lines().map(serde_json::from_str::<Value>);
    assert!(lines.into_iter().all(|line| line.is_ok()), "{out}");
}

/// It hangs, and so does what it started; both are gone when the program ends.
#[test]
fn one_that_hangs_is_killed_with_all_that_it_started() {
    let project = told_of("true", "true");
    // Ends as soon as nobody holds the other end open any more.
    script(
        &project,
        "mkfifo held\n(exec 3<>held; trap '' TERM INT; while :; do sleep 600; done) &\necho $! > child\nwait",
    );
    assert_harmless(&project, "took longer than 10s and was killed");
    let child = read(&project, "child");
    let alive = std::process::Command::new("kill")
        .args(["-0", child.trim()])
        .output()
        .unwrap();
    let state = fs::read_to_string(format!("/proc/{}/stat", child.trim())).unwrap_or_default();
    assert!(!alive.status.success() || state.contains(") Z "), "{state}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_terminal_rings_its_bell_once() {
    let project = project("deploy", "true");
    let line = format!("'{}' run deploy --yes", env!("CARGO_BIN_EXE_wf"));
    let mut command = std::process::Command::new("script");
    command
        .args(["--quiet", "--return", "--command", &line, "/dev/null"])
        .current_dir(project.path())
        .env("SOURCE_DATE_EPOCH", "1795305600")
        .env("TERM", "dumb")
        .stdin(std::process::Stdio::null());
    let run = Run::of(&command.output().unwrap());
    assert_eq!(run.out.matches('\u{7}').count(), 1, "{run:?}");
    let plain = wf(&project, &["run", "deploy", "--yes"]);
    assert!(
        !plain.out.contains('\u{7}') && !plain.err.contains('\u{7}'),
        "{plain:?}"
    );
}
