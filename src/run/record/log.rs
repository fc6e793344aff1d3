//! The log: one line an event, for people and for programs that read `key=value`.
//!
//! Time (UTC) and level come first; a value with more than plain characters is a string as JSON has it, so that
//! every line is one line. An error's `cause` is its whole chain, from the run down to the line that failed.

use std::fmt::Display;

use chrono::DateTime;
use chrono::Utc;

use crate::event::Cause;
use crate::event::Continuation;
use crate::event::Event;
use crate::event::Ground;
use crate::event::Outcome;
use crate::event::Record;
use crate::event::RunResult;
use crate::event::Settled;
use crate::event::Undone;
use crate::plan::ItemId;
use crate::plan::Place;
use crate::run::follower::Run;
use crate::run::record::cause;
use crate::run::record::cause::Scene;
use crate::run::record::history::Stretch;
use crate::run::record::text;
use crate::run::state::Status;

/// The most that a line quotes of a command, in characters; the document has all of it.
const COMMAND: usize = 2_000;

const INFO: &str = "INFO";
const WARN: &str = "WARN";
const ERROR: &str = "ERROR";

/// The line of a record, with its line end; `scene` is what it led to.
#[must_use]
pub fn line(scene: &Scene, record: &Record) -> String {
    let opening = Opening {
        run: scene.run,
        time: record.time,
    };
    let line = match &record.event {
        Event::ItemStarted { item, .. }
        | Event::ItemFinished { item, .. }
        | Event::ItemAsked { item }
        | Event::ItemAnswered { item, .. }
        | Event::ItemSettled { item, .. }
        | Event::ItemRecovered { item, .. } => of_item(opening, &record.event, *item, scene),
        Event::StepStarted { step } => opening.says(INFO, "step started").step(scene, *step),
        Event::StepFinished { step } => {
            let took = scene.history.forward.get(step).and_then(Stretch::duration);
            let line = opening.says(INFO, "step succeeded").step(scene, *step);
            line.maybe("duration", took.map(text::duration))
        }
        Event::StepRolledBack { step, how } => {
            let (level, words) = match how {
                Undone::Undone => (INFO, "step rolled back"),
                Undone::Nothing => (INFO, "step needs no rollback"),
                Undone::Unneeded => (INFO, "step cannot be rolled back, and need not be"),
                Undone::Left => (WARN, "step left as it is"),
            };
            let took = scene
                .history
                .back
                .get(&Some(*step))
                .and_then(Stretch::duration);
            let line = opening.says(level, words).step(scene, *step);
            line.maybe("duration", took.map(text::duration))
        }
        event => of_run(opening, event, scene),
    };
    line.ended()
}

/// The line that tells of something that could not be done, and is no reason to stop the run.
#[must_use]
pub fn warning(scene: &Scene, event: &str, cause: &dyn Display) -> String {
    let opening = Opening {
        run: scene.run,
        time: scene.history.last,
    };
    opening.says(WARN, event).with("cause", cause).ended()
}

/// A line about an item.
fn of_item(opening: Opening, event: &Event, item: ItemId, scene: &Scene) -> Line {
    let kind = cause::kind(item.place);
    let title = scene.run.plan.item(item).map_or("", |item| &item.title);
    let about = |level, words: &str| {
        let line = opening.says(level, &format!("{kind} {words}"));
        let line = match item.place.step() {
            Some(step) => line.step(scene, step),
            None => line,
        };
        line.with("item", item).with("title", title)
    };
    match event {
        Event::ItemStarted {
            attempt, process, ..
        } => {
            let line = about(INFO, "started").with("attempt", attempt);
            line.maybe("process", process.as_ref().map(|process| process.id))
        }
        Event::ItemFinished { .. } => finished(about, event, item, scene),
        Event::ItemAsked { .. } => about(INFO, "waits for a person"),
        Event::ItemRecovered { variables, .. } => {
            let names: Vec<&str> = variables.keys().map(String::as_str).collect();
            about(WARN, "had set variables before the crash").with("names", names.join(", "))
        }
        Event::ItemAnswered { done, by, note, .. } => {
            let line = match done {
                true => about(INFO, "confirmed"),
                false => about(ERROR, "rejected").chain(&scene.of(item)),
            };
            line.with("by", by).with("note", note)
        }
        Event::ItemSettled {
            settled, ground, ..
        } => {
            let words = match settled {
                Settled::Done => "of unknown outcome counts as done",
                Settled::Retry => "of unknown outcome is done again",
            };
            about(WARN, words).with(
                "because",
                match ground {
                    Ground::Verification => "the verification of its step holds".to_owned(),
                    Ground::Idempotent => "its step says that it may be repeated".to_owned(),
                    Ground::Operator(name) => format!("{name} said so"),
                },
            )
        }
        _ => unreachable!("the other events are not about an item"),
    }
}

/// A command's end. What is tried again, or was only looked at to learn how an action ended, fails nothing yet.
fn finished(
    about: impl FnOnce(&'static str, &str) -> Line,
    event: &Event,
    item: ItemId,
    scene: &Scene,
) -> Line {
    let Event::ItemFinished {
        attempt,
        outcome,
        duration_ms,
        output_bytes,
        output_end,
        line,
        variables,
        ..
    } = event
    else {
        unreachable!("the caller has looked")
    };
    let is_probe = matches!(item.place, Place::Verification(step) if scene.state.is_unsure(step));
    let is_last = scene.state.status(item) == Status::Failed && !is_probe;
    let (level, words) = match outcome {
        Outcome::Succeeded => (INFO, "succeeded"),
        Outcome::Interrupted => (WARN, "interrupted"),
        _ if is_last => (ERROR, "failed"),
        _ if is_probe => (WARN, "does not hold"),
        _ => (WARN, "failed, and is tried again"),
    };
    let took = i64::try_from(*duration_ms)
        .ok()
        .and_then(chrono::TimeDelta::try_milliseconds);
    let end = about(level, words)
        .with("attempt", attempt)
        .maybe("duration", took.map(text::duration))
        .with("output-bytes", output_bytes);
    let names: Vec<&str> = variables.keys().map(String::as_str).collect();
    let end = end.maybe("set", (!names.is_empty()).then(|| names.join(" ")));
    if outcome.is_success() {
        return end;
    }
    let end = match outcome {
        Outcome::Failed { status } => end.with("status", status),
        Outcome::Killed { signal } => end.with("signal", signal),
        Outcome::Unexpected { difference } => end.with("difference", difference),
        _ => end,
    };
    let command = scene
        .run
        .plan
        .item(item)
        .and_then(|item| item.command.as_ref());
    // As long as nothing but the item failed, no more is said.
    let causes = scene.of(item);
    end.maybe("line", *line)
        .chain(&causes[usize::from(!is_last)..])
        .maybe(
            "command",
            command.map(|command| text::start(command.written().trim_end(), COMMAND)),
        )
        .with("output", output_end)
}

/// A line about the run as a whole.
fn of_run(opening: Opening, event: &Event, scene: &Scene) -> Line {
    match event {
        Event::RunStarted { .. } => started(opening, event, scene),
        Event::RunResumed { program, by } => {
            let unknown: Vec<ItemId> = scene.state.with_status(Status::Unknown).collect();
            let level = if unknown.is_empty() { INFO } else { WARN };
            opening
                .says(level, "run resumed")
                .with("unknown", joined(&unknown))
                .with("by", by)
                .with("program", format!("wf {program}"))
        }
        Event::PlanAdopted { by, plan } => {
            let line = opening.says(WARN, "document adopted").with("by", by);
            line.with("document", &plan.document)
                .with("sha256", &plan.sha256)
        }
        Event::RollbackStarted { cause, steps } => {
            let line = opening
                .says(WARN, "rollback started")
                .with("steps", joined(steps));
            match cause {
                Cause::Item(item) => line.chain(&scene.of(*item)),
                Cause::Operator(name) => line.with("by", name),
                Cause::Signal(signal) => line.with("signal", signal),
            }
        }
        Event::RollbackContinued { how, by } => {
            let line = opening.says(WARN, "rollback continued");
            line.with("how", continuation(*how)).with("by", by)
        }
        Event::RunParked { waiting, unknown } => parked(opening, waiting, unknown),
        Event::RunSuspended { signal, aborted } => {
            let words = if *aborted {
                "run aborted"
            } else {
                "run suspended"
            };
            opening.says(WARN, words).with("signal", signal)
        }
        Event::RunStuck { at } => opening.says(ERROR, "run stuck").chain(&scene.stop(*at)),
        Event::RunFinished { result } => {
            let line = match result {
                RunResult::Succeeded => opening.says(INFO, "run succeeded"),
                RunResult::Undone => opening.says(INFO, "run undone"),
                RunResult::Failed => opening.says(ERROR, "run failed").chain(&scene.failure()),
            };
            line.with(
                "duration",
                text::duration(scene.history.last - opening.run.started),
            )
        }
        Event::RunAbandoned { by } => opening.says(WARN, "run abandoned").with("by", by),
        Event::RunRefused { reason, .. } => {
            opening.says(ERROR, "run refused").with("cause", reason)
        }
        _ => unreachable!("the other events are about a step or an item"),
    }
}

fn parked(opening: Opening, waiting: &[ItemId], unknown: &[ItemId]) -> Line {
    opening
        .says(WARN, "run waits for a person")
        .with("waiting", joined(waiting))
        .with("unknown", joined(unknown))
}

fn started(opening: Opening, event: &Event, scene: &Scene) -> Line {
    let Event::RunStarted {
        program,
        by,
        jobs,
        inputs,
        secrets,
        ..
    } = event
    else {
        unreachable!("the caller has looked")
    };
    let inputs = inputs
        .iter()
        .map(|(name, value)| format!("{name}={}", text::word(value)));
    let secrets = secrets.iter().map(|name| format!("{name}=***"));
    let inputs: Vec<String> = inputs.chain(secrets).collect();
    let plan = &scene.run.plan;
    opening
        .says(INFO, "run started")
        .with("title", &plan.title)
        .with("document", &plan.document)
        .with("sha256", &plan.sha256)
        .with("steps", plan.steps.len())
        .with("jobs", jobs)
        .with("inputs", joined(&inputs))
        .with("by", by)
        .with("program", format!("wf {program}"))
}

fn joined(names: &[impl ToString]) -> String {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    names.join(" ")
}

fn continuation(how: Continuation) -> String {
    match how {
        Continuation::Retry => "what failed is tried again".to_owned(),
        Continuation::Skip(Some(step)) => format!("step {step} is left as it is"),
        Continuation::Skip(None) => "the rest of the Rollback Procedure is left out".to_owned(),
        Continuation::KeepGoing => "whatever fails or cannot be undone is left as it is".to_owned(),
    }
}

/// What a line begins with.
#[derive(Clone, Copy)]
struct Opening<'a> {
    run: &'a Run,
    time: DateTime<Utc>,
}

impl Opening<'_> {
    fn says(self, level: &str, event: &str) -> Line {
        let time = self.time.format("%Y-%m-%dT%H:%M:%S%.3fZ");
        let line = Line(format!("{time} {level:<5}"));
        line.with("run", &self.run.id)
            .with("workflow", &self.run.plan.workflow)
            .with("event", event)
    }
}

/// A line as it is put together.
struct Line(String);

impl Line {
    fn step(self, scene: &Scene, number: u32) -> Self {
        let name = scene.run.plan.step(number).map_or("", |step| &step.name);
        self.with("step", number).with("name", name)
    }

    /// With a value, unless it is empty.
    fn with(mut self, key: &str, text: impl Display) -> Self {
        let text = text.to_string();
        if !text.is_empty() {
            self.0.push_str(&format!(" {key}={}", value(&text)));
        }
        self
    }

    fn maybe(self, key: &str, text: Option<impl Display>) -> Self {
        match text {
            Some(text) => self.with(key, text),
            None => self,
        }
    }

    /// With a chain of causes.
    fn chain(self, causes: &[String]) -> Self {
        self.with("cause", causes.join(": "))
    }

    fn ended(mut self) -> String {
        self.0.push('\n');
        self.0
    }
}

/// A value, quoted unless it is plain.
fn value(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:+@".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        text::quoted(text)
    }
}
