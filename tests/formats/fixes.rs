//! The fixes in the formats that carry them: each is the one that `json` has, in the format's own positions.

use std::fs;

use serde_json::Value;

use crate::formats;
use crate::project::Project;

/// A replacement: from, to, and what comes there.
type Edit = (usize, usize, String);

/// The edits of each finding as `json` has them, with the text that they are for.
fn expected(project: &Project) -> Vec<Option<(String, Vec<Edit>)>> {
    let findings = formats::findings(project);
    let fixes = findings.iter().map(|finding| {
        let fix = finding.get("fix").filter(|fix| !fix.is_null())?;
        let text = fs::read_to_string(project.path().join(fix["path"].as_str()?)).ok()?;
        let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
        let edits = fix["edits"].as_array()?.iter().map(|edit| {
            let replacement = edit["replacement"].as_str().unwrap().to_owned();
            (number(&edit["start"]), number(&edit["end"]), replacement)
        });
        Some((text, edits.collect()))
    });
    fixes.collect()
}

/// The offset of a line and a column, both from 1. `width` is what a character adds to the column.
fn offset(text: &str, line: &Value, column: &Value, width: fn(char) -> u64) -> usize {
    let line = usize::try_from(line.as_u64().unwrap()).unwrap();
    let start: usize = text
        .split_inclusive('\n')
        .take(line - 1)
        .map(str::len)
        .sum();
    let mut left = column.as_u64().unwrap() - 1;
    let mut passed = text[start..].char_indices();
    let at = passed.find(|(_, c)| {
        let is_there = left == 0;
        left -= if is_there { 0 } else { width(*c) };
        is_there
    });
    at.map_or(text.len(), |(at, _)| start + at)
}

fn in_characters(c: char) -> u64 {
    u64::from(c != '\u{FEFF}')
}

fn in_bytes(c: char) -> u64 {
    c.len_utf8() as u64
}

#[test]
fn sarif_has_every_edit() {
    let project = formats::project();
    let report = formats::json(&project, "sarif");
    let results = report["runs"][0]["results"].as_array().unwrap().iter();
    let mut results = results.filter(|result| {
        let hidden = result["suppressions"].as_array();
        hidden.is_none_or(Vec::is_empty)
    });
    let mut compared = 0;
    for fix in expected(&project) {
        let result = results.next().unwrap();
        let Some((text, edits)) = fix else { continue };
        let changes = &result["fixes"][0]["artifactChanges"][0];
        let replacements = changes["replacements"].as_array().unwrap();
        let found = replacements.iter().map(|replacement| {
            let region = &replacement["deletedRegion"];
            let place = |line: &str, column: &str| {
                offset(&text, &region[line], &region[column], in_characters)
            };
            let new = replacement["insertedContent"]["text"].as_str();
            (
                place("startLine", "startColumn"),
                place("endLine", "endColumn"),
                new.unwrap_or_default().to_owned(),
            )
        });
        assert_eq!(found.collect::<Vec<_>>(), edits, "{result}");
        compared += 1;
    }
    assert!(compared > 5, "only {compared} findings had a fix");
}

#[test]
fn rdjson_suggests_what_is_one_edit() {
    let project = formats::project();
    let report = formats::json(&project, "rdjson");
    let diagnostics = report["diagnostics"].as_array().unwrap();
    let mut compared = 0;
    for (diagnostic, fix) in diagnostics.iter().zip(expected(&project)) {
        let Some((text, edits)) = fix.filter(|(_, edits)| edits.len() == 1) else {
            continue;
        };
        let suggestion = &diagnostic["suggestions"][0];
        let place = |point: &str| {
            let place = &suggestion["range"][point];
            offset(&text, &place["line"], &place["column"], in_bytes)
        };
        let new = suggestion["text"].as_str().unwrap_or_default().to_owned();
        assert_eq!(
            vec![(place("start"), place("end"), new)],
            edits,
            "{diagnostic}"
        );
        compared += 1;
    }
    assert!(compared > 5, "only {compared} findings had such a fix");
}
