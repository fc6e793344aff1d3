//! Colours and links: on terminals that show them, where they are wanted, and nowhere else.

use std::fs;

use wf::report::FORMATS;

use crate::project::Project;
#[cfg(target_os = "linux")]
use crate::project::TODAY;
use crate::sample;

/// The start of every sequence that styles text or moves the cursor.
const ESCAPE: char = '\u{1b}';
/// The start of a hyperlink.
const LINK: &str = "\u{1b}]8;;https://";

/// A project with one error.
fn faulty() -> Project {
    let project = sample::project(&["release"]);
    project.write(
        "workflows/release.md",
        sample::workflow("release").replace("## Overview", "## Overveiw"),
    );
    project
}

/// Arguments, environment, and whether that gives colours.
type Wish = (
    &'static [&'static str],
    &'static [(&'static str, &'static str)],
    bool,
);

#[test]
fn colours_are_where_they_are_wanted() {
    let project = faulty();
    let cases: [Wish; 7] = [
        (&[], &[], false),
        (&[], &[("CLICOLOR_FORCE", "1")], true),
        (&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        (&["--color", "always"], &[], true),
        (&["--color", "always"], &[("NO_COLOR", "1")], true),
        (&["--color", "auto"], &[("CLICOLOR_FORCE", "1")], true),
        (&["--color", "never"], &[("CLICOLOR_FORCE", "1")], false),
    ];
    for (arguments, environment, colored) in cases {
        for format in ["full", "concise"] {
            let run = project.check_with(
                &[&["--format", format, "--statistics"], arguments].concat(),
                environment,
            );
            assert_eq!(
                run.out.contains(ESCAPE),
                colored,
                "{format} {arguments:?} {environment:?}: {}",
                run.out
            );
        }
        let run = project.check_with(arguments, environment);
        assert_eq!(
            run.err.contains(ESCAPE),
            colored,
            "{arguments:?} {environment:?}: {}",
            run.err
        );
        let run = project.check_with(&[&["missing.md"], arguments].concat(), environment);
        assert_eq!(
            run.err.contains(ESCAPE),
            colored,
            "{arguments:?} {environment:?}: {}",
            run.err
        );
    }
}

#[test]
fn programs_and_files_get_no_colours() {
    let project = faulty();
    for format in ["json", "json-lines"] {
        let run = project.check(&["--color", "always", "--format", format]);
        assert!(run.code == 1 && !run.out.contains(ESCAPE), "{}", run.out);
    }
    for format in ["full", "concise"] {
        let run = project.check(&[
            "--color",
            "always",
            "--format",
            format,
            "--output-file",
            "report.txt",
        ]);
        let report = fs::read_to_string(project.path().join("report.txt")).unwrap();
        assert!(
            run.code == 1 && report.contains("misspelled-section") && !report.contains(ESCAPE),
            "{report}"
        );
    }
}

#[test]
fn colours_change_no_word() {
    let project = faulty();
    for format in ["full", "concise"] {
        let plain = project.check(&["--format", format]);
        let colored = project.check(&["--format", format, "--color", "always"]);
        assert_eq!(without_styles(&colored.out), plain.out);
    }
}

/// A text without its `ESC [ … m` sequences.
pub fn without_styles(text: &str) -> String {
    let mut plain = String::new();
    for (at, part) in text.split("\u{1b}[").enumerate() {
        plain.push_str(if at == 0 {
            part
        } else {
            part.split_once('m').unwrap().1
        });
    }
    plain
}

/// What `wf` writes to a terminal.
#[cfg(target_os = "linux")]
fn on_a_terminal(project: &Project, command: &str, environment: &[(&str, &str)]) -> String {
    let program = env!("CARGO_BIN_EXE_wf");
    in_a_terminal(project, &format!("'{program}' {command}"), environment)
}

/// What `wf` writes to a terminal of so many columns.
#[cfg(target_os = "linux")]
pub fn on_a_terminal_of(project: &Project, command: &str, columns: u32) -> String {
    let program = env!("CARGO_BIN_EXE_wf");
    in_a_terminal(
        project,
        &format!("stty rows 24 cols {columns}; '{program}' {command}"),
        &[],
    )
}

/// What a shell's command line writes to a terminal, run by util-linux's `script`, which has one to give.
#[cfg(target_os = "linux")]
fn in_a_terminal(project: &Project, line: &str, environment: &[(&str, &str)]) -> String {
    let output = std::process::Command::new("script")
        .args(["--quiet", "--command", line, "/dev/null"])
        .current_dir(project.path())
        .env_clear()
        .envs([
            ("PATH", "/usr/bin:/bin"),
            ("SHELL", "/bin/sh"),
            ("TERM", "xterm"),
            ("LANG", "C.UTF-8"),
        ])
        .envs(environment.iter().copied())
        .stdin(std::process::Stdio::null())
        .output()
        .expect("`script` is there: on Debian it is in bsdutils");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn a_terminal_gets_frames_and_colours_by_itself() {
    let project = faulty();
    let check = format!("check --today {TODAY}");
    let shown = on_a_terminal(&project, &check, &[]);
    assert!(
        shown.contains("help: ") && shown.contains(ESCAPE),
        "{shown}"
    );
    for off in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let shown = on_a_terminal(&project, &check, &[off]);
        assert!(
            shown.contains("help: ") && !shown.contains(ESCAPE),
            "{off:?}: {shown}"
        );
    }
    let shown = on_a_terminal(&project, &check, &[("GITHUB_ACTIONS", "true")]);
    assert!(shown.starts_with("::error file="), "{shown}");
    let shown = on_a_terminal(&project, &check, &[("LANG", "C"), ("NO_COLOR", "1")]);
    assert!(
        shown.contains(",-[workflows/release.md:5:1]") && shown.is_ascii(),
        "{shown}"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn rules_are_links_on_terminals_that_have_them() {
    let project = faulty();
    let page = format!(
        "{LINK}github.com/wf-lint/wf/blob/v{}/rules/misspelled-section.md\u{1b}\\",
        env!("CARGO_PKG_VERSION")
    );
    for format in ["full", "concise"] {
        let check = format!("check --today {TODAY} --format {format}");
        let shown =
            |check: &str, force| on_a_terminal(&project, check, &[("FORCE_HYPERLINK", force)]);
        let linked = shown(&check, "1");
        assert!(
            linked.contains(&page) && linked.matches("\u{1b}]8;;\u{1b}\\").count() == 1,
            "{linked}"
        );
        assert!(
            !shown(&check, "0").contains(LINK),
            "{format}: a link on a terminal that has none"
        );
        assert!(!shown(&format!("{check} --output-file report.txt"), "1").contains(LINK));
        let report = fs::read_to_string(project.path().join("report.txt")).unwrap();
        assert!(
            report.contains("misspelled-section") && !report.contains(ESCAPE),
            "{report}"
        );
    }
    for format in ["json", "json-lines"] {
        let check = format!("check --today {TODAY} --format {format}");
        let shown = on_a_terminal(
            &project,
            &check,
            &[("FORCE_HYPERLINK", "1"), ("NO_COLOR", "1")],
        );
        assert!(
            shown.contains("misspelled-section") && !shown.contains(ESCAPE),
            "{shown}"
        );
    }
}

#[test]
fn rules_are_no_links_elsewhere() {
    let project = faulty();
    let environment = [("FORCE_HYPERLINK", "1"), ("CLICOLOR_FORCE", "1")];
    for format in FORMATS {
        let run = project.check_with(&["--format", format.name], &environment);
        assert!(
            run.code == 1 && !run.out.contains(LINK),
            "{}: {}",
            format.name,
            run.out
        );
    }
}
