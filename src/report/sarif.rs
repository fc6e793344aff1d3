//! Findings for code scanning: [SARIF 2.1.0](https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).

use std::io;
use std::io::Write;

use percent_encoding::AsciiSet;
use percent_encoding::NON_ALPHANUMERIC;
use percent_encoding::utf8_percent_encode;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::diagnostic::Level;
use crate::diagnostic::Severity;
use crate::lint::Finding;
use crate::lint::Hidden;
use crate::lint::Place;
use crate::lint::Report;
use crate::report::View;
use crate::report::fingerprint;
use crate::report::full;
use crate::report::json;
use crate::report::page;
use crate::rule::Rule;
use crate::rules;
use crate::rules::RULES;
use crate::source::Position;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The name of the fingerprints, with the version of how they are made.
const FINGERPRINT: &str = "wfFinding/v1";
/// What relative paths are relative to: the top of the repository.
const BASE: &str = "%SRCROOT%";
/// What stands in a path of an address as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// Write one log with one run.
pub fn render(report: &Report, view: &View, out: &mut dyn Write) -> io::Result<()> {
    let found = report.findings.iter().map(|finding| (finding, None));
    let suppressed = report.suppressed.iter();
    let suppressed = suppressed.map(|hidden| (&hidden.finding, Some(hidden)));
    let mut all: Vec<(&Finding, Option<&Hidden>)> = found.chain(suppressed).collect();
    all.sort_by(|(a, _), (b, _)| a.order().cmp(&b.order()));
    let findings: Vec<&Finding> = all.iter().map(|(finding, _)| *finding).collect();
    let fingerprints = fingerprint::fingerprints(&findings, view);
    let results = all.iter().zip(fingerprints);
    let results = results.map(|((finding, hidden), fingerprint)| {
        let mut result = result(finding, &fingerprint, view);
        if let Some(hidden) = hidden {
            result.insert("suppressions".to_owned(), json!([suppression(hidden)]));
        }
        Value::Object(result)
    });
    let results: Vec<Value> = results.collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "wf",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": RULES.iter().map(rule).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "invocations": [invocation(report, view)],
            "results": results,
        }],
    });
    json::write(&log, out)
}

fn suppression(hidden: &Hidden) -> Value {
    match &hidden.reason {
        Some(reason) => json!({ "kind": "inSource", "justification": reason }),
        None => json!({ "kind": "inSource" }),
    }
}

/// What was not judged.
fn invocation(report: &Report, view: &View) -> Value {
    let notifications = report.failures.iter().map(|(path, reason)| {
        json!({
            "level": "error",
            "message": { "text": reason.to_string() },
            "locations": [{ "physicalLocation": { "artifactLocation": artifact(path, view) } }],
        })
    });
    json!({
        "executionSuccessful": report.failures.is_empty(),
        "toolExecutionNotifications": notifications.collect::<Vec<_>>(),
    })
}

fn rule(rule: &Rule) -> Value {
    let gist = page::gist(rule.page);
    let page = page::reasons(rule.page);
    let address = full::page_address(rule.id);
    let level = match rule.default {
        Level::Off => level(Severity::Warning),
        Level::On(severity) => self::level(severity),
    };
    json!({
        "id": rule.id,
        "shortDescription": { "text": gist },
        "help": {
            "text": format!("{page}\n\nExamples: {address}"),
            "markdown": format!("{page}\n\n[Examples]({address})"),
        },
        "helpUri": address,
        "defaultConfiguration": { "enabled": rule.default != Level::Off, "level": level },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn result(finding: &Finding, fingerprint: &str, view: &View) -> Map<String, Value> {
    let place = &finding.place;
    let text = match &finding.help {
        Some(help) => format!("{}\n{help}", finding.message),
        None => finding.message.clone(),
    };
    let related = finding.related.iter().map(|(place, message)| {
        json!({ "physicalLocation": location(place, view), "message": { "text": message } })
    });
    let result = json!({
        "ruleId": finding.rule,
        "ruleIndex": rules::find(finding.rule),
        "level": level(finding.severity),
        "message": { "text": text },
        "locations": [{ "physicalLocation": location(place, view) }],
        "relatedLocations": related.collect::<Vec<_>>(),
        "partialFingerprints": { FINGERPRINT: fingerprint },
        "fixes": fix(finding, view).map_or_else(Vec::new, |fix| vec![fix]),
    });
    match result {
        Value::Object(result) => result,
        _ => Map::new(),
    }
}

fn fix(finding: &Finding, view: &View) -> Option<Value> {
    let fix = finding.fix.as_ref()?;
    let edits = fix.edits.iter().zip(&finding.edits);
    let replacements = edits.map(|(edit, &(start, end))| {
        json!({
            "deletedRegion": region(start, end),
            "insertedContent": { "text": edit.replacement },
        })
    });
    Some(json!({
        "description": { "text": full::mends(fix) },
        "artifactChanges": [{
            "artifactLocation": artifact(finding.target.as_ref().unwrap_or(&finding.place.path), view),
            "replacements": replacements.collect::<Vec<_>>(),
        }],
        "properties": { "safety": fix.safety.name() },
    }))
}

fn location(place: &Place, view: &View) -> Value {
    json!({
        "artifactLocation": artifact(&place.path, view),
        "region": region(place.start, place.end),
    })
}

/// The end is not included.
fn region(start: Position, end: Position) -> Value {
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

/// A file or folder by its address: relative to the top of the repository, absolute where it lies in none.
fn artifact(path: &str, view: &View) -> Value {
    let path = view.in_repository(path);
    let address = utf8_percent_encode(&path, PLAIN);
    if path.starts_with('/') {
        json!({ "uri": format!("file://{address}") })
    } else {
        json!({ "uri": address.to_string(), "uriBaseId": BASE })
    }
}
