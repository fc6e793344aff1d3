//! Findings for reviewdog: its [diagnostic format](https://github.com/reviewdog/reviewdog/tree/master/proto/rdf).
//! Columns count bytes.

use std::io;
use std::io::Write;

use serde::Serialize;

use crate::diagnostic::Severity;
use crate::lint::Finding;
use crate::lint::Report;
use crate::report::View;
use crate::report::full;
use crate::report::json;
use crate::source::Position;

#[derive(Serialize)]
struct Whole<'a> {
    source: Source,
    diagnostics: Vec<One<'a>>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
    url: &'static str,
}

#[derive(Serialize)]
struct One<'a> {
    message: String,
    location: Location,
    severity: &'static str,
    code: Code<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion<'a>>,
}

#[derive(Serialize)]
struct Code<'a> {
    value: &'a str,
    url: String,
}

#[derive(Serialize)]
struct Location {
    path: String,
    range: Range,
}

/// The end is not included.
#[derive(Serialize)]
struct Range {
    start: Point,
    end: Point,
}

#[derive(Serialize)]
struct Point {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct Suggestion<'a> {
    range: Range,
    text: &'a str,
}

impl From<Position> for Point {
    fn from(position: Position) -> Self {
        Self {
            line: position.line,
            column: position.byte_column,
        }
    }
}

fn range(start: Position, end: Position) -> Range {
    Range {
        start: start.into(),
        end: end.into(),
    }
}

/// Write one object.
pub fn render(report: &Report, view: &View, out: &mut dyn Write) -> io::Result<()> {
    let diagnostics = report.findings.iter().map(|finding| one(finding, view));
    let whole = Whole {
        source: Source {
            name: "wf",
            url: env!("CARGO_PKG_REPOSITORY"),
        },
        diagnostics: diagnostics.collect(),
    };
    json::write(&whole, out)
}

fn one<'a>(finding: &'a Finding, view: &View) -> One<'a> {
    let place = &finding.place;
    One {
        message: match full::help(finding) {
            Some(help) => format!("{}\n{help}", finding.message),
            None => finding.message.clone(),
        },
        location: Location {
            path: view.in_repository(&place.path),
            range: range(place.start, place.end),
        },
        severity: match finding.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "WARNING",
            Severity::Info => "INFO",
        },
        code: Code {
            value: finding.rule,
            url: full::page_address(finding.rule),
        },
        suggestions: suggestions(finding),
    }
}

/// What reviewdog offers to commit. Each suggestion is taken alone, so a fix whose edits only make sense together is
/// left to `--fix`.
fn suggestions(finding: &Finding) -> Vec<Suggestion<'_>> {
    let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
    let mut suggestions: Vec<Suggestion<'_>> = edits
        .zip(&finding.edits)
        .map(|(edit, &(start, end))| Suggestion {
            range: range(start, end),
            text: &edit.replacement,
        })
        .collect();
    if suggestions.len() > 1 || finding.target.is_some() {
        suggestions.clear();
    }
    suggestions
}
