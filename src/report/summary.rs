//! The sentence at the end: how many findings of each severity, in how many documents.

use crate::diagnostic::Severity;
use crate::lint::Report;
use crate::report::full;

/// `12 documents checked: 3 errors, 1 warning; 2 findings can be fixed, 1 is suppressed`.
#[must_use]
pub fn line(report: &Report, color: bool) -> String {
    let mut parts = Vec::new();
    for (severity, name) in [
        (Severity::Error, "error"),
        (Severity::Warning, "warning"),
        (Severity::Info, "info"),
    ] {
        let count = report.count(severity);
        if count > 0 {
            let style = full::style(severity, color);
            parts.push(format!("{style}{}{style:#}", counted(count, name)));
        }
    }
    let found = if parts.is_empty() {
        "no findings".to_owned()
    } else {
        parts.join(", ")
    };
    let fixable = report
        .findings
        .iter()
        .filter(|finding| finding.fix.is_some())
        .count();
    let mut also = Vec::new();
    if fixable > 0 {
        also.push(format!("{} can be fixed", counted(fixable, "finding")));
    }
    if report.known > 0 {
        also.push(format!("{} in the baseline", report.known));
    }
    if !report.suppressed.is_empty() {
        also.push(format!("{} suppressed", report.suppressed.len()));
    }
    let also = if also.is_empty() {
        String::new()
    } else {
        format!(" ({})", also.join(", "))
    };
    format!(
        "{} checked: {found}{also}",
        counted(report.documents.len(), "document")
    )
}

/// A number with its noun.
#[must_use]
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
