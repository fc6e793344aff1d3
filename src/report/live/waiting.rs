//! What is told where a run waits for a person: what is to be done, or to be decided, and how to say so.

use crate::plan::ItemId;
use crate::plan::Place;
use crate::printable;
use crate::report::live::scene::Scene;
use crate::report::theme::Tone;

impl Scene<'_> {
    /// The run waits for a person.
    pub fn parked(&self, waiting: &[ItemId], unknown: &[ItemId]) -> String {
        let mut text = self.heading(Tone::Attention, "The run waits for a person");
        for &item in waiting {
            text.push_str(&self.manual(item));
        }
        text.push_str(if waiting.is_empty() { "" } else { "\n" });
        for &item in waiting {
            let which = if waiting.len() > 1 {
                format!(" --item {item}")
            } else {
                String::new()
            };
            text.push_str(&self.answers(item, &which));
        }
        text.push_str(if waiting.is_empty() || unknown.is_empty() {
            ""
        } else {
            "\n"
        });
        for &item in unknown {
            text.push_str(&self.unsure(item));
        }
        if !unknown.is_empty() {
            text.push_str(&self.decisions(unknown));
        }
        text + &self.secrets()
    }

    /// An item that a person does, with all that the document says of it.
    pub fn manual(&self, item: ItemId) -> String {
        let first = format!("  {}  ", self.theme.paint(Tone::Strong, &item.to_string()));
        let indent = " ".repeat(item.to_string().len() + 4);
        let (title, details) = self
            .plan()
            .item(item)
            .map_or(("", ""), |item| (&item.title, &item.details));
        self.theme.wrapped(&first, &printable::one_line(title))
            + &self.theme.wrapped(&indent, &self.place(item, None))
            + &self.theme.quoted(&indent, details)
    }

    /// How to answer for an item, and what that leads to.
    fn answers(&self, item: ItemId, which: &str) -> String {
        let run = &self.run.id;
        let about = if which.is_empty() {
            String::new()
        } else {
            format!("{item}: ")
        };
        let (done, failed) = match item.place {
            Place::Prerequisites => (
                "if it holds, go on:",
                "if it does not, end the run; there is nothing to undo:",
            ),
            Place::Verification(_) | Place::Criteria => {
                ("if it holds, go on:", "if it does not, undo what was done:")
            }
            Place::Action(_) => (
                "once it is done, go on:",
                "if it cannot be done, undo what was done:",
            ),
            Place::Rollback(_) | Place::Procedure => (
                "once it is done, go on with the rollback:",
                "if it cannot be done, stop the rollback there:",
            ),
        };
        self.way(
            &format!("{about}{done}"),
            &format!("wf confirm {run}{which}"),
        ) + &self.way(
            &format!("{about}{failed}"),
            &format!("wf reject {run}{which} --reason TEXT"),
        )
    }

    /// An item of unknown outcome.
    fn unsure(&self, item: ItemId) -> String {
        let first = format!("  {}  ", self.theme.paint(Tone::Strong, &item.to_string()));
        let indent = " ".repeat(item.to_string().len() + 4);
        let sentence = format!(
            "{}: it was started, and how it ended is not known",
            self.title(item)
        );
        let command = self
            .plan()
            .item(item)
            .and_then(|item| item.command.as_ref());
        let code = command.map_or("", |command| command.written());
        self.theme.wrapped(&first, &sentence)
            + &self.theme.wrapped(&indent, &self.place(item, None))
            + &self.theme.quoted(&indent, code)
    }

    /// What can be said of items of unknown outcome.
    fn decisions(&self, unknown: &[ItemId]) -> String {
        let run = &self.run.id;
        let is_undoing = unknown.iter().any(|item| item.place.is_rollback());
        let choose = match unknown {
            [_] => "Look what it did, then choose:".to_owned(),
            [first, ..] => format!(
                "Look what each of them did, then choose; `--item {first}` says it of one alone:"
            ),
            [] => return String::new(),
        };
        let mut text = format!("\n{}", self.theme.wrapped("  ", &choose));
        text.push_str(&self.way(
            "it did all it should: go on after it",
            &format!("wf resume {run} --done"),
        ));
        text.push_str(&self.way(
            "it did nothing, or can safely be done twice: run it again",
            &format!("wf resume {run} --retry"),
        ));
        if !is_undoing {
            text.push_str(&self.way(
                "it did a part, or you want none of it: undo it and what was done before",
                &format!("wf resume {run} --rollback"),
            ));
        }
        text
    }
}
