//! What surrounds runs: known errors, notifications, adopting a document, waiting, pruning, interruptions.

mod adoption;
mod damage;
mod interruption;
mod known_errors;
mod listing;
mod notification;
mod prune;
mod unread;
mod waiting;

use std::fs;
use std::process::Command;

use crate::project::Project;
use crate::project::Run;

/// A workflow of one step with a script as its action, and one that undoes it.
pub fn workflow(name: &str, action: &str, undo: &str) -> String {
    let steps = [("Do it", action, "true", undo)];
    workflow_of(name, &steps)
}

/// A workflow of steps: name, action, check and what undoes it, each a script.
pub fn workflow_of(name: &str, steps: &[(&str, &str, &str, &str)]) -> String {
    let block = |script: &str| {
        let script = script.replace('\n', "\n   ");
        format!("   ```bash\n   {script}\n   ```")
    };
    let steps = (1..).zip(steps).map(|(number, (name, action, check, undo))| {
        format!(
            "### Step {number}: {name}\n\n**Purpose**: Have it done.\n\n**Actions**:\n\n1. Change it\n\n{}\n\n\
             **Verification**:\n\n- [ ] It is so\n  Run: `{check}`\n\n**Rollback** (if step fails):\n\n1. Put it back\n\n{}\n\n",
            block(action),
            block(undo)
        )
    });
    let steps: String = steps.collect();
    format!(
        "\
# The {name} workflow

**FILE**: workflows/{name}.md | **PURPOSE**: Show a workflow | **OWNER**: platform | **LAST-AUDITED**: 2026-11-01

## Overview

Does what {name} does.

## Trigger

**Command**: `execute-task {name}`

**When to use**: When it is asked for.

## Prerequisites

- [ ] The folder can be read
  Run: `test -r .`

## Steps

{steps}## Success Criteria

- [ ] All is well
  Run: `true`

## Rollback Procedure

1. Say so
   Run: `echo \"{name} is undone\"`

## Logging

- `logs/info.log`
- `.memory/checkpoints/workflow_[name]_[date].md`

## Example

```console
$ true
```
"
    )
}

/// A project with a workflow of one step.
pub fn project(name: &str, action: &str) -> Project {
    let project = Project::new();
    project
        .write("wf.toml", "[run]\ngrace = \"1s\"\n")
        .write("workflows/README.md", format!("- [{name}]({name}.md)\n"))
        .write(
            &format!("workflows/{name}.md"),
            workflow(name, action, "true"),
        );
    project
}

/// The program with arguments, on a day on which the audits of [`workflow`] are recent.
pub fn command(project: &Project, arguments: &[&str]) -> Command {
    let mut command = project.wf();
    command
        .args(arguments)
        .env("USER", "ops")
        .env("SOURCE_DATE_EPOCH", "1795305600");
    command
}

/// Run the program.
pub fn wf(project: &Project, arguments: &[&str]) -> Run {
    Run::of(&command(project, arguments).output().unwrap())
}

/// Run the program, which ends with an exit code.
pub fn wf_ends(project: &Project, code: i32, arguments: &[&str]) -> Run {
    let run = wf(project, arguments);
    assert_eq!(run.code, code, "{arguments:?}: {}\n{}", run.out, run.err);
    run
}

/// The names of the runs, the oldest first.
pub fn runs(project: &Project) -> Vec<String> {
    let table = wf_ends(project, 0, &["runs", "--format", "json"]).out;
    let table: serde_json::Value = serde_json::from_str(&table).unwrap();
    let rows = table["runs"].as_array().unwrap().iter().rev();
    rows.map(|row| row["run"].as_str().unwrap().to_owned())
        .collect()
}

pub fn read(project: &Project, path: &str) -> String {
    fs::read_to_string(project.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What is written to a pipe with a name, once that happens; if it never does, the test is broken.
pub fn hear(project: &Project, path: &str) -> String {
    let mut command = Command::new("timeout");
    let command = command.args(["300", "cat"]).arg(project.path().join(path));
    let output = command.output().unwrap();
    assert!(output.status.success(), "nobody ever wrote to {path}");
    String::from_utf8(output.stdout).unwrap()
}

/// Write a line to a pipe with a name, as soon as somebody reads it.
pub fn tell(project: &Project, path: &str) {
    let mut command = Command::new("timeout");
    let command = command.args(["300", "sh", "-c", "echo go > \"$1\"", "sh"]);
    let told = command.arg(project.path().join(path)).status().unwrap();
    assert!(told.success(), "nobody ever read {path}");
}

/// Make a pipe with a name: whoever reads it waits until it is written to.
pub fn fifo(project: &Project, path: &str) {
    let made = Command::new("mkfifo")
        .arg(project.path().join(path))
        .status();
    assert!(made.unwrap().success());
}
