//! The command line: what may be said, and what the exit code means.
mod arguments;
mod audit;
mod baseline;
mod check;
mod clock;
mod collect;
mod completions;
mod config;
mod examples;
mod failure;
mod init;
mod inventory;
mod judgement;
mod list;
mod man;
mod mend;
mod new;
mod overview;
mod progress;
mod project;
mod rule;
mod runner;
mod stamp;
mod terminal;

use std::process::ExitCode;

use clap::CommandFactory;
use clap::FromArgMatches;
use clap::Parser;
use clap::Subcommand;
use clap::ValueEnum;

use crate::cli::arguments::AuditArguments;
use crate::cli::arguments::CheckArguments;
use crate::cli::arguments::CompletionsArguments;
use crate::cli::arguments::ConfigArguments;
use crate::cli::arguments::InitArguments;
use crate::cli::arguments::ListArguments;
use crate::cli::arguments::ManArguments;
use crate::cli::arguments::NewArguments;
use crate::cli::arguments::RuleArguments;
use crate::report;

/// Lints Markdown workflow documents, and runs those that are valid.
#[derive(Debug, Parser)]
#[command(name = "wf", version, arg_required_else_help = true, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,

    /// When to use colours
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_possible_values = false
    )]
    color: Color,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  nothing found
  1  findings
  2  wrong usage or configuration, or a path that cannot be read";

/// The commands.
#[derive(Debug, Subcommand)]
enum Command {
    /// Lint workflow documents
    #[command(after_help = formats_and_exit_codes())]
    Check(Box<CheckArguments>),
    /// Set the current folder up: configuration, an example with its index, and what hooks it up
    Init(InitArguments),
    /// Write a workflow from the template, and list it in the index
    New(NewArguments),
    /// Show every workflow, with its owner and the age of its audit
    List(ListArguments),
    /// Show when the audits of workflows run out, the soonest first; or write today's date into them
    Audit(AuditArguments),
    /// Explain a rule, or list them all
    Rule(RuleArguments),
    /// Show the configuration in force, or its JSON Schema
    Config(ConfigArguments),
    /// Print the script that completes the command line in a shell
    Completions(CompletionsArguments),
    /// Print the page of a command for man, or write all of them
    Man(ManArguments),
    #[command(flatten)]
    Runner(Box<runner::Command>),
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    /// On a terminal, unless the environment says otherwise
    Auto,
    Always,
    Never,
}

/// What the exit code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Exit {
    /// Nothing at or above `--fail-on`; a run succeeded, or was undone as asked for.
    Clean = 0,
    /// Findings; a question that was answered with no; a run failed.
    Findings = 1,
    /// Wrong usage, configuration or inputs, or a path that cannot be read. Nothing was run.
    Unusable = 2,
    /// A run waits for a person.
    Waiting = 3,
    /// A rollback stopped, or a run could not be recorded any more.
    Stuck = 4,
    /// The document cannot be run.
    Refused = 5,
    /// Another run of the workflow is not finished.
    Unfinished = 6,
    /// A run was suspended by SIGINT.
    Interrupted = 130,
    /// A run was suspended by SIGTERM.
    Terminated = 143,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The command line, with its examples.
fn command() -> clap::Command {
    examples::added(Arguments::command())
}

/// Run the program on the command line it was started with.
#[must_use]
pub fn main() -> ExitCode {
    terminal::tame_panics();
    let said = command().get_matches();
    let arguments = Arguments::from_arg_matches(&said).expect("clap has checked it");
    terminal::choose_color(arguments.color);
    let exit = match arguments.command {
        Command::Check(check) => check::run(&check),
        Command::Init(init) => init::run(&init),
        Command::New(new) => new::run(&new),
        Command::List(list) => list::run(&list),
        Command::Audit(audit) => audit::run(&audit),
        Command::Rule(rule) => rule::run(&rule),
        Command::Config(config) => config::run(&config),
        Command::Completions(completions) => completions::run(&completions),
        Command::Man(man) => man::run(&man),
        Command::Runner(command) => runner::run(&command),
    };
    exit.into()
}

/// Run a workflow: `execute-task NAME …` is `wf run NAME …`.
#[must_use]
pub fn execute_task() -> ExitCode {
    terminal::tame_panics();
    let said = examples::added_to_task(runner::Task::command()).get_matches();
    let task = runner::Task::from_arg_matches(&said).expect("clap has checked it");
    terminal::choose_color(task.color);
    runner::run(&runner::Command::Run(task.run)).into()
}

/// What stands below the help of `wf check`.
fn formats_and_exit_codes() -> String {
    let mut text = "Formats:\n".to_owned();
    for format in report::FORMATS {
        text.push_str(&format!("  {:<11} {}\n", format.name, format.readers));
    }
    text.push_str("\nExit codes:\n  0  nothing at or above --fail-on\n  1  findings\n");
    text.push_str("  2  wrong usage or configuration, or a path that cannot be read");
    text
}
