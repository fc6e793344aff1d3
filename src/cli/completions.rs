//! `wf completions`.

use clap::Command;
use clap::builder::PossibleValue;

use crate::cli;
use crate::cli::Exit;
use crate::cli::arguments::CompletionsArguments;
use crate::cli::arguments::Shell;
use crate::cli::failure::Failure;
use crate::cli::terminal;

/// Write the script that completes the command line in a shell.
pub fn run(arguments: &CompletionsArguments) -> Exit {
    let shell = match arguments.shell {
        Shell::Bash => clap_complete::Shell::Bash,
        Shell::Zsh => clap_complete::Shell::Zsh,
        Shell::Fish => clap_complete::Shell::Fish,
    };
    let mut command = cli::command();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "wf", &mut script);
    if arguments.shell == Shell::Fish {
        script.extend(fish_values(&command).bytes());
    }
    match terminal::write(|out| out.write_all(&script)) {
        Ok(()) => Exit::Clean,
        Err(source) => {
            terminal::fail(&Failure::UnwritableOutput { source });
            Exit::Unusable
        }
    }
}

/// What clap leaves out for fish: the values of arguments that are no options.
fn fish_values(command: &Command) -> String {
    let mut lines = String::new();
    for inner in command.get_subcommands() {
        for argument in inner.get_positionals() {
            let values = argument.get_possible_values();
            let values: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
            if !values.is_empty() {
                lines.push_str(&format!(
                    "complete -c wf -n \"__fish_wf_using_subcommand {}\" -f -a \"{}\"\n",
                    inner.get_name(),
                    values.join(" ")
                ));
            }
        }
    }
    lines
}
