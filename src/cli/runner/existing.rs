//! Runs that were started before: finding one, and going on with it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use miette::Diagnostic;

use crate::cli::Exit;
use crate::cli::clock;
use crate::cli::inventory;
use crate::cli::inventory::Inventory;
use crate::cli::runner::arguments::Common;
use crate::cli::runner::failure::Failure;
use crate::cli::runner::inputs;
use crate::cli::runner::person;
use crate::cli::runner::session;
use crate::cli::runner::session::Notice;
use crate::cli::runner::session::Session;
use crate::cli::terminal;
use crate::event::Event;
use crate::event::Stuck;
use crate::nearest;
use crate::plan::ItemId;
use crate::plan::Plan;
use crate::run::Run;
use crate::run::adoption;
use crate::run::journal::Contents;
use crate::run::journal::Journal;
use crate::run::journal::JournalError;
use crate::run::process;
use crate::run::process::Survivors;
use crate::run::recovery;
use crate::run::standing::Standing;
use crate::run::state::Halt;
use crate::run::state::State;
use crate::run::state::Status;
use crate::run::store::Store;

/// The runs of the current folder's project.
pub fn store() -> Result<(Store, PathBuf), Failure> {
    let inventory = inventory::take(clock::today(None)?)?;
    Ok((of(&inventory), inventory.root.folder))
}

/// The runs of a project.
pub fn of(inventory: &Inventory) -> Store {
    Store::new(&inventory.root.folder, &inventory.project.config.run.record)
}

/// The names of all runs.
pub fn names(store: &Store) -> Result<Vec<String>, Failure> {
    store.names().map_err(|source| Failure::Unlisted { source })
}

/// Refuse to start a workflow of which a run is not finished.
pub fn none_unfinished(store: &Store, workflow: &str) -> Result<(), Failure> {
    let unfinished = store
        .unfinished(workflow)
        .map_err(|source| Failure::NoRecord { source })?;
    let Some(run) = unfinished else {
        return Ok(());
    };
    let is_carried_on = store.is_locked(workflow);
    let standing = match store.read(&run).and_then(Contents::sound) {
        Err(error) if !is_carried_on => {
            let help = error.help().map(|help| help.to_string());
            return Err(Failure::Unfinished {
                standing: format!("cannot go on as it is: {error}"),
                help: help.unwrap_or_default(),
                run,
            });
        }
        Err(_) => Standing::Running,
        Ok(contents) => state(&contents).map_or(Standing::Crashed, |state| {
            Standing::of(&state, is_carried_on)
        }),
    };
    let help = match standing {
        Standing::Running => {
            format!("`--wait` waits until it ends; `wf runs show {run}` shows how far it is")
        }
        Standing::Stuck => format!(
            "`wf rollback {run} --retry`, `--skip STEP` or `--keep-going` goes on; `wf runs abandon {run}` gives it up"
        ),
        Standing::Waiting => format!(
            "`wf confirm {run}` or `wf reject {run}` answers what waits, `wf resume {run}` goes on after a crash, \
             `wf rollback {run}` undoes it, `wf runs abandon {run}` gives it up as it is"
        ),
        _ => format!(
            "`wf resume {run}` goes on, `wf rollback {run}` undoes it, `wf runs abandon {run}` gives it up as it is"
        ),
    };
    Err(Failure::Unfinished {
        run,
        standing: standing.to_string(),
        help,
    })
}

/// The same for a run that is over and would go on.
pub fn none_unfinished_but(run: &Run) -> Result<(), Failure> {
    let store = Store::new(&run.root, &run.plan.settings.record);
    none_unfinished(&store, &run.plan.workflow)
}

/// The state after the records of a journal that begins as it should.
pub fn state(contents: &Contents) -> Option<State> {
    let plan = adoption::plan_of(&contents.records)?;
    let events = contents.records.iter().map(|record| &record.event);
    let mut state = State::after(plan, events);
    state.is_abandoned |= contents.is_given_up;
    Some(state)
}

/// The words of a command line apart: the run, which has no `=`, and the secrets.
fn apart(words: &[String]) -> (Option<&String>, Vec<String>) {
    let (inputs, runs): (Vec<&String>, Vec<&String>) =
        words.iter().partition(|word| word.contains('='));
    (runs.first().copied(), inputs.into_iter().cloned().collect())
}

/// The run of that name, or the only unfinished one, or the only one of these that is meant.
fn find(
    store: &Store,
    name: Option<&String>,
    is_meant: impl Fn(&State) -> bool,
) -> Result<String, Failure> {
    let names = names(store)?;
    if let Some(name) = name {
        return named(&names, name);
    }
    let mut unfinished: Vec<String> = names
        .into_iter()
        .filter(|name| !store.is_over(name))
        .collect();
    if unfinished.len() > 1 {
        let is_meant = |name: &&String| {
            let state = store.read(name).ok().as_ref().and_then(state);
            // Of one that cannot be read nobody knows.
            state.is_none_or(|state| is_meant(&state))
        };
        let meant: Vec<String> = unfinished.iter().filter(is_meant).cloned().collect();
        if !meant.is_empty() {
            unfinished = meant;
        }
    }
    match unfinished.len() {
        0 => Err(Failure::NothingUnfinished),
        1 => Ok(unfinished.remove(0)),
        _ => Err(Failure::WhichRun {
            runs: unfinished.join(", "),
        }),
    }
}

/// The run of that name.
pub fn named(names: &[String], name: &str) -> Result<String, Failure> {
    if names.iter().any(|known| known == name) {
        return Ok(name.to_owned());
    }
    let nearest = nearest::nearest(name, names.iter().map(String::as_str));
    Err(Failure::NoRun {
        run: name.to_owned(),
        help: match nearest {
            Some(nearest) => format!("did you mean `{nearest}`? `wf runs` lists them all"),
            None => "the project has no runs yet".to_owned(),
        },
    })
}

/// What a run began with: its plan, and the names of its secrets.
fn beginning(store: &Store, id: &str) -> Result<(Box<Plan>, Vec<String>), Failure> {
    let contents = store.read(id)?;
    if contents.is_given_up {
        return Err(over(id.to_owned(), Standing::Abandoned.to_string()));
    }
    let contents = contents.sound()?;
    let path = contents.path;
    match contents
        .records
        .into_iter()
        .next()
        .map(|record| record.event)
    {
        Some(Event::RunStarted { plan, secrets, .. }) => Ok((plan, secrets)),
        _ => Err(JournalError::Empty { path }.into()),
    }
}

/// What commands had set that a crash interrupted; what cannot be taken over is told.
fn recover(run: &Run, state: &State, secrets: &BTreeMap<String, String>) -> Vec<Event> {
    let masker = session::masker(&run.plan, secrets);
    let found = recovery::recovered(run, state, &masker).into_iter();
    let tell = |(item, fault): (ItemId, String)| {
        terminal::notice(&format!(
            "what {item} had set before the crash cannot be taken over: {fault}"
        ));
    };
    found.filter_map(|found| found.map_err(tell).ok()).collect()
}

/// What a command decides about a run: events to record before it goes on.
pub type Decision = Result<Vec<Event>, Failure>;

/// Go on with a run: take it (where none is named, the only one that `is_meant`), let `decide` look at it as it is once
/// it goes on, end what a crash left running, record the decision and carry the run on.
pub fn go_on(
    words: &[String],
    common: &Common,
    is_meant: impl Fn(&State) -> bool,
    decide: impl FnOnce(&Run, &State, &str) -> Decision,
) -> Result<Exit, Failure> {
    let inventory = inventory::take(clock::today(None)?)?;
    let store = of(&inventory);
    let (name, secrets) = apart(words);
    let id = find(&store, name, is_meant)?;
    let (plan, wanted) = beginning(&store, &id)?;
    let lock = session::lock(&store, &plan.workflow)?;
    let (journal, records) = Journal::open(&store.folder(&id))?;
    let mut run = Run {
        id,
        root: inventory.root.folder,
        started: records[0].time,
        plan: adoption::plan_of(&records).cloned().unwrap_or(*plan),
    };
    let by = person::name(common.name.as_ref());
    let state = State::after(&run.plan, records.iter().map(|record| &record.event));
    let resumed = Event::RunResumed {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        by: by.clone(),
    };
    let mut after = state.clone();
    after.apply(&run.plan, &resumed);
    let decided = decide(&run, &after, &by)?;
    let is_given_up = decided
        .iter()
        .any(|event| matches!(event, Event::RunAbandoned { .. }));
    let secrets = if is_given_up {
        BTreeMap::new()
    } else {
        inputs::retake(&run.plan, &secrets, &wanted, &state.inputs)?
    };
    end_survivors(&run, &state)?;
    for event in &decided {
        if let Event::PlanAdopted { plan, .. } = event {
            run.plan = (**plan).clone();
        }
    }
    let mut first = vec![resumed];
    if !is_given_up {
        first.extend(recover(&run, &state, &secrets));
    }
    first.extend(decided);
    let session = Session {
        run,
        state,
        journal,
        records,
        secrets,
        lock,
        notice: Notice::from(&inventory.project.config.run),
    };
    session::carry_on(session, common, first)
}

/// End the commands of a crashed run that are still alive.
pub fn end_survivors(run: &Run, state: &State) -> Result<(), Failure> {
    let grace = Duration::from_millis(run.plan.settings.grace_ms);
    for item in state.with_status(Status::Running) {
        let Some(process) = state.item(item).process else {
            continue;
        };
        let process = process::Process {
            pid: process.id,
            birth: process.birth,
        };
        let ended = process::end_survivors(&process, &run.id, grace);
        let ended = ended.map_err(|source| Failure::NoProcesses {
            run: run.id.clone(),
            source,
        })?;
        if let Survivors::Left(left) = ended {
            let processes: Vec<String> = left.iter().map(ToString::to_string).collect();
            return Err(Failure::Survivors {
                run: run.id.clone(),
                processes: processes.join(", "),
            });
        }
    }
    Ok(())
}

/// Refuse what cannot be done to a run that is over.
pub fn not_over(run: &Run, state: &State) -> Result<(), Failure> {
    let standing = Standing::of(state, false);
    if standing.is_unfinished() {
        return Ok(());
    }
    Err(match standing {
        Standing::Succeeded => Failure::Over {
            run: run.id.clone(),
            standing: standing.to_string(),
            help: "`wf rollback RUN` undoes a run that succeeded",
        },
        _ => over(run.id.clone(), standing.to_string()),
    })
}

/// A run that is over, so that only a new one can be started.
pub fn over(run: String, standing: String) -> Failure {
    Failure::Over {
        run,
        standing,
        help: "start a new one with `wf run`",
    }
}

/// Whether a run waits for a person's answer.
pub fn is_asking(state: &State) -> bool {
    state.undecided(Status::Asked).next().is_some()
}

/// How a run that is neither over nor stuck goes on.
pub fn goes_on(run: &Run, state: &State) -> String {
    let id = &run.id;
    match (is_asking(state), &state.unwinding) {
        (true, _) => format!("`wf confirm {id}` or `wf reject {id}` answers what waits"),
        (false, Some(_)) => format!("`wf resume {id}` goes on with that"),
        (false, None) => {
            format!("`wf resume {id}` goes on with it, `wf rollback {id}` undoes it")
        }
    }
}

/// Refuse what cannot be done to a run whose rollback is stuck.
pub fn not_stuck(run: &Run, state: &State) -> Result<(), Failure> {
    let Some(Halt::Stuck(at)) = &state.halt else {
        return Ok(());
    };
    let id = &run.id;
    let (at, help) = match at {
        Stuck::Item(item) => (
            format!("at {item}, which failed"),
            format!(
                "mend what stopped it, then `wf rollback {id} --retry`; or leave it as it is by `--skip STEP` or `--keep-going`"
            ),
        ),
        Stuck::Irreversible(step) => (
            format!("at step {step}, which cannot be undone"),
            format!(
                "`wf rollback {id} --skip {step}` leaves it as it is and undoes the rest, `wf runs abandon {id}` leaves everything"
            ),
        ),
    };
    Err(Failure::IsStuck {
        run: id.clone(),
        at,
        help,
    })
}
