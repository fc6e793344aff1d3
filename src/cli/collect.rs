//! What the paths on the command line name: documents, by project, and the workflow directories they lie in.

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;

use globset::GlobSet;

use crate::cli::arguments::CheckArguments;
use crate::cli::failure::Failure;
use crate::cli::project::Projects;
use crate::cli::project::shown;
use crate::files;
use crate::files::Disk;
use crate::files::Kind;
use crate::files::Root;
use crate::lint::Project;
use crate::lint::Role;
use crate::lint::Unit;
use crate::rule::Folder;
use crate::rule::Index;

/// What is to be checked in one project.
#[derive(Default)]
pub struct Work {
    /// The files, in order once all is collected.
    pub units: Vec<Unit>,
    /// The workflow directories, as configured, each with its files where all of it was walked.
    pub folders: BTreeMap<String, Option<Vec<String>>>,
}

impl Work {
    /// Take a file in.
    pub fn add(&mut self, path: String) {
        let role = Role::of(&path);
        self.units.push(Unit { path, role });
    }

    /// Put the files in order, each once.
    pub fn sort(&mut self) {
        self.units.sort_unstable();
        self.units.dedup();
    }
}

/// Sorts paths to projects.
pub struct Collector<'a> {
    /// The projects.
    pub projects: Projects<'a>,
    /// The work, by the project's place in the list.
    pub work: BTreeMap<usize, Work>,
    /// What went wrong.
    pub failures: Vec<Failure>,
    /// What is worth telling.
    pub notices: Vec<String>,
    /// Standard input: the project, the path and the bytes.
    pub overlay: Option<(usize, String, Vec<u8>)>,
    /// Whether a path was left out because the configuration excludes it.
    pub has_excluded: bool,
    current: PathBuf,
    has_named_config: bool,
    allow_empty: bool,
    /// How many documents were met while walking.
    walked: usize,
    /// Whether one configuration holds for all, so that no other is looked for.
    is_single_project: bool,
}

impl<'a> Collector<'a> {
    /// Nothing collected yet.
    pub fn new(projects: Projects<'a>, current: PathBuf, arguments: &CheckArguments) -> Self {
        Self {
            projects,
            work: BTreeMap::new(),
            failures: Vec::new(),
            notices: Vec::new(),
            overlay: None,
            has_excluded: false,
            current,
            has_named_config: arguments.config.is_some(),
            allow_empty: arguments.allow_empty,
            walked: 0,
            is_single_project: arguments.isolated || arguments.config.is_some(),
        }
    }

    /// Whether no workflow directory and no excluded path was met: then there was nothing to check at all.
    pub fn is_idle(&self) -> bool {
        let has_failed = !self.failures.is_empty() || !self.projects.failures.is_empty();
        !self.has_excluded && !has_failed && self.work.values().all(|work| work.folders.is_empty())
    }

    /// The configured workflow directories of the current folder's project.
    pub fn configured(&mut self) {
        let root = self.projects.root(&self.current.clone());
        let Some(at) = self.projects.load(&root) else {
            return;
        };
        let paths = self.projects.list[at].config.paths.clone();
        let is_there = |path: &String| files::kind(&root.folder.join(path)).is_ok();
        if !root.has_config && !self.has_named_config && !paths.iter().any(is_there) {
            if !self.allow_empty {
                self.failures.push(Failure::NothingToCheck {
                    folder: shown(&self.current, &root.folder),
                });
            }
            return;
        }
        for path in paths {
            let files = is_there(&path).then(|| self.walk(&root.folder.join(&path), &root, at));
            self.work.entry(at).or_default().folders.insert(path, files);
        }
    }

    /// A path of the command line.
    pub fn path(&mut self, path: &Path) {
        let absolute = files::normal(&self.current, path);
        match files::kind(&absolute) {
            Err(_) if self.allow_empty => {
                self.notices
                    .push(format!("`{}` is not there", files::slashed(path)));
            }
            Err(source) => self.failures.push(Failure::Unreadable {
                path: files::slashed(path),
                source,
            }),
            Ok(Kind::File) => self.file(&absolute),
            Ok(Kind::Folder) => self.folder(&absolute),
        }
    }

    /// Standard input, as if it stood at `path`.
    pub fn standard_input(&mut self, path: &Path, bytes: Vec<u8>) {
        let absolute = files::normal(&self.current, path);
        if files::kind(&absolute).is_ok_and(|kind| kind == Kind::Folder) {
            self.failures.push(Failure::FolderAsStandardInput {
                path: files::slashed(path),
            });
            return;
        }
        let root = self
            .projects
            .root(absolute.parent().unwrap_or(&self.current.clone()));
        let Some(at) = self.projects.load(&root) else {
            return;
        };
        self.overlay = Some((at, files::relative(&root.folder, &absolute), bytes));
        self.file(&absolute);
    }

    /// A file that is named, whatever its ending.
    fn file(&mut self, path: &Path) {
        let root = self.projects.root(path.parent().unwrap_or(path));
        let Some(at) = self.projects.load(&root) else {
            return;
        };
        let exclude = &self.projects.list[at].config.exclude;
        let mut above = path.ancestors().take_while(|part| *part != root.folder);
        if above.any(|part| files::is_excluded(part, &root.folder, exclude)) {
            self.exclude(path);
            return;
        }
        let path = files::relative(&root.folder, path);
        self.work_at(at, &path).add(path);
    }

    /// A project's work, the workflow directories that hold a path with it.
    fn work_at(&mut self, at: usize, path: &str) -> &mut Work {
        let paths = &self.projects.list[at].config.paths;
        let work = self.work.entry(at).or_default();
        for folder in paths.iter().filter(|folder| is_inside(folder, path)) {
            if !work.folders.contains_key(folder) {
                work.folders.insert(folder.clone(), None);
            }
        }
        work
    }

    /// A folder: the documents of the workflow directories in it, those of projects inside it included, or of the
    /// one that it lies in. Where there is none, every Markdown file below it.
    fn folder(&mut self, folder: &Path) {
        let mut roots = vec![self.projects.root(folder)];
        if !self.is_single_project {
            let inner = files::projects(folder);
            roots.extend(inner.iter().map(|inner| self.projects.root(inner)));
            roots.dedup();
        }
        let before = self.walked;
        let mut is_workflow = false;
        for root in &roots {
            is_workflow |= self.workflow_directories(folder, root);
        }
        let root = &roots[0];
        if !is_workflow && let Some(at) = self.projects.load(root) {
            self.walk(folder, root, at);
        }
        // Nothing at all in a folder of documents, though there is something: the configuration excludes it.
        let all = || files::documents(folder, &root.folder, &GlobSet::empty()).0;
        if self.walked == before && !self.is_above_workflows(folder, root) && !all().is_empty() {
            self.exclude(folder);
        }
    }

    /// Whether a workflow directory is configured below a folder.
    fn is_above_workflows(&mut self, folder: &Path, root: &Root) -> bool {
        let at = self.projects.load(root);
        at.is_none_or(|at| {
            let paths = self.projects.list[at].config.paths.iter();
            let mut directories = paths.map(|path| root.folder.join(path));
            directories.any(|directory| directory != folder && directory.starts_with(folder))
        })
    }

    fn exclude(&mut self, path: &Path) {
        self.has_excluded = true;
        let path = shown(&self.current, path);
        self.notices
            .push(format!("`{path}` is excluded by the configuration"));
    }

    /// The workflow directories of a project that lie in a folder, or hold it; whether there are any.
    fn workflow_directories(&mut self, folder: &Path, root: &Root) -> bool {
        let Some(at) = self.projects.load(root) else {
            return true;
        };
        let mut found = false;
        for path in self.projects.list[at].config.paths.clone() {
            let directory = if path.is_empty() {
                root.folder.clone()
            } else {
                root.folder.join(&path)
            };
            let is_meant = root.has_config || files::kind(&directory).is_ok();
            if folder == directory || directory.starts_with(folder) && is_meant {
                let files = self.walk(&directory, root, at);
                self.work
                    .entry(at)
                    .or_default()
                    .folders
                    .insert(path, Some(files));
            } else if folder.starts_with(&directory) {
                self.walk(folder, root, at);
            } else {
                continue;
            }
            found = true;
        }
        found
    }

    /// Take in all documents below a folder; returns those that belong to the project itself rather than to one
    /// inside it.
    fn walk(&mut self, folder: &Path, root: &Root, at: usize) -> Vec<String> {
        let exclude = self.projects.list[at].config.exclude.clone();
        let (found, failures) = files::documents(folder, &root.folder, &exclude);
        for (path, reason) in failures {
            let path = shown(&self.current, &path);
            self.failures
                .push(Failure::UnreadableDocument { path, reason });
        }
        self.walked += found.len();
        let mut own = Vec::new();
        // Files of one folder follow one another and belong to one project.
        for files in found.chunk_by(|a, b| split(a).0 == split(b).0) {
            let parent = files[0].parent().unwrap_or(folder);
            let root = self.projects.root(parent);
            let Some(place) = self.projects.load(&root) else {
                continue;
            };
            let mut prefix = files::relative(&root.folder, parent);
            if !prefix.is_empty() {
                prefix.push('/');
            }
            let work = self.work_at(place, &prefix);
            for file in files {
                let name = String::from_utf8_lossy(split(file).1);
                let path = [prefix.as_str(), &name].concat();
                if place == at {
                    own.push(path.clone());
                }
                work.add(path);
            }
        }
        own
    }
}

/// The folder of a document, its last separator included, and its name.
fn split(path: &Path) -> (&[u8], &[u8]) {
    let path = path.as_os_str().as_encoded_bytes();
    let is_separator = |byte: &u8| std::path::is_separator(char::from(*byte));
    path.split_at(path.iter().rposition(is_separator).map_or(0, |at| at + 1))
}

/// Whether a file lies in a folder; both relative to one root.
pub fn is_inside(folder: &str, file: &str) -> bool {
    folder.is_empty()
        || file
            .strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
}

/// The workflow directories that hold something that is checked, each with all its documents and indexes.
pub fn workflow_directories(project: &Project, work: &Work, overlay: Option<&str>) -> Vec<Folder> {
    let folders = work.folders.iter().map(|(path, walked)| {
        let mut files: Vec<String> = if let Some(files) = walked {
            files.clone()
        } else {
            let folder = project.root.join(path);
            let (found, _) = files::documents(&folder, &project.root, &project.config.exclude);
            let relative = |file: &PathBuf| files::relative(&project.root, file);
            found.iter().map(relative).collect()
        };
        files.extend(
            overlay
                .filter(|file| is_inside(path, file))
                .map(str::to_owned),
        );
        files.sort_unstable();
        files.dedup();
        let (indexes, documents): (Vec<String>, Vec<String>) = files
            .into_iter()
            .partition(|file| Role::of(file) == Role::Index);
        let indexes = indexes.into_iter().map(|path| Index { path, named: None });
        Folder {
            path: path.clone(),
            exists: files::kind(&project.root.join(path)).is_ok(),
            documents,
            indexes: indexes.collect(),
        }
    });
    folders.collect()
}

/// A project's files, standard input laid over them.
pub fn disk(project: &Project, overlay: Option<&(String, Vec<u8>)>) -> Disk {
    let mut disk = Disk::new(project.root.clone(), project.config.max_file_size);
    if let Some((path, bytes)) = overlay {
        disk.lay_over(path.clone(), bytes.clone());
    }
    disk
}
