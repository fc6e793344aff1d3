//! Inputs: where they come from, what is refused, and that they reach commands as they are.

use std::fs;

use crate::flow;
use crate::flow::Flow;
use crate::flow::Step;
use crate::flow::mark;
use crate::project::Project;
use crate::project::Run;
use crate::running::run;

/// A workflow that writes its inputs to files as they are.
fn flow() -> Flow {
    let writes = "printf %s \"$TEXT\" > text\nprintf %s \"$CHANNEL\" > channel\nprintf %s \"${OPTIONAL-unset}\" > optional";
    Flow::new("release")
        .input("`TEXT` (required): any text")
        .input("`CHANNEL` (one of: `stable`, `beta`; default: `stable`): where it goes")
        .input("`VERSION` (required, pattern: `^\\d+\\.\\d+$`; default: `1.0`): the version")
        .input("`OPTIONAL`: whatever")
        .step(
            Step::new(writes)
                .action("test -n \"$VERSION\"")
                .undo(mark("undo")),
        )
}

fn written(project: &Project, file: &str) -> String {
    fs::read_to_string(project.path().join(file)).unwrap()
}

#[test]
fn an_input_is_never_interpreted() {
    for text in [
        "$(touch hacked)",
        "`touch hacked`",
        "'; touch hacked; '",
        "\"; touch hacked; \"",
        "a\nb\n\n$(touch hacked)\n",
        "$TEXT ${TEXT} \\ \\n %s * ~ ! # & | > hacked",
        "--yes",
        "=",
        " ",
        "ünïcode 👩\u{200d}🚀 \u{1b}[31m\t",
    ] {
        let project = flow().project();
        let found = run(&project, &[&format!("TEXT={text}")]);
        assert_eq!(found.code, 0, "{}{}", found.out, found.err);
        assert_eq!(written(&project, "text"), text);
        assert!(!project.path().join("hacked").exists(), "{text}");
        assert!(!found.out.contains('\u{1b}'));
    }
}

#[test]
fn an_input_comes_from_the_command_line_else_the_environment_else_its_default() {
    let project = flow().project();
    assert_eq!(run(&project, &["TEXT=x"]).code, 0);
    assert_eq!(written(&project, "channel"), "stable");
    assert_eq!(written(&project, "optional"), "unset");
    let run = |words: &[&str]| {
        let mut command = project.wf();
        command.env("CHANNEL", "beta").env("TEXT", "from outside");
        let words = [&["run", "release", "--yes"], words].concat();
        Run::of(&flow::output(command.args(words)))
    };
    assert_eq!(run(&[]).code, 0);
    assert_eq!(written(&project, "channel"), "beta");
    assert_eq!(written(&project, "text"), "from outside");
    assert_eq!(run(&["CHANNEL=stable"]).code, 0);
    assert_eq!(written(&project, "channel"), "stable");
    // Only secrets come from files.
    assert_eq!(run(&["TEXT=@text"]).code, 0);
    assert_eq!(written(&project, "text"), "@text");
    assert_eq!(run(&["TEXT=-"]).code, 0);
    assert_eq!(written(&project, "text"), "-");
}

#[test]
fn what_does_not_fit_is_refused_before_anything_runs() {
    for (words, says) in [
        (&["TEXT=x", "CHANEL=beta"][..], "no input `CHANEL`"),
        (&["TEXT=x", "CHANEL=beta"], "`CHANNEL`"),
        (&[], "TEXT"),
        (&["TEXT=x", "CHANNEL=nightly"], "`stable`"),
        (&["TEXT=x", "VERSION=one"], "does not match `^\\d+\\.\\d+$`"),
        (&["TEXT=x", "TEXT=y"], "given twice"),
        (&["TEXT"], "`TEXT` is no input"),
        (&["=x"], "`=x` is no input"),
    ] {
        let project = flow().project();
        let found = run(&project, words);
        assert_eq!(found.code, 2, "{words:?}: {}", found.out);
        assert!(found.err.contains(says), "{says}: {}", found.err);
        assert!(!project.path().join("text").exists() && !project.path().join(".memory").exists());
    }
}

#[test]
fn nobody_agreed_to_the_plan() {
    let project = flow().project();
    let found = flow::wf(&project, &["run", "release", "TEXT=x"]);
    assert_eq!(found.code, 2);
    assert!(found.err.contains("--yes"), "{}", found.err);
    assert!(!project.path().join(".memory").exists());
}
