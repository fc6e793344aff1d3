//! A run in the hands of the command line: its lock, those who are told, and the exit code in the end.
#![expect(
    clippy::disallowed_methods,
    reason = "commands get the environment of the program"
)]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io;
use std::io::Write;
use std::time::Duration;

use crate::cli::Exit;
use crate::cli::runner::arguments::Common;
use crate::cli::runner::arguments::EventFormat;
use crate::cli::runner::arguments::OnInterrupt;
use crate::cli::runner::failure::Failure;
use crate::cli::runner::live;
use crate::cli::runner::outlet;
use crate::cli::runner::outlet::Outlet;
use crate::cli::runner::person;
use crate::cli::runner::person::Operator;
use crate::cli::terminal;
use crate::config;
use crate::config::Stop;
use crate::event::Event;
use crate::event::Record;
use crate::event::RunResult;
use crate::event::Signal;
use crate::mask::Masker;
use crate::plan::Plan;
use crate::report;
use crate::run::Follower;
use crate::run::Run;
use crate::run::RunError;
use crate::run::environment::Environment;
use crate::run::execute::Runner;
use crate::run::journal::Journal;
use crate::run::person::Choice;
use crate::run::person::Nobody;
use crate::run::person::Person;
use crate::run::process::Errand;
use crate::run::process::ErrandError;
use crate::run::record;
use crate::run::record::Files;
use crate::run::state::Halt;
use crate::run::state::State;
use crate::run::store::Lock;
use crate::run::store::Store;

/// How long the program that is told of a run may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a program that was told to end waits for those who read what it wrote.
const LAST_WORDS: Duration = Duration::from_secs(1);

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
    /// Who is told when it stops.
    pub notice: Notice,
}

/// Who is told when a run stops, and of what.
pub struct Notice {
    program: Vec<String>,
    stops: Vec<Stop>,
}

impl From<&config::Run> for Notice {
    fn from(config: &config::Run) -> Self {
        Self {
            program: config.notify.clone(),
            stops: config.notify_on.clone(),
        }
    }
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
    let (mut shown, outlet) = show(&session, common.format);
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
        masker: masker(&session.run.plan, &session.secrets),
        secrets: session.secrets.clone(),
        caller: std::env::vars_os().collect(),
        followers: vec![&mut files, &mut *shown],
        person,
        unasked: match common.on_interrupt {
            OnInterrupt::Suspend => Choice::Pause,
            OnInterrupt::Rollback => Choice::Rollback,
        },
    };
    let result = begin(&mut runner, first);
    if session.records.is_empty() {
        result.as_ref().map_err(Failure::unrecorded)?;
    }
    let result = result.and_then(|()| runner.execute());
    let (state, masker) = (runner.state, runner.masker);
    drop(session.lock);
    let told = result.as_ref().map(|()| {
        let (run, secrets) = (&session.run, &session.secrets);
        notify(&session.notice, run, &state, &files, secrets)
    });
    let is_told_to_end = stop(&state) == Some(Stop::Suspended);
    if let Some(outlet) = outlet {
        outlet.drain(is_told_to_end.then_some(LAST_WORDS));
    }
    if told.is_ok() && common.format == EventFormat::Text && !is_told_to_end {
        terminal::ring();
    }
    if let Ok(Err(error)) = told {
        let cause = masker.mask(&error.to_string()).into_owned();
        terminal::notice(&format!("the notification failed: {cause}"));
        // The run is over: a log that cannot be written any more changes nothing.
        let _ = files.warn(&session.run, &state, "notification failed", &cause);
    }
    for warning in &files.warnings {
        terminal::notice(warning);
    }
    if let Err(error) = &result {
        let left = left_in_place(&state);
        let cause = masker.mask(&format!("{error}{left}")).into_owned();
        // Where the journal cannot be written the log may still be.
        let _ = files.warn(&session.run, &state, "run stopped", &cause);
        terminal::notice(&format!("the run stopped{left}"));
    }
    result?;
    Ok(exit(&state))
}

/// What takes the run's secrets out of what is shown. It knows, too, which inputs are secrets but have no value.
pub fn masker(plan: &Plan, secrets: &BTreeMap<String, String>) -> Masker {
    let inputs = plan.inputs.iter();
    let unset = inputs.filter(|input| input.secret && !secrets.contains_key(&input.name));
    let unset = unset.map(|input| (input.name.as_str(), ""));
    let set = secrets.iter();
    let set = set.map(|(name, value)| (name.as_str(), value.as_str()));
    Masker::new(set.chain(unset))
}

/// What a run that cannot be recorded any more leaves as it is, for whoever has to undo it by hand.
fn left_in_place(state: &State) -> String {
    let left: Vec<String> = state
        .in_place()
        .map(|step| format!("step {step}"))
        .collect();
    if left.is_empty() {
        return String::new();
    }
    format!("; left as it is: {}", left.join(", "))
}

/// Record what comes first.
fn begin(runner: &mut Runner, first: Vec<Event>) -> Result<(), RunError> {
    first
        .into_iter()
        .try_for_each(|event| runner.record(event))?;
    Ok(runner.journal.sync()?)
}

/// Tell the program that is to be told how a run stopped.
fn notify(
    notice: &Notice,
    run: &Run,
    state: &State,
    files: &Files,
    secrets: &BTreeMap<String, String>,
) -> Result<(), ErrandError> {
    let Some(stop) = stop(state).filter(|stop| notice.stops.contains(stop)) else {
        return Ok(());
    };
    if notice.program.is_empty() {
        return Ok(());
    }
    let told = files.notification(run, state, stop.word(), exit(state) as u8);
    let told = serde_json::to_string(&told).expect("a notification is plain data") + "\n";
    let mut environment: Environment = std::env::vars_os().collect();
    for name in secrets.keys() {
        environment.remove(OsStr::new(name));
    }
    let errand = Errand {
        program: &notice.program,
        directory: &run.root,
        environment: &environment,
        input: told.as_bytes(),
        patience: PATIENCE,
    };
    errand.run()
}

/// How a run stopped; nothing if a person gave it up.
fn stop(state: &State) -> Option<Stop> {
    Some(match (&state.result, &state.halt) {
        _ if state.is_abandoned => return None,
        (Some(RunResult::Succeeded), _) => Stop::Succeeded,
        (Some(RunResult::Undone), _) => Stop::Undone,
        (Some(RunResult::Failed), _) => Stop::Failed,
        (None, Some(Halt::Suspended(_))) => Stop::Suspended,
        (None, Some(Halt::Stuck(_))) => Stop::Stuck,
        (None, Some(Halt::Parked { .. }) | None) => Stop::Waiting,
    })
}

/// Who shows a run that goes on, and what it may still have to write.
fn show(session: &Session, format: EventFormat) -> (Box<dyn Follower>, Option<Outlet>) {
    let (mut shown, outlet) = match format {
        EventFormat::Text if terminal::is_output_terminal() => (live::follower(), None),
        EventFormat::Json if terminal::is_output_terminal() => (follower(format), None),
        _ => match outlet::show(|inlet| writer(format, inlet)) {
            Ok((shown, outlet)) => (shown, Some(outlet)),
            // Without a thread to spare, readers have to be waited for.
            Err(_) => (follower(format), None),
        },
    };
    shown.recall(&session.run, &session.records);
    (shown, outlet)
}

/// Who shows a run.
pub fn follower(format: EventFormat) -> Box<dyn Follower> {
    writer(format, io::stdout())
}

fn writer(format: EventFormat, out: impl Write + 'static) -> Box<dyn Follower> {
    match format {
        EventFormat::Json => Box::new(report::events::Json::new(out)),
        EventFormat::Text => Box::new(report::live::Human::new(out, &terminal::view(true))),
    }
}

/// The exit code of a run that stopped.
fn exit(state: &State) -> Exit {
    match (stop(state), &state.halt) {
        (None | Some(Stop::Succeeded | Stop::Undone), _) => Exit::Clean,
        (Some(Stop::Failed), _) => Exit::Findings,
        (Some(Stop::Suspended), Some(Halt::Suspended(Signal::Term))) => Exit::Terminated,
        (Some(Stop::Suspended), _) => Exit::Interrupted,
        (Some(Stop::Stuck), _) => Exit::Stuck,
        (Some(Stop::Waiting), _) => Exit::Waiting,
    }
}
