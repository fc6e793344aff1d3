//! reviewdog's format, judged by a validator of it.

use std::fs;

use serde_json::Value;

use crate::formats;
use crate::formats::consumers;

#[test]
fn it_is_as_the_validator_says() {
    let project = formats::project();
    let report = formats::report(&project, "rdjson");
    let judged = consumers::rdformat(&report);
    assert_eq!(
        (&judged["valid"], &judged["errors"]),
        (&true.into(), &Value::Array(Vec::new())),
        "{judged}"
    );
    let broken = report.replacen("\"path\"", "\"file\"", 1);
    assert_eq!(consumers::rdformat(&broken)["valid"], false);
}

#[test]
fn columns_count_bytes() {
    let project = formats::project();
    let report = formats::json(&project, "rdjson");
    let findings = formats::findings(&project);
    let diagnostics = report["diagnostics"].as_array().unwrap();
    assert_eq!(diagnostics.len(), findings.len());
    let mut wide = 0;
    for (diagnostic, finding) in diagnostics.iter().zip(&findings) {
        let path = finding["path"].as_str().unwrap();
        assert_eq!(diagnostic["location"]["path"], path);
        assert_eq!(diagnostic["code"]["value"], finding["rule"]);
        let text = fs::read(project.path().join(path)).unwrap_or_default();
        if str::from_utf8(&text).is_err() {
            continue;
        }
        for point in ["start", "end"] {
            let position = &diagnostic["location"]["range"][point];
            let offset = usize::try_from(finding[point]["offset"].as_u64().unwrap()).unwrap();
            let line = text[..offset].split(|byte| *byte == b'\n').count();
            let start = text[..offset]
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(0, |at| at + 1);
            assert_eq!(
                (&position["line"], &position["column"]),
                (&line.into(), &(offset - start + 1).into())
            );
            wide += usize::from(position["column"] != finding[point]["column"]);
        }
    }
    assert!(wide > 0, "no column differs from the number of characters");
}
