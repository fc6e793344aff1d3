//! The checkpoint: where a run stands, as a page of Markdown.

use crate::event::Settled;
use crate::event::Undone;
use crate::plan::Item;
use crate::plan::ItemId;
use crate::plan::Place;
use crate::plan::Step;
use crate::printable;
use crate::run::record::advice;
use crate::run::record::cause;
use crate::run::record::cause::Scene;
use crate::run::record::history::Stretch;
use crate::run::record::standing;
use crate::run::record::text;
use crate::run::state::Halt;
use crate::run::state::Status;

/// What every checkpoint begins with: a file that does not is somebody else's.
pub const MARK: &str = "<!-- Checkpoint of a run, written by wf";

/// The most that is shown of what a person wrote, in characters.
const NOTE: usize = 300;

/// The page.
#[must_use]
pub fn page(scene: &Scene) -> String {
    let run = scene.run;
    let mut page = format!("{MARK}. It is written anew at every step: edits are lost. -->\n\n");
    let title = if run.plan.title.is_empty() {
        &run.plan.workflow
    } else {
        &run.plan.title
    };
    page.push_str(&format!(
        "# {}: {}\n\n",
        printable::one_line(title),
        standing::word(scene.state)
    ));
    page.push_str(&standing::sentence(scene));
    page.push_str("\n\n");
    page.push_str(&facts(scene));
    page.push_str("\n## Steps\n\n");
    page.push_str(&tasks(scene));
    page.push_str(&waiting(scene));
    page.push_str("\n## How to go on\n\n");
    page.push_str(&ways(scene));
    page
}

/// What does not change, or seldom.
fn facts(scene: &Scene) -> String {
    let (run, state, history) = (scene.run, scene.state, scene.history);
    let by = |name: &str| {
        if name.is_empty() {
            String::new()
        } else {
            format!(" by {}", text::code(name))
        }
    };
    let mut facts = format!("- **Run**: `{}`\n", run.id);
    let started = text::moment(run.started);
    facts.push_str(&format!("- **Started**: {started}{}\n", by(&history.by)));
    if let Some((time, name)) = &history.resumed {
        facts.push_str(&format!(
            "- **Resumed**: {}{}\n",
            text::moment(*time),
            by(name)
        ));
    }
    let took = text::duration(history.last - run.started);
    let label = if state.result.is_some() || state.is_abandoned {
        "Ended"
    } else {
        "As of"
    };
    facts.push_str(&format!(
        "- **{label}**: {}, after {took}\n",
        text::moment(history.last)
    ));
    let (path, hash) = (text::code(&run.plan.document), &run.plan.sha256);
    facts.push_str(&format!("- **Document**: {path}, SHA-256 `{hash}`\n"));
    let folder = format!("{}/runs/{}", run.plan.settings.record, run.id);
    facts.push_str(&format!(
        "- **Record**: {}, with the document as it was run\n",
        text::code(&folder)
    ));
    let inputs = state
        .inputs
        .iter()
        .map(|(name, value)| format!("`{name}` = {}", text::code(value)));
    let secrets = history
        .secrets
        .iter()
        .map(|name| format!("`{name}` = `***`"));
    let inputs: Vec<String> = inputs.chain(secrets).collect();
    if !inputs.is_empty() {
        facts.push_str(&format!("- **Inputs**: {}\n", inputs.join(", ")));
    }
    let jobs = if state.jobs > 1 {
        format!(", up to {} steps at once", state.jobs)
    } else {
        String::new()
    };
    facts.push_str(&format!("- **Program**: wf {}{jobs}\n", history.program));
    facts
}

/// What is done and what is not, as a task list. A tick says that it is done and in place.
fn tasks(scene: &Scene) -> String {
    let mut list = checks(scene, "Prerequisites", Place::Prerequisites);
    for step in &scene.run.plan.steps {
        list.push_str(&task(scene, step));
    }
    list.push_str(&checks(scene, "Success criteria", Place::Criteria));
    if scene.state.unwinding.is_some() && !scene.run.plan.procedure.is_empty() {
        let done = of_status(scene, Place::Procedure, Status::Done).count();
        let all = scene.run.plan.procedure.len();
        let tick = if done == all { "x" } else { " " };
        list.push_str(&format!(
            "- [{tick}] **Rollback Procedure**: {done} of {all} done\n"
        ));
        list.push_str(&notes(scene, &scene.run.plan.procedure));
    }
    list
}

fn checks(scene: &Scene, name: &str, place: Place) -> String {
    let items = scene.run.plan.items(place);
    if items.is_empty() {
        return String::new();
    }
    let done = of_status(scene, place, Status::Done).count();
    let tick = if done == items.len() { "x" } else { " " };
    let line = format!("- [{tick}] **{name}**: {done} of {} hold\n", items.len());
    line + &notes(scene, items)
}

fn of_status<'a>(
    scene: &'a Scene,
    place: Place,
    status: Status,
) -> impl Iterator<Item = ItemId> + 'a {
    scene
        .state
        .with_status(status)
        .filter(move |id| id.place == place)
}

fn task(scene: &Scene, step: &Step) -> String {
    let number = step.number;
    let undone = scene
        .state
        .unwinding
        .as_ref()
        .and_then(|unwinding| unwinding.undone.get(&number));
    let stands = scene.state.has_succeeded(number) && !matches!(undone, Some(Undone::Undone));
    let tick = if stands { "x" } else { " " };
    let name = printable::one_line(&step.name);
    let mut line = format!(
        "- [{tick}] **Step {number}: {name}**: {}",
        standing::forward(scene, step)
    );
    line.push_str(&times(scene.history.forward.get(&number)));
    line.push('\n');
    line.push_str(&notes(scene, &step.actions));
    line.push_str(&notes(scene, &step.verification));
    if let Some(words) = standing::back(scene, step) {
        let times = times(scene.history.back.get(&Some(number)));
        line.push_str(&format!("  - Rollback: {words}{times}\n"));
        line.push_str(&notes(scene, step.undo.items()));
    }
    line
}

fn times(stretch: Option<&Stretch>) -> String {
    let Some(stretch) = stretch else {
        return String::new();
    };
    let took = stretch
        .duration()
        .map(|took| format!(", took {}", text::duration(took)));
    format!(
        " (started {}{})",
        text::moment(stretch.start),
        took.unwrap_or_default()
    )
}

/// What is to be known of items beyond that they are done.
fn notes(scene: &Scene, items: &[Item]) -> String {
    let lines = items.iter().filter_map(|item| {
        let note = note(scene, item)?;
        let title = printable::one_line(&item.title);
        Some(format!("  - {} {title}: {note}\n", item.id))
    });
    lines.collect()
}

fn note(scene: &Scene, item: &Item) -> Option<String> {
    let history = scene.history;
    if let Some(answer) = history.answers.get(&item.id) {
        let verb = if answer.done { "confirmed" } else { "rejected" };
        let note = if answer.note.is_empty() {
            String::new()
        } else {
            format!(": {}", text::code(&text::start(&answer.note, NOTE)))
        };
        let (by, time) = (text::code(&answer.by), text::moment(answer.time));
        return Some(format!("{verb} by {by}, {time}{note}"));
    }
    let status = scene.state.status(item.id);
    if let (Status::Failed, Some(fault)) = (status, history.faults.get(&item.id)) {
        let line = cause::failing_line(item, fault);
        let line = line.map(|(line, code)| format!(", line {line}: {}", text::code(code)));
        return Some(format!(
            "{}{}",
            cause::ended(&fault.outcome),
            line.unwrap_or_default()
        ));
    }
    match history.settled.get(&item.id) {
        Some((Settled::Done, _)) => {
            Some("its outcome was unknown, and it counts as done".to_owned())
        }
        Some((Settled::Retry, _)) => {
            Some("its outcome was unknown, and it was done again".to_owned())
        }
        None => None,
    }
}

/// The items that wait for a person, with all that the document says of them.
fn waiting(scene: &Scene) -> String {
    let (waiting, unknown) = match &scene.state.halt {
        Some(Halt::Parked { waiting, unknown }) if !scene.state.is_abandoned => (waiting, unknown),
        _ => return String::new(),
    };
    let mut part = "\n## Waiting\n".to_owned();
    for (ids, words) in [
        (waiting, "to be done by a person"),
        (unknown, "it is not known whether it was done"),
    ] {
        for item in ids.iter().filter_map(|id| scene.run.plan.item(*id)) {
            let title = printable::one_line(&item.title);
            part.push_str(&format!(
                "\n**{}** {title}: {words} ({})\n",
                item.id,
                text::code(&format!("{}:{}", scene.run.plan.document, item.line))
            ));
            if !item.details.is_empty() {
                let details = printable::printable(&item.details).into_owned();
                let lines: Vec<String> =
                    details.lines().map(|line| format!("> {line}\n")).collect();
                part.push_str(&format!("\n{}", lines.concat()));
            }
            if let Some(command) = &item.command {
                part.push_str(&format!(
                    "\n{}",
                    text::block(&command.language, command.written())
                ));
            }
        }
    }
    part
}

/// The commands by which the run goes on.
fn ways(scene: &Scene) -> String {
    let (mut part, uses_secrets) = advice::block(scene);
    if let Some(secrets) = advice::of_secrets(scene.history).filter(|_| uses_secrets) {
        part.push_str(&format!("\n{secrets}\n"));
    }
    part
}
