//! Where the files of a run stand, and what stands in their way.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::thread;

use wf::run::Follower;
use wf::run::Run;
use wf::run::record;
use wf::run::state::State;

use crate::project::Project;
use crate::record::RUN;
use crate::record::files;
use crate::record::fixture;
use crate::record::follow;
use crate::record::records;
use crate::record::run;
use crate::record::text;

#[test]
fn only_the_owner_may_read_the_files() {
    let project = Project::new();
    let run = run(&project, RUN);
    follow(&run, &records("failure"), 0).unwrap();
    for (_, path) in files(&record::paths(&run)) {
        let path = project.path().join(path);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        assert_eq!(mode(path.parent().unwrap()), 0o700, "{}", path.display());
    }
    // Nothing but the files is left behind.
    for (folder, count) in [("logs", 1), (".memory/checkpoints", 1), ("errors", 1)] {
        assert_eq!(
            fs::read_dir(project.path().join(folder)).unwrap().count(),
            count,
            "{folder}"
        );
    }
}

#[test]
fn every_path_of_the_logging_section_is_written() {
    let project = Project::new();
    let mut run = run(&project, RUN);
    run.plan.logs = ["logs/[name].log", "var/all.log", "./var/../var/all.log"]
        .map(str::to_owned)
        .into();
    run.plan.checkpoints = ["notes/checkpoints/[run].md", "checkpoints/[name]-[date].md"]
        .map(str::to_owned)
        .into();
    follow(&run, &records("success"), 0).unwrap();
    let read = |path: &str| text(&project, path).unwrap();
    let log = fs::read_to_string(fixture("success").join("info.log")).unwrap();
    assert_eq!(read("logs/deploy.log"), log);
    assert_eq!(read("var/all.log"), log);
    let page = fs::read_to_string(fixture("success").join("checkpoint.md")).unwrap();
    assert_eq!(read(&format!("notes/checkpoints/{RUN}.md")), page);
    assert_eq!(read("checkpoints/deploy-2026-11-23.md"), page);

    let mut run = crate::record::run(&project, RUN);
    run.plan.logs = Vec::new();
    run.plan.settings.record = "var/wf".to_owned();
    run.plan.settings.errors = "var/errors".to_owned();
    let paths = record::paths(&run);
    assert_eq!(paths.logs, ["logs/info.log"]);
    assert_eq!(
        paths.checkpoints,
        ["var/wf/checkpoints/workflow_deploy_2026-11-23.md"]
    );
    assert_eq!(
        paths.error_report,
        format!("var/errors/2026-11-23_deploy_{RUN}.md")
    );
}

#[test]
fn concurrent_runs_interleave_whole_lines() {
    let project = Project::new();
    let records = records("failure");
    thread::scope(|scope| {
        for number in 0..8 {
            let (project, records) = (&project, &records);
            scope.spawn(move || {
                let mut run = run(project, &format!("run-{number}"));
                run.plan.checkpoints = vec!["checkpoints/[run].md".to_owned()];
                // Longer than what a pipe or a buffer would take at once.
                run.plan.title = "long ".repeat(4_000);
                for _ in 0..5 {
                    follow(&run, records, 0).unwrap();
                }
            });
        }
    });
    let log = text(&project, "logs/info.log").unwrap();
    assert_eq!(log.lines().count(), 8 * 5 * records.len());
    for number in 0..8 {
        let own = format!(" run=run-{number} ");
        let events: Vec<&str> = log.lines().filter(|line| line.contains(&own)).collect();
        assert_eq!(events.len(), 5 * records.len());
        for line in events {
            assert!(line.starts_with("2026-11-23T10:"), "{line}");
            assert_eq!(line.matches(" workflow=deploy ").count(), 1, "{line}");
        }
    }
}

/// What `prepare` says of a project.
fn refusal(run: &Run) -> String {
    record::prepare(run, &[]).unwrap_err().to_string()
}

#[test]
fn a_link_may_lead_elsewhere_in_the_project_but_not_out_of_it() {
    let project = Project::new();
    let outside = Project::new();
    let run = run(&project, RUN);
    let link = |target: &Path, path: &str| {
        let path = project.path().join(path);
        drop(fs::remove_file(&path));
        symlink(target, path).unwrap();
    };
    fs::create_dir_all(project.path().join("var/log")).unwrap();
    link(Path::new("var/log"), "logs");
    follow(&run, &records("success"), 0).unwrap();
    assert!(project.path().join("var/log/info.log").is_file());

    let logging = "name another path in the Logging section of `workflows/deploy.md`";
    link(outside.path(), "logs");
    assert_eq!(
        refusal(&run),
        format!(
            "cannot write `logs/info.log`: `logs` is a link that leads out of the project; put a folder or a file there, or {logging}"
        )
    );
    link(Path::new("gone"), "logs");
    assert!(
        refusal(&run).contains("`logs` is a link that leads nowhere; "),
        "{}",
        refusal(&run)
    );
    fs::create_dir(project.path().join(".git")).unwrap();
    link(Path::new(".git"), "logs");
    assert!(
        refusal(&run).contains("out of the project"),
        "{}",
        refusal(&run)
    );
    fs::remove_file(project.path().join("logs")).unwrap();
    fs::create_dir(project.path().join("logs")).unwrap();
    link(&outside.path().join("a.log"), "logs/info.log");
    assert!(
        refusal(&run).contains("`logs/info.log` is a link that leads nowhere"),
        "{}",
        refusal(&run)
    );
    outside.write("a.log", "");
    assert!(
        refusal(&run).contains("`logs/info.log` is a link that leads out"),
        "{}",
        refusal(&run)
    );
    fs::remove_file(project.path().join("logs/info.log")).unwrap();
    fs::remove_dir_all(project.path().join("errors")).unwrap();
    link(outside.path(), "errors");
    assert_eq!(
        refusal(&run),
        format!(
            "cannot write `errors/2026-11-23_deploy_{RUN}.md`: `errors` is a link that leads out of the project; put \
             a folder or a file there, or name another path in `errors` under `[run]` in `wf.toml`"
        )
    );
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
}

#[test]
fn a_link_that_is_made_during_the_run_is_not_followed_out() {
    let project = Project::new();
    let outside = Project::new();
    let run = run(&project, RUN);
    let mut files = record::prepare(&run, &[]).unwrap();
    fs::remove_dir(project.path().join(".memory/checkpoints")).unwrap();
    symlink(outside.path(), project.path().join(".memory/checkpoints")).unwrap();
    let record = &records("success")[0];
    let error = files.event(&run, record, &State::default()).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("`.memory/checkpoints` is a link that leads out"),
        "{error}"
    );
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    assert!(
        text(&project, "logs/info.log")
            .unwrap()
            .contains("run started")
    );
}

#[test]
fn what_cannot_be_written_is_told_before_anything_runs() {
    let project = Project::new();
    let run = run(&project, RUN);
    let checkpoint = ".memory/checkpoints/workflow_deploy_2026-11-23.md";
    project.write("logs", "a file");
    assert_eq!(
        refusal(&run),
        "cannot write `logs/info.log`: `logs` is a file, where a folder is wanted; move it away, or name another path \
         in the Logging section of `workflows/deploy.md`"
    );
    fs::remove_file(project.path().join("logs")).unwrap();
    fs::create_dir_all(project.path().join("logs/info.log")).unwrap();
    assert!(
        refusal(&run).contains("`logs/info.log`: it is a folder; move it away"),
        "{}",
        refusal(&run)
    );
    fs::remove_dir(project.path().join("logs/info.log")).unwrap();

    project.write(checkpoint, "# What we know of the deployment\n");
    assert_eq!(
        refusal(&run),
        format!(
            "cannot write `{checkpoint}`: it holds something else than this program writes there; move it away, or \
             name another path in the Logging section of `workflows/deploy.md`"
        )
    );
    assert_eq!(
        text(&project, checkpoint).unwrap(),
        "# What we know of the deployment\n"
    );
    fs::remove_file(project.path().join(checkpoint)).unwrap();
    // Its own is written anew.
    follow(&run, &records("parked"), 0).unwrap();
    follow(&run, &records("success"), 0).unwrap();
    assert!(
        text(&project, checkpoint)
            .unwrap()
            .contains("# Deploy: succeeded")
    );

    project.write("a-file", "");
    let mut run = run;
    run.plan.settings.errors = "a-file".to_owned();
    assert!(
        refusal(&run).contains("`a-file` is a file, where a folder is wanted"),
        "{}",
        refusal(&run)
    );
    for path in ["../out.log", "/etc/out.log", ".git/a.log"] {
        run.plan.logs = vec![path.to_owned()];
        assert!(
            refusal(&run).contains("no path of a file inside the project"),
            "{}",
            refusal(&run)
        );
    }
}

#[test]
fn a_log_that_was_moved_or_removed_is_begun_anew() {
    let project = Project::new();
    let run = run(&project, RUN);
    let records = records("success");
    let mut files = record::prepare(&run, &[]).unwrap();
    let mut state = State::default();
    for record in &records {
        state.apply(&run.plan, &record.event);
        files.event(&run, record, &state).unwrap();
        if matches!(record.event, wf::event::Event::StepFinished { step: 1 }) {
            fs::remove_dir_all(project.path().join("logs")).unwrap();
        }
    }
    let log = text(&project, "logs/info.log").unwrap();
    assert!(
        log.lines()
            .next()
            .unwrap()
            .contains("event=\"step started\" step=2 "),
        "{log}"
    );
    assert!(log.ends_with("duration=\"2m 35s\"\n"), "{log}");
}
