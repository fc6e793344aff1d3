//! `wf init` sets up what works at once, and overwrites nothing.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::project;
use crate::project::Project;
use crate::project::Run;
use crate::readme;
use crate::sample;

const RECORDS: &str = "# What the runs of workflows leave behind.\n.memory/\nlogs/\nerrors/\n";

fn init_in(project: &Project, folder: &str, arguments: &[&str]) -> Run {
    let mut command = project.wf();
    command
        .current_dir(project.path().join(folder))
        .args(["init", "--today", project::TODAY])
        .args(arguments);
    Run::of(&command.output().unwrap())
}

fn init(project: &Project, arguments: &[&str]) -> Run {
    init_in(project, ".", arguments)
}

fn read(project: &Project, path: &str) -> String {
    fs::read_to_string(project.path().join(path)).unwrap()
}

/// Nothing is found, whatever its severity, in a project that holds an index and so many workflows.
fn assert_clean(project: &Project, workflows: usize) {
    project.check_clean(&["--fail-on", "warning"]);
    let mut command = project.wf();
    let output = command.args(["list", "--format", "json"]).output().unwrap();
    let list: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(list["workflows"].as_array().unwrap().len(), workflows);
}

#[test]
fn an_empty_folder_becomes_a_valid_project() {
    for paths in ["workflows", "docs/runbooks", "."] {
        let project = Project::new();
        if paths != "workflows" {
            project.write("wf.toml", format!("paths = [\"{paths}\"]\n"));
        }
        let run = init(&project, &["--yes"]);
        assert_eq!(run.code, 0, "{run:?}");
        assert_clean(&project, 1);
        assert_eq!(read(&project, ".gitignore"), RECORDS);
        let again = init(&project, &[]);
        assert_eq!(again.code, 0, "{again:?}");
        assert!(
            again.err.starts_with("note: nothing is left to write"),
            "{again:?}"
        );
        assert!(
            again.out.lines().all(|line| line.starts_with("keep")),
            "{again:?}"
        );
    }
}

#[test]
fn nothing_is_written_unasked() {
    let project = Project::new();
    let run = init(&project, &["--vscode"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.out.starts_with("write   wf.toml "), "{run:?}");
    assert!(run.err.contains("--yes"), "{run:?}");
    assert_eq!(fs::read_dir(project.path()).unwrap().count(), 0);
}

#[test]
#[cfg(target_os = "linux")]
fn on_a_terminal_the_answer_counts() {
    for (answer, is_written, code) in [("y", true, "0"), ("n", false, "1"), ("", false, "1")] {
        let project = Project::new();
        let line = format!("'{}' init; echo \"exit $?\"", env!("CARGO_BIN_EXE_wf"));
        let mut command = Command::new("script");
        command
            .args(["--quiet", "--command", &line, "/dev/null"])
            .current_dir(project.path())
            .env_clear()
            .envs([
                ("PATH", "/usr/bin:/bin"),
                ("SHELL", "/bin/sh"),
                ("NO_COLOR", "1"),
            ])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped());
        let mut child = command
            .spawn()
            .expect("`script` is there: on Debian it is in bsdutils");
        let mut input = child.stdin.take().unwrap();
        std::io::Write::write_all(&mut input, format!("{answer}\n").as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        drop(input);
        let shown = String::from_utf8(output.stdout).unwrap();
        assert!(shown.contains("Write 4 files? [y/N]"), "{shown}");
        assert!(
            shown.contains(&format!("exit {code}")),
            "{answer:?}: {shown}"
        );
        assert_eq!(
            project.path().join("wf.toml").exists(),
            is_written,
            "{answer:?}"
        );
    }
}

#[test]
fn what_is_there_is_kept() {
    let project = sample::project(&["deploy", "release"]);
    fs::remove_file(project.path().join("workflows/README.md")).unwrap();
    project
        .write("wf.toml", "# mine\n")
        .write(".gitignore", "target/\r\n/logs/\r\n.memory")
        .write(".vscode/tasks.json", "{}\n")
        .write(
            ".pre-commit-config.yaml",
            "repos: [] # wf-check comes later\n",
        );
    let run = init(&project, &["--yes", "--pre-commit", "--vscode"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(read(&project, "wf.toml"), "# mine\n");
    assert_eq!(read(&project, ".vscode/tasks.json"), "{}\n");
    assert!(
        run.out.contains("this is what it lacks:\n            {\n"),
        "{run:?}"
    );
    assert!(
        run.out
            .contains("keep    .pre-commit-config.yaml  it names `wf` already\n"),
        "{run:?}"
    );
    assert_eq!(
        read(&project, ".gitignore"),
        "target/\r\n/logs/\r\n.memory\r\n\r\n# What the runs of workflows leave behind.\r\nerrors/\r\n"
    );
    let index = read(&project, "workflows/README.md");
    for row in [
        "| [deploy.md](deploy.md) | `execute-task deploy` | The deploy workflow |\n",
        "| [release.md](release.md) | `execute-task release` | The release workflow |\n",
    ] {
        assert!(index.contains(row), "{index}");
    }
    assert_clean(&project, 2);

    // An index without a workflow is added to.
    let project = Project::new();
    project.write("workflows/README.md", "# Ours\n\nNone yet.\n");
    let run = init(&project, &["--yes"]);
    assert_eq!(run.code, 0, "{run:?}");
    let index = read(&project, "workflows/README.md");
    assert!(
        index.starts_with("# Ours\n\nNone yet.\n\n## Workflows\n\n- [snapshot.md]"),
        "{index}"
    );
    assert_clean(&project, 1);
}

/// A path and what stands there.
type File = (&'static str, &'static [u8]);

#[test]
fn a_project_that_cannot_be_set_up_is_left_alone() {
    const OWN: &str = "template = \"template.md\"\n";
    let cases: [(&[File], &str); 4] = [
        (&[("wf.toml", b"paths = 1\n")], "error: wf.toml:1:9: "),
        (
            &[(".gitignore", b"caf\xe9\n")],
            "error: `.gitignore` is not UTF-8 text",
        ),
        (
            &[("workflows", b"a file\n")],
            "error: without wf.toml: `workflows` in `paths` is a file",
        ),
        (
            &[("wf.toml", OWN.as_bytes())],
            "error: wf.toml:1:12: the template",
        ),
    ];
    for (files, error) in cases {
        let project = Project::new();
        for (path, content) in files {
            project.write(path, content);
        }
        let run = init(&project, &["--yes"]);
        assert!(run.code == 2 && run.err.starts_with(error), "{run:?}");
        assert_eq!(fs::read_dir(project.path()).unwrap().count(), files.len());
    }
    let project = Project::new();
    project
        .write("wf.toml", OWN)
        .write("template.md", "# [T]\n\n## Use\n\n[How]\n");
    let run = init(&project, &["--yes"]);
    assert!(
        run.code == 0 && run.out.contains("begin with `wf new NAME`"),
        "{run:?}"
    );
    assert!(!project.path().join("workflows").exists());
}

#[test]
fn the_hooks_are_those_of_the_readme() {
    let project = Project::new();
    let run = init(&project, &["--yes", "--pre-commit", "--github", "--vscode"]);
    assert_eq!(run.code, 0, "{run:?}");
    let shown = readme::blocks(&readme::readme(), "yaml");
    for path in [".pre-commit-config.yaml", ".github/workflows/wf.yml"] {
        let written = read(&project, path);
        assert!(
            shown.iter().any(|block| block.trim() == written.trim()),
            "{path}: {written}"
        );
    }
}

#[test]
fn a_project_below_the_top_is_hooked_up_at_the_top() {
    let project = Project::new();
    project
        .write(".git/HEAD", "ref: refs/heads/main\n")
        .write("services/api/.keep", "");
    let run = init_in(&project, "services/api", &["--yes", "--github", "--vscode"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        read(&project, ".github/workflows/wf.yml")
            .ends_with("      - run: 'wf check services/api'\n")
    );
    let tasks: Value = serde_json::from_str(&read(&project, ".vscode/tasks.json")).unwrap();
    let arguments = tasks["tasks"][0]["args"].as_array().unwrap().iter();
    let arguments: Vec<&str> = arguments
        .map(|argument| argument.as_str().unwrap())
        .collect();
    assert_eq!(arguments[..2], ["check", "services/api"]);
    let mut command = project.wf();
    let run = Run::of(&command.args(arguments).output().unwrap());
    assert_eq!((run.code, run.out.as_str()), (0, ""), "{run:?}");
}

#[test]
fn the_editor_finds_the_places_of_findings() {
    let project = Project::new();
    init(&project, &["--yes", "--vscode"]);
    let tasks: Value = serde_json::from_str(&read(&project, ".vscode/tasks.json")).unwrap();
    let task = &tasks["tasks"][0];
    let pattern = &task["problemMatcher"]["pattern"];
    let line = regex::Regex::new(pattern["regexp"].as_str().unwrap()).unwrap();
    let text = read(&project, "workflows/snapshot.md").replace("## Overview", "## Overveiw");
    project.write("workflows/snapshot.md", text);
    let arguments = task["args"].as_array().unwrap().iter();
    let mut command = project.wf();
    let run = Run::of(
        &command
            .args(arguments.map(|word| word.as_str().unwrap()))
            .output()
            .unwrap(),
    );
    let found: Vec<&str> = run.out.lines().collect();
    assert_eq!(found.len(), 1, "{run:?}");
    let parts = line.captures(found[0]).unwrap();
    let part = |name: &str| {
        let group = usize::try_from(pattern[name].as_u64().unwrap()).unwrap();
        parts.get(group).unwrap().as_str()
    };
    assert_eq!(
        [
            part("file"),
            part("line"),
            part("column"),
            part("severity"),
            part("code")
        ],
        [
            "workflows/snapshot.md",
            "5",
            "1",
            "error",
            "misspelled-section"
        ]
    );
    assert!(part("message").contains("Overview"));
}

/// The commands of a document's items below a heading or label, up to the next one, as a shell gets them.
fn commands(text: &str, from: &str) -> Vec<String> {
    let start = text.find(from).unwrap() + from.len();
    let rest = &text[start..];
    let ends = ["\n**", "\n## ", "\n### "]
        .iter()
        .filter_map(|mark| rest.find(mark));
    let part = &rest[..ends.min().unwrap_or(rest.len())];
    let mut commands = Vec::new();
    let mut block: Option<String> = None;
    for line in part.lines().map(str::trim) {
        match (&mut block, line) {
            (None, "```bash") => block = Some(String::new()),
            (Some(_), "```") => commands.extend(block.take()),
            (Some(code), line) => code.push_str(&format!("{line}\n")),
            (None, line) => commands.extend(
                line.strip_prefix("Run: `")
                    .map(|code| code.trim_end_matches('`').to_owned()),
            ),
        }
    }
    assert!(!commands.is_empty(), "{from}");
    commands
}

fn bash(folder: &Path, commands: &[String]) {
    for command in commands {
        let mut shell = Command::new("bash");
        shell
            .args(["-euo", "pipefail", "-c", command])
            .current_dir(folder)
            .envs([("SOURCE", "workflows"), ("TARGET", "snapshots")]);
        let output = shell.output().unwrap();
        assert!(output.status.success(), "{command}: {output:?}");
    }
}

#[test]
#[cfg(unix)]
fn the_example_does_what_it_says_and_undoes_it() {
    let project = Project::new();
    init(&project, &["--yes"]);
    let text = read(&project, "workflows/snapshot.md");
    let (first, second) = text.split_once("### Step 2").unwrap();
    let folder = project.path();
    for _ in 0..2 {
        bash(folder, &commands(&text, "## Prerequisites"));
        for step in [first, second] {
            bash(folder, &commands(step, "**Actions**:"));
            // Its steps may be repeated.
            bash(folder, &commands(step, "**Actions**:"));
            bash(folder, &commands(step, "**Verification**:"));
        }
        bash(folder, &commands(&text, "## Success Criteria"));
        let mut names: Vec<_> = fs::read_dir(folder.join("snapshots"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["snapshot.cksum", "snapshot.tar.gz"]);
        for step in [second, first] {
            bash(folder, &commands(step, "**Rollback** (if step fails):"));
        }
        bash(folder, &commands(&text, "## Rollback Procedure"));
        assert!(!folder.join("snapshots").exists());
    }
}
