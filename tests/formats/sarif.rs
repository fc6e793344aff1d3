//! SARIF, against the schema that OASIS publishes.

use std::fs;

use serde_json::Value;

use crate::formats;
use crate::formats::consumers;
use crate::project::Project;

fn results(project: &Project) -> Vec<Value> {
    let log = formats::json(project, "sarif");
    log["runs"][0]["results"].as_array().unwrap().clone()
}

#[test]
fn it_is_as_the_schema_says() {
    let schema = jsonschema::draft4::new(&consumers::sarif_schema()).unwrap();
    let project = formats::project();
    let log = formats::json(&project, "sarif");
    let errors: Vec<String> = schema
        .iter_errors(&log)
        .map(|error| error.to_string())
        .collect();
    assert_eq!(errors, Vec::<String>::new());
    let rules = log["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .unwrap();
    assert_eq!(rules.len(), wf::rules::RULES.len());
    for (rule, own) in rules.iter().zip(wf::rules::RULES) {
        assert_eq!(rule["id"], own.id);
        for text in ["text", "markdown"] {
            assert!(
                rule["help"][text]
                    .as_str()
                    .unwrap()
                    .contains("## Why it is bad"),
                "{rule}"
            );
        }
        let level = rule["defaultConfiguration"]["level"].as_str().unwrap();
        let wanted = if own.default.name() == "off" {
            "warning"
        } else {
            own.default.name()
        };
        assert_eq!(level, wanted, "{}", own.id);
    }
    // A schema that takes anything would show nothing.
    let mut broken = log;
    broken["runs"][0]["results"][0]["level"] = "bad".into();
    assert!(!schema.is_valid(&broken));
}

#[test]
fn it_says_what_the_findings_say() {
    let project = formats::project();
    let results = results(&project);
    let (hidden, shown): (Vec<&Value>, Vec<&Value>) = results
        .iter()
        .partition(|result| result.get("suppressions").is_some());
    assert_eq!(hidden.len(), 1);
    assert_eq!(hidden[0]["ruleId"], "broken-link");
    let why = serde_json::json!([{ "kind": "inSource", "justification": "later" }]);
    assert_eq!(hidden[0]["suppressions"], why);
    let findings = formats::findings(&project);
    assert_eq!(shown.len(), findings.len());
    let mut folders = 0;
    for (result, finding) in shown.iter().zip(&findings) {
        let location = &result["locations"][0]["physicalLocation"];
        let artifact = &location["artifactLocation"];
        assert_eq!(artifact["uriBaseId"], "%SRCROOT%");
        let path = percent_encoding::percent_decode_str(artifact["uri"].as_str().unwrap());
        assert_eq!(
            path.decode_utf8().unwrap(),
            finding["path"].as_str().unwrap()
        );
        assert_eq!(result["ruleId"], finding["rule"]);
        let region = &location["region"];
        for (name, point, field) in [
            ("startLine", "start", "line"),
            ("startColumn", "start", "column"),
            ("endLine", "end", "line"),
            ("endColumn", "end", "column"),
        ] {
            assert_eq!(region[name], finding[point][field], "{name}");
        }
        let text = result["message"]["text"].as_str().unwrap();
        assert!(text.starts_with(finding["message"].as_str().unwrap()));
        folders += usize::from(finding["path"] == "none");
    }
    assert!(folders > 0, "no finding is about a folder");
}

#[test]
fn fingerprints_are_stable() {
    formats::assert_stable(|project| {
        let fingerprints = results(project);
        let fingerprints = fingerprints.iter().map(|result| {
            result["partialFingerprints"]["wfFinding/v1"]
                .as_str()
                .unwrap()
                .to_owned()
        });
        fingerprints.collect()
    });
    // A comment that suppresses a finding does not make it another.
    let project = formats::project();
    let before = results(&project);
    let path = project.path().join("workflows/release.md");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        text.replace("wf-disable-next-line broken-link", "once"),
    )
    .unwrap();
    let after = results(&project);
    let prints = |results: &[Value]| -> Vec<Value> {
        results
            .iter()
            .map(|result| result["partialFingerprints"].clone())
            .collect()
    };
    assert_eq!(prints(&before), prints(&after));
}

#[test]
fn a_hidden_finding_has_the_reason_of_its_comment() {
    let told = [
        (
            "wf-disable-next-line broken-link: moves\n  in spring",
            Some("moves in spring"),
        ),
        ("wf-disable-next-line broken-link", None),
        ("wf-disable-next-line broken-link:", None),
        ("wf-disable-next-line broken-link: a: b", Some("a: b")),
    ];
    for (comment, reason) in told {
        let text = format!(
            "<!-- wf-disable-file broken-link: all of it -->\n\n[c](c.md)\n\n<!-- {comment} -->\n[b](b.md)\n"
        );
        let project = Project::new();
        project.write("workflows/a.md", text);
        let results = results(&project);
        let hidden = results
            .iter()
            .filter_map(|result| result.get("suppressions"));
        let reasons: Vec<&Value> = hidden.map(|hidden| &hidden[0]["justification"]).collect();
        assert_eq!(reasons[0], "all of it");
        assert_eq!(reasons[1].as_str(), reason, "{comment}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn what_cannot_be_read_is_told() {
    let project = formats::project();
    formats::add_unreadable(&project);
    let run = project.check(&[".", "--format", "sarif"]);
    assert_eq!(run.code, 2);
    let log: Value = serde_json::from_str(&run.out).unwrap();
    let schema = jsonschema::draft4::new(&consumers::sarif_schema()).unwrap();
    assert!(schema.is_valid(&log));
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let told = &invocation["toolExecutionNotifications"][0];
    let location = &told["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "workflows/memory.md");
}
