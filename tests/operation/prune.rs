//! `wf runs prune`.

use std::fs;

use crate::operation::project;
use crate::operation::read;
use crate::operation::runs;
use crate::operation::wf;
use crate::operation::wf_ends;
use crate::operation::workflow;
use crate::project::Project;

/// Three runs of one workflow, then two of another, of which the second waits.
fn crowd() -> (Project, Vec<String>) {
    let project = project("deploy", "true");
    project.write("workflows/README.md", "[a](deploy.md) [b](ask.md)\n");
    let ask = workflow("ask", "true", "true");
    project.write("workflows/ask.md", &ask);
    for _ in 0..3 {
        wf_ends(&project, 0, &["run", "deploy", "--yes"]);
    }
    wf_ends(&project, 0, &["run", "ask", "--yes"]);
    let manual = ask.replace("   ```bash\n   true\n   ```\n\n**Verif", "**Verif");
    project.write("workflows/ask.md", manual);
    wf_ends(&project, 3, &["run", "ask", "--yes"]);
    let names = runs(&project);
    assert_eq!(names.len(), 5);
    (project, names)
}

#[test]
fn the_newest_of_each_workflow_are_kept_and_what_is_not_finished() {
    let (project, names) = crowd();
    let run = wf_ends(&project, 0, &["runs", "prune", "--keep", "1"]);
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines.len(), 2, "{run:?}");
    for (line, name) in lines.iter().zip([&names[1], &names[0]]) {
        assert!(
            line.starts_with(&format!("removed {name} (succeeded 20")),
            "{run:?}"
        );
    }
    assert_eq!(
        run.err,
        "note: 2 runs removed, 2 runs kept, 1 run left that cannot be removed before it is finished\n"
    );
    assert_eq!(runs(&project), names[2..]);
    // What is left is whole, and goes on.
    wf_ends(&project, 0, &["runs", "show", &names[2], "--verify"]);
    wf_ends(&project, 0, &["confirm"]);
    wf_ends(&project, 0, &["runs", "prune", "--keep", "0"]);
    assert_eq!(runs(&project), Vec::<String>::new());
    assert!(
        read(&project, "logs/info.log").contains(&names[0]),
        "logs are no records of one run"
    );
}

#[test]
fn recent_runs_are_kept() {
    let (project, names) = crowd();
    let run = wf_ends(&project, 0, &["runs", "prune", "--older-than", "1h"]);
    assert_eq!((run.out.as_str(), runs(&project).len()), ("", 5));
    let run = wf_ends(
        &project,
        0,
        &[
            "runs",
            "prune",
            "--older-than",
            "0s",
            "--keep",
            "2",
            "--dry-run",
        ],
    );
    assert!(
        run.out
            .starts_with(&format!("would remove {} (succeeded ", names[0])),
        "{run:?}"
    );
    assert!(
        run.err
            .starts_with("note: 1 run would be removed, 3 runs kept, "),
        "{run:?}"
    );
    assert_eq!(runs(&project).len(), 5);
    let run = wf_ends(&project, 0, &["runs", "prune", "--older-than", "0s"]);
    assert_eq!(run.out.lines().count(), 4, "{run:?}");
    assert_eq!(runs(&project), names[4..]);
}

#[test]
fn nothing_is_removed_without_saying_which() {
    let (project, names) = crowd();
    for arguments in [
        &["runs", "prune"][..],
        &["runs", "prune", "--dry-run"],
        &["runs", "prune", "--older-than", "soon"],
    ] {
        assert_eq!(wf(&project, arguments).code, 2, "{arguments:?}");
    }
    assert_eq!(runs(&project), names);
}

#[test]
fn what_an_interrupted_removal_left_is_removed_with_the_next() {
    let (project, names) = crowd();
    let folder = project.path().join(".memory/runs");
    fs::rename(
        folder.join(&names[0]),
        folder.join(format!("{}~", names[0])),
    )
    .unwrap();
    // What is no run's stays, whatever it is called.
    fs::create_dir(folder.join("mine~")).unwrap();
    wf_ends(&project, 0, &["runs", "prune", "--keep", "9"]);
    let mut left: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    let mut expected = [&[".gitignore".to_owned(), "mine~".to_owned()], &names[1..]].concat();
    expected.sort();
    assert_eq!(left, expected);
}

#[test]
fn damaged_runs_are_left() {
    let (project, names) = crowd();
    let journal = format!(".memory/runs/{}/journal.jsonl", names[0]);
    let text = read(&project, &journal);
    project.write(&journal, text.replace("run-finished", "run-vanished"));
    wf_ends(&project, 0, &["runs", "prune", "--keep", "0"]);
    assert!(project.path().join(&journal).exists());
}
