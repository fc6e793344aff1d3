//! What may be said of each command but those that run workflows.

use std::ffi::OsStr;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Arg;
use clap::Args;
use clap::Command;
use clap::Error;
use clap::Subcommand;
use clap::ValueEnum;
use clap::builder::PossibleValue;
use clap::builder::TypedValueParser;

use crate::diagnostic::Level;
use crate::report;
use crate::report::Format;
use crate::rules;
use crate::rules::RULES;

#[derive(Debug, Args)]
pub(in crate::cli) struct CheckArguments {
    /// Documents, or folders of them; `-` for standard input. Without any, the configured workflow directories
    pub(in crate::cli) paths: Vec<PathBuf>,

    /// The path that standard input stands at
    #[arg(long, value_name = "PATH")]
    pub(in crate::cli) stdin_path: Option<PathBuf>,

    /// Set a rule's level: error, warning, info or off
    #[arg(long, value_name = "RULE=LEVEL", value_parser = rule_level)]
    pub(in crate::cli) severity: Vec<(usize, Level)>,

    /// Run these rules alone
    #[arg(long, value_name = "RULE", value_parser = Rule, hide_possible_values = true, value_delimiter = ',')]
    pub(in crate::cli) only: Vec<usize>,

    /// The weight of findings from which the exit code is 1
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    pub(in crate::cli) fail_on: FailOn,

    /// The day to judge dates by, instead of today (UTC)
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(in crate::cli) today: Option<NaiveDate>,

    /// How findings are written
    #[arg(long, visible_alias = "format", value_name = "FORMAT", value_parser = OutputFormat, hide_possible_values = true)]
    pub(in crate::cli) output_format: Option<&'static Format>,

    /// Write findings to a file
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) output_file: Option<PathBuf>,

    /// Mend in the files what can be mended without changing what they mean
    #[arg(long)]
    pub(in crate::cli) fix: bool,

    /// Mend also what a person should look at afterwards, such as parts that are missing
    #[arg(long)]
    pub(in crate::cli) unsafe_fixes: bool,

    /// Show what would be mended, and change nothing; the exit code is 1 if anything would
    #[arg(long, conflicts_with_all = ["output_file", "output_format", "write_baseline"])]
    pub(in crate::cli) diff: bool,

    /// Report only findings that are not in this baseline
    #[arg(long, value_name = "FILE", conflicts_with = "write_baseline")]
    pub(in crate::cli) baseline: Option<PathBuf>,

    /// Take all findings as known, and write them down: in this file, or in the `baseline` of wf.toml
    #[arg(long, value_name = "FILE")]
    #[expect(
        clippy::option_option,
        reason = "whether it is said, and whether with a file"
    )]
    pub(in crate::cli) write_baseline: Option<Option<PathBuf>>,

    /// Count the findings of each rule
    #[arg(long)]
    pub(in crate::cli) statistics: bool,

    /// Let it pass that there is nothing to check
    #[arg(long)]
    pub(in crate::cli) allow_empty: bool,

    /// Use this configuration file
    #[arg(long, value_name = "FILE", conflicts_with = "isolated")]
    pub(in crate::cli) config: Option<PathBuf>,

    /// Ignore every wf.toml
    #[arg(long)]
    pub(in crate::cli) isolated: bool,

    /// Findings alone: no summary, no notices
    #[arg(short, long)]
    pub(in crate::cli) quiet: bool,

    /// Say which configuration and template are used
    #[arg(short, long, conflicts_with = "quiet")]
    pub(in crate::cli) verbose: bool,
}

/// The weight of findings from which a check fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum FailOn {
    Error,
    Warning,
    /// Findings never make it fail
    Never,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct InitArguments {
    /// Check each commit, with pre-commit or prek: .pre-commit-config.yaml
    #[arg(long)]
    pub(in crate::cli) pre_commit: bool,

    /// Check each push and pull request on GitHub: .github/workflows/wf.yml
    #[arg(long)]
    pub(in crate::cli) github: bool,

    /// Check from VS Code, findings in their places: .vscode/tasks.json
    #[arg(long)]
    pub(in crate::cli) vscode: bool,

    /// Write without asking
    #[arg(short, long)]
    pub(in crate::cli) yes: bool,

    /// The day of the example's audit, instead of today (UTC)
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(in crate::cli) today: Option<NaiveDate>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct NewArguments {
    /// The name by which it is asked for, and of its file without `.md`; with folders before it, in the first
    /// workflow directory: `release`, `ops/certificates`
    pub(in crate::cli) name: String,

    /// Its title; else made of the name
    #[arg(long)]
    pub(in crate::cli) title: Option<String>,

    /// Whose it is, for the header
    #[arg(long)]
    pub(in crate::cli) owner: Option<String>,

    /// What it is for, for the header and the index
    #[arg(long)]
    pub(in crate::cli) purpose: Option<String>,

    /// The day of its audit, instead of today (UTC)
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(in crate::cli) today: Option<NaiveDate>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ListArguments {
    /// The day to reckon audits by, instead of today (UTC)
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(in crate::cli) today: Option<NaiveDate>,

    /// How the table is written
    #[arg(
        long,
        visible_alias = "format",
        value_name = "FORMAT",
        default_value = "text"
    )]
    pub(in crate::cli) output_format: TableFormat,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct AuditArguments {
    /// The workflows, by name or by their documents' paths; all without any
    #[arg(value_name = "NAME", required_if_eq("stamp", "true"))]
    pub(in crate::cli) names: Vec<String>,

    /// Write today's date into LAST-AUDITED of these workflows, if all else in them is valid
    #[arg(long)]
    pub(in crate::cli) stamp: bool,

    /// Write without asking
    #[arg(short, long, requires = "stamp")]
    pub(in crate::cli) yes: bool,

    /// The day to reckon audits by, and to write, instead of today (UTC)
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(in crate::cli) today: Option<NaiveDate>,

    /// How the table is written
    #[arg(
        long,
        visible_alias = "format",
        value_name = "FORMAT",
        default_value = "text",
        conflicts_with = "stamp"
    )]
    pub(in crate::cli) output_format: TableFormat,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct RuleArguments {
    /// The rule
    #[arg(value_parser = Rule, hide_possible_values = true)]
    pub(in crate::cli) id: Option<usize>,

    /// How the table is written
    #[arg(
        long,
        visible_alias = "format",
        value_name = "FORMAT",
        default_value = "text"
    )]
    pub(in crate::cli) output_format: TableFormat,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ConfigArguments {
    #[command(subcommand)]
    pub(in crate::cli) command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ConfigCommand {
    /// Show every value that holds in the current folder, and where it comes from
    Show(ShowArguments),
    /// Print the JSON Schema of wf.toml, for editors
    Schema,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ShowArguments {
    /// Show this configuration file
    #[arg(long, value_name = "FILE", conflicts_with = "isolated")]
    pub(in crate::cli) config: Option<PathBuf>,

    /// Show what holds without any wf.toml
    #[arg(long)]
    pub(in crate::cli) isolated: bool,

    /// How the configuration is written
    #[arg(
        long,
        visible_alias = "format",
        value_name = "FORMAT",
        default_value = "toml"
    )]
    pub(in crate::cli) output_format: ConfigFormat,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct CompletionsArguments {
    /// The shell
    pub(in crate::cli) shell: Shell,
}

/// The shells whose command lines are completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Shell {
    Bash,
    Zsh,
    Fish,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ManArguments {
    /// The command, such as `config show`; the program as a whole without it
    pub(in crate::cli) command: Vec<String>,

    /// Write the pages of all commands to this folder
    #[arg(long, value_name = "FOLDER", conflicts_with = "command")]
    pub(in crate::cli) output_dir: Option<PathBuf>,
}

/// How the configuration is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ConfigFormat {
    /// As a `wf.toml`, with comments
    Toml,
    Json,
}

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum TableFormat {
    Text,
    Json,
}

/// Reads a rule's id; completions offer all of them.
#[derive(Clone)]
struct Rule;

impl TypedValueParser for Rule {
    type Value = usize;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<usize, Error> {
        TypedValueParser::parse_ref(&rule_id, command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let ids = RULES.iter().map(|rule| PossibleValue::new(rule.id));
        Some(Box::new(ids))
    }
}

/// Reads an output format's name; completions offer all of them.
#[derive(Clone)]
struct OutputFormat;

impl TypedValueParser for OutputFormat {
    type Value = &'static Format;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<&'static Format, Error> {
        TypedValueParser::parse_ref(&output_format, command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let names = report::FORMATS.iter();
        let names = names.map(|format| PossibleValue::new(format.name));
        Some(Box::new(names))
    }
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

pub(in crate::cli) fn day(text: &str) -> Result<NaiveDate, String> {
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
