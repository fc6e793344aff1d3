//! `docs/fix_this_error.md`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use crate::operation::command;
use crate::operation::fifo;
use crate::operation::hear;
use crate::operation::project;
use crate::operation::read;
use crate::operation::runs;
use crate::operation::wf;
use crate::operation::wf_ends;
use crate::operation::workflow;
use crate::operation::workflow_of;
use crate::project::Project;

const PAGE: &str = "docs/fix_this_error.md";

/// Fails with the text of the file `error`.
const FAILS: &str = "cat error >&2\nexit 3";

fn failing() -> Project {
    let project = project("deploy", FAILS);
    project.write("error", "no space at 10:00:00, pid 71\n");
    project
}

fn fail(project: &Project) {
    wf_ends(project, 1, &["run", "deploy", "--yes"]);
}

#[test]
fn the_same_failure_twice_gives_one_entry_with_count_2_and_another_gives_another() {
    let project = failing();
    fail(&project);
    let first = read(&project, PAGE);
    assert!(
        first.contains("### deploy 1.1 \"Change it\": no space at 10:00:00, pid 71\n"),
        "{first}"
    );
    assert!(
        first.contains("\n- **Status**: open\n- **Count**: 1\n"),
        "{first}"
    );
    project.write("error", "no space at 11:22:33, pid 4711\n");
    fail(&project);
    let second = read(&project, PAGE);
    assert_eq!(second.matches("\n### ").count(), 1, "{second}");
    assert!(second.contains("\n- **Count**: 2\n"), "{second}");
    let last = runs(&project).pop().unwrap();
    assert!(second.contains(&format!(", run `{last}`\n")), "{second}");
    project.write("error", "no such host\n");
    fail(&project);
    let third = read(&project, PAGE);
    assert_eq!(third.matches("\n### ").count(), 2, "{third}");
    assert!(
        third.contains("\n- **Count**: 1\n") && third.contains("\n- **Count**: 2\n"),
        "{third}"
    );
    let mode = fs::metadata(project.path().join(PAGE))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn the_error_report_and_the_entry_lead_to_one_another() {
    let project = failing();
    fail(&project);
    fail(&project);
    let page = read(&project, PAGE);
    let link = page.split("(<../errors/").nth(1).unwrap();
    let report = read(
        &project,
        &format!("errors/{}", link.split('>').next().unwrap()),
    );
    let told = "- **Known errors**: [`docs/fix_this_error.md`](<../docs/fix_this_error.md>), met 2 times, first on ";
    assert!(report.contains(told), "{report}");
}

#[test]
fn text_that_a_person_added_stays_byte_for_byte() {
    let project = failing();
    fail(&project);
    // What an editor on Windows makes of it, with notes and without a final newline.
    let page = format!(
        "\u{feff}{}\n\n## Contacts\n\n* rita  \n\tor nobody",
        read(&project, PAGE)
    )
    .replace(
        "exit status 3:",
        "exit status 3:\n\n> Empty the cache: `rm -rf cache`  \n\n#### Why\n\nNobody does.\n\n",
    )
    .replace('\n', "\r\n");
    project.write(PAGE, &page);
    fs::set_permissions(project.path().join(PAGE), fs::Permissions::from_mode(0o640)).unwrap();
    fail(&project);
    let after = read(&project, PAGE);
    let run = runs(&project);
    let [before, now] = &run[..] else {
        panic!("{run:?}");
    };
    let expected = page
        .replace("**Count**: 1", "**Count**: 2")
        .replace(before, now);
    let without_time = |page: &str| -> String {
        let lines = page.split_inclusive('\n');
        lines
            .map(|line| line.split(" UTC, run ").last().unwrap())
            .collect()
    };
    assert_eq!(without_time(&after), without_time(&expected));
    let mode = fs::metadata(project.path().join(PAGE))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o640);
}

#[test]
fn a_resolved_entry_is_reopened() {
    let project = failing();
    fail(&project);
    let page = read(&project, PAGE);
    project.write(
        PAGE,
        page.replace("**Status**: open", "**Status**: resolved by a bigger disk"),
    );
    fail(&project);
    let after = read(&project, PAGE);
    assert!(
        after.contains(", was resolved by a bigger disk\n- **Count**: 2\n"),
        "{after}"
    );
    let (start, end) = (
        after.find("### deploy").unwrap(),
        after.find("## Resolved").unwrap(),
    );
    let entry = &after[start..end];
    let moved = format!("{}\n{entry}", after.replace(entry, ""));
    project.write(PAGE, &moved);
    fail(&project);
    let again = read(&project, PAGE);
    assert!(
        again.find("### deploy").unwrap() < again.find("## Resolved").unwrap(),
        "{again}"
    );
    assert!(
        again.contains("\n- **Count**: 3\n") && again.matches("### deploy").count() == 1,
        "{again}"
    );
}

#[test]
fn a_failed_check_and_a_rejection_have_entries_too() {
    let project = project("deploy", "true");
    let document = read(&project, "workflows/deploy.md");
    let manual = document.replace(
        "1. Change it\n\n   ```bash\n   true\n   ```",
        "1. Ask the customer",
    );
    project.write("workflows/deploy.md", &manual);
    wf_ends(&project, 3, &["run", "deploy", "--yes"]);
    assert!(!project.path().join(PAGE).exists());
    wf_ends(&project, 1, &["reject", "--reason", "they said no"]);
    let page = read(&project, PAGE);
    assert!(
        page.contains("\"Ask the customer\": rejected: they said no\n"),
        "{page}"
    );
    project.write(
        "workflows/deploy.md",
        document.replace("test -r .", "test -r nowhere"),
    );
    fail(&project);
    let page = read(&project, PAGE);
    assert!(page.contains("### deploy prerequisites.1 \"The folder can be read\": its command ended with exit status 1"), "{page}");
}

#[test]
fn a_stuck_rollback_is_an_error_of_its_own_and_counts_once_a_run() {
    let project = failing();
    project.write("workflows/deploy.md", workflow("deploy", FAILS, "exit 9"));
    wf_ends(&project, 4, &["run", "deploy", "--yes"]);
    wf_ends(&project, 4, &["rollback", "--retry"]);
    let page = read(&project, PAGE);
    assert_eq!(page.matches("- **Count**: 1\n").count(), 2, "{page}");
    assert!(
        page.contains(
            "### deploy 1.rollback.1 \"Put it back\": its command ended with exit status 9\n"
        ),
        "{page}"
    );
}

#[test]
fn secrets_are_masked_in_it() {
    let project = project("deploy", "echo \"bad token $TOKEN\"\nexit 1");
    let document = read(&project, "workflows/deploy.md");
    let inputs = "## Inputs\n\n- `TOKEN` (required, secret): a token\n\n## Prerequisites";
    project.write(
        "workflows/deploy.md",
        document.replace("## Prerequisites", inputs),
    );
    let mut command = command(&project, &["run", "deploy", "--yes"]);
    let output = command.env("TOKEN", "hunter-2-hunter").output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let page = read(&project, PAGE);
    assert!(
        page.contains("bad token ***") || page.contains("bad token \\*\\*\\*"),
        "{page}"
    );
    assert!(!page.contains("hunter-2"), "{page}");
}

/// Runs of many workflows that fail at one moment: none of their entries is lost.
#[test]
fn concurrent_runs_lose_no_entry() {
    let names = ["a", "b", "c", "d", "e", "f"];
    let project = Project::new();
    project.write("wf.toml", "");
    project.write(
        "workflows/README.md",
        "- [a](a.md) [b](b.md) [c](c.md) [d](d.md) [e](e.md) [f](f.md)\n",
    );
    // Each waits until all are there.
    let together = "touch \"here.$WF_WORKFLOW\"\nuntil [ -e here.a ] && [ -e here.b ] && [ -e here.c ] && [ -e here.d ] && [ -e here.e ] && [ -e here.f ]; do sleep 0.01; done\nexit 3";
    for name in names {
        project.write(
            &format!("workflows/{name}.md"),
            workflow(name, together, "true"),
        );
    }
    let start = |name: &&str| {
        let mut command = command(&project, &["run", name, "--yes"]);
        command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    let children: Vec<_> = names.iter().map(start).collect();
    for mut child in children {
        assert_eq!(child.wait().unwrap().code(), Some(1));
    }
    let page = read(&project, PAGE);
    for name in names {
        assert_eq!(
            page.matches(&format!("### {name} 1.1 ")).count(),
            1,
            "{page}"
        );
    }
}

#[test]
fn a_page_that_cannot_be_written_is_told_of_and_changes_nothing() {
    for page in [&b"# A\n\n```\nnever closed\n"[..], b"\xff\xfe"] {
        let project = failing();
        project.write(PAGE, page);
        let run = wf(&project, &["run", "deploy", "--yes"]);
        assert_eq!(run.code, 1, "{run:?}");
        assert!(
            run.err
                .contains("note: cannot write `docs/fix_this_error.md`: "),
            "{run:?}"
        );
        assert_eq!(fs::read(project.path().join(PAGE)).unwrap(), page);
        let log = read(&project, "logs/info.log");
        assert!(
            log.contains(" WARN  run=deploy-")
                && log.contains("event=\"known errors not updated\""),
            "{log}"
        );
    }
}

#[test]
fn another_file_can_be_named_and_a_link_is_written_through() {
    let project = failing();
    project
        .write("wf.toml", "[run]\nknown-errors = \"KNOWN.md\"\n")
        .write("notes/real.md", "# Ours\n");
    std::os::unix::fs::symlink("notes/real.md", project.path().join("KNOWN.md")).unwrap();
    fail(&project);
    assert!(
        fs::symlink_metadata(project.path().join("KNOWN.md"))
            .unwrap()
            .is_symlink()
    );
    let page = read(&project, "notes/real.md");
    assert!(
        page.starts_with("# Ours\n\n## Open Issues\n\n### deploy 1.1 "),
        "{page}"
    );
    assert!(!project.path().join("docs").exists());
}

#[test]
fn it_is_no_workflow_where_it_lies_among_them() {
    let project = failing();
    project.write("wf.toml", "paths = [\"workflows\", \"docs\"]\n");
    project.write("docs/README.md", "- [other](other.md)\n");
    project.write(
        "docs/other.md",
        workflow("other", "true", "true").replace("FILE**: workflows/", "FILE**: docs/"),
    );
    fail(&project);
    let check = wf_ends(&project, 0, &["check"]);
    assert!(
        check.err.starts_with("4 documents checked: no findings"),
        "{check:?}"
    );
}

/// Killed on the way back, and gone on with: what failed is counted once, and what a person wrote meanwhile stays.
#[test]
fn a_run_that_is_killed_and_goes_on_counts_once() {
    let project = failing();
    let undo = "if [ -p begun ]; then\n  echo back > begun\n  exec sleep 600\nfi";
    project.write("workflows/deploy.md", workflow("deploy", FAILS, undo));
    fifo(&project, "begun");
    let mut command = command(&project, &["run", "deploy", "--yes"]);
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    assert_eq!(hear(&project, "begun"), "back\n");
    child.kill().unwrap();
    child.wait().unwrap();
    fs::remove_file(project.path().join("begun")).unwrap();
    project.write(PAGE, "# Ours\n\nText");
    wf_ends(&project, 3, &["resume"]);
    wf_ends(&project, 1, &["resume", "--retry"]);
    let page = read(&project, PAGE);
    assert!(
        page.starts_with("# Ours\n\nText\n\n## Open Issues\n\n### deploy 1.1 "),
        "{page}"
    );
    assert!(
        page.matches("### ").count() == 1 && page.contains("\n- **Count**: 1\n"),
        "{page}"
    );
}

#[test]
fn steps_that_fail_at_the_same_time_have_an_entry_each() {
    let project = failing();
    let fails = |own: &str, other: &str| {
        format!("touch {own}\nuntil [ -e {other} ]; do sleep 0.01; done\necho {own} >&2\nexit 3")
    };
    let (left, right) = (fails("left", "right"), fails("right", "left"));
    let steps = [
        ("Left", left.as_str(), "true", "true"),
        ("Right", right.as_str(), "true", "true"),
        ("Join", "true", "true", "true"),
    ];
    let purpose = "### Step 3: Join\n\n**Purpose**: Have it done.\n";
    let document = workflow_of("deploy", &steps).replace(
        purpose,
        &format!("{purpose}\n**Depends on**: Step 1, Step 2\n"),
    );
    project.write("workflows/deploy.md", document);
    wf_ends(&project, 1, &["run", "deploy", "--yes", "--jobs", "2"]);
    let page = read(&project, PAGE);
    for heading in [
        "### deploy 1.1 \"Change it\": left\n",
        "### deploy 2.1 \"Change it\": right\n",
    ] {
        assert!(page.contains(heading), "{page}");
    }
}
