//! The task of `editors/vscode/tasks.json`: its problem matcher reads what `wf check` writes, as the editor's own
//! engine of regular expressions sees it.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::formats;
use crate::formats::consumers;
use crate::project::Project;
use crate::project::Run;

const TASKS: &str = "editors/vscode/tasks.json";

fn tasks() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(TASKS)).unwrap()
}

#[test]
fn init_writes_the_same_task() {
    let project = Project::new();
    let run = project
        .wf()
        .args(["init", "--yes", "--vscode"])
        .output()
        .unwrap();
    assert_eq!(Run::of(&run).code, 0);
    let written = fs::read_to_string(project.path().join(".vscode/tasks.json")).unwrap();
    assert_eq!(written, tasks());
}

#[test]
fn the_problem_matcher_reads_every_finding() {
    let project = formats::project();
    let tasks: Value = serde_json::from_str(&tasks()).unwrap();
    let task = &tasks["tasks"][0];
    let mut command = project.wf();
    command.env("SOURCE_DATE_EPOCH", "1795305600");
    for word in task["args"].as_array().unwrap() {
        command.arg(word.as_str().unwrap());
    }
    let run = Run::of(&command.output().unwrap());
    let matcher = &task["problemMatcher"]["pattern"];
    let read = consumers::node(
        "const [regexp, lines] = JSON.parse(require('fs').readFileSync(0, 'utf8'));\n\
         console.log(JSON.stringify(lines.map(line => new RegExp(regexp).exec(line))));",
        &serde_json::json!([matcher["regexp"], run.out.lines().collect::<Vec<_>>()]).to_string(),
    );
    let read: Vec<Value> = serde_json::from_str(&read).unwrap();
    let findings = formats::findings_in(&project, &[]);
    assert_eq!(read.len(), findings.len());
    assert!(read.len() > 8);
    for (groups, finding) in read.iter().zip(&findings) {
        let part = |name: &str| {
            let group = usize::try_from(matcher[name].as_u64().unwrap()).unwrap();
            groups[group]
                .as_str()
                .unwrap_or_else(|| panic!("{finding} is not read"))
        };
        let start = &finding["start"];
        assert_eq!(part("file"), finding["path"].as_str().unwrap());
        assert_eq!(part("line"), start["line"].to_string());
        assert_eq!(part("column"), start["column"].to_string());
        assert_eq!(part("severity"), finding["severity"].as_str().unwrap());
        assert_eq!(part("code"), finding["rule"].as_str().unwrap());
    }
}
