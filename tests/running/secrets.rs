//! A secret stays one: it is in no file and on no stream, in whatever form and pieces commands write it.

use std::fs;
use std::io::Write;
use std::process::Command;
use std::process::Stdio;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use walkdir::WalkDir;

use crate::flow;
use crate::flow::Flow;
use crate::flow::Step;
use crate::flow::mark;
use crate::project::Project;
use crate::project::Run;
use crate::running::run;

const SECRET: &str = "s3cret/with+odd=chars";

fn forms() -> [String; 4] {
    let url = "s3cret%2Fwith%2Bodd%3Dchars";
    [
        SECRET.to_owned(),
        BASE64_STANDARD.encode(SECRET),
        url.to_owned(),
        url.to_lowercase(),
    ]
}

/// No file of the project holds the secret, but the one that it was given in, and no stream of what ran did.
fn is_kept(project: &Project, run: &Run) {
    let mut places = vec![
        ("standard output".to_owned(), run.out.clone().into_bytes()),
        ("standard error".to_owned(), run.err.clone().into_bytes()),
    ];
    for entry in WalkDir::new(project.path()) {
        let entry = entry.unwrap();
        let is_given = entry.path().ends_with("token.txt");
        if entry.file_type().is_file() && !is_given {
            places.push((
                entry.path().display().to_string(),
                fs::read(entry.path()).unwrap(),
            ));
        }
        let name = entry.file_name().to_string_lossy();
        assert!(!forms().iter().any(|form| name.contains(form)), "{name}");
    }
    assert!(places.len() > 8, "too few files: {places:?}");
    for (place, bytes) in places {
        let text = String::from_utf8_lossy(&bytes);
        for form in forms() {
            assert!(!text.contains(&form), "{place} holds {form}: {text}");
        }
    }
}

fn flow(step: Step) -> Flow {
    Flow::new("release")
        .input("`TOKEN` (required, secret): the token")
        .step(step)
}

/// A step that says the secret in all its forms, and in its failure.
fn leaking() -> Step {
    let says = "\
test -n \"$TOKEN\"
echo \"plain $TOKEN\"
echo \"to the other stream $TOKEN\" >&2
printf %s \"$TOKEN\" | base64
python3 -c 'import os, urllib.parse; print(urllib.parse.quote(os.environ[\"TOKEN\"], safe=\"\"))'
echo \"x$TOKEN$TOKEN\"";
    Step::new(says)
        .action(format!(
            "{}\necho \"failed with $TOKEN\"; exit 7",
            mark("1.2")
        ))
        .undo(format!("{}\necho \"undone with $TOKEN\"", mark("undo")))
}

#[test]
fn a_secret_is_masked_wherever_it_is_written() {
    let project = flow(leaking()).project();
    project.write("token.txt", format!("{SECRET}\n"));
    for format in ["text", "json"] {
        let found = run(&project, &["TOKEN=@token.txt", "--format", format]);
        assert_eq!(found.code, 1, "{}{}", found.out, found.err);
        is_kept(&project, &found);
        assert!(
            format == "json" || found.out.contains("plain ***"),
            "{}",
            found.out
        );
        let shown = flow::wf(&project, &["runs", "show", "--format", format]);
        is_kept(&project, &shown);
    }
    assert_eq!(flow::trace(&project), ["1.2", "undo", "1.2", "undo"]);
}

#[test]
fn a_secret_that_is_said_in_two_pieces_is_masked() {
    let (begin, rest) = SECRET.split_at(7);
    // The second piece is said only after the first one was read: it waits for a line, which comes when the program
    // has taken the first piece in and shown what comes before it.
    let says = format!(
        "echo ready\nprintf %s \"${{TOKEN:0:{}}}\"\nread -r _ < go\nprintf '%s\\n' \"${{TOKEN:{}}}\"\n",
        begin.len(),
        begin.len()
    );
    assert!(SECRET.ends_with(rest));
    let project = flow(Step::new(says)).project();
    let made = Command::new("mkfifo")
        .arg(project.path().join("go"))
        .status();
    assert!(made.unwrap().success());
    let mut command = project.wf();
    command
        .args(["run", "release", "--yes", "TOKEN=-"])
        .stdin(Stdio::piped());
    let mut child = flow::spawn(&mut command);
    let mut input = child.stdin.take().unwrap();
    input.write_all(SECRET.as_bytes()).unwrap();
    drop(input);
    // It can be opened when the command waits.
    fs::write(project.path().join("go"), "now\n").unwrap();
    let found = Run::of(&flow::ended(child));
    assert_eq!(found.code, 0, "{}{}", found.out, found.err);
    assert!(found.out.contains("***"), "{}", found.out);
    fs::remove_file(project.path().join("go")).unwrap();
    is_kept(&project, &found);
}

#[test]
fn a_secret_of_several_lines_is_masked_line_by_line() {
    let key = "-----BEGIN KEY-----\nabcdefghijklmnop\nqrstuvwxyz012345\n-----END KEY-----";
    let project = flow(Step::new(
        "echo \"$TOKEN\" | head -n 2 | tail -n 1\necho \"$TOKEN\" | tr -d '\\n'\n",
    ))
    .project();
    let found = flow::wf_given(&project, &["run", "release", "--yes", "TOKEN=-"], key);
    assert_eq!(found.code, 0, "{}{}", found.out, found.err);
    for line in ["abcdefghijklmnop", "qrstuvwxyz012345"] {
        assert!(!found.out.contains(line), "{}", found.out);
    }
}

#[test]
fn a_secret_is_never_taken_from_the_command_line_nor_too_short() {
    let project = flow(Step::new("test -n \"$TOKEN\"")).project();
    let given = format!("TOKEN={SECRET}");
    let found = run(&project, &[&given]);
    assert_eq!(found.code, 2);
    assert!(
        found.err.contains("plain text") && !found.err.contains(SECRET),
        "{}",
        found.err
    );
    let found = flow::wf_given(&project, &["run", "release", "--yes", "TOKEN=-"], "abc");
    assert_eq!(found.code, 2);
    assert!(found.err.contains("TOKEN"), "{}", found.err);
    let found = run(&project, &[]);
    assert_eq!(found.code, 2, "a secret that is missing");
    assert!(!project.path().join(".memory").exists());
}

#[test]
fn a_secret_is_wanted_again_by_whoever_goes_on() {
    let step = Step::new("by hand: Look at it")
        .action(format!("test ${{#TOKEN}} = {}", "token-1".len()))
        .undo(mark("undo"));
    let project = flow(step).project();
    let run = |words: &[&str], token: Option<&str>| {
        let mut command = project.wf();
        command.args(words).env_remove("TOKEN");
        Run::of(&flow::output(
            command.envs(token.map(|token| ("TOKEN", token))),
        ))
    };
    assert_eq!(run(&["run", "release", "--yes"], Some("token-1")).code, 3);
    for words in [
        &["resume"][..],
        &["confirm"],
        &["reject", "--reason", "no"],
        &["rollback", "--yes"],
    ] {
        let found = run(words, None);
        assert_eq!(found.code, 2, "{words:?}");
        assert!(found.err.contains("TOKEN"), "{}", found.err);
        assert_eq!(flow::runs(&project)[0].1, "waiting");
    }
    assert_eq!(run(&["confirm"], Some("token-1")).code, 0);
}

#[test]
fn what_would_store_a_secret_is_refused() {
    // In the document, in the configuration, in another input.
    let project = flow(Step::new(format!("echo {SECRET} $TOKEN"))).project();
    project.write("token.txt", SECRET);
    let found = run(&project, &["TOKEN=@token.txt"]);
    assert_eq!(found.code, 2, "{}", found.out);
    assert!(
        found.err.contains("TOKEN") && !found.err.contains(SECRET),
        "{}",
        found.err
    );
    let settings = format!("env = {{ ADDRESS = \"https://{SECRET}@example.org\" }}\n");
    let project = flow(Step::new("test -n \"$TOKEN\"")).project_with(&settings);
    project.write("token.txt", SECRET);
    assert_eq!(run(&project, &["TOKEN=@token.txt"]).code, 2);
    let step = Step::new("test -n \"$TOKEN$ADDRESS\"");
    let project = flow(step).input("`ADDRESS` (required): where").project();
    project.write("token.txt", SECRET);
    let address = format!("ADDRESS=https://{SECRET}@example.org");
    let found = run(&project, &["TOKEN=@token.txt", &address]);
    assert_eq!(found.code, 2, "{}", found.out);
    assert!(
        found.err.contains("ADDRESS") && !found.err.contains(SECRET),
        "{}",
        found.err
    );
}

#[test]
fn a_secret_gets_no_new_value() {
    let step = Step::new("echo \"TOKEN=other-than-before\" >> \"$WF_OUTPUT\"").undo(mark("undo"));
    let project = flow(step).project();
    project.write("token.txt", SECRET);
    let found = run(&project, &["TOKEN=@token.txt"]);
    assert_eq!(found.code, 1, "{}", found.out);
    let shown: Vec<&str> = found.out.split_whitespace().collect();
    assert!(
        shown.join(" ").contains("which is a secret"),
        "{}",
        found.out
    );
    assert_eq!(flow::trace(&project), ["undo"]);
}

#[test]
fn a_secret_in_colours_is_masked() {
    let says = "printf 'key=%s\\n' \"$TOKEN\" | grep --color=always \"${TOKEN:2:5}\"";
    let project = flow(Step::new(says)).project();
    project.write("token.txt", SECRET);
    let found = run(&project, &["TOKEN=@token.txt"]);
    assert!(found.out.contains("key=***\n"), "{}", found.out);
    is_kept(&project, &found);
}

#[test]
fn a_variable_that_holds_a_secret_fails_its_command() {
    let step = Step::new("echo \"ADDRESS=https://$TOKEN@example.org\" >> \"$WF_OUTPUT\"")
        .undo(mark("undo"));
    let project = flow(step).project();
    project.write("token.txt", SECRET);
    let found = run(&project, &["TOKEN=@token.txt"]);
    assert_eq!(found.code, 1, "{}", found.out);
    assert!(
        found.out.contains("holds the secret `TOKEN`"),
        "{}",
        found.out
    );
    assert_eq!(flow::trace(&project), ["undo"]);
    is_kept(&project, &found);
}
