//! A document that changed while its run stood still, taken on by that run: what it has begun must be as it was.

use crate::event::Event;
use crate::event::Record;
use crate::plan::Item;
use crate::plan::Plan;
use crate::plan::Step;
use crate::plan::Undo;
use crate::run::state::State;

/// The plan that a run follows after the records of a journal that begins as it should: that of its start, or the last
/// one that it took on. What it had begun before is the same in both, so that one plan serves all records.
#[must_use]
pub fn plan_of(records: &[Record]) -> Option<&Plan> {
    let Event::RunStarted { plan, .. } = &records.first()?.event else {
        return None;
    };
    let adopted = records.iter().rev().find_map(|record| match &record.event {
        Event::PlanAdopted { plan, .. } => Some(plan),
        _ => None,
    });
    Some(adopted.unwrap_or(plan))
}

/// The plan that a run goes on with when it takes on a new one, or why it cannot. Prerequisites are not repeated once a
/// step has begun, so those of the old plan stay.
pub fn adopted(old: &Plan, new: Plan, state: &State) -> Result<Plan, String> {
    if state.unwinding.is_some() {
        return Err("it is being rolled back, by what it was started with".to_owned());
    }
    if new.inputs.len() != old.inputs.len()
        || !new.inputs.iter().all(|input| old.inputs.contains(input))
    {
        return Err("its inputs differ, and a run keeps those that it was started with".to_owned());
    }
    let has_begun = |step: &&Step| state.has_begun(step.number);
    for step in old.steps.iter().filter(has_begun) {
        let number = step.number;
        let other = new
            .step(number)
            .ok_or_else(|| format!("step {number} has begun, and is not there any more"))?;
        if let Some(what) = difference(step, other) {
            return Err(format!(
                "step {number} has begun, and its {what} not as before"
            ));
        }
    }
    let is_under_way = old.steps.iter().any(|step| state.has_begun(step.number));
    let mut plan = new;
    if is_under_way {
        plan.prerequisites.clone_from(&old.prerequisites);
    }
    Ok(plan)
}

/// What differs between two steps, but for the lines that they stand on.
fn difference(old: &Step, new: &Step) -> Option<&'static str> {
    let (old, new) = (bare(old), bare(new));
    if old.name != new.name {
        Some("name is")
    } else if old.after != new.after {
        Some("dependencies are")
    } else if old.actions != new.actions {
        Some("actions are")
    } else if old.verification != new.verification {
        Some("verification is")
    } else if old.undo != new.undo {
        Some("rollback is")
    } else {
        (old != new).then_some("options are")
    }
}

/// A step without the lines that it stands on.
fn bare(step: &Step) -> Step {
    let items = |items: &[Item]| -> Vec<Item> { items.iter().map(bare_item).collect() };
    Step {
        line: 0,
        actions: items(&step.actions),
        verification: items(&step.verification),
        undo: match &step.undo {
            Undo::Items(undo) => Undo::Items(items(undo)),
            other => other.clone(),
        },
        ..step.clone()
    }
}

fn bare_item(item: &Item) -> Item {
    let mut item = item.clone();
    item.line = 0;
    if let Some(command) = &mut item.command {
        command.line = 0;
    }
    item
}
