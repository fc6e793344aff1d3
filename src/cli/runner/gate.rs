//! The gate: from a workflow's name to a plan, by way of a clean judgement of its document's bytes.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use crate::cli::clock;
use crate::cli::collect;
use crate::cli::collect::Work;
use crate::cli::failure;
use crate::cli::inventory;
use crate::cli::inventory::Inventory;
use crate::cli::runner::arguments::EventFormat;
use crate::cli::runner::failure::Failure;
use crate::cli::terminal;
use crate::diagnostic::Severity;
use crate::files;
use crate::lint;
use crate::lint::Report;
use crate::lint::Validated;
use crate::nearest;
use crate::parse::value;
use crate::plan;
use crate::plan::Plan;
use crate::report;

/// What passed the gate.
pub struct Passed {
    /// The project.
    pub inventory: Inventory,
    /// The document.
    pub validated: Validated,
    /// What it asks for.
    pub plan: Plan,
}

/// Where findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Findings {
    /// On standard output, as `wf check` does.
    Output,
    /// On standard error: standard output is for programs.
    Error,
}

impl Findings {
    /// Where they are written beside events in a format.
    pub fn of(format: EventFormat) -> Self {
        match format {
            EventFormat::Text => Self::Output,
            EventFormat::Json => Self::Error,
        }
    }
}

/// Bring a workflow through the gate. What keeps it out is written; warnings and suppressed findings are counted.
pub fn pass(name: &str, strict: bool, findings: Findings) -> Result<Passed, Failure> {
    let today = clock::today(None)?;
    let inventory = inventory::take(today)?;
    let path = find(&inventory, name)?;
    let shown = inventory.project.shown(&path);
    let file = inventory.root.folder.join(&path);
    let bytes = files::read(&file).map_err(|source| failure::Failure::Unreadable {
        path: shown.clone(),
        source,
    })?;
    let refused = if strict {
        Severity::Warning
    } else {
        Severity::Error
    };
    let project = &inventory.project;
    let disk = collect::disk(project, None);
    let folders = collect::workflow_directories(project, &directories(&inventory, &path), None);
    let (report, validated) = lint::validate(project, &path, &bytes, folders, &disk, refused);
    let Some(validated) = validated else {
        write(&report, findings).map_err(|source| failure::Failure::UnwritableOutput { source })?;
        return Err(Failure::Invalid {
            path: shown,
            count: report::summary::line(&report, false),
        });
    };
    if !report.findings.is_empty() || !report.suppressed.is_empty() {
        let count = report::summary::line(&report, false);
        terminal::notice(&format!("{count}; `wf check {shown}` shows them"));
    }
    let plan = plan::build(project, &validated)?;
    Ok(Passed {
        inventory,
        validated,
        plan,
    })
}

/// The document of a name: a path, or a name that leads to one document.
fn find(inventory: &Inventory, name: &str) -> Result<String, Failure> {
    let project = &inventory.project;
    let file = files::normal(&project.current, Path::new(name));
    let path = files::relative(&inventory.root.folder, &file);
    if inventory.documents.contains(&path) {
        return Ok(path);
    }
    if name.contains('/') || Path::new(name).extension().is_some() {
        let source = match files::kind(&file) {
            Err(source) => source,
            Ok(_) => io::Error::other("it is no document of this project's workflow directories"),
        };
        let path = name.to_owned();
        return Err(failure::Failure::Unreadable { path, source }.into());
    }
    let wanted = value::workflow_name(name);
    let is_meant = |path: &&String| value::workflow_name(value::stem(path)) == wanted;
    let found: Vec<&String> = inventory.documents.iter().filter(is_meant).collect();
    match found[..] {
        [path] => Ok(path.clone()),
        [] => {
            let names = inventory.documents.iter().map(|path| value::stem(path));
            let help = match nearest::nearest(name, names) {
                Some(nearest) => format!("did you mean `{nearest}`? `wf list` shows them all"),
                None => "the project has no workflows; `wf check` says where they are looked for"
                    .to_owned(),
            };
            let name = name.to_owned();
            Err(Failure::NoWorkflow { name, help })
        }
        _ => {
            let documents: Vec<String> = found
                .iter()
                .map(|path| format!("`{}`", project.shown(path)))
                .collect();
            Err(Failure::AmbiguousWorkflow {
                name: name.to_owned(),
                documents: documents.join(", "),
            })
        }
    }
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

fn write(report: &Report, findings: Findings) -> io::Result<()> {
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
