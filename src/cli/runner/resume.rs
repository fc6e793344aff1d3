//! `wf resume`.

use crate::cli::Exit;
use crate::cli::runner::arguments::EventFormat;
use crate::cli::runner::arguments::ResumeArguments;
use crate::cli::runner::existing;
use crate::cli::runner::existing::Decision;
use crate::cli::runner::failure::Failure;
use crate::cli::runner::gate;
use crate::cli::terminal;
use crate::event::Cause;
use crate::event::Event;
use crate::event::Ground;
use crate::event::Settled;
use crate::plan::ItemId;
use crate::run::Run;
use crate::run::adoption;
use crate::run::next;
use crate::run::state::State;
use crate::run::state::Status;
use crate::run::store::Store;

/// Go on with a run that stopped.
pub fn resume(arguments: &ResumeArguments) -> Result<Exit, Failure> {
    existing::go_on(
        &arguments.words,
        &arguments.common,
        |_| true,
        |run, state, by| {
            existing::not_over(run, state)?;
            existing::not_stuck(run, state)?;
            if arguments.rollback {
                return turn_back(run, state, by);
            }
            let mut events = if arguments.adopt {
                adopt(run, state, arguments.common.format, by)?
            } else {
                Vec::new()
            };
            let settled = match (arguments.retry, arguments.done) {
                (true, _) => Settled::Retry,
                (_, true) => Settled::Done,
                _ => return Ok(events),
            };
            events.extend(settle(run, state, arguments.item, settled, by)?);
            Ok(events)
        },
    )
}

/// The document as it is now, if the run can go on with it. It is kept beside the first one.
fn adopt(run: &Run, state: &State, format: EventFormat, by: &str) -> Decision {
    let path = run.root.join(&run.plan.document);
    let passed = gate::pass(&path.to_string_lossy(), false, format.findings())?;
    let text = passed.validated.text().as_bytes();
    let refused = |reason: String| Failure::NotAdoptable {
        run: run.id.clone(),
        document: run.plan.document.clone(),
        reason,
    };
    let plan = adoption::adopted(&run.plan, passed.plan, state).map_err(refused)?;
    if plan == run.plan {
        terminal::notice("the document has not changed: there is nothing to adopt");
        return Ok(Vec::new());
    }
    let store = Store::new(&run.root, &run.plan.settings.record);
    let kept = store.keep(&run.id, &plan.sha256, text);
    kept.map_err(|source| Failure::NoRecord { source })?;
    Ok(vec![Event::PlanAdopted {
        by: by.to_owned(),
        plan: Box::new(plan),
    }])
}

/// A person's word on every item of unknown outcome, or on one of them.
fn settle(run: &Run, state: &State, named: Option<ItemId>, settled: Settled, by: &str) -> Decision {
    let unknown = state.undecided(Status::Unknown);
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
            help: existing::goes_on(run, state),
        });
    }
    let cause = Cause::Operator(by.to_owned());
    Ok(vec![next::turn_back(&run.plan, state, cause)])
}
