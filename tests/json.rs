//! The outputs for programs hold what `fixtures/json/report.schema.json` promises, and nothing that it is silent about.
//!
//! `WF_BLESS=1 cargo test json` writes the frozen report anew. A property that was changed or removed wants a new
//! version.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use jsonschema::Validator;
use serde_json::Value;
use serde_json::json;

use crate::project;
use crate::project::Project;
use crate::project::Run;

pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/json")
        .join(name)
}

fn schema() -> Value {
    serde_json::from_str(&fs::read_to_string(fixture("report.schema.json")).unwrap()).unwrap()
}

/// The schema with every object closed: what it does not describe is a fault here, though not for its readers.
pub fn closed(mut schema: Value) -> Value {
    close(&mut schema);
    schema
}

fn close(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.contains_key("properties") {
                object.insert("additionalProperties".to_owned(), json!(false));
            }
            object.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

pub fn validator(schema: &Value) -> Validator {
    jsonschema::draft202012::new(schema).unwrap()
}

/// The validator of one of the schema's definitions.
fn part(name: &str) -> Validator {
    let mut schema = closed(schema());
    let definitions = schema["$defs"].take();
    validator(&json!({ "$defs": definitions, "$ref": format!("#/$defs/{name}") }))
}

/// Fail where one of these properties of a value can be left out.
pub fn assert_required<'a>(
    validator: &Validator,
    whole: &Value,
    paths: impl IntoIterator<Item = &'a String>,
) {
    for path in paths {
        let (parent, name) = path.rsplit_once('/').unwrap();
        let mut without = whole.clone();
        let object = without.pointer_mut(parent).unwrap();
        object.as_object_mut().unwrap().remove(name);
        assert!(!validator.is_valid(&without), "{path} can be left out");
    }
}

/// Fail where a schema is none, or does not describe a property.
pub fn assert_described(schema: &Value) {
    assert!(jsonschema::meta::is_valid(schema));
    let mut silent = Vec::new();
    undescribed(schema, "", &mut silent);
    assert!(silent.is_empty(), "without a description: {silent:?}");
}

pub fn assert_valid(validator: &Validator, value: &Value) {
    let faults: Vec<String> = validator
        .iter_errors(value)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{faults:#?} in {value:#}");
}

/// What `wf check` says in a format about the project in the folder `app` of the command line's pages.
fn report(format: &str) -> Run {
    let app = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/findings.in/app");
    let mut command = Project::new().wf();
    command
        .current_dir(app)
        .args(["check", "--today", project::TODAY, "--format", format]);
    Run::of(&command.output().unwrap())
}

fn parsed(run: &Run) -> Value {
    serde_json::from_str(&run.out).unwrap()
}

#[test]
fn a_report_is_as_the_schema_says() {
    let validator = validator(&closed(schema()));
    let whole = parsed(&report("json"));
    assert_valid(&validator, &whole);
    let with_related = |finding: &&Value| {
        finding["related"]
            .as_array()
            .is_some_and(|places| !places.is_empty())
    };
    assert_eq!(
        whole["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(with_related)
            .count(),
        2
    );

    let empty = Project::new();
    empty.write("wf.toml", "").write("workflows/.keep", "");
    for arguments in [
        ["--only", "missing-index"],
        ["--only", "empty-workflow-directory"],
        ["--only", "missing-title"],
    ] {
        let run = empty.check(&[&["--format", "json"], arguments.as_slice()].concat());
        assert_valid(&validator, &parsed(&run));
    }
}

#[test]
fn each_line_is_a_finding_of_the_report() {
    let run = report("json-lines");
    let lines: Vec<Value> = run
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let finding = part("finding");
    for line in &lines {
        assert_valid(&finding, line);
    }
    assert_eq!(parsed(&report("json"))["findings"], Value::Array(lines));
}

#[test]
fn a_report_is_what_it_was() {
    let run = report("json");
    if std::env::var_os("WF_BLESS").is_some() {
        fs::write(fixture("report.json"), &run.out).unwrap();
    }
    let frozen = fs::read_to_string(fixture("report.json")).unwrap();
    assert_eq!(
        run.out, frozen,
        "the shape has changed: is that a new version?"
    );
    assert_valid(
        &validator(&closed(schema())),
        &serde_json::from_str(&frozen).unwrap(),
    );
}

#[test]
fn a_report_without_one_of_its_properties_is_none() {
    let validator = validator(&schema());
    let whole = parsed(&report("json"));
    let paths = properties(&whole, "");
    for path in [
        "/version",
        "/findings/0/fix",
        "/findings/0/related/0/message",
        "/findings/5/end/offset",
        "/summary/rules",
    ] {
        assert!(
            paths.iter().any(|known| known == path),
            "{path} is not among {paths:?}"
        );
    }
    let required = paths
        .iter()
        .filter(|path| !path.starts_with("/summary/rules/"));
    assert_required(&validator, &whole, required);
}

/// The JSON pointers of all properties of all objects in a value.
pub fn properties(value: &Value, path: &str) -> Vec<String> {
    match value {
        Value::Object(object) => {
            let inner = object.iter().flat_map(|(name, value)| {
                let path = format!("{path}/{name}");
                [vec![path.clone()], properties(value, &path)].concat()
            });
            inner.collect()
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .flat_map(|(at, item)| properties(item, &format!("{path}/{at}")))
            .collect(),
        _ => Vec::new(),
    }
}

#[test]
fn the_schema_is_one_and_describes_every_property() {
    assert_described(&schema());
}

/// The paths of a schema's properties and definitions that say nothing of themselves.
fn undescribed(schema: &Value, path: &str, silent: &mut Vec<String>) {
    let Some(object) = schema.as_object() else {
        return;
    };
    for key in ["properties", "$defs", "definitions"] {
        for (name, inner) in object
            .get(key)
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let path = format!("{path}/{name}");
            if inner["description"].as_str().is_none_or(str::is_empty) {
                silent.push(path.clone());
            }
            undescribed(inner, &path, silent);
        }
    }
}
