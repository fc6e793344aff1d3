//! Linting: documents in, findings out. Each document is read and parsed once, all documents in parallel; the
//! result does not depend on the number of threads.

mod directories;
mod document;
mod ends;
mod excerpt;
mod finding;
mod known;
mod levels;
mod reach;
mod removal;
mod section;
mod suppression;
mod validated;

use std::path::PathBuf;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use chrono::NaiveDate;

use crate::config::Config;
use crate::diagnostic::Severity;
use crate::files;
use crate::lint::known::Known;
use crate::neighbours::Neighbours;
use crate::parse::listing;
use crate::rule::Folder;
use crate::rule::Kept;
use crate::rules;
use crate::template::Template;

pub use document::Unjudged;
pub use document::fault;
pub use document::guarded;
pub use excerpt::Excerpt;
pub use finding::Finding;
pub use finding::Place;
pub use levels::Levels;
pub use levels::RuleLevel;
pub use suppression::Hidden;
pub use validated::Validated;
pub use validated::judge;
pub use validated::validate;

/// So many documents are linted without starting threads.
const FEW: usize = 4;

/// A project: what its documents are judged by.
pub struct Project {
    /// Its root.
    pub root: PathBuf,
    /// The current folder: findings' paths are shown as seen from it.
    pub current: PathBuf,
    /// Its configuration.
    pub config: Config,
    /// Its template.
    pub template: Template,
    /// The rules' levels.
    pub levels: Levels,
    /// Today's date, UTC.
    pub today: NaiveDate,
}

/// A file to lint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unit {
    /// Its path relative to the project root, with `/`.
    pub path: String,
    /// Its role.
    pub role: Role,
}

/// The role of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// A workflow document.
    Workflow,
    /// An index.
    Index,
}

impl Role {
    /// The role of a file by its name: every `README.md` is an index.
    #[must_use]
    pub fn of(path: &str) -> Self {
        if listing::is_index(path) {
            Self::Index
        } else {
            Self::Workflow
        }
    }
}

/// What was found.
#[derive(Debug, Default)]
pub struct Report {
    /// The findings, sorted by path, line, column and rule.
    pub findings: Vec<Finding>,
    /// The documents and indexes that were read, by the paths that findings show, sorted.
    pub documents: Vec<String>,
    /// The findings that comments suppress, sorted likewise.
    pub suppressed: Vec<Hidden>,
    /// How many findings are known from a baseline.
    pub known: usize,
    /// How many findings of a baseline are gone.
    pub stale: usize,
    /// How many findings were mended before.
    pub fixed: usize,
    /// Files that were not judged: path and reason.
    pub failures: Vec<(String, Unjudged)>,
}

impl Report {
    /// Take another project's report in.
    pub fn merge(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.documents.extend(other.documents);
        self.suppressed.extend(other.suppressed);
        self.known += other.known;
        self.stale += other.stale;
        self.failures.extend(other.failures);
        self.sort();
    }

    fn sort(&mut self) {
        self.findings.sort_by(|a, b| a.order().cmp(&b.order()));
        self.suppressed
            .sort_by(|a, b| a.finding.order().cmp(&b.finding.order()));
        self.documents.sort_unstable();
        self.failures.sort();
    }

    /// How many findings have that severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    }
}

impl Project {
    /// The path of a file as findings show it.
    #[must_use]
    pub fn shown(&self, path: &str) -> String {
        let shown = if self.root == self.current {
            path.to_owned()
        } else {
            files::relative(&self.current, &self.root.join(path))
        };
        if shown.is_empty() {
            ".".to_owned()
        } else {
            shown
        }
    }
}

/// Judge each unit, on all threads: each takes the next one that is left, and keeps what it has learnt.
fn in_parallel<T: Send>(units: &[Unit], judge: impl Fn(&Kept, &Unit) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let work = || {
        let kept = Kept::new(rules::marks);
        let places = std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)));
        let own = places.map_while(|at| units.get(at).map(|unit| (at, judge(&kept, unit))));
        own.collect::<Vec<_>>()
    };
    // Starting threads costs more than a few documents do.
    let mut done = if units.len() <= FEW {
        work()
    } else {
        rayon::broadcast(|_| work()).into_iter().flatten().collect()
    };
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, outcome)| outcome).collect()
}

/// Lint files of a project and the workflow directories they lie in. `each` is called after each file.
pub fn check(
    project: &Project,
    units: &[Unit],
    folders: Vec<Folder>,
    neighbours: &dyn Neighbours,
    each: &(dyn Fn() + Sync),
) -> Report {
    let known = Known::new(units, neighbours);
    let outcomes = in_parallel(units, |kept, unit| {
        let outcome = document::check(project, unit, &known, kept);
        each();
        outcome
    });
    let mut report = Report::default();
    let mut suppressions = suppression::Book::default();
    let mut named = directories::Named::default();
    for (unit, outcome) in units.iter().zip(outcomes) {
        match outcome.failure {
            Some(failure) => report.failures.push((outcome.shown, failure)),
            None => report.documents.push(outcome.shown),
        }
        named.extend(outcome.named.map(|named| (unit.path.as_str(), named)));
        report.findings.extend(outcome.findings);
        suppressions.add(&unit.path, outcome.suppressions);
    }
    let has_directories = !folders.is_empty();
    report.findings.extend(directories::check(
        project,
        folders,
        neighbours,
        &named,
        &mut suppressions,
    ));
    report.sort();
    report.suppressed = suppressions.apply(project, &mut report.findings, has_directories);
    report.sort();
    report
}
