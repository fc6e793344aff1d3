//! Findings for CI servers that show test reports: a test case a document, as
//! [JUnit's XML](https://github.com/testmoapp/junitxml) has it. Without times, so that equal reports are equal bytes.

use std::collections::BTreeMap;
use std::io;
use std::io::Write;

use quick_junit::NonSuccessKind;
use quick_junit::TestCase;
use quick_junit::TestCaseStatus;
use quick_junit::TestSuite;

use crate::lint::Finding;
use crate::lint::Report;
use crate::printable;
use crate::report::View;
use crate::report::full;
use crate::report::summary;

/// Write the report: each document passes or fails; findings that make nothing fail are its output.
pub fn render(report: &Report, view: &View, out: &mut dyn Write) -> io::Result<()> {
    let mut cases: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for path in &report.documents {
        cases.entry(path).or_default();
    }
    for finding in &report.findings {
        cases.entry(&finding.place.path).or_default().push(finding);
    }
    let mut suite = TestSuite::new("wf check");
    for (path, findings) in cases {
        suite.add_test_case(case(path, &findings, view));
    }
    for (path, reason) in &report.failures {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(one_line(&reason.to_string()));
        suite.add_test_case(named(path, status, view));
    }
    let mut whole = quick_junit::Report::new("wf");
    whole.add_test_suite(suite);
    let text = whole.to_string().map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}

fn case(path: &str, findings: &[&Finding], view: &View) -> TestCase {
    let fails = |finding: &&&Finding| view.failing.is_some_and(|least| finding.severity >= least);
    let failing: Vec<&&Finding> = findings.iter().filter(fails).collect();
    let passing: Vec<&&Finding> = findings.iter().filter(|finding| !fails(finding)).collect();
    let status = match failing[..] {
        [] => TestCaseStatus::success(),
        [first, ..] => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type(first.rule);
            status.set_message(match failing[..] {
                [only] => one_line(&only.message),
                _ => format!(
                    "{}, the first: {}",
                    summary::counted(failing.len(), "finding"),
                    one_line(&first.message)
                ),
            });
            status.set_description(listed(&failing));
            status
        }
    };
    let mut case = named(path, status, view);
    if !passing.is_empty() {
        case.set_system_out(listed(&passing));
    }
    case
}

fn named(path: &str, status: TestCaseStatus, view: &View) -> TestCase {
    let path = one_line(&view.in_repository(path));
    let mut case = TestCase::new(path.clone(), status);
    case.set_classname("wf check");
    case.extra.insert("file".into(), path.into());
    case
}

/// Each finding with its place and what to do.
fn listed(findings: &[&&Finding]) -> String {
    let lines = findings.iter().map(|finding| {
        let start = finding.place.start;
        let path = one_line(&finding.place.path);
        let (severity, rule) = (finding.severity.name(), finding.rule);
        let message = one_line(&finding.message);
        let mut text = format!(
            "{path}:{}:{}: {severity}[{rule}] {message}\n",
            start.line, start.column
        );
        for line in full::help(finding).iter().flat_map(|help| help.lines()) {
            text.push_str(&format!("  {}\n", one_line(line)));
        }
        text
    });
    lines.collect()
}

fn one_line(text: &str) -> String {
    // XML has no place for these at all.
    printable::one_line(text).replace(['\u{FFFE}', '\u{FFFF}'], "\u{FFFD}")
}
