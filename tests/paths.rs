//! What `wf check` reads, where a folder is not as plain as it looks: links, git, what cannot be read, projects in
//! projects.

use std::fs;
use std::process::Command;

use crate::project::Project;
use crate::project::Run;
use crate::project::TODAY;
use crate::sample;

/// Run `wf check` with arguments in a folder of the project.
fn check_in(project: &Project, folder: &str, arguments: &[&str]) -> Run {
    let mut command = project.wf();
    command
        .current_dir(project.path().join(folder))
        .args(["check", "--today", TODAY])
        .args(arguments);
    Run::of(&command.output().unwrap())
}

/// The paths of a run's findings with `--format json`.
fn paths(run: &Run) -> Vec<String> {
    run.findings()
        .iter()
        .map(|finding| finding["path"].as_str().unwrap().to_owned())
        .collect()
}

#[cfg(unix)]
fn link(project: &Project, path: &str, target: &str) {
    std::os::unix::fs::symlink(target, project.path().join(path)).unwrap();
}

/// A folder in the state of a fresh `git init`, whatever git's settings on this machine.
fn make_repository(project: &Project, folder: &str) {
    let mut git = Command::new("git");
    git.current_dir(project.path().join(folder))
        .args(["init", "--quiet"])
        .env("HOME", project.path());
    assert!(git.status().unwrap().success());
}

#[test]
#[cfg(unix)]
fn a_link_to_a_document_is_a_document() {
    let project = sample::project(&["release"]);
    fs::create_dir(project.path().join("shared")).unwrap();
    let at = |path: &str| project.path().join(path);
    fs::rename(at("workflows/release.md"), at("shared/original.md")).unwrap();
    link(&project, "workflows/release.md", "../shared/original.md");
    for arguments in [[].as_slice(), &["workflows"], &["workflows/release.md"]] {
        project.check_clean(arguments);
    }
    project.write(
        "shared/original.md",
        sample::workflow("release").replace("## Overview", "## Overveiw"),
    );
    let run = project.check(&["--format", "json"]);
    assert_eq!(
        (run.code, paths(&run)),
        (1, vec!["workflows/release.md".to_owned()])
    );
}

#[test]
#[cfg(unix)]
fn a_link_to_a_folder_above_is_not_followed_round_and_round() {
    let project = sample::project(&["release"]);
    link(&project, "workflows/loop", "..");
    let run = project.check(&["workflows", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(report["summary"]["documents"], 2, "{run:?}");
}

#[test]
fn what_git_ignores_or_is_hidden_is_left_out() {
    let project = sample::project(&["release"]);
    make_repository(&project, ".");
    let bad = "No title.\n";
    for path in [
        ".draft.md",
        ".drafts/a.md",
        "scratch/a.md",
        "a.tmp.md",
        "own/b.md",
        "excluded.md",
    ] {
        project.write(&format!("workflows/{path}"), bad);
    }
    project
        .write(".gitignore", "scratch/\n*.tmp.md\n")
        .write("workflows/own/.gitignore", "b.md\n");
    project.write(".git/info/exclude", "excluded.md\n");
    for arguments in [[].as_slice(), &["."], &["workflows"]] {
        project.check_clean(arguments);
    }
    // Whoever names one means it.
    for path in [
        "workflows/.draft.md",
        "workflows/a.tmp.md",
        "workflows/.drafts",
    ] {
        let run = project.check(&[path, "--only", "missing-title"]);
        assert_eq!(run.code, 1, "{path}: {}", run.err);
    }
}

#[test]
fn the_top_of_the_work_tree_is_the_root_where_no_wf_toml_is() {
    let project = sample::project(&["release"]);
    fs::remove_file(project.path().join("wf.toml")).unwrap();
    make_repository(&project, ".");
    project.write("docs/deep/x.txt", "");
    for folder in ["docs/deep", "workflows"] {
        let run = check_in(&project, folder, &[]);
        assert_eq!(
            (run.code, run.out.as_str()),
            (0, ""),
            "{folder}: {}",
            run.err
        );
    }
    let run = check_in(&project, "docs/deep", &["-v"]);
    assert!(
        run.err.contains("the project in `../..` uses no wf.toml"),
        "{}",
        run.err
    );
}

#[test]
#[cfg(unix)]
fn what_cannot_be_read_keeps_nothing_else_from_being_checked() {
    let project = sample::project(&["release"]);
    project.write(
        "workflows/release.md",
        sample::workflow("release").replace("## Overview", "## Overveiw"),
    );
    project.write("workflows/folder.md/notes.txt", "");
    project.write("bytes.md", b"# Title\n\n\xff\n");
    link(&project, "dangling.md", "nowhere.md");
    let unreadable = ["dangling.md", "missing.md"];
    for path in unreadable {
        for format in ["full", "concise", "json", "json-lines"] {
            let run = project.check(&[path, "workflows", "--format", format]);
            assert_eq!(run.code, 2, "{path}: {run:?}");
            assert!(
                run.err.contains(&format!("cannot read `{path}`")),
                "{}",
                run.err
            );
            assert!(run.out.contains("misspelled-section"), "{path}: {run:?}");
        }
    }
    let run = project.check(&[
        "dangling.md",
        "missing.md",
        "workflows/folder.md",
        "bytes.md",
        "workflows",
        "--format",
        "json",
    ]);
    assert_eq!(
        (run.code, run.rules()),
        (
            2,
            vec![
                "unreadable-document".to_owned(),
                "misspelled-section".to_owned()
            ]
        )
    );
    assert!(
        unreadable.iter().all(|path| run.err.contains(path)),
        "{}",
        run.err
    );
}

#[test]
fn an_index_that_cannot_be_read_accuses_no_document() {
    let project = sample::project(&["release", "clean"]);
    let index = project.path().join("workflows/README.md");
    for content in [&b"# Workflows\n\xff\n"[..], b"# Workflows\n"] {
        project.write("workflows/README.md", content);
        let run = project.check(&["--format", "json"]);
        let unlisted = run.rules().iter().any(|rule| rule == "unlisted-workflow");
        assert_eq!(unlisted, std::str::from_utf8(content).is_ok(), "{run:?}");
    }
    fs::remove_file(&index).unwrap();
    link(&project, "workflows/README.md", "nowhere.md");
    let run = project.check(&["--format", "json"]);
    assert!(
        !run.rules().iter().any(|rule| rule == "unlisted-workflow"),
        "{run:?}"
    );
}

#[test]
fn paths_are_whatever_a_file_system_takes() {
    let project = sample::project(&["release"]);
    let folder = "workflows/Über uns/-x";
    project.write(&format!("{folder}/日本 & co.md"), "No title.\n");
    let run = project.check(&[
        "--only",
        "missing-title",
        "--",
        folder,
        "workflows/Über uns",
    ]);
    assert_eq!(
        run.out,
        format!(
            "{folder}/日本 & co.md:1:1: error[missing-title] the document does not begin with a title\n"
        )
    );
    let run = check_in(
        &project,
        folder,
        &["--only", "missing-title", "日本 & co.md"],
    );
    assert!(run.out.starts_with("日本 & co.md:1:1: "), "{run:?}");
}

#[test]
fn a_place_is_the_same_in_every_format() {
    let project = sample::project(&["release"]);
    let link = "[x](none.md)";
    let lines = [
        format!("naïve 😀 👩\u{200d}🚀 e\u{301} 漢字 {link}"),
        format!("a\tb\t{link}"),
        format!("{}{link}{}", "word ".repeat(300), " word".repeat(300)),
        format!("{}{link}{}", "ü".repeat(900), "ü".repeat(900)),
    ];
    for line in lines {
        project.write(
            "workflows/release.md",
            sample::workflow("release").replace("Does what", &line),
        );
        let column = line[..line.find('[').unwrap()].chars().count() + 1;
        let place = format!("workflows/release.md:7:{column}");
        for format in ["concise", "full"] {
            let run = project.check(&["--only", "broken-link", "--format", format]);
            assert!(
                run.out.contains(&place),
                "{format} does not say {place}: {}",
                run.out
            );
        }
    }
}

#[test]
fn a_byte_that_is_no_text_is_found_in_every_format() {
    let project = sample::project(&["release"]);
    project.write("workflows/release.md", b"# Title\n\nab\xffc\n");
    for format in ["concise", "full"] {
        let run = project.check(&[
            "workflows/release.md",
            "--only",
            "unreadable-document",
            "--format",
            format,
        ]);
        assert!(
            run.out.contains("workflows/release.md:3:3"),
            "{format}: {}",
            run.out
        );
    }
}

#[test]
fn a_folder_holds_the_projects_in_it() {
    let project = sample::project(&["release"]);
    project
        .write("team/wf.toml", "")
        .write("team/workflows/rota.md", "No title.\n");
    for (folder, arguments) in [(".", ["."]), ("team", [".."]), ("workflows", [".."])] {
        let run = check_in(
            &project,
            folder,
            &[&["--only", "missing-title"], arguments.as_slice()].concat(),
        );
        assert_eq!(
            run.code, 1,
            "{folder}: team/workflows/rota.md has no title: {}",
            run.err
        );
    }
    project.write("team/wf.toml", "[rules\n");
    let run = project.check(&["."]);
    assert_eq!(run.code, 2, "team/wf.toml is broken: {}", run.err);
}

#[test]
fn an_excluded_folder_is_excluded_when_it_is_named() {
    for exclude in [
        "workflows/archive",
        "workflows/archive/",
        "workflows/archive/**",
        "**/*.md",
    ] {
        let project = sample::project(&["release"]);
        project
            .write("wf.toml", format!("exclude = [\"{exclude}\"]"))
            .write("workflows/archive/old.md", "");
        for path in ["workflows/archive", "workflows/archive/"] {
            let run = project.check(&[path]);
            assert_eq!(
                (run.code, run.out.as_str()),
                (0, ""),
                "{exclude}: {}",
                run.err
            );
            assert!(
                run.err.contains("note: ")
                    && run.err.contains("`workflows/archive`")
                    && run.err.contains("excluded"),
                "{exclude}: {}",
                run.err
            );
            assert_eq!(project.check(&[path, "-q"]).err, "");
        }
    }
}

#[test]
fn a_path_that_is_not_there_may_be_let_pass() {
    let project = sample::project(&["release"]);
    let run = project.check(&["--allow-empty", "missing.md"]);
    assert_eq!(run.code, 0, "{}", run.err);
}

#[test]
fn a_project_without_a_root_is_judged_alike_from_anywhere() {
    let project = sample::project(&["release"]);
    fs::remove_file(project.path().join("wf.toml")).unwrap();
    project.write("elsewhere/x.txt", "");
    let folder = project.path().join("workflows");
    for current in [
        project.path().to_owned(),
        project.path().join("elsewhere"),
        "/usr".into(),
        "/".into(),
    ] {
        let mut command = project.wf();
        let output = command
            .current_dir(&current)
            .args(["check", "--today", TODAY])
            .arg(&folder)
            .output();
        let run = Run::of(&output.unwrap());
        assert_eq!(
            (run.code, run.out.as_str()),
            (0, ""),
            "from {}: {}",
            current.display(),
            run.err
        );
    }
}

#[test]
#[cfg(unix)]
fn a_report_is_written_through_a_link() {
    let project = sample::project(&["release"]);
    project.write("reports/real.txt", "old");
    link(&project, "report.txt", "reports/real.txt");
    let run = project.check(&["--format", "json", "--output-file", "report.txt"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(
        fs::symlink_metadata(project.path().join("report.txt"))
            .unwrap()
            .is_symlink(),
        "the link is gone"
    );
    assert!(
        fs::read_to_string(project.path().join("reports/real.txt"))
            .unwrap()
            .contains("\"version\": 1")
    );
}

#[test]
fn a_report_that_cannot_be_written_names_the_file_and_no_other() {
    let project = sample::project(&["release"]);
    let run = project.check(&["--output-file", "missing/report.txt"]);
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("cannot write `missing/report.txt`") && !run.err.contains(".wf-"),
        "{}",
        run.err
    );
}
