//! A document that may be run: the one way to it is a clean judgement of its very bytes.

use std::io;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::diagnostic::Severity;
use crate::lint;
use crate::lint::Project;
use crate::lint::Report;
use crate::lint::Role;
use crate::lint::Unit;
use crate::lint::document;
use crate::neighbours::Neighbours;
use crate::parse::Document;
use crate::rule::Folder;
use crate::source::Source;

/// A document without findings that forbid running it.
#[derive(Debug)]
pub struct Validated {
    path: String,
    document: Document,
}

impl Validated {
    /// Its path relative to the project root, with `/`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Its text: the very bytes that were judged.
    #[must_use]
    pub fn text(&self) -> &str {
        self.document.source.text()
    }

    /// What it means.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }
}

/// Judge a document's bytes as [`judge`] does, and validate it unless a finding in it, suppressed ones aside, is at
/// least as severe as `refused`.
pub fn validate(
    project: &Project,
    path: &str,
    bytes: &[u8],
    folders: Vec<Folder>,
    neighbours: &dyn Neighbours,
    refused: Severity,
) -> (Report, Option<Validated>) {
    let report = judge(project, path, Role::Workflow, bytes, folders, neighbours);
    let shown = project.shown(path);
    let text = String::from_utf8(bytes.to_vec()).ok();
    let is_refused = |severity| severity >= refused;
    let is_clean = report.failures.is_empty()
        && !report
            .findings
            .iter()
            .any(|found| is_refused(found.severity));
    let validated = text.filter(|_| is_clean).map(|text| Validated {
        path: path.to_owned(),
        document: document::parsed(project, Role::Workflow, Source::new(shown, text)),
    });
    (report, validated)
}

/// Judge the bytes of a document or an index by every rule, as a check of that one file does. The report holds the
/// findings in that file alone.
pub fn judge(
    project: &Project,
    path: &str,
    role: Role,
    bytes: &[u8],
    folders: Vec<Folder>,
    neighbours: &dyn Neighbours,
) -> Report {
    let unit = Unit {
        path: path.to_owned(),
        role,
    };
    let overlay = Overlay {
        path,
        bytes,
        neighbours,
    };
    let units = std::slice::from_ref(&unit);
    let mut report = lint::check(project, units, folders, &overlay, &|| {});
    let shown = project.shown(path);
    report
        .findings
        .retain(|finding| finding.place.path == shown);
    report
}

/// The files of a project, with these bytes in the place of one of them.
struct Overlay<'a> {
    path: &'a str,
    bytes: &'a [u8],
    neighbours: &'a dyn Neighbours,
}

impl Neighbours for Overlay<'_> {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        if path == self.path {
            Ok(self.bytes.to_vec())
        } else {
            self.neighbours.read(path)
        }
    }

    fn exists(&self, path: &str) -> bool {
        path == self.path || self.neighbours.exists(path)
    }

    fn is_executable(&self, path: &str) -> bool {
        self.neighbours.is_executable(path)
    }

    fn anchors(&self, path: &str) -> Option<Arc<FxHashSet<String>>> {
        self.neighbours.anchors(path)
    }
}
