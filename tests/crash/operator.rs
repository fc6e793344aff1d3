//! Who carries a run on after the program died.

use std::os::unix::process::ExitStatusExt;

use serde_json::Value;

use crate::crash::kill::Kill;
use crate::crash::kill::Part;
use crate::flow;
use crate::flow::Flow;
use crate::project::Project;

/// A run that needs more commands than that goes round in circles.
const MOST: usize = 60;

/// How an operator decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// Goes on with what died, and says of an action of unknown outcome whether it left its trace.
    Truthful,
    /// Has what died rolled back, where it went forward.
    TurningBack,
}

/// When the program is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Never.
    Lives,
    /// Once, there.
    Dies(Kill),
    /// Each command that gets that far, after so many records of its own.
    DiesAgainAndAgain(usize),
}

/// A run from its start to its end.
pub struct Story {
    /// What is left of it.
    pub project: Project,
    /// The exit code of the command that brought it to its end.
    pub code: Option<i32>,
    /// Its state in the end.
    pub state: String,
    /// What had been done, and recorded, when the program was first killed.
    pub death: Option<(Vec<String>, Vec<Value>)>,
}

impl Operator {
    /// Run a workflow to its end, whatever happens.
    pub fn play(self, flow: &Flow, words: &[&str], fate: Fate) -> Story {
        let mut story = Story {
            project: flow.project(),
            code: None,
            state: String::new(),
            death: None,
        };
        let run: Vec<String> = [&["run", "release", "--yes"], words]
            .concat()
            .into_iter()
            .map(str::to_owned)
            .collect();
        let mut next = run.clone();
        for _ in 0..MOST {
            story.command(&next, fate);
            next = match flow::runs(&story.project).first() {
                Some((run, state)) if !state.is_empty() => {
                    story.state.clone_from(state);
                    if story.code.is_none() {
                        verify(&story.project, run);
                    }
                    match self.after(&story, flow) {
                        Some(words) => words,
                        None => return story,
                    }
                }
                // It died before it began.
                _ => run.clone(),
            };
        }
        panic!(
            "the run does not end: {}",
            told(&flow::records(&story.project))
        );
    }

    /// The words of the next command; none if there is nothing to do.
    fn after(self, story: &Story, flow: &Flow) -> Option<Vec<String>> {
        let records = flow::records(&story.project);
        let goes_back = records
            .iter()
            .any(|record| record["event"] == "rollback-started");
        let words = |words: &[&str]| Some(words.iter().map(|&word| word.to_owned()).collect());
        match story.state.as_str() {
            "succeeded" | "failed" | "stuck" => None,
            "crashed" | "waiting"
                if self == Self::TurningBack && story.death.is_some() && !goes_back =>
            {
                words(&["resume", "--rollback"])
            }
            "crashed" => words(&["resume"]),
            "waiting" => {
                let parked = records.last().unwrap();
                let first = |items: &str| parked[items][0].as_str().map(str::to_owned);
                if let Some(item) = first("unknown") {
                    let is_done = has_run(&story.project, &item);
                    let answer = if is_done { "--done" } else { "--retry" };
                    return words(&["resume", answer, "--item", &item]);
                }
                let item = first("waiting").expect("something waits");
                if flow.text().contains("in vain") && !goes_back {
                    words(&["reject", "--item", &item, "--reason", "nobody is there"])
                } else {
                    words(&["confirm", "--item", &item, "--evidence", "seen"])
                }
            }
            state => panic!("the run is {state}"),
        }
    }
}

impl Story {
    /// Run a command, which is killed as fate has it.
    fn command(&mut self, words: &[String], fate: Fate) {
        let records = |story: &Self| flow::records(&story.project);
        let mut command = self.project.wf();
        command.env("USER", "ops").args(words);
        match fate {
            Fate::Dies(kill) if self.death.is_none() => kill.arm(&mut command),
            Fate::Lives | Fate::Dies(_) => {}
            Fate::DiesAgainAndAgain(after) => {
                let at = records(self).len() + after;
                let part = Part::Whole;
                Kill { at, part }.arm(&mut command);
            }
        }
        let output = flow::output(&mut command);
        if output.status.signal().is_some() {
            assert_eq!(output.status.signal(), Some(9));
            if self.death.is_none() {
                self.death = Some((flow::trace(&self.project), records(self)));
            }
        }
        self.code = output.status.code();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(self.code != Some(2), "{words:?}: {error}");
    }
}

/// Records in short.
pub fn told(records: &[Value]) -> String {
    let lines = records.iter().map(|record| {
        let rest = ["item", "step", "outcome", "settled", "waiting", "unknown"];
        let rest = rest.map(|field| &record[field]);
        let rest = rest.iter().filter(|value| !value.is_null());
        let rest: Vec<String> = rest.map(ToString::to_string).collect();
        format!("\n{} {}", record["event"], rest.join(" "))
    });
    lines.collect()
}

/// Whether an action left its trace.
fn has_run(project: &Project, item: &str) -> bool {
    let trace = flow::trace(project);
    let mut words = trace.iter().map(|word| word.trim_end_matches('~'));
    words.any(|word| word == item)
}

/// The record of a run holds, whenever one looks.
pub fn verify(project: &Project, run: &str) {
    let shown = flow::wf(project, &["runs", "show", run, "--verify"]);
    assert_eq!(shown.code, 0, "{}{}", shown.out, shown.err);
}
