//! The person at the terminal.
#![expect(
    clippy::disallowed_methods,
    reason = "this is where the person is asked, and found out about"
)]

use std::io;
use std::io::BufRead;
use std::io::IsTerminal;

use crate::cli::terminal;
use crate::plan::Item;
use crate::report::live;
use crate::run::Run;
use crate::run::person::Answer;
use crate::run::person::Choice;
use crate::run::person::Person;

/// A person who reads standard error and types on standard input.
pub struct Operator {
    name: String,
    /// The answer that a further line is awaited for.
    pending: Option<Pending>,
}

enum Pending {
    Note,
    Reason,
}

/// Whether a person is there to be asked.
pub fn is_there() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// The name that decisions are recorded under: the one given, else the user's. Where the environment does not tell
/// that, as under cron, the system does.
pub fn name(given: Option<&String>) -> String {
    let variable = |name| {
        std::env::var(name)
            .ok()
            .filter(|name: &String| !name.is_empty())
    };
    let name = given
        .cloned()
        .or_else(|| variable("USER"))
        .or_else(|| variable("LOGNAME"))
        .or_else(account);
    name.unwrap_or_else(|| "unknown".to_owned())
}

/// The user's name in the system's list of accounts, which need not have one.
#[cfg(unix)]
fn account() -> Option<String> {
    let user = uzers::get_user_by_uid(uzers::get_current_uid())?;
    user.name().to_str().map(str::to_owned)
}

#[cfg(not(unix))]
fn account() -> Option<String> {
    None
}

/// Ask a question that is answered by yes or no; no is the default.
pub fn agrees(question: &str) -> bool {
    terminal::ask(&format!("{question} [y/N] "));
    matches!(
        read().as_deref().map(str::trim),
        Some("y" | "Y" | "yes" | "Yes")
    )
}

/// A typed line without its end; nothing at the end of input.
fn read() -> Option<String> {
    let mut line = String::new();
    match io::stdin().lock().read_line(&mut line) {
        Ok(1..) => Some(line.trim_end_matches(['\n', '\r']).to_owned()),
        Ok(0) | Err(_) => None,
    }
}

impl Operator {
    /// The person under a name.
    pub fn new(name: String) -> Self {
        Self {
            name,
            pending: None,
        }
    }

    fn prompt() {
        terminal::ask("  [d]one, [f]ailed or [p]ause? ");
    }
}

impl Person for Operator {
    fn is_there(&self) -> bool {
        is_there()
    }

    fn show(&mut self, run: &Run, item: &Item) {
        let text = live::manual(run, item.id, &terminal::view(false));
        terminal::line(text.trim_end());
        Self::prompt();
    }

    fn answer(&mut self) -> Option<Answer> {
        let Some(line) = read() else {
            return Some(Answer::Pause);
        };
        match self.pending.take() {
            Some(Pending::Note) => return Some(Answer::Done { note: line }),
            Some(Pending::Reason) if !line.trim().is_empty() => {
                return Some(Answer::Failed { reason: line });
            }
            Some(Pending::Reason) => self.pending = Some(Pending::Reason),
            None => match line.trim() {
                "d" | "done" => self.pending = Some(Pending::Note),
                "f" | "failed" => self.pending = Some(Pending::Reason),
                "p" | "pause" => return Some(Answer::Pause),
                _ => {}
            },
        }
        match self.pending {
            Some(Pending::Note) => terminal::ask("  a note for the record, or nothing: "),
            Some(Pending::Reason) => terminal::ask("  why: "),
            None => Self::prompt(),
        }
        None
    }

    fn show_choice(&mut self) {
        self.pending = None;
        terminal::line("\nThe run was interrupted; what was running has been ended.");
        terminal::ask("  [r]oll back, [p]ause or [a]bort? ");
    }

    fn choose(&mut self) -> Option<Choice> {
        let Some(line) = read() else {
            return Some(Choice::Pause);
        };
        match line.trim() {
            "r" | "rollback" | "roll back" => Some(Choice::Rollback),
            "p" | "pause" => Some(Choice::Pause),
            "a" | "abort" => Some(Choice::Abort),
            _ => {
                terminal::ask("  [r]oll back, [p]ause or [a]bort? ");
                None
            }
        }
    }

    fn name(&self) -> String {
        self.name.clone()
    }
}
