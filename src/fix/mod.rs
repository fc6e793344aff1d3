//! Fixes at work: in rounds, on the files of a project, each result judged again by the rules that proposed it. A fix
//! that would add a finding, its own placeholders aside, is dropped. Nothing is written here.

mod overlay;
mod settle;

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::edit;
use crate::edit::Safety;
use crate::fix::overlay::Overlay;
use crate::fix::overlay::Texts;
use crate::fix::settle::Dropped;
use crate::fix::settle::Judge;
use crate::fix::settle::Settled;
use crate::lint;
use crate::lint::Finding;
use crate::lint::Project;
use crate::lint::Report;
use crate::lint::Role;
use crate::lint::Unit;
use crate::neighbours::Neighbours;
use crate::rule::Folder;
use crate::rule::Index;

/// What is to be mended: files of a project and the workflow directories that they lie in.
pub struct Job<'a> {
    /// The project.
    pub project: &'a Project,
    /// The files that are checked.
    pub units: Vec<Unit>,
    /// The directories.
    pub folders: Vec<Folder>,
    /// The files as they are.
    pub neighbours: &'a dyn Neighbours,
    /// The fixes that may be applied.
    pub allowed: Safety,
}

/// A file that fixes have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its path relative to the project root.
    pub path: String,
    /// Its text as it is; `None` for a file that is not there yet.
    pub before: Option<String>,
    /// Its text as it would be.
    pub after: String,
    /// How many findings that mends.
    pub mended: usize,
}

/// What came of fixing.
#[derive(Default)]
pub struct Fixed {
    /// The files that are other than they were, in the order of their paths.
    pub changes: Vec<Change>,
    /// Fixes that would have added findings, by the path that findings show.
    dropped: BTreeMap<String, Vec<Dropped>>,
}

impl Fixed {
    /// Take from findings the fixes that were found to add others.
    pub fn withdraw(&self, findings: &mut [Finding]) {
        for finding in findings.iter_mut().filter(|finding| finding.fix.is_some()) {
            let dropped = self.dropped.get(&finding.place.path);
            if dropped.is_some_and(|dropped| dropped.iter().any(|dropped| dropped.is_of(finding))) {
                finding.fix = None;
            }
        }
    }
}

/// Apply fixes until nothing changes.
#[must_use]
pub fn fix(job: Job<'_>) -> Fixed {
    let mut work = Work {
        paths: paths(&job),
        job,
        texts: Texts::new(),
        files: BTreeMap::new(),
    };
    let first = work.check();
    let open = work.open(&first);
    let settled: Vec<(String, Option<Settled>)> = open
        .into_par_iter()
        .map(|path| {
            let settled = work.settle(&path, &[], None);
            (path, settled)
        })
        .collect();
    for (path, settled) in settled {
        work.keep(&path, settled);
    }
    work.directories();
    work.restore_anchors(&first);
    work.done()
}

/// The paths of all files that findings may be about, by how findings show them.
fn paths(job: &Job<'_>) -> BTreeMap<String, String> {
    let units = job.units.iter().map(|unit| &unit.path);
    let folders = job.folders.iter();
    let listed = folders.flat_map(|folder| {
        let indexes = folder.indexes.iter().map(|index| &index.path);
        indexes.chain(&folder.documents)
    });
    let paths = units.chain(listed);
    paths
        .map(|path| (job.project.shown(path), path.clone()))
        .collect()
}

/// A file that was looked at.
#[derive(Default)]
struct File {
    before: Option<String>,
    mended: usize,
    dropped: Vec<Dropped>,
}

struct Work<'a> {
    job: Job<'a>,
    /// Paths by how they are shown.
    paths: BTreeMap<String, String>,
    /// The files that have changed.
    texts: Texts,
    files: BTreeMap<String, File>,
}

impl Work<'_> {
    fn overlay(&self) -> Overlay<'_> {
        Overlay {
            texts: &self.texts,
            one: None,
            neighbours: self.job.neighbours,
        }
    }

    fn check(&self) -> Report {
        let Job {
            project,
            units,
            folders,
            ..
        } = &self.job;
        lint::check(project, units, folders.clone(), &self.overlay(), &|| {})
    }

    /// The files that have fixes which may be applied.
    fn open(&self, report: &Report) -> BTreeSet<String> {
        let open = report.findings.iter().filter_map(|finding| {
            let fix = finding.fix.as_ref().filter(|fix| fix.path.is_none())?;
            let path = self.paths.get(&finding.place.path)?;
            let dropped = self.files.get(path).map_or(&[][..], |file| &file.dropped);
            let is_dropped = dropped.iter().any(|dropped| dropped.is_of(finding));
            (fix.safety <= self.job.allowed && !is_dropped).then(|| path.clone())
        });
        open.collect()
    }

    fn text(&self, path: &str) -> Option<String> {
        if let Some(text) = self.texts.get(path) {
            return Some(text.clone());
        }
        let bytes = self.job.neighbours.read(path).ok()?;
        String::from_utf8(bytes).ok()
    }

    fn settle(
        &self,
        path: &str,
        folders: &[Folder],
        kept: Option<&FxHashSet<String>>,
    ) -> Option<Settled> {
        let judge = Judge {
            project: self.job.project,
            folders,
            overlay: self.overlay(),
            path,
            is_unit: self.job.units.iter().any(|unit| unit.path == path),
            allowed: self.job.allowed,
            kept,
        };
        let file = self.files.get(path);
        let dropped = file.map_or_else(Vec::new, |file| file.dropped.clone());
        Some(judge.settle(self.text(path)?, dropped))
    }

    /// Take in what came of a file. Returns whether it has changed.
    fn keep(&mut self, path: &str, settled: Option<Settled>) -> bool {
        let (Some(settled), Some(text)) = (settled, self.text(path)) else {
            return false;
        };
        let file = self.files.entry(path.to_owned()).or_insert_with(|| File {
            before: Some(text),
            ..File::default()
        });
        file.mended += settled.mended;
        file.dropped = settled.dropped;
        if settled.mended > 0 {
            self.texts.insert(path.to_owned(), settled.text);
        }
        settled.mended > 0
    }

    /// What the rules about directories propose, and what is left of the others.
    fn directories(&mut self) {
        loop {
            let report = self.check();
            let mut has_changed = self.new_files(&report);
            for path in self.open(&report) {
                let settled = self.settle(&path, &self.job.folders, None);
                has_changed |= self.keep(&path, settled);
            }
            if !has_changed {
                return;
            }
        }
    }

    /// Make the files that fixes ask for, where nothing is found in them but what they leave to be written.
    fn new_files(&mut self, report: &Report) -> bool {
        let mut has_changed = false;
        for fix in report
            .findings
            .iter()
            .filter_map(|found| found.fix.as_ref())
        {
            let Some(path) = fix.path.as_ref().filter(|_| fix.safety <= self.job.allowed) else {
                continue;
            };
            if self.files.contains_key(path) || self.overlay().exists(path) {
                continue;
            }
            let text = edit::apply("", &[fix]).text;
            let mut folders = self.job.folders.clone();
            for folder in folders.iter_mut().filter(|folder| holds(folder, path)) {
                folder.indexes.push(Index {
                    path: path.clone(),
                    named: None,
                });
            }
            let judge = Judge {
                project: self.job.project,
                folders: &folders,
                overlay: self.overlay(),
                path,
                is_unit: true,
                allowed: self.job.allowed,
                kept: None,
            };
            let is_clean = judge.findings(&text).is_empty();
            let file = self.files.entry(path.clone()).or_default();
            if !is_clean {
                continue;
            }
            file.mended = 1;
            has_changed = true;
            self.texts.insert(path.clone(), text);
            self.paths
                .insert(self.job.project.shown(path), path.clone());
            self.job.folders = folders;
            self.job.units.push(Unit {
                path: path.clone(),
                role: Role::of(path),
            });
        }
        has_changed
    }

    /// Other documents may link to what a fix has renamed: then its file keeps all its anchors.
    fn restore_anchors(&mut self, first: &Report) {
        let broken = |report: &Report| {
            let mut counts: BTreeMap<String, usize> = BTreeMap::new();
            for finding in report.findings.iter().filter(|found| found.rule == LINK) {
                *counts.entry(finding.place.path.clone()).or_default() += 1;
            }
            counts
        };
        let (before, after) = (broken(first), broken(&self.check()));
        if after
            .iter()
            .all(|(path, count)| before.get(path).is_some_and(|before| before >= count))
        {
            return;
        }
        for (path, after) in self.texts.clone() {
            let Some(before) = self.files.get(&path).and_then(|file| file.before.clone()) else {
                continue;
            };
            let kept = overlay::anchors(&before);
            if kept.is_subset(&overlay::anchors(&after)) {
                continue;
            }
            self.texts.insert(path.clone(), before);
            if let Some(file) = self.files.get_mut(&path) {
                file.mended = 0;
                file.dropped.clear();
            }
            let settled = self.settle(&path, &self.job.folders, Some(&kept));
            self.keep(&path, settled);
        }
    }

    fn done(self) -> Fixed {
        let mut fixed = Fixed::default();
        for (path, file) in self.files {
            let after = self.texts.get(&path);
            if let Some(after) = after.filter(|after| file.before.as_ref() != Some(after)) {
                fixed.changes.push(Change {
                    path: path.clone(),
                    before: file.before,
                    after: after.clone(),
                    mended: file.mended,
                });
            }
            let shown = self.job.project.shown(&path);
            fixed.dropped.insert(shown, file.dropped);
        }
        fixed
    }
}

/// The rule that speaks of links between documents.
const LINK: &str = "broken-link";

fn holds(folder: &Folder, path: &str) -> bool {
    folder.path.is_empty()
        || path
            .strip_prefix(&folder.path)
            .is_some_and(|rest| rest.starts_with('/'))
}
