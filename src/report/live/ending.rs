//! What is told where a run turns back, stops, or ends: what state that leaves, and what a person can do.

use crate::event::Cause;
use crate::event::Continuation;
use crate::event::RunResult;
use crate::event::Signal;
use crate::event::Stuck;
use crate::event::Undone;
use crate::plan::Item;
use crate::plan::ItemId;
use crate::plan::Place;
use crate::plan::Undo;
use crate::printable;
use crate::report::live::scene::Scene;
use crate::report::summary;
use crate::report::theme::Sign;
use crate::report::theme::Tone;
use crate::report::wording;
use crate::run::state::Status;

const PROCEDURE: &str = "the Rollback Procedure";

impl Scene<'_> {
    /// The run turns back.
    pub fn rollback_started(&self, cause: &Cause, steps: &[u32]) -> String {
        let mut why = match cause {
            Cause::Item(item) => vec![format!("{} failed", self.named(*item))],
            Cause::Operator(name) => vec![format!("{name} asked for it")],
            Cause::Signal(signal) => vec![format!("{signal} came")],
        };
        let others = self.others(self.cause());
        why.extend(others.map(|item| format!("{} failed too", self.named(item))));
        let mut what: Vec<String> = steps.iter().map(|&step| self.step(step)).collect();
        if !self.plan().procedure.is_empty() {
            what.push(PROCEDURE.to_owned());
        }
        if what.is_empty() {
            what.push("nothing".to_owned());
        }
        self.heading(Tone::Attention, "Rolling back")
            + &self.rows("because", &why)
            + &self.rows("to undo", &what)
    }

    /// A step is dealt with by rollback.
    pub fn step_rolled_back(&self, number: u32, how: Undone) -> String {
        let reason = self
            .plan()
            .step(number)
            .map_or("", |step| match &step.undo {
                Undo::Nothing(reason) | Undo::Irreversible(reason) => reason.as_str(),
                Undo::Items(_) => "",
            });
        let reason = printable::one_line(reason);
        let (sign, what) = match how {
            Undone::Undone => (Sign::Done, "is undone".to_owned()),
            Undone::Nothing => (Sign::Passed, format!("needs no undoing: {reason}")),
            Undone::Unneeded => (
                Sign::Passed,
                "cannot be undone, and need not be: none of its actions succeeded".to_owned(),
            ),
            Undone::Left if reason.is_empty() => (Sign::Attention, "is left as it is".to_owned()),
            Undone::Left => (Sign::Attention, format!("is left as it is: {reason}")),
        };
        let first = format!("{} Step {number} ", self.theme.mark(sign));
        self.theme.wrapped(&first, &what)
    }

    /// A person said how rollback goes on.
    pub fn rollback_continued(&self, how: Continuation, by: &str) -> String {
        let what = match how {
            Continuation::Retry => "what failed is tried again".to_owned(),
            Continuation::Skip(Some(step)) => format!("step {step} is left as it is"),
            Continuation::Skip(None) => format!("{PROCEDURE} is left out"),
            Continuation::KeepGoing => "what fails or cannot be undone is left as it is".to_owned(),
        };
        let heading = format!("Rollback goes on, says {}", printable::one_line(by));
        self.heading(Tone::Strong, &heading) + &self.row("from here", &what)
    }

    /// The run takes on the document as it is by now.
    pub fn adopted(&self, by: &str) -> String {
        let by = printable::one_line(by);
        let hash: String = self.plan().sha256.chars().take(12).collect();
        let what = format!(
            "{} as it is now (sha256 {hash}), says {by}",
            self.plan().document
        );
        self.row("adopted", &printable::one_line(&what))
    }

    /// The program was told to end.
    pub fn suspended(&self, signal: Signal, aborted: bool) -> String {
        let run = &self.run.id;
        let word = if aborted { "Aborted" } else { "Suspended" };
        let by = match signal {
            Signal::Int => "by SIGINT (Ctrl-C)",
            Signal::Term => "by SIGTERM",
        };
        let mut text = self.heading(Tone::Attention, &format!("{word} {by}"));
        let unknown: Vec<String> = self
            .state
            .with_status(Status::Unknown)
            .map(|item| self.named(item))
            .collect();
        text.push_str(&self.rows("unknown", &unknown));
        text.push_str(&self.rows(self.in_place_name(), &self.in_place()));
        text.push_str(&self.row("record", &self.folder()));
        text.push('\n');
        if self.state.unwinding.is_some() {
            text.push_str(&self.way("go on with the rollback:", &format!("wf resume {run}")));
        } else {
            text.push_str(&self.way("go on where it stopped:", &format!("wf resume {run}")));
            if !self.state.started.is_empty() {
                text.push_str(&self.way("undo what was done:", &format!("wf rollback {run}")));
            }
        }
        text + &self.way_out() + &self.secrets()
    }

    /// What is always left.
    fn way_out(&self) -> String {
        self.way(
            "give it up, and leave everything as it is:",
            &format!("wf runs abandon {}", self.run.id),
        )
    }

    /// Rollback stopped.
    pub fn stuck(&self, at: Stuck) -> String {
        let run = &self.run.id;
        let mut text = self.heading(Tone::Bad, "Stuck: rollback stopped, and a person must act");
        let (skipped, is_procedure) = match at {
            Stuck::Item(item) => {
                let how = self.how(item);
                text.push_str(&self.row("stopped at", &self.named(item)));
                text.push_str(&self.row("", &how));
                (item.place.step(), item.place == Place::Procedure)
            }
            Stuck::Irreversible(step) => {
                let undo = self.plan().step(step).map(|step| &step.undo);
                let why = match undo {
                    Some(Undo::Irreversible(reason)) => reason.as_str(),
                    _ => "",
                };
                text.push_str(&self.row("stopped at", &self.step(step)));
                text.push_str(&self.row("", &format!("it cannot be undone: {why}")));
                (Some(step), false)
            }
        };
        text.push_str(&self.rows("undone", &self.undone()));
        text.push_str(&self.rows("not undone", &self.in_place()));
        if !is_procedure && !self.plan().procedure.is_empty() {
            text.push_str(&self.row("not run", PROCEDURE));
        }
        text.push_str(&self.row("record", &self.folder()));
        text.push_str(&self.row("report", &self.error_report()));
        text.push('\n');
        if matches!(at, Stuck::Item(_)) {
            text.push_str(&self.way(
                "once the cause is mended, try it again:",
                &format!("wf rollback {run} --retry"),
            ));
        }
        if let Some(step) = skipped {
            let purpose =
                format!("leave step {step} as it is (or undo it by hand), and go on after it:");
            text.push_str(&self.way(&purpose, &format!("wf rollback {run} --skip {step}")));
        }
        let way = self.way(
            "go on to the end, and leave whatever fails or cannot be undone as it is:",
            &format!("wf rollback {run} --keep-going"),
        );
        text + &way + &self.way_out() + &self.secrets()
    }

    /// The run ended.
    pub fn finished(&self, result: RunResult) -> String {
        let passed = wording::between(self.run.started, self.time);
        let steps = self.plan().steps.len();
        let (sign, tone, words) = match result {
            RunResult::Succeeded => {
                let steps = summary::counted(steps, "step");
                (
                    Sign::Done,
                    Tone::Good,
                    format!("Succeeded in {passed}: {steps}"),
                )
            }
            RunResult::Failed if self.state.had_succeeded => (
                Sign::Failed,
                Tone::Bad,
                "Undone in part: the run had succeeded, and not all of it was rolled back"
                    .to_owned(),
            ),
            RunResult::Failed => (Sign::Failed, Tone::Bad, format!("Failed after {passed}")),
            RunResult::Undone => (
                Sign::Done,
                Tone::Good,
                "Undone: the run had succeeded, and was rolled back".to_owned(),
            ),
        };
        let mut text = self.heading(tone, &format!("{} {words}", self.theme.sign(sign)));
        let cause = self.cause();
        if result == RunResult::Failed {
            text.push_str(&self.reason(cause));
        }
        if result != RunResult::Succeeded {
            text.push_str(&self.rows("undone", &self.undone()));
            text.push_str(&self.rows("not undone", &self.in_place()));
            if self.state.unwinding.is_some() && !self.is_procedure_done() {
                text.push_str(&self.row("not done", PROCEDURE));
            }
        }
        text.push_str(&self.row("record", &self.folder()));
        if result == RunResult::Failed {
            text.push_str(&self.row("report", &self.error_report()));
            let is_command = |item: &ItemId| {
                let item = self.plan().item(*item);
                item.is_some_and(|item| item.command.is_some())
            };
            if let Some(item) = cause.filter(is_command) {
                let command = format!("wf runs show {} --output {item}", self.run.id);
                text.push('\n');
                text.push_str(&self.way("see all that it wrote:", &command));
            }
        }
        text
    }

    /// What failed, and how.
    fn reason(&self, cause: Option<ItemId>) -> String {
        let mut text = String::new();
        let unwinding = self.state.unwinding.as_ref();
        if let Some(item) = cause {
            text.push_str(&self.row("failed", &self.named(item)));
            text.push_str(&self.row("", &self.how(item)));
        } else if let Some(asker) = unwinding.and_then(|way| way.cause.asker()) {
            text.push_str(&self.row("failed", &format!("{asker} asked for the rollback")));
        }
        for item in self.others(cause) {
            text.push_str(&self.row("failed too", &self.named(item)));
            text.push_str(&self.row("", &self.how(item)));
        }
        if self.state.started.is_empty() {
            text.push_str(&self.row("", "no step was started: there is nothing to undo"));
        }
        text
    }

    /// The items that failed beside the one that failed the run.
    fn others(&self, cause: Option<ItemId>) -> impl Iterator<Item = ItemId> {
        self.state.broken().filter(move |item| Some(*item) != cause)
    }

    /// How an item failed.
    fn how(&self, item: ItemId) -> String {
        let told = self.failures.get(&item).cloned();
        told.unwrap_or_else(|| self.place(item, None))
    }

    /// The item that failed the run.
    fn cause(&self) -> Option<ItemId> {
        match self.state.unwinding.as_ref().map(|way| &way.cause) {
            Some(cause) => cause.item(),
            None => self.state.with_status(Status::Failed).next(),
        }
    }

    /// A person gave the run up.
    pub fn abandoned(&self, by: &str) -> String {
        let words = format!("Given up by {}", printable::one_line(by));
        self.heading(Tone::Attention, &words)
            + &self.rows("undone", &self.undone())
            + &self.rows(self.in_place_name(), &self.in_place())
            + &self.row("record", &self.folder())
    }

    /// What rollback undid, in order.
    fn undone(&self) -> Vec<String> {
        let Some(unwinding) = &self.state.unwinding else {
            return Vec::new();
        };
        let is_undone = |step: &&u32| unwinding.undone.get(step) == Some(&Undone::Undone);
        let steps = unwinding.steps.iter().filter(is_undone);
        let mut undone: Vec<String> = steps.map(|&step| self.step(step)).collect();
        if !self.plan().procedure.is_empty() && self.is_procedure_done() {
            undone.push(PROCEDURE.to_owned());
        }
        undone
    }

    fn is_procedure_done(&self) -> bool {
        let is_done = |item: &Item| self.state.status(item.id) == Status::Done;
        self.plan().procedure.iter().all(is_done)
    }

    /// What [`Self::in_place`] is called.
    fn in_place_name(&self) -> &'static str {
        if self.state.unwinding.is_some() {
            "not undone"
        } else {
            "started"
        }
    }

    /// The steps that are still in place, the last one first.
    fn in_place(&self) -> Vec<String> {
        let left = self.state.in_place().rev();
        left.map(|step| self.step(step)).collect()
    }
}
