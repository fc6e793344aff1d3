//! How commands end, and that nothing of those that fail, time out or are interrupted is left.

use std::fs;
use std::io;
use std::time::Duration;
use std::time::Instant;

use rustix::process::Pid;
use rustix::process::Signal;
use rustix::process::getpid;
use rustix::process::kill_process;
use wf::run::process;
use wf::run::process::Happening;
use wf::run::process::How;
use wf::run::process::Process;
use wf::run::process::Survivors;
use wf::run::process::Watch;

use crate::process::Run;
use crate::process::assert_succeeded;
use crate::process::attentively;
use crate::process::lives;
use crate::process::pids;

/// Processes that do not want to end, each with its number in a file: one that ignores signals, one in the
/// background, one that is stopped, one in another group, one that was orphaned there, and one that then forgets what
/// it was started with.
const STUBBORN: &str = "
echo $$ >self.pid
sleep 1000 & echo $! >background.pid
sleep 1000 & echo $! >stopped.pid; kill -STOP $!
(trap '' INT TERM; echo $BASHPID >deaf.pid; exec sleep 1000) &
setsid bash -c 'echo $$ >group.pid; exec sleep 1000' &
(setsid bash -c 'trap \"\" INT TERM HUP; echo $$ >daemon.pid; exec sleep 1000' >/dev/null 2>&1 &)
setsid bash -c 'trap \"exec env -i sleep 1000\" TERM; echo $$ >forgetful.pid; sleep 1000 & wait' &
trap '' INT TERM
until [ -s deaf.pid ] && [ -s group.pid ] && [ -s daemon.pid ] && [ -s forgetful.pid ]; do sleep 0.01; done
echo ready
";

#[test]
fn interrupted_commands_leave_nothing() {
    let mut run = Run::new();
    let launch = run.bash(&format!("{STUBBORN}\nwait"));
    let started = run.begin(&launch);
    run.hear(started.id, "ready");
    let pids = pids(&run.work());
    assert!(
        pids.len() == 7 && pids.iter().all(|&pid| lives(pid)),
        "{pids:?}"
    );
    run.pool.interrupt(started.id);
    let (_, ended) = run.end_of(started.id);
    assert_eq!(ended.how, How::Interrupted);
    assert!(ended.left.is_empty() && !pids.iter().any(|&pid| lives(pid)));
}

#[test]
fn failed_commands_leave_nothing() {
    let mut run = Run::new();
    let (_, ended) = run.run_bash(&format!("{STUBBORN}\nexit 7"));
    let pids = pids(&run.work());
    assert_eq!((ended.how, ended.line), (How::Exited(7), None));
    assert!(pids.len() == 7 && !pids.iter().any(|&pid| lives(pid)));
}

#[test]
fn timed_out_commands_leave_nothing() {
    let mut run = Run::new();
    let mut launch = run.bash(&format!("{STUBBORN}\nwait"));
    launch.timeout = Some(Duration::from_secs(2));
    let (_, ended) = run.run(&launch);
    assert_eq!(ended.how, How::TimedOut(Duration::from_secs(2)));
    assert!(ended.duration >= Duration::from_secs(2));
    assert!(!pids(&run.work()).iter().any(|&pid| lives(pid)));
}

#[test]
fn hurry_leaves_no_grace() {
    let mut run = Run::with(|settings| settings.grace = Duration::from_secs(100_000));
    let launch = run.bash(&format!("{STUBBORN}\nwait"));
    let started = run.begin(&launch);
    run.hear(started.id, "ready");
    run.pool.interrupt(started.id);
    run.pool.kill(started.id);
    let (_, ended) = run.end_of(started.id);
    assert_eq!(ended.how, How::Interrupted);
    assert!(!pids(&run.work()).iter().any(|&pid| lives(pid)));
}

#[test]
fn grace_lets_commands_tidy_up() {
    attentively(
        "process::ends::grace_lets_commands_tidy_up",
        grace_lets_tidy_up,
    );
}

fn grace_lets_tidy_up() {
    // SIGINT comes first and gets all the time it needs; SIGTERM comes when it was of no use.
    for (signal, ignored, grace) in [("INT", "TERM", 100_000_000), ("TERM", "INT", 2_000)] {
        let mut run = Run::with(|settings| settings.grace = Duration::from_millis(grace));
        let launch = run.bash(&format!(
            "trap '' {ignored}\ntrap 'echo tidy; exit 0' {signal}\necho ready\nwhile :; do :; done"
        ));
        let started = run.begin(&launch);
        run.hear(started.id, "ready");
        run.pool.interrupt(started.id);
        let (said, ended) = run.end_of(started.id);
        assert_eq!(
            (&*said, ended.how),
            ("tidy\n", How::Interrupted),
            "{signal}"
        );
    }
}

#[test]
fn a_pool_that_is_dropped_leaves_nothing() {
    let mut run = Run::new();
    let launch = run.bash(&format!("{STUBBORN}\nwait"));
    let started = run.begin(&launch);
    run.hear(started.id, "ready");
    let waiting = run.bash("");
    let waiting = run.pool.start(&waiting).unwrap();
    let all = [pids(&run.work()), vec![waiting.process.pid]].concat();
    drop(run.pool);
    // What is no child of ours was killed, and ends in its own time.
    let watchdog = Instant::now() + crate::process::WATCHDOG;
    while all.iter().any(|&pid| lives(pid)) {
        assert!(Instant::now() < watchdog, "{all:?}");
        std::thread::yield_now();
    }
}

#[test]
fn other_commands_of_the_run_are_left_alone() {
    let mut run = Run::new();
    let (_, ended) = run.run_bash("mkfifo go; setsid sleep 1000 & echo $! >left.pid");
    assert_succeeded(&ended);
    let other = run.bash("cat go");
    let other = run.begin(&other);
    let (_, ended) = run.run_bash("sleep 1000 & false");
    assert_eq!(ended.how, How::Exited(1));
    let left = pids(&run.work())[0];
    assert!(lives(left) && lives(other.process.pid));
    kill_process(Pid::from_raw(left).unwrap(), Signal::KILL).unwrap();
    drop(fs::File::create(run.work().join("go")).unwrap());
    assert_succeeded(&run.end_of(other.id).1);
}

#[test]
fn ends_are_told_apart() {
    let mut run = Run::new();
    for (script, how) in [
        ("exit 0", How::Exited(0)),
        ("exit 255", How::Exited(255)),
        // SIGPIPE ends a command's processes as it does anywhere else.
        ("yes | head -n 1", How::Exited(141)),
        ("kill -9 $$", How::Killed(9)),
        ("kill -SEGV $$", How::Killed(11)),
        ("kill -TTIN $$", How::AskedTerminal),
        ("sleep 0.01 & kill -TTOU $$", How::AskedTerminal),
        // Stopped for another reason, it may be continued.
        (
            "(until [ $(cut -d' ' -f3 /proc/$$/stat) = T ]; do :; done; kill -CONT $$) & kill -STOP $$; exit 4",
            How::Exited(4),
        ),
    ] {
        let (_, ended) = run.run_bash(script);
        assert_eq!(ended.how, how, "{script}");
    }
}

#[test]
fn the_failing_line_is_told() {
    let mut run = Run::new();
    for (script, line) in [
        ("true\nfalse\ntrue", Some(2)),
        ("f() {\n  false\n}\ntrue\nf\ntrue", Some(5)),
        ("if true; then\n  x=$(\n    false\n  )\nfi", Some(4)),
        ("true | false |\n  true", Some(2)),
        ("ls \\\n  /no/such", Some(2)),
        ("echo x\necho $NOT_SET", Some(2)),
        ("echo 'a\nb'\nfi", Some(3)),
        ("no_such_command || true\nfalse", Some(2)),
        ("no_such_command || true\necho on\nexit 3", None),
        ("IFS=\ng() { false; }\nf() {\n  g\n}\nf", Some(6)),
        // One that has traps of its own has these alone.
        ("trap 'echo mine' ERR\ntrap 'echo bye' EXIT\nfalse", None),
        ("echo 'false' >lib.sh\ntrue\n. ./lib.sh", Some(3)),
    ] {
        let (said, ended) = run.run_bash(script);
        assert!(matches!(ended.how, How::Exited(1..)), "{script}");
        assert_eq!(ended.line, line, "{script}\n{said}");
    }
    let mut launch = run.bash("true\necho $NOT_SET");
    launch.interpreter = vec!["sh".to_owned(), "-eu".to_owned()];
    assert_eq!(run.run(&launch).1.line, Some(2));
    for (interpreter, script) in [
        ("python3", "def f():\n    int('x')\nf()"),
        ("perl", "my $x = 1;\ndie 'x'"),
    ] {
        let mut launch = run.bash(script);
        launch.interpreter = vec![interpreter.to_owned()];
        assert_eq!(run.run(&launch).1.line, Some(2), "{interpreter}");
    }
}

#[test]
fn looking_for_the_line_changes_nothing() {
    let mut run = Run::new();
    let script = "echo $-; echo ${BASH_ENV-unset}; bash -c 'trap -p; echo inner'; (trap -p INT); f() { trap -p INT; }; f
set +e; false; echo $?; true | (exit 3) | true; echo ${PIPESTATUS[*]}; (exit 4); echo $?; x=$(exit 5); echo $? $x
trap 'echo own $?' ERR; (exit 6); trap - ERR; trap 'echo end $?' EXIT; exit 7";
    let plain = std::process::Command::new("bash")
        .args(["-euo", "pipefail", "-c", script])
        .output()
        .unwrap();
    let plain = String::from_utf8(plain.stdout).unwrap();
    // `-c` is an option of its own.
    let plain = plain
        .replacen("huBc\n", "huB\n", 1)
        .replacen("ehuBc", "ehuB", 1);
    // A shell waits for the first, bash itself for the second.
    for _ in 0..2 {
        let (said, ended) = run.run_bash(script);
        assert_eq!((&*said, ended.how), (&*plain, How::Exited(7)));
    }
    // A caller's own BASH_ENV is read, once, as without wf.
    fs::write(run.work().join("env"), "echo read").unwrap();
    let mut launch = run.bash("bash -c 'echo inner'");
    launch.environment.insert("BASH_ENV".into(), "./env".into());
    assert_eq!(run.run(&launch).0, "read\nread\ninner\n");
}

#[test]
fn signals_to_wf_are_reported_and_reach_no_command() {
    let name = "process::ends::signals_to_wf_are_reported_and_reach_no_command";
    attentively(name, signals_are_reported);
}

fn signals_are_reported() {
    let mut run = Run::new();
    assert_succeeded(&run.run_bash("mkfifo go").1);
    let launch = run.bash("echo ready; cat go; echo done");
    let started = run.begin(&launch);
    run.hear(started.id, "ready");
    for (number, expected) in [
        (Signal::INT, process::Signal::Interrupt),
        (Signal::TERM, process::Signal::Terminate),
        (Signal::HUP, process::Signal::Terminate),
    ] {
        kill_process(getpid(), number).unwrap();
        let happening = run
            .pool
            .wait(Some(Instant::now() + crate::process::WATCHDOG));
        let happening = happening.unwrap();
        assert!(
            matches!(happening, Happening::Signal(signal) if signal == expected),
            "{happening:?}"
        );
    }
    drop(fs::File::create(run.work().join("go")).unwrap());
    let (said, ended) = run.end_of(started.id);
    assert_succeeded(&ended);
    assert_eq!(said, "done\n");
}

#[test]
fn deadlines_and_input_end_a_wait() {
    let mut run = Run::new();
    let now = Instant::now();
    assert!(matches!(
        run.pool.wait(Some(now)).unwrap(),
        Happening::Deadline
    ));
    let (reader, writer) = io::pipe().unwrap();
    drop(writer);
    let watch = Watch {
        input: Some(std::os::fd::AsFd::as_fd(&reader)),
        ..Watch::default()
    };
    loop {
        match run.pool.watch(watch).unwrap() {
            Happening::Input => break,
            Happening::Signal(_) => {}
            happening => panic!("{happening:?}"),
        }
    }
}

#[test]
fn a_stranger_with_the_same_number_is_left_alone() {
    let mut stranger = std::process::Command::new("cat")
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let pid = stranger.id().cast_signed();
    for pid in [pid, -1, 0, i32::MAX] {
        let recorded = Process {
            pid,
            birth: "another/1".to_owned(),
        };
        let found = process::end_survivors(&recorded, "release-20261123-abcd", Duration::ZERO);
        assert_eq!(found.unwrap(), Survivors::None);
    }
    assert!(lives(pid));
    drop(stranger.stdin.take());
    assert!(stranger.wait().unwrap().success());
}
