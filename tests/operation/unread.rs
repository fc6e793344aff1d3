//! Runs whose standard output nobody reads.

use std::io::ErrorKind;
use std::io::Read;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;

use crate::operation::fifo;
use crate::operation::hear;
use crate::operation::interruption::send;
use crate::operation::interruption::start_with;
use crate::operation::interruption::state;
use crate::operation::project;
use crate::operation::workflow;
use crate::project::Project;

/// A standard output that takes nothing more, and where it could be read; what already stands in it.
fn stuffed() -> (Stdio, UnixStream, usize) {
    let (reader, mut writer) = UnixStream::pair().unwrap();
    writer.set_nonblocking(true).unwrap();
    let mut size = 0;
    loop {
        match writer.write(&[b'#'; 1024]) {
            Ok(written) => size += written,
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(error) => panic!("{error}"),
        }
    }
    writer.set_nonblocking(false).unwrap();
    (Stdio::from(OwnedFd::from(writer)), reader, size)
}

fn of(action: &str, undo: &str) -> Project {
    let project = project("deploy", "");
    let text = workflow("deploy", action, undo);
    let text = text.replace("**Verification**", "**Timeout**: 1s\n\n**Verification**");
    project.write("workflows/deploy.md", text);
    project
}

#[test]
fn a_timeout_comes_all_the_same() {
    let project = of("yes", "echo undone > undone");
    fifo(&project, "undone");
    let (output, mut reader, before) = stuffed();
    let mut child = start_with(&project, &["run", "deploy", "--yes"], output);
    assert_eq!(hear(&project, "undone"), "undone\n");
    let mut shown = Vec::new();
    reader.read_to_end(&mut shown).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let shown = String::from_utf8_lossy(&shown[before..]).into_owned();
    assert!(shown.contains("timed out"), "{shown}");
    assert!(
        shown.contains("| y\n") || shown.contains("│ y\n"),
        "{shown}"
    );
}

#[test]
fn it_can_be_told_to_end() {
    let action = "echo begun > begun\nexec sleep 600";
    let project = project("deploy", action);
    fifo(&project, "begun");
    let (output, reader, _) = stuffed();
    let mut child = start_with(&project, &["run", "deploy", "--yes"], output);
    assert_eq!(hear(&project, "begun"), "begun\n");
    send(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(143));
    assert_eq!(state(&project), "suspended");
    drop(reader);
}

#[test]
fn a_run_that_is_over_can_be_told_to_end() {
    let project = project("deploy", "true");
    project.write(
        "wf.toml",
        "[run]\nnotify = [\"sh\", \"-c\", \"echo over > over\"]\nnotify-on = [\"succeeded\"]\n",
    );
    fifo(&project, "over");
    let (output, reader, _) = stuffed();
    let mut child = start_with(&project, &["run", "deploy", "--yes"], output);
    assert_eq!(hear(&project, "over"), "over\n");
    send(&child, "-TERM");
    assert_eq!(child.wait().unwrap().signal(), Some(15));
    assert_eq!(state(&project), "succeeded");
    drop(reader);
}

#[test]
fn nothing_is_lost_to_a_late_reader() {
    let project = project("deploy", "echo begun > begun\nseq 100000");
    fifo(&project, "begun");
    let (output, mut reader, before) = stuffed();
    let mut child = start_with(&project, &["run", "deploy", "--yes"], output);
    assert_eq!(hear(&project, "begun"), "begun\n");
    let mut shown = Vec::new();
    reader.read_to_end(&mut shown).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let shown = String::from_utf8_lossy(&shown[before..]).into_owned();
    let numbers = shown
        .lines()
        .filter_map(|line| line.split_whitespace().last()?.parse::<u32>().ok())
        .filter(|number| *number > 10);
    assert!(numbers.eq(11..=100_000), "{shown}");
}
