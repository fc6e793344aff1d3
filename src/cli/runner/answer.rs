//! `wf confirm` and `wf reject`: the answers of people who are not at the terminal.

use crate::cli::Exit;
use crate::cli::failure;
use crate::cli::runner::arguments::Common;
use crate::cli::runner::arguments::ConfirmArguments;
use crate::cli::runner::arguments::RejectArguments;
use crate::cli::runner::existing;
use crate::cli::runner::failure::Failure;
use crate::event::Event;
use crate::files;
use crate::plan::ItemId;
use crate::run::Run;
use crate::run::state::State;
use crate::run::state::Status;

/// Say that an item is done, and go on.
pub fn confirm(arguments: &ConfirmArguments) -> Result<Exit, Failure> {
    let note = evidence(arguments.evidence.as_deref())?;
    let (words, common) = (&arguments.words, &arguments.common);
    answer(words, common, arguments.item, true, note)
}

/// Say that an item failed, and go on with what follows from that.
pub fn reject(arguments: &RejectArguments) -> Result<Exit, Failure> {
    let (words, common) = (&arguments.words, &arguments.common);
    answer(
        words,
        common,
        arguments.item,
        false,
        arguments.reason.clone(),
    )
}

fn answer(
    words: &[String],
    common: &Common,
    item: Option<ItemId>,
    done: bool,
    note: String,
) -> Result<Exit, Failure> {
    existing::go_on(words, common, existing::is_asking, |run, state, by| {
        Ok(vec![Event::ItemAnswered {
            item: waiting(run, state, item)?,
            done,
            by: by.to_owned(),
            note,
        }])
    })
}

/// Evidence as it is recorded: the text, or that of a file.
fn evidence(given: Option<&str>) -> Result<String, Failure> {
    let Some(path) = given.and_then(|given| given.strip_prefix('@')) else {
        return Ok(given.unwrap_or_default().to_owned());
    };
    let text = files::read(path.as_ref()).map_err(|source| failure::Failure::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let text = String::from_utf8(text).map_err(|_| failure::Failure::NotText {
        path: path.to_owned(),
    })?;
    Ok(text)
}

/// The item that waits: the one that is named, or the only one.
fn waiting(run: &Run, state: &State, named: Option<ItemId>) -> Result<ItemId, Failure> {
    existing::not_over(run, state)?;
    existing::not_stuck(run, state)?;
    let waiting: Vec<ItemId> = state.undecided(Status::Asked).collect();
    let nothing = |found: String, help: String| Failure::NothingWaits {
        run: run.id.clone(),
        found,
        help,
    };
    let list = |items: &[ItemId]| {
        let items: Vec<String> = items.iter().map(ToString::to_string).collect();
        items.join(", ")
    };
    match (named, &waiting[..]) {
        (Some(item), _) if waiting.contains(&item) => Ok(item),
        (None, &[item]) => Ok(item),
        (_, []) => Err(nothing(
            "no item waits for an answer".to_owned(),
            format!("`wf resume {}` goes on with it", run.id),
        )),
        (None, _) => Err(nothing(
            format!("more than one item waits: {}", list(&waiting)),
            "name the one that is meant: `--item 2.1`".to_owned(),
        )),
        (Some(item), _) if state.status(item) == Status::Done => Err(nothing(
            match run.plan.item(item) {
                Some(item) if item.command.is_some() => {
                    format!("{} was done by its command", item.id)
                }
                _ => format!("{item} was answered before"),
            },
            format!("{} waits", list(&waiting)),
        )),
        (Some(item), _) => Err(nothing(
            format!("{item} does not wait for an answer"),
            format!("{} does", list(&waiting)),
        )),
    }
}
