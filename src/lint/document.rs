//! One document: read, parsed once, judged by every rule that is on.

use crate::diagnostic::Severity;
use crate::lint::Finding;
use crate::lint::Place;
use crate::lint::Project;
use crate::lint::Role;
use crate::lint::Unit;
use crate::lint::suppression;
use crate::lint::suppression::Suppressed;
use crate::neighbours::Neighbours;
use crate::parse;
use crate::parse::Document;
use crate::rule::Check;
use crate::rule::Context;
use crate::rule::Fault;
use crate::rule::Findings;
use crate::rules::RULES;
use crate::source::Source;
use crate::source::Span;

/// What came of a document.
#[derive(Default)]
pub struct Outcome {
    /// What was found, suppressed findings included.
    pub findings: Vec<Finding>,
    /// The suppressions in it.
    pub suppressions: Vec<Suppressed>,
    /// Path and reason, if it could not be read.
    pub failure: Option<(String, String)>,
}

/// Read and judge a document.
pub fn check(project: &Project, unit: &Unit, neighbours: &dyn Neighbours) -> Outcome {
    let shown = project.shown(&unit.path);
    let bytes = match neighbours.read(&unit.path) {
        Ok(bytes) => bytes,
        Err(error) => {
            return Outcome {
                failure: Some((shown, error.to_string())),
                ..Outcome::default()
            };
        }
    };
    match unreadable(project, &shown, &bytes) {
        Unreadable::Yes(finding) => Outcome {
            findings: finding.into_iter().collect(),
            ..Outcome::default()
        },
        Unreadable::No => {
            let text = String::from_utf8(bytes).expect("what is not UTF-8 is unreadable");
            judge(project, unit, Source::new(shown, text), neighbours)
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

fn unreadable(project: &Project, shown: &str, bytes: &[u8]) -> Unreadable {
    for (at, rule) in RULES.iter().enumerate() {
        let Check::Bytes(check) = rule.check else {
            continue;
        };
        if let Some(fault) = check(bytes, project.config.max_file_size) {
            let finding = project.severity(at).map(|severity| {
                let mut out = sink(project, at, severity);
                out.report(Span::default(), fault.message.clone())
                    .help(fault.help);
                let diagnostic = out.found.pop().expect("one was just reported");
                let mut finding =
                    Finding::whole(shown.to_owned(), diagnostic, |path| project.shown(path));
                let place = fault_place(shown, bytes, &fault);
                (finding.place.start, finding.place.end) = (place.start, place.end);
                finding
            });
            return Unreadable::Yes(finding);
        }
    }
    Unreadable::No
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

/// Where rule `at` of the table puts its findings.
pub fn sink(project: &Project, at: usize, severity: Severity) -> Findings {
    Findings {
        rule: RULES[at].id,
        severity,
        is_configured: project.levels[at].is_configured,
        found: Vec::new(),
    }
}

fn judge(project: &Project, unit: &Unit, source: Source, neighbours: &dyn Neighbours) -> Outcome {
    let document = parsed(project, unit.role, source);
    let judged_by = (project.today, project.config.audit);
    let cx = Context::new(
        &document,
        &project.template,
        &unit.path,
        judged_by,
        neighbours,
    );
    let mut findings = Vec::new();
    for (at, rule) in RULES.iter().enumerate() {
        let ((Check::Workflow(check), Role::Workflow)
        | (Check::Index(check), Role::Index)
        | (Check::Both(check), _)) = (rule.check, unit.role)
        else {
            continue;
        };
        let Some(severity) = project.severity(at) else {
            continue;
        };
        let mut out = sink(project, at, severity);
        check(&cx, &mut out);
        let found = out.found.into_iter();
        findings.extend(found.map(|diagnostic| {
            Finding::of(&document.source, diagnostic, |path| project.shown(path))
        }));
    }
    Outcome {
        findings,
        suppressions: suppression::of(&document, true),
        failure: None,
    }
}
