//! How a run goes on: the commands, exactly as they are typed.

use crate::event::RunResult;
use crate::event::Stuck;
use crate::plan::ItemId;
use crate::run::record::cause::Scene;
use crate::run::record::history::History;
use crate::run::record::text;
use crate::run::state::Halt;
use crate::run::state::State;

/// A way on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// What it does, or what must hold for it.
    pub words: String,
    /// The command.
    pub command: String,
}

/// The ways on from where a run stands.
#[must_use]
pub fn advice(scene: &Scene) -> Vec<Advice> {
    let (run, state, history) = (scene.run, scene.state, scene.history);
    let ways = Ways {
        run: &run.id,
        secrets: secrets(history),
        list: Vec::new(),
    };
    let mut ways = match (&state.halt, state.result) {
        _ if state.is_abandoned => ways,
        (_, Some(result)) => ways.ended(result, &again(scene)),
        (Some(Halt::Parked { waiting, unknown }), _) => ways.parked(waiting, unknown),
        (Some(Halt::Suspended(_)), _) => ways.suspended(state),
        (Some(Halt::Stuck(at)), _) => ways.stuck(*at),
        (None, None) => ways.with("if no program works on it any more, go on", "resume", ""),
    };
    if state.result.is_none() && !state.is_abandoned {
        let command = format!("wf runs abandon {}", run.id);
        ways.push("give it up, and leave everything as it is", command);
    }
    ways.push(
        "see what happened, event by event",
        format!("wf runs show {}", run.id),
    );
    ways.list
}

/// The ways on as a block of commands, and whether any of them wants secrets.
#[must_use]
pub fn block(scene: &Scene) -> (String, bool) {
    let ways = advice(scene);
    let uses_secrets = ways.iter().any(|way| way.command.contains("=@FILE"));
    let lines = ways
        .iter()
        .map(|way| format!("# {}\n{}\n", way.words, way.command));
    let lines: Vec<String> = lines.collect();
    (text::block("sh", &lines.join("\n")), uses_secrets)
}

/// The command that starts the same once more.
#[must_use]
pub fn again(scene: &Scene) -> String {
    let mut command = format!("wf run {}", text::word(&scene.run.plan.workflow));
    if scene.state.jobs > 1 {
        command.push_str(&format!(" --jobs {}", scene.state.jobs));
    }
    for (name, value) in &scene.state.inputs {
        command.push_str(&format!(" {name}={}", text::word(value)));
    }
    command + &secrets(scene.history)
}

/// The secrets as words of a command line.
fn secrets(history: &History) -> String {
    let words = history.secrets.iter().map(|name| format!(" {name}=@FILE"));
    words.collect()
}

/// What is to be known of secrets, if the run was given any.
#[must_use]
pub fn of_secrets(history: &History) -> Option<String> {
    if history.secrets.is_empty() {
        return None;
    }
    let names: Vec<String> = history
        .secrets
        .iter()
        .map(|name| format!("`{name}`"))
        .collect();
    let is = if names.len() == 1 {
        "is a secret"
    } else {
        "are secrets"
    };
    Some(format!(
        "{} {is}, which no record holds: put a file's name in place of `FILE`, write `-` instead of `@FILE` for \
         standard input, or leave the word out and set the variable in the environment.",
        names.join(" and ")
    ))
}

struct Ways<'a> {
    run: &'a str,
    secrets: String,
    list: Vec<Advice>,
}

impl Ways<'_> {
    fn push(&mut self, words: &str, command: String) {
        self.list.push(Advice {
            words: words.to_owned(),
            command,
        });
    }

    /// With a command on this run that wants the secrets again.
    fn with(mut self, words: &str, verb: &str, options: &str) -> Self {
        let command = format!("wf {verb} {}{options}{}", self.run, self.secrets);
        self.push(words, command);
        self
    }

    fn ended(mut self, result: RunResult, again: &str) -> Self {
        match result {
            RunResult::Succeeded => self.with("undo it", "rollback", " --yes"),
            RunResult::Failed => {
                self.push("once the cause is mended, start anew", again.to_owned());
                self
            }
            RunResult::Undone => self,
        }
    }

    fn parked(mut self, waiting: &[ItemId], unknown: &[ItemId]) -> Self {
        for id in waiting {
            let item = format!(" --item {id}");
            let only = if waiting.len() == 1 { "" } else { &item };
            let confirm = format!("{item} --evidence TEXT");
            let reject = format!("{only} --reason TEXT");
            self = self.with(&format!("{id} is done"), "confirm", &confirm);
            self = self.with(
                &format!("{id} cannot be done, or did not work"),
                "reject",
                &reject,
            );
        }
        for id in unknown {
            let item = format!(" --item {id}");
            let only = if unknown.len() == 1 { "" } else { &item };
            let done = format!("{id} was done to its end");
            self = self.with(&done, "resume", &format!(" --done{only}"));
            let again = format!("do {id} once more");
            self = self.with(&again, "resume", &format!(" --retry{only}"));
        }
        if !unknown.is_empty() {
            self = self.with("undo what was done", "resume", " --rollback");
        }
        self
    }

    fn suspended(self, state: &State) -> Self {
        let ways = self.with("go on", "resume", "");
        if state.unwinding.is_some() {
            ways
        } else {
            ways.with("undo what was done", "rollback", "")
        }
    }

    fn stuck(self, at: Stuck) -> Self {
        let (ways, step) = match at {
            Stuck::Item(item) => (
                self.with(&format!("try {item} again"), "rollback", " --retry"),
                item.place.step(),
            ),
            Stuck::Irreversible(step) => (self, Some(step)),
        };
        let Some(step) = step else {
            return ways.with(
                "end it without what is left of the Rollback Procedure",
                "rollback",
                " --skip procedure",
            );
        };
        let words = format!("leave step {step} as it is, and undo the rest");
        let rest = "undo the rest, and leave whatever fails or cannot be undone as it is";
        ways.with(&words, "rollback", &format!(" --skip {step}"))
            .with(rest, "rollback", " --keep-going")
    }
}
