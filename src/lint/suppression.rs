//! Suppression comments at work: which findings they hide, and which comments hide nothing.

use std::ops::RangeInclusive;

use rustc_hash::FxHashMap;

use crate::lint::Finding;
use crate::lint::Place;
use crate::lint::Project;
use crate::markdown::Block;
use crate::markdown::BlockId;
use crate::markdown::BlockKind;
use crate::markdown::comment::Reach;
use crate::markdown::comment::Suppression;
use crate::parse::Document;
use crate::rule::Check;
use crate::rules;
use crate::rules::RULES;

/// A suppression comment with the lines that it reaches.
pub struct Suppressed {
    place: Place,
    /// Whether the rules about documents ran on its file, or only those about directories.
    is_checked: bool,
    ids: Vec<SuppressedRule>,
}

struct SuppressedRule {
    rule: usize,
    lines: RangeInclusive<u32>,
    is_used: bool,
}

/// The suppressions of a document, with the lines they reach. Unknown rules are left out: they have a rule of
/// their own.
#[must_use]
pub fn of(document: &Document, is_checked: bool) -> Vec<Suppressed> {
    let mut targets = Targets {
        document,
        last: None,
    };
    let mut suppressed = Vec::new();
    for (at, suppression) in document.suppressions.iter().enumerate() {
        let target = (suppression.reach == Reach::NextLine).then(|| targets.of(suppression));
        let ids = suppression.ids.iter().filter_map(|&id| {
            let name = document.source.slice(id);
            Some(SuppressedRule {
                rule: rules::find(name)?,
                lines: target.clone().or_else(|| lines(document, at, name))?,
                is_used: false,
            })
        });
        let ids: Vec<SuppressedRule> = ids.collect();
        if !ids.is_empty() {
            suppressed.push(Suppressed {
                place: Place::of(&document.source, suppression.span),
                is_checked,
                ids,
            });
        }
    }
    suppressed
}

/// The lines, from 1, that suppression `at` reaches by itself; `None` for one that only ends another.
fn lines(document: &Document, at: usize, id: &str) -> Option<RangeInclusive<u32>> {
    let source = &document.source;
    let suppression = &document.suppressions[at];
    let line = |offset: usize| source.line_of(offset) as u32 + 1;
    let own = line(suppression.span.start());
    match suppression.reach {
        Reach::File => Some(1..=u32::MAX),
        Reach::Line => Some(own..=line(suppression.span.end())),
        Reach::From => {
            let ends = |other: &&Suppression| {
                other.reach == Reach::Until
                    && (other.ids.is_empty()
                        || other.ids.iter().any(|&span| source.slice(span) == id))
            };
            let end = document.suppressions[at + 1..].iter().find(ends);
            Some(own..=end.map_or(u32::MAX, |end| line(end.span.start())))
        }
        Reach::NextLine | Reach::Until => None,
    }
}

/// Finds what stands below comments, in the order of the comments.
struct Targets<'a> {
    document: &'a Document,
    /// The line, from 0, found last, and the lines that it stands for: comments above it share them.
    last: Option<(usize, RangeInclusive<u32>)>,
}

impl Targets<'_> {
    /// The next line that is neither blank nor another comment; where a heading begins on it, its whole section.
    fn of(&mut self, suppression: &Suppression) -> RangeInclusive<u32> {
        let source = &self.document.source;
        let mut next = source.line_of(suppression.span.end()) + 1;
        if let Some((found, lines)) = &self.last
            && next <= *found
        {
            return lines.clone();
        }
        let passes =
            |line: &str| line.is_empty() || line.starts_with("<!--") && line.ends_with("-->");
        while next + 1 < source.line_count() && passes(source.slice(source.line(next)).trim()) {
            next += 1;
        }
        let lines = section_at(self.document, next);
        self.last = Some((next, lines.clone()));
        lines
    }
}

/// The lines, from 1, of the section whose heading begins on a line, from 0; else that line alone.
fn section_at(document: &Document, number: usize) -> RangeInclusive<u32> {
    let (source, tree) = (&document.source, &document.tree);
    let (from, to) = (source.line_start(number), source.line_start(number + 1));
    let first = number as u32 + 1;
    // Blocks stand in the order of their places.
    let begins = |block: &Block| block.span.start() < from;
    let id = tree.blocks.partition_point(begins);
    let section = tree.blocks.get(id).and_then(|block| match block.kind {
        BlockKind::Heading { level, .. } => {
            (block.parent.is_none() && block.span.start() < to).then_some(level)
        }
        _ => None,
    });
    let Some(level) = section else {
        return first..=first;
    };
    let after = tree.siblings(id as BlockId + 1..tree.blocks.len() as BlockId);
    let mut after = after.map(|id| tree.block(id));
    let end = after.find(
        |block| matches!(block.kind, BlockKind::Heading { level: other, .. } if other <= level),
    );
    first..=end.map_or(u32::MAX, |end| source.line_of(end.span.start()) as u32)
}

/// All suppressions, by the file they stand in.
#[derive(Default)]
pub struct Book {
    files: FxHashMap<String, Vec<Suppressed>>,
}

impl Book {
    /// Take a file's suppressions in, unless they are known already.
    pub fn add(&mut self, suppressions: Vec<Suppressed>) {
        if let Some(first) = suppressions.first() {
            self.files
                .entry(first.place.path.clone())
                .or_insert(suppressions);
        }
    }

    /// Drop the findings that are suppressed, and report suppressions that hide nothing, judged only for rules
    /// that ran. Returns how many findings were dropped.
    pub fn apply(
        mut self,
        project: &Project,
        findings: &mut Vec<Finding>,
        has_directories: bool,
    ) -> usize {
        if self.files.is_empty() {
            return 0;
        }
        let before = findings.len();
        findings.retain(|finding| !self.hides(finding));
        let suppressed = before - findings.len();
        let mut unused = self.unused(project, has_directories);
        // A suppression cannot hide that it is unused: that is left to the configuration.
        findings.append(&mut unused);
        suppressed
    }

    fn hides(&mut self, finding: &Finding) -> bool {
        let Some(suppressions) = self.files.get_mut(&finding.place.path) else {
            return false;
        };
        if rules::UNSUPPRESSIBLE.contains(&finding.rule) {
            return false;
        }
        let mut is_hidden = false;
        for id in suppressions
            .iter_mut()
            .flat_map(|suppression| &mut suppression.ids)
        {
            if RULES[id.rule].id == finding.rule && id.lines.contains(&finding.place.start.line) {
                id.is_used = true;
                is_hidden = true;
            }
        }
        is_hidden
    }

    fn unused(&self, project: &Project, has_directories: bool) -> Vec<Finding> {
        let mut findings = Vec::new();
        let judged = RULES
            .iter()
            .enumerate()
            .find_map(|(at, rule)| match rule.check {
                Check::Suppression(message) => Some((rule, message, project.severity(at)?)),
                _ => None,
            });
        let Some((rule, message, severity)) = judged else {
            return findings;
        };
        let mut files: Vec<&Vec<Suppressed>> = self.files.values().collect();
        files.sort_by(|a, b| a[0].place.path.cmp(&b[0].place.path));
        for suppression in files.into_iter().flatten() {
            let ran = |at: usize| {
                let is_about_directories = matches!(RULES[at].check, Check::Directory(_));
                let ran = if is_about_directories {
                    has_directories
                } else {
                    suppression.is_checked
                };
                ran && project.severity(at).is_some()
            };
            let idle = suppression
                .ids
                .iter()
                .filter(|id| !id.is_used && ran(id.rule));
            let idle: Vec<&str> = idle.map(|id| RULES[id.rule].id).collect();
            if !idle.is_empty() {
                findings.push(Finding {
                    rule: rule.id,
                    severity,
                    message: message(&idle),
                    place: suppression.place.clone(),
                    related: Vec::new(),
                    help: Some("remove it".to_owned()),
                    fix: None,
                });
            }
        }
        findings
    }
}
