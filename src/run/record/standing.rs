//! Where a run and its steps stand, in words.

use crate::event::RunResult;
use crate::event::Stuck;
use crate::event::Undone;
use crate::plan::Place;
use crate::plan::Step;
use crate::plan::Undo;
use crate::printable;
use crate::run::record::cause::Scene;
use crate::run::state::Halt;
use crate::run::state::State;
use crate::run::state::Status;

/// Where the run stands, in a word or two.
#[must_use]
pub fn word(state: &State) -> &'static str {
    match (&state.halt, state.result) {
        _ if state.is_abandoned => "abandoned",
        (_, Some(RunResult::Succeeded)) => "succeeded",
        (_, Some(RunResult::Failed)) => "failed",
        (_, Some(RunResult::Undone)) => "undone",
        (Some(Halt::Parked { .. }), _) => "waiting for a person",
        (Some(Halt::Suspended(_)), _) => "suspended",
        (Some(Halt::Stuck(_)), _) => "stuck",
        (None, None) if state.unwinding.is_some() => "rolling back",
        (None, None) => "running",
    }
}

/// Where the run stands, in a sentence.
#[must_use]
pub fn sentence(scene: &Scene) -> String {
    let (state, history) = (scene.state, scene.history);
    match (&state.halt, state.result) {
        _ if state.is_abandoned => {
            format!(
                "{} gave it up. What was done is left as it is.",
                history.abandoned_by
            )
        }
        (_, Some(RunResult::Succeeded)) => {
            "Every step is done, and the success criteria hold.".to_owned()
        }
        (_, Some(RunResult::Undone)) => {
            format!("It had succeeded, and was undone. {}", remains(state))
        }
        (_, Some(RunResult::Failed)) => format!("{} {}", because(scene), remains(state)),
        (Some(Halt::Parked { unknown, .. }), _) => {
            let words = if unknown.is_empty() {
                "It goes on as soon as a person has answered."
            } else {
                "The program ended while a command ran. A person must say how that command ended."
            };
            turned(scene) + words
        }
        (Some(Halt::Suspended(_)), _) => match history.signal {
            Some((signal, aborted)) => {
                let how = if aborted { "aborted" } else { "ended" };
                format!("It was {how} by {signal}, and can go on.")
            }
            None => "It can go on.".to_owned(),
        },
        (Some(Halt::Stuck(at)), _) => {
            let chain = scene.stop(*at);
            let stop = format!(
                "Rollback stopped, and a person must act: {}.",
                chain[1..].join(": ")
            );
            format!(
                "{stop} It had begun because {}.",
                scene.failure()[1..].join(": ")
            )
        }
        (None, None) if state.unwinding.is_some() => {
            format!("{} It is being rolled back.", because(scene))
        }
        (None, None) => progress(scene),
    }
}

/// Why the run turned back, if it did.
fn turned(scene: &Scene) -> String {
    if scene.state.unwinding.is_some() {
        format!("{} ", because(scene))
    } else {
        String::new()
    }
}

/// What a run in progress is at.
fn progress(scene: &Scene) -> String {
    let steps = &scene.run.plan.steps;
    let of_steps = |is_met: fn(&State, u32) -> bool| {
        let numbers = steps.iter().map(|step| step.number);
        numbers.filter(move |number| is_met(scene.state, *number))
    };
    if of_steps(State::has_succeeded).count() == steps.len() {
        return "Every step is done; the success criteria are checked.".to_owned();
    }
    let active = of_steps(|state, step| state.has_begun(step) && !state.has_succeeded(step));
    let active: Vec<String> = active.map(|number| number.to_string()).collect();
    match active.as_slice() {
        [] if of_steps(State::has_begun).next().is_none() => {
            "The prerequisites are checked.".to_owned()
        }
        [] => "The next step is about to begin.".to_owned(),
        [one] => format!("Step {one} of {} is being done.", steps.len()),
        more => format!(
            "Steps {} of {} are being done.",
            more.join(", "),
            steps.len()
        ),
    }
}

/// Why the run turned back.
fn because(scene: &Scene) -> String {
    let chain = scene.failure();
    let rest = chain[1..].join(": ");
    let mut letters = rest.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => String::new(),
    }
}

/// What a run that turned back leaves.
fn remains(state: &State) -> String {
    if state.unwinding.is_none() {
        return "No step was started: there is nothing to undo.".to_owned();
    }
    let left: Vec<String> = state.in_place().map(|step| step.to_string()).collect();
    if left.is_empty() {
        "What was due was rolled back.".to_owned()
    } else {
        let steps = if left.len() == 1 { "Step" } else { "Steps" };
        let are = if left.len() == 1 { "is" } else { "are" };
        format!(
            "{steps} {} {are} left in place; what else was due was rolled back.",
            left.join(", ")
        )
    }
}

/// How far a step's actions and checks are.
#[must_use]
pub fn forward(scene: &Scene, step: &Step) -> String {
    let number = step.number;
    if !scene.state.has_begun(number) {
        return "not started".to_owned();
    }
    if scene.state.has_succeeded(number) {
        return "done".to_owned();
    }
    let items = || step.actions.iter().chain(&step.verification);
    let first = |status| items().find(|item| scene.state.status(item.id) == status);
    for (status, words) in [
        (Status::Unknown, "it is not known how this ended:"),
        (Status::Failed, "failed at"),
        (Status::Asked, "waits for"),
        (Status::Running, "at"),
    ] {
        if let Some(item) = first(status) {
            return format!("{words} {}", item.id);
        }
    }
    "begun".to_owned()
}

/// How rollback deals with a step, if it does.
#[must_use]
pub fn back(scene: &Scene, step: &Step) -> Option<String> {
    let unwinding = scene.state.unwinding.as_ref()?;
    let number = step.number;
    if !unwinding.steps.contains(&number) {
        let was_started = scene.state.started.contains(&number);
        return was_started.then(|| "left in place, since `run.rollback` is `\"step\"`".to_owned());
    }
    let reason = match &step.undo {
        Undo::Nothing(reason) | Undo::Irreversible(reason) => printable::one_line(reason),
        Undo::Items(_) => String::new(),
    };
    Some(match unwinding.undone.get(&number) {
        Some(Undone::Undone) => "undone".to_owned(),
        Some(Undone::Nothing) => format!("nothing to undo: {reason}"),
        Some(Undone::Unneeded) => format!("cannot be undone ({reason}), and had no effect"),
        Some(Undone::Left) if reason.is_empty() => "left as it is".to_owned(),
        Some(Undone::Left) => format!("left as it is; it cannot be undone: {reason}"),
        None => match scene.state.halt {
            Some(Halt::Stuck(Stuck::Item(id))) if id.place == Place::Rollback(number) => {
                format!("failed at {id}")
            }
            Some(Halt::Stuck(Stuck::Irreversible(at))) if at == number => {
                format!("cannot be undone: {reason}")
            }
            _ if scene.history.back.contains_key(&Some(number)) => "begun".to_owned(),
            _ => "due".to_owned(),
        },
    })
}
