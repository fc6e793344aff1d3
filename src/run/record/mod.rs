//! The files of a run that people read: the checkpoint, the log, the error report, the known errors.
//!
//! They say what the journal says, for people. Each is worked out from plan, state and history alone; writing it is
//! apart from that. What a run cannot write it does not do: [`prepare`] proves all of it before anything runs.

mod advice;
mod cause;
mod checkpoint;
mod error_report;
mod history;
mod known_errors;
mod log;
mod notification;
mod place;
mod standing;
mod text;

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use crate::event::Event;
use crate::event::Record;
use crate::plan::ItemId;
use crate::plan::Place as ItemPlace;
use crate::run::follower::Follower;
use crate::run::follower::Run;
use crate::run::record::cause::Scene;
use crate::run::record::history::History;
use crate::run::record::known_errors::Failure;
use crate::run::record::known_errors::Known;
use crate::run::record::notification::Notification;
use crate::run::record::place::Log;
use crate::run::record::place::Place;
use crate::run::state::State;
use crate::run::store::Store;

/// How long a run waits for another one that writes the known errors.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where a document names no log.
const DEFAULT_LOG: &str = "logs/info.log";

/// The paths of a run's files, relative to the project root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// The logs.
    pub logs: Vec<String>,
    /// The checkpoints.
    pub checkpoints: Vec<String>,
    /// The error report, which is written if the run fails.
    pub error_report: String,
    /// The known errors of all runs, among which a failure is counted.
    pub known_errors: String,
}

/// The files of a run, told of what happens in it.
#[derive(Debug)]
pub struct Files {
    history: History,
    logs: Vec<Log>,
    checkpoints: Vec<Place>,
    error_report: Place,
    known_errors: Place,
    /// The failures of this run that were noted among them, by fingerprint.
    noted: BTreeMap<String, Option<Known>>,
    /// What could not be done and is no reason to stop the run, for whoever ends it to tell.
    pub warnings: Vec<String>,
}

/// Where a run's files stand.
#[must_use]
pub fn paths(run: &Run) -> Paths {
    let settings = &run.plan.settings;
    let filled = |paths: &[String], default: &str| match paths {
        [] => vec![run.filled(default)],
        paths => paths.iter().map(|path| run.filled(path)).collect(),
    };
    let checkpoint = format!("{}/checkpoints/workflow_[name]_[date].md", settings.record);
    Paths {
        logs: filled(&run.plan.logs, DEFAULT_LOG),
        checkpoints: filled(&run.plan.checkpoints, &checkpoint),
        error_report: format!(
            "{}/{}",
            settings.errors,
            run.filled("[date]_[name]_[run].md")
        ),
        known_errors: settings.known_errors.clone(),
    }
}

/// Prove that all files of a run can be written, and open them; `past` is what happened before, if the run goes on.
/// Folders are made, and nothing else is written yet. The error names the path and says what to do.
pub fn prepare<'a>(run: &Run, past: impl IntoIterator<Item = &'a Record>) -> io::Result<Files> {
    let paths = paths(run);
    let logging = format!("the Logging section of `{}`", run.plan.document);
    let mut logs: Vec<Log> = Vec::new();
    for path in &paths.logs {
        let log = Place::new(&run.root, path, &logging)?.append()?;
        if !logs.iter().any(|other| other.is_same(&log)) {
            logs.push(log);
        }
    }
    let mut checkpoints: Vec<Place> = Vec::new();
    for path in &paths.checkpoints {
        let place = Place::new(&run.root, path, &logging)?;
        place.prove(checkpoint::MARK)?;
        if !checkpoints.contains(&place) {
            checkpoints.push(place);
        }
    }
    let error_report = Place::new(
        &run.root,
        &paths.error_report,
        "`errors` under `[run]` in `wf.toml`",
    )?;
    error_report.prove(error_report::MARK)?;
    let known_errors = Place::new(
        &run.root,
        &paths.known_errors,
        "`known-errors` under `[run]` in `wf.toml`",
    )?;
    let mut history = History::default();
    let mut state = State::default();
    let mut last = None;
    for record in past {
        state.apply(&run.plan, &record.event);
        history.take(record, &state);
        last = Some(record);
    }
    // A program that died after a record told the logs of all but that one.
    if let Some(record) = last {
        let scene = Scene {
            run,
            state: &state,
            history: &history,
        };
        let line = log::line(&scene, record);
        logs.iter_mut().try_for_each(|log| log.owe(&line))?;
    }
    Ok(Files {
        history,
        logs,
        checkpoints,
        error_report,
        known_errors,
        noted: BTreeMap::new(),
        warnings: Vec::new(),
    })
}

impl Follower for Files {
    fn is_record(&self) -> bool {
        true
    }

    fn event(&mut self, run: &Run, record: &Record, state: &State) -> io::Result<()> {
        self.history.take(record, state);
        let scene = Scene {
            run,
            state,
            history: &self.history,
        };
        let line = log::line(&scene, record);
        let is_milestone = is_milestone(&record.event);
        // One file that cannot be written is no reason to keep the others from telling of it.
        let mut result = Ok(());
        for log in &mut self.logs {
            let in_place = if is_milestone {
                log.keep_in_place()
            } else {
                Ok(())
            };
            result = result.and(in_place.and_then(|()| log.append(&line)));
        }
        if stops(&record.event) && error_report::is_due(&scene) {
            let noted = known(
                &scene,
                &self.known_errors,
                &self.error_report,
                &mut self.noted,
            );
            if let Err(error) = noted {
                let cause = error.to_string();
                let warned = self.warn(run, state, "known errors not updated", &cause);
                self.warnings.push(cause);
                result = result.and(warned);
            }
        }
        if is_milestone {
            let scene = Scene {
                run,
                state,
                history: &self.history,
            };
            result = result.and(self.pages(&scene, stops(&record.event)));
        }
        result
    }
}

/// Note what failed among the known errors, once.
fn known(
    scene: &Scene,
    file: &Place,
    report: &Place,
    noted: &mut BTreeMap<String, Option<Known>>,
) -> io::Result<()> {
    // A check that only probed how an action ended is no failure.
    let is_probe = |item: &ItemId| match item.place {
        ItemPlace::Verification(step) => scene.state.is_unsure(step),
        _ => false,
    };
    let failed = scene.state.failed().filter(|item| !is_probe(item));
    let mut new: Vec<Failure> = failed
        .map(|item| known_errors::failure(scene, item))
        .collect();
    new.retain(|failure| !noted.contains_key(&failure.fingerprint));
    if new.is_empty() {
        return Ok(());
    }
    // Tried once: what cannot be noted now is told now.
    noted.extend(
        new.iter()
            .map(|failure| (failure.fingerprint.clone(), None)),
    );
    let store = Store::new(&scene.run.root, &scene.run.plan.settings.record);
    let _lock = store.hold("known-errors", PATIENCE).map_err(|error| {
        let path = file.path();
        io::Error::new(error.kind(), format!("cannot write `{path}`: {error}"))
    })?;
    let occurrence = known_errors::occurrence(scene, file, report);
    let found = known_errors::note(file, &new, &occurrence)?;
    for (failure, known) in new.into_iter().zip(found) {
        noted.insert(failure.fingerprint, Some(known));
    }
    Ok(())
}

impl Files {
    /// What a program is told of a run that stopped with a result and an exit code.
    #[must_use]
    pub fn notification(
        &self,
        run: &Run,
        state: &State,
        result: &'static str,
        exit: u8,
    ) -> Notification {
        let scene = Scene {
            run,
            state,
            history: &self.history,
        };
        let known = self.known(&scene);
        notification::notification(&scene, result, exit, &paths(run), known)
    }

    /// Log something that could not be done, and is no reason to stop the run.
    pub fn warn(&mut self, run: &Run, state: &State, event: &str, cause: &str) -> io::Result<()> {
        let scene = Scene {
            run,
            state,
            history: &self.history,
        };
        let line = log::warning(&scene, event, &cause);
        self.logs.iter_mut().try_for_each(|log| log.append(&line))
    }

    /// What is known of the failure of a run, once it was noted.
    fn known(&self, scene: &Scene) -> Option<&Known> {
        let failure = known_errors::failure(scene, scene.failed()?);
        self.noted.get(&failure.fingerprint)?.as_ref()
    }

    /// Write the pages anew. They are synced where the run stops: until then the journal, which is synced at every
    /// command, stands for them, and whoever goes on writes them anew.
    fn pages(&self, scene: &Scene, is_synced: bool) -> io::Result<()> {
        let mut result = Ok(());
        let page = checkpoint::page(scene);
        for place in &self.checkpoints {
            result = result.and(place.replace(&page, is_synced));
        }
        if error_report::is_due(scene) {
            let known = self.known(scene);
            let link = known_errors::link(&self.error_report.path(), &self.known_errors.path());
            let page = error_report::page(scene, known.map(|known| (link.as_str(), known)));
            result = result.and(self.error_report.replace(&page, is_synced));
        }
        result
    }
}

/// Whether the pages are written anew: when a step or the way back begins or ends, and when the run stops.
fn is_milestone(event: &Event) -> bool {
    match event {
        Event::RunStarted { .. }
        | Event::RunResumed { .. }
        | Event::PlanAdopted { .. }
        | Event::StepStarted { .. }
        | Event::StepFinished { .. }
        | Event::RollbackStarted { .. }
        | Event::StepRolledBack { .. }
        | Event::RollbackContinued { .. }
        | Event::RunParked { .. }
        | Event::RunSuspended { .. }
        | Event::RunStuck { .. }
        | Event::RunFinished { .. }
        | Event::RunAbandoned { .. } => true,
        Event::RunRefused { .. }
        | Event::ItemStarted { .. }
        | Event::ItemFinished { .. }
        | Event::ItemAsked { .. }
        | Event::ItemAnswered { .. }
        | Event::ItemSettled { .. }
        | Event::ItemRecovered { .. } => false,
    }
}

/// Whether the run stops here: it ended, or goes on only if somebody says so.
#[must_use]
pub fn stops(event: &Event) -> bool {
    matches!(
        event,
        Event::RunParked { .. }
            | Event::RunSuspended { .. }
            | Event::RunStuck { .. }
            | Event::RunFinished { .. }
            | Event::RunAbandoned { .. }
    )
}
