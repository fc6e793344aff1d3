//! The judgement of one document's bytes, before something is done with them.

use std::collections::BTreeMap;
use std::io;

use crate::cli::collect;
use crate::cli::collect::Work;
use crate::cli::inventory::Inventory;
use crate::cli::terminal;
use crate::diagnostic::Severity;
use crate::lint;
use crate::lint::Report;
use crate::lint::Role;
use crate::lint::Validated;
use crate::report;

/// Where findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Findings {
    /// On standard output, as `wf check` does.
    Output,
    /// On standard error: standard output is for programs.
    Error,
}

/// Judge bytes as those of the document at a path of the project.
pub fn judge(
    inventory: &Inventory,
    path: &str,
    bytes: &[u8],
    refused: Severity,
) -> (Report, Option<Validated>) {
    let project = &inventory.project;
    let disk = collect::disk(project, None);
    let folders = collect::workflow_directories(project, &directories(inventory, path), None);
    lint::validate(project, path, bytes, folders, &disk, refused)
}

/// What is found in bytes that are taken as those of the document or index at a path of the project.
pub fn report(inventory: &Inventory, path: &str, bytes: &[u8]) -> Report {
    let project = &inventory.project;
    let disk = collect::disk(project, None);
    let folders = collect::workflow_directories(project, &directories(inventory, path), None);
    lint::judge(project, path, Role::of(path), bytes, folders, &disk)
}

/// The workflow directories that hold a document: their rules may find something in it.
fn directories(inventory: &Inventory, path: &str) -> Work {
    let paths = inventory.project.config.paths.iter();
    let holds = paths.filter(|folder| collect::is_inside(folder, path));
    Work {
        folders: holds
            .map(|folder| (folder.clone(), None))
            .collect::<BTreeMap<_, _>>(),
        ..Work::default()
    }
}

/// Write what was found.
pub fn write(report: &Report, findings: Findings) -> io::Result<()> {
    match findings {
        Findings::Output => {
            let name = if terminal::is_output_terminal() {
                "full"
            } else {
                "concise"
            };
            let format = report::format(name).expect("the table has the defaults");
            terminal::write(|out| (format.render)(report, &terminal::view(false), out))
        }
        Findings::Error => {
            let format = report::format("concise").expect("the table has the defaults");
            let mut bytes = Vec::new();
            (format.render)(report, &terminal::view(false), &mut bytes)?;
            terminal::line(String::from_utf8_lossy(&bytes).trim_end());
            Ok(())
        }
    }
}
