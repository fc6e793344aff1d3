//! The current folder's project, and every workflow document in it.
#![expect(
    clippy::disallowed_methods,
    reason = "this is where the current folder is asked for"
)]

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use chrono::NaiveDate;

use crate::cli::failure::Failure;
use crate::cli::project::Projects;
use crate::cli::project::Wishes;
use crate::files;
use crate::files::Root;
use crate::lint::Project;
use crate::nearest;
use crate::parse;
use crate::parse::listing;
use crate::parse::value;
use crate::printable;
use crate::scaffold;
use crate::scaffold::Facts;
use crate::scaffold::name;
use crate::source::Source;

/// A project with its documents.
pub struct Inventory {
    /// Where the project is.
    pub root: Root,
    /// The project.
    pub project: Project,
    /// The paths of its documents, relative to its root, in order.
    pub documents: BTreeSet<String>,
    /// What could not be read.
    pub failures: Vec<Failure>,
}

/// Find the current folder's project and its documents.
pub fn take(today: NaiveDate) -> Result<Inventory, Failure> {
    let current = std::env::current_dir().map_err(|source| Failure::NoCurrentFolder { source })?;
    let mut projects = Projects::new(Wishes::default(), current.clone(), today);
    let root = projects.root(&current);
    if projects.load(&root).is_none() {
        return Err(projects.failures.remove(0));
    }
    let mut found = Vec::new();
    let mut failures = Vec::new();
    let project = projects.list.remove(0);
    for path in &project.config.paths {
        let folder = root.folder.join(path);
        let (documents, unread) = files::documents(&folder, &root.folder, &project.config.exclude);
        found.extend(documents);
        failures.extend(unread);
    }
    // A project inside this one keeps its documents to itself.
    found.retain(|path: &PathBuf| {
        let folder = path.parent().unwrap_or(path);
        projects.root(folder).folder == root.folder
    });
    let documents = found
        .iter()
        .map(|path| files::relative(&root.folder, path))
        .filter(|path| !listing::is_index(path));
    let failures = failures
        .into_iter()
        .map(|(path, reason)| Failure::UnreadablePath {
            path: files::relative(&current, &path),
            reason,
        });
    Ok(Inventory {
        documents: documents.collect(),
        failures: failures.collect(),
        root,
        project,
    })
}

/// The document of a name: a path, or a name that leads to one document.
pub fn find(inventory: &Inventory, name: &str) -> Result<String, Failure> {
    let project = &inventory.project;
    let file = files::normal(&project.current, Path::new(name));
    let path = files::relative(&inventory.root.folder, &file);
    if inventory.documents.contains(&path) {
        return Ok(path);
    }
    let unreadable = || {
        let source = match files::kind(&file) {
            Err(source) => source,
            Ok(_) => io::Error::other("it is no document of this project's workflow directories"),
        };
        let path = name.to_owned();
        Failure::Unreadable { path, source }
    };
    if name.contains('/') || listing::is_markdown(name) {
        return Err(unreadable());
    }
    let wanted = value::workflow_name(name);
    let is_meant = |path: &&String| value::workflow_name(value::stem(path)) == wanted;
    let found: Vec<&String> = inventory.documents.iter().filter(is_meant).collect();
    match found[..] {
        [path] => Ok(path.clone()),
        [] if files::is_there(&file) => Err(unreadable()),
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

/// An index with documents listed that are there: the text of one that is given, or a new one.
pub fn listed<'a>(
    project: &Project,
    index: &str,
    text: Option<String>,
    documents: impl IntoIterator<Item = &'a String>,
) -> String {
    let known: Vec<(&str, String, String)> = documents
        .into_iter()
        .map(|file| {
            let stem = value::stem(file);
            let title = title(project, file).unwrap_or_else(|| name::title(stem));
            (file.as_str(), value::workflow_name(stem), title)
        })
        .collect();
    let facts: Vec<Facts<'_>> = known
        .iter()
        .map(|(file, name, title)| Facts {
            file,
            name,
            title,
            owner: None,
            purpose: None,
            today: project.today,
        })
        .collect();
    scaffold::listed(index, text, &facts)
}

/// A document's title, if it can be read.
fn title(project: &Project, file: &str) -> Option<String> {
    let bytes = files::read(&project.root.join(file)).ok()?;
    let bytes = (bytes.len() as u64 <= project.config.max_file_size).then_some(bytes)?;
    let source = Source::new(file, String::from_utf8(bytes).ok()?);
    let title = parse::document(source, &project.template).workflow.title?;
    Some(printable::one_line(&title.text))
}
