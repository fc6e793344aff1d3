//! What commands had set when the program died in the middle of them: it is still there in their files.

use crate::event::Event;
use crate::mask::Masker;
use crate::plan::ItemId;
use crate::run::follower::Run;
use crate::run::outcome;
use crate::run::process;
use crate::run::state::State;
use crate::run::state::Status;

/// The variables that commands of a crashed run had set; they must have been ended. Where a file holds something else, the
/// item and what is wrong.
#[must_use]
pub fn recovered(
    run: &Run,
    state: &State,
    masker: &Masker,
) -> Vec<Result<Event, (ItemId, String)>> {
    let running = state.with_status(Status::Running);
    let found = running.map(|item| {
        let attempt = state.item(item).attempts;
        let left = process::left_behind(&run.folder(), &item.to_string(), attempt, masker);
        let left = left.map_err(|error| error.to_string());
        let variables = left.and_then(|left| outcome::fitting(left, state.all_variables()));
        match variables {
            Ok(variables) if variables.is_empty() => None,
            Ok(variables) => Some(Ok(Event::ItemRecovered { item, variables })),
            Err(fault) => Some(Err((item, fault))),
        }
    });
    found.flatten().collect()
}
