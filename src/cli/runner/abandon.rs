//! `wf runs abandon`: a run is given up as it is, and holds its workflow no longer.

use std::io;

use crate::cli::Exit;
use crate::cli::clock;
use crate::cli::inventory;
use crate::cli::inventory::Inventory;
use crate::cli::runner::arguments::AbandonArguments;
use crate::cli::runner::arguments::Common;
use crate::cli::runner::arguments::EventFormat;
use crate::cli::runner::arguments::OnInterrupt;
use crate::cli::runner::existing;
use crate::cli::runner::failure::Failure;
use crate::cli::runner::person;
use crate::cli::runner::session;
use crate::cli::terminal;
use crate::event::Event;
use crate::event::Record;
use crate::run::Follower;
use crate::run::Run;
use crate::run::adoption;
use crate::run::journal::Contents;
use crate::run::journal::Fault;
use crate::run::journal::Journal;
use crate::run::record;
use crate::run::standing::Standing;
use crate::run::state::State;
use crate::run::store;

/// Give up a run. What a crash left running is ended first, so that nothing goes on unseen.
pub fn abandon(arguments: &AbandonArguments) -> Result<Exit, Failure> {
    let inventory = inventory::take(clock::today(None)?)?;
    let store = existing::of(&inventory);
    let id = existing::named(&existing::names(&store)?, &arguments.run)?;
    if let Some(fault) = damage(&store.read(&id)?) {
        let lock = session::lock(&store, store::workflow(&id))?;
        let contents = store.read(&id)?;
        let by = person::name(arguments.name.as_ref());
        give_up_damaged(&inventory, id, &contents, &by)?;
        drop(lock);
        terminal::notice(&format!(
            "given up; its journal is damaged, so that nobody knows what the run did after that: {fault}"
        ));
        return Ok(Exit::Clean);
    }
    let common = Common {
        format: EventFormat::Text,
        name: arguments.name.clone(),
        on_interrupt: OnInterrupt::Suspend,
    };
    existing::go_on(
        &[id],
        &common,
        |_| true,
        |run, state, by| {
            existing::not_over(run, state)?;
            Ok(vec![Event::RunAbandoned { by: by.to_owned() }])
        },
    )
}

/// What is wrong with a journal, unless it is only too new.
fn damage(contents: &Contents) -> Option<Fault> {
    contents.fault.clone().filter(|fault| !fault.is_newer)
}

/// Give up a run that nobody can go on with.
fn give_up_damaged(
    inventory: &Inventory,
    id: String,
    contents: &Contents,
    by: &str,
) -> Result<(), Failure> {
    let store = existing::of(inventory);
    if store.is_over(&id) {
        let standing = if contents.is_given_up {
            Standing::Abandoned.to_string()
        } else {
            "ended, as the last line of its journal says".to_owned()
        };
        return Err(existing::over(id, standing));
    }
    let folder = store.folder(&id);
    if let Some(state) = existing::state(contents)
        && let Some(plan) = adoption::plan_of(&contents.records)
    {
        let run = Run {
            id,
            root: inventory.root.folder.clone(),
            started: contents.records[0].time,
            plan: plan.clone(),
        };
        existing::end_survivors(&run, &state)?;
        let record = Journal::give_up(&folder, by, clock::now())?;
        if let Err(error) = tell(&run, state, contents, &record) {
            terminal::notice(&format!(
                "its log and its checkpoint do not say so: {error}"
            ));
        }
    } else {
        Journal::give_up(&folder, by, clock::now())?;
    }
    Ok(())
}

/// Tell the files that people read.
fn tell(run: &Run, state: State, contents: &Contents, record: &Record) -> io::Result<()> {
    let mut state = state;
    let mut files = record::prepare(run, &contents.records)?;
    state.apply(&run.plan, &record.event);
    files.event(run, record, &state)
}
