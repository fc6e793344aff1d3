//! A project with one workflow, whose steps are told in a few words, and the program run in it.

use std::fs;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use serde_json::Value;

use crate::project;
use crate::project::Project;
use crate::project::Run;
use crate::sample;

/// No test takes longer, unless something waits for ever.
const WATCHDOG: &str = "300";

/// A step: what it does, what undoes it, and what it waits for.
#[derive(Debug, Clone)]
pub struct Step {
    action: String,
    check: String,
    undo: Option<String>,
    after: String,
}

impl Step {
    /// One that runs this; undoing it is noted in the file `undone`.
    pub fn new(code: &str) -> Self {
        let block = format!(
            "1. Do it\n\n   ```bash\n   {}\n   ```",
            code.replace('\n', "\n   ")
        );
        Self::of(block)
    }

    /// One that a person does.
    pub fn manual(title: &str) -> Self {
        Self::of(format!("1. {title}"))
    }

    /// One whose actions are written so.
    pub fn of(action: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            check: "- [ ] It is done\n  Run: `true`".to_owned(),
            undo: Some("echo $WF_STEP >> undone".to_owned()),
            after: String::new(),
        }
    }

    /// It waits for these steps.
    pub fn after(mut self, steps: &str) -> Self {
        steps.clone_into(&mut self.after);
        self
    }

    /// It is verified by this.
    pub fn check(self, code: &str) -> Self {
        self.checks(format!("- [ ] It is done\n  Run: `{code}`"))
    }

    /// Its verification is written so.
    pub fn checks(mut self, items: impl Into<String>) -> Self {
        self.check = items.into();
        self
    }

    /// It is undone by this.
    pub fn undo(mut self, code: &str) -> Self {
        self.undo = Some(code.to_owned());
        self
    }

    /// It is undone by a person.
    pub fn undone_by_hand(mut self) -> Self {
        self.undo = None;
        self
    }

    fn text(&self, number: usize) -> String {
        let after = if self.after.is_empty() {
            String::new()
        } else {
            format!("**Depends on**: {}\n\n", self.after)
        };
        let undo = match &self.undo {
            Some(code) => format!("1. Undo it\n\n   ```bash\n   {code}\n   ```"),
            None => "1. Undo it".to_owned(),
        };
        format!(
            "### Step {number}: Part {number}\n\n**Purpose**: Have part {number}.\n\n{after}**Actions**:\n\n{}\n\n\
             **Verification**:\n\n{}\n\n**Rollback** (if step fails):\n\n{undo}\n",
            self.action, self.check
        )
    }
}

/// A project with a workflow `tiny`.
pub struct Scene {
    pub project: Project,
}

impl Scene {
    /// Of these steps. None of them waits for another one unless it says so.
    pub fn new(steps: &[Step]) -> Self {
        let project = sample::project(&["tiny"]);
        let text = sample::workflow("tiny");
        let (head, rest) = text.split_once("### Step 1").unwrap();
        let (_, tail) = rest.split_once("## Success Criteria").unwrap();
        let mut text = head.replace(
            "- [ ] It is asked for",
            "- [ ] There is a folder\n  Run: `test -d .`",
        );
        for (step, number) in steps.iter().zip(1..) {
            text.push_str(&format!("{}\n", step.text(number)));
        }
        if steps.iter().all(|step| step.after.is_empty()) {
            // Where none declares anything, each step waits for the one before it.
            let extra = Step::new("true").after("1").text(steps.len() + 1);
            text.push_str(&format!("{extra}\n"));
        }
        let tail = tail
            .replacen("- [ ] It is done", "- [ ] It is done\n  Run: `true`", 1)
            .replacen(
                "1. Undo it",
                "1. Undo all of it\n   Run: `echo procedure >> undone`",
                1,
            );
        project.write(
            "workflows/tiny.md",
            format!("{text}## Success Criteria{tail}"),
        );
        Self { project }
    }

    /// The program with these words, not in a terminal.
    pub fn command(&self, words: &str) -> Command {
        let mut command = project::attentive("timeout");
        command
            .args(["--foreground", WATCHDOG, env!("CARGO_BIN_EXE_wf")])
            .args(words.split_whitespace())
            .current_dir(self.project.path())
            .env_remove("CLICOLOR_FORCE")
            .env("USER", "ops")
            .env("SOURCE_DATE_EPOCH", "1795305600")
            .stdin(Stdio::null());
        command
    }

    /// Run it to its end.
    pub fn wf(&self, words: &str) -> Run {
        Run::of(&self.command(words).output().unwrap())
    }

    /// The lines of a file.
    pub fn lines(&self, name: &str) -> Vec<String> {
        let text = fs::read_to_string(self.project.path().join(name)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Wait until a file is there.
    pub fn wait_for(&self, name: &str) {
        let wait = format!("until [ -e {name} ]; do sleep 0.02; done");
        let status = Command::new("timeout")
            .args([WATCHDOG, "sh", "-c", &wait])
            .current_dir(self.project.path())
            .status();
        assert!(status.unwrap().success(), "`{name}` never came");
    }
}

/// The events that a run wrote.
pub fn events(out: &str) -> Vec<Value> {
    out.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The steps of the events of that name, in order.
pub fn numbers(events: &[Value], name: &str) -> Vec<u32> {
    let events = events.iter().filter(|event| event["event"] == name);
    events
        .map(|event| u32::try_from(event["step"].as_u64().unwrap()).unwrap())
        .collect()
}

/// Send a signal to a process.
pub fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    let sent = Command::new("kill")
        .args([&format!("-{name}"), &id])
        .status();
    assert!(sent.unwrap().success());
}
