//! How commands begin: not before their release, with what they are given, or not at all.

use std::fs;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use wf::run::process::How;
use wf::run::process::StartError;

use crate::process::Run;
use crate::process::assert_succeeded;

#[test]
fn a_command_gets_what_it_was_given_and_nothing_else() {
    let mut run = Run::new();
    let mut launch = run.bash("cat; pwd; echo \"$GIVEN $WF_RUN\"; env | sort; printf '%s' \"$0\"; ls -l \"$0\" \"$WF_OUTPUT\"");
    launch.environment.insert("GIVEN".into(), "ä b".into());
    // Names that no shell has as a variable.
    launch.environment.insert("my.name".into(), "dots".into());
    launch.environment.insert("-x".into(), "dash".into());
    launch
        .environment
        .insert("BASH_FUNC_read%%".into(), "() { exit 9; }".into());
    let (said, ended) = run.run(&launch);
    assert_succeeded(&ended);
    let work = run.work();
    let start = format!("{}\nä b release-20261123-abcd\n", work.display());
    assert!(said.starts_with(&start), "{said}");
    for line in [
        "my.name=dots",
        "-x=dash",
        "BASH_FUNC_read%%=() {  exit 9",
        &format!("PWD={}", work.display()),
    ] {
        assert!(
            said.contains(&format!("\n{line}\n")),
            "{line} is missing: {said}"
        );
    }
    let names: Vec<&str> = said
        .lines()
        .filter_map(|line| Some(line.split_once('=')?.0))
        .collect();
    // `_`, `SHLVL` and `OLDPWD` are bash's own.
    let known = [
        "GIVEN",
        "my.name",
        "-x",
        "BASH_FUNC_read%%",
        "PATH",
        "PWD",
        "WF_RUN",
        "WF_OUTPUT",
        "_",
        "SHLVL",
        "OLDPWD",
    ];
    assert!(names.iter().all(|name| known.contains(name)), "{names:?}");
    assert_eq!(said.matches("-rw------- ").count(), 2, "{said}");
    // What bash reads before its script serves all commands.
    let scratch = run.folder.path().join("run/scratch");
    let left = || {
        fs::read_dir(&scratch)
            .unwrap()
            .map(|file| file.unwrap().file_name())
    };
    assert!(left().eq(["bash.hook"]), "{:?}", left().collect::<Vec<_>>());
    drop(run.pool);
    assert_eq!(left().count(), 0);
}

#[test]
fn a_command_begins_when_it_is_released() {
    let mut run = Run::new();
    let waiting = run.bash("touch waiting");
    let waiting = run.pool.start(&waiting).unwrap();
    let (_, other) = run.run_bash("touch other");
    assert_succeeded(&other);
    let mark = run.work().join("waiting");
    assert!(!mark.exists() && run.pool.running().eq([waiting.id]));
    run.pool.release(waiting.id).unwrap();
    assert_succeeded(&run.end_of(waiting.id).1);
    assert!(mark.exists() && run.pool.running().next().is_none());
}

#[test]
fn a_command_that_was_not_released_can_be_given_up() {
    let mut run = Run::new();
    let waiting = run.bash("touch waiting");
    let waiting = run.pool.start(&waiting).unwrap();
    run.pool.interrupt(waiting.id);
    let (_, ended) = run.end_of(waiting.id);
    assert_eq!(
        (ended.how, ended.duration),
        (How::Interrupted, Duration::ZERO)
    );
    assert!(!run.work().join("waiting").exists());
}

#[test]
fn several_commands_run_at_once() {
    let mut run = Run::new();
    // Opening a pipe with a name waits for the other end: neither ends without the other.
    assert_succeeded(&run.run_bash("mkfifo one two").1);
    let one = run.bash("echo 1 >one; cat two");
    let two = run.bash("cat one; echo 2 >two");
    let (one, two) = (run.begin(&one).id, run.begin(&two).id);
    let (said, ended) = run.end_of(one);
    assert_succeeded(&ended);
    assert_eq!(said, "2\n");
    if run.pool.running().next().is_some() {
        assert_succeeded(&run.end_of(two).1);
    }
}

#[test]
fn other_interpreters_run_too() {
    let mut run = Run::new();
    let mut launch = run.bash("echo \"$0\" | sed 's:.*/::'; set -o | grep errexit");
    launch.interpreter = vec!["sh".to_owned(), "-eu".to_owned()];
    let (said, ended) = run.run(&launch);
    assert_succeeded(&ended);
    assert!(
        said.starts_with("1.1-1\nerrexit") && said.ends_with("on\n"),
        "{said}"
    );
    // Of the command's own PATH, from its directory.
    fs::create_dir(run.work().join("bin")).unwrap();
    fs::write(
        run.work().join("bin/mine"),
        "#!/bin/sh\necho mine; cat \"$1\"",
    )
    .unwrap();
    fs::set_permissions(run.work().join("bin/mine"), Permissions::from_mode(0o700)).unwrap();
    for (interpreter, path) in [
        ("mine", "bin:/usr/bin:/bin"),
        ("./bin/mine", "/usr/bin:/bin"),
    ] {
        let mut launch = run.bash("text");
        launch.interpreter = vec![interpreter.to_owned()];
        launch.environment.insert("PATH".into(), path.into());
        assert_eq!(run.run(&launch).0, "mine\ntext");
    }
}

#[test]
fn what_cannot_start_says_why() {
    let mut run = Run::new();
    let work = run.work();
    let show = |error: StartError| error.to_string().replace(work.to_str().unwrap(), "WORK");
    let mut launch = run.bash("");
    launch.interpreter = vec!["no-such-ruby".to_owned()];
    launch
        .environment
        .insert("PATH".into(), "/usr/bin:bin".into());
    assert_eq!(
        show(run.pool.start(&launch).unwrap_err()),
        "the interpreter `no-such-ruby` is not there; looked for /usr/bin/no-such-ruby, WORK/bin/no-such-ruby"
    );
    fs::write(work.join("plain"), "").unwrap();
    for program in ["./plain", "./plain/er", "."] {
        launch.interpreter = vec![program.to_owned()];
        launch.environment.insert("PATH".into(), ".".into());
        let error = show(run.pool.start(&launch).unwrap_err());
        assert!(
            error.starts_with(&format!("the interpreter `{program}` ")),
            "{error}"
        );
    }
    let mut launch = run.bash("");
    launch.directory = work.join("gone");
    assert_eq!(
        show(run.pool.start(&launch).unwrap_err()),
        "the working directory WORK/gone cannot be entered: No such file or directory (os error 2)"
    );
    launch.directory = work.join("plain");
    let error = show(run.pool.start(&launch).unwrap_err());
    assert_eq!(
        error,
        "the working directory WORK/plain cannot be entered: not a directory"
    );
}

#[test]
fn what_no_environment_can_hold_is_refused() {
    let mut run = Run::new();
    for (name, value, reason) in [
        ("A=B", "", "its name holds `=`"),
        ("", "x", "its name is empty"),
        ("A", "x\0", "it holds a NUL byte"),
    ] {
        let mut launch = run.bash("");
        launch.environment.insert(name.into(), value.into());
        let error = run.pool.start(&launch).unwrap_err().to_string();
        assert_eq!(
            error,
            format!("the environment variable `{name}` cannot be passed on: {reason}")
        );
    }
    let mut launch = run.bash("");
    launch
        .environment
        .insert("HUGE".into(), "x".repeat(8 << 20).into());
    let error = run.pool.start(&launch).unwrap_err().to_string();
    let expected = "the environment is too large for the system; the largest variable is `HUGE` with 8388608 bytes";
    assert_eq!(error, expected);
    assert!(run.pool.running().next().is_none());
    fs::remove_dir_all(run.folder.path().join("run/scratch")).unwrap();
    let launch = run.bash("");
    assert!(matches!(
        run.pool.start(&launch),
        Err(StartError::Record(_))
    ));
}

#[test]
fn a_command_shows_no_values() {
    let mut run = Run::new();
    let mut launch = run.bash("true");
    launch.environment.insert("TOKEN".into(), "hunter22".into());
    let shown = format!("{launch:?}");
    assert!(
        shown.contains("\"TOKEN\"") && !shown.contains("hunter22"),
        "{shown}"
    );
}
