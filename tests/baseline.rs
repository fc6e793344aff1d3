//! Baselines: what is known is not reported, what is new is, and what is gone is said to be.

use std::fs;
use std::path::Path;

use crate::project::Project;
use crate::project::Run;
use crate::sample;

const FILE: &str = "wf-baseline.json";

fn read(project: &Project, path: &str) -> String {
    fs::read_to_string(project.path().join(path)).unwrap()
}

/// A project of the documents that nobody has converted, with an index that lists them.
fn unconverted() -> Project {
    let project = Project::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/documents/unconverted");
    let mut names: Vec<String> = fs::read_dir(folder.as_path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| {
            Path::new(name)
                .extension()
                .is_some_and(|ending| ending == "md")
        })
        .collect();
    names.sort();
    assert!(!names.is_empty());
    let mut index = "# Runbooks\n\n".to_owned();
    for name in names {
        index.push_str(&format!("- [{name}]({name})\n"));
        let text = fs::read(folder.join(&name)).unwrap();
        project.write(&format!("workflows/{name}"), text);
    }
    project.write("workflows/README.md", index);
    project.write("wf.toml", format!("baseline = \"{FILE}\"\n"));
    project
}

/// A project with one faulty document: no Rollback in either step.
fn faulty() -> Project {
    let project = sample::project(&["release"]);
    let text =
        sample::workflow("release").replace("**Rollback** (if step fails):\n\n1. Undo it\n\n", "");
    let second = "### Step 2: Tell\n\n**Purpose**: Tell.\n\n**Actions**:\n\n1. Tell\n\n**Verification**:\n\n- [ ] Told\n\n";
    let text = text.replace(
        "## Success Criteria",
        &format!("{second}## Success Criteria"),
    );
    project.write("workflows/release.md", text);
    project
}

fn summary(run: &Run) -> &str {
    let line = run.err.lines().find(|line| line.contains(" checked: "));
    line.unwrap().rsplit_once(" in ").unwrap().0
}

#[test]
fn a_collection_adopts_the_gate_at_once() {
    let project = unconverted();
    let refused = project.check(&[]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(
        refused
            .err
            .contains("wf.toml:1:12: the baseline `wf-baseline.json` is not there"),
        "{refused:?}"
    );
    let before = project.check(&["--isolated"]);
    assert_eq!(before.code, 1);
    let found = before.out.lines().count();

    let written = project.check(&["--write-baseline"]);
    assert_eq!((written.code, written.out.as_str()), (0, ""), "{written:?}");
    assert!(
        written.err.contains(&format!(
            "wrote the baseline `{FILE}`: it holds {found} findings"
        )),
        "{written:?}"
    );
    let green = project.check(&["--fail-on", "warning"]);
    assert_eq!((green.code, green.out.as_str()), (0, ""), "{green:?}");
    assert!(
        green
            .err
            .contains(&format!("no findings ({found} in the baseline")),
        "{green:?}"
    );

    // A new mistake turns it red, also above all that is known.
    let document = "workflows/alert-runbook.md";
    let text = read(&project, document);
    project.write(
        document,
        text.replacen("\n\n", "\n\n# Another title\n\n", 1),
    );
    let red = project.check(&["--format", "json"]);
    assert_eq!((red.code, red.rules()), (1, vec!["extra-title".to_owned()]));
}

#[test]
fn what_is_mended_is_said_to_be_gone() {
    let project = unconverted();
    project.check(&["--write-baseline"]);
    let found = written_entries(&project)
        .into_iter()
        .map(|entry| entry["count"].as_u64().unwrap());
    let found: u64 = found.sum();
    let document = "workflows/alert-runbook.md";
    let (text, header) = (read(&project, document), "missing-header");
    let is_known = |entry: &serde_json::Value| entry["path"] == document && entry["rule"] == header;
    assert!(written_entries(&project).iter().any(is_known));
    let (title, rest) = text.split_once('\n').unwrap();
    let header = "\n**FILE**: workflows/alert-runbook.md | **PURPOSE**: Answer an alert | **OWNER**: platform | \
                  **LAST-AUDITED**: 2026-11-01\n";
    project.write(document, format!("{title}\n{header}{rest}"));
    let green = project.check(&[]);
    assert_eq!((green.code, green.out.as_str()), (0, ""), "{green:?}");
    assert!(
        green.err.starts_with(&format!(
            "note: 1 finding of the baseline `{FILE}` is gone; `wf check --write-baseline` takes it out\n  \
             {document}: missing-header\n"
        )),
        "{green:?}"
    );
    let renewed = project.check(&["--write-baseline"]);
    assert!(
        renewed
            .err
            .contains(&format!("it holds {} findings", found - 1))
            && renewed.err.contains("; 1 that is gone was taken out"),
        "{renewed:?}"
    );
    let silent = project.check(&[]);
    assert!(!silent.err.contains("note:"), "{silent:?}");
    let again = project.check(&["--write-baseline"]);
    assert!(again.err.contains("is up to date"), "{again:?}");
}

fn written_entries(project: &Project) -> Vec<serde_json::Value> {
    let written: serde_json::Value = serde_json::from_str(&read(project, FILE)).unwrap();
    assert_eq!(written["version"], 1);
    written["findings"].as_array().unwrap().clone()
}

#[test]
fn entries_are_sorted_and_have_no_lines() {
    let project = faulty();
    project.check(&["--write-baseline", FILE]);
    assert_eq!(
        read(&project, FILE),
        "{\n  \"version\": 1,\n  \"findings\": [\n    \
         {\"path\":\"workflows/release.md\",\"rule\":\"missing-rollback\",\"section\":\"Steps / Step 1: Do it\",\"count\":1},\n    \
         {\"path\":\"workflows/release.md\",\"rule\":\"missing-rollback\",\"section\":\"Steps / Step 2: Tell\",\"count\":1}\n  ]\n}\n"
    );
    // Lines that move change nothing; a step of another name is another place.
    let text = read(&project, "workflows/release.md");
    let moved = text.replace("## Overview\n", "## Overview\n\nMore.\n\nAnd more.\n");
    project.write("workflows/release.md", &moved);
    let run = project.check(&["--baseline", FILE]);
    assert_eq!(
        (run.code, summary(&run)),
        (0, "2 documents checked: no findings (2 in the baseline)")
    );
    project.write(
        "workflows/release.md",
        moved.replace("Step 2: Tell", "Step 2: Shout"),
    );
    let run = project.check(&["--baseline", FILE]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(
        run.err
            .contains("  workflows/release.md: missing-rollback in Steps / Step 2: Tell\n"),
        "{run:?}"
    );
    // Nothing found, nothing to know.
    let project = sample::project(&["release"]);
    project.check(&["--write-baseline", FILE]);
    assert_eq!(
        read(&project, FILE),
        "{\n  \"version\": 1,\n  \"findings\": []\n}\n"
    );
}

#[test]
fn more_of_the_same_is_new() {
    let project = sample::project(&["release"]);
    let text = sample::workflow("release");
    let with = |lines: &str| text.replace("## Overview\n", &format!("## Overview\n\n{lines}"));
    project.write("workflows/release.md", with("[a](a.md)\n"));
    project.check(&["--write-baseline", FILE]);
    project.write(
        "workflows/release.md",
        with("[a](a.md)\n[b](b.md)\n[c](c.md)\n"),
    );
    let run = project.check(&["--baseline", FILE, "--format", "json"]);
    let lines: Vec<u64> = run
        .findings()
        .iter()
        .map(|finding| finding["start"]["line"].as_u64().unwrap())
        .collect();
    assert_eq!(lines, [8, 9]);
    let summary: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(
        (
            &summary["summary"]["baseline"],
            &summary["summary"]["stale"]
        ),
        (&1.into(), &0.into())
    );
}

#[test]
fn what_was_not_judged_is_kept_and_not_called_gone() {
    let project = faulty();
    let other = read(&project, "workflows/release.md").replace("release", "deploy");
    project.write("workflows/deploy.md", other);
    project.check(&["--write-baseline", FILE]);
    let before = read(&project, FILE);
    assert!(before.contains("unlisted-workflow"), "{before}");
    for arguments in [
        &["workflows/release.md"][..],
        &["--only", "missing-rollback"],
        &["--severity", "missing-rollback=off"],
    ] {
        let run = project.check(&[arguments, &["--baseline", FILE]].concat());
        assert!(
            run.code == 0 && !run.err.contains("note:"),
            "{arguments:?}: {run:?}"
        );
        let run = project.check(&[arguments, &[&format!("--write-baseline={FILE}")]].concat());
        assert_eq!(run.code, 0, "{arguments:?}: {run:?}");
        assert_eq!(read(&project, FILE), before, "{arguments:?}");
    }
    // A document that is gone has no findings any more.
    fs::remove_file(project.path().join("workflows/deploy.md")).unwrap();
    let run = project.check(&["workflows/release.md", "--baseline", FILE]);
    assert!(
        run.err.contains("note: 3 findings of the baseline"),
        "{run:?}"
    );
    project.check(&["--write-baseline", FILE]);
    assert!(!read(&project, FILE).contains("deploy"));
    // One that cannot be read is not judged.
    project.write("workflows/release.md", b"\xff");
    let run = project.check(&["--baseline", FILE]);
    assert!(run.code == 1 && !run.err.contains("is gone"), "{run:?}");
}

#[test]
fn a_file_that_is_no_baseline_is_left_alone() {
    let project = faulty();
    let document = read(&project, "workflows/release.md");
    for (content, reason) in [
        (
            document.as_str(),
            "`x` is no baseline: expected value at line 1 column 1",
        ),
        ("", "`x` is no baseline: EOF"),
        ("[]", "`x` is no baseline"),
        (
            "{\"version\": 1, \"findings\": [\n<<<<<<< HEAD\n",
            "expected value at line 2 column 1",
        ),
        (
            "{\"version\": 1, \"findings\": [{\"path\": \"a\"}]}",
            "missing field `rule`",
        ),
        (
            "{\"version\": 1, \"findings\": [{\"path\": \"a\", \"rule\": \"b\", \"section\": \"\", \"count\": 0}]}",
            "invalid value: integer `0`, expected a nonzero",
        ),
        (
            "{\"version\": 2, \"entries\": 3}",
            "the baseline `x` has version 2; this wf knows version 1 alone",
        ),
        (
            "{\"version\": 1, \"findings\": [], \"tool\": \"other\"}",
            "unknown field `tool`",
        ),
    ] {
        project.write("x", content);
        for arguments in [["--baseline", "x"], ["--write-baseline", "x"]] {
            let run = project.check(&arguments);
            assert!(
                run.code == 2 && run.err.contains(reason),
                "{content}: {run:?}"
            );
            assert_eq!(
                (run.out.as_str(), read(&project, "x").as_str()),
                ("", content)
            );
        }
    }
}

#[test]
fn a_baseline_that_is_not_there_or_cannot_be_written_is_an_error() {
    let project = faulty();
    let write = "--write-baseline";
    for (arguments, reason) in [
        (
            &["--baseline", "none.json"][..],
            "the baseline `none.json` is not there",
        ),
        (&[write], "`--write-baseline` wants a file"),
        (&[write, "none/x"], "cannot write `none/x`: "),
        (&[write, "workflows"], "cannot read `workflows`: "),
    ] {
        let run = project.check(arguments);
        let reason = format!("error: {reason}");
        assert!(run.code == 2 && run.err.starts_with(&reason), "{run:?}");
    }
}

#[test]
fn each_project_has_its_own() {
    let project = Project::new();
    for name in ["api", "site"] {
        let faulty = faulty();
        project.write(&format!("{name}/wf.toml"), "baseline = \"known.json\"\n");
        for file in ["README.md", "release.md"] {
            let text = read(&faulty, &format!("workflows/{file}"));
            project.write(&format!("{name}/workflows/{file}"), text);
        }
    }
    let run = project.check(&[".", "--write-baseline"]);
    assert_eq!(run.code, 0, "{run:?}");
    for name in ["api", "site"] {
        let written = read(&project, &format!("{name}/known.json"));
        assert!(
            written.contains("\"path\":\"workflows/release.md\""),
            "{written}"
        );
    }
    assert_eq!(project.check(&["api", "site"]).code, 0);
    // One for both names them apart, wherever it is asked from.
    let run = project.check(&[".", "--write-baseline", "all.json"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(read(&project, "all.json").contains("\"path\":\"api/workflows/release.md\""));
    let mut command = project.wf();
    command.current_dir(project.path().join("api"));
    let output = command
        .args(["check", "--baseline", "../all.json"])
        .output()
        .unwrap();
    let run = Run::of(&output);
    assert!(run.code == 0 && !run.err.contains("note:"), "{run:?}");
}

#[test]
fn secrets_stay_out_of_it_and_suppressed_findings_too() {
    let token = format!("ghp_{}", "a1B2".repeat(9));
    let project = sample::project(&["release"]);
    let text =
        sample::workflow("release").replace("Step 1: Do it", &format!("Step 1: Use {token}"));
    let text = text.replace(
        "## Overview",
        "<!-- wf-disable-next-line broken-link: later -->\n\n## Overview\n\n[a](a.md)",
    );
    project.write(
        "workflows/release.md",
        text.replace("**Purpose**: Have it done.\n", ""),
    );
    let run = project.check(&["--write-baseline", FILE]);
    assert_eq!(run.code, 0, "{run:?}");
    let written = read(&project, FILE);
    assert!(
        written.contains("hard-coded-secret") && written.contains("Steps / Step 1: Use "),
        "{written}"
    );
    assert!(
        !written.contains(&token) && !written.contains("broken-link"),
        "{written}"
    );
    let run = project.check(&["--baseline", FILE]);
    assert_eq!(
        summary(&run),
        "2 documents checked: no findings (2 in the baseline, 1 suppressed)"
    );
}

#[test]
#[cfg(unix)]
fn a_run_does_not_know_it() {
    let project = faulty();
    project.write("wf.toml", format!("baseline = \"{FILE}\"\n"));
    project.check(&["--write-baseline"]);
    assert_eq!(project.check(&[]).code, 0);
    let mut command = project.wf();
    let run = Run::of(&command.args(["run", "release", "--yes"]).output().unwrap());
    assert_eq!(run.code, 5, "{run:?}");
    assert!(run.out.contains("error[missing-rollback]"), "{run:?}");
}
