//! What commands say: shown as it comes, kept with its head and tail, and without secrets.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use wf::run::process::Happening;
use wf::run::process::How;

use crate::process::Run;
use crate::process::assert_succeeded;

#[test]
fn output_is_kept_as_it_came() {
    let mut run = Run::new();
    for (script, expected) in [
        (
            "echo one; echo two >&2; echo three",
            &b"one\ntwo\nthree\n"[..],
        ),
        ("printf 'no line end'", b"no line end"),
        ("printf 'a\\0b\\377\\n'", b"a\0b\xff\n"),
        ("", b""),
        ("exec >&- 2>&-; touch closed; ls closed >found", b""),
        ("echo one; exec >&-; echo two >&2", b"one\ntwo\n"),
    ] {
        let (said, ended) = run.run_bash(script);
        assert_succeeded(&ended);
        assert_eq!(said, String::from_utf8_lossy(expected));
        assert_eq!(ended.last, said);
        assert_eq!(fs::read(&ended.kept.path).unwrap(), expected);
        assert_eq!(
            (ended.kept.bytes, ended.kept.left_out),
            (expected.len() as u64, 0)
        );
        assert!(ended.kept.failure.is_none());
        let mode = fs::metadata(&ended.kept.path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert!(run.work().join("found").exists());
    let names = fs::read_dir(run.folder.path().join("run/output")).unwrap();
    assert_eq!(names.count(), 6);
}

#[test]
fn a_prompt_shows_at_once_and_a_secret_in_pieces_never() {
    let mut run = Run::new();
    assert_succeeded(&run.run_bash("mkfifo one two").1);
    let launch = run
        .bash("printf 'Name: '; read -r _ <one; printf 'it is hun'; read -r _ <two; echo ter22.");
    let started = run.begin(&launch);
    assert_eq!(run.hear(started.id, ": "), "Name: ");
    fs::write(run.work().join("one"), "\n").unwrap();
    assert_eq!(run.hear(started.id, "is "), "it is ");
    fs::write(run.work().join("two"), "\n").unwrap();
    let (said, ended) = run.end_of(started.id);
    assert_succeeded(&ended);
    assert_eq!(said, "***.\n");
    assert_eq!(
        fs::read_to_string(&ended.kept.path).unwrap(),
        "Name: it is ***.\n"
    );
    assert_eq!(ended.last, "Name: it is ***.\n");
}

#[test]
fn what_may_be_a_secret_is_shown_when_it_is_none() {
    let mut run = Run::new();
    let (said, ended) = run.run_bash("printf 'hunt'");
    assert_eq!((&*said, &*ended.last), ("hunt", "hunt"));
}

#[test]
fn head_and_tail_of_a_long_output_are_kept() {
    let mut run = Run::with(|settings| settings.max_output = 1000);
    let (said, ended) = run.run_bash("for i in {1..1000}; do echo line $i; done");
    assert_succeeded(&ended);
    assert_eq!(said.lines().count(), 1000);
    let kept = fs::read_to_string(&ended.kept.path).unwrap();
    assert!(kept.len() <= 1000 && kept.len() > 900, "{}", kept.len());
    let lines: Vec<&str> = kept.lines().collect();
    let note = format!("[wf: {} bytes are left out here]", ended.kept.left_out);
    let at = lines.iter().position(|line| **line == note).unwrap();
    for (place, line) in lines[..at].iter().enumerate() {
        assert_eq!(*line, format!("line {}", place + 1));
    }
    for (place, line) in lines[at + 1..].iter().rev().enumerate() {
        assert_eq!(*line, format!("line {}", 1000 - place));
    }
    assert!(at > 50 && lines.len() - at > 40);
    let shown = kept.len() - note.len() - 1;
    assert_eq!(ended.kept.bytes, said.len() as u64);
    assert_eq!(ended.kept.left_out, (said.len() - shown) as u64);
    assert!(ended.last.len() <= 4096 && said.ends_with(&ended.last));
    assert!(ended.last.starts_with("line ") && ended.last.len() > 4000);
}

#[test]
fn any_limit_is_kept_to() {
    for most in [0, 1, 2, 79, 160, 161, 200, 4096, 20000] {
        for (script, size) in [
            ("printf 'ä%.0s' {1..5000}", 10000),
            ("seq 3000", 13893),
            ("printf x", 1),
        ] {
            let mut run = Run::with(|settings| settings.max_output = most);
            let (said, ended) = run.run_bash(script);
            assert_succeeded(&ended);
            assert_eq!((said.len(), ended.kept.bytes), (size, size as u64));
            let kept = fs::read(&ended.kept.path).unwrap();
            assert!(kept.len() as u64 <= most);
            assert!(most < 4096 || str::from_utf8(&kept).is_ok());
            assert!(size as u64 > most || (kept == said.as_bytes() && ended.kept.left_out == 0));
        }
    }
}

#[test]
fn an_output_file_that_cannot_be_written_is_a_failure_of_the_record_alone() {
    let mut run = Run::new();
    let launch = run.bash("seq 100000");
    let output = run.folder.path().join("run/output/1.1-1.log");
    std::os::unix::fs::symlink("/dev/full", output).unwrap();
    let (said, ended) = run.run(&launch);
    assert_eq!(ended.how, How::Exited(0));
    assert!(said.ends_with("\n100000\n") && ended.last.ends_with("\n100000\n"));
    assert!(ended.kept.failure.is_some());
}

#[test]
fn a_background_process_neither_holds_its_command_up_nor_is_held_up() {
    let mut run = Run::new();
    assert_succeeded(&run.run_bash("mkfifo go gone").1);
    // It writes more than a pipe holds after its command is over.
    let script = "(read -r _ <go; seq 100000; echo done >gone) & echo $! >it.pid; echo over";
    let (said, ended) = run.run_bash(script);
    assert_succeeded(&ended);
    assert_eq!(said, "over\n");
    fs::write(run.work().join("go"), "\n").unwrap();
    let late = fs::read_to_string(run.work().join("gone")).unwrap();
    assert_eq!(late, "done\n");
    // One that never stops talking, ended by the test.
    let (said, ended) = run.run_bash("yes & echo $! >it.pid; read -r _ <<<x");
    assert_succeeded(&ended);
    assert!(said.lines().all(|line| "yes".starts_with(line)));
    let pid = crate::process::pids(&run.work())[0];
    assert!(crate::process::lives(pid));
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(pid).unwrap(),
        rustix::process::Signal::KILL,
    )
    .unwrap();
}

#[test]
fn outputs_of_several_commands_stay_apart() {
    let mut run = Run::new();
    let launches: Vec<_> = (0..8)
        .map(|n| run.bash(&format!("for i in {{1..500}}; do echo {n}; done")))
        .collect();
    let ids: Vec<_> = launches.iter().map(|launch| run.begin(launch).id).collect();
    let mut said = vec![String::new(); ids.len()];
    let mut ended = 0;
    while ended < ids.len() {
        match run.next() {
            Happening::Output { id, bytes } => {
                let at = ids.iter().position(|&one| one == id).unwrap();
                said[at].push_str(str::from_utf8(&bytes).unwrap());
            }
            Happening::Ended(one) => {
                assert_succeeded(&one);
                ended += 1;
            }
            happening => panic!("{happening:?}"),
        }
    }
    for (n, said) in said.iter().enumerate() {
        assert_eq!(*said, format!("{n}\n").repeat(500));
    }
}
