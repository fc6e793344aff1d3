//! `wf rollback`.

use crate::cli::Exit;
use crate::cli::runner::approval;
use crate::cli::runner::arguments::RollbackArguments;
use crate::cli::runner::existing;
use crate::cli::runner::existing::Decision;
use crate::cli::runner::failure::Failure;
use crate::cli::runner::resume;
use crate::cli::terminal;
use crate::event::Continuation;
use crate::event::Event;
use crate::run::Run;
use crate::run::standing::Standing;
use crate::run::state::Halt;
use crate::run::state::State;

/// Undo a run, or go on with a rollback that is stuck.
pub fn rollback(arguments: &RollbackArguments) -> Result<Exit, Failure> {
    existing::go_on(
        &arguments.words,
        &arguments.common,
        |_| true,
        |run, state, by| match continuation(arguments) {
            Some(how) => go_on(run, state, how, by),
            None => undo(arguments, run, state, by),
        },
    )
}

fn continuation(arguments: &RollbackArguments) -> Option<Continuation> {
    if arguments.retry {
        Some(Continuation::Retry)
    } else if arguments.keep_going {
        Some(Continuation::KeepGoing)
    } else {
        arguments.skip
    }
}

fn go_on(run: &Run, state: &State, how: Continuation, by: &str) -> Decision {
    let standing = Standing::of(state, false);
    if standing != Standing::Succeeded {
        existing::not_over(run, state)?;
    }
    let (Some(Halt::Stuck(_)), Some(unwinding)) = (&state.halt, &state.unwinding) else {
        let id = &run.id;
        return Err(Failure::NotStuck {
            run: id.clone(),
            standing: match (existing::is_asking(state), &state.unwinding) {
                (true, _) => "waits for a person".to_owned(),
                (false, Some(_)) => "stopped in the middle of its rollback".to_owned(),
                (false, None) => standing.to_string(),
            },
            help: match standing {
                Standing::Succeeded => format!(
                    "`wf rollback {id}` alone undoes it; these options are for a rollback that is stuck"
                ),
                _ => existing::goes_on(run, state),
            },
        });
    };
    if let Continuation::Skip(Some(step)) = how
        && (!unwinding.steps.contains(&step) || unwinding.undone.contains_key(&step))
    {
        return Err(Failure::NotDue {
            run: run.id.clone(),
            step,
        });
    }
    Ok(vec![Event::RollbackContinued {
        how,
        by: by.to_owned(),
    }])
}

fn undo(arguments: &RollbackArguments, run: &Run, state: &State, by: &str) -> Decision {
    existing::not_stuck(run, state)?;
    match Standing::of(state, false) {
        Standing::Succeeded => existing::none_unfinished_but(run)?,
        _ => existing::not_over(run, state)?,
    }
    let events = resume::turn_back(run, state, by)?;
    let steps = match &events[..] {
        [Event::RollbackStarted { steps, .. }] => steps.clone(),
        _ => Vec::new(),
    };
    approval::agree(arguments.yes, "Undo this?", "rollback", "undone", || {
        let steps: Vec<String> = steps.iter().map(|step| format!("step {step}")).collect();
        let what = if steps.is_empty() {
            "it started no step, so there is nothing to undo".to_owned()
        } else {
            format!("{}, then the Rollback Procedure", steps.join(", then "))
        };
        terminal::line(&format!("{}: {what}", run.id));
        Ok(())
    })?;
    Ok(events)
}
