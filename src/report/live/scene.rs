//! What every sentence about a run is made from: the run, where it stands, and how things look.

use std::collections::BTreeMap;

use chrono::DateTime;
use chrono::Utc;

use crate::plan::ItemId;
use crate::plan::Plan;
use crate::printable;
use crate::report::plan::SECRET;
use crate::report::plan::short;
use crate::report::theme::Theme;
use crate::report::theme::Tone;
use crate::report::theme::padded;
use crate::report::wording;
use crate::run::Run;
use crate::run::state::State;

/// A moment of a run.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    pub run: &'a Run,
    pub state: &'a State,
    /// When it is.
    pub time: DateTime<Utc>,
    pub theme: Theme,
    /// How items failed, as far as it was told.
    pub failures: &'a BTreeMap<ItemId, String>,
}

impl<'a> Scene<'a> {
    pub fn plan(&self) -> &'a Plan {
        &self.run.plan
    }

    /// An item's title without what ends it, as a part of a sentence.
    pub fn title(&self, item: ItemId) -> String {
        let title = self
            .plan()
            .item(item)
            .map_or("", |item| item.title.as_str());
        let title = printable::one_line(title);
        title.trim_end_matches(['.', ':', ' ']).to_owned()
    }

    /// `2.1 Push the tag`.
    pub fn named(&self, item: ItemId) -> String {
        format!("{item} {}", self.title(item)).trim_end().to_owned()
    }

    /// `workflows/release.md:34: git push`: the failing line where it is known, else where the item begins.
    pub fn place(&self, item: ItemId, line: Option<u32>) -> String {
        let document = printable::one_line(&self.plan().document);
        let Some(item) = self.plan().item(item) else {
            return document;
        };
        let Some(line) = line else {
            return format!("{document}:{}", item.line);
        };
        let command = item.command.as_ref();
        let code = command.and_then(|command| command.written_line(line));
        let code = printable::one_line(code.unwrap_or_default().trim());
        match code.as_str() {
            "" => format!("{document}:{line}"),
            code => format!("{document}:{line}: {code}"),
        }
    }

    /// A heading, with the time of the day.
    pub fn heading(&self, tone: Tone, text: &str) -> String {
        self.heading_at(tone, text, &wording::clock(self.time))
    }

    /// A heading, with a moment as it is told.
    pub fn heading_at(&self, tone: Tone, text: &str, moment: &str) -> String {
        let heading = self.theme.paint(tone, text);
        let clock = self.theme.paint(Tone::Faint, moment);
        format!(
            "\n{}",
            self.theme.wrapped("", &format!("{heading}  {clock}"))
        )
    }

    /// A line of a table of two columns.
    pub fn row(&self, name: &str, value: &str) -> String {
        let name = self.theme.paint(Tone::Faint, &padded(name, 11));
        self.theme
            .wrapped(&format!("  {name} "), &printable::one_line(value))
    }

    /// Lines of a table of two columns under one name.
    pub fn rows(&self, name: &str, values: &[String]) -> String {
        let names = std::iter::once(name).chain(std::iter::repeat(""));
        let rows = names.zip(values).map(|(name, value)| self.row(name, value));
        rows.collect()
    }

    /// What to type for something; on a line of its own, never wrapped, so that it can be copied.
    pub fn way(&self, purpose: &str, command: &str) -> String {
        let command = self.theme.paint(Tone::Name, &printable::one_line(command));
        format!("{}    {command}\n", self.theme.wrapped("  ", purpose))
    }

    /// `step 2: Publish`.
    pub fn step(&self, number: u32) -> String {
        wording::step("step", self.plan(), number)
    }

    /// Which run it is.
    pub fn introduction(&self) -> String {
        let plan = self.plan();
        let title = printable::one_line(&plan.title);
        let title = if title.is_empty() {
            &plan.workflow
        } else {
            &title
        };
        let title = self.theme.paint(Tone::Strong, title);
        self.theme.wrapped("", &title) + &self.row("run", &self.run.id)
    }

    /// What a run was started with.
    pub fn start(
        &self,
        by: &str,
        program: &str,
        jobs: u32,
        inputs: &BTreeMap<String, String>,
        secrets: &[String],
    ) -> String {
        let plan = self.plan();
        let document = format!("{} (sha256 {})", plan.document, short(&plan.sha256));
        let mut text = self.introduction() + &self.row("document", &document);
        let started = format!("{} by {by}, wf {program}", wording::moment(self.time));
        text.push_str(&self.row("started", &started));
        if jobs > 1 {
            text.push_str(&self.row("jobs", &format!("{jobs} steps at a time")));
        }
        let order = |name: &String| plan.inputs.iter().position(|input| input.name == *name);
        let mut values: Vec<(Option<usize>, String)> = inputs
            .iter()
            .map(|(name, value)| (order(name), format!("{name}={value}")))
            .chain(
                secrets
                    .iter()
                    .map(|name| (order(name), format!("{name}={SECRET} (secret)"))),
            )
            .collect();
        values.sort();
        let values: Vec<String> = values.into_iter().map(|(_, value)| value).collect();
        text + &self.rows("inputs", &values)
    }

    /// What has to be given again to go on, if anything.
    pub fn secrets(&self) -> String {
        let inputs = self.plan().inputs.iter();
        let names: Vec<String> = inputs
            .filter(|input| input.secret)
            .map(|input| input.name.clone())
            .collect();
        if names.is_empty() {
            return String::new();
        }
        let examples: Vec<String> = names.iter().map(|name| format!("{name}=@FILE")).collect();
        let sentence = format!(
            "secrets are not stored: add {} to the command, or set {} in the environment",
            wording::listed(&examples),
            wording::listed(&names)
        );
        format!("\n{}", self.theme.wrapped("  ", &sentence))
    }

    /// Where the run's folder is, relative to the project root.
    pub fn folder(&self) -> String {
        let folder = self.run.folder();
        let folder = folder.strip_prefix(&self.run.root).unwrap_or(&folder);
        folder.display().to_string()
    }

    /// The path of the report of a failed run, relative to the project root.
    pub fn error_report(&self) -> String {
        let (errors, name) = (&self.plan().settings.errors, &self.plan().workflow);
        let date = self.run.started.format("%Y-%m-%d");
        format!("{errors}/{date}_{name}_{}.md", self.run.id)
    }
}
