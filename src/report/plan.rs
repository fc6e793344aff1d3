//! A plan for people: everything that a run of it would do, and what would undo it. `wf plan` shows it.

use std::collections::BTreeMap;
use std::io;
use std::io::Write;

use crate::plan::Input;
use crate::plan::Item;
use crate::plan::Plan;
use crate::plan::Policy;
use crate::plan::Settings;
use crate::plan::Step;
use crate::plan::Undo;
use crate::printable;
use crate::report::View;
use crate::report::foresight::Foresight;
use crate::report::foresight::Others;
use crate::report::foresight::Way;
use crate::report::theme::Theme;
use crate::report::theme::Tone;
use crate::report::theme::padded;
use crate::report::wording;

/// What stands for the value of a secret.
pub const SECRET: &str = "***";

/// Write a plan, for a run of so many steps at the same time. The inputs are the values that it would have; secrets
/// among them are not shown.
pub fn text(
    plan: &Plan,
    inputs: &BTreeMap<String, String>,
    jobs: u32,
    view: &View,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page {
        plan,
        theme: Theme::of(view),
        foresight: Foresight::of(plan, jobs),
        text: String::new(),
    };
    page.head(inputs);
    page.prerequisites();
    for step in &plan.steps {
        page.step(step);
    }
    page.criteria();
    page.procedure();
    page.settings(&plan.settings, jobs);
    out.write_all(page.text.as_bytes())
}

/// The first characters of a hash, which are enough to tell documents apart.
#[must_use]
pub fn short(sha256: &str) -> &str {
    sha256.get(..12).unwrap_or(sha256)
}

struct Page<'a> {
    plan: &'a Plan,
    theme: Theme,
    foresight: Foresight,
    text: String,
}

impl Page<'_> {
    fn heading(&mut self, text: &str) {
        let heading = self.theme.paint(Tone::Strong, text);
        self.text
            .push_str(&format!("\n{}", self.theme.wrapped("", &heading)));
    }

    /// A sentence within a section.
    fn say(&mut self, indent: &str, sentence: &str) {
        self.text
            .push_str(&self.theme.wrapped(indent, &printable::one_line(sentence)));
    }

    /// A line of a table of two columns.
    fn row(&mut self, name: &str, value: &str) {
        let name = self.theme.paint(Tone::Faint, &padded(name, 12));
        let value = printable::one_line(value);
        self.text
            .push_str(&self.theme.wrapped(&format!("  {name}"), &value));
    }

    fn head(&mut self, inputs: &BTreeMap<String, String>) {
        let title = printable::one_line(&self.plan.title);
        let title = if title.is_empty() {
            &self.plan.workflow
        } else {
            &title
        };
        let title = self.theme.paint(Tone::Strong, title);
        self.text.push_str(&self.theme.wrapped("", &title));
        let (document, hash) = (&self.plan.document, short(&self.plan.sha256));
        self.row("document", &format!("{document} (sha256 {hash})"));
        let lines: Vec<String> = self
            .plan
            .inputs
            .iter()
            .map(|input| value(input, inputs))
            .collect();
        for (at, line) in lines.iter().enumerate() {
            self.row(if at == 0 { "inputs" } else { "" }, line);
        }
    }

    fn prerequisites(&mut self) {
        if self.plan.prerequisites.is_empty() {
            return;
        }
        self.heading("Prerequisites");
        self.items("  ", &self.plan.prerequisites);
        self.say(
            "  ",
            "If one does not hold, the run ends before any step: there is nothing to undo",
        );
    }

    fn step(&mut self, step: &Step) {
        self.heading(&wording::step("Step", self.plan, step.number));
        let facts = facts(step);
        if !facts.is_empty() {
            self.say("  ", &facts.join("; "));
        }
        let items: Vec<&Item> = step.actions.iter().chain(&step.verification).collect();
        self.items("  ", items);
        let way = self
            .foresight
            .steps
            .get(&step.number)
            .cloned()
            .unwrap_or_default();
        let then = self.rest(&way);
        match &step.undo {
            Undo::Items(items) => {
                self.undo("If it fails, it is undone:");
                self.items("    ", items);
                self.then(then.as_deref());
            }
            Undo::Nothing(reason) => {
                self.undo("If it fails, nothing of it needs undoing:");
                self.say("    ", reason);
                self.then(then.as_deref());
            }
            Undo::Irreversible(reason) => {
                self.undo("It cannot be undone:");
                self.say("    ", reason);
                self.say(
                    "    ",
                    "If it fails after an action succeeded or was ended, rollback stops here",
                );
                let rest = then.unwrap_or_else(|| "nothing is undone".to_owned());
                self.say("    ", &format!("If none was: {rest}"));
            }
        }
    }

    fn undo(&mut self, words: &str) {
        let words = self.theme.paint(Tone::Attention, words);
        self.text.push_str(&self.theme.wrapped("  ", &words));
    }

    fn then(&mut self, rest: Option<&str>) {
        if let Some(rest) = rest {
            self.say("    ", &format!("then {rest}"));
        }
    }

    /// What follows once what failed is undone, if anything does.
    fn rest(&self, way: &Way) -> Option<String> {
        let mut parts = Vec::new();
        if let Some(others) = &way.others {
            return Some(self.others(others));
        }
        if !way.undone.is_empty() {
            parts.push(wording::steps(&way.undone));
        }
        if let Some(step) = way.stop {
            parts.push(format!(
                "rollback stops at step {step}, which cannot be undone"
            ));
        } else if !self.plan.procedure.is_empty() {
            parts.push("the Rollback Procedure".to_owned());
        }
        (!parts.is_empty()).then(|| parts.join(", then "))
    }

    /// What follows where it depends on the run which other steps were started, and in which order.
    fn others(&self, others: &Others) -> String {
        let perhaps = match (&others.started[..], &others.perhaps[..]) {
            (_, []) => wording::steps(&others.started),
            ([], perhaps) => format!("perhaps {}", wording::steps(perhaps)),
            (started, perhaps) => format!(
                "{} and perhaps {}",
                wording::steps(started),
                wording::steps(perhaps)
            ),
        };
        let mut parts = vec![format!(
            "the other steps that were started, the last one first ({perhaps})"
        )];
        match &others.stops[..] {
            [] if self.plan.procedure.is_empty() => {}
            [] => parts.push("the Rollback Procedure".to_owned()),
            stops => {
                let which = wording::steps(stops);
                parts.push(format!(
                    "rollback stops at one that cannot be undone ({which})"
                ));
            }
        }
        parts.join(", then ")
    }

    fn criteria(&mut self) {
        if self.plan.criteria.is_empty() {
            return;
        }
        self.heading("Success Criteria");
        self.items("  ", &self.plan.criteria);
        let rest = self.rest(&self.foresight.criteria);
        let rest = rest.unwrap_or_else(|| "nothing is undone".to_owned());
        self.say(
            "  ",
            &format!("If one does not hold, the run fails: {rest}"),
        );
    }

    fn procedure(&mut self) {
        if self.plan.procedure.is_empty() {
            return;
        }
        self.heading("Rollback Procedure");
        self.items("  ", &self.plan.procedure);
    }

    /// Items, their names in one column.
    fn items<'i>(&mut self, indent: &str, items: impl IntoIterator<Item = &'i Item>) {
        let items: Vec<&Item> = items.into_iter().collect();
        let widths = items.iter().map(|item| item.id.to_string().len());
        let width = widths.max().unwrap_or(0);
        for item in items {
            self.item(indent, item, width);
        }
    }

    fn item(&mut self, indent: &str, item: &Item, width: usize) {
        let theme = self.theme;
        let (kind, tone) = match &item.command {
            None => ("ASK", Tone::Attention),
            Some(_) if item.id.place.is_check() => ("CHECK", Tone::Name),
            Some(_) => ("RUN", Tone::Good),
        };
        let kind = theme.paint(tone, &padded(kind, 5));
        let first = format!("{indent}{kind}  {}  ", padded(&item.id.to_string(), width));
        let command = item.command.as_ref();
        let code = command.map_or("", |command| &command.code);
        let mut lines = code.lines().map(str::trim);
        let first_line = lines.find(|line| !line.is_empty());
        let is_untitled = first_line == Some(item.title.as_str());
        let compares =
            item.id.place.is_check() && command.is_some_and(|command| command.transcript.is_some());
        let mut words = Vec::new();
        if !is_untitled {
            words.push(printable::one_line(&item.title));
        }
        if let Some(command) = &item.command
            && command.program != ["bash", "-euo", "pipefail"]
        {
            let program = printable::one_line(&command.program.join(" "));
            words.push(theme.paint(Tone::Faint, &format!("({program})")));
        }
        if compares {
            words.push(theme.paint(Tone::Faint, "(and prints just this)"));
        }
        self.text.push_str(&theme.wrapped(&first, &words.join(" ")));
        let below = format!("{indent}       ");
        let written = command.map_or("", |command| command.written());
        self.text.push_str(&theme.quoted(&below, written));
        self.text.push_str(&theme.quoted(&below, &item.details));
    }

    fn settings(&mut self, settings: &Settings, jobs: u32) {
        self.heading("Settings");
        if jobs > 1 {
            self.row("jobs", &format!("up to {jobs} steps at the same time"));
        }
        let what = match settings.rollback {
            Policy::Unwind => "what failed, then every step that was started, the last one first",
            Policy::Step => "the step that failed, and no other one",
        };
        let last = if self.plan.procedure.is_empty() {
            ""
        } else {
            ", then the Rollback Procedure"
        };
        self.row("rollback", &format!("{what}{last}"));
        let timeout = settings.timeout_ms.map_or_else(
            || "none, where a step does not say".to_owned(),
            |timeout| {
                let timeout = wording::configured(timeout);
                format!("{timeout}, where a step does not say")
            },
        );
        self.row("timeout", &timeout);
        if self.plan.steps.iter().any(|step| step.retries > 0) {
            let delay = wording::configured(settings.retry_delay_ms);
            let pauses = format!("after {delay}, then twice as long each time, up to 1m");
            self.row("retries", &pauses);
        }
        for (at, (name, value)) in settings.env.iter().enumerate() {
            let label = if at == 0 { "environment" } else { "" };
            self.row(label, &format!("{name}={value}"));
        }
        self.row("record", &format!("{}/runs/", settings.record));
        let plan = self.plan;
        for (label, paths) in [("logs", &plan.logs), ("checkpoints", &plan.checkpoints)] {
            for (at, path) in paths.iter().enumerate() {
                self.row(if at == 0 { label } else { "" }, path);
            }
        }
        self.row("errors", &format!("{}/", settings.errors));
    }
}

/// An input with the value that it will have.
fn value(input: &Input, values: &BTreeMap<String, String>) -> String {
    let name = &input.name;
    match values.get(name) {
        Some(_) if input.secret => format!("{name}={SECRET} (secret)"),
        Some(value) if input.default.as_ref() == Some(value) => {
            format!("{name}={value} (default)")
        }
        Some(value) => format!("{name}={value}"),
        None if input.required => format!("{name} is not given, and is required"),
        None => format!("{name} is not given"),
    }
}

/// What a step says of itself beside its items.
fn facts(step: &Step) -> Vec<String> {
    let mut facts = Vec::new();
    let before: Vec<u32> = step.number.checked_sub(1).into_iter().collect();
    let is_usual = step.after == before || step.number == 1 && step.after.is_empty();
    if !is_usual {
        facts.push(if step.after.is_empty() {
            "waits for no other step".to_owned()
        } else {
            format!("after {}", wording::steps(&step.after))
        });
    }
    if let Some(timeout) = step.timeout_ms {
        facts.push(format!("timeout {}", wording::configured(timeout)));
    }
    match step.retries {
        0 => {}
        1 => facts.push("1 retry".to_owned()),
        retries => facts.push(format!("{retries} retries")),
    }
    if !step.directory.is_empty() {
        facts.push(format!("in {}", step.directory));
    }
    if step.idempotent {
        facts.push("may be repeated (idempotent)".to_owned());
    }
    facts
}
