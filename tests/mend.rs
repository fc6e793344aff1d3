//! `wf check --fix`: files are mended on disk, whole and as they were written.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::process::Stdio;

use crate::project::Project;
use crate::project::Run;
use crate::project::TODAY;
use crate::sample;

/// Changes of a valid document, each a defect with a fix.
const DEFECTS: &[(&str, &str)] = &[
    ("**FILE**", "**Flie**"),
    ("**FILE**: workflows/", "**FILE**: elsewhere/"),
    (" | **OWNER**: platform", ""),
    (
        "**PURPOSE**: Show a workflow | **OWNER**: platform",
        "**OWNER**: platform | **PURPOSE**: Show a workflow",
    ),
    ("## Overview", "## Overveiw"),
    ("## Prerequisites", "### Prerequisites"),
    ("## Logging", "# Logging"),
    ("## Success Criteria\n\n- [ ] It is done\n\n", ""),
    ("## Rollback Procedure\n\n1. Undo it\n\n", ""),
    ("- `.memory/checkpoints", "- `.memory/notes"),
    ("**When to use**: When it is asked for.\n\n", ""),
    ("**When to use**", "**When to us**"),
    ("1. Do it\n\n**Verification**", "1. Do it\n**Verification**"),
    ("**Verification**", "**Verfication**"),
    ("- [ ] It is asked for", "- It is asked for"),
    ("- [ ] It is asked for", "- [x] It is asked for"),
    ("1. Do it", "- Do it\n  and see"),
    ("1. Do it", "1. `ls -l`"),
    ("1. Do it", "1. Do it\n\n```bash\nls -l\n```"),
    ("1. Do it", "1. Do it\n\n   ```bash\n   $ ls -l\n   ```"),
    ("1. Do it", "1. Do it\n   Run: `ls \u{200B}-l`"),
    ("### Step 1: Do it", "### 1. Do it"),
    ("### Step 1: Do it", "### Step 4: Do it"),
    ("**Purpose**: Have it done.\n\n", ""),
    ("**Rollback** (if step fails):\n\n1. Undo it\n\n", ""),
    ("`execute-task", "execute-task"),
    ("execute-task ", "execute-task not-"),
    (
        "## Overview",
        "<!-- wf-disable-next-line broken-link: none -->\n## Overview",
    ),
    ("## Trigger\n\n**Command**", "**Command**"),
];

/// A document with a defect or some, in one of the ways to write it down.
fn faulty(number: usize, name: &str) -> String {
    let mut text = sample::workflow(name);
    // Each defect alone, then with each of the others.
    let (first, step) = (number % DEFECTS.len(), number / DEFECTS.len());
    text = text.replacen(DEFECTS[first].0, DEFECTS[first].1, 1);
    if step > 0 {
        let (old, new) = DEFECTS[(first + step) % DEFECTS.len()];
        text = text.replacen(old, new, 1);
    }
    match number % 7 {
        1 => text.replace('\n', "\r\n"),
        2 => format!("\u{FEFF}{text}"),
        3 => format!("\u{FEFF}{text}").replace('\n', "\r\n"),
        4 => text.replace('\n', "\r"),
        5 => text.trim_end().to_owned(),
        _ => text,
    }
}

/// A project of faulty documents, half of them listed in the index.
fn faulty_project(count: usize) -> Project {
    let names: Vec<String> = (0..count).map(|number| format!("w{number:04}")).collect();
    let listed: Vec<&str> = names.iter().step_by(2).map(String::as_str).collect();
    let project = Project::new();
    project
        .write("wf.toml", "")
        .write("workflows/README.md", sample::index(&listed));
    for (number, name) in names.iter().enumerate() {
        project.write(&format!("workflows/{name}.md"), faulty(number, name));
    }
    project
}

/// The documents of a project, by name. What a run has under way stands under hidden names.
fn documents(project: &Project) -> BTreeMap<String, Vec<u8>> {
    let names = names(project).into_iter();
    let names = names.filter(|name| !name.starts_with('.'));
    let folder = project.path().join("workflows");
    names
        .map(|name| {
            let bytes = fs::read(folder.join(&name)).unwrap();
            (name, bytes)
        })
        .collect()
}

fn names(project: &Project) -> Vec<String> {
    let files = fs::read_dir(project.path().join("workflows")).unwrap();
    files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// The line ends that a text has.
fn line_ends(text: &[u8]) -> [bool; 3] {
    let text = String::from_utf8_lossy(text);
    let plain = text.replace("\r\n", "");
    [
        text.contains("\r\n"),
        plain.contains('\n'),
        plain.contains('\r'),
    ]
}

const ALL: [&str; 2] = ["--fix", "--unsafe-fixes"];

#[test]
fn every_defect_is_mended_and_every_two_of_them() {
    let project = faulty_project(DEFECTS.len() * DEFECTS.len());
    let before = documents(&project);
    let run = project.check(&ALL);
    assert_eq!(run.code, 1, "{}", run.err);
    let after = documents(&project);
    for (name, text) in &before {
        let new = &after[name];
        assert_eq!(line_ends(text), line_ends(new), "{name}");
        assert_eq!(
            text.starts_with(b"\xEF\xBB\xBF"),
            new.starts_with(b"\xEF\xBB\xBF"),
            "{name}"
        );
    }
    assert_eq!(names(&project).len(), before.len());
    let left = project.check(&["--format", "json"]).findings();
    let told = |found: &serde_json::Value| {
        let path = found["path"].as_str().unwrap();
        let text = fs::read_to_string(project.path().join(path)).unwrap();
        format!("{} in {path}\n{text}", found["rule"])
    };
    let fixable = left.iter().find(|found| !found["fix"].is_null());
    assert!(fixable.is_none(), "{}", told(fixable.unwrap()));
    // Of defects that stand alone nothing is left but what a person has to write.
    let number = |path: &str| path.strip_prefix("workflows/w")?.get(..4)?.parse().ok();
    let other = left.iter().find(|found| {
        let number: Option<usize> = number(found["path"].as_str().unwrap());
        let is_alone = number.is_none_or(|number| number < DEFECTS.len());
        is_alone && found["rule"] != "unfilled-placeholder"
    });
    assert!(other.is_none(), "{}", told(other.unwrap()));
    project.check(&ALL);
    assert!(documents(&project) == after, "a second run changes more");
}

#[test]
fn a_diff_is_shown_and_nothing_changes() {
    let project = faulty_project(3);
    let before = documents(&project);
    let run = project.check(&["--diff"]);
    assert_eq!(run.code, 1);
    assert!(
        run.out
            .contains("--- workflows/w0000.md\n+++ workflows/w0000.md\n@@"),
        "{}",
        run.out
    );
    assert!(
        run.err.ends_with("would mend 2 findings in 2 files\n"),
        "{}",
        run.err
    );
    assert!(documents(&project) == before);
    project.check(&["--fix"]);
    let run = project.check(&["--diff"]);
    assert_eq!((run.code, run.out.as_str()), (0, ""));
    assert_eq!(run.err, "nothing to mend\n");
}

#[test]
fn what_a_diff_shows_can_be_applied() {
    let project = faulty_project(3);
    let run = project.check(&["--diff", "--unsafe-fixes"]);
    fs::write(project.path().join("it.diff"), &run.out).unwrap();
    let status = std::process::Command::new("git")
        .args(["apply", "-p0", "it.diff"])
        .current_dir(project.path())
        .status()
        .unwrap();
    assert!(status.success(), "{}", run.out);
    let patched = documents(&project);
    let other = faulty_project(3);
    other.check(&ALL);
    assert!(documents(&other) == patched);
}

fn check_input(project: &Project, text: &str, arguments: &[&str]) -> Run {
    let mut child = project
        .wf()
        .args([
            "check",
            "--today",
            TODAY,
            "-",
            "--stdin-path",
            "workflows/w0000.md",
        ])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    Run::of(&child.wait_with_output().unwrap())
}

#[test]
fn standard_input_is_mended_on_standard_output() {
    let project = faulty_project(2);
    let before = documents(&project);
    let text = sample::workflow("w0000").replace("Overview", "Overveiw");
    let text = text.replace("2026-11-01", "2026-99-01");
    let run = check_input(&project, &text, &ALL);
    assert_eq!(run.out, text.replace("Overveiw", "Overview"), "{}", run.err);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("error[invalid-audit-date]"), "{}", run.err);
    assert!(documents(&project) == before, "files changed");
    // What cannot be mended comes out as it went in.
    let run = check_input(
        &project,
        "no document\n",
        &["--fix", "--only", "missing-title"],
    );
    assert_eq!(run.out, "no document\n");
    let run = check_input(&project, &text, &["--diff"]);
    assert!(
        run.out.contains("-## Overveiw\n+## Overview\n"),
        "{}",
        run.out
    );
}

#[cfg(unix)]
#[test]
fn mode_and_link_stay() {
    use std::os::unix::fs::PermissionsExt;
    let project = faulty_project(2);
    let at = |path: &str| project.path().join(path);
    fs::create_dir(at("shared")).unwrap();
    fs::rename(at("workflows/w0000.md"), at("shared/real.md")).unwrap();
    std::os::unix::fs::symlink("../shared/real.md", at("workflows/w0000.md")).unwrap();
    for (path, mode) in [("shared/real.md", 0o666), ("workflows/w0001.md", 0o640)] {
        fs::set_permissions(at(path), fs::Permissions::from_mode(mode)).unwrap();
    }
    let before = documents(&project);
    project.check(&ALL);
    let after = documents(&project);
    assert!(before["w0000.md"] != after["w0000.md"] && before["w0001.md"] != after["w0001.md"]);
    assert!(
        fs::symlink_metadata(at("workflows/w0000.md"))
            .unwrap()
            .is_symlink()
    );
    for (path, mode) in [("shared/real.md", 0o666), ("workflows/w0001.md", 0o640)] {
        let now = fs::metadata(at(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!(now, mode, "{path}");
    }
}

/// Killed when so many files have changed: then each is old or new, and another run mends the rest.
#[cfg(unix)]
#[test]
fn a_run_that_is_killed_leaves_whole_files() {
    let count = 120;
    let done = faulty_project(count);
    let old = documents(&done);
    done.check(&ALL);
    let new = documents(&done);
    for least in [0, 1, 7, 40, 90] {
        let project = faulty_project(count);
        let mut child = project
            .wf()
            .args(["check", "--today", TODAY, "--quiet"])
            .args(ALL)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let changed = || {
            let now = documents(&project);
            now.iter()
                .filter(|(name, text)| old.get(*name) != Some(text))
                .count()
        };
        while changed() < least && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        for (name, text) in documents(&project) {
            let is_whole = old.get(&name) == Some(&text) || new.get(&name) == Some(&text);
            assert!(is_whole, "{name}");
        }
        project.check(&ALL);
        assert!(documents(&project) == new, "after {least}");
    }
}
