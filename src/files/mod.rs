//! The file system: finding a project and its documents, reading them, replacing a file whole.
#![expect(clippy::disallowed_methods, reason = "this is where files are touched")]

mod disk;
mod write;

use std::cmp::Ordering;
use std::fs;
use std::io;
use std::io::Read;
use std::path::Component;
use std::path::Path;
use std::path::PathBuf;

use globset::GlobSet;
use ignore::DirEntry;
use ignore::WalkBuilder;
use rayon::prelude::*;

use crate::config;

pub use disk::Disk;
pub use write::Change;
pub use write::replace;
pub use write::write_together;

/// Where a project's root is, and how that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// The folder, absolute.
    pub folder: PathBuf,
    /// Whether a `wf.toml` stands in it.
    pub has_config: bool,
}

/// The root of the project that a folder belongs to: the nearest folder upward with a `wf.toml`, unless
/// `isolated`; else the top of the git work tree; else the current folder. Where that does not hold the folder, or
/// lies in a folder of the default name for workflows, the root is the folder above that one.
#[must_use]
pub fn root_of(folder: &Path, current: &Path, isolated: bool) -> Root {
    let mut above = folder.ancestors();
    if !isolated && let Some(found) = above.find(|folder| folder.join(config::FILE_NAME).is_file())
    {
        return Root {
            folder: found.to_owned(),
            has_config: true,
        };
    }
    // A work tree's `.git` is a file where it was added to another repository.
    let git = folder
        .ancestors()
        .find(|folder| folder.join(".git").exists());
    let start = if folder.starts_with(current) {
        current
    } else {
        folder
    };
    let workflows = start
        .ancestors()
        .find(|folder| folder.ends_with(config::DEFAULT_PATH));
    let above = workflows.and_then(Path::parent);
    Root {
        folder: git.or(above).unwrap_or(start).to_owned(),
        has_config: false,
    }
}

/// The top of the repository that a folder lies in: the nearest work tree's, or in the `workspace` of a CI the
/// outermost one's, for its files are shown as the repository around a submodule knows them, and the workspace itself
/// where sources lie in it without Git. `None` outside of both.
#[must_use]
pub fn repository_top(folder: &Path, workspace: Option<&Path>) -> Option<PathBuf> {
    let workspace =
        workspace.map(|path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()));
    let is_top = |folder: &&Path| folder.join(".git").exists();
    let top = match workspace.as_deref() {
        Some(workspace) if folder.starts_with(workspace) => {
            let inside = folder
                .ancestors()
                .take_while(|path| path.starts_with(workspace));
            inside.filter(is_top).last().or(Some(workspace))
        }
        _ => folder.ancestors().find(is_top),
    };
    top.map(Path::to_owned)
}

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A folder.
    Folder,
}

/// What stands at a path, links followed.
pub fn kind(path: &Path) -> io::Result<Kind> {
    Ok(if fs::metadata(path)?.is_dir() {
        Kind::Folder
    } else {
        Kind::File
    })
}

/// A file's bytes. Nothing that is read is larger than a document may be at most; a device may have no end.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = fs::File::open(path)?;
    let size = file.metadata()?.len();
    let mut bytes = Vec::new();
    if size <= config::LARGEST_SIZE {
        bytes.try_reserve_exact(size as usize)?;
        file.take(config::LARGEST_SIZE + 1)
            .read_to_end(&mut bytes)?;
    }
    if size.max(bytes.len() as u64) > config::LARGEST_SIZE {
        let what = format!("it has more than {} bytes", config::LARGEST_SIZE);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, what));
    }
    Ok(bytes)
}

/// Standard input's bytes.
pub fn read_standard_input() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether anything stands at a path, a link that leads nowhere included.
#[must_use]
pub fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// An absolute path without `.` and `..`, links left as they are.
#[must_use]
pub fn normal(folder: &Path, path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in folder.join(path).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            component => normal.push(component),
        }
    }
    normal
}

/// `path` as seen from `folder`, with `/`; absolute where the two have nothing but the top in common.
#[must_use]
pub fn relative(folder: &Path, path: &Path) -> String {
    let shared = folder
        .components()
        .zip(path.components())
        .take_while(|(a, b)| a == b)
        .count();
    if shared <= 1 && folder.components().count() > 1 {
        return slashed(path);
    }
    let up = folder
        .components()
        .skip(shared)
        .map(|_| Component::ParentDir);
    let parts: PathBuf = up.chain(path.components().skip(shared)).collect();
    slashed(&parts)
}

/// A path as text, with `/`.
#[must_use]
pub fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' {
        text.into_owned()
    } else {
        text.replace('\\', "/")
    }
}

/// The Markdown files below a folder, in the order of their names; hidden and git-ignored ones and what `exclude` names, relative to
/// `root`, are left out. Folders that cannot be read are given with the reason.
#[must_use]
pub fn documents(
    folder: &Path,
    root: &Path,
    exclude: &GlobSet,
) -> (Vec<PathBuf>, Vec<(PathBuf, String)>) {
    let mut found = Vec::new();
    if !folder.exists() {
        return (found, Vec::new());
    }
    let mut failures = Vec::new();
    let (root, exclude) = (root.to_owned(), exclude.clone());
    let walk = WalkBuilder::new(folder)
        .ignore(false)
        .filter_entry(move |entry| !is_excluded(entry.path(), &root, &exclude))
        .build();
    for entry in walk {
        match entry {
            Ok(entry) => match document(entry) {
                Ok(path) => found.extend(path),
                Err((path, reason)) => failures.push((path.clone(), (path, reason))),
            },
            Err(error) => {
                let place = place(&error).unwrap_or(folder).to_owned();
                failures.push((place, (folder.to_owned(), error.to_string())));
            }
        }
    }
    // Sorted once at the end: a walk in order takes the names out of two paths for each comparison.
    found.par_sort_unstable_by(|a, b| by_names(a, b));
    failures.sort_by(|(a, _), (b, _)| by_names(a, b));
    let failures = failures.into_iter().map(|(_, failure)| failure);
    (found, failures.collect())
}

/// The path that an error of a walk is about.
fn place(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } | ignore::Error::Loop { child: path, .. } => {
            Some(path)
        }
        ignore::Error::WithDepth { err, .. } => place(err),
        _ => None,
    }
}

/// The order of paths by the names in them, without taking these apart: a separator comes before all that a name may
/// hold.
fn by_names(a: &Path, b: &Path) -> Ordering {
    let [a, b] = [a, b].map(|path| path.as_os_str().as_encoded_bytes().iter());
    let rank = |&byte: &u8| match byte {
        byte if std::path::is_separator(char::from(byte)) => 0,
        byte => byte,
    };
    a.map(rank).cmp(b.map(rank))
}

/// The path of a walked entry, if it is a document. A link to a document is one; links to folders are not
/// followed, so that none is read twice.
fn document(entry: DirEntry) -> Result<Option<PathBuf>, (PathBuf, String)> {
    let path = entry.path().as_os_str().as_encoded_bytes();
    let Some((_, ending)) = path.split_last_chunk::<3>() else {
        return Ok(None);
    };
    if !ending.eq_ignore_ascii_case(b".md") {
        return Ok(None);
    }
    let is_file = match entry.file_type() {
        Some(kind) if kind.is_symlink() => match fs::metadata(entry.path()) {
            Ok(metadata) => metadata.is_file(),
            Err(error) => return Err((entry.into_path(), error.to_string())),
        },
        kind => kind.is_some_and(|kind| kind.is_file()),
    };
    if is_file && entry.path().to_str().is_none() {
        return Err((entry.into_path(), "its name is not UTF-8".to_owned()));
    }
    Ok(is_file.then(|| entry.into_path()))
}

/// The folders below `folder` in which a `wf.toml` stands, hidden and git-ignored ones left out.
#[must_use]
pub fn projects(folder: &Path) -> Vec<PathBuf> {
    let walk = WalkBuilder::new(folder).ignore(false).build();
    let configs = walk.filter_map(Result::ok).filter(|entry| {
        entry.file_name() == config::FILE_NAME
            && entry.file_type().is_some_and(|kind| kind.is_file())
    });
    let mut folders: Vec<PathBuf> = configs
        .filter_map(|entry| entry.path().parent().map(Path::to_owned))
        .collect();
    folders.sort();
    folders
}

/// Whether the configuration excludes a path, or a folder above it.
#[must_use]
pub fn is_excluded(path: &Path, root: &Path, exclude: &GlobSet) -> bool {
    !exclude.is_empty()
        && path
            .strip_prefix(root)
            .is_ok_and(|path| exclude.is_match(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_from_the_current_folder() {
        let from = |folder: &str, path: &str| relative(Path::new(folder), Path::new(path));
        assert_eq!(from("/p", "/p/workflows/a.md"), "workflows/a.md");
        assert_eq!(from("/p/sub", "/p/workflows/a.md"), "../workflows/a.md");
        assert_eq!(from("/p", "/q/a.md"), "/q/a.md");
        assert_eq!(from("/p", "/p"), "");
    }

    #[test]
    fn paths_are_made_plain() {
        assert_eq!(
            normal(Path::new("/p/q"), Path::new("./a/../../b.md")),
            Path::new("/p/b.md")
        );
        assert_eq!(
            normal(Path::new("/p"), Path::new("/x/./y")),
            Path::new("/x/y")
        );
    }
}
