//! One file: its fixes are applied, and what comes of it is judged again, until nothing changes.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use crate::edit;
use crate::edit::Applied;
use crate::edit::Fix;
use crate::edit::Safety;
use crate::fix::LINK;
use crate::fix::overlay;
use crate::fix::overlay::Overlay;
use crate::lint;
use crate::lint::Finding;
use crate::lint::Project;
use crate::lint::Role;
use crate::lint::Unit;
use crate::rule::Folder;
use crate::rules;
use crate::source::Span;

/// What a file is judged by.
pub struct Judge<'a> {
    /// The project.
    pub project: &'a Project,
    /// The workflow directories, where the rules about them are to speak.
    pub folders: &'a [Folder],
    /// The files around it.
    pub overlay: Overlay<'a>,
    /// Its path relative to the project root.
    pub path: &'a str,
    /// Whether it is judged as a document, rather than only as part of its directory.
    pub is_unit: bool,
    /// The fixes that may be applied.
    pub allowed: Safety,
    /// Anchors that must stay, for others link to them.
    pub kept: Option<&'a FxHashSet<String>>,
}

/// So many fixes of a file are dropped one by one, each after it was tried on the whole file. After that the others
/// are left alone.
const PATIENCE: usize = 300;

/// A fix that was dropped, by its finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    rule: &'static str,
    message: String,
    offset: usize,
}

impl Dropped {
    fn of(finding: &Finding) -> Self {
        Self {
            rule: finding.rule,
            message: finding.message.clone(),
            offset: finding.place.start.offset as usize,
        }
    }

    /// Whether it is the fix of this finding.
    #[must_use]
    pub fn is_of(&self, finding: &Finding) -> bool {
        self.rule == finding.rule
            && self.offset == finding.place.start.offset as usize
            && self.message == finding.message
    }
}

/// What came of a file.
pub struct Settled {
    /// Its text.
    pub text: String,
    /// How many fixes were applied.
    pub mended: usize,
    /// The fixes that would have added a finding.
    pub dropped: Vec<Dropped>,
}

impl Judge<'_> {
    /// Apply the fixes of a text until nothing changes. Each round takes findings away and adds none, so there is an
    /// end.
    #[must_use]
    pub fn settle(&self, text: String, dropped: Vec<Dropped>) -> Settled {
        let mut settled = Settled {
            text,
            mended: 0,
            dropped,
        };
        let mut findings = self.findings(&settled.text);
        // So many fixes are tried at once, and whether those that were dropped may have become possible.
        let (mut most, mut has_changed) = (usize::MAX, false);
        let mut patience = PATIENCE;
        loop {
            let open = findings
                .iter()
                .filter(|finding| self.is_open(finding, &settled.dropped));
            let mut open: Vec<&Finding> = open.collect();
            // In the order of the rules: what is asked for first comes first where texts stand at one place.
            open.sort_by_key(|finding| rules::find(finding.rule));
            open.truncate(most);
            if open.is_empty() {
                if !has_changed || settled.dropped.is_empty() {
                    return settled;
                }
                (most, has_changed, patience) = (usize::MAX, false, PATIENCE);
                settled.dropped.clear();
                continue;
            }
            let fixes: Vec<&Fix> = open.iter().filter_map(|found| found.fix.as_ref()).collect();
            let applied = edit::apply(&settled.text, &fixes);
            let mended: Vec<&str> = applied.taken.iter().map(|&at| open[at].rule).collect();
            let after = self.findings(&applied.text);
            if !mended.is_empty() && self.is_better(&findings, &after, &mended, &applied) {
                settled.mended += mended.len();
                has_changed = true;
                for dropped in &mut settled.dropped {
                    dropped.offset = applied.moved(dropped.offset);
                }
                settled.text = applied.text;
                findings = after;
                most = most.saturating_mul(2);
            } else if let Some(blamed) =
                self.blamed(&settled.text, (&findings, &after), &fixes, &applied)
            {
                let blamed = blamed.into_iter().map(|at| Dropped::of(open[at]));
                settled.dropped.extend(blamed);
            } else if mended.len() > 1 {
                most = mended.len() / 2;
            } else if patience > 0 {
                let at = applied.taken.first().copied().unwrap_or_default();
                settled.dropped.push(Dropped::of(open[at]));
                patience -= 1;
            } else {
                return settled;
            }
        }
    }

    /// Those fixes, among all, if any, that took away an anchor of a heading to which the text itself links, or which others
    /// need: there are as many as the table of contents has entries.
    fn blamed(
        &self,
        text: &str,
        (before, after): (&[Finding], &[Finding]),
        fixes: &[&Fix],
        applied: &Applied,
    ) -> Option<Vec<usize>> {
        let broken =
            |findings: &[Finding]| findings.iter().filter(|found| found.rule == LINK).count();
        let is_broken = broken(after) > broken(before);
        if !is_broken && self.kept.is_none() {
            return None;
        }
        let linked = overlay::linked(text);
        let is_needed = |anchor: &String| {
            is_broken && linked.targets.contains(anchor)
                || self.kept.is_some_and(|kept| kept.contains(anchor))
        };
        let left = overlay::anchors(&applied.text);
        let headings = linked.headings.iter();
        let lost: Vec<Span> = headings
            .filter(|(_, anchor)| is_needed(anchor) && !left.contains(anchor))
            .map(|(heading, _)| *heading)
            .collect();
        let touches = |fix: &Fix| {
            let mut edits = fix.edits.iter();
            edits.any(|edit| {
                let after = lost.partition_point(|heading| heading.start <= edit.span.start);
                let heading = after.checked_sub(1).map(|at| lost[at]);
                heading.is_some_and(|heading| heading.contains(edit.span))
            })
        };
        let taken = applied.taken.iter().copied();
        let blamed: Vec<usize> = taken.filter(|&at| touches(fixes[at])).collect();
        (!blamed.is_empty()).then_some(blamed)
    }

    fn is_open(&self, finding: &Finding, dropped: &[Dropped]) -> bool {
        let fix = finding.fix.as_ref();
        fix.is_some_and(|fix| fix.path.is_none() && fix.safety <= self.allowed)
            && !dropped.iter().any(|dropped| dropped.is_of(finding))
    }

    /// What is found in a text that stands in the file's place.
    #[must_use]
    pub fn findings(&self, text: &str) -> Vec<Finding> {
        let unit = self.is_unit.then(|| Unit {
            path: self.path.to_owned(),
            role: Role::of(self.path),
        });
        let overlay = Overlay {
            one: Some((self.path, text)),
            ..self.overlay
        };
        let folders = self.folders.to_vec();
        let report = lint::check(self.project, unit.as_slice(), folders, &overlay, &|| {});
        let shown = self.project.shown(self.path);
        let mut findings = report.findings;
        findings.retain(|finding| finding.place.path == shown);
        findings
    }

    /// Whether fixes took away what they were to mend and added nothing but their own placeholders.
    fn is_better(
        &self,
        before: &[Finding],
        after: &[Finding],
        mended: &[&str],
        applied: &Applied,
    ) -> bool {
        let written = applied.written();
        let is_own = |finding: &&Finding| {
            let (start, end) = (finding.place.start.offset, finding.place.end.offset);
            finding.rule == rules::PLACEHOLDER
                && written
                    .iter()
                    .any(|span| span.start <= start && end <= span.end)
        };
        let mut counts: BTreeMap<&str, isize> = BTreeMap::new();
        for finding in before {
            *counts.entry(finding.rule).or_default() += 1;
        }
        for rule in mended
            .iter()
            .copied()
            .chain(after.iter().filter(|f| !is_own(f)).map(|f| f.rule))
        {
            *counts.entry(rule).or_default() -= 1;
        }
        let is_kept = || {
            self.kept.is_none_or(|kept| {
                let anchors = overlay::anchors(&applied.text);
                kept.iter().all(|anchor| anchors.contains(anchor))
            })
        };
        counts.values().all(|&left| left >= 0) && is_kept()
    }
}
