//! Suppression comments at work: which findings they hide, and which comments hide nothing.

use std::ops::RangeInclusive;

use rustc_hash::FxHashMap;

use crate::lint::Finding;
use crate::lint::Place;
use crate::lint::Project;
use crate::lint::ends::Ends;
use crate::lint::reach::Reaching;
use crate::lint::removal::Comment;
use crate::lint::section::Sections;
use crate::markdown::Block;
use crate::markdown::BlockId;
use crate::markdown::BlockKind;
use crate::markdown::comment::Reach;
use crate::markdown::comment::Suppression;
use crate::parse::Document;
use crate::rule::Check;
use crate::rules;
use crate::rules::RULES;
use crate::template::Template;

/// A finding that a comment hides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hidden {
    /// What was found.
    pub finding: Finding,
    /// Why it is hidden, on one line, if the comment says so; of several comments the last one above it counts.
    pub reason: Option<String>,
}

/// A suppression comment with the lines that it reaches.
pub struct Suppressed {
    place: Place,
    /// Its reason, on one line, if it gives one.
    reason: Option<String>,
    /// The section that it stands in.
    section: String,
    comment: Comment,
    /// Whether the rules about documents judged what it stands in, or only those about directories ran.
    is_checked: bool,
    ids: Vec<SuppressedRule>,
}

struct SuppressedRule {
    rule: usize,
    lines: RangeInclusive<u32>,
    is_used: bool,
}

impl SuppressedRule {
    fn can_hide(&self) -> bool {
        !rules::UNSUPPRESSIBLE.contains(&RULES[self.rule].id)
    }
}

/// The suppressions of a document, with the lines they reach. Unknown rules are left out: they have a rule of
/// their own.
#[must_use]
pub fn of(document: &Document, template: &Template, is_checked: bool) -> Vec<Suppressed> {
    if document.suppressions.is_empty() {
        return Vec::new();
    }
    let sections = Sections::of(document, template);
    let ends = Ends::of(document);
    let own_ends = ends.own(document);
    let mut targets = Targets {
        document,
        last: None,
    };
    let mut suppressed = Vec::new();
    for (at, suppression) in document.suppressions.iter().enumerate() {
        let target = (suppression.reach == Reach::NextLine).then(|| targets.of(suppression));
        // A rule that is named twice is named once.
        let first = match &target {
            Some(lines) => *lines.start(),
            None => document.source.line_of(suppression.span.start()) as u32 + 1,
        };
        let mut ids: Vec<SuppressedRule> = Vec::new();
        for &id in &suppression.ids {
            let name = document.source.slice(id);
            let rule = rules::find(name).filter(|rule| ids.iter().all(|id| id.rule != *rule));
            if let Some(rule) = rule
                && let Some(lines) = target.clone().or_else(|| lines(document, &ends, at, name))
            {
                ids.push(SuppressedRule {
                    rule,
                    lines,
                    is_used: false,
                });
            }
        }
        if !ids.is_empty() {
            suppressed.push(Suppressed {
                place: Place::of(&document.source, suppression.span),
                reason: reason(document.source.slice(suppression.reason)),
                section: sections.at(suppression.span.start),
                comment: Comment::of(
                    &document.source,
                    suppression.span,
                    &suppression.ids,
                    own_ends.get(&at).into_iter().flatten().copied(),
                ),
                is_checked: is_checked && !is_stray(document, first),
                ids,
            });
        }
    }
    suppressed
}

fn reason(written: &str) -> Option<String> {
    let words: Vec<&str> = written.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Whether a line, from 1, is one of a step where no step counts: nothing judges that.
fn is_stray(document: &Document, line: u32) -> bool {
    let at = document.source.line_start(line as usize - 1) as u32;
    let stray = &document.workflow.stray;
    let after = stray.partition_point(|stray| stray.start <= at);
    after
        .checked_sub(1)
        .is_some_and(|last| at < stray[last].end)
}

/// The lines, from 1, that suppression `at` reaches by itself; `None` for one that only ends another.
fn lines(document: &Document, ends: &Ends<'_>, at: usize, id: &str) -> Option<RangeInclusive<u32>> {
    let source = &document.source;
    let suppression = &document.suppressions[at];
    let line = |offset: usize| source.line_of(offset) as u32 + 1;
    let own = line(suppression.span.start());
    match suppression.reach {
        Reach::File => Some(1..=u32::MAX),
        Reach::Line => Some(own..=line(suppression.span.end())),
        Reach::From => {
            let end = ends.after(at, id).map(|end| &document.suppressions[end]);
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
    /// Files by the path that findings show.
    files: FxHashMap<String, File>,
}

struct File {
    /// Its path relative to the project root.
    path: String,
    /// The suppressions in it, at least one.
    suppressions: Vec<Suppressed>,
}

impl Book {
    /// Take the suppressions of a file in, by its path relative to the project root, unless they are known already.
    pub fn add(&mut self, path: &str, suppressions: Vec<Suppressed>) {
        if let Some(first) = suppressions.first() {
            let shown = first.place.path.clone();
            self.files.entry(shown).or_insert_with(|| File {
                path: path.to_owned(),
                suppressions,
            });
        }
    }

    /// Take out the findings that are suppressed, and report suppressions that hide nothing, judged only for rules
    /// that ran. The findings stand in order. Returns what was taken out.
    pub fn apply(
        mut self,
        project: &Project,
        findings: &mut Vec<Finding>,
        has_directories: bool,
    ) -> Vec<Hidden> {
        if self.files.is_empty() {
            return Vec::new();
        }
        self.mark_used(findings);
        let mut suppressed = Vec::new();
        let mut hiding = self.hiding();
        for finding in std::mem::take(findings) {
            let rules = hiding.get_mut(finding.place.path.as_str());
            let comments = rules.and_then(|rules| rules.get_mut(finding.rule));
            match comments.and_then(|comments| comments.at(finding.place.start.line)) {
                Some(comment) => suppressed.push(Hidden {
                    finding,
                    reason: comment.reason.clone(),
                }),
                None => findings.push(finding),
            }
        }
        let mut unused = self.unused(project, has_directories);
        // A suppression cannot hide that it is unused: that is left to the configuration.
        findings.append(&mut unused);
        suppressed
    }

    /// Mark the suppressions that hide one of the findings, which stand in order.
    fn mark_used(&mut self, findings: &[Finding]) {
        let mut places: FxHashMap<(&str, &str), Vec<u32>> = FxHashMap::default();
        for finding in findings {
            if self.files.contains_key(&finding.place.path) {
                let place = (finding.place.path.as_str(), finding.rule);
                places
                    .entry(place)
                    .or_default()
                    .push(finding.place.start.line);
            }
        }
        let files = self.files.values_mut();
        for suppressed in files.flat_map(|file| &mut file.suppressions) {
            let path = suppressed.place.path.as_str();
            for id in suppressed.ids.iter_mut().filter(|id| id.can_hide()) {
                let Some(lines) = places.get(&(path, RULES[id.rule].id)) else {
                    continue;
                };
                let next = lines.partition_point(|line| line < id.lines.start());
                id.is_used = lines.get(next).is_some_and(|line| id.lines.contains(line));
            }
        }
    }

    /// For each file and rule the comments that hide its findings.
    fn hiding(&self) -> FxHashMap<&str, FxHashMap<&'static str, Reaching<&Suppressed>>> {
        let hiding = self.files.iter().map(|(shown, file)| {
            let mut rules: FxHashMap<_, Vec<_>> = FxHashMap::default();
            for suppressed in &file.suppressions {
                for id in suppressed.ids.iter().filter(|id| id.can_hide()) {
                    let comments = rules.entry(RULES[id.rule].id).or_default();
                    comments.push((id.lines.clone(), suppressed));
                }
            }
            let rules = rules.into_iter();
            let rules = rules.map(|(rule, comments)| (rule, Reaching::new(comments)));
            (shown.as_str(), rules.collect())
        });
        hiding.collect()
    }

    fn unused(&self, project: &Project, has_directories: bool) -> Vec<Finding> {
        let mut findings = Vec::new();
        let judged = RULES
            .iter()
            .enumerate()
            .find_map(|(at, rule)| match rule.check {
                Check::Suppression(message) => Some((at, message)),
                _ => None,
            });
        let (own, message) = judged.expect("a rule is about suppressions");
        if !project.levels.can_run(own) {
            return findings;
        }
        let mut files: Vec<(&String, &File)> = self.files.iter().collect();
        files.sort_unstable_by_key(|(shown, _)| *shown);
        for (_, file) in files {
            let levels = project.levels.in_file(&file.path);
            let Some(severity) = levels[own].severity() else {
                continue;
            };
            for suppression in &file.suppressions {
                let ran = |at: usize| {
                    let is_about_directories = matches!(RULES[at].check, Check::Directory(_));
                    let ran = if is_about_directories {
                        has_directories
                    } else {
                        suppression.is_checked
                    };
                    ran && levels[at].severity().is_some()
                };
                let idle = suppression
                    .ids
                    .iter()
                    .filter(|id| !id.is_used && ran(id.rule));
                let idle: Vec<&str> = idle.map(|id| RULES[id.rule].id).collect();
                if !idle.is_empty() {
                    let (fix, edits) = suppression.comment.without(&idle);
                    findings.push(Finding {
                        rule: RULES[own].id,
                        severity,
                        message: message(&idle),
                        place: suppression.place.clone(),
                        related: Vec::new(),
                        help: Some("remove it".to_owned()),
                        target: None,
                        edits,
                        fix: Some(fix),
                        section: suppression.section.clone(),
                    });
                }
            }
        }
        findings
    }
}
