//! `wf runs prune`.
#![expect(
    clippy::disallowed_methods,
    reason = "this is where the clock is asked how long ago runs ended"
)]

use std::collections::BTreeMap;

use chrono::DateTime;
use chrono::SecondsFormat;
use chrono::TimeDelta;
use chrono::Utc;

use crate::cli::Exit;
use crate::cli::failure;
use crate::cli::runner::arguments::PruneArguments;
use crate::cli::runner::existing;
use crate::cli::runner::failure::Failure;
use crate::cli::terminal;
use crate::report::summary;
use crate::run::standing::Standing;
use crate::run::store;
use crate::run::store::Store;

/// What is kept.
#[derive(Default)]
struct Kept {
    finished: usize,
    unfinished: usize,
    busy: usize,
}

/// Remove the records of runs that are over, and say which.
pub fn prune(arguments: &PruneArguments) -> Result<Exit, Failure> {
    let (store, _) = existing::store()?;
    let now = Utc::now();
    let mut kept = Kept::default();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut removed = 0;
    if !arguments.dry_run {
        let swept = store.sweep();
        swept.map_err(|source| Failure::NotRemoved {
            run: "a run".to_owned(),
            source,
        })?;
    }
    for name in existing::names(&store)?.into_iter().rev() {
        if !store.is_over(&name) {
            kept.unfinished += 1;
            continue;
        }
        let newer = seen.entry(store::workflow(&name).to_owned()).or_default();
        *newer += 1;
        let (word, ended) = ending(&store, &name);
        let is_beyond = arguments.keep.is_none_or(|keep| *newer > keep);
        let is_old = arguments.older_than.is_none_or(|age| {
            let age = TimeDelta::from_std(age).unwrap_or(TimeDelta::MAX);
            ended.is_none_or(|ended| now - ended > age)
        });
        if !is_beyond || !is_old {
            kept.finished += 1;
        } else if arguments.dry_run || remove(&store, &name)? {
            removed += 1;
            tell(arguments.dry_run, &name, word, ended)?;
        } else {
            kept.busy += 1;
        }
    }
    terminal::notice(&total(arguments.dry_run, removed, &kept));
    Ok(Exit::Clean)
}

/// Remove a run, unless another process is at work on its workflow: it may go on with this very one.
fn remove(store: &Store, name: &str) -> Result<bool, Failure> {
    let lock = store.lock(store::workflow(name));
    let Some(_lock) = lock.map_err(|source| Failure::NoRecord { source })? else {
        return Ok(false);
    };
    if !store.is_over(name) {
        return Ok(false);
    }
    let removed = store.remove(name);
    removed.map_err(|source| Failure::NotRemoved {
        run: name.to_owned(),
        source,
    })?;
    Ok(true)
}

/// How and when a run ended. One without records died before it began.
fn ending(store: &Store, name: &str) -> (&'static str, Option<DateTime<Utc>>) {
    let contents = store.read(name).unwrap_or_default();
    let word = match existing::state(&contents) {
        Some(state) => Standing::of(&state, false).word(),
        None if contents.is_given_up => Standing::Abandoned.word(),
        None => "never began",
    };
    (word, contents.records.last().map(|record| record.time))
}

fn tell(is_dry: bool, name: &str, word: &str, ended: Option<DateTime<Utc>>) -> Result<(), Failure> {
    let what = if is_dry { "would remove" } else { "removed" };
    let ended = ended.map_or_else(String::new, |ended| {
        format!(" {}", ended.to_rfc3339_opts(SecondsFormat::Secs, true))
    });
    let line = format!("{what} {name} ({word}{ended})\n");
    terminal::write(|out| out.write_all(line.as_bytes()))
        .map_err(|source| failure::Failure::UnwritableOutput { source }.into())
}

/// What was done, in a sentence.
fn total(is_dry: bool, removed: usize, kept: &Kept) -> String {
    let runs = |count| summary::counted(count, "run");
    let would = if is_dry {
        "would be removed"
    } else {
        "removed"
    };
    let mut total = format!("{} {would}, {} kept", runs(removed), runs(kept.finished));
    if kept.unfinished > 0 {
        total.push_str(&format!(
            ", {} left that cannot be removed before it is finished",
            runs(kept.unfinished)
        ));
    }
    if kept.busy > 0 {
        total.push_str(&format!(
            ", {} left whose workflow is being run: try again later",
            runs(kept.busy)
        ));
    }
    total
}
