//! The command line: what may be said, and what the exit code means.
mod check;
mod clock;
mod collect;
mod config;
mod failure;
mod init;
mod inventory;
mod list;
mod new;
mod progress;
mod project;
mod rule;
mod runner;
mod terminal;

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::Args;
use clap::Parser;
use clap::Subcommand;
use clap::ValueEnum;

use crate::diagnostic::Level;
use crate::report;
use crate::report::Format;
use crate::rules;

/// Lints Markdown workflow documents, and runs those that are valid.
#[derive(Debug, Parser)]
#[command(name = "wf", version, arg_required_else_help = true, after_help = AFTER_HELP)]
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

const AFTER_HELP: &str = "\
Examples:
  wf check                          lint the workflow directories of this project
  wf check workflows/release.md     lint one document
  wf check --format json | jq .     findings for programs
  wf init --pre-commit              set a project up, and check each commit
  wf new release --owner platform   a workflow from the template, listed in the index
  wf list                           every workflow, with its owner and the age of its audit
  wf rule missing-rollback          what a rule is about
  wf config show                    every setting, and where it comes from
  wf plan release VERSION=1.4.0     what a run would do, and what would undo it
  wf run release VERSION=1.4.0      do it

Exit codes: 0 nothing found, 1 findings, 2 wrong usage or configuration, or a path that cannot be read.";

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
    /// Explain a rule, or list them all
    Rule(RuleArguments),
    /// Show the configuration in force, or its JSON Schema
    Config(ConfigArguments),
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

#[derive(Debug, Args)]
struct CheckArguments {
    /// Documents, or folders of them; `-` for standard input. Without any, the configured workflow directories
    paths: Vec<PathBuf>,

    /// The path that standard input stands at
    #[arg(long, value_name = "PATH")]
    stdin_path: Option<PathBuf>,

    /// Set a rule's level: error, warning, info or off
    #[arg(long, value_name = "RULE=LEVEL", value_parser = rule_level)]
    severity: Vec<(usize, Level)>,

    /// Run these rules alone
    #[arg(long, value_name = "RULE", value_parser = rule_id, value_delimiter = ',')]
    only: Vec<usize>,

    /// The weight of findings from which the exit code is 1
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,

    /// The day to judge dates by, instead of today (UTC)
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    today: Option<NaiveDate>,

    /// How findings are written
    #[arg(long, visible_alias = "format", value_name = "FORMAT", value_parser = output_format)]
    output_format: Option<&'static Format>,

    /// Write findings to a file
    #[arg(long, value_name = "FILE")]
    output_file: Option<PathBuf>,

    /// Count the findings of each rule
    #[arg(long)]
    statistics: bool,

    /// Let it pass that there is nothing to check
    #[arg(long)]
    allow_empty: bool,

    /// Use this configuration file
    #[arg(long, value_name = "FILE", conflicts_with = "isolated")]
    config: Option<PathBuf>,

    /// Ignore every wf.toml
    #[arg(long)]
    isolated: bool,

    /// Findings alone: no summary, no notices
    #[arg(short, long)]
    quiet: bool,

    /// Say which configuration and template are used
    #[arg(short, long, conflicts_with = "quiet")]
    verbose: bool,
}

/// The weight of findings from which a check fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Error,
    Warning,
    /// Findings never make it fail
    Never,
}

#[derive(Debug, Args)]
struct InitArguments {
    /// Check each commit, with pre-commit or prek: .pre-commit-config.yaml
    #[arg(long)]
    pre_commit: bool,

    /// Check each push and pull request on GitHub: .github/workflows/wf.yml
    #[arg(long)]
    github: bool,

    /// Check from VS Code, findings in their places: .vscode/tasks.json
    #[arg(long)]
    vscode: bool,

    /// Write without asking
    #[arg(short, long)]
    yes: bool,

    /// The day of the example's audit, instead of today (UTC)
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    today: Option<NaiveDate>,
}

#[derive(Debug, Args)]
struct NewArguments {
    /// The name by which it is asked for, and of its file without `.md`; with folders before it, in the first
    /// workflow directory: `release`, `ops/certificates`
    name: String,

    /// Its title; else made of the name
    #[arg(long)]
    title: Option<String>,

    /// Whose it is, for the header
    #[arg(long)]
    owner: Option<String>,

    /// What it is for, for the header and the index
    #[arg(long)]
    purpose: Option<String>,

    /// The day of its audit, instead of today (UTC)
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    today: Option<NaiveDate>,
}

#[derive(Debug, Args)]
struct ListArguments {
    /// The day to reckon audits by, instead of today (UTC)
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    today: Option<NaiveDate>,

    /// How the table is written
    #[arg(
        long,
        visible_alias = "format",
        value_name = "FORMAT",
        default_value = "text"
    )]
    output_format: TableFormat,
}

#[derive(Debug, Args)]
struct RuleArguments {
    /// The rule
    #[arg(value_parser = rule_id)]
    id: Option<usize>,

    /// How the table is written
    #[arg(
        long,
        visible_alias = "format",
        value_name = "FORMAT",
        default_value = "text"
    )]
    output_format: TableFormat,
}

#[derive(Debug, Args)]
struct ConfigArguments {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Show every value that holds in the current folder, and where it comes from
    Show(ShowArguments),
    /// Print the JSON Schema of wf.toml, for editors
    Schema,
}

#[derive(Debug, Args)]
struct ShowArguments {
    /// Show this configuration file
    #[arg(long, value_name = "FILE", conflicts_with = "isolated")]
    config: Option<PathBuf>,

    /// Show what holds without any wf.toml
    #[arg(long)]
    isolated: bool,

    /// How the configuration is written
    #[arg(
        long,
        visible_alias = "format",
        value_name = "FORMAT",
        default_value = "toml"
    )]
    output_format: ConfigFormat,
}

/// How the configuration is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ConfigFormat {
    /// As a `wf.toml`, with comments
    Toml,
    Json,
}

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TableFormat {
    Text,
    Json,
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

/// Run the program on the command line it was started with.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    terminal::choose_color(arguments.color);
    let exit = match arguments.command {
        Command::Check(check) => check::run(&check),
        Command::Init(init) => init::run(&init),
        Command::New(new) => new::run(&new),
        Command::List(list) => list::run(&list),
        Command::Rule(rule) => rule::run(&rule),
        Command::Config(config) => config::run(&config),
        Command::Runner(command) => runner::run(&command),
    };
    exit.into()
}

/// Run a workflow: `execute-task NAME …` is `wf run NAME …`.
#[must_use]
pub fn execute_task() -> ExitCode {
    let task = runner::Task::parse();
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

fn rule_id(id: &str) -> Result<usize, String> {
    rules::find(id).ok_or_else(|| {
        format!(
            "there is no rule `{id}`; did you mean `{}`? `wf rule` lists them all",
            rules::nearest(id)
        )
    })
}

fn rule_level(text: &str) -> Result<(usize, Level), String> {
    let (id, name) = text
        .split_once('=')
        .ok_or("write it as RULE=LEVEL, for example `broken-link=error`")?;
    let level = Level::from_name(name).ok_or_else(|| {
        format!(
            "there is no level `{name}`; the levels are {}",
            Level::NAMES.join(", ")
        )
    })?;
    Ok((rule_id(id)?, level))
}

fn day(text: &str) -> Result<NaiveDate, String> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    // chrono also takes numbers without their leading zeros.
    day.filter(|day| day.to_string() == text)
        .ok_or_else(|| "write a day that there is, as YYYY-MM-DD".to_owned())
}

fn output_format(name: &str) -> Result<&'static Format, String> {
    let names: Vec<&str> = report::FORMATS.iter().map(|format| format.name).collect();
    report::format(name).ok_or_else(|| {
        format!(
            "there is no format `{name}`; the formats are {}",
            names.join(", ")
        )
    })
}
