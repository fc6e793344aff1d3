//! One document: read, parsed once, judged by every rule that is on.

use std::panic;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use aho_corasick::MatchKind;
use rustc_hash::FxHashSet;
use thiserror::Error;

use crate::diagnostic::Diagnostic;
use crate::edit::Fix;
use crate::lint::Finding;
use crate::lint::Place;
use crate::lint::Project;
use crate::lint::Role;
use crate::lint::RuleLevel;
use crate::lint::Unit;
use crate::lint::section::Sections;
use crate::lint::suppression;
use crate::lint::suppression::Suppressed;
use crate::neighbours::Neighbours;
use crate::parse;
use crate::parse::Document;
use crate::parse::listing;
use crate::printable;
use crate::rule;
use crate::rule::Check;
use crate::rule::Context;
use crate::rule::Fault;
use crate::rule::Findings;
use crate::rule::Kept;
use crate::rule::Setting;
use crate::rule::Text;
use crate::rules::RULES;
use crate::secret;
use crate::source::Source;
use crate::source::Span;

/// What came of a document.
#[derive(Default)]
pub struct Outcome {
    /// What was found, suppressed findings included.
    pub findings: Vec<Finding>,
    /// The suppressions in it.
    pub suppressions: Vec<Suppressed>,
    /// The path that findings show.
    pub shown: String,
    /// Of an index that was read: every path that its entries may mean.
    pub named: Option<Arc<FxHashSet<String>>>,
    /// The reason, if it was not judged.
    pub failure: Option<Unjudged>,
}

/// Why a document was not judged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Error)]
pub enum Unjudged {
    /// It could not be read.
    #[error("cannot read it: {0}")]
    Unread(String),
    /// Judging it ended in a panic.
    #[error("it brings out a bug in wf: {0}")]
    Bug(String),
}

/// Read and judge a document. A bug that it brings out is its own failure: all others are judged none the less.
pub fn check(project: &Project, unit: &Unit, neighbours: &dyn Neighbours, kept: &Kept) -> Outcome {
    guarded(|| judged(project, unit, neighbours, kept)).unwrap_or_else(|bug| Outcome {
        shown: project.shown(&unit.path),
        failure: Some(Unjudged::Bug(bug)),
        ..Outcome::default()
    })
}

/// What is made of a document; if that ends in a panic, what it said, on one line.
pub fn guarded<T>(make: impl FnOnce() -> T) -> Result<T, String> {
    // What outlives a panic, such as the memory of shells, is only added to.
    panic::catch_unwind(AssertUnwindSafe(make)).map_err(|panic| {
        let owned = panic.downcast_ref::<String>().map(String::as_str);
        let said = owned.or_else(|| panic.downcast_ref::<&str>().copied());
        printable::one_line(&secret::masked(said.unwrap_or("a panic without a message")))
    })
}

fn judged(project: &Project, unit: &Unit, neighbours: &dyn Neighbours, kept: &Kept) -> Outcome {
    let shown = project.shown(&unit.path);
    let bytes = match neighbours.read(&unit.path) {
        Ok(bytes) => bytes,
        Err(error) => {
            return Outcome {
                shown,
                failure: Some(Unjudged::Unread(error.to_string())),
                ..Outcome::default()
            };
        }
    };
    let levels = project.levels.in_file(&unit.path);
    let text = String::from_utf8(bytes);
    match unreadable(project, &levels, &shown, &text) {
        Unreadable::Yes(finding) => Outcome {
            findings: finding.into_iter().collect(),
            shown,
            ..Outcome::default()
        },
        Unreadable::No => {
            let text = text.expect("what is not UTF-8 is unreadable");
            let setting = Setting {
                template: &project.template,
                config: &project.config,
                today: project.today,
                neighbours,
                kept,
            };
            judge(project, unit, &levels, Source::new(shown, text), setting)
        }
    }
}

/// Parse a text in its role.
pub fn parsed(project: &Project, role: Role, source: Source) -> Document {
    match role {
        Role::Workflow => parse::document(source, &project.template),
        Role::Index => parse::index(source, &project.template),
    }
}

enum Unreadable {
    No,
    /// With a finding, unless the rule is off: the document cannot be judged in either case.
    Yes(Option<Finding>),
}

/// Why a text cannot be judged, and the place of the rule that says so.
#[must_use]
pub fn fault(project: &Project, text: &Text) -> Option<(usize, Fault)> {
    RULES.iter().enumerate().find_map(|(at, rule)| {
        let Check::Bytes(check) = rule.check else {
            return None;
        };
        check(text, project.config.max_file_size).map(|fault| (at, fault))
    })
}

fn unreadable(project: &Project, levels: &[RuleLevel], shown: &str, text: &Text) -> Unreadable {
    let Some((at, fault)) = fault(project, text) else {
        return Unreadable::No;
    };
    let finding = sink(at, levels[at]).map(|mut out| {
        out.report(Span::default(), fault.message.clone())
            .help(fault.help);
        let diagnostic = out.found.pop().expect("one was just reported");
        let mut finding = Finding::whole(shown.to_owned(), None, diagnostic, |path| {
            project.shown(path)
        });
        let place = fault_place(shown, rule::bytes(text), &fault);
        (finding.place.start, finding.place.end) = (place.start, place.end);
        finding
    });
    Unreadable::Yes(finding)
}

/// The fault's line and column, counted in the text before it.
fn fault_place(shown: &str, bytes: &[u8], fault: &Fault) -> Place {
    let before = String::from_utf8_lossy(&bytes[..fault.offset]);
    let source = Source::new(shown, before);
    let mut place = Place::of(&source, Span::at(source.text().len()));
    place.start.offset = fault.offset as u32;
    place.end.offset = fault.offset as u32;
    place
}

/// Where rule `at` of the table puts its findings, if it runs.
fn sink(at: usize, level: RuleLevel) -> Option<Findings> {
    Some(Findings {
        rule: RULES[at].id,
        severity: level.severity()?,
        is_configured: level.is_configured,
        found: Vec::new(),
    })
}

fn judge(
    project: &Project,
    unit: &Unit,
    levels: &[RuleLevel],
    source: Source,
    setting: Setting<'_>,
) -> Outcome {
    let document = parsed(project, unit.role, source);
    let mut diagnostics = Vec::new();
    let cx = Context::new(&document, &unit.path, setting);
    for (at, rule) in RULES.iter().enumerate() {
        let ((Check::Workflow(check), Role::Workflow)
        | (Check::Index(check), Role::Index)
        | (Check::Both(check), _)) = (rule.check, unit.role)
        else {
            continue;
        };
        let Some(mut out) = sink(at, levels[at]) else {
            continue;
        };
        check(&cx, &mut out);
        diagnostics.append(&mut out.found);
    }
    drop(cx);
    conceal(&document, &mut diagnostics);
    let document = concealed(document);
    let mut outcome = Outcome {
        suppressions: suppression::of(&document, &project.template, true),
        shown: document.source.path().to_owned(),
        named: (unit.role == Role::Index).then(|| named(&unit.path, &document)),
        ..Outcome::default()
    };
    if !diagnostics.is_empty() {
        let sections = Sections::of(&document, &project.template);
        let finding = |diagnostic| {
            let shown = |path: &str| project.shown(path);
            Finding::of(&document.source, &sections, diagnostic, shown)
        };
        outcome.findings = diagnostics.into_iter().map(finding).collect();
    }
    outcome
}

/// Every path that an index may mean.
pub fn named(path: &str, index: &Document) -> Arc<FxHashSet<String>> {
    Arc::new(listing::named(path, &index.tree, &index.source))
}

/// A document as findings may show it: without the secrets in its text. All places stay the same.
pub fn concealed(mut document: Document) -> Document {
    if !document.secrets.is_empty() {
        let text = secret::masked(document.source.text());
        document.source = Source::new(document.source.path(), text);
    }
    document
}

/// Take secrets that findings quote out of their words. A fix that would move one is not offered: it shows it.
fn conceal(document: &Document, diagnostics: &mut [Diagnostic]) {
    let source = &document.source;
    let secrets = document.secrets.iter();
    let secrets: FxHashSet<&str> = secrets.map(|secret| source.slice(secret.span)).collect();
    if secrets.is_empty() {
        return;
    }
    let mut builder = AhoCorasick::builder();
    // Of two that begin at one place the longer is taken: it may hold the other.
    let finder = builder
        .match_kind(MatchKind::LeftmostLongest)
        .build(&secrets);
    let finder = finder.expect("the secrets of a document are few enough");
    let stars = vec!["***"; secrets.len()];
    for diagnostic in diagnostics {
        let shows = |fix: &Fix| {
            let mut edits = fix.edits.iter();
            edits.any(|edit| finder.is_match(&edit.replacement))
        };
        diagnostic.fix = diagnostic.fix.take().filter(|fix| !shows(fix));
        let words = std::iter::once(&mut diagnostic.message).chain(&mut diagnostic.help);
        let related = diagnostic
            .related
            .iter_mut()
            .map(|related| &mut related.message);
        for word in words.chain(related).filter(|word| finder.is_match(&**word)) {
            *word = finder.replace_all(word, &stars);
        }
    }
}
