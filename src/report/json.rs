//! Findings for programs. The shape is versioned: a field is added without a new version, none is changed or
//! removed without one. `fixtures/json/report.schema.json` describes it.

use std::collections::BTreeMap;
use std::io;
use std::io::Write;

use serde::Serialize;

use crate::diagnostic::Severity;
use crate::lint::Finding;
use crate::lint::Place;
use crate::lint::Report;
use crate::report::View;
use crate::report::printable;
use crate::source::Position;

/// The version of the shape.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Whole<'a> {
    version: u32,
    findings: Vec<One<'a>>,
    summary: Summary<'a>,
}

#[derive(Serialize)]
struct Summary<'a> {
    documents: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
    fixable: usize,
    suppressed: usize,
    rules: BTreeMap<&'a str, usize>,
}

#[derive(Serialize)]
struct One<'a> {
    path: &'a str,
    rule: &'a str,
    severity: &'a str,
    message: &'a str,
    help: Option<&'a str>,
    start: Point,
    end: Point,
    related: Vec<Other<'a>>,
    fix: Option<Mend<'a>>,
}

#[derive(Serialize)]
struct Point {
    line: u32,
    column: u32,
    offset: u32,
}

#[derive(Serialize)]
struct Other<'a> {
    path: &'a str,
    start: Point,
    end: Point,
    message: &'a str,
}

#[derive(Serialize)]
struct Mend<'a> {
    safety: &'a str,
    edits: Vec<Change<'a>>,
}

/// An edit, in byte offsets: the end is not included.
#[derive(Serialize)]
struct Change<'a> {
    start: u32,
    end: u32,
    replacement: &'a str,
}

impl From<Position> for Point {
    fn from(position: Position) -> Self {
        Self {
            line: position.line,
            column: position.column,
            offset: position.offset,
        }
    }
}

fn other((place, message): &(Place, String)) -> Other<'_> {
    Other {
        path: &place.path,
        start: place.start.into(),
        end: place.end.into(),
        message,
    }
}

fn one(finding: &Finding) -> One<'_> {
    One {
        path: &finding.place.path,
        rule: finding.rule,
        severity: finding.severity.name(),
        message: &finding.message,
        help: finding.help.as_deref(),
        start: finding.place.start.into(),
        end: finding.place.end.into(),
        related: finding.related.iter().map(other).collect(),
        fix: finding.fix.as_ref().map(|fix| Mend {
            safety: fix.safety.name(),
            edits: fix
                .edits
                .iter()
                .map(|edit| Change {
                    start: edit.span.start,
                    end: edit.span.end,
                    replacement: &edit.replacement,
                })
                .collect(),
        }),
    }
}

/// Write one object.
pub fn render(report: &Report, _: &View, out: &mut dyn Write) -> io::Result<()> {
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &report.findings {
        *rules.entry(finding.rule).or_default() += 1;
    }
    let whole = Whole {
        version: VERSION,
        findings: report.findings.iter().map(one).collect(),
        summary: Summary {
            documents: report.documents,
            errors: report.count(Severity::Error),
            warnings: report.count(Severity::Warning),
            infos: report.count(Severity::Info),
            fixable: report
                .findings
                .iter()
                .filter(|finding| finding.fix.is_some())
                .count(),
            suppressed: report.suppressed,
            rules,
        },
    };
    let text = serde_json::to_string_pretty(&whole)?;
    writeln!(out, "{}", escaped(&text))
}

/// Write one object a finding, each on a line.
pub fn render_lines(report: &Report, _: &View, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        let text = serde_json::to_string(&one(finding))?;
        writeln!(out, "{}", escaped(&text))?;
    }
    Ok(())
}

/// JSON with the characters escaped that steer a terminal; they stand in strings alone.
pub fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    let mut units = [0; 2];
    for c in json.chars() {
        if printable::is_unsafe(c) {
            for unit in c.encode_utf16(&mut units) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(c);
        }
    }
    text
}
