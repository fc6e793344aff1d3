//! `wf man`.
#![expect(
    clippy::disallowed_methods,
    reason = "this is where the current folder is asked for"
)]

use std::path::Path;

use clap::Command;
use clap_mangen::Man;

use crate::cli;
use crate::cli::Exit;
use crate::cli::arguments::ManArguments;
use crate::cli::failure::Failure;
use crate::cli::terminal;
use crate::files;
use crate::files::Change;
use crate::report::summary;

/// A page: the name of its file, and its text.
struct Page {
    name: String,
    text: Vec<u8>,
}

/// Write the manual.
pub fn run(arguments: &ManArguments) -> Exit {
    man(arguments).unwrap_or_else(|failure| {
        terminal::fail(&failure);
        Exit::Unusable
    })
}

fn man(arguments: &ManArguments) -> Result<Exit, Failure> {
    let mut pages = Vec::new();
    let mut command = cli::command().disable_help_subcommand(true);
    command.build();
    collect(&command, &mut pages);
    if let Some(folder) = &arguments.output_dir {
        write(&pages, folder)?;
        return Ok(Exit::Clean);
    }
    let words = std::iter::once("wf").chain(arguments.command.iter().map(String::as_str));
    let name = words.collect::<Vec<_>>().join("-");
    let page = pages.iter().find(|page| page.name == format!("{name}.1"));
    let page = page.ok_or_else(|| Failure::NoCommand {
        command: name.replace('-', " "),
    })?;
    terminal::write(|out| out.write_all(&page.text))
        .map_err(|source| Failure::UnwritableOutput { source })?;
    Ok(Exit::Clean)
}

/// The pages of a command and of those below it.
fn collect(command: &Command, pages: &mut Vec<Page>) {
    let name = command.get_display_name().unwrap_or(command.get_name());
    let notes = command.get_after_long_help().or(command.get_after_help());
    let notes = notes.map(ToString::to_string).unwrap_or_default();
    let bare = command
        .clone()
        .after_help(None::<&str>)
        .after_long_help(None::<&str>);
    let mut text = Vec::new();
    let man = Man::new(bare).source(concat!("wf ", env!("CARGO_PKG_VERSION")));
    man.render(&mut text)
        .expect("writing to memory does not fail");
    text.extend(sections(&notes).bytes());
    pages.push(Page {
        name: format!("{name}.1"),
        text,
    });
    for inner in command
        .get_subcommands()
        .filter(|inner| !inner.is_hide_set())
    {
        collect(inner, pages);
    }
}

/// What stands below a command's help as sections whose lines stay as they are.
fn sections(notes: &str) -> String {
    let mut text = String::new();
    for block in notes.split("\n\n").filter(|block| !block.is_empty()) {
        let (title, lines) = block.split_once(':').unwrap_or(("Notes", block));
        text.push_str(&format!(".SH {}\n.nf\n", title.trim().to_uppercase()));
        for line in lines.lines().filter(|line| !line.trim().is_empty()) {
            // What begins a request, or an escape, is text here.
            let line = line.trim_end().replace('\\', "\\e").replace('-', "\\-");
            text.push_str(&format!("\\&{line}\n"));
        }
        text.push_str(".fi\n");
    }
    text
}

fn write(pages: &[Page], folder: &Path) -> Result<(), Failure> {
    let current = std::env::current_dir().map_err(|source| Failure::NoCurrentFolder { source })?;
    let folder = files::normal(&current, folder);
    let changes = pages.iter().map(|page| {
        let path = folder.join(&page.name);
        Change {
            before: files::read(&path).ok(),
            path,
            after: page.text.clone(),
        }
    });
    let changes: Vec<Change> = changes.collect();
    files::write_together(&changes).map_err(|(path, source)| Failure::NotWritten {
        path: files::relative(&current, &path),
        source,
    })?;
    let shown = files::relative(&current, &folder);
    let told = summary::counted(changes.len(), "page");
    terminal::notice(&format!("wrote {told} to `{shown}`"));
    Ok(())
}
