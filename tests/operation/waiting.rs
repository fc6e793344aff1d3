//! `wf run --wait`.

use std::io::BufRead;
use std::io::BufReader;
use std::process::Stdio;

use crate::operation::command;
use crate::operation::fifo;
use crate::operation::hear;
use crate::operation::project;
use crate::operation::read;
use crate::operation::runs;
use crate::operation::tell;
use crate::operation::wf_ends;
use crate::project::Project;

/// The first run hangs until it can go on.
fn slow() -> Project {
    let first = "if mkdir first; then\n  echo begun > begun\n  read -r _ < go\nfi\necho \"$WF_RUN\" >> order";
    let project = project("deploy", first);
    fifo(&project, "begun");
    fifo(&project, "go");
    project
}

#[test]
fn a_run_waits_for_those_in_progress() {
    let project = slow();
    let start = |arguments: &[&str]| {
        let mut command = command(&project, arguments);
        command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let mut first = start(&["run", "deploy", "--yes"]);
    assert_eq!(hear(&project, "begun"), "begun\n");
    let refused = wf_ends(&project, 6, &["run", "deploy", "--yes"]);
    assert!(
        refused.err.contains("help: `--wait` waits until it ends"),
        "{refused:?}"
    );
    let mut others: Vec<_> = (0..3)
        .map(|_| start(&["run", "deploy", "--yes", "--wait"]))
        .collect();
    let running = runs(&project).pop().unwrap();
    for other in &mut others {
        let mut told = BufReader::new(other.stderr.take().unwrap()).lines();
        let line = format!("note: waiting until {running} ends");
        assert!(told.any(|told| told.unwrap() == line));
        // Whatever else it says, it must not find the pipe closed.
        std::thread::spawn(move || told.count());
    }
    tell(&project, "go");
    assert_eq!(first.wait().unwrap().code(), Some(0));
    for mut other in others {
        assert_eq!(other.wait().unwrap().code(), Some(0));
    }
    let order = read(&project, "order");
    let order: Vec<&str> = order.lines().collect();
    assert_eq!((order.len(), order[0]), (4, running.as_str()));
}

#[test]
fn a_run_that_needs_a_person_is_not_waited_for() {
    let project = project("deploy", "true");
    let document = read(&project, "workflows/deploy.md");
    let manual = document.replace("   ```bash\n   true\n   ```\n\n**Verif", "**Verif");
    project.write("workflows/deploy.md", manual);
    wf_ends(&project, 3, &["run", "deploy", "--yes", "--wait"]);
    let run = wf_ends(&project, 6, &["run", "deploy", "--yes", "--wait"]);
    assert!(
        run.err.contains("is not finished: it waits for a person"),
        "{run:?}"
    );
}
