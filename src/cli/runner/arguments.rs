//! What may be said to the commands that run workflows.

use std::path::PathBuf;
use std::time::Duration;

use clap::ArgAction;
use clap::Args;
use clap::Parser;
use clap::Subcommand;
use clap::ValueEnum;
use clap::builder::NonEmptyStringValueParser;
use clap::value_parser;

use crate::cli::Color;
use crate::cli::arguments::TableFormat;
use crate::cli::judgement::Findings;
use crate::config::MOST_JOBS;
use crate::event::Continuation;
use crate::plan::ItemId;

/// The commands that run workflows, and look after runs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a workflow
    #[command(after_help = EXIT_CODES)]
    Run(RunArguments),
    /// Show what a run would do, and what would undo it
    Plan(PlanArguments),
    /// Go on with a run that stopped
    #[command(after_help = EXIT_CODES)]
    Resume(ResumeArguments),
    /// Say that a manual item is done, and go on with its run
    Confirm(ConfirmArguments),
    /// Say that a manual item failed, which leads to rollback
    Reject(RejectArguments),
    /// Undo a run, or go on with a rollback that is stuck
    Rollback(RollbackArguments),
    /// List runs, show one, give one up, or remove old ones
    Runs(RunsArguments),
}

/// Runs a workflow by its name: the same as `wf run`
#[derive(Debug, Parser)]
#[command(name = "execute-task", version, arg_required_else_help = true, after_help = EXIT_CODES)]
pub struct Task {
    #[command(flatten)]
    pub run: RunArguments,

    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

const EXIT_CODES: &str = "\
Exit codes:
  0    succeeded
  1    failed; what was due was rolled back
  2    wrong usage, configuration or inputs; nothing was run
  3    waits for a person
  4    stuck: rollback stopped, or the record cannot be written; a person must act
  5    refused: the document does not validate, or cannot be run
  6    another run of this workflow is not finished
  130  suspended by Ctrl-C; `wf resume` goes on
  143  suspended by SIGTERM; `wf resume` goes on";

/// How a run is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EventFormat {
    /// For people
    Text,
    /// One event a line
    Json,
}

impl EventFormat {
    /// Where findings are written beside events of this format.
    pub fn findings(self) -> Findings {
        match self {
            Self::Text => Findings::Output,
            Self::Json => Findings::Error,
        }
    }
}

/// How a plan is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// The steps and what each waits for, as a Mermaid flowchart
    Mermaid,
}

/// What all commands that carry a run on take.
#[derive(Debug, Args)]
pub struct Common {
    /// How the run is shown
    #[arg(
        long = "output-format",
        visible_alias = "format",
        value_name = "FORMAT",
        default_value = "text"
    )]
    pub format: EventFormat,

    /// The name that is recorded, instead of that of the user
    #[arg(long = "as", value_name = "NAME")]
    pub name: Option<String>,

    /// What becomes of the run when a signal ends the program and nobody is there to choose
    #[arg(long, value_name = "WHAT", default_value = "suspend")]
    pub on_interrupt: OnInterrupt,
}

/// What an interruption leads to where nobody can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnInterrupt {
    /// It is left where it is, and can go on
    Suspend,
    /// What was done is undone
    Rollback,
}

#[derive(Debug, Args)]
pub struct RunArguments {
    /// The workflow: its name, or its document's path
    pub workflow: String,

    /// Inputs, as NAME=value; secrets as NAME=@file, or NAME=- for standard input
    #[arg(value_name = "NAME=VALUE")]
    pub inputs: Vec<String>,

    /// Show the plan alone, as `wf plan` does
    #[arg(long)]
    pub dry_run: bool,

    /// Refuse to run unless the document is that of this plan, written by `wf plan -o`
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,

    /// How many steps that do not depend on each other run at the same time, instead of what wf.toml says
    #[arg(short, long, value_name = "N", value_parser = value_parser!(u32).range(1..=i64::from(MOST_JOBS)))]
    pub jobs: Option<u32>,

    /// Refuse on warnings too
    #[arg(long)]
    pub strict: bool,

    /// Run without asking
    #[arg(short, long)]
    pub yes: bool,

    /// Wait until no other process runs this workflow
    #[arg(long)]
    pub wait: bool,

    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct PlanArguments {
    /// The workflow: its name, or its document's path
    pub workflow: String,

    /// Inputs, as NAME=value
    #[arg(value_name = "NAME=VALUE")]
    pub inputs: Vec<String>,

    /// Refuse on warnings too
    #[arg(long)]
    pub strict: bool,

    /// Write the plan to a file, for `wf run --plan`
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// How the plan is shown
    #[arg(
        long = "output-format",
        visible_alias = "format",
        value_name = "FORMAT",
        default_value = "text"
    )]
    pub format: PlanFormat,
}

#[derive(Debug, Args)]
pub struct ResumeArguments {
    /// The run, if more than one is not finished; secrets as for `wf run`
    #[arg(value_name = "RUN] [NAME=@FILE")]
    pub words: Vec<String>,

    /// What was in flight when the run stopped is done again
    #[arg(long, group = "decision")]
    pub retry: bool,

    /// What was in flight when the run stopped is done
    #[arg(long, group = "decision")]
    pub done: bool,

    /// Undo what was done
    #[arg(long, group = "decision")]
    pub rollback: bool,

    /// The item that `--retry` or `--done` is for, such as 2.1; all that were in flight without it
    #[arg(long, requires = "decision", conflicts_with = "rollback")]
    pub item: Option<ItemId>,

    /// Go on with the document as it is now; the steps that have begun must be as they were
    #[arg(long, conflicts_with = "rollback")]
    pub adopt: bool,

    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct ConfirmArguments {
    /// The run, if more than one waits; secrets as for `wf run`
    #[arg(value_name = "RUN] [NAME=@FILE")]
    pub words: Vec<String>,

    /// The item, if more than one waits, such as 2.1
    #[arg(long)]
    pub item: Option<ItemId>,

    /// What shows that it is done: a text, or @FILE
    #[arg(long, value_name = "TEXT|@FILE")]
    pub evidence: Option<String>,

    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct RejectArguments {
    /// The run, if more than one waits; secrets as for `wf run`
    #[arg(value_name = "RUN] [NAME=@FILE")]
    pub words: Vec<String>,

    /// The item, if more than one waits, such as 2.1
    #[arg(long)]
    pub item: Option<ItemId>,

    /// Why
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    pub reason: String,

    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct RollbackArguments {
    /// The run, if more than one is not finished; secrets as for `wf run`
    #[arg(value_name = "RUN] [NAME=@FILE")]
    pub words: Vec<String>,

    /// Try again what failed
    #[arg(long, group = "continuation")]
    pub retry: bool,

    /// Leave a step as it is, by its number; or `procedure`, the Rollback Procedure
    #[arg(long, group = "continuation", value_name = "STEP", value_parser = skipped)]
    pub skip: Option<Continuation>,

    /// Leave as it is whatever fails or cannot be undone
    #[arg(long, group = "continuation")]
    pub keep_going: bool,

    /// Undo without asking
    #[arg(short, long)]
    pub yes: bool,

    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct RunsArguments {
    #[command(subcommand)]
    pub command: Option<RunsCommand>,

    /// How the table is written
    #[arg(
        long = "output-format",
        visible_alias = "format",
        value_name = "FORMAT",
        default_value = "text"
    )]
    pub format: TableFormat,
}

#[derive(Debug, Subcommand)]
pub enum RunsCommand {
    /// Show a run again, from its journal
    Show(ShowArguments),
    /// Give up a run that is not finished: what it did stays as it is
    Abandon(AbandonArguments),
    /// Remove the records of runs that are over: journals, documents and output, no logs and reports
    Prune(PruneArguments),
}

#[derive(Debug, Args)]
pub struct PruneArguments {
    /// Keep so many of each workflow, the newest
    #[arg(long, value_name = "N", required_unless_present = "older_than")]
    pub keep: Option<usize>,

    /// Keep what ended more recently than this: `30d`, `12h`
    #[arg(long, value_name = "TIME", value_parser = age)]
    pub older_than: Option<Duration>,

    /// Say what would be removed, and remove nothing
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Args)]
pub struct ShowArguments {
    /// The run; the newest without it
    pub run: Option<String>,

    /// Say whether the record is whole and unchanged
    #[arg(long, action = ArgAction::SetTrue)]
    pub verify: bool,

    /// Write what a command wrote, such as that of 2.1
    #[arg(long, value_name = "ITEM", conflicts_with = "verify")]
    pub output: Option<ItemId>,

    /// How the run is shown
    #[arg(
        long = "output-format",
        visible_alias = "format",
        value_name = "FORMAT",
        default_value = "text"
    )]
    pub format: EventFormat,
}

#[derive(Debug, Args)]
pub struct AbandonArguments {
    /// The run
    pub run: String,

    /// The name that is recorded, instead of that of the user
    #[arg(long = "as", value_name = "NAME")]
    pub name: Option<String>,
}

fn age(text: &str) -> Result<Duration, String> {
    let age = humantime::parse_duration(text);
    age.map_err(|_| "write numbers with units: `30d`, `12h`, `1h 30m`".to_owned())
}

fn skipped(text: &str) -> Result<Continuation, String> {
    if text == "procedure" {
        return Ok(Continuation::Skip(None));
    }
    let step = text.parse().ok().filter(|&step: &u32| step > 0);
    let step = step.ok_or("write the step's number, or `procedure`")?;
    Ok(Continuation::Skip(Some(step)))
}
