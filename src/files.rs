//! The file system: finding a project and its documents, reading them, replacing a file whole.
#![expect(clippy::disallowed_methods, reason = "this is where files are touched")]

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::io::Write;
use std::path::Component;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use globset::GlobSet;
use ignore::WalkBuilder;
use rustc_hash::FxHashMap;
use rustc_hash::FxHashSet;

use crate::config;
use crate::markdown;
use crate::markdown::anchor;
use crate::neighbours::Neighbours;
use crate::source::Source;

/// Where a project's root is, and how that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// The folder, absolute.
    pub folder: PathBuf,
    /// Whether a `wf.toml` stands in it.
    pub has_config: bool,
}

/// The root of the project that a folder belongs to: the nearest folder upward with a `wf.toml`, unless
/// `isolated`; else the top of the git work tree; else `fallback`.
#[must_use]
pub fn root_of(folder: &Path, fallback: &Path, isolated: bool) -> Root {
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
    Root {
        folder: git.unwrap_or(fallback).to_owned(),
        has_config: false,
    }
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

/// A file's bytes.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    fs::read(path)
}

/// Standard input's bytes.
pub fn read_standard_input() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut io::stdin().lock(), &mut bytes)?;
    Ok(bytes)
}

/// Write a file so that a reader sees the old one or the new one, whole.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A device or a pipe has no content to replace.
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return fs::OpenOptions::new()
            .write(true)
            .open(path)?
            .write_all(bytes);
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut file = temporary(path).tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// A temporary file that gets the mode of the one it will replace.
fn temporary(path: &Path) -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".wf-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path).map_or(0o644, |metadata| metadata.permissions().mode());
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    #[cfg(not(unix))]
    let _ = path;
    builder
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

/// The Markdown files below a folder, sorted; hidden and git-ignored ones and what `exclude` names, relative to
/// `root`, are left out. Folders that cannot be read are given with the reason.
#[must_use]
pub fn documents(
    folder: &Path,
    root: &Path,
    exclude: &GlobSet,
) -> (Vec<PathBuf>, Vec<(PathBuf, String)>) {
    let mut found = Vec::new();
    let mut failures = Vec::new();
    if !folder.exists() {
        return (found, failures);
    }
    let (root, exclude) = (root.to_owned(), exclude.clone());
    let walk = WalkBuilder::new(folder)
        .ignore(false)
        .filter_entry(move |entry| !is_excluded(entry.path(), &root, &exclude))
        .build();
    for entry in walk {
        match entry {
            Ok(entry) => {
                let kind = entry.file_type();
                // A link to a document is a document; links to folders are not followed, so that none is read twice.
                let is_file = kind.is_some_and(|kind| {
                    kind.is_file() || kind.is_symlink() && entry.path().is_file()
                });
                let is_markdown = entry
                    .path()
                    .extension()
                    .is_some_and(|ending| ending.eq_ignore_ascii_case("md"));
                if is_file && is_markdown {
                    found.push(entry.into_path());
                }
            }
            Err(error) => failures.push((folder.to_owned(), error.to_string())),
        }
    }
    found.sort();
    (found, failures)
}

/// Whether the configuration excludes a path, or a folder above it.
#[must_use]
pub fn is_excluded(path: &Path, root: &Path, exclude: &GlobSet) -> bool {
    !exclude.is_empty()
        && path
            .strip_prefix(root)
            .is_ok_and(|path| exclude.is_match(path))
}

/// The files of a project on disk.
pub struct Disk {
    root: PathBuf,
    /// Texts that take the place of a file's: standard input.
    overlay: BTreeMap<String, Vec<u8>>,
    anchors: Mutex<FxHashMap<String, Anchors>>,
}

/// A Markdown file's anchors, if it can be read.
type Anchors = Option<Arc<FxHashSet<String>>>;

impl Disk {
    /// The files below a root.
    #[must_use]
    pub fn new(root: PathBuf) -> Self {
        Self {
            root,
            overlay: BTreeMap::new(),
            anchors: Mutex::default(),
        }
    }

    /// Let `bytes` stand at a path relative to the root.
    pub fn lay_over(&mut self, path: String, bytes: Vec<u8>) {
        self.overlay.insert(path, bytes);
    }
}

impl Neighbours for Disk {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        match self.overlay.get(path) {
            Some(bytes) => Ok(bytes.clone()),
            None => fs::read(self.root.join(path)),
        }
    }

    fn exists(&self, path: &str) -> bool {
        self.overlay.contains_key(path) || self.root.join(path).exists()
    }

    fn anchors(&self, path: &str) -> Anchors {
        let lock = || self.anchors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(path) {
            return known.clone();
        }
        // Read and parsed without the lock: two threads may do it twice, but none waits for the other.
        let text = self
            .read(path)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        let anchors = text.map(|text| {
            let source = Source::new(path, text);
            Arc::new(anchor::anchors(&markdown::parse(&source), &source))
        });
        lock().insert(path.to_owned(), anchors.clone());
        anchors
    }
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
