//! What becomes of a run that is told to end: by `--on-interrupt`, and by the person at the terminal.

use std::fs;
use std::io::Read;
use std::io::Write;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use crate::operation::command;
use crate::operation::fifo;
use crate::operation::hear;
use crate::operation::project;
use crate::operation::read;
use crate::operation::runs;
use crate::operation::wf_ends;
use crate::operation::workflow;
use crate::project;
use crate::project::Project;

/// A workflow that says when it has begun, and then hangs.
fn hanging(undo: &str) -> Project {
    let project = project("deploy", "");
    let action = "echo done >> did\necho $PPID > pid\necho begun > begun\nexec sleep 600";
    project.write("workflows/deploy.md", workflow("deploy", action, undo));
    fifo(&project, "begun");
    project
}

fn start(project: &Project, arguments: &[&str]) -> Child {
    start_with(project, arguments, Stdio::null())
}

/// The program in the background, with that standard output.
pub fn start_with(project: &Project, arguments: &[&str], output: Stdio) -> Child {
    let wanted = command(project, arguments);
    let mut command = project::attentive(env!("CARGO_BIN_EXE_wf"));
    command
        .args(arguments)
        .current_dir(project.path())
        .envs(
            wanted
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(Stdio::null());
    command.spawn().unwrap()
}

pub fn send(child: &Child, signal: &str) {
    let id = child.id().to_string();
    let sent = Command::new("kill").args([signal, &id]).status().unwrap();
    assert!(sent.success());
}

pub fn state(project: &Project) -> String {
    let table = wf_ends(project, 0, &["runs", "--format", "json"]).out;
    let table: serde_json::Value = serde_json::from_str(&table).unwrap();
    table["runs"][0]["state"].as_str().unwrap().to_owned()
}

#[test]
fn without_a_wish_it_is_suspended() {
    for (signal, code) in [("-TERM", 143), ("-INT", 130)] {
        let project = hanging("rm did");
        let mut child = start(&project, &["run", "deploy", "--yes"]);
        assert_eq!(hear(&project, "begun"), "begun\n");
        send(&child, signal);
        assert_eq!(child.wait().unwrap().code(), Some(code));
        assert_eq!(
            (state(&project).as_str(), read(&project, "did").as_str()),
            ("suspended", "done\n")
        );
    }
}

#[test]
fn rollback_is_done_where_that_is_wished() {
    for signal in ["TERM", "INT"] {
        let project = hanging("rm did");
        let mut child = start(
            &project,
            &["run", "deploy", "--yes", "--on-interrupt=rollback"],
        );
        assert_eq!(hear(&project, "begun"), "begun\n");
        send(&child, &format!("-{signal}"));
        assert_eq!(child.wait().unwrap().code(), Some(1));
        assert_eq!(state(&project), "failed");
        let run = runs(&project).remove(0);
        let events = wf_ends(&project, 0, &["runs", "show", &run, "--format", "json"]).out;
        let cause = format!("\"cause\":{{\"signal\":\"{signal}\"}}");
        assert!(events.contains(&cause), "{events}");
        let shown = wf_ends(&project, 0, &["runs", "show", &run]).out;
        let told = format!("SIG{signal} asked for the rollback");
        assert!(shown.contains(&told), "{shown}");
        assert!(!project.path().join("did").exists());
    }
}

#[test]
fn a_rollback_that_is_interrupted_is_suspended() {
    let project = hanging("if [ -p begun ]; then echo back > begun; exec sleep 600; fi\nrm did");
    let arguments = ["run", "deploy", "--yes", "--on-interrupt", "rollback"];
    let mut child = start(&project, &arguments);
    assert_eq!(hear(&project, "begun"), "begun\n");
    send(&child, "-TERM");
    assert_eq!(hear(&project, "begun"), "back\n");
    send(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(143));
    assert_eq!(state(&project), "suspended");
    fs::remove_file(project.path().join("begun")).unwrap();
    let run = runs(&project).pop().unwrap();
    wf_ends(&project, 1, &["resume", &run, "--retry"]);
    assert!(!project.path().join("did").exists());
}

#[test]
fn an_answer_is_for_the_run_that_waits_for_one() {
    let project = hanging("rm did");
    let text = workflow("audit", "true", "true");
    let text = text.replace("- [ ] It is so\n  Run: `true`", "- [ ] It looks right");
    project
        .write("workflows/audit.md", text)
        .write("workflows/README.md", "[a](audit.md) [d](deploy.md)\n");
    let mut child = start(&project, &["run", "deploy", "--yes"]);
    assert_eq!(hear(&project, "begun"), "begun\n");
    send(&child, "-TERM");
    child.wait().unwrap();
    wf_ends(&project, 3, &["run", "audit", "--yes"]);
    let found = wf_ends(&project, 2, &["resume"]);
    assert!(found.err.contains("more than one run"), "{}", found.err);
    wf_ends(&project, 0, &["confirm"]);
    // By now no run waits, and only one is not finished.
    let found = wf_ends(&project, 2, &["confirm"]);
    assert!(found.err.contains("no item waits"), "{}", found.err);
}

#[test]
fn what_a_command_had_set_before_a_crash_is_known_to_what_undoes_it() {
    let action = "echo ID=42 >> \"$WF_OUTPUT\"\necho begun > begun\nexec tail -f /dev/null";
    let undo = "echo \"$ID\" > undone";
    for how in ["--rollback", "--done"] {
        let project = project("deploy", "");
        let mut text = workflow("deploy", action, undo);
        if how == "--done" {
            text = text.replace(
                "Run: `true`\n\n**Roll",
                "Run: `test \"$ID\" = 43`\n\n**Roll",
            );
        }
        project.write("workflows/deploy.md", text);
        fifo(&project, "begun");
        let mut child = start(&project, &["run", "deploy", "--yes"]);
        assert_eq!(hear(&project, "begun"), "begun\n");
        send(&child, "-KILL");
        child.wait().unwrap();
        let found = wf_ends(&project, 1, &["resume", how]);
        assert!(
            found.out.contains("had set before the crash"),
            "{}",
            found.out
        );
        assert_eq!(read(&project, "undone"), "42\n", "{how}");
        let log = read(&project, "logs/info.log");
        assert!(log.contains("had set variables before the crash"), "{log}");
    }
}

#[test]
fn the_request_to_end_counts_for_more_than_an_interrupt() {
    let action = "trap 'echo int > heard' INT\necho begun > heard\n\
                  while true; do tail -f /dev/null & wait $! || true; done";
    let project = project("deploy", action);
    fifo(&project, "heard");
    let mut child = start(&project, &["run", "deploy", "--yes"]);
    assert_eq!(hear(&project, "heard"), "begun\n");
    send(&child, "-INT");
    assert_eq!(hear(&project, "heard"), "int\n");
    send(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(143));
    assert_eq!(state(&project), "suspended");
}

/// Typed so, it stands for the request to end, as the system or a supervisor sends it.
#[cfg(target_os = "linux")]
const TERM: &str = "SIGTERM";

/// A run on a terminal, told to end by Ctrl-C as soon as its command has begun; what was then typed, and the end.
#[cfg(target_os = "linux")]
fn typed(project: &Project, keys: &str) -> (Option<i32>, String) {
    let line = format!("exec '{}' run deploy --yes", env!("CARGO_BIN_EXE_wf"));
    let mut command = project::attentive("script");
    command
        .args(["--quiet", "--return", "--command", &line, "/dev/null"])
        .current_dir(project.path())
        .env("SOURCE_DATE_EPOCH", "1795305600")
        .env("TERM", "dumb")
        .env("USER", "ops")
        .env("SHELL", "/bin/sh")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    assert_eq!(hear(project, "begun"), "begun\n");
    let mut input = child.stdin.take().unwrap();
    let mut output = child.stdout.take().unwrap();
    input.write_all(b"\x03").unwrap();
    let mut shown = Vec::new();
    while !String::from_utf8_lossy(&shown).contains("[r]oll back, [p]ause or [a]bort? ") {
        let mut byte = [0];
        output.read_exact(&mut byte).expect("it asks");
        shown.push(byte[0]);
    }
    match keys {
        TERM => {
            let pid = read(project, "pid");
            let sent = Command::new("kill").args(["-TERM", pid.trim()]).status();
            assert!(sent.unwrap().success());
        }
        keys => input.write_all(keys.as_bytes()).unwrap(),
    }
    output.read_to_end(&mut shown).unwrap();
    drop(input);
    let code = child.wait().unwrap().code();
    (code, String::from_utf8_lossy(&shown).into_owned())
}

#[test]
#[cfg(target_os = "linux")]
fn on_a_terminal_the_person_chooses() {
    for (keys, code, standing, is_undone) in [
        ("r\n", 1, "failed", true),
        ("what?\nrollback\n", 1, "failed", true),
        ("p\n", 130, "suspended", false),
        ("a\n", 130, "suspended", false),
        ("\x03", 130, "suspended", false),
        (TERM, 143, "suspended", false),
    ] {
        let project = hanging("rm did");
        let (found, shown) = typed(&project, keys);
        assert_eq!(found, Some(code), "{keys:?}: {shown}");
        assert_eq!(state(&project), standing, "{keys:?}: {shown}");
        let is_there = project.path().join("did").exists();
        assert_eq!(is_there, !is_undone, "{keys:?}: {shown}");
    }
}
