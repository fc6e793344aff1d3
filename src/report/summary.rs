//! The sentence at the end: how many findings of each severity, in how many documents.

use crate::diagnostic::Severity;
use crate::edit::Safety;
use crate::lint::Report;
use crate::report::full;

/// `12 documents checked: 3 errors, 1 warning (2 can be mended by --fix, 1 more by --unsafe-fixes, 1 suppressed)`.
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
    let parts_left = parts.len();
    let found = if parts.is_empty() {
        "no findings".to_owned()
    } else {
        parts.join(", ")
    };
    let fixes = |safety: Safety| {
        let fixes = report
            .findings
            .iter()
            .filter_map(|finding| finding.fix.as_ref());
        fixes.filter(|fix| fix.safety == safety).count()
    };
    let mut also = Vec::new();
    match (fixes(Safety::Safe), fixes(Safety::Unsafe)) {
        (0, 0) => {}
        (safe, 0) => also.push(format!("{safe} can be mended by --fix")),
        (0, more) => also.push(format!("{more} can be mended by --unsafe-fixes")),
        (safe, more) => also.push(format!(
            "{safe} can be mended by --fix, {more} more by --unsafe-fixes"
        )),
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
    let found = match report.fixed {
        0 => found,
        _ if parts_left == 0 => format!("{} mended, none left", counted(report.fixed, "finding")),
        count => format!("{} mended, {found} left", counted(count, "finding")),
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
