//! `console` blocks: what is typed runs as one script, and what a check prints is compared.

use std::fs;

use serde_json::Value;
use wf::plan::Command;

use crate::jobs::scene;
use crate::jobs::scene::Scene;
use crate::jobs::scene::Step;

/// An item that is a transcript.
fn item(mark: &str, lines: &[&str]) -> String {
    let indent = " ".repeat(mark.find(' ').unwrap() + 1);
    let lines: Vec<String> = lines
        .iter()
        .map(|line| format!("{indent}{line}").trim_end().to_owned())
        .collect();
    format!(
        "{mark}\n\n{indent}```console\n{}\n{indent}```",
        lines.join("\n")
    )
}

fn action(lines: &[&str]) -> String {
    item("1. Do it", lines)
}

fn check(lines: &[&str]) -> String {
    item("- [ ] It looks right", lines)
}

/// A workflow of one step with this check.
fn checked(lines: &[&str]) -> Scene {
    Scene::new(&[Step::new("true").checks(check(lines))])
}

/// The differences that a run tells as events.
fn differences(out: &str) -> Vec<String> {
    let events = scene::events(out);
    let outcomes = events.iter().map(|event| &event["outcome"]);
    let unexpected = outcomes.filter(|outcome| outcome["kind"] == "unexpected");
    unexpected
        .map(|outcome| outcome["difference"].as_str().unwrap().to_owned())
        .collect()
}

/// The number of a line of the workflow.
fn line_of(scene: &Scene, text: &str) -> usize {
    let document = fs::read_to_string(scene.project.path().join("workflows/tiny.md")).unwrap();
    let found = document.lines().position(|line| line.trim() == text);
    found.unwrap() + 1
}

#[test]
fn an_action_runs_what_is_typed_and_ignores_the_rest() {
    let scene = Scene::new(&[Step::of(action(&[
        "this is not run",
        "$ name=world",
        "$ cat > greeting <<END",
        "> hello $name",
        ">",
        "> bye",
        "> END",
        "whatever it prints",
        "> this is printed",
        "$ if true; then",
        ">   echo $name >> greeting",
        "> fi",
    ]))]);
    let run = scene.wf("run tiny --yes");
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(scene.lines("greeting"), ["hello world", "", "bye", "world"]);
}

#[test]
fn a_check_holds_where_its_output_is_as_it_is_written() {
    for lines in [
        &["$ true"][..],
        &["$ echo one; echo two >&2", "one", "two"],
        &["$ echo one", "one", "$ echo two", "two"],
        &["$ printf 'a  \\nb'", "a", "b"],
        &["$ seq 100", "1", "...", "100"],
        &["$ date", "[..]"],
        &["$ echo \"version $((1 + 1)).0\"", "version [..].0"],
        &["$ (exit 3) || echo \"it is $?\"", "it is 3"],
    ] {
        let run = checked(lines).wf("run tiny --yes");
        assert_eq!(run.code, 0, "{lines:?}: {run:?}");
    }
    for lines in [
        &["$ echo noise"][..],
        &["$ true", "noise"],
        &["$ echo one; echo two", "two", "one"],
        &["$ echo ' one'", "one"],
        &["$ echo one", "one", "$ false"],
    ] {
        let run = checked(lines).wf("run tiny --yes");
        assert_eq!(run.code, 1, "{lines:?}: {run:?}");
        assert_eq!(
            run.out.contains("- stands in the document"),
            !lines.contains(&"$ false"),
            "{run:?}"
        );
    }
}

#[test]
fn a_difference_is_told_wherever_the_failure_is() {
    let scene = checked(&[
        "$ printf '%s\\n' wf 0.2.0 '' done",
        "wf",
        "0.1.0",
        "",
        "done",
    ]);
    let run = scene.wf("run tiny --yes");
    assert_eq!(run.code, 1, "{run:?}");
    let told = "\
  ✗ 1.verify.1  It looks right: exit status 0 after";
    assert!(run.out.contains(told), "{}", run.out);
    let number = line_of(&scene, "0.1.0");
    let difference = "\
                workflows/tiny.md:39: 0.1.0
                - stands in the document, + was printed:
                │   wf
                │ - 0.1.0
                │ + 0.2.0
                │
                │   done
";
    let difference = difference.replace(":39:", &format!(":{number}:"));
    assert!(run.out.contains(&difference), "{}", run.out);
    let replayed = scene.wf("runs show");
    assert!(replayed.out.contains(&difference), "{}", replayed.out);
    let log = fs::read_to_string(scene.project.path().join("logs/tiny.log")).unwrap();
    let line = log
        .lines()
        .find(|line| line.contains("difference="))
        .unwrap();
    assert!(
        line.contains("difference=\"  wf\\n- 0.1.0\\n+ 0.2.0\\n\\n  done\""),
        "{line}"
    );
    assert!(
        line.contains("did not print what the document says"),
        "{line}"
    );
    let reports = fs::read_dir(scene.project.path().join("errors")).unwrap();
    let report = reports.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    let report = report.collect::<String>();
    assert!(
        report.contains("```diff\n  wf\n- 0.1.0\n+ 0.2.0\n\n  done\n```\n"),
        "{report}"
    );
    assert!(report.contains("```console\n$ printf"), "{report}");
    assert!(
        report.contains(&format!("The line that failed, {number}: `0.1.0`")),
        "{report}"
    );
}

#[test]
fn a_difference_holds_no_secret_and_is_not_long() {
    let scene = checked(&[
        "$ echo \"it is $TOKEN\"; seq 5000; printf 'x%.0s' {1..5000}",
        "it is known",
    ]);
    let text = fs::read_to_string(scene.project.path().join("workflows/tiny.md")).unwrap();
    let inputs =
        "## Inputs\n\n- `TOKEN` (required, secret): what nobody may see\n\n## Prerequisites";
    scene.project.write(
        "workflows/tiny.md",
        text.replace("## Prerequisites", inputs),
    );
    scene.project.write("token", "hunter22");
    let run = scene.wf("run tiny TOKEN=@token --yes --format json");
    assert_eq!(run.code, 1, "{run:?}");
    let found = differences(&run.out);
    let [difference] = &found[..] else {
        panic!("{}", run.out)
    };
    assert!(
        difference.starts_with("- it is known\n+ it is ***\n+ 1\n"),
        "{difference}"
    );
    assert!(
        difference.lines().count() < 60 && difference.len() < 8192,
        "{difference}"
    );
    assert!(!run.out.contains("hunter22"));
}

#[test]
fn what_is_too_long_to_be_compared_does_not_hold() {
    let scene = checked(&["$ seq 1000", "..."]);
    scene
        .project
        .write("wf.toml", "run.max-output = \"1KiB\"\n");
    let run = scene.wf("run tiny --yes --format json");
    assert_eq!(
        differences(&run.out),
        ["it printed 3893 bytes: too many to be compared"]
    );
}

#[test]
fn a_check_is_tried_again_until_its_output_is_right() {
    let step = Step::new("true").checks(check(&["$ echo x >> tries; wc -l < tries", "2"]));
    let scene = Scene::new(&[step]);
    let text = fs::read_to_string(scene.project.path().join("workflows/tiny.md")).unwrap();
    let text = text.replacen("**Actions**", "**Retries**: 3\n\n**Actions**", 1);
    scene.project.write("workflows/tiny.md", text);
    scene
        .project
        .write("wf.toml", "run.retry-delay = \"1ms\"\n");
    let run = scene.wf("run tiny --yes");
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(scene.lines("tries").len(), 2);
}

#[test]
fn the_failing_line_is_that_of_the_document() {
    let scene = checked(&[
        "printed before",
        "$ echo one",
        "one",
        "$ true",
        "$ false",
        "never",
    ]);
    let run = scene.wf("run tiny --yes");
    let place = format!(
        "workflows/tiny.md:{}: $ false\n",
        line_of(&scene, "$ false")
    );
    assert!(run.out.contains(&place), "{}", run.out);
}

#[test]
fn the_plan_shows_the_transcript() {
    let scene = Scene::new(&[
        Step::of(action(&["$ make", "done"])).checks(check(&["$ wf --version", "wf [..]"]))
    ]);
    let run = scene.wf("plan tiny");
    for lines in [
        "  RUN    1.1         Do it\n         │ $ make\n         │ done\n",
        "  CHECK  1.verify.1  It looks right (and prints just this)\n         │ $ wf --version\n         │ wf [..]\n",
    ] {
        assert!(run.out.contains(lines), "{}", run.out);
    }
    let run = scene.wf("plan tiny --format json");
    let plan: Value = serde_json::from_str(&run.out).unwrap();
    let command = &plan["steps"][0]["verification"][0]["command"];
    assert_eq!(command["transcript"], "$ wf --version\nwf [..]");
    assert_eq!(command["code"], "wf --version");
}

#[test]
fn line_ends_of_the_document_make_no_difference() {
    let scene = checked(&["$ cat <<END", "> one", "> END", "one", "$ echo two", "two"]);
    let text = fs::read_to_string(scene.project.path().join("workflows/tiny.md")).unwrap();
    let text = text.replace('\n', "\r\n");
    scene.project.write("workflows/tiny.md", text);
    let plan = scene.wf("plan tiny");
    assert!(
        plan.out.contains("         │ > END\n         │ one\n"),
        "{}",
        plan.out
    );
    let run = scene.wf("run tiny --yes");
    assert_eq!(run.code, 0, "{run:?}");
}

#[test]
fn a_command_with_a_transcript_is_written_as_it_was_first() {
    let frozen = r#"{"language":"console","program":["bash"],"code":"true","line":3,"transcript":"$ true\nyes"}"#;
    let command: Command = serde_json::from_str(frozen).unwrap();
    assert_eq!(command.written_line(4), Some("yes"));
    assert_eq!(serde_json::to_string(&command).unwrap(), frozen);
}
