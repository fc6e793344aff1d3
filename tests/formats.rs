//! The formats for other programs, each held against its published schema or a program that reads it.

pub mod consumers;
mod fixes;
mod gitlab;
mod junit;
mod rdjson;
mod sarif;

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::project::Project;
use crate::sample;

/// A project with findings of every kind: in odd paths, in no ASCII, in a directory, suppressed, in a document that
/// is none, on several lines.
pub fn project() -> Project {
    let project = sample::project(&["release", "clean"]);
    let text = sample::workflow("release")
        .replace(
            "## Overview\n",
            "## Overview\n\n日本語 👍🏽 [é](é.md)\n\n<!-- wf-disable-next-line broken-link: later -->\n[b](b.md)\n",
        )
        .replace("**Purpose**: Have it done.\n", "")
        .replace("- [ ] It is done\n\n**Rollback", "* one\n* two\n\n**Rollback");
    project
        .write("workflows/release.md", text)
        .write(
            "workflows/100%0A, b:c #?é日.md",
            "\u{FEFF}# \u{1b}[31mT\u{202e}<&\"]]>\u{7f} \u{fffe}\r\n\r\n**PURPOSE**: [x](<\u{1}y>)\r\n",
        )
        .write("workflows/latin.md", b"# Caf\xe9\n")
        .write("wf.toml", "paths = [\"workflows\", \"none\"]\n")
        .write("team/wf.toml", "[rules]\nmissing-title = \"info\"\n")
        .write("team/workflows/a.md", "No title\n");
    project
}

/// Add a document whose file is there and cannot be read, whoever asks.
#[cfg(target_os = "linux")]
fn add_unreadable(project: &Project) {
    let path = project.path().join("workflows/memory.md");
    std::os::unix::fs::symlink("/proc/self/mem", path).unwrap();
}

/// What `wf check` writes in a format.
fn report(project: &Project, format: &str) -> String {
    let run = project.check(&[".", "--format", format]);
    assert_eq!(run.code, 1, "{}", run.err);
    run.out
}

fn json(project: &Project, format: &str) -> Value {
    serde_json::from_str(&report(project, format)).unwrap()
}

/// The findings as `json` has them.
fn findings(project: &Project) -> Vec<Value> {
    json(project, "json")["findings"]
        .as_array()
        .unwrap()
        .clone()
}

/// As [`findings`], of a check with other arguments.
pub fn findings_in(project: &Project, arguments: &[&str]) -> Vec<Value> {
    project
        .check(&[arguments, &["--format", "json"]].concat())
        .findings()
}

#[test]
fn nothing_steers_a_terminal_and_all_is_the_same_every_time() {
    let project = project();
    for format in wf::report::FORMATS {
        let first = report(&project, format.name);
        let is_steering = |c: char| {
            let is_line_end = c == '\n' || format.name == "junit" && c == '\r';
            (c.is_control() && !is_line_end) || c == '\u{202e}' || c == '\u{FEFF}'
        };
        assert!(!first.contains(is_steering), "{}: {first:?}", format.name);
        assert_eq!(first, report(&project, format.name), "{}", format.name);
        let alone = project.check_with(
            &[".", "--format", format.name],
            &[("RAYON_NUM_THREADS", "1")],
        );
        assert_eq!(first, alone.out, "{}", format.name);
    }
}

/// Fingerprints are all different, and stay when lines are added above.
fn assert_stable(fingerprints: impl Fn(&Project) -> Vec<String>) {
    let project = project();
    let before = fingerprints(&project);
    assert!(before.len() > 8, "{before:?}");
    let set: BTreeSet<&String> = before.iter().collect();
    assert_eq!(set.len(), before.len(), "{before:?}");
    let path = project.path().join("workflows/release.md");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        text.replace("## Overview\n", "## Overview\n\nMore.\n\nAnd more.\n"),
    )
    .unwrap();
    let moved = fingerprints(&project);
    assert_eq!(set, moved.iter().collect(), "lines that moved");
    // One finding less leaves the others what they are.
    fs::write(&path, text.replace("[é](é.md)", "é")).unwrap();
    let fewer = fingerprints(&project);
    assert_eq!(fewer.len() + 1, before.len());
    assert!(fewer.iter().all(|fingerprint| set.contains(fingerprint)));
}
