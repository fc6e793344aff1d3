//! `wf resume`.

use crate::cli::Exit;
use crate::cli::runner::arguments::ResumeArguments;
use crate::cli::runner::existing;
use crate::cli::runner::existing::Decision;
use crate::cli::runner::failure::Failure;
use crate::event::Cause;
use crate::event::Event;
use crate::event::Ground;
use crate::event::Settled;
use crate::plan::ItemId;
use crate::run::Run;
use crate::run::next;
use crate::run::state::State;
use crate::run::state::Status;

/// Go on with a run that stopped.
pub fn resume(arguments: &ResumeArguments) -> Result<Exit, Failure> {
    existing::go_on(&arguments.words, &arguments.common, |run, state, by| {
        existing::not_over(run, state)?;
        existing::not_stuck(run, state)?;
        if arguments.rollback {
            return turn_back(run, state, by);
        }
        let settled = match (arguments.retry, arguments.done) {
            (true, _) => Settled::Retry,
            (_, true) => Settled::Done,
            _ => return Ok(Vec::new()),
        };
        settle(run, state, arguments.item, settled, by)
    })
}

/// A person's word on every item of unknown outcome, or on one of them.
fn settle(run: &Run, state: &State, named: Option<ItemId>, settled: Settled, by: &str) -> Decision {
    let unknown = state.with_status(Status::Unknown);
    let unknown = unknown.filter(|item| named.is_none_or(|named| named == *item));
    let events: Vec<Event> = unknown
        .map(|item| Event::ItemSettled {
            item,
            settled,
            ground: Ground::Operator(by.to_owned()),
        })
        .collect();
    if events.is_empty() {
        let run = run.id.clone();
        return Err(match named {
            Some(item) => Failure::NotUnknown { run, item },
            None => Failure::NothingUnknown { run },
        });
    }
    Ok(events)
}

/// Turn a run back that goes forward.
pub fn turn_back(run: &Run, state: &State, by: &str) -> Decision {
    if state.unwinding.is_some() {
        return Err(Failure::RollsBack {
            run: run.id.clone(),
        });
    }
    let cause = Cause::Operator(by.to_owned());
    Ok(vec![next::turn_back(&run.plan, state, cause)])
}
