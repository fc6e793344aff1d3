//! A run in the hands of the command line: its lock, those who are told, and the exit code in the end.
#![expect(
    clippy::disallowed_methods,
    reason = "commands get the environment of the program"
)]

use std::collections::BTreeMap;
use std::io;

use crate::cli::Exit;
use crate::cli::runner::arguments::Common;
use crate::cli::runner::arguments::EventFormat;
use crate::cli::runner::failure::Failure;
use crate::cli::runner::person;
use crate::cli::runner::person::Operator;
use crate::cli::terminal;
use crate::event::Event;
use crate::event::Record;
use crate::event::RunResult;
use crate::event::Signal;
use crate::mask::Masker;
use crate::report;
use crate::run::Follower;
use crate::run::Run;
use crate::run::RunError;
use crate::run::execute::Runner;
use crate::run::journal::Journal;
use crate::run::person::Nobody;
use crate::run::person::Person;
use crate::run::record;
use crate::run::state::Halt;
use crate::run::state::State;
use crate::run::store::Lock;
use crate::run::store::Store;

/// A run that this process alone carries on.
pub struct Session {
    /// What does not change.
    pub run: Run,
    /// Where it stands.
    pub state: State,
    /// What happened.
    pub journal: Journal,
    /// What happened before, for those who are told.
    pub records: Vec<Record>,
    /// The secrets' values.
    pub secrets: BTreeMap<String, String>,
    /// The workflow's lock.
    pub lock: Lock,
}

/// Take the lock of a workflow.
pub fn lock(store: &Store, workflow: &str) -> Result<Lock, Failure> {
    let lock = store
        .lock(workflow)
        .map_err(|source| Failure::NoRecord { source })?;
    match lock {
        Some(lock) => Ok(lock),
        None => Err(Failure::InProgress {
            run: match store.unfinished(workflow) {
                Ok(Some(run)) => run,
                _ => format!("a run of {workflow}"),
            },
        }),
    }
}

/// Record what comes first, then carry the run on until it ends or waits.
pub fn carry_on(session: Session, common: &Common, first: Vec<Event>) -> Result<Exit, Failure> {
    let mut files = record::prepare(&session.run, &session.records)
        .map_err(|source| Failure::NoRecord { source })?;
    let mut shown = follower(common.format);
    let (mut operator, mut nobody);
    let name = person::name(common.name.as_ref());
    let person: &mut dyn Person = if person::is_there() && common.format == EventFormat::Text {
        operator = Operator::new(name);
        &mut operator
    } else {
        nobody = Nobody { name };
        &mut nobody
    };
    let mut runner = Runner {
        run: &session.run,
        state: session.state,
        journal: session.journal,
        masker: Masker::new(&session.secrets),
        secrets: session.secrets.clone(),
        caller: std::env::vars_os().collect(),
        followers: vec![&mut files, &mut *shown],
        person,
    };
    let result = first.into_iter().try_for_each(|event| runner.record(event));
    let result = result.and_then(|()| runner.journal.sync().map_err(RunError::from));
    let result = result.and_then(|()| runner.execute());
    let exit = exit(&runner.state);
    drop(session.lock);
    for warning in &files.warnings {
        terminal::notice(warning);
    }
    result?;
    Ok(exit)
}

/// Who shows the run.
pub fn follower(format: EventFormat) -> Box<dyn Follower> {
    let out = io::stdout();
    match format {
        EventFormat::Json => Box::new(report::events::Json::new(out)),
        EventFormat::Text => Box::new(report::live::Human::new(out, &terminal::view(true))),
    }
}

/// The exit code of a run that stopped.
fn exit(state: &State) -> Exit {
    match (&state.result, &state.halt) {
        _ if state.is_abandoned => Exit::Clean,
        (Some(RunResult::Succeeded | RunResult::Undone), _) => Exit::Clean,
        (Some(RunResult::Failed), _) => Exit::Findings,
        (None, Some(Halt::Suspended(Signal::Int))) => Exit::Interrupted,
        (None, Some(Halt::Suspended(Signal::Term))) => Exit::Terminated,
        (None, Some(Halt::Stuck(_))) => Exit::Stuck,
        (None, Some(Halt::Parked { .. }) | None) => Exit::Waiting,
    }
}
