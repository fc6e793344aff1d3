//! What a program is told when a run stops: a JSON object, which `fixtures/json/notification.schema.json` describes.

use chrono::DateTime;
use chrono::SecondsFormat;
use chrono::Utc;
use serde::Serialize;

use crate::event::Undone;
use crate::plan::ItemId;
use crate::plan::Step;
use crate::run::record::Paths;
use crate::run::record::advice;
use crate::run::record::cause::Scene;
use crate::run::record::known_errors::Known;
use crate::run::record::standing;
use crate::run::state::Halt;
use crate::run::state::Status;

/// The version of the shape.
const VERSION: u32 = 1;

/// How a run stopped.
#[derive(Debug, Serialize)]
pub struct Notification {
    version: u32,
    run: String,
    workflow: String,
    title: String,
    document: String,
    root: String,
    result: &'static str,
    exit: u8,
    started: String,
    stopped: String,
    duration_ms: i64,
    message: String,
    causes: Vec<String>,
    failed: Option<Item>,
    waiting: Vec<Item>,
    unknown: Vec<Item>,
    steps: Vec<StepState>,
    record: String,
    logs: Vec<String>,
    checkpoints: Vec<String>,
    error_report: Option<String>,
    known_error: Option<KnownError>,
    next: Vec<Way>,
}

#[derive(Debug, Serialize)]
struct Item {
    #[serde(rename = "item")]
    name: String,
    step: Option<u32>,
    title: String,
    line: u32,
    output_end: String,
}

#[derive(Debug, Serialize)]
struct StepState {
    number: u32,
    name: String,
    state: &'static str,
}

#[derive(Debug, Serialize)]
struct KnownError {
    path: String,
    count: u64,
}

#[derive(Debug, Serialize)]
struct Way {
    what: String,
    command: String,
}

/// What is told of a run that stopped with a result, of which the exit code tells, too.
#[must_use]
pub fn notification(
    scene: &Scene,
    result: &'static str,
    exit: u8,
    paths: &Paths,
    known: Option<&Known>,
) -> Notification {
    let (run, state) = (scene.run, scene.state);
    let plan = &run.plan;
    let stopped = scene.history.last;
    let items = |status| {
        let items = state.with_status(status);
        items.map(|id| item(scene, id)).collect::<Vec<_>>()
    };
    let is_reported = known.is_some() || scene.culprit().is_some();
    Notification {
        version: VERSION,
        run: run.id.clone(),
        workflow: plan.workflow.clone(),
        title: plan.title.clone(),
        document: plan.document.clone(),
        root: run.root.to_string_lossy().into_owned(),
        result,
        exit,
        started: instant(run.started),
        stopped: instant(stopped),
        duration_ms: (stopped - run.started).num_milliseconds(),
        message: format!(
            "{}: {}. {}",
            plan.workflow,
            standing::word(state),
            standing::sentence(scene)
        ),
        causes: causes(scene),
        failed: scene.culprit().map(|id| item(scene, id)),
        waiting: items(Status::Asked),
        unknown: items(Status::Unknown),
        steps: plan
            .steps
            .iter()
            .map(|step| step_state(scene, step))
            .collect(),
        record: format!("{}/runs/{}", plan.settings.record, run.id),
        logs: paths.logs.clone(),
        checkpoints: paths.checkpoints.clone(),
        error_report: is_reported.then(|| paths.error_report.clone()),
        known_error: known.map(|known| KnownError {
            path: paths.known_errors.clone(),
            count: known.count,
        }),
        next: ways(scene),
    }
}

fn instant(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The chain of causes, if anything went wrong.
fn causes(scene: &Scene) -> Vec<String> {
    match scene.state.halt {
        Some(Halt::Stuck(at)) => scene.stop(at),
        _ if scene.failed().is_some() => scene.failure(),
        _ => Vec::new(),
    }
}

fn item(scene: &Scene, id: ItemId) -> Item {
    let item = scene.run.plan.item(id);
    let fault = scene.history.faults.get(&id);
    Item {
        name: id.to_string(),
        step: id.place.step(),
        title: item.map_or_else(String::new, |item| item.title.clone()),
        line: item.map_or(0, |item| item.line),
        output_end: fault.map_or_else(String::new, |fault| fault.output_end.clone()),
    }
}

fn step_state(scene: &Scene, step: &Step) -> StepState {
    let (state, number) = (scene.state, step.number);
    let undone = state
        .unwinding
        .as_ref()
        .and_then(|way| way.undone.get(&number));
    let word = match undone {
        Some(Undone::Undone) => "undone",
        Some(Undone::Nothing | Undone::Unneeded) => "nothing-to-undo",
        Some(Undone::Left) => "left",
        None if state.has_succeeded(number) => "done",
        None if state.has_begun(number) => "begun",
        None => "pending",
    };
    StepState {
        number,
        name: step.name.clone(),
        state: word,
    }
}

fn ways(scene: &Scene) -> Vec<Way> {
    let ways = advice::advice(scene).into_iter();
    ways.map(|way| Way {
        what: way.words,
        command: way.command,
    })
    .collect()
}
