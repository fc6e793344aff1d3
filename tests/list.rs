//! `wf list`: what it promises to programs, and what fits on a terminal.
//!
//! `WF_BLESS=1 cargo test list` writes the frozen table anew. A property that was changed or removed wants a new
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
    serde_json::from_str(&fs::read_to_string(json::fixture("list.schema.json")).unwrap()).unwrap()
}

/// What `wf list` says about the project in the folder `app` of the command line's pages.
fn list(arguments: &[&str]) -> Run {
    let app = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/list.in/app");
    let mut command = Project::new().wf();
    command
        .current_dir(app)
        .args(["list", "--today", project::TODAY])
        .args(arguments);
    Run::of(&command.output().unwrap())
}

#[test]
fn the_table_is_what_it_was() {
    let run = list(&["--format", "json"]);
    if std::env::var_os("WF_BLESS").is_some() {
        fs::write(json::fixture("list.json"), &run.out).unwrap();
    }
    let frozen = fs::read_to_string(json::fixture("list.json")).unwrap();
    assert_eq!(
        run.out, frozen,
        "the shape has changed: is that a new version?"
    );
    let validator = json::validator(&json::closed(schema()));
    let whole: Value = serde_json::from_str(&frozen).unwrap();
    json::assert_valid(&validator, &whole);
    json::assert_required(&validator, &whole, &json::properties(&whole, ""));
}

#[test]
fn the_schema_is_one_and_describes_every_property() {
    json::assert_described(&schema());
}

#[test]
fn colours_are_where_they_are_wanted() {
    let plain = list(&[]);
    let colored = list(&["--color", "always"]);
    assert!(
        colored
            .out
            .contains("\u{1b}[1m\u{1b}[31m22 days over\u{1b}[0m"),
        "{colored:?}"
    );
    assert!(!plain.out.contains('\u{1b}'), "{plain:?}");
    assert_eq!(terminal::without_styles(&colored.out), plain.out);
    let json = list(&["--color", "always", "--format", "json"]);
    assert!(!json.out.contains(['\u{1b}', '\u{202e}']), "{json:?}");
}

#[test]
#[cfg(target_os = "linux")]
fn the_table_fits_on_the_terminal() {
    let project = crate::sample::project(&["release"]);
    project.write(
        "workflows/release.md",
        crate::sample::workflow("release")
            .replace("# The release workflow", "# 発行する 発行する 発行する"),
    );
    let shown = |columns: u32| {
        let command = format!("list --today {} --color never", project::TODAY);
        let shown = terminal::on_a_terminal_of(&project, &command, columns);
        let lines: Vec<String> = shown
            .lines()
            .map(|line| line.trim_end().to_owned())
            .collect();
        lines.last().unwrap().clone()
    };
    assert_eq!(
        shown(100),
        "release   発行する 発行する 発行する  platform      1  2026-11-01  159 days"
    );
    assert_eq!(
        shown(60),
        "release   発行する 発行する 発…      1  2026-11-01  159 days"
    );
    assert_eq!(shown(30), "release   2026-11-01  159 days");
    assert_eq!(shown(5), "rele…");
}

#[test]
fn documents_of_a_project_inside_are_not_its_own() {
    let project = crate::sample::project(&["release"]);
    project.write("workflows/inner/wf.toml", "").write(
        "workflows/inner/workflows/deploy.md",
        crate::sample::workflow("deploy"),
    );
    let names = |folder: &str| -> Vec<String> {
        let mut command = project.wf();
        let output = command
            .current_dir(project.path().join(folder))
            .args(["list", "--today", project::TODAY, "--format", "json"])
            .output()
            .unwrap();
        let table: Value = serde_json::from_slice(&output.stdout).unwrap();
        let rows = table["workflows"].as_array().unwrap().iter();
        rows.map(|row| row["path"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("."), ["workflows/release.md"]);
    assert_eq!(names("workflows/inner"), ["workflows/deploy.md"]);
}

#[test]
fn an_index_that_is_no_text_is_one_finding() {
    let project = sample::project(&["release"]);
    for bytes in [&b"a\0b"[..], b"\xff"] {
        project.write("workflows/README.md", bytes);
        let run = project.check(&[]);
        assert_eq!(run.out.lines().count(), 1, "{}", run.out);
        assert!(run.out.contains("[unreadable-document]"), "{}", run.out);
    }
}
