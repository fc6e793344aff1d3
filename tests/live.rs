//! A run on a terminal: what runs stands on lines of its own below all others, and goes when it is over.
//!
//! The terminal is that of util-linux's `script`, and what is written to it lies in the file `typescript`: commands
//! wait until something is shown there.

mod screen;

use std::io::Write;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use crate::jobs::scene::Scene;
use crate::jobs::scene::Step;
use crate::live::screen::Screen;
use crate::project;

/// What the lower lines begin with; none of it is left in the end.
const SPINNER: [char; 10] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/// `script`, which runs the program with these words in a terminal of so many columns; what is typed comes from a pipe.
fn start(scene: &Scene, words: &str, columns: usize, environment: &[(&str, &str)]) -> Child {
    let program = env!("CARGO_BIN_EXE_wf");
    let line = format!("stty rows 24 cols {columns}; exec '{program}' {words}");
    let mut command = project::attentive("timeout");
    command
        .args([
            "--foreground",
            "300",
            "script",
            "--quiet",
            "--flush",
            "--return",
        ])
        .args(["--command", &line, "typescript"])
        .current_dir(scene.project.path())
        .env_clear()
        .envs([
            ("PATH", "/usr/bin:/bin"),
            ("SHELL", "/bin/sh"),
            ("TERM", "xterm"),
            ("LANG", "C.UTF-8"),
            ("USER", "ops"),
            ("SOURCE_DATE_EPOCH", "1795305600"),
        ])
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::null());
    command
        .spawn()
        .expect("`script` is there: on Debian it is in bsdutils")
}

/// What was written to the terminal, without what `script` says of itself.
fn written(scene: &Scene) -> String {
    let bytes = std::fs::read(scene.project.path().join("typescript")).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (_, text) = text.split_once('\n').expect("script's first line");
    let (text, _) = text
        .rsplit_once("\nScript done")
        .expect("script's last line");
    text.to_owned()
}

/// Type something once it is asked for.
fn answer(child: &mut Child, scene: &Scene, asked: &str, typed: &str) {
    let wait = format!("until grep -aq '{asked}' typescript; do sleep 0.02; done");
    let status = Command::new("timeout")
        .args(["300", "sh", "-c", &wait])
        .current_dir(scene.project.path())
        .status();
    assert!(status.unwrap().success(), "nobody asked: {asked}");
    child
        .stdin
        .as_mut()
        .unwrap()
        .write_all(typed.as_bytes())
        .unwrap();
}

/// A shell command that goes on once a line of the terminal fits.
fn until_shown(pattern: &str) -> String {
    format!("until grep -aq '{pattern}' \"$WF_ROOT/typescript\"; do sleep 0.02; done")
}

fn holds(frames: &[String], words: &[&str]) -> bool {
    let holds = |frame: &&String| {
        let has = |words: &&str| frame.lines().any(|line| line.contains(words));
        words.iter().all(has)
    };
    frames.iter().any(|frame| holds(&frame))
}

/// Two steps that run until both are shown at once, with what each said last.
fn two() -> Scene {
    let shown = ["Do it.*│.*unfinished", "Do it.*│.*second"].map(until_shown);
    let [first, second] = shown;
    Scene::new(&[
        Step::new(&format!(
            "touch one; until [ -e two ]; do sleep 0.02; done; echo first; printf unfinished; {first}; {second}"
        )),
        Step::new(&format!(
            "touch two; until [ -e one ]; do sleep 0.02; done; printf '\\033[31msecond\\033[0m\\033[2J\\n'; {first}; {second}"
        )),
    ])
}

#[test]
fn what_runs_stands_below_the_lines_and_goes() {
    for columns in [80, 160] {
        let scene = two();
        let mut child = start(&scene, "run tiny --yes --jobs 2", columns, &[]);
        assert!(child.wait().unwrap().success(), "{}", written(&scene));
        let frames = Screen::frames(columns, &written(&scene));
        let both = frames.iter().find(|frame| {
            let last: Vec<&str> = frame.lines().rev().take(2).collect();
            last.len() == 2 && last[1].contains(" 1.1  Do it") && last[0].contains(" 2.1  Do it")
        });
        assert!(both.is_some(), "{}", frames.join("\n----\n"));
        let last = frames.last().unwrap();
        for line in [
            "    1.1 │ first",
            "    1.1 │ unfinished",
            "    2.1 │ second␛[2J",
            "✓ Step 1 succeeded in ",
            "  record      .memory/runs/tiny-",
        ] {
            assert!(
                last.lines().any(|shown| shown.starts_with(line)),
                "{line}:\n{last}"
            );
        }
        assert!(!last.contains(SPINNER), "{last}");
        assert_eq!(last.matches("1.1  Do it").count(), 2, "{last}");
    }
}

#[test]
fn without_colours_there_are_none_and_a_dumb_terminal_gets_lines_alone() {
    let scene = two();
    let mut child = start(&scene, "run tiny --yes --jobs 2", 80, &[("NO_COLOR", "1")]);
    assert!(child.wait().unwrap().success(), "{}", written(&scene));
    let text = written(&scene);
    let styles = text.split("\u{1b}[").skip(1).filter(|part| {
        part.find(|c: char| !c.is_ascii_digit() && c != ';')
            .is_some_and(|at| part[at..].starts_with('m'))
    });
    assert_eq!(styles.count(), 0, "{text}");
    let scene = Scene::new(&[Step::new("printf unfinished; echo ' and finished'")]);
    let mut child = start(&scene, "run tiny --yes", 80, &[("TERM", "dumb")]);
    assert!(child.wait().unwrap().success(), "{}", written(&scene));
    let text = written(&scene);
    assert!(
        !text.contains('\u{1b}') && text.contains("│ unfinished and finished"),
        "{text}"
    );
}

#[test]
fn a_secret_is_masked_on_every_line() {
    let scene = Scene::new(&[Step::new(&format!(
        "printf 'the token: '; printf hunter; printf '22\\n'; {}",
        until_shown("Do it.*│.*the token: \\*\\*\\*")
    ))]);
    let text = std::fs::read_to_string(scene.project.path().join("workflows/tiny.md")).unwrap();
    let inputs =
        "## Inputs\n\n- `TOKEN` (required, secret): what nobody may see\n\n## Prerequisites";
    scene.project.write(
        "workflows/tiny.md",
        text.replace("## Prerequisites", inputs),
    );
    scene.project.write("token", "hunter22");
    let mut child = start(&scene, "run tiny TOKEN=@token --yes", 80, &[]);
    assert!(child.wait().unwrap().success(), "{}", written(&scene));
    assert!(!written(&scene).contains("hunter22"));
}

#[test]
fn a_person_is_asked_on_a_line_of_its_own() {
    let scene = Scene::new(&[
        Step::new(&until_shown("Do it.*│\\|1.1  Do it")),
        Step::manual("Tell the readers"),
    ]);
    let mut child = start(&scene, "run tiny --jobs 2", 80, &[]);
    for (asked, typed) in [
        ("Run this?", "y\n"),
        ("or .p.ause?", "d\n"),
        ("a note", "by mail\n"),
    ] {
        answer(&mut child, &scene, asked, typed);
    }
    assert!(child.wait().unwrap().success(), "{}", written(&scene));
    let frames = Screen::frames(80, &written(&scene));
    let last = frames.last().unwrap();
    for line in [
        "Run this? [y/N]",
        "  2.1  Tell the readers",
        "  [d]one, [f]ailed or [p]ause?",
    ] {
        assert!(
            last.lines().any(|shown| shown.starts_with(line)),
            "{line}:\n{last}"
        );
    }
    assert!(
        last.contains("│ by mail") && last.contains("2.1  Tell the readers: done, says ops"),
        "{last}"
    );
}

#[test]
fn ctrl_c_ends_what_runs_and_asks() {
    let never = "until [ -e never ]; do sleep 0.02; done";
    let scene = Scene::new(&[
        Step::new(&format!(
            "printf 'a long line %.0s' {{1..9}}; {}; touch one; {never}",
            until_shown("Do it.*│.*a long line")
        )),
        Step::new(&format!(
            "printf 'a long line %.0s' {{1..9}}; {}; touch two; {never}",
            until_shown("Do it.*│.*a long line")
        )),
    ]);
    let mut child = start(&scene, "run tiny --yes --jobs 2", 80, &[]);
    scene.wait_for("one");
    scene.wait_for("two");
    child.stdin.as_mut().unwrap().write_all(b"\x03").unwrap();
    answer(&mut child, &scene, "or .a.bort", "r\n");
    assert_eq!(child.wait().unwrap().code(), Some(1), "{}", written(&scene));
    let frames = Screen::frames(80, &written(&scene));
    let last = frames.last().unwrap();
    for line in [
        "  ! 1.1  Do it: interrupted",
        "  ! 2.1  Do it: interrupted",
        "The run was interrupted; what was running has been ended.",
        "  [r]oll back, [p]ause or [a]bort? r",
        "✓ Step 1 is undone",
    ] {
        assert!(
            last.lines().any(|shown| shown.starts_with(line)),
            "{line}:\n{last}"
        );
    }
    assert!(holds(&frames, &["1.1  Do it", "2.1  Do it"]));
    // The keys are echoed at the end of the last line, which is taken back all the same.
    assert!(!last.contains(SPINNER), "{last}");
    assert_eq!(scene.lines("undone"), ["2", "1", "procedure"]);
}
