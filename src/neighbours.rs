//! What a document's rules may ask about the files around it.

use std::io;
use std::sync::Arc;

use rustc_hash::FxHashSet;

/// The files of a project, by paths relative to its root and with `/`.
pub trait Neighbours: Sync {
    /// A file's bytes.
    fn read(&self, path: &str) -> io::Result<Vec<u8>>;

    /// Whether a file or folder is there.
    fn exists(&self, path: &str) -> bool;

    /// Whether a file is there that may be executed.
    fn is_executable(&self, path: &str) -> bool;

    /// The anchors of a Markdown file; `None` where it cannot be read.
    fn anchors(&self, path: &str) -> Option<Arc<FxHashSet<String>>>;
}
