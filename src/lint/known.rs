//! The files around a document, of which those that are linted are known to be there.

use std::io;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::lint::Unit;
use crate::neighbours::Neighbours;

/// Neighbours that are asked only about files that are not linted themselves: an index names mostly such as are.
pub struct Known<'a> {
    units: FxHashSet<&'a str>,
    neighbours: &'a dyn Neighbours,
}

impl<'a> Known<'a> {
    /// These units are there.
    pub fn new(units: &'a [Unit], neighbours: &'a dyn Neighbours) -> Self {
        Self {
            units: units.iter().map(|unit| unit.path.as_str()).collect(),
            neighbours,
        }
    }
}

impl Neighbours for Known<'_> {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.neighbours.read(path)
    }

    fn exists(&self, path: &str) -> bool {
        self.units.contains(path) || self.neighbours.exists(path)
    }

    fn is_executable(&self, path: &str) -> bool {
        self.neighbours.is_executable(path)
    }

    fn anchors(&self, path: &str) -> Option<Arc<FxHashSet<String>>> {
        self.neighbours.anchors(path)
    }
}
