//! `wf plan`.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::Exit;
use crate::cli::failure;
use crate::cli::judgement::Findings;
use crate::cli::runner::arguments::PlanArguments;
use crate::cli::runner::arguments::PlanFormat;
use crate::cli::runner::arguments::RunArguments;
use crate::cli::runner::failure::Failure;
use crate::cli::runner::gate;
use crate::cli::runner::gate::Passed;
use crate::cli::runner::inputs;
use crate::cli::runner::inputs::Values;
use crate::cli::terminal;
use crate::files;
use crate::plan::Plan;
use crate::report;

/// Show a plan; inputs are checked if any is given.
pub fn show(arguments: &PlanArguments) -> Result<Exit, Failure> {
    let findings = match arguments.format {
        PlanFormat::Text => Findings::Output,
        PlanFormat::Json | PlanFormat::Mermaid => Findings::Error,
    };
    let passed = gate::pass(&arguments.workflow, arguments.strict, findings)?;
    let plan = &passed.plan;
    let values = if arguments.inputs.is_empty() {
        Values::default()
    } else {
        inputs::take(plan, &arguments.inputs)?
    };
    if let Some(path) = &arguments.output {
        replaceable(path)?;
        let written = files::replace(path, report::json(plan).as_bytes());
        written.map_err(|source| failure::Failure::Unwritable {
            path: files::slashed(path),
            source,
        })?;
    }
    match arguments.format {
        PlanFormat::Text => {
            let jobs = passed.inventory.project.config.run.jobs;
            text(plan, &values, jobs)?;
        }
        PlanFormat::Json => write(&report::json(plan))?,
        PlanFormat::Mermaid => write(&report::mermaid::chart(plan))?,
    }
    Ok(Exit::Clean)
}

/// Refuse to write a plan over something else, such as the document that it is of.
fn replaceable(path: &Path) -> Result<(), Failure> {
    let Ok(bytes) = files::read(path) else {
        // What is wrong with it is told when it is written.
        return Ok(());
    };
    let is_plan = bytes.is_empty() || serde_json::from_slice::<Plan>(&bytes).is_ok();
    if is_plan {
        return Ok(());
    }
    Err(Failure::NotReplaced {
        path: files::slashed(path),
    })
}

fn write(text: &str) -> Result<(), failure::Failure> {
    terminal::write(|out| out.write_all(text.as_bytes()))
        .map_err(|source| failure::Failure::UnwritableOutput { source })
}

/// Show what `wf run` would do.
pub fn dry_run(arguments: &RunArguments, passed: &Passed) -> Result<Exit, Failure> {
    let plan = &passed.plan;
    let values = if arguments.inputs.is_empty() {
        Values::default()
    } else {
        inputs::take(plan, &arguments.inputs)?
    };
    text(plan, &values, jobs(arguments, passed))?;
    Ok(Exit::Clean)
}

/// How many steps a run does at the same time.
pub fn jobs(arguments: &RunArguments, passed: &Passed) -> u32 {
    let configured = passed.inventory.project.config.run.jobs;
    arguments.jobs.unwrap_or(configured)
}

/// Write a plan for people.
pub fn text(plan: &Plan, values: &Values, jobs: u32) -> Result<(), Failure> {
    let hidden = values
        .secret
        .keys()
        .map(|name| (name.clone(), crate::mask::MASK.to_owned()));
    let shown: BTreeMap<String, String> = values.plain.clone().into_iter().chain(hidden).collect();
    let view = terminal::view(false);
    terminal::write(|out| report::plan::text(plan, &shown, jobs, &view, out))
        .map_err(|source| failure::Failure::UnwritableOutput { source })?;
    Ok(())
}
