//! A plan's steps and what each waits for, as a flowchart of [Mermaid](https://mermaid.js.org/syntax/flowchart.html),
//! which forges and many editors draw.

use std::collections::BTreeSet;

use crate::plan::Plan;
use crate::plan::Step;
use crate::plan::Undo;
use crate::printable;

/// The flowchart, with a line break at its end. A step that cannot be undone is a hexagon.
#[must_use]
pub fn chart(plan: &Plan) -> String {
    let mut chart = "flowchart TD\n".to_owned();
    let mut say = |line: String| chart.push_str(&format!("    {line}\n"));
    if !plan.prerequisites.is_empty() {
        say("prerequisites([\"Prerequisites\"])".to_owned());
    }
    for step in &plan.steps {
        say(node(step));
    }
    if !plan.criteria.is_empty() {
        say("criteria([\"Success Criteria\"])".to_owned());
    }
    let mut waited: BTreeSet<u32> = BTreeSet::new();
    for step in &plan.steps {
        let number = step.number;
        if step.after.is_empty() && !plan.prerequisites.is_empty() {
            say(format!("prerequisites --> step{number}"));
        }
        for before in &step.after {
            say(format!("step{before} --> step{number}"));
            waited.insert(*before);
        }
    }
    if !plan.criteria.is_empty() {
        let last = plan.steps.iter().map(|step| step.number);
        for number in last.filter(|number| !waited.contains(number)) {
            say(format!("step{number} --> criteria"));
        }
    }
    chart
}

fn node(step: &Step) -> String {
    let number = step.number;
    let label = format!("Step {number}: {}", label(&step.name));
    match step.undo {
        Undo::Irreversible(_) => format!("step{number}{{{{\"{label}\"}}}}"),
        Undo::Items(_) | Undo::Nothing(_) => format!("step{number}[\"{label}\"]"),
    }
}

/// A text that stands between quotes as it is. Whatever could be markup, or a keyword's sign, is written by its number:
/// Mermaid looks for some of them (`%%`, `style …:…#…;`) in whole lines, whatever quotes say.
fn label(text: &str) -> String {
    let mut label = String::with_capacity(text.len());
    for c in printable::one_line(text).chars() {
        let is_plain = c.is_ascii_alphanumeric() || " ,.-_".contains(c) || !c.is_ascii();
        if is_plain {
            label.push(c);
        } else {
            label.push_str(&format!("#{};", u32::from(c)));
        }
    }
    label
}
