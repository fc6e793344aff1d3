//! `wf new` writes what `wf check` finds nothing in but what the author has to fill in, and both files or none.

use std::collections::BTreeMap;
use std::fs;

use walkdir::WalkDir;

use crate::project;
use crate::project::Project;
use crate::project::Run;
use crate::sample;

fn new(project: &Project, arguments: &[&str]) -> Run {
    let mut command = project.wf();
    command
        .args(["new", "--today", project::TODAY])
        .args(arguments);
    Run::of(&command.output().unwrap())
}

/// Every file of a project with its bytes.
fn files(project: &Project) -> BTreeMap<String, Vec<u8>> {
    let files = WalkDir::new(project.path()).into_iter().map(Result::unwrap);
    let files = files.filter(|entry| entry.file_type().is_file());
    let named = files.map(|entry| {
        let path = entry.path().strip_prefix(project.path()).unwrap();
        (
            path.to_str().unwrap().to_owned(),
            fs::read(entry.path()).unwrap(),
        )
    });
    named.collect()
}

/// Fill in what a new document leaves open: the check then finds nothing at all.
fn assert_only_placeholders_are_left(project: &Project, path: &str) {
    let run = project.check(&["--format", "json"]);
    let rules = run.rules();
    assert!(rules.len() > 1, "{run:?}");
    assert!(
        rules.iter().all(|rule| rule == "unfilled-placeholder"),
        "{run:?}"
    );
    let mut text = fs::read_to_string(project.path().join(path)).unwrap();
    for finding in run.findings().iter().rev() {
        let offset =
            |point: &str| usize::try_from(finding[point]["offset"].as_u64().unwrap()).unwrap();
        assert_eq!(finding["path"], path, "{finding}");
        text.replace_range(offset("start")..offset("end"), "something");
    }
    project.write(path, text);
    project.check_clean(&["--quiet"]);
}

#[test]
fn a_new_document_wants_nothing_but_its_placeholders_filled() {
    for indexed in [true, false] {
        let project = sample::project(&["deploy"]);
        if !indexed {
            fs::remove_file(project.path().join("workflows/README.md")).unwrap();
        }
        let run = new(
            &project,
            &[
                "01_release_workflow",
                "--owner",
                "platform",
                "--purpose",
                "Publish | it",
            ],
        );
        assert_eq!(run.code, 0, "{run:?}");
        assert_only_placeholders_are_left(&project, "workflows/01_release_workflow.md");
    }
}

#[test]
fn nothing_need_be_there_yet() {
    let project = Project::new();
    let run = new(&project, &["ops/back-up"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(
        run.out,
        "wrote workflows/ops/back-up.md\nlisted it in workflows/README.md\n"
    );
    assert_only_placeholders_are_left(&project, "workflows/ops/back-up.md");
}

#[test]
fn a_template_of_the_projects_own_is_taken() {
    let templates = [
        "# Runbook: [What]\r\n\r\n**FILE**: [path] | **TEAM**: [Team]\r\n\r\n## Use\r\n\r\n[How]\r\n\r\n## Notes <!-- optional -->\r\n\r\n[Notes]\r\n",
        "---\nlayout: page\n---\n\n# [T]\n\n## Trigger\n\n**Command**: [as in `wf run x`]\n\n## Do\n\n### Step 1: [Name]\n\n**Actions**:\n\n1. [a]\n\n**Timeout**: [t] <!-- optional -->\n**Check**:\n\n- [ ] [c]\n\n### Step 2: [Name]\n\n[Same]\n\n## After\n\n- [b]\n",
    ];
    for template in templates {
        let project = Project::new();
        project
            .write(
                "wf.toml",
                "paths = [\"docs/runbooks\"]\ntemplate = \"docs/template.md\"\n",
            )
            .write("docs/template.md", template);
        let run = new(&project, &["disk-full"]);
        assert_eq!(run.code, 0, "{run:?}");
        assert_only_placeholders_are_left(&project, "docs/runbooks/disk-full.md");
    }
}

#[test]
fn what_fails_changes_nothing() {
    let project = sample::project(&["deploy", "02_release"]);
    project
        .write("wf.toml", "exclude = [\"workflows/archive\"]\n")
        .write("workflows/inner/wf.toml", "")
        .write("workflows/closed/README.md", "```\nnever closed\n")
        .write("workflows/latin/README.md", b"caf\xe9\n");
    let before = files(&project);
    for arguments in [
        &["deploy"][..],
        &["Deploy_Workflow"],
        &["ops/release"],
        &["archive/old"],
        &["inner/one"],
        &["closed/one"],
        &["latin/one"],
        &["README"],
        &["../one"],
        &["workflows/one"],
        &[""],
        &["one", "--title", " "],
        &["one", "--owner", "a\nb"],
        &["one", "--owner", "a | **FILE**: b"],
        &["one", "--title", "#"],
        &["one", "--today", "tomorrow"],
    ] {
        let run = new(&project, arguments);
        assert_eq!(
            (run.code, run.out.as_str()),
            (2, ""),
            "{arguments:?}: {run:?}"
        );
        assert!(run.err.starts_with("error: "), "{run:?}");
        assert_eq!(files(&project), before, "{arguments:?}");
    }
}

#[test]
#[cfg(unix)]
fn a_document_whose_index_cannot_be_written_is_taken_back() {
    let project = sample::project(&["deploy"]);
    // The index outgrows the size that files may have here; the document does not.
    let index = format!(
        "{}\n{}\n",
        sample::index(&["deploy"]),
        "Words. ".repeat(10_000)
    );
    project.write("workflows/README.md", index);
    let before = files(&project);
    let line = "trap '' XFSZ; ulimit -f 16; exec \"$0\" new ops/release --today 2026-11-22";
    let mut command = std::process::Command::new("bash");
    command
        .args(["-c", line, env!("CARGO_BIN_EXE_wf")])
        .current_dir(project.path());
    let run = Run::of(&command.output().unwrap());
    assert_eq!(run.code, 2, "{run:?}");
    assert!(
        run.err
            .starts_with("error: cannot write `workflows/README.md`: "),
        "{run:?}"
    );
    assert_eq!(files(&project), before);
    assert!(!project.path().join("workflows/ops").exists());
}

#[test]
#[cfg(unix)]
fn an_index_behind_a_link_is_written_through_it() {
    let project = sample::project(&["deploy"]);
    let index = project.path().join("workflows/README.md");
    fs::rename(&index, project.path().join("all.md")).unwrap();
    std::os::unix::fs::symlink("../all.md", &index).unwrap();
    assert_eq!(new(&project, &["release"]).code, 0);
    assert!(fs::symlink_metadata(&index).unwrap().is_symlink());
    let text = fs::read_to_string(project.path().join("all.md")).unwrap();
    assert!(
        text.ends_with("- [deploy](deploy.md)\n- [release](release.md)\n"),
        "{text}"
    );

    // A link that leads nowhere is there, all the same.
    std::os::unix::fs::symlink("nowhere", project.path().join("workflows/lost.md")).unwrap();
    let run = new(&project, &["lost"]);
    assert!(
        run.code == 2 && run.err.contains("is there already"),
        "{run:?}"
    );
}

#[test]
fn a_document_that_git_ignores_is_told_of() {
    let project = sample::project(&["deploy"]);
    project
        .write(".gitignore", "drafts/\n")
        .write(".git/HEAD", "ref: refs/heads/main\n");
    let run = new(&project, &["drafts/one"]);
    assert_eq!(run.code, 0);
    assert!(
        run.err
            .contains("note: Git ignores `workflows/drafts/one.md`"),
        "{run:?}"
    );
}
