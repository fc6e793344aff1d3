//! What is told of an item: that it starts, and how it ends.

use std::collections::BTreeMap;

use crate::event::Ground;
use crate::event::Outcome;
use crate::event::Settled;
use crate::plan::ItemId;
use crate::printable;
use crate::report::live::scene::Scene;
use crate::report::theme::Sign;
use crate::report::theme::Tone;
use crate::report::wording;
use crate::run::state::Status;

/// Pauses between attempts grow up to this, in milliseconds.
const LONGEST_PAUSE: u64 = 60_000;

/// How a command ended, as its record tells.
#[derive(Debug, Clone, Copy)]
pub struct End<'a> {
    pub item: ItemId,
    pub outcome: &'a Outcome,
    pub duration_ms: u64,
    pub line: Option<u32>,
    pub variables: &'a BTreeMap<String, String>,
}

impl Scene<'_> {
    /// `  ▸ 1.2  ` and the columns that it takes.
    fn first(&self, sign: Sign, item: ItemId) -> (String, String) {
        let name = item.to_string();
        let indent = " ".repeat(name.len() + 6);
        (format!("  {} {name}  ", self.theme.mark(sign)), indent)
    }

    /// A line about an item: its title, and what of it.
    fn line(&self, sign: Sign, item: ItemId, what: &str, tone: Option<Tone>) -> String {
        let (first, indent) = self.first(sign, item);
        let title = self.title(item);
        let title = self
            .theme
            .cut(&title, indent.len() + 2 + what.chars().count());
        let what = tone.map_or_else(|| what.to_owned(), |tone| self.theme.paint(tone, what));
        let separator = if title.is_empty() { "" } else { ": " };
        self.theme
            .wrapped(&first, &format!("{title}{separator}{what}"))
    }

    /// A further line below it.
    fn below(&self, item: ItemId, text: &str) -> String {
        let (_, indent) = self.first(Sign::Start, item);
        self.theme.wrapped(&indent, &printable::one_line(text))
    }

    /// An attempt begins.
    pub fn item_started(&self, item: ItemId, attempt: u32) -> String {
        let (first, _) = self.first(Sign::Start, item);
        let most = self.plan().retries(item.place) + 1;
        let title = self.plan().item(item).map_or("", |item| &item.title);
        let title = printable::one_line(title);
        // Attempts whose outcome is not known count for nothing.
        let which = match self.state.item(item).failures + 1 {
            1 if attempt <= 1 => String::new(),
            1 => " (again)".to_owned(),
            next => format!(" (attempt {next} of {most})"),
        };
        let which = self.theme.paint(Tone::Faint, &which);
        self.theme.wrapped(&first, &format!("{title}{which}"))
    }

    /// What an attempt had set that nobody saw the end of.
    pub fn item_recovered(&self, item: ItemId, variables: &BTreeMap<String, String>) -> String {
        let mut text = self.line(Sign::Attention, item, "had set before the crash", None);
        for (name, value) in variables {
            text.push_str(&self.below(item, &format!("{name}={value}")));
        }
        text
    }

    /// An attempt ended.
    pub fn item_finished(&self, end: &End) -> String {
        let item = end.item;
        if end.outcome.is_success() {
            let took = wording::took(end.duration_ms);
            let what = if item.place.is_check() {
                format!("holds ({took})")
            } else {
                format!("done in {took}")
            };
            let mut text = self.line(Sign::Done, item, &what, None);
            for (name, value) in end.variables {
                text.push_str(&self.below(item, &format!("sets {name}={value}")));
            }
            return text;
        }
        let what = wording::ended(end.outcome, end.duration_ms);
        if *end.outcome == Outcome::Interrupted {
            let mut text = self.line(Sign::Attention, item, &what, Some(Tone::Attention));
            if self.state.status(item) == Status::Unknown {
                text.push_str(&self.below(item, "whether it had its effect is not known"));
            }
            return text;
        }
        let mut text = self.line(Sign::Failed, item, &what, Some(Tone::Bad));
        if let Outcome::NotStarted { reason } | Outcome::BadOutput { reason } = end.outcome {
            text.push_str(&self.below(item, reason));
        }
        text.push_str(&self.below(item, &self.place(item, end.line)));
        if let Outcome::Unexpected { difference } = end.outcome {
            text.push_str(&self.difference(item, difference));
        }
        text.push_str(&self.attempts(item));
        text
    }

    /// How what was printed differs from what is expected.
    fn difference(&self, item: ItemId, difference: &str) -> String {
        let (_, indent) = self.first(Sign::Start, item);
        let mut text = self.below(item, "- stands in the document, + was printed:");
        for line in difference.lines() {
            let tone = match line.as_bytes().first() {
                Some(b'-') => Some(Tone::Bad),
                Some(b'+') => Some(Tone::Good),
                _ => None,
            };
            let gutter = self.theme.mark(Sign::Gutter);
            let line = printable::printable(line).into_owned();
            let line = tone.map_or_else(|| line.clone(), |tone| self.theme.paint(tone, &line));
            let space = if line.is_empty() { "" } else { " " };
            text.push_str(&format!("{indent}{gutter}{space}{line}\n"));
        }
        text
    }

    /// Whether an item that failed is tried again.
    fn attempts(&self, item: ItemId) -> String {
        let most = self.plan().retries(item.place) + 1;
        let state = self.state.item(item);
        if most == 1 {
            return String::new();
        }
        match state.status {
            // It never began: what stopped the run says how to go on.
            Status::Pending if state.failures == 0 => String::new(),
            Status::Pending if self.state.with_status(Status::Failed).next().is_none() => {
                let first = self.plan().settings.retry_delay_ms;
                let doubled = first.saturating_mul(1 << state.failures.saturating_sub(1).min(16));
                let pause = wording::configured(doubled.min(LONGEST_PAUSE));
                let next = state.failures + 1;
                let words = format!("attempt {next} of {most} follows in about {pause}");
                self.below(item, &words)
            }
            Status::Failed if state.failures >= most => {
                self.below(item, &format!("that was the last of {most} attempts"))
            }
            _ => self.below(item, "it is not tried again"),
        }
    }

    /// A person is asked.
    pub fn item_asked(&self, item: ItemId) -> String {
        let (first, _) = self.first(Sign::Asked, item);
        let title = self.plan().item(item).map_or("", |item| &item.title);
        let by_hand = if item.place.is_check() {
            "(a person checks this)"
        } else {
            "(a person does this)"
        };
        let by_hand = self.theme.paint(Tone::Faint, by_hand);
        let title = format!("{} {by_hand}", printable::one_line(title));
        self.theme.wrapped(&first, &title)
    }

    /// A person answered.
    pub fn item_answered(&self, item: ItemId, done: bool, by: &str, note: &str) -> String {
        let by = printable::one_line(by);
        let mut text = match (done, item.place.is_check()) {
            (true, false) => self.line(Sign::Done, item, &format!("done, says {by}"), None),
            (true, true) => self.line(Sign::Done, item, &format!("holds, says {by}"), None),
            (false, _) => {
                let what = format!("rejected by {by}");
                self.line(Sign::Failed, item, &what, Some(Tone::Bad))
            }
        };
        let (_, indent) = self.first(Sign::Asked, item);
        text.push_str(&self.theme.quoted(&indent, note));
        text
    }

    /// It was decided what holds for an item of unknown outcome.
    pub fn item_settled(&self, item: ItemId, settled: Settled, ground: &Ground) -> String {
        let (sign, what) = match settled {
            Settled::Done => (Sign::Done, "its outcome was unknown; it is taken as done"),
            Settled::Retry => (Sign::Start, "its outcome was unknown; it is run again"),
        };
        let why = match ground {
            Ground::Verification => "because the step's verification holds".to_owned(),
            Ground::Idempotent => {
                "because the document says that it may be repeated (Idempotent)".to_owned()
            }
            Ground::Operator(name) => format!("because {} said so", printable::one_line(name)),
        };
        self.line(sign, item, what, None) + &self.below(item, &why)
    }
}
