//! `wf config`.
#![expect(
    clippy::disallowed_methods,
    reason = "this is where the current folder is asked for"
)]

use anstyle::Style;

use crate::cli::Exit;
use crate::cli::arguments::ConfigArguments;
use crate::cli::arguments::ConfigCommand;
use crate::cli::arguments::ConfigFormat;
use crate::cli::arguments::ShowArguments;
use crate::cli::failure::Failure;
use crate::cli::project;
use crate::cli::terminal;
use crate::config;
use crate::files;
use crate::lint::Levels;
use crate::report;
use crate::report::schema;
use crate::report::settings::Settings;

/// Write what is in force, or the schema of what may be written.
pub fn run(arguments: &ConfigArguments) -> Exit {
    let text = match &arguments.command {
        ConfigCommand::Show(arguments) => show(arguments),
        ConfigCommand::Schema => Ok(report::json(&schema::schema())),
    };
    let written = text.and_then(|text| {
        terminal::write(|out| out.write_all(text.as_bytes()))
            .map_err(|source| Failure::UnwritableOutput { source })
    });
    match written {
        Ok(()) => Exit::Clean,
        Err(failure) => {
            terminal::fail(&failure);
            Exit::Unusable
        }
    }
}

fn show(arguments: &ShowArguments) -> Result<String, Failure> {
    let current = std::env::current_dir().map_err(|source| Failure::NoCurrentFolder { source })?;
    let root = files::root_of(&current, &current, arguments.isolated);
    let file = match &arguments.config {
        Some(file) => Some(files::normal(&current, file)),
        None => root.has_config.then(|| root.folder.join(config::FILE_NAME)),
    };
    let source = file
        .map(|file| project::text(&current, &file))
        .transpose()?;
    if let Some(source) = &source {
        // A configuration that no document could be judged by is not in force either.
        Levels::of(&config::read(source)?)?;
    }
    let settings = Settings::of(source.as_ref(), project::shown(&current, &root.folder));
    Ok(match arguments.output_format {
        ConfigFormat::Json => report::json(&settings.json()),
        ConfigFormat::Toml if terminal::view(false).color => settings.toml(Style::new().dimmed()),
        ConfigFormat::Toml => settings.toml(Style::new()),
    })
}
