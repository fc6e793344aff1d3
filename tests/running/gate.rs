//! The gate: nothing runs that does not validate, and what runs is what was looked at.

use std::fs;

use crate::flow;
use crate::flow::Flow;
use crate::flow::Step;
use crate::flow::mark;
use crate::project::Project;
use crate::running::run;
use crate::running::trace;

fn flow() -> Flow {
    Flow::new("release").step(Step::marked(1))
}

/// Nothing was run, and nothing recorded.
fn nothing_ran(project: &Project) {
    assert_eq!(trace(project), "");
    assert!(!project.path().join(".memory").exists());
}

/// The project with its document changed.
fn changed(from: &str, to: &str) -> Project {
    let text = flow().text();
    assert!(text.contains(from));
    let project = flow().project();
    project.write("workflows/release.md", text.replace(from, to));
    project
}

#[test]
fn a_document_with_errors_is_refused_with_its_findings() {
    let project = changed("**Purpose**: Do part 1.\n\n", "");
    let found = run(&project, &[]);
    assert_eq!(found.code, 5);
    assert!(found.out.contains("workflows/release.md:"), "{}", found.out);
    assert!(found.out.contains("error["), "{}", found.out);
    assert!(found.err.contains("nothing was run"), "{}", found.err);
    nothing_ran(&project);
    let found = run(&project, &["--format", "json"]);
    let event: serde_json::Value = serde_json::from_str(&found.out).unwrap();
    assert_eq!(
        (&event["event"], &event["exit"]),
        (&"run-refused".into(), &5.into())
    );
    assert!(found.err.contains("workflows/release.md:"), "{}", found.err);
    // A baseline lets a check pass, and no run.
    project.write("wf.toml", "baseline = \"wf-baseline.json\"\n");
    let written = flow::wf(&project, &["check", "--write-baseline"]);
    assert!(written.code <= 1, "{}", written.err);
    assert_eq!(flow::wf(&project, &["check"]).code, 0);
    assert_eq!(run(&project, &[]).code, 5);
    nothing_ran(&project);
}

#[test]
fn warnings_are_told_and_refused_only_if_that_is_asked_for() {
    let project = changed("2026-11-01", "2019-11-01");
    let settings = "[rules]\nstale-audit = \"warning\"\n";
    project.write("wf.toml", settings);
    let found = run(&project, &["--strict"]);
    assert_eq!(found.code, 5, "{}", found.err);
    nothing_ran(&project);
    let found = run(&project, &[]);
    assert_eq!(found.code, 0, "{}{}", found.out, found.err);
    assert!(found.err.contains("2 warnings"), "{}", found.err);
}

#[test]
fn suppressed_findings_are_counted() {
    let project = changed(
        "**Purpose**: Do part 1.\n",
        "<!-- wf-disable-file missing-step-field: it is plain -->\n",
    );
    let found = run(&project, &[]);
    assert_eq!(found.code, 0, "{}{}", found.out, found.err);
    assert!(found.err.contains("1 suppressed"), "{}", found.err);
}

#[test]
fn what_a_plan_cannot_do_without_cannot_be_waived() {
    let shown = flow::wf(&flow().project(), &["rule", "--format", "json"]);
    let rules: serde_json::Value = serde_json::from_str(&shown.out).unwrap();
    let rules = rules.as_array().unwrap().iter();
    let off: Vec<String> = rules
        .map(|rule| format!("{} = \"off\"\n", rule["id"].as_str().unwrap()))
        .collect();
    let text = flow().text();
    let start = text.find("### Step 1").unwrap();
    let end = text.find("## Success Criteria").unwrap();
    let without = format!("{}Nothing to do.\n\n{}", &text[..start], &text[end..]);
    for (document, says) in [
        (without, "step"),
        (text.replace("1. Run a command", "Run a command"), "ction"),
        (text.replace("### Step 1", "### Step 2"), "numbered 2"),
        (
            text.replace("**Actions**", "**Depends on**: Step 7\n\n**Actions**"),
            "Step 7",
        ),
    ] {
        let project = flow().project();
        project
            .write("wf.toml", format!("[rules]\n{}", off.concat()))
            .write("workflows/release.md", document);
        let found = run(&project, &[]);
        assert_eq!(found.code, 5, "{}{}", found.out, found.err);
        assert!(found.err.contains(says), "{says} in {}", found.err);
        nothing_ran(&project);
    }
}

#[test]
fn a_step_whose_rollback_was_waived_away_cannot_be_undone() {
    let flow = Flow::new("release")
        .step(Step::marked(1))
        .step(Step::new(mark("2.1")))
        .step(Step::new("false").undo(mark("3.undo")));
    let text = flow.text();
    let text = text.replacen("**Rollback**: None — it changes nothing\n\n", "", 1);
    let project = flow.project();
    project
        .write("wf.toml", "[rules]\nmissing-rollback = \"off\"\n")
        .write("workflows/release.md", text);
    let found = run(&project, &[]);
    assert_eq!(found.code, 4, "{}{}", found.out, found.err);
    assert_eq!(trace(&project), "1.1 1.verify 2.1 3.undo");
}

#[test]
fn a_plan_shows_everything_and_runs_nothing() {
    let flow = Flow::new("release")
        .prerequisite("test -e /")
        .step(Step::marked(1).action("by hand: Tell the others"))
        .step(Step::new(mark("2.1")).waiver("Irreversible — it is sent"));
    let project = flow.project();
    let found = flow::wf(&project, &["plan", "release"]);
    assert_eq!(found.code, 0, "{}", found.err);
    for part in [
        "CHECK",
        "RUN",
        "ASK",
        "test -e /",
        "Tell the others",
        "1.undo",
        "it is sent",
    ] {
        assert!(found.out.contains(part), "{part} in {}", found.out);
    }
    let dry = flow::wf(&project, &["run", "release", "--dry-run"]);
    assert_eq!((dry.code, &dry.out), (0, &found.out));
    let json = flow::wf(&project, &["plan", "release", "--format", "json"]);
    let plan: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(plan["steps"].as_array().unwrap().len(), 2);
    nothing_ran(&project);
}

#[test]
fn a_plan_that_was_written_holds_for_its_document_alone() {
    let project = flow().project();
    let found = flow::wf(&project, &["plan", "release", "-o", "plan.json"]);
    assert_eq!(found.code, 0, "{}", found.err);
    let found = run(&project, &["--plan", "plan.json"]);
    assert_eq!(found.code, 0, "{}", found.err);
    let before = trace(&project);
    let text = flow().text();
    project.write(
        "workflows/release.md",
        text.replace("Do part 1.", "Do part one."),
    );
    let found = run(&project, &["--plan", "plan.json"]);
    assert_eq!(found.code, 2, "{}", found.err);
    assert!(
        found.err.contains("is not what the plan was made of"),
        "{}",
        found.err
    );
    assert_eq!(trace(&project), before);
    let found = run(&project, &["--plan", "wf.toml"]);
    assert_eq!(found.code, 2, "{}", found.err);
    assert!(found.err.contains("is no plan"), "{}", found.err);
}

#[test]
fn a_plan_is_written_over_nothing_else() {
    let project = flow().project();
    project.write("notes.json", "{}").write("empty.json", "");
    for (path, code) in [
        ("workflows/release.md", 2),
        ("wf.toml", 2),
        ("notes.json", 2),
        ("empty.json", 0),
        ("plan.json", 0),
        ("plan.json", 0),
    ] {
        let before = fs::read(project.path().join(path)).ok();
        let found = flow::wf(&project, &["plan", "release", "-o", path]);
        assert_eq!(found.code, code, "{path}: {}", found.err);
        let after = fs::read(project.path().join(path)).ok();
        assert_eq!(
            before == after,
            code == 2 || before.is_some_and(|bytes| bytes.len() > 2)
        );
    }
}

#[test]
fn a_name_leads_to_one_document() {
    let project = flow().project();
    for name in [
        "release",
        "RELEASE",
        "release-workflow",
        "01_release",
        "workflows/release.md",
    ] {
        let found = flow::wf(&project, &["run", name, "--yes"]);
        assert_eq!(found.code, 0, "{name}: {}", found.err);
    }
    project
        .write(
            "workflows/v1.2.md",
            flow().text().replace("release", "v1.2"),
        )
        .write("workflows/README.md", "[r](release.md) [v](v1.2.md)\n");
    let found = flow::wf(&project, &["run", "v1.2", "--yes"]);
    assert_eq!(found.code, 0, "{}", found.err);
    let found = flow::wf(&project, &["run", "relaese", "--yes"]);
    assert_eq!(found.code, 2);
    assert!(
        found.err.contains("did you mean `release`"),
        "{}",
        found.err
    );
    project.write("workflows/02_release.md", flow().text());
    let found = flow::wf(&project, &["run", "release", "--yes"]);
    assert_eq!(found.code, 2);
    assert!(
        found.err.contains("workflows/release.md") && found.err.contains("workflows/02_release.md"),
        "{}",
        found.err
    );
}
