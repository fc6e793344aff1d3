//! The README's section on running is one session: its commands are run one after the other in one project.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;

use walkdir::WalkDir;

use crate::project;
use crate::project::Project;
use crate::readme;

/// The commands of the section and what each prints, in order.
fn session() -> Vec<(String, Vec<String>)> {
    let readme = readme::readme();
    let blocks = readme::blocks(readme::session(&readme), "console");
    let blocks = blocks.iter().map(|block| {
        let (command, expected) = block.split_once('\n').expect("a command and its output");
        let command = command
            .strip_prefix("$ ")
            .expect("a command begins with `$ `");
        (
            command.to_owned(),
            expected.lines().map(str::to_owned).collect(),
        )
    });
    blocks.collect()
}

/// The project of the section.
fn project() -> Project {
    let project = Project::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/readme/run");
    for entry in WalkDir::new(&root) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(&root).unwrap();
            project.write(path.to_str().unwrap(), fs::read(entry.path()).unwrap());
        }
    }
    project
}

fn command(project: &Project, line: &str) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_wf"));
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", program.parent().unwrap().display());
    let mut command = project::attentive("bash");
    command
        .args(["-c", &format!("exec 2>&1; {line}")])
        .current_dir(project.path())
        .env_remove("CLICOLOR_FORCE")
        .env("USER", "ops")
        .env("SOURCE_DATE_EPOCH", "1795305600")
        .env("PATH", path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    command
}

/// Run a command; one that the README interrupts by `^C` is, as soon as its workflow says that it waits.
fn run(project: &Project, line: &str, is_interrupted: bool) -> String {
    let waiting = project.path().join("waiting");
    let mut output = String::new();
    if !is_interrupted {
        let bytes = command(project, &format!("timeout 300 {line}"))
            .output()
            .unwrap()
            .stdout;
        return String::from_utf8(bytes).unwrap();
    }
    let made = Command::new("mkfifo").arg(&waiting).status().unwrap();
    assert!(made.success());
    let mut child = command(project, &format!("exec {line}")).spawn().unwrap();
    // It can be read as soon as the workflow's command writes; if that never happens, the test is broken.
    let read = Command::new("timeout")
        .args(["300", "cat"])
        .arg(&waiting)
        .output()
        .unwrap();
    assert!(read.status.success(), "the workflow never waited");
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(sent.success());
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut output)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    fs::remove_file(waiting).unwrap();
    output
}

#[test]
fn the_section_on_running_is_a_real_session() {
    let project = project();
    let session = session();
    assert!(session.len() >= 5);
    for (line, expected) in session {
        let is_interrupted = expected.iter().any(|line| line == "^C");
        let expected: Vec<&str> = expected
            .iter()
            .map(String::as_str)
            .filter(|line| *line != "^C")
            .collect();
        let found = run(&project, &line, is_interrupted);
        let found: Vec<&str> = found.lines().map(str::trim_end).collect();
        assert!(
            readme::fits(&expected, &found),
            "`{line}` printed\n{}",
            found.join("\n")
        );
    }
}
