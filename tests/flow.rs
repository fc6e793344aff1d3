//! Workflows that do something: documents made of their commands, run by the program, and what that left behind.

use std::fs;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;
use std::sync::mpsc;
use std::sync::mpsc::RecvTimeoutError;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::project::Project;
use crate::project::Run;

/// Nothing here takes that long; what does is broken.
const WATCHDOG: Duration = Duration::from_mins(5);

/// A workflow. An item is a bash script; after `by hand: ` it is a manual one, and a text that begins with a fence is
/// taken as it is.
#[derive(Debug, Clone, Default)]
pub struct Flow {
    name: String,
    inputs: Vec<String>,
    prerequisites: Vec<String>,
    steps: Vec<Step>,
    criteria: Vec<String>,
    procedure: Vec<String>,
}

/// A step of a workflow. Without an item of undoing it has nothing to undo.
#[derive(Debug, Clone, Default)]
pub struct Step {
    options: Vec<String>,
    actions: Vec<String>,
    checks: Vec<String>,
    undo: Vec<String>,
    waiver: Option<String>,
}

/// A command that leaves a word in the project's file `trace`. One that is interrupted may leave no line end: so each
/// begins with one.
pub fn mark(word: &str) -> String {
    format!("printf '\\n%s\\n' {word} >> \"$WF_ROOT/trace\"")
}

impl Step {
    /// A step with this action.
    pub fn new(action: impl Into<String>) -> Self {
        Self::default().action(action)
    }

    /// A step of one action, one check and one item of undoing that leave `N.1`, `N.verify` and `N.undo`.
    pub fn marked(number: u32) -> Self {
        Self::new(mark(&format!("{number}.1")))
            .check(mark(&format!("{number}.verify")))
            .undo(mark(&format!("{number}.undo")))
    }

    /// And an action.
    pub fn action(mut self, action: impl Into<String>) -> Self {
        self.actions.push(action.into());
        self
    }

    /// And a check.
    pub fn check(mut self, check: impl Into<String>) -> Self {
        self.checks.push(check.into());
        self
    }

    /// And an item of undoing.
    pub fn undo(mut self, undo: impl Into<String>) -> Self {
        self.undo.push(undo.into());
        self
    }

    /// In the place of undoing: `None — reason` or `Irreversible — reason`.
    pub fn waiver(mut self, waiver: &str) -> Self {
        self.waiver = Some(waiver.to_owned());
        self
    }

    /// And an option: `**Timeout**: 1s`.
    pub fn option(mut self, option: &str) -> Self {
        self.options.push(option.to_owned());
        self
    }

    fn text(&self, number: usize) -> String {
        let options: String = self
            .options
            .iter()
            .map(|option| option.clone() + "\n\n")
            .collect();
        let undo = if self.undo.is_empty() {
            let waiver = self
                .waiver
                .as_deref()
                .unwrap_or("None — it changes nothing");
            format!("**Rollback**: {waiver}\n\n")
        } else {
            format!("**Rollback** (if step fails):\n\n{}", numbered(&self.undo))
        };
        format!(
            "### Step {number}: Part {number}\n\n**Purpose**: Do part {number}.\n\n{options}\
             **Actions**:\n\n{}**Verification**:\n\n{}{undo}",
            numbered(&self.actions),
            tasks(&self.checks)
        )
    }
}

impl Flow {
    /// A workflow without steps.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// And an input: `` `NAME` (required): what it is ``.
    pub fn input(mut self, input: &str) -> Self {
        self.inputs.push(input.to_owned());
        self
    }

    /// And a prerequisite.
    pub fn prerequisite(mut self, check: impl Into<String>) -> Self {
        self.prerequisites.push(check.into());
        self
    }

    /// And a step.
    pub fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// And a success criterion.
    pub fn criterion(mut self, check: impl Into<String>) -> Self {
        self.criteria.push(check.into());
        self
    }

    /// And an item of the Rollback Procedure.
    pub fn procedure(mut self, item: impl Into<String>) -> Self {
        self.procedure.push(item.into());
        self
    }

    /// The document, for `workflows/NAME.md`.
    pub fn text(&self) -> String {
        let name = &self.name;
        let inputs = if self.inputs.is_empty() {
            String::new()
        } else {
            format!("## Inputs\n\n- {}\n\n", self.inputs.join("\n- "))
        };
        let steps = self.steps.iter().zip(1..);
        let steps: String = steps.map(|(step, number)| step.text(number)).collect();
        format!(
            "# The {name} workflow\n\n**FILE**: workflows/{name}.md | **PURPOSE**: Try it | **OWNER**: platform | \
             **LAST-AUDITED**: 2026-11-01\n\n## Overview\n\nDoes what {name} does.\n\n## Trigger\n\n\
             **Command**: `execute-task {name}`\n\n**When to use**: When it is asked for.\n\n{inputs}\
             ## Prerequisites\n\n{}## Steps\n\n{steps}## Success Criteria\n\n{}## Rollback Procedure\n\n{}\
             ## Logging\n\n- `logs/info.log`\n- `.memory/checkpoints/workflow_[name]_[date].md`\n\n\
             ## Example\n\n```console\n$ true\n```\n",
            tasks(&self.prerequisites),
            tasks(&self.criteria),
            numbered(&self.procedure)
        )
    }

    /// A project with this workflow.
    pub fn project(&self) -> Project {
        self.project_with("grace = \"200ms\"\nretry-delay = \"1ms\"\n")
    }

    /// A project with this workflow and these settings of runs.
    pub fn project_with(&self, settings: &str) -> Project {
        let name = &self.name;
        let project = Project::new();
        project
            .write("wf.toml", format!("[run]\n{settings}"))
            .write(
                "workflows/README.md",
                format!("# Workflows\n\n- [{name}]({name}.md)\n"),
            )
            .write(&format!("workflows/{name}.md"), self.text());
        project
    }
}

fn numbered(items: &[String]) -> String {
    let true_one = ["true".to_owned()];
    let items = if items.is_empty() { &true_one } else { items };
    let items = items.iter().zip(1..);
    let items = items.map(|(item, number)| listed(&format!("{number}. "), item));
    items.collect()
}

fn tasks(items: &[String]) -> String {
    let true_one = ["true".to_owned()];
    let items = if items.is_empty() { &true_one } else { items };
    items.iter().map(|item| listed("- [ ] ", item)).collect()
}

fn listed(bullet: &str, item: &str) -> String {
    if let Some(title) = item.strip_prefix("by hand: ") {
        return format!("{bullet}{title}\n\n");
    }
    let block = if item.starts_with("```") {
        item.to_owned()
    } else {
        format!("```bash\n{item}\n```")
    };
    let indent = if bullet.starts_with('-') { "  " } else { "   " };
    let block = block.replace('\n', &format!("\n{indent}"));
    format!("{bullet}Run a command\n\n{indent}{block}\n\n")
}

/// Run the program with these words to its end.
pub fn wf(project: &Project, words: &[&str]) -> Run {
    Run::of(&output(project.wf().env("USER", "ops").args(words)))
}

/// Run it with this on its standard input.
pub fn wf_given(project: &Project, words: &[&str], input: &str) -> Run {
    let mut command = project.wf();
    command.env("USER", "ops").args(words).stdin(Stdio::piped());
    let mut child = spawn(&mut command);
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    Run::of(&ended(child))
}

/// What a command says, to its end, which it must reach.
pub fn output(command: &mut Command) -> Output {
    ended(spawn(command))
}

/// Start a command in a process group of its own.
pub fn spawn(command: &mut Command) -> std::process::Child {
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .unwrap()
}

/// What a command said, to its end, which it must reach.
pub fn ended(child: std::process::Child) -> Output {
    let id = child.id().to_string();
    let (is_over, over) = mpsc::channel::<()>();
    let watchdog = thread::spawn(move || {
        let is_late = over.recv_timeout(WATCHDOG) == Err(RecvTimeoutError::Timeout);
        if is_late {
            let _ = Command::new("kill").args(["-KILL", &id]).status();
        }
        is_late
    });
    let output = child.wait_with_output().unwrap();
    drop(is_over);
    assert!(
        !watchdog.join().unwrap(),
        "it did not end: {}",
        String::from_utf8_lossy(&output.stdout)
    );
    output
}

/// The words that commands left, in order.
pub fn trace(project: &Project) -> Vec<String> {
    let text = fs::read_to_string(project.path().join("trace")).unwrap_or_default();
    let words = text.lines().filter(|line| !line.is_empty());
    words.map(str::to_owned).collect()
}

/// The runs of a project, the newest first, each with its state.
pub fn runs(project: &Project) -> Vec<(String, String)> {
    let shown = wf(project, &["runs", "--format", "json"]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    let shown: Value = serde_json::from_str(&shown.out).unwrap();
    let runs = shown["runs"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    runs.map(|run| (text(&run["run"]), text(&run["state"])))
        .collect()
}

/// The records of the newest run, as they are; none if there is no run. A torn one is no record.
pub fn records(project: &Project) -> Vec<Value> {
    let runs = project.path().join(".memory/runs");
    let runs = fs::read_dir(runs).into_iter().flatten().map(Result::unwrap);
    let journals = runs.map(|run| run.path().join("journal.jsonl"));
    let newest = journals.filter(|journal| journal.exists()).max();
    let text = newest.map_or_else(String::new, |newest| fs::read_to_string(newest).unwrap());
    let whole = text
        .split_inclusive('\n')
        .filter(|line| line.ends_with('\n'));
    whole
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}
