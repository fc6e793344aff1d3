//! How commands end, and what of them may go on.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::flow::Flow;
use crate::flow::Step;
use crate::flow::mark;
use crate::project::Project;
use crate::running::run;
use crate::running::trace;

/// Whether a process lives that wrote its number into a file of the project.
fn lives(project: &Project, file: &str) -> bool {
    let pid = fs::read_to_string(project.path().join(file)).unwrap();
    let stat = Path::new("/proc").join(pid.trim()).join("stat");
    let stat = fs::read_to_string(stat).unwrap_or_default();
    let state = stat.rsplit_once(") ").map(|(_, rest)| rest.as_bytes()[0]);
    state.is_some_and(|state| state != b'Z' && state != b'X')
}

fn end(project: &Project, file: &str) {
    let pid = fs::read_to_string(project.path().join(file)).unwrap();
    Command::new("kill")
        .args(["-KILL", pid.trim()])
        .status()
        .unwrap();
}

#[test]
fn what_a_command_leaves_in_the_background_neither_holds_the_run_up_nor_is_ended() {
    // It holds the command's output open, and would for ever. What it writes when the program has ended does not end it.
    let leaves = "{ read -r _ < go; echo late; echo wrote > wrote; exec tail -f /dev/null; } &\necho $! > background.pid";
    let step = Step::new(leaves).action(mark("after"));
    let project = Flow::new("release").step(step).project();
    for pipe in ["go", "wrote"] {
        let made = Command::new("mkfifo")
            .arg(project.path().join(pipe))
            .status();
        assert!(made.unwrap().success());
    }
    let found = run(&project, &[]);
    assert_eq!(found.code, 0, "{}", found.out);
    assert_eq!(trace(&project), "after");
    fs::write(project.path().join("go"), "now\n").unwrap();
    let mut hear = Command::new("timeout");
    let heard = hear
        .args(["300", "cat"])
        .arg(project.path().join("wrote"))
        .output();
    assert_eq!(heard.unwrap().stdout, b"wrote\n");
    assert!(lives(&project, "background.pid"));
    end(&project, "background.pid");
}

#[test]
fn nothing_of_a_command_that_timed_out_lives_on() {
    // One child in the background, one that left the group and the session, one that ignores what is polite.
    let stubborn = "\
(trap '' INT TERM; echo $BASHPID > stubborn.pid; tail -f /dev/null & wait) &
setsid bash -c 'echo $$ > stray.pid; exec tail -f /dev/null' &
echo $$ > shell.pid
tail -f /dev/null";
    let step = Step::new(stubborn)
        .undo(mark("undo"))
        .option("**Timeout**: 3s");
    let project = Flow::new("release").step(step).project();
    let found = run(&project, &[]);
    assert_eq!(found.code, 1, "{}", found.out);
    assert_eq!(trace(&project), "undo");
    for file in ["stubborn.pid", "stray.pid", "shell.pid"] {
        assert!(!lives(&project, file), "{file}");
    }
}

#[test]
fn nothing_of_a_command_that_failed_lives_on() {
    let step =
        Step::new("tail -f /dev/null &\necho $! > background.pid\nexit 3").undo(mark("undo"));
    let project = Flow::new("release").step(step).project();
    assert_eq!(run(&project, &[]).code, 1);
    assert!(!lives(&project, "background.pid"));
}

#[test]
fn a_command_reads_nothing_and_has_no_terminal() {
    let step = Step::new(format!("read -r line || {}\n[ ! -t 0 ]", mark("closed")));
    let project = Flow::new("release").step(step).project();
    assert_eq!(run(&project, &[]).code, 0);
    assert_eq!(trace(&project), "closed");
}

#[test]
fn what_commands_find_in_their_environment() {
    let show = |what: &str| {
        format!(
            "echo \"{what} $PWD $WF_RUN $WF_WORKFLOW ${{WF_STEP-unset}} $WF_ROOT ${{WF_FAILED_STEP-unset}} $FROM_CONFIG ${{SET-unset}}\" \
             >> \"$WF_ROOT/seen\""
        )
    };
    let flow = Flow::new("release")
        .prerequisite(show("prerequisite"))
        .step(
            Step::new(format!(
                "{}\necho \"SET=by 1.1\" >> \"$WF_OUTPUT\"",
                show("1.1")
            ))
            .action(show("1.2"))
            .undo(show("1.rollback"))
            .option("**Working directory**: sub"),
        )
        .step(
            Step::new(format!(
                "echo \"SET=by 2.1\" >> \"$WF_OUTPUT\"\n{}\nfalse",
                show("2.1")
            ))
            .undo(show("2.rollback")),
        )
        .procedure(show("procedure"));
    let project = flow.project_with("env = { FROM_CONFIG = \"yes\" }\n");
    project.write("sub/.keep", "");
    assert_eq!(run(&project, &[]).code, 1);
    let root = project.path().canonicalize().unwrap();
    let root = root.to_str().unwrap();
    let id = &crate::flow::runs(&project)[0].0;
    let line = |what: &str, folder: &str, step: &str, failed: &str, set: &str| {
        format!("{what} {root}{folder} {id} release {step} {root} {failed} yes {set}\n")
    };
    let expected = [
        line("prerequisite", "", "", "unset", "unset"),
        line("1.1", "/sub", "1", "unset", "unset"),
        line("1.2", "/sub", "1", "unset", "by 1.1"),
        line("2.1", "", "2", "unset", "by 1.1"),
        line("2.rollback", "", "2", "2", "by 2.1"),
        line("1.rollback", "/sub", "1", "2", "by 2.1"),
        line("procedure", "", "", "2", "by 2.1"),
    ];
    let seen = fs::read_to_string(project.path().join("seen")).unwrap();
    assert_eq!(seen, expected.concat());
}

#[test]
fn each_language_has_its_interpreter() {
    let flow = Flow::new("release").step(
        Step::new("```sh\nprintf 'sh\\n' >> trace\n```")
            .action("```python\nopen('trace', 'a').write('python\\n')\n```")
            .action("```perlish\nopen my $f, '>>', 'trace'; print $f \"perl\\n\";\n```")
            .action("```shell\n[[ -n $BASH_VERSION ]] && echo shell >> trace\n```")
            .action("```bash no-run\necho never >> trace\n```\n"),
    );
    let project = flow.project_with("interpreters = { perlish = [\"perl\", \"-w\"] }\n");
    let found = run(&project, &[]);
    // The last one shows its command without running it: it is for a person.
    assert_eq!(found.code, 3, "{}{}", found.out, found.err);
    assert_eq!(trace(&project), "sh python perl shell");
}

#[test]
fn a_long_output_is_kept_within_its_limit() {
    let step = Step::new("echo first\nseq 1 200000\necho last");
    let project = Flow::new("release")
        .step(step)
        .project_with("max-output = \"10KiB\"\n");
    assert_eq!(run(&project, &[]).code, 0);
    let kept = crate::flow::wf(&project, &["runs", "show", "--output", "1.1"]);
    assert!(kept.out.len() <= 10 << 10, "{}", kept.out.len());
    assert!(kept.out.starts_with("first\n1\n") && kept.out.ends_with("\n200000\nlast\n"));
    assert!(kept.out.contains("bytes are left out here]\n"));
}

#[test]
fn a_variable_that_no_environment_takes_fails_its_command() {
    let long = "{ printf LONG=; head -c 200000 /dev/zero | tr '\\0' x; } >> \"$WF_OUTPUT\"";
    let step = Step::new(long).undo(mark("undo"));
    let project = Flow::new("release").step(step).project();
    let found = run(&project, &[]);
    assert_eq!(found.code, 1, "{}", found.out);
    assert_eq!(trace(&project), "undo");
    let reason =
        "line 1 of the file that WF_OUTPUT names sets `LONG` to more than an environment takes";
    assert!(unwrapped(&found.out).contains(reason), "{}", found.out);
    assert!(!found.out.contains("xxxxxxxx"), "{}", found.out);
}

#[test]
fn as_much_as_an_environment_takes_is_taken() {
    // Each alone fits; all five do not.
    let fill = |number: u32| {
        format!(
            "{{ printf 'V{number}='; head -c 120000 /dev/zero | tr '\\0' x; }} >> \"$WF_OUTPUT\""
        )
    };
    let flow = (1..=5).fold(Flow::new("release"), |flow, number| {
        flow.step(Step::new(fill(number)).undo(mark(&format!("undo {number}"))))
    });
    let project = flow.project();
    let found = run(&project, &[]);
    assert_eq!(found.code, 1, "{}", found.out);
    let undone: Vec<String> = (1..=5)
        .rev()
        .map(|number| format!("undo {number}"))
        .collect();
    assert_eq!(trace(&project), undone.join(" "));
    let reason = "through WF_OUTPUT take 600060 bytes together: more than 524288";
    assert!(unwrapped(&found.out).contains(reason), "{}", found.out);
}

/// What is shown, as if on one line.
fn unwrapped(shown: &str) -> String {
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}
