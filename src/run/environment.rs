//! What a command finds in its environment.

use std::collections::BTreeMap;
use std::ffi::OsString;

use crate::plan::Place;
use crate::run::follower::Run;
use crate::run::state::State;

/// The variables of a process.
pub type Environment = BTreeMap<OsString, OsString>;

/// The environment of a command: the caller's, then, each over the ones before, the inputs, `run.env`, what other
/// commands set, and the names that begin with `WF_`. Those are always there, so that a strict shell may use them.
#[must_use]
pub fn environment(
    run: &Run,
    state: &State,
    place: Place,
    caller: &Environment,
    secrets: &BTreeMap<String, String>,
) -> Environment {
    let plan = &run.plan;
    let mut environment = caller.clone();
    // An input that was given no value is unset, whatever the caller's environment holds by now.
    for input in &plan.inputs {
        environment.remove(&OsString::from(&input.name));
    }
    let number = |step: Option<u32>| step.map_or_else(String::new, |step| step.to_string());
    let set = state.variables(plan, place);
    let own = [
        ("WF_RUN", run.id.clone()),
        ("WF_WORKFLOW", plan.workflow.clone()),
        ("WF_STEP", number(place.step())),
    ];
    let own = own
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    let all = state.inputs.clone().into_iter();
    let all = all.chain(secrets.clone()).chain(plan.settings.env.clone());
    for (name, value) in all.chain(set).chain(own) {
        environment.insert(name.into(), value.into());
    }
    environment.insert("WF_ROOT".into(), run.root.clone().into());
    match &state.unwinding {
        None => environment.remove(&OsString::from("WF_FAILED_STEP")),
        Some(unwinding) => {
            let failed = unwinding.cause.item().and_then(|item| item.place.step());
            environment.insert("WF_FAILED_STEP".into(), number(failed).into())
        }
    };
    environment
}
