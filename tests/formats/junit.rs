//! JUnit's XML, read by junitparser.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde_json::Value;

use crate::formats;
use crate::formats::consumers;
use crate::project::Project;

const READ: &str = "\
import json, sys
from junitparser import Error, Failure, JUnitXml
xml = JUnitXml.fromstring(sys.stdin.buffer.read())
cases = []
for suite in xml:
    for case in suite:
        results = [[type(r).__name__, r.type, r.message, r.text] for r in case.result]
        cases.append({'name': case.name, 'class': case.classname, 'results': results, 'out': case.system_out})
print(json.dumps({'tests': xml.tests, 'failures': xml.failures, 'errors': xml.errors, 'cases': cases}))
";

fn read(project: &Project, arguments: &[&str]) -> Value {
    let report = project.check(&[&[".", "--format", "junit"], arguments].concat());
    serde_json::from_str(&consumers::python(READ, &report.out)).unwrap()
}

/// Paths with the findings in them.
fn by_path(findings: &[Value]) -> BTreeMap<&str, Vec<&Value>> {
    let mut paths: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for finding in findings {
        paths
            .entry(finding["path"].as_str().unwrap())
            .or_default()
            .push(finding);
    }
    paths
}

#[test]
fn every_document_is_a_test_case() {
    let project = formats::project();
    let findings = formats::findings(&project);
    let paths = by_path(&findings);
    for (arguments, least) in [
        (&[][..], &["error"][..]),
        (&["--fail-on", "warning"], &["error", "warning"]),
        (&["--fail-on", "never"], &[]),
    ] {
        let report = read(&project, arguments);
        let cases = report["cases"].as_array().unwrap();
        let mut failed = 0;
        for case in cases {
            let name = case["name"].as_str().unwrap();
            let all = paths.get(name).map_or(&[][..], Vec::as_slice);
            let is_failing =
                |finding: &&&Value| least.contains(&finding["severity"].as_str().unwrap());
            let failing: Vec<&Value> = all.iter().filter(is_failing).copied().collect();
            assert_fails(case, &failing);
            failed += usize::from(!failing.is_empty());
            assert_eq!(case["out"].is_string(), all.len() > failing.len(), "{case}");
        }
        assert_eq!(report["tests"], cases.len());
        assert_eq!(report["failures"], failed);
        assert_eq!(report["errors"], 0);
        let names = cases.iter().map(|case| case["name"].as_str().unwrap());
        let names: BTreeSet<&str> = names.collect();
        assert_eq!(names.len(), cases.len());
        assert!(paths.keys().all(|path| names.contains(path)), "{names:?}");
        assert!(names.contains("workflows/clean.md"), "{names:?}");
    }
}

/// A test case fails for these findings, and names them all.
fn assert_fails(case: &Value, failing: &[&Value]) {
    let results = case["results"].as_array().unwrap();
    assert_eq!(results.len(), usize::from(!failing.is_empty()), "{case}");
    for result in results {
        assert_eq!(result[0], "Failure");
        assert_eq!(result[1], failing[0]["rule"]);
        let text = result[3].as_str().unwrap();
        let places = text.lines().filter(|line| !line.starts_with(' '));
        let places: Vec<&str> = places.collect();
        assert_eq!(places.len(), failing.len(), "{text}");
        for (place, finding) in places.iter().zip(failing) {
            let (severity, rule) = (finding["severity"].as_str(), finding["rule"].as_str());
            let expected = format!(
                "{}:{}:{}: {}[{}] ",
                case["name"].as_str().unwrap(),
                finding["start"]["line"],
                finding["start"]["column"],
                severity.unwrap(),
                rule.unwrap()
            );
            assert!(place.starts_with(&expected), "{place}");
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn what_cannot_be_read_is_an_error() {
    let project = formats::project();
    formats::add_unreadable(&project);
    let run = project.check(&[".", "--format", "junit"]);
    assert_eq!(run.code, 2, "{run:?}");
    let report: Value = serde_json::from_str(&consumers::python(READ, &run.out)).unwrap();
    assert_eq!(report["errors"], 1, "{report}");
    let cases = report["cases"].as_array().unwrap();
    let case = cases
        .iter()
        .find(|case| case["name"] == "workflows/memory.md");
    let result = &case.unwrap()["results"][0];
    assert_eq!(result[0], "Error");
    assert!(result[2].as_str().unwrap().starts_with("cannot read it: "));
}
