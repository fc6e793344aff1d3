//! Who waits for the release of a command, and that nothing of the command is done before.

use std::fs;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;
use std::time::Instant;

use wf::run::process::How;
use wf::run::process::Launch;
use wf::run::process::StartError;
use wf::run::process::Started;

use crate::process::Run;
use crate::process::WATCHDOG;
use crate::process::assert_succeeded;

/// A run whose bash has shown that it can wait by itself.
fn tried() -> Run {
    let mut run = Run::new();
    assert_succeeded(&run.run_bash("true").1);
    run
}

/// The words of the process that waits. It is made a moment before it has any.
fn words(started: &Started) -> Vec<String> {
    let watchdog = Instant::now() + WATCHDOG;
    loop {
        let line = fs::read_to_string(format!("/proc/{}/cmdline", started.process.pid)).unwrap();
        if !line.is_empty() {
            return line.split('\0').map(str::to_owned).collect();
        }
        assert!(Instant::now() < watchdog);
        std::thread::yield_now();
    }
}

fn script(run: &Run, launch: &Launch) -> PathBuf {
    let name = format!("{}-{}", launch.item, launch.attempt);
    run.folder.path().join("run/scratch").join(name)
}

fn program(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn bash_waits_by_itself_without_its_script() {
    let mut run = tried();
    let mut launch = run.bash("touch begun; readlink /proc/$$/fd/0; env");
    // Names that are none for a shell, of which many environments have some.
    for (name, value) in [("my-name", "x"), ("BASH_FUNC_which%%", "() {  :\n}")] {
        launch.environment.insert(name.into(), value.into());
    }
    let started = run.pool.start(&launch).unwrap();
    let words = words(&started);
    assert!(
        words[0].ends_with("/bash") && words[1] == "-euo",
        "{words:?}"
    );
    assert!(!script(&run, &launch).exists());
    run.pool.release(started.id).unwrap();
    let (said, ended) = run.end_of(started.id);
    assert_succeeded(&ended);
    assert!(said.starts_with("/dev/null\n"), "{said}");
    for line in ["\nmy-name=x\n", "\nBASH_FUNC_which%%=() {  :\n}\n"] {
        assert!(said.contains(line), "{line} in {said}");
    }
    assert!(run.work().join("begun").exists());
    assert!(!script(&run, &launch).exists());
}

#[test]
fn a_shell_waits_for_what_cannot_wait_by_itself() {
    let mut run = tried();
    let change = |change: &dyn Fn(&mut Launch)| {
        let mut launch = Run::new().bash("touch begun");
        change(&mut launch);
        launch
    };
    let with = |name: &str, value: &str| {
        change(&|launch| drop(launch.environment.insert(name.into(), value.into())))
    };
    let by = |words: &str| {
        change(&|launch| launch.interpreter = words.split(' ').map(str::to_owned).collect())
    };
    let python = change(&|launch| {
        launch.interpreter = vec!["python3".to_owned(), "-u".to_owned()];
        launch.script = "open('begun', 'w')".to_owned();
    });
    for launch in [
        with("POSIXLY_CORRECT", "1"),
        with("SHELLOPTS", "posix"),
        with("BASH_ENV", "/dev/null"),
        with("TMOUT", "1"),
        with("SECONDS", "100"),
        with("BASH_FUNC_read%%", "() { :; }"),
        by("bash --posix"),
        by("bash -ex"),
        by("bash -p"),
        by("sh -eu"),
        python,
    ] {
        let mut launch = launch;
        (launch.item, launch.directory) = (run.bash("").item, run.work());
        let started = run.pool.start(&launch).unwrap();
        assert_eq!(words(&started)[..2], ["/bin/sh", "-c"], "{launch:?}");
        let begun = run.work().join("begun");
        assert!(!begun.exists(), "{launch:?}");
        run.pool.release(started.id).unwrap();
        assert_succeeded(&run.end_of(started.id).1);
        fs::remove_file(begun).unwrap();
    }
}

/// What a bash sees that did not wait by itself, and one that did.
#[test]
fn a_script_sees_nothing_of_the_wait() {
    let mut run = Run::new();
    let look = "echo \"$? $- $_ $SECONDS $LINENO $# $BASH_SUBSHELL ${BASH_SOURCE[*]} ${FUNCNAME[*]-}\"
readlink /proc/$$/fd/0; ls /proc/$$/fd; jobs; set -o; shopt; trap -p INT; alias; declare -F; times >/dev/null
declare -p | grep -Ev ' (BASHPID|PPID|RANDOM|SRANDOM|EPOCH[A-Z]*|BASH_MONOSECONDS)='";
    let mut seen = (0..2).map(|_| {
        let launch = run.bash(look);
        let (said, ended) = run.run(&launch);
        assert_succeeded(&ended);
        said.replace(&launch.item, "ITEM")
    });
    let (one, other) = (seen.next().unwrap(), seen.next().unwrap());
    assert!(
        one.contains("SECONDS") && !one.contains("BASH_ENV"),
        "{one}"
    );
    assert_eq!(one, other);
}

#[test]
fn a_bash_that_reads_no_file_before_its_script_does_not_wait_by_itself() {
    let mut run = Run::new();
    let folder = run.work().join("bin");
    fs::create_dir(&folder).unwrap();
    fs::copy("/bin/sh", folder.join("bash")).unwrap();
    for _ in 0..2 {
        let mut launch = run.bash("echo $0 >begun");
        launch
            .environment
            .insert("PATH".into(), folder.clone().into());
        launch.interpreter = vec!["bash".to_owned(), "-eu".to_owned()];
        let started = run.pool.start(&launch).unwrap();
        assert_eq!(words(&started)[0], "/bin/sh");
        run.pool.release(started.id).unwrap();
        assert_succeeded(&run.end_of(started.id).1);
    }
}

#[test]
fn a_bash_that_ceases_to_read_that_file_does_nothing() {
    let mut run = Run::new();
    let bash = run.work().join("bash");
    program(
        &bash,
        "#!/bin/sh\n[ ! -e bare ] || unset BASH_ENV\nPATH=/usr/bin:/bin exec bash \"$@\"\n",
    );
    let mut launch = run.bash("echo one >>begun");
    launch.interpreter[0] = "./bash".to_owned();
    assert_succeeded(&run.run(&launch).1);
    launch.attempt = 2;
    let started = run.pool.start(&launch).unwrap();
    assert!(!script(&run, &launch).exists());
    run.pool.release(started.id).unwrap();
    assert_succeeded(&run.end_of(started.id).1);
    launch.attempt = 3;
    fs::write(run.work().join("bare"), "").unwrap();
    let started = run.pool.start(&launch).unwrap();
    let (said, ended) = run.end_of(started.id);
    assert!(matches!(ended.how, How::Exited(1..)), "{said}");
    run.pool.release(started.id).unwrap();
    let begun = fs::read_to_string(run.work().join("begun")).unwrap();
    assert_eq!(begun, "one\none\n");
}

#[test]
fn a_command_whose_script_cannot_be_put_in_place_never_begins() {
    let mut run = tried();
    let launch = run.bash("touch begun");
    let started = run.pool.start(&launch).unwrap();
    fs::create_dir(script(&run, &launch)).unwrap();
    let error = run.pool.release(started.id).unwrap_err().to_string();
    assert!(error.contains("scratch/1.2-1"), "{error}");
    run.pool.interrupt(started.id);
    assert_eq!(run.end_of(started.id).1.how, How::Interrupted);
    assert!(!run.work().join("begun").exists());
}

#[test]
fn a_bash_that_waits_can_be_given_up_and_refuses_what_is_too_large() {
    let mut run = tried();
    let mut launch = run.bash("touch begun");
    let started = run.pool.start(&launch).unwrap();
    run.pool.interrupt(started.id);
    assert_eq!(run.end_of(started.id).1.how, How::Interrupted);
    launch.attempt = 2;
    launch
        .environment
        .insert("HUGE".into(), "x".repeat(8 << 20).into());
    let refused = run.pool.start(&launch).unwrap_err();
    assert!(matches!(refused, StartError::EnvironmentTooLarge { .. }));
    assert!(!run.work().join("begun").exists());
    // A script may be large.
    let long = run.bash(&("# a line of a long script\n".repeat(100_000) + "echo end\nfalse"));
    let (said, ended) = run.run(&long);
    assert_eq!((&*said, ended.line), ("end\n", Some(100_002)));
}

/// bash expands the name of the file that it reads first.
#[test]
fn the_names_of_folders_are_no_commands() {
    let mut run = Run::with(|settings| {
        let folder = settings
            .folder
            .join(r#"a $(touch one) `touch two` $HOME "b" 'c' \d"#);
        settings.folder = folder;
    });
    for _ in 0..2 {
        let (said, ended) = run.run_bash("true\nfalse");
        assert_eq!((ended.how, ended.line), (How::Exited(1), Some(2)), "{said}");
    }
    let launch = run.bash("ls");
    let started = run.pool.start(&launch).unwrap();
    assert!(words(&started)[0].ends_with("/bash"));
    run.pool.release(started.id).unwrap();
    assert_eq!(run.end_of(started.id).0, "");
}
