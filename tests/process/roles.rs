//! What needs a process of its own: to be killed, or to be measured. The test runs itself again in a role.

use std::env;
use std::fs;
use std::io;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;

use rustix::event::PollFd;
use rustix::event::PollFlags;
use rustix::event::poll;
use rustix::process::Pid;
use rustix::process::PidfdFlags;
use rustix::process::pidfd_open;
use wf::run::process;
use wf::run::process::Process;
use wf::run::process::Survivors;

use crate::process::Run;
use crate::process::assert_succeeded;
use crate::process::lives;
use crate::process::pid;
use crate::process::pids;

const ROLE: &str = "WF_TEST_ROLE";

/// Whether this process plays the role of a test.
fn is_role() -> bool {
    env::var_os(ROLE).is_some()
}

/// This program in the role of a test; it lives until its standard input ends.
fn play(test: &str) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", &format!("process::roles::{test}"), "--nocapture"])
        .env(ROLE, "yes")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Says something to the one who started the role.
#[expect(clippy::print_stdout, reason = "a role's only way to be heard")]
fn say(text: &str) {
    println!("\nrole: {text}");
}

/// What a role says next.
fn hear(role: &mut BufReader<impl Read>) -> String {
    loop {
        let mut line = String::new();
        assert!(
            role.read_line(&mut line).unwrap() > 0,
            "the role ended silently"
        );
        if let Some(said) = line.strip_prefix("role: ") {
            return said.trim_end().to_owned();
        }
    }
}

/// Keeps a role alive until it is killed.
fn wait_for_the_end() {
    io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

/// Waits until a process is gone that is no child.
fn wait_for(pid: i32) {
    let pid = Pid::from_raw(pid).unwrap();
    if let Ok(process) = pidfd_open(pid, PidfdFlags::empty()) {
        poll(&mut [PollFd::new(&process, PollFlags::IN)], None).unwrap();
    }
}

fn recorded(said: &str) -> (Process, String) {
    let mut words = said.splitn(3, ' ');
    let pid = words.next().unwrap().parse().unwrap();
    let birth = words.next().unwrap().to_owned();
    (Process { pid, birth }, words.next().unwrap().to_owned())
}

#[test]
fn a_command_whose_wf_dies_before_its_release_never_begins() {
    if is_role() {
        let mut run = Run::new();
        // A shell waits for the first, bash itself for the second.
        for _ in 0..2 {
            let launch = run.bash("touch begun");
            let started = run.pool.start(&launch).unwrap();
            assert_succeeded(&run.run_bash("true").1);
            let pid = started.process.pid;
            say(&format!("{pid} - {}", run.work().display()));
        }
        // Others must not hold open what the command waits at.
        let other = run.bash("sleep 1000");
        let other = run.begin(&other);
        say(&format!("{} {} -", other.process.pid, other.process.birth));
        wait_for_the_end();
        return;
    }
    let mut role = play("a_command_whose_wf_dies_before_its_release_never_begins");
    let mut said = BufReader::new(role.stdout.take().unwrap());
    let (waiting, work) = recorded(&hear(&mut said));
    let (waiting_too, _) = recorded(&hear(&mut said));
    let (other, _) = recorded(&hear(&mut said));
    assert!(lives(waiting.pid) && lives(waiting_too.pid));
    role.kill().unwrap();
    role.wait().unwrap();
    wait_for(waiting.pid);
    wait_for(waiting_too.pid);
    let work = Path::new(&work);
    assert!(lives(other.pid) && work.exists() && !work.join("begun").exists());
    let ended = process::end_survivors(&other, "release-20261123-abcd", Duration::ZERO);
    assert_eq!(ended.unwrap(), Survivors::Ended);
    fs::remove_dir_all(work.parent().unwrap()).unwrap();
}

#[test]
fn what_survives_wf_can_be_ended() {
    if is_role() {
        let mut run = Run::new();
        // Of the second, nothing but a child in the background lives on.
        let stay = "trap '' INT; (setsid sh -c 'echo $$ >daemon.pid; exec sleep 1000' &); sleep 1000 & echo $! >child.pid
until [ -s daemon.pid ]; do sleep 0.01; done; echo ready";
        let first = run.bash(&format!("{stay}; wait"));
        let first = run.begin(&first);
        run.hear(first.id, "ready");
        let second = run.bash("sleep 1000 & echo $! >orphan.pid");
        let second = run.begin(&second);
        assert_succeeded(&run.end_of(second.id).1);
        for started in [first, second] {
            let process = started.process;
            say(&format!(
                "{} {} {}",
                process.pid,
                process.birth,
                run.work().display()
            ));
        }
        wait_for_the_end();
        return;
    }
    let mut role = play("what_survives_wf_can_be_ended");
    let mut said = BufReader::new(role.stdout.take().unwrap());
    let (first, work) = recorded(&hear(&mut said));
    let (second, _) = recorded(&hear(&mut said));
    role.kill().unwrap();
    role.wait().unwrap();
    let pids = pids(Path::new(&work));
    assert!(pids.len() == 3 && pids.iter().all(|&pid| lives(pid)));
    let end = |process: &Process, run| {
        process::end_survivors(process, run, Duration::from_millis(20)).unwrap()
    };
    let run = "release-20261123-abcd";
    let stranger = Process {
        birth: "another/1".to_owned(),
        ..first.clone()
    };
    assert_eq!(end(&stranger, run), Survivors::None);
    assert_eq!(end(&second, "another-run"), Survivors::None);
    assert!(pids.iter().all(|&pid| lives(pid)));
    assert_eq!(end(&first, run), Survivors::Ended);
    assert_eq!(end(&first, run), Survivors::None);
    let living = pids.iter().copied().filter(|&pid| lives(pid));
    let orphan = pid(&Path::new(&work).join("orphan.pid"));
    assert_eq!(living.collect::<Vec<_>>(), [orphan], "of {pids:?}");
    assert_eq!(end(&second, run), Survivors::Ended);
    assert!(!pids.iter().any(|&pid| lives(pid)));
    fs::remove_dir_all(Path::new(&work).parent().unwrap()).unwrap();
}

#[test]
fn long_output_and_many_commands_take_no_room() {
    if is_role() {
        let mut run = Run::with(|settings| settings.max_output = 1 << 20);
        let peak = || {
            let status = fs::read_to_string("/proc/self/status").unwrap();
            let line = status
                .lines()
                .find(|line| line.starts_with("VmHWM:"))
                .unwrap();
            line.split_ascii_whitespace()
                .nth(1)
                .unwrap()
                .parse::<u64>()
                .unwrap()
        };
        assert_succeeded(&run.run_bash("true").1);
        let before = peak();
        let launch = run.bash("head -c 100M /dev/zero; echo; echo end");
        let id = run.begin(&launch).id;
        let mut bytes = 0;
        let ended = loop {
            match run.next() {
                process::Happening::Output { bytes: some, .. } => bytes += some.len(),
                process::Happening::Ended(ended) if ended.id == id => break ended,
                happening => panic!("{happening:?}"),
            }
        };
        assert_eq!(
            (bytes, ended.kept.bytes),
            ((100 << 20) + 5, (100 << 20) + 5)
        );
        let kept = fs::metadata(&ended.kept.path).unwrap().len();
        assert!(kept <= 1 << 20 && kept > (1 << 20) - 100, "{kept}");
        assert_succeeded(&ended);
        say(&format!("{}", peak() - before));
        let open = || fs::read_dir("/proc/self/fd").unwrap().count();
        let (before, missing) = (open(), run.bash(""));
        for _ in 0..300 {
            assert_succeeded(&run.run_bash("echo x").1);
            let mut missing = missing.clone();
            missing.interpreter = vec!["no-such-program".to_owned()];
            assert!(run.pool.start(&missing).is_err());
        }
        say(&format!("{}", open() - before));
        return;
    }
    let mut role = play("long_output_and_many_commands_take_no_room");
    let mut said = BufReader::new(role.stdout.take().unwrap());
    let grown: u64 = hear(&mut said).parse().unwrap();
    assert!(grown < 8 << 10, "{grown} KiB for 100 MiB of output");
    assert_eq!(hear(&mut said), "0", "file descriptors are left open");
    assert!(role.wait().unwrap().success());
}
