//! What programs are told, and what is left to be looked at.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use walkdir::WalkDir;

use crate::flow;
use crate::flow::Flow;
use crate::flow::Step;
use crate::flow::mark;
use crate::project::Run;
use crate::running::run;
use crate::running::trace;

fn flow() -> Flow {
    Flow::new("release")
        .prerequisite("true")
        .step(
            Step::new(format!(
                "echo said\necho '{{\"event\":\"run-finished\"}}'\n{}",
                mark("1.1")
            ))
            .undo("true"),
        )
        .criterion("true")
}

/// Each line of an output, which is JSON.
fn events(output: &str) -> Vec<Value> {
    let lines = output.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

fn names(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["event"].as_str().unwrap())
        .collect()
}

#[test]
fn programs_get_the_journals_records_and_nothing_else() {
    let project = flow().project();
    let found = run(&project, &["--format", "json"]);
    assert_eq!(found.code, 0, "{}", found.err);
    let told = events(&found.out);
    assert_eq!(told, flow::records(&project));
    assert_eq!(
        names(&told),
        [
            "run-started",
            "item-started",
            "item-finished",
            "step-started",
            "item-started",
            "item-finished",
            "item-started",
            "item-finished",
            "step-finished",
            "item-started",
            "item-finished",
            "run-finished"
        ]
    );
    let again = flow::wf(&project, &["runs", "show", "--format", "json"]);
    assert_eq!(again.out, found.out);
    // What a person was shown is shown again, too.
    let project = flow().project();
    let found = run(&project, &[]);
    let again = flow::wf(&project, &["runs", "show"]);
    assert_eq!(again.out, found.out);
}

#[test]
fn a_refusal_is_an_event_too() {
    let project = flow()
        .input("`NAME` (required): a name")
        .step(Step::new("echo \"$NAME\""))
        .project();
    for (words, exit) in [
        (&["run", "release", "--yes", "--format", "json"][..], 2),
        (&["run", "nothing", "--yes", "--format", "json"], 2),
        (&["run", "release", "NAME=x", "--format", "json"], 2),
    ] {
        let found = flow::wf(&project, words);
        assert_eq!(found.code, exit, "{words:?}");
        let told = events(&found.out);
        assert_eq!(names(&told), ["run-refused"]);
        assert_eq!(told[0]["exit"], exit);
    }
}

#[test]
fn the_command_of_the_trigger_exists() {
    let project = flow().project();
    let mut command = Command::new(env!("CARGO_BIN_EXE_execute-task"));
    command
        .args(["release", "--yes"])
        .current_dir(project.path())
        .stdin(std::process::Stdio::null());
    let found = Run::of(&flow::output(&mut command));
    assert_eq!(found.code, 0, "{}{}", found.out, found.err);
    assert_eq!(trace(&project), "1.1");
}

#[test]
fn who_starts_a_run_is_known_without_the_environment() {
    let project = flow().project();
    let mut command = project.wf();
    command.args(["run", "release", "--yes"]);
    command.env_remove("USER").env_remove("LOGNAME");
    assert_eq!(Run::of(&flow::output(&mut command)).code, 0);
    // The system need not have a name for who runs this.
    let account = flow::output(Command::new("id").arg("-un"));
    let account = if account.status.success() {
        String::from_utf8(account.stdout).unwrap()
    } else {
        "unknown".to_owned()
    };
    assert_eq!(flow::records(&project)[0]["by"], account.trim_end());
}

#[test]
fn the_command_of_the_trigger_has_the_examples_of_wf_run() {
    let examples = |program: &str, words: &[&str], name: &str| {
        let output = flow::output(Command::new(program).args(words).arg("--help"));
        let help = String::from_utf8(output.stdout).unwrap();
        let (_, examples) = help.split_once("Examples:\n").unwrap();
        examples.replace(name, "NAME")
    };
    let wf = examples(env!("CARGO_BIN_EXE_wf"), &["run"], "wf run ");
    let task = env!("CARGO_BIN_EXE_execute-task");
    assert_eq!(examples(task, &[], "execute-task "), wf);
    assert!(
        wf.contains("NAMErelease") && wf.contains("Exit codes:"),
        "{wf}"
    );
}

#[test]
fn the_record_is_where_it_should_be_and_its_owners_alone() {
    let project = flow()
        .step(Step::new("echo oh; false").undo("true"))
        .project();
    assert_eq!(run(&project, &[]).code, 1);
    let (name, _) = flow::runs(&project).remove(0);
    let records = flow::records(&project);
    let date = records[0]["time"].as_str().unwrap()[..10].to_owned();
    let compact = date.replace('-', "");
    assert!(name.starts_with(&format!("release-{compact}T")), "{name}");
    let folder = format!(".memory/runs/{name}");
    for path in [
        &format!("{folder}/document.md"),
        &format!("{folder}/journal.jsonl"),
        &format!("{folder}/output/1.1-1.log"),
        &format!(".memory/checkpoints/workflow_release_{date}.md"),
        "logs/info.log",
        &format!("errors/{date}_release_{name}.md"),
    ] {
        let path = project.path().join(path);
        let mode = fs::metadata(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        assert_eq!(mode.permissions().mode() & 0o777, 0o600, "{path:?}");
    }
    let entries = fs::read_dir(project.path().join(".memory/runs")).unwrap();
    let mut entries: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    entries.sort();
    assert_eq!(entries, [".gitignore", name.as_str()]);
    let document = fs::read(project.path().join(&folder).join("document.md")).unwrap();
    assert_eq!(
        document,
        fs::read(project.path().join("workflows/release.md")).unwrap()
    );
    // Nothing of what commands were run from is left.
    let scratch = WalkDir::new(project.path().join(&folder).join("scratch"));
    let left = scratch.into_iter().filter_map(Result::ok);
    assert_eq!(left.filter(|entry| entry.file_type().is_file()).count(), 0);
}

#[test]
fn a_change_of_the_record_is_seen() {
    let project = flow().project();
    assert_eq!(run(&project, &[]).code, 0);
    let folder = project
        .path()
        .join(".memory/runs")
        .join(&flow::runs(&project)[0].0);
    let verify = || flow::wf(&project, &["runs", "show", "--verify"]);
    assert_eq!(verify().code, 0);
    let changed = |path: &Path, from: &str, to: &str| {
        let text = fs::read_to_string(path).unwrap();
        assert!(text.contains(from));
        fs::write(path, text.replacen(from, to, 1)).unwrap();
        let found = verify();
        fs::write(path, text).unwrap();
        assert_eq!(found.code, 1, "{}{}", found.out, found.err);
        found.out
    };
    let journal = folder.join("journal.jsonl");
    assert!(changed(&journal, "succeeded", "interrupted").contains("line"));
    assert!(changed(&folder.join("document.md"), "Part 1", "Part one").contains("document.md"));
    assert_eq!(verify().code, 0);
}

#[test]
fn the_output_of_a_command_can_be_had_again() {
    let project = flow().project();
    assert_eq!(run(&project, &[]).code, 0);
    let found = flow::wf(&project, &["runs", "show", "--output", "1.1"]);
    assert_eq!(found.out, "said\n{\"event\":\"run-finished\"}\n");
    let found = flow::wf(&project, &["runs", "show", "--output", "1.2"]);
    assert_eq!(found.code, 2);
    assert!(found.err.contains("no output of 1.2"), "{}", found.err);
}
