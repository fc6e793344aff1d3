//! The gate: from a workflow's name to a plan, by way of a clean judgement of its document's bytes.

use crate::cli::clock;
use crate::cli::failure;
use crate::cli::inventory;
use crate::cli::inventory::Inventory;
use crate::cli::judgement;
use crate::cli::judgement::Findings;
use crate::cli::runner::failure::Failure;
use crate::cli::terminal;
use crate::diagnostic::Severity;
use crate::files;
use crate::lint::Validated;
use crate::plan;
use crate::plan::Plan;
use crate::report;

/// What passed the gate.
pub struct Passed {
    /// The project.
    pub inventory: Inventory,
    /// The document.
    pub validated: Validated,
    /// What it asks for.
    pub plan: Plan,
}

/// Bring a workflow through the gate. What keeps it out is written; warnings and suppressed findings are counted.
pub fn pass(name: &str, strict: bool, findings: Findings) -> Result<Passed, Failure> {
    let today = clock::today(None)?;
    let inventory = inventory::take(today)?;
    let path = inventory::find(&inventory, name)?;
    let shown = inventory.project.shown(&path);
    let file = inventory.root.folder.join(&path);
    let bytes = files::read(&file).map_err(|source| failure::Failure::Unreadable {
        path: shown.clone(),
        source,
    })?;
    let refused = if strict {
        Severity::Warning
    } else {
        Severity::Error
    };
    let project = &inventory.project;
    let (report, validated) = judgement::judge(&inventory, &path, &bytes, refused);
    if let Some(failure) = failure::unjudged(&report).next() {
        return Err(failure.into());
    }
    let Some(validated) = validated else {
        judgement::write(&report, findings)
            .map_err(|source| failure::Failure::UnwritableOutput { source })?;
        return Err(Failure::Invalid {
            path: shown,
            count: report::summary::line(&report, false),
        });
    };
    if !report.findings.is_empty() || !report.suppressed.is_empty() {
        let count = report::summary::line(&report, false);
        terminal::notice(&format!("{count}; `wf check {shown}` shows them"));
    }
    let plan = plan::build(project, &validated)?;
    Ok(Passed {
        inventory,
        validated,
        plan,
    })
}
