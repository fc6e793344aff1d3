//! The current folder's project, and every workflow document in it.
#![expect(
    clippy::disallowed_methods,
    reason = "this is where the current folder is asked for"
)]

use std::collections::BTreeSet;
use std::path::PathBuf;

use chrono::NaiveDate;

use crate::cli::failure::Failure;
use crate::cli::project::Projects;
use crate::cli::project::Wishes;
use crate::files;
use crate::files::Root;
use crate::lint::Project;
use crate::parse::listing;

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
