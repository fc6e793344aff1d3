//! `wf audit`: the calendar, and the stamp.
//!
//! `WF_BLESS=1 cargo test audit` writes the frozen calendar anew. A property that was changed or removed wants a new
//! version.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::json;
use crate::project;
use crate::project::Project;
use crate::project::Run;
use crate::sample;
#[cfg(target_os = "linux")]
use crate::terminal;

fn schema() -> Value {
    serde_json::from_str(&fs::read_to_string(json::fixture("audit.schema.json")).unwrap()).unwrap()
}

/// What `wf audit` says about the project in the folder `app` of the command line's pages.
fn calendar(arguments: &[&str]) -> Run {
    let app = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/list.in/app");
    let mut command = Project::new().wf();
    command
        .current_dir(app)
        .args(["audit", "--today", project::TODAY])
        .args(arguments);
    Run::of(&command.output().unwrap())
}

fn audit(project: &Project, arguments: &[&str]) -> Run {
    let mut command = project.wf();
    command
        .args(["audit", "--today", project::TODAY])
        .args(arguments);
    Run::of(&command.output().unwrap())
}

fn read(project: &Project, path: &str) -> String {
    fs::read_to_string(project.path().join(path)).unwrap()
}

#[test]
fn the_calendar_is_what_it_was() {
    let run = calendar(&["--format", "json"]);
    if std::env::var_os("WF_BLESS").is_some() {
        fs::write(json::fixture("audit.json"), &run.out).unwrap();
    }
    let frozen = fs::read_to_string(json::fixture("audit.json")).unwrap();
    assert_eq!(
        run.out, frozen,
        "the shape has changed: is that a new version?"
    );
    let whole: Value = serde_json::from_str(&frozen).unwrap();
    json::assert_valid(&json::validator(&json::closed(schema())), &whole);
    let validator = json::validator(&schema());
    json::assert_required(&validator, &whole, &json::properties(&whole, ""));
}

#[test]
fn the_schema_is_one_and_describes_every_property() {
    json::assert_described(&schema());
}

#[test]
#[cfg(target_os = "linux")]
fn the_colours_say_what_is_urgent() {
    let colored = calendar(&["--color", "always"]).out;
    for urgent in [
        "\u{1b}[1m\u{1b}[31m22 days over\u{1b}[0m",
        "\u{1b}[1m\u{1b}[33m27 days\u{1b}[0m",
    ] {
        assert!(colored.contains(urgent), "{colored:?}");
    }
    assert_eq!(terminal::without_styles(&colored), calendar(&[]).out);
}

#[test]
fn a_stamp_changes_the_date_alone() {
    let text = sample::workflow("release");
    let cases = [
        (text.clone(), "2026-11-01"),
        (text.replace('\n', "\r\n"), "2026-11-01"),
        (format!("\u{feff}{text}"), "2026-11-01"),
        (text.trim_end().to_owned(), "2026-11-01"),
        // What only the date is wrong about.
        (text.replace("2026-11-01", "2019-01-01"), "2019-01-01"),
        (text.replace("2026-11-01", "`November`"), "November"),
        (text.replace("2026-11-01", "2027-01-01"), "2027-01-01"),
    ];
    for (before, date) in cases {
        let project = sample::project(&["release"]);
        project.write("workflows/release.md", &before);
        let run = audit(&project, &["--stamp", "release", "--yes"]);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{before:?}: {run:?}");
        assert_eq!(
            read(&project, "workflows/release.md"),
            before.replacen(date, project::TODAY, 1)
        );
        assert!(
            run.out.contains(&format!(
                "| **LAST-AUDITED**: {}",
                before
                    .split("AUDITED**: ")
                    .nth(1)
                    .unwrap()
                    .lines()
                    .next()
                    .unwrap()
            )),
            "{run:?}"
        );
        assert!(
            run.out.ends_with("stamped 1 document with 2026-11-22\n"),
            "{run:?}"
        );
        let again = audit(&project, &["--stamp", "release", "--yes"]);
        assert_eq!((again.code, again.out.as_str()), (0, ""), "{again:?}");
        assert!(
            again
                .err
                .contains("`workflows/release.md` was stamped today"),
            "{again:?}"
        );
        project.check_clean(&[]);
    }
}

#[test]
fn a_field_without_a_value_gets_one() {
    let project = sample::project(&["release"]);
    let text =
        sample::workflow("release").replace("**LAST-AUDITED**: 2026-11-01", "**LAST-AUDITED**:");
    project.write("workflows/release.md", text);
    assert_eq!(audit(&project, &["--stamp", "release", "--yes"]).code, 0);
    project.check_clean(&[]);
}

#[test]
fn what_is_not_valid_is_not_stamped() {
    let project = sample::project(&["release", "deploy"]);
    let broken = sample::workflow("deploy").replace("## Overview", "## Overveiw");
    project.write("workflows/deploy.md", &broken);
    let run = audit(
        &project,
        &["--stamp", "release", "workflows/deploy.md", "--yes"],
    );
    assert_eq!(run.code, 1, "{run:?}");
    assert!(
        run.out
            .starts_with("workflows/deploy.md:5:1: error[misspelled-section]"),
        "{run:?}"
    );
    assert!(
        run.err
            .contains("error: `workflows/deploy.md` is not stamped: 1 document checked: 1 error"),
        "{run:?}"
    );
    assert_eq!(read(&project, "workflows/deploy.md"), broken);
    assert!(read(&project, "workflows/release.md").contains(project::TODAY));
    let none = sample::workflow("deploy").replace(" | **LAST-AUDITED**: 2026-11-01", "");
    project.write("workflows/deploy.md", &none);
    let run = audit(&project, &["--stamp", "deploy", "--yes"]);
    assert_eq!((run.code, read(&project, "workflows/deploy.md")), (1, none));
    assert!(run.err.contains("has no LAST-AUDITED"), "{run:?}");
}

#[test]
fn nothing_is_written_unasked() {
    let project = sample::project(&["release"]);
    let before = read(&project, "workflows/release.md");
    for arguments in [
        &["--stamp", "release"][..],
        &["--stamp"],
        &["--yes"],
        &["--stamp", "relaese", "--yes"],
    ] {
        let run = audit(&project, arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {run:?}");
        assert_eq!(read(&project, "workflows/release.md"), before);
    }
    let run = audit(&project, &["--stamp", "release"]);
    assert!(
        run.out.contains("\n+**FILE**: ") && run.err.contains("`--yes`"),
        "{run:?}"
    );
    let run = audit(&project, &["relaese"]);
    assert!(run.err.contains("did you mean `release`?"), "{run:?}");
}

#[test]
#[cfg(target_os = "linux")]
fn on_a_terminal_the_answer_counts() {
    for (answer, is_written) in [("y", true), ("n", false), ("", false)] {
        let project = sample::project(&["release"]);
        let line = format!(
            "'{}' audit --today {} --stamp release; echo \"code $?\"",
            env!("CARGO_BIN_EXE_wf"),
            project::TODAY
        );
        let mut command = std::process::Command::new("sh");
        command
            .args([
                "-c",
                "printf '%s\\n' \"$1\" | script --quiet --command \"$2\" /dev/null",
                "sh",
                answer,
                &line,
            ])
            .current_dir(project.path());
        let run = Run::of(&command.output().unwrap());
        assert!(run.out.contains("Stamp 1 document? [y/N] "), "{run:?}");
        assert!(
            run.out
                .contains(if is_written { "code 0" } else { "code 1" }),
            "{run:?}"
        );
        assert_eq!(
            read(&project, "workflows/release.md").contains(project::TODAY),
            is_written
        );
    }
}

#[test]
#[cfg(unix)]
fn mode_and_links_stay() {
    use std::os::unix::fs::PermissionsExt;
    let project = sample::project(&["release"]);
    project.write("elsewhere/real.md", sample::workflow("release"));
    let link = project.path().join("workflows/release.md");
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink("../elsewhere/real.md", &link).unwrap();
    let real = project.path().join("elsewhere/real.md");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    let run = audit(&project, &["--stamp", "release", "--yes"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(read(&project, "elsewhere/real.md").contains(project::TODAY));
    assert_eq!(
        fs::metadata(&real).unwrap().permissions().mode() & 0o777,
        0o640
    );
}

#[test]
fn documents_are_stamped_together_or_not_at_all() {
    let project = sample::project(&["release", "deploy"]);
    let run = audit(
        &project,
        &["--stamp", "release", "deploy", "release", "--yes"],
    );
    assert!(
        run.out.ends_with("stamped 2 documents with 2026-11-22\n"),
        "{run:?}"
    );
    project.check_clean(&[]);
}

/// The help of `stale-audit`, followed to the letter, mends it: for a document, and for an index.
#[test]
fn the_help_of_a_stale_audit_mends_it() {
    for path in ["workflows/release.md", "workflows/README.md"] {
        let project = sample::project(&["release"]);
        let header = "**OWNER**: platform | **LAST-AUDITED**: 2019-01-01\n";
        let index = format!(
            "# Workflows\n\n**FILE**: workflows/README.md | **PURPOSE**: List | {header}\n- [release](release.md)\n"
        );
        if path.ends_with("README.md") {
            project.write(path, index);
        } else {
            project.write(
                path,
                sample::workflow("release").replace("2026-11-01", "2019-01-01"),
            );
        }
        let found = project.check(&["--format", "json"]).findings();
        let [finding] = &found[..] else {
            panic!("{found:?}");
        };
        let help = finding["help"].as_str().unwrap();
        let command = help
            .split('`')
            .nth(1)
            .unwrap()
            .strip_prefix("wf audit ")
            .unwrap();
        let arguments: Vec<&str> = command.split(' ').chain(["--yes"]).collect();
        let run = audit(&project, &arguments);
        assert_eq!(run.code, 0, "{command}: {run:?}");
        project.check_clean(&[]);
    }
}
