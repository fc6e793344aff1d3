//! What is written: the same bytes every time, to whoever reads on, and nothing of a document that could steer a terminal.

use std::io::Read;
use std::process::Stdio;

use wf::report::FORMATS;

use crate::project::Run;
use crate::project::TODAY;
use crate::sample;

#[test]
fn the_number_of_threads_changes_nothing() {
    let project = sample::crowd();
    for format in FORMATS {
        let with = |threads| {
            project.check_with(
                &[".", "team", "--format", format.name, "--statistics"],
                &[("RAYON_NUM_THREADS", threads)],
            )
        };
        let (one, four) = (with("1"), with("4"));
        assert_eq!(one.code, 1, "{}: {}", format.name, one.err);
        for number in 0..60 {
            assert!(
                one.out.contains(&format!("w{number:02}.md")),
                "{}: w{number:02}.md has no finding",
                format.name
            );
        }
        assert!(
            one.out == four.out,
            "{} differs with the number of threads",
            format.name
        );
        assert!(
            one.out == with("4").out,
            "{} differs from run to run",
            format.name
        );
    }
}

/// Characters that steer a terminal, or reorder or hide text: ESC, BEL, BS, VT, DEL, two C1 controls, bidirectional
/// controls, a line separator, a zero-width space, a soft hyphen, a byte-order mark and a tag.
const STEERING: &str = "\u{1b}\u{7}\u{8}\u{b}\u{7f}\u{85}\u{9b}\u{200b}\u{200e}\u{2028}\u{202e}\u{2066}\u{61c}\u{ad}\u{feff}\u{e0041}";

fn assert_tame(text: &str) {
    let steers = |c: &char| c.is_control() && *c != '\n' || STEERING.contains(*c);
    assert_eq!(text.chars().find(steers), None, "{text:?}");
}

/// A document that has steering characters wherever a finding may take a text from.
fn steering_document() -> String {
    let text = sample::workflow("release");
    let places = [
        ("# The", format!("# T{STEERING} [Workflow Name]")),
        (
            "PURPOSE**: Show",
            format!("PURPOSE**: {STEERING} [Description]"),
        ),
        ("platform", format!("{STEERING}[Team]")),
        ("2026-11-01", format!("2026-{STEERING}")),
        ("workflows/release.md", format!("workflows/{STEERING}.md")),
        ("## Overview", format!("## Over{STEERING}view")),
        (
            "Does what",
            format!("[a](b{STEERING}.md) [c](#d{STEERING}) Does what"),
        ),
        ("execute-task release", format!("execute-task {STEERING}")),
        ("Step 1: Do it", format!("Step 2: Do {STEERING}it")),
        (
            "1. Do it",
            format!("**Depends on**: {STEERING}\n\n**Timeout**: {STEERING}\n\n1. Do it"),
        ),
        ("1. Undo it", format!("None{STEERING}")),
        ("logs/release.log", format!("/logs/{STEERING}.log")),
        (
            "- [ ] It is asked for",
            format!("<!-- wf-disable-line {STEERING} -->\n\n- It is{STEERING}\tasked for\r\n"),
        ),
    ];
    places.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

#[test]
fn nothing_in_a_document_steers_the_terminal() {
    let project = sample::project(&["release"]);
    project.write("workflows/release.md", steering_document());
    project.write(
        "workflows/README.md",
        format!("# Workflows\n\n- [{STEERING}](x{STEERING}.md)\n"),
    );
    let mut spoken = 0;
    for format in FORMATS {
        for arguments in [["--statistics"].as_slice(), &["-v"], &["-q"]] {
            let run = project.check(&[&["--format", format.name], arguments].concat());
            assert_eq!(run.code, 1, "{run:?}");
            assert_tame(&run.out);
            assert_tame(&run.err);
            spoken = spoken.max(run.out.matches(['\u{241b}', '\u{fffd}']).count());
        }
    }
    assert!(spoken > 20, "the findings quote the document");
    let findings = project.check(&["--format", "json"]).findings();
    let quoted =
        |finding: &&serde_json::Value| finding["message"].as_str().unwrap().contains('\u{202e}');
    assert!(
        findings.iter().filter(quoted).count() > 5,
        "for programs, the characters are escaped, not replaced"
    );
}

#[test]
#[cfg(unix)]
fn nothing_in_a_path_steers_the_terminal() {
    let project = sample::project(&[]);
    let name = format!("a\n{STEERING}\r.md");
    project.write(&format!("workflows/{name}"), sample::workflow("release"));
    let dangling = format!("workflows/b{STEERING}.md");
    std::os::unix::fs::symlink("nowhere", project.path().join(&dangling)).unwrap();
    for format in FORMATS {
        let run = project.check(&["workflows", &dangling, "-v", "--format", format.name]);
        assert_eq!(run.code, 2);
        assert!(
            run.out.contains("file-path-mismatch") && run.err.contains("cannot read"),
            "{run:?}"
        );
        assert_tame(&run.out);
        assert_tame(&run.err);
    }
    let findings = project.check(&["--format", "json"]).findings();
    let path = format!("workflows/{name}");
    assert!(
        findings
            .iter()
            .any(|finding| finding["path"] == path.as_str()),
        "{findings:?}"
    );
}

#[test]
#[cfg(unix)]
fn a_path_begins_no_line_of_its_own() {
    let project = sample::project(&["release"]);
    let path = "workflows/a\nerror: no such thing.md";
    project
        .write("wf.toml", "exclude = [\"workflows/a*\"]")
        .write(path, "");
    let run = project.check(&["missing\nerror: no such thing.md", path, "-v"]);
    assert_eq!(run.code, 2);
    assert!(
        !run.err
            .lines()
            .any(|line| line.starts_with("error: no such thing")),
        "{}",
        run.err
    );
}

/// What a pipe holds of what nobody has read yet, in bytes.
const PIPE: usize = 64 << 10;

#[test]
fn a_reader_may_leave_early() {
    let project = sample::crowd();
    for format in FORMATS {
        let whole = project.check(&["--format", format.name]);
        assert!(
            whole.code == 1 && whole.out.len() > PIPE,
            "{} is short",
            format.name
        );
        let mut command = project.wf();
        command
            .args(["check", "--today", TODAY, "--format", format.name])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut first = [0];
        let mut out = child.stdout.take().unwrap();
        out.read_exact(&mut first).unwrap();
        drop(out);
        let run = Run::of(&child.wait_with_output().unwrap());
        assert_eq!(run.code, 1, "{}: {}", format.name, run.err);
        assert!(
            !run.err.contains("error:") && !run.err.contains("panicked"),
            "{}: {}",
            format.name,
            run.err
        );
    }
}
