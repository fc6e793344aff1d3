//! GitLab's Code Quality report. The schema states what GitLab's own validator of such a report asks of an issue
//! (`app/validators/json_schemas/codeclimate.json` in its source), and what its documentation adds to that.

use serde_json::Value;
use serde_json::json;

use crate::formats;

fn schema() -> Value {
    let line = json!({ "type": "integer", "minimum": 1 });
    json!({
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "properties": {
                "description": { "type": "string", "minLength": 1 },
                "check_name": { "type": "string", "minLength": 1 },
                "fingerprint": { "type": "string", "minLength": 16 },
                "severity": { "enum": ["info", "minor", "major", "critical", "blocker"] },
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "properties": {
                        "path": { "type": "string", "pattern": r"^[^./]" },
                        "lines": {
                            "type": "object",
                            "required": ["begin"],
                            "properties": { "begin": line.clone(), "end": line },
                        },
                    },
                },
            },
        },
    })
}

#[test]
fn it_is_as_gitlab_reads_it() {
    let project = formats::project();
    let issues = formats::json(&project, "gitlab");
    let validator = jsonschema::draft7::new(&schema()).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&issues)
        .map(|error| error.to_string())
        .collect();
    assert_eq!(errors, Vec::<String>::new());
    let issues = issues.as_array().unwrap();
    let findings = formats::findings(&project);
    assert_eq!(issues.len(), findings.len());
    for (issue, finding) in issues.iter().zip(&findings) {
        assert_eq!(issue["check_name"], finding["rule"]);
        assert_eq!(issue["description"], finding["message"]);
        let location = &issue["location"];
        assert_eq!(location["path"], finding["path"]);
        assert_eq!(location["lines"]["begin"], finding["start"]["line"]);
        assert!(location["lines"]["end"].as_u64() >= location["lines"]["begin"].as_u64());
        let severity = match finding["severity"].as_str().unwrap() {
            "error" => "major",
            "warning" => "minor",
            other => other,
        };
        assert_eq!(issue["severity"], severity);
    }
}

#[test]
fn fingerprints_are_stable() {
    formats::assert_stable(|project| {
        let issues = formats::json(project, "gitlab");
        let issues = issues.as_array().unwrap().iter();
        issues
            .map(|issue| issue["fingerprint"].as_str().unwrap().to_owned())
            .collect()
    });
}
