//! A run with a person at the terminal, that of util-linux's `script`: what is asked there, and what answers do.

use std::io::Read;
use std::io::Write;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use crate::flow;
use crate::flow::Flow;
use crate::flow::Step;
use crate::flow::mark;
use crate::project;
use crate::project::Project;
use crate::running::state;
use crate::running::trace;

const INTERRUPT: &str = "\u{3}";
const CHOICE: &str = "[r]oll back, [p]ause or [a]bort?";

/// The program in a terminal, and what it has shown.
struct Terminal {
    child: Child,
    shown: String,
    /// What of it was expected before.
    met: usize,
}

impl Terminal {
    fn new(project: &Project, words: &str) -> Self {
        Self::of(
            project,
            &format!("exec '{}' {words}", env!("CARGO_BIN_EXE_wf")),
        )
    }

    /// A shell's command line in a terminal.
    fn of(project: &Project, line: &str) -> Self {
        let line = format!("stty rows 24 cols 200; {line}");
        // A dialogue that does not come is over after a while.
        let mut command = project::attentive("timeout");
        let child = command
            .args([
                "--foreground",
                "300",
                "script",
                "--quiet",
                "--flush",
                "--return",
            ])
            .args(["--command", &line, "/dev/null"])
            .current_dir(project.path())
            .env("USER", "ops")
            .env("TERM", "xterm")
            .env("SHELL", "/bin/sh")
            .env("NO_COLOR", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("`script` is there: on Debian it is in bsdutils");
        Self {
            child,
            shown: String::new(),
            met: 0,
        }
    }

    /// Read on until this is shown.
    fn expects(&mut self, text: &str) -> &mut Self {
        let output = self.child.stdout.as_mut().unwrap();
        loop {
            if let Some(at) = self.shown[self.met..].find(text) {
                self.met += at + text.len();
                return self;
            }
            let mut bytes = [0; 4096];
            let read = output.read(&mut bytes).unwrap();
            assert!(read > 0, "never shown: {text}\n{}", self.shown);
            self.shown
                .push_str(&String::from_utf8_lossy(&bytes[..read]));
        }
    }

    fn types(&mut self, text: &str) -> &mut Self {
        let input = self.child.stdin.as_mut().unwrap();
        input.write_all(text.as_bytes()).unwrap();
        self
    }

    /// The exit code.
    fn ends(&mut self) -> i32 {
        let mut rest = String::new();
        self.child
            .stdout
            .as_mut()
            .unwrap()
            .read_to_string(&mut rest)
            .unwrap();
        self.shown.push_str(&rest);
        self.child.wait().unwrap().code().unwrap()
    }
}

#[test]
fn a_plan_is_shown_and_agreed_to() {
    let project = Flow::new("release").step(Step::marked(1)).project();
    for no in ["n\n", "\n", "\u{4}"] {
        let mut terminal = Terminal::new(&project, "run release");
        terminal
            .expects("RUN")
            .expects("1.undo")
            .expects("Run this? [y/N]")
            .types(no);
        assert_eq!(terminal.ends(), 2, "{}", terminal.shown);
        assert!(
            terminal.shown.contains("nothing was run"),
            "{}",
            terminal.shown
        );
        assert!(!project.path().join(".memory").exists());
    }
    let mut terminal = Terminal::new(&project, "run release");
    terminal.expects("Run this? [y/N]").types("y\n");
    assert_eq!(terminal.ends(), 0, "{}", terminal.shown);
    assert_eq!(trace(&project), "1.1 1.verify");
    let name = flow::runs(&project).remove(0).0;
    let mut terminal = Terminal::new(&project, &format!("rollback {name}"));
    terminal.expects("Undo this? [y/N]").types("y\n");
    assert_eq!(terminal.ends(), 0, "{}", terminal.shown);
    assert_eq!(trace(&project), "1.1 1.verify 1.undo");
}

/// A run that has come to its manual item.
fn asked() -> (Project, Terminal) {
    let manual = Step::new("by hand: Tell the others").undo(mark("2.undo"));
    let flow = Flow::new("release").step(Step::marked(1)).step(manual);
    let project = flow.project();
    // `--yes` agrees to the plan, and to nothing else.
    let mut terminal = Terminal::new(&project, "run release --yes");
    terminal
        .expects("Tell the others")
        .expects("[d]one, [f]ailed or [p]ause?");
    (project, terminal)
}

#[test]
fn a_person_does_an_item_with_a_note() {
    let (project, mut terminal) = asked();
    terminal.types("what?\n").expects("[p]ause?").types("d\n");
    terminal.expects("a note").types("sent at nine\n");
    assert_eq!(terminal.ends(), 0, "{}", terminal.shown);
    let records = flow::records(&project);
    let answer = records
        .iter()
        .find(|record| record["event"] == "item-answered")
        .unwrap();
    assert_eq!(
        (&answer["note"], &answer["by"]),
        (&"sent at nine".into(), &"ops".into())
    );
}

#[test]
fn a_person_cannot_do_an_item_and_says_why() {
    let (project, mut terminal) = asked();
    terminal
        .types("f\n")
        .expects("why")
        .types("\n")
        .expects("why")
        .types("nobody answers\n");
    assert_eq!(terminal.ends(), 1, "{}", terminal.shown);
    assert_eq!(trace(&project), "1.1 1.verify 2.undo 1.undo");
}

#[test]
fn a_person_pauses_at_an_item() {
    for pause in ["p\n", "\u{4}"] {
        let (project, mut terminal) = asked();
        terminal.types(pause);
        assert_eq!(terminal.ends(), 3, "{}", terminal.shown);
        assert_eq!(
            (state(&project).as_str(), trace(&project).as_str()),
            ("waiting", "1.1 1.verify")
        );
        assert_eq!(flow::wf(&project, &["confirm"]).code, 0);
    }
}

#[test]
fn an_interruption_at_an_item_leads_to_a_choice() {
    let (project, mut terminal) = asked();
    terminal.types(INTERRUPT).expects(CHOICE).types("r\n");
    assert_eq!(terminal.ends(), 1, "{}", terminal.shown);
    assert_eq!(trace(&project), "1.1 1.verify 2.undo 1.undo");
}

/// A run whose command waits for what never comes.
fn waiting() -> (Project, Terminal) {
    let waits = format!(
        "{}\necho waiting\nread -r _ < go\n{}",
        mark("2.1"),
        mark("never")
    );
    let flow = Flow::new("release")
        .step(Step::marked(1))
        .step(Step::new(waits).undo(mark("2.undo")))
        .procedure(mark("procedure"));
    let project = flow.project();
    let made = Command::new("mkfifo")
        .arg(project.path().join("go"))
        .status();
    assert!(made.unwrap().success());
    let mut terminal = Terminal::new(&project, "run release --yes");
    terminal.expects("waiting").types(INTERRUPT).expects(CHOICE);
    (project, terminal)
}

#[test]
fn an_interrupted_command_is_ended_and_the_run_rolled_back() {
    let (project, mut terminal) = waiting();
    terminal.types("?\n").expects(CHOICE).types("r\n");
    assert_eq!(terminal.ends(), 1, "{}", terminal.shown);
    assert_eq!(state(&project), "failed");
    assert_eq!(trace(&project), "1.1 1.verify 2.1 2.undo 1.undo procedure");
}

#[test]
fn an_interrupted_run_is_paused_or_aborted() {
    for (answer, aborted) in [("p\n", false), ("a\n", true), (INTERRUPT, true)] {
        let (project, mut terminal) = waiting();
        terminal.types(answer);
        assert_eq!(terminal.ends(), 130, "{}", terminal.shown);
        assert_eq!(state(&project), "suspended");
        let records = flow::records(&project);
        assert_eq!(records.last().unwrap()["aborted"], aborted);
        assert_eq!(trace(&project), "1.1 1.verify 2.1");
        assert_eq!(flow::wf(&project, &["resume", "--done"]).code, 0);
    }
}

/// A workflow that wants a secret, and checks it.
fn secretive() -> Project {
    let checks = "[ \"$TOKEN\" = \"$(printf 'hunter%s' 22)\" ]\necho \"is $TOKEN\"";
    let flow = Flow::new("release")
        .input("`TOKEN` (required, secret): the token")
        .step(Step::new(checks));
    flow.project()
}

#[test]
fn a_secret_is_typed_without_being_seen() {
    let project = secretive();
    let mut terminal = Terminal::new(&project, "run release --yes");
    terminal
        .expects("TOKEN (the token): ")
        .types("hunter22\n")
        .expects("is ***");
    assert_eq!(terminal.ends(), 0, "{}", terminal.shown);
    assert!(!terminal.shown.contains("hunter22"), "{}", terminal.shown);
}

#[test]
fn a_secret_that_the_environment_holds_is_not_asked_for() {
    let project = secretive();
    let run = format!(
        "TOKEN=hunter22 exec '{}' run release --yes",
        env!("CARGO_BIN_EXE_wf")
    );
    let mut terminal = Terminal::of(&project, &run);
    terminal.expects("is ***");
    assert_eq!(terminal.ends(), 0, "{}", terminal.shown);
    assert!(!terminal.shown.contains("the token"), "{}", terminal.shown);
}

#[test]
fn a_secret_is_mended_while_it_is_typed() {
    let project = secretive();
    let mut terminal = Terminal::new(&project, "run release --yes");
    terminal
        .expects("TOKEN (the token): ")
        // All of it, a word, a character of two bytes, and arrows that do nothing.
        .types("wrong\u{15}hunter2\u{1b}[D2 wrong\u{17}\u{7f}\u{e9}\u{7f}\n")
        .expects("is ***");
    assert_eq!(terminal.ends(), 0, "{}", terminal.shown);
}

#[test]
fn a_secret_longer_than_a_terminals_line_is_whole() {
    let checks = "[ \"${#TOKEN}\" = 5000 ] && echo it is whole";
    let flow = Flow::new("release")
        .input("`TOKEN` (required, secret): the token")
        .step(Step::new(checks));
    let project = flow.project();
    let mut terminal = Terminal::new(&project, "run release --yes");
    terminal
        .expects("TOKEN (the token): ")
        .types(&format!("{}\n", "s3cr3t.".repeat(715)[..5000].to_owned()))
        .expects("it is whole");
    assert_eq!(terminal.ends(), 0, "{}", terminal.shown);
}

#[test]
fn a_terminal_shows_what_is_typed_again_however_a_question_for_a_secret_ends() {
    let project = secretive();
    let wf = env!("CARGO_BIN_EXE_wf");
    for (ends, signal) in [
        (INTERRUPT, None),
        ("", Some("-INT")),
        ("", Some("-TERM")),
        ("\n", None),
        ("\u{4}", None),
    ] {
        // The shell goes on after an interruption.
        let line = format!(
            "trap : INT; sh -c 'echo is $$.; exec {wf} run release --yes'; echo ended by $?; stty -a"
        );
        let mut terminal = Terminal::of(&project, &line);
        terminal.expects("TOKEN (the token): ");
        if let Some(signal) = signal {
            let shown = terminal.shown.split_once("is ").unwrap().1;
            let process = shown.split_once('.').unwrap().0;
            let killed = Command::new("kill").args([signal, process]).status();
            assert!(killed.unwrap().success());
        }
        terminal.types(ends).expects("ended by ");
        assert_eq!(terminal.ends(), 0, "{}", terminal.shown);
        let (code, modes) = terminal.shown[terminal.met..].split_once("\r\n").unwrap();
        let expected = match (ends, signal) {
            (_, Some("-TERM")) => "143",
            (INTERRUPT, _) | (_, Some(_)) => "130",
            _ => "2",
        };
        assert_eq!(code, expected, "{}", terminal.shown);
        let modes: Vec<&str> = modes.split_whitespace().collect();
        for mode in ["echo", "icanon", "isig"] {
            assert!(
                modes.contains(&mode),
                "{ends:?} {signal:?} {mode}: {modes:?}"
            );
        }
        assert!(!project.path().join(".memory").exists());
    }
}
