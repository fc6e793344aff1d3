//! The examples that stand below the help of each command, and in its page of the manual.

use anstyle::Style;
use clap::Command;

/// A command line, and what it is for.
type Example = (&'static str, &'static str);

/// The examples of each command, by its words after `wf`.
const EXAMPLES: &[(&str, &[Example])] = &[
    (
        "",
        &[
            ("wf check", "lint all workflows of this project"),
            ("wf check workflows/release.md", "lint one document"),
            (
                "wf init --pre-commit",
                "set a project up, and check each commit",
            ),
            (
                "wf new release --owner platform",
                "a workflow from the template, and its entry",
            ),
            ("wf list", "every workflow, its owner and its audit"),
            (
                "wf audit --stamp release",
                "write down that it was audited today",
            ),
            ("wf rule missing-rollback", "what a rule is about"),
            ("wf config show", "every setting, and where it comes from"),
            (
                "wf plan release VERSION=1.4.0",
                "what a run would do, and would undo",
            ),
            ("wf run release VERSION=1.4.0", "do it"),
        ],
    ),
    (
        "check",
        &[
            ("wf check", "all workflows of this project"),
            ("wf check workflows/release.md", "one document"),
            (
                "wf check - --stdin-path workflows/a.md < a.md",
                "what is not saved yet",
            ),
            (
                "wf check --fail-on warning --statistics",
                "warnings count too",
            ),
            ("wf check --only missing-rollback", "one rule alone"),
            (
                "wf check --write-baseline wf-baseline.json",
                "all that is found is known",
            ),
            (
                "wf check --baseline wf-baseline.json",
                "report only what is new",
            ),
            (
                "wf check --format sarif --output-file wf.sarif",
                "for code scanning",
            ),
        ],
    ),
    (
        "init",
        &[
            ("wf init", "show what is to be written, and ask"),
            (
                "wf init --yes --pre-commit --github",
                "and check each commit and each push",
            ),
        ],
    ),
    (
        "new",
        &[
            ("wf new release", "workflows/release.md"),
            (
                "wf new ops/certificates --owner platform",
                "in a folder, with its owner",
            ),
        ],
    ),
    (
        "list",
        &[
            ("wf list", "the table"),
            ("wf list --format json", "the same for programs"),
        ],
    ),
    (
        "audit",
        &[
            ("wf audit", "when each audit runs out, the soonest first"),
            (
                "wf audit --stamp release",
                "it was audited today: ask, and write that down",
            ),
        ],
    ),
    (
        "rule",
        &[
            ("wf rule", "all rules"),
            (
                "wf rule missing-rollback",
                "what one is about, with its cases",
            ),
        ],
    ),
    (
        "config",
        &[("wf config show", "every setting, and where it comes from")],
    ),
    (
        "config show",
        &[
            ("wf config show", "what holds in the current folder"),
            (
                "wf config show --isolated",
                "what holds without any wf.toml",
            ),
        ],
    ),
    (
        "config schema",
        &[(
            "wf config schema > wf.schema.json",
            "for `#:schema wf.schema.json` in wf.toml",
        )],
    ),
    (
        "run",
        &[
            (
                "wf run release VERSION=1.4.0",
                "show the plan, ask, and do it",
            ),
            ("wf run release VERSION=1.4.0 --yes", "without asking"),
            ("wf run release TOKEN=@token.txt", "a secret from a file"),
            ("wf run release --dry-run", "the plan alone"),
        ],
    ),
    (
        "plan",
        &[
            (
                "wf plan release VERSION=1.4.0",
                "each command, and what would undo it",
            ),
            (
                "wf plan release -o release.plan",
                "for `wf run release --plan release.plan`",
            ),
        ],
    ),
    (
        "resume",
        &[
            ("wf resume", "the only run that is not finished"),
            ("wf resume --retry", "what was in flight is done again"),
            ("wf resume --rollback", "undo what was done"),
        ],
    ),
    (
        "confirm",
        &[
            ("wf confirm", "the only item that waits"),
            (
                "wf confirm --item 3.1 --evidence \"ticket 512\"",
                "with what shows it",
            ),
        ],
    ),
    (
        "reject",
        &[(
            "wf reject --reason \"the window is over\"",
            "what was done is undone",
        )],
    ),
    (
        "rollback",
        &[
            ("wf rollback", "undo the run that is not finished"),
            ("wf rollback --skip 2", "leave step 2 as it is, and go on"),
        ],
    ),
    (
        "runs",
        &[
            ("wf runs", "the newest first"),
            ("wf runs show", "the newest again"),
        ],
    ),
    (
        "runs show",
        &[
            (
                "wf runs show --verify",
                "whether the newest record is whole",
            ),
            ("wf runs show --output 2.1", "what a command wrote"),
        ],
    ),
    (
        "runs prune",
        &[
            (
                "wf runs prune --keep 20",
                "keep the newest of each workflow",
            ),
            ("wf runs prune --older-than 90d", "remove what ended before"),
        ],
    ),
    (
        "runs abandon",
        &[("wf runs abandon RUN", "its workflow can be run again")],
    ),
    (
        "completions",
        &[
            (
                "wf completions bash > ~/.local/share/bash-completion/completions/wf",
                "",
            ),
            ("wf completions zsh > ~/.zfunc/_wf", ""),
            (
                "wf completions fish > ~/.config/fish/completions/wf.fish",
                "",
            ),
        ],
    ),
    (
        "man",
        &[
            ("wf man | man -l -", "read the page of wf"),
            ("wf man config show | man -l -", "that of a command"),
            (
                "wf man --output-dir ~/.local/share/man/man1",
                "all of them, for `man wf-check`",
            ),
        ],
    ),
];

/// A command with its examples below its help, and so the commands in it.
pub fn added(command: Command) -> Command {
    below(command, "")
}

/// The command `execute-task`, with the examples of `wf run` below its help.
pub fn added_to_task(command: Command) -> Command {
    let (_, examples) = EXAMPLES
        .iter()
        .find(|(name, _)| *name == "run")
        .expect("`wf run` has examples");
    with(command, shown(examples).replace("wf run ", "execute-task "))
}

fn below(command: Command, words: &str) -> Command {
    let command = command.mut_subcommands(|inner| {
        let words = format!("{words} {}", inner.get_name());
        below(inner, words.trim_start())
    });
    let Some((_, examples)) = EXAMPLES.iter().find(|(name, _)| *name == words) else {
        return command;
    };
    with(command, shown(examples))
}

/// A command with a text above what stands below its help.
fn with(command: Command, text: String) -> Command {
    let mut text = text;
    if let Some(help) = command.get_after_help() {
        text.push_str(&format!("\n{help}"));
    }
    command.after_help(headed(&text))
}

fn shown(examples: &[Example]) -> String {
    let width = examples.iter().map(|(line, _)| line.len()).max();
    let width = width.unwrap_or(0);
    let mut text = "Examples:\n".to_owned();
    for (line, about) in examples {
        text.push_str(format!("  {line:<width$}  {about}").trim_end());
        text.push('\n');
    }
    text
}

/// A text whose headings look like those that clap writes.
fn headed(text: &str) -> String {
    let style = Style::new().bold().underline();
    let lines = text.lines().map(|line| {
        let is_heading = line.ends_with(':') && !line.starts_with(' ');
        if is_heading {
            format!("{style}{line}{style:#}")
        } else {
            line.to_owned()
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli;

    /// The words of a line as a shell has them, without what it pipes, reads and writes.
    fn words(line: &str) -> Vec<String> {
        let line = line
            .split([' ', '\n'])
            .take_while(|word| !["|", ">", "<"].contains(word));
        let line = line.collect::<Vec<_>>().join(" ");
        let mut words = Vec::new();
        for (at, part) in line.split('"').enumerate() {
            match at % 2 {
                0 => words.extend(part.split_whitespace().map(str::to_owned)),
                _ => words.push(part.to_owned()),
            }
        }
        words
    }

    #[test]
    fn every_example_is_a_command_line() {
        for (name, examples) in EXAMPLES {
            for (line, _) in *examples {
                let read = cli::command().try_get_matches_from(words(line));
                assert!(read.is_ok(), "{name}: {line}: {read:?}");
            }
        }
    }

    #[test]
    fn no_line_is_wider_than_a_small_terminal() {
        for (name, examples) in EXAMPLES {
            for line in shown(examples).lines() {
                assert!(line.len() < 80, "{name}: {line}");
            }
        }
        let task = added_to_task(Command::new("execute-task"));
        let help = task.get_after_help().expect("it has examples").to_string();
        for line in help.lines() {
            assert!(line.len() < 80, "execute-task: {line}");
        }
    }

    #[test]
    fn every_command_has_examples() {
        fn walk(command: &Command, words: &str) {
            for inner in command.get_subcommands() {
                let words = format!("{words}{}", inner.get_name());
                assert!(
                    EXAMPLES.iter().any(|(name, _)| *name == words),
                    "`wf {words}` has no examples"
                );
                walk(inner, &format!("{words} "));
            }
        }
        walk(&cli::command(), "");
        for (name, _) in EXAMPLES {
            let mut command = &cli::command();
            for word in name.split_whitespace() {
                command = command.find_subcommand(word).expect("the command is there");
            }
        }
    }
}
