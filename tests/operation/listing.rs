//! The last run in `wf list`.

use std::fs;

use serde_json::Value;

use crate::json;
use crate::operation::command;
use crate::operation::project;
use crate::operation::runs;
use crate::operation::wf_ends;
use crate::operation::workflow;

#[test]
fn the_last_run_is_told() {
    let project = project("deploy", "test -e good");
    project
        .write("workflows/README.md", "[a](deploy.md) [b](other.md)\n")
        .write("workflows/other.md", workflow("other", "true", "true"));
    let schema = fs::read_to_string(json::fixture("list.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let last = || -> Value {
        let table = wf_ends(&project, 0, &["list", "--format", "json"]).out;
        let table: Value = serde_json::from_str(&table).unwrap();
        json::assert_valid(&json::validator(&json::closed(schema.clone())), &table);
        assert_eq!(table["workflows"][1]["last_run"], Value::Null);
        table["workflows"][0]["last_run"].clone()
    };
    assert_eq!(last(), Value::Null);
    let table = wf_ends(&project, 0, &["list"]).out;
    assert!(!table.contains("LAST RUN"), "{table}");
    wf_ends(&project, 1, &["run", "deploy", "--yes"]);
    assert_eq!(last()["state"], "failed");
    project.write("good", "");
    wf_ends(&project, 0, &["run", "deploy", "--yes"]);
    let run = last();
    assert_eq!(
        (&run["state"], &run["run"]),
        (&"succeeded".into(), &runs(&project)[1].as_str().into())
    );
    let day = &run["started"].as_str().unwrap()[..10];
    let shown = |today: &str| {
        let mut command = command(&project, &["list", "--today", today]);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    let today = shown(day);
    let lines: Vec<&str> = today.lines().collect();
    assert!(
        lines[0].ends_with("  LAST RUN")
            && lines[1].ends_with("  succeeded today")
            && lines[2].ends_with("  -"),
        "{today}"
    );
    assert!(shown("2026-01-01").contains(&format!("succeeded {day}\n")));
}
