//! The commands that run workflows, and look after runs.

mod abandon;
mod answer;
mod approval;
mod arguments;
mod bottom;
mod existing;
mod failure;
mod gate;
mod inputs;
mod last;
mod live;
mod outlet;
mod person;
mod plan;
mod prompt;
mod prune;
mod resume;
mod rollback;
mod runs;
mod session;
mod start;

use crate::cli::Exit;
use crate::cli::terminal;

pub use arguments::Command;
pub use arguments::Task;
pub use last::LastRun;
pub use last::Runs;
pub use last::style;

/// Carry out a command.
pub fn run(command: &Command) -> Exit {
    let result = match command {
        Command::Run(run) => start::run(run),
        Command::Plan(plan) => plan::show(plan),
        Command::Resume(resume) => resume::resume(resume),
        Command::Confirm(confirm) => answer::confirm(confirm),
        Command::Reject(reject) => answer::reject(reject),
        Command::Rollback(rollback) => rollback::rollback(rollback),
        Command::Runs(runs) => runs::runs(runs),
    };
    result.unwrap_or_else(|failure| {
        terminal::fail(&failure);
        failure.exit()
    })
}
