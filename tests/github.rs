//! The output format `github`: read back as the runner of GitHub Actions reads it, its commands say what the findings
//! say, of files as the repository names them.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::project::Project;
use crate::project::Run;
use crate::sample;

/// A workflow command, unescaped.
#[derive(Debug)]
struct Command {
    name: String,
    properties: BTreeMap<String, String>,
    message: String,
}

impl Command {
    /// Read a line: `::name key=value,key=value::message`.
    fn read(line: &str) -> Self {
        let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        let (name, properties) = head.split_once(' ').unwrap();
        let properties = properties.split(',').map(|property| {
            let (key, value) = property.split_once('=').unwrap();
            assert!(!value.contains(':'), "{line}");
            let value = value.replace("%2C", ",").replace("%3A", ":");
            (key.to_owned(), unescaped(&value))
        });
        Self {
            name: name.to_owned(),
            properties: properties.collect(),
            message: unescaped(message),
        }
    }

    fn get(&self, key: &str) -> &str {
        self.properties.get(key).map_or("", String::as_str)
    }
}

/// Percent signs come last: `%250A` is the text `%0A`, no line end.
fn unescaped(text: &str) -> String {
    text.replace("%0D", "\r")
        .replace("%0A", "\n")
        .replace("%25", "%")
}

fn commands(run: &Run) -> Vec<Command> {
    run.out.lines().map(Command::read).collect()
}

/// The files that annotations name.
fn files(run: &Run) -> Vec<String> {
    let commands = commands(run);
    assert!(!commands.is_empty(), "{run:?}");
    let files = commands
        .iter()
        .map(|command| command.get("file").to_owned());
    files.collect()
}

/// A document with one finding.
fn faulty(name: &str) -> String {
    sample::workflow(name).replace("## Overview", "## Overveiw")
}

#[test]
fn a_command_says_what_the_finding_says() {
    let project = sample::crowd();
    project.write(
        "workflows/100%0A, b:c.md",
        "# [Workflow Name]\n\n**PURPOSE**: [x%0Ay](%25)\n**OWNER**: me\n",
    );
    let findings = project.check(&["--format", "json"]).findings();
    let run = project.check(&["--format", "github"]);
    assert_eq!(run.code, 1);
    let commands = commands(&run);
    assert_eq!(commands.len(), findings.len());
    let mut several_lines = 0;
    for (command, finding) in commands.iter().zip(&findings) {
        several_lines += usize::from(command.get("endLine") != command.get("line"));
        assert_same(command, finding);
    }
    let odd = |command: &&Command| command.get("file") == "workflows/100%0A, b:c.md";
    assert!(commands.iter().filter(odd).count() > 2);
    assert!(several_lines > 0, "no finding covers several lines");
}

fn assert_same(command: &Command, finding: &Value) {
    let text = |key: &str| finding[key].as_str().unwrap();
    let name = match text("severity") {
        "info" => "notice",
        other => other,
    };
    let (rule, path) = (text("rule"), text("path"));
    assert_eq!(
        (
            command.name.as_str(),
            command.get("file"),
            command.get("title")
        ),
        (name, path, format!("wf {rule}").as_str())
    );
    let number = |point: &str, field: &str| finding[point][field].as_u64().unwrap();
    let (line, column) = (number("start", "line"), number("start", "column"));
    assert_eq!(command.get("line"), line.to_string());
    if command.get("endLine") == command.get("line") {
        assert_eq!(command.get("col"), column.to_string());
    } else {
        // GitHub refuses columns of different lines.
        assert_eq!((command.get("col"), command.get("endColumn")), ("", ""));
    }
    let mut lines = command.message.lines();
    let first = format!("{path}:{line}:{column}: {rule}: {}", text("message"));
    assert_eq!(lines.next(), Some(first.as_str()));
    if let Some(help) = finding["help"].as_str() {
        assert!(command.message.contains(&format!("\nhelp: {help}")));
    }
}

#[test]
fn github_actions_gets_it_unasked() {
    let project = sample::project(&["release"]);
    project.write("workflows/release.md", faulty("release"));
    for (arguments, value, is_chosen) in [
        (&[][..], "true", true),
        (&["-q"], "true", true),
        (&[], "false", false),
        (&[], "", false),
        (&["--format", "concise"], "true", false),
        (&["--output-format", "json"], "true", false),
    ] {
        let run = project.check_with(arguments, &[("GITHUB_ACTIONS", value)]);
        let is_command = run
            .out
            .starts_with("::error file=workflows/release.md,line=5,");
        assert_eq!(
            is_command, is_chosen,
            "{arguments:?} {value:?}: {}",
            run.out
        );
    }
    let arguments = ["--output-file", "report.txt"];
    project.check_with(&arguments, &[("GITHUB_ACTIONS", "true")]);
    let report = fs::read_to_string(project.path().join("report.txt")).unwrap();
    assert!(
        report.starts_with("workflows/release.md:5:1: error"),
        "nobody reads commands from a file: {report}"
    );
}

/// What `wf check` says in a folder of the project, in the format `github`.
fn check_in(project: &Project, folder: &str, paths: &[&str], workspace: Option<&str>) -> Run {
    let mut command = project.wf();
    command
        .args([
            "check",
            "--today",
            crate::project::TODAY,
            "--format",
            "github",
        ])
        .args(["--only", "misspelled-section"])
        .args(paths)
        .current_dir(project.path().join(folder));
    if let Some(workspace) = workspace {
        command.env("GITHUB_WORKSPACE", project.path().join(workspace));
    }
    Run::of(&command.output().unwrap())
}

#[test]
fn files_are_named_from_the_top_of_the_repository() {
    let project = Project::new();
    for folder in ["api", "tools/inner"] {
        project
            .write(&format!("repo/{folder}/wf.toml"), "")
            .write(&format!("repo/{folder}/workflows/a.md"), faulty("a"));
    }
    // A submodule's `.git` is a file.
    project
        .write("repo/.git/HEAD", "")
        .write("repo/tools/.git", "gitdir: elsewhere\n");
    let api = ["api/workflows/a.md"];
    for (folder, paths, workspace) in [
        ("repo/api", &[][..], None),
        ("repo/api", &["workflows/a.md"], Some("repo")),
        ("repo", &["api"], Some("repo")),
        ("repo/tools", &["../api"], None),
        // The sources are a folder of the workspace.
        ("repo/api", &[], Some(".")),
        (".", &["repo/api"], Some(".")),
    ] {
        let run = check_in(&project, folder, paths, workspace);
        assert_eq!(files(&run), api, "{folder} {paths:?} {workspace:?}");
        let place = run.out.split("::").nth(2).unwrap();
        let shown = if folder == "repo/api" {
            "workflows"
        } else {
            "api/workflows"
        };
        assert!(
            place.contains(&format!("{shown}/a.md:5:1: ")),
            "{}",
            run.out
        );
    }
    let both = check_in(&project, "repo", &["."], Some("repo"));
    assert_eq!(files(&both), [api[0], "tools/inner/workflows/a.md"]);
    fs::remove_dir_all(project.path().join("repo/.git")).unwrap();
    fs::remove_file(project.path().join("repo/tools/.git")).unwrap();
    let without_git = check_in(&project, "repo/api", &[], Some("repo"));
    assert_eq!(files(&without_git), api);
}
