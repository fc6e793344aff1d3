//! Findings for the Code Quality widget of GitLab: the part of the [Code Climate
//! format](https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format) that GitLab reads.

use std::io;
use std::io::Write;

use serde::Serialize;

use crate::diagnostic::Severity;
use crate::lint::Finding;
use crate::lint::Report;
use crate::report::View;
use crate::report::fingerprint;
use crate::report::github;
use crate::report::json;

#[derive(Serialize)]
struct Issue<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    check_name: &'a str,
    description: &'a str,
    categories: [&'static str; 1],
    severity: &'static str,
    fingerprint: String,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// Write an array.
pub fn render(report: &Report, view: &View, out: &mut dyn Write) -> io::Result<()> {
    let findings: Vec<&Finding> = report.findings.iter().collect();
    let fingerprints = fingerprint::fingerprints(&findings, view);
    let issues = findings.iter().zip(fingerprints);
    let issues: Vec<Issue<'_>> = issues
        .map(|(finding, fingerprint)| issue(finding, fingerprint, view))
        .collect();
    json::write(&issues, out)
}

fn issue<'a>(finding: &'a Finding, fingerprint: String, view: &View) -> Issue<'a> {
    let place = &finding.place;
    Issue {
        kind: "issue",
        check_name: finding.rule,
        description: &finding.message,
        categories: ["Style"],
        severity: match finding.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
            Severity::Info => "info",
        },
        fingerprint,
        location: Location {
            path: view.in_repository(&place.path),
            lines: Lines {
                begin: place.start.line,
                end: github::last_line(place.start, place.end),
            },
        },
    }
}
