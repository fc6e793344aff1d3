//! The files of a project, as a document's rules may ask about them.
#![expect(clippy::disallowed_methods, reason = "this is where files are touched")]

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use rustc_hash::FxHashMap;
use rustc_hash::FxHashSet;

use crate::files::read;
use crate::markdown;
use crate::markdown::anchor;
use crate::neighbours::Neighbours;
use crate::source::Source;

/// The files of a project on disk.
pub struct Disk {
    root: PathBuf,
    limit: u64,
    /// Texts that take the place of a file's: standard input.
    overlay: BTreeMap<String, Vec<u8>>,
    anchors: Mutex<FxHashMap<String, Anchors>>,
}

/// A Markdown file's anchors, if it can be read.
type Anchors = Option<Arc<FxHashSet<String>>>;

impl Disk {
    /// The files below a root; `limit` is the size up to which documents are read, in bytes.
    #[must_use]
    pub fn new(root: PathBuf, limit: u64) -> Self {
        Self {
            root,
            limit,
            overlay: BTreeMap::new(),
            anchors: Mutex::default(),
        }
    }

    /// The bytes of a file that is no larger than a document.
    fn small(&self, path: &str) -> Option<Vec<u8>> {
        let is_small = self.overlay.contains_key(path)
            || fs::metadata(self.root.join(path))
                .is_ok_and(|data| data.is_file() && data.len() <= self.limit);
        is_small.then(|| self.read(path).ok())?
    }

    /// Let `bytes` stand at a path relative to the root.
    pub fn lay_over(&mut self, path: String, bytes: Vec<u8>) {
        self.overlay.insert(path, bytes);
    }
}

#[cfg(unix)]
fn may_execute(data: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    data.permissions().mode() & 0o111 != 0
}

/// Elsewhere a file's rights do not tell.
#[cfg(not(unix))]
fn may_execute(_: &fs::Metadata) -> bool {
    false
}

impl Neighbours for Disk {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        match self.overlay.get(path) {
            Some(bytes) => Ok(bytes.clone()),
            None => read(&self.root.join(path)),
        }
    }

    fn exists(&self, path: &str) -> bool {
        self.overlay.contains_key(path) || self.root.join(path).exists()
    }

    fn is_executable(&self, path: &str) -> bool {
        fs::metadata(self.root.join(path)).is_ok_and(|data| data.is_file() && may_execute(&data))
    }

    fn anchors(&self, path: &str) -> Anchors {
        let lock = || self.anchors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(path) {
            return known.clone();
        }
        // Read and parsed without the lock: two threads may do it twice, but none waits for the other.
        let text = self
            .small(path)
            .and_then(|bytes| String::from_utf8(bytes).ok());
        let anchors = text.map(|text| {
            let source = Source::new(path, text);
            Arc::new(anchor::anchors(&markdown::parse(&source), &source))
        });
        lock().insert(path.to_owned(), anchors.clone());
        anchors
    }
}
