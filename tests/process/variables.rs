//! What commands leave in the file that `WF_OUTPUT` names, and what angry ones do to it.

use wf::run::process::How;

use crate::process::Run;

#[test]
fn variables_are_read_after_success_and_failure() {
    let mut run = Run::new();
    for (end, code) in [("true", 0), ("exit 3", 3)] {
        let script = format!("echo A=1 >>\"$WF_OUTPUT\"; printf 'B=x y' >>\"$WF_OUTPUT\"; {end}");
        let (_, ended) = run.run_bash(&script);
        let pairs = ended.variables.unwrap();
        assert_eq!(ended.how, How::Exited(code));
        assert_eq!(
            pairs,
            [
                ("A".to_owned(), "1".to_owned()),
                ("B".to_owned(), "x y".to_owned())
            ]
        );
    }
    // Each attempt begins with none.
    let mut launch = run.bash("cat \"$WF_OUTPUT\"; echo A=1 >>\"$WF_OUTPUT\"");
    for attempt in 1..=2 {
        launch.attempt = attempt;
        assert_eq!(run.run(&launch).0, "");
    }
}

#[test]
fn whatever_stands_there_is_survived() {
    let mut run = Run::new();
    for (script, expected) in [
        ("rm \"$WF_OUTPUT\"", "[]"),
        (
            "printf 'A=1\\n' >new; mv new \"$WF_OUTPUT\"",
            "[(\"A\", \"1\")]",
        ),
        (
            "rm \"$WF_OUTPUT\"; mkdir \"$WF_OUTPUT\"",
            "the command put something that is no file in the place that WF_OUTPUT names",
        ),
        (
            "rm \"$WF_OUTPUT\"; mkfifo \"$WF_OUTPUT\"",
            "the command put something that is no file in the place that WF_OUTPUT names",
        ),
        (
            "ln -sf /etc/passwd \"$WF_OUTPUT\"",
            "the command put something that is no file in the place that WF_OUTPUT names",
        ),
        (
            "truncate -s 1G \"$WF_OUTPUT\"",
            "the file that WF_OUTPUT names is larger than 524288 bytes",
        ),
        (
            "printf '\\nA=\\377' >\"$WF_OUTPUT\"",
            "line 2 of the file that WF_OUTPUT names is not UTF-8 text",
        ),
        (
            "echo A: 1 >\"$WF_OUTPUT\"",
            "line 1 of the file that WF_OUTPUT names is not NAME=value: `A: 1`",
        ),
        (
            "echo A=xhunter22 >\"$WF_OUTPUT\"",
            "line 1 of the file that WF_OUTPUT names sets `A` to a value that holds the secret `TOKEN`: it cannot be recorded",
        ),
    ] {
        let (_, ended) = run.run_bash(script);
        let found = match ended.variables {
            Ok(pairs) => format!("{pairs:?}"),
            Err(error) => error.to_string(),
        };
        assert_eq!((ended.how, &*found), (How::Exited(0), expected), "{script}");
    }
}
