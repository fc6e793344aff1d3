//! Workflow directories: their indexes are read, then judged together with the list of their documents.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use rustc_hash::FxHashSet;

use crate::diagnostic::Diagnostic;
use crate::lint::Finding;
use crate::lint::Project;
use crate::lint::Role;
use crate::lint::document;
use crate::lint::section::Sections;
use crate::lint::suppression;
use crate::lint::suppression::Book;
use crate::neighbours::Neighbours;
use crate::parse::Document;
use crate::rule::Check;
use crate::rule::Directories;
use crate::rule::Folder;
use crate::rule::PlacedFindings;
use crate::rules::RULES;
use crate::source::Source;

/// What indexes name, by their paths.
pub type Named<'a> = FxHashMap<&'a str, Arc<FxHashSet<String>>>;

/// Judge workflow directories. Indexes that were read already are in `named`, and their suppressions in `book`; those
/// of the others join it.
pub fn check(
    project: &Project,
    mut folders: Vec<Folder>,
    neighbours: &dyn Neighbours,
    named: &Named<'_>,
    book: &mut Book,
) -> Vec<Finding> {
    let shelf = Shelf {
        project,
        neighbours,
        documents: RefCell::default(),
    };
    for index in folders.iter_mut().flat_map(|folder| &mut folder.indexes) {
        if let Some(named) = named.get(&*index.path) {
            index.named = Some(Arc::clone(named));
        } else if let Some(document) = shelf.load(&index.path) {
            index.named = Some(document::named(&index.path, &document));
            let suppressions = suppression::of(&document, &project.template, false);
            book.add(&index.path, suppressions);
        }
    }
    let document = |path: &str| shelf.load(path);
    let cx = Directories {
        folders: &folders,
        document: &document,
        template: &project.template,
        today: project.today,
    };
    let mut findings = Vec::new();
    let mut told: FxHashSet<String> = FxHashSet::default();
    for (at, rule) in RULES.iter().enumerate() {
        let Check::Directory(check) = rule.check else {
            continue;
        };
        if !project.levels.can_run(at) {
            continue;
        }
        let mut out = PlacedFindings {
            rule: rule.id,
            found: Vec::new(),
        };
        check(&cx, &mut out);
        for (path, mut diagnostic) in out.found {
            let is_folder = folders.iter().any(|folder| folder.path == path);
            let levels = if is_folder {
                project.levels.in_folder(&path)
            } else {
                project.levels.in_file(&path)
            };
            let Some(severity) = levels[at].severity() else {
                continue;
            };
            diagnostic.severity = severity;
            let document = shelf.load(&path);
            if let Some(document) = &document
                && told.insert(path.clone())
            {
                let suppressions = suppression::of(document, &project.template, false);
                book.add(&path, suppressions);
            }
            findings.push(finding(project, &path, document.as_deref(), diagnostic));
        }
    }
    findings
}

/// A finding in a file, of which the text may be known, or about a directory.
fn finding(
    project: &Project,
    path: &str,
    document: Option<&Document>,
    diagnostic: Diagnostic,
) -> Finding {
    let shown = |path: &str| project.shown(path);
    match document {
        Some(document) if !diagnostic.span.is_empty() => {
            let sections = Sections::of(document, &project.template);
            Finding::of(&document.source, &sections, diagnostic, shown)
        }
        _ => {
            let source = document.map(|document| &document.source);
            Finding::whole(shown(path), source, diagnostic, shown)
        }
    }
}

/// The few documents that directory rules look into, as far as they can be read.
struct Shelf<'a> {
    project: &'a Project,
    neighbours: &'a dyn Neighbours,
    documents: RefCell<FxHashMap<String, Option<Rc<Document>>>>,
}

impl Shelf<'_> {
    fn load(&self, path: &str) -> Option<Rc<Document>> {
        if let Some(known) = self.documents.borrow().get(path) {
            return known.clone();
        }
        let document = document::guarded(|| self.read(path)).ok().flatten();
        self.documents
            .borrow_mut()
            .insert(path.to_owned(), document.clone());
        document
    }

    fn read(&self, path: &str) -> Option<Rc<Document>> {
        let text = String::from_utf8(self.neighbours.read(path).ok()?);
        if document::fault(self.project, &text).is_some() {
            return None;
        }
        let text = text.ok()?;
        let source = Source::new(self.project.shown(path), text);
        let document = document::parsed(self.project, Role::of(path), source);
        Some(Rc::new(document::concealed(document)))
    }
}
