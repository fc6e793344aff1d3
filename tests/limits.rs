//! Documents as large as they may be, made of one thing over and over: each is judged to its end.
//!
//! Nothing is asserted of the time that it takes. A watchdog ends a run that would never end.

use std::fs::File;
use std::io::Read;
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::project;
use crate::project::Project;

/// The default `max-file-size`, in bytes.
const LARGEST: usize = 1 << 20;

/// A run that takes longer than this hangs.
const PATIENCE: Duration = Duration::from_mins(5);

/// So many small documents beside the large one that threads are started, which have smaller stacks.
const BESIDE: usize = 8;

const HEADER: &str = "# Limits\n\n**FILE**: workflows/limits.md | **PURPOSE**: Large | **OWNER**: platform | **LAST-AUDITED**: 2026-11-18\n\n";
const STEP: &str = "## Steps\n\n### Step 1: Build\n\n";

/// `part` as often as there is room for it after `start`.
fn repeated(start: &str, part: &str) -> String {
    let count = (LARGEST - start.len()) / part.len();
    format!("{start}{}", part.repeat(count))
}

/// Lines that `line` makes of their number, from 0, as many as there is room for after `start`.
fn numbered(start: &str, line: impl Fn(usize) -> String) -> String {
    let mut text = start.to_owned();
    for line in (0..).map(line) {
        if text.len() + line.len() > LARGEST {
            break;
        }
        text.push_str(&line);
    }
    text
}

/// Judge a document in a process of its own.
fn judge(what: &str, document: &str) {
    assert!(
        document.len() <= LARGEST && document.len() > LARGEST / 2,
        "{what}: {} bytes",
        document.len()
    );
    let project = Project::new();
    project.write("workflows/limits.md", document);
    for number in 0..BESIDE {
        project.write(&format!("workflows/small-{number}.md"), "# Small\n");
    }
    let errors = project.path().join("errors.txt");
    let mut command = project.wf();
    command.args([
        "check",
        "--isolated",
        "--format",
        "concise",
        "--today",
        project::TODAY,
    ]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(File::create(&errors).unwrap())
        .spawn()
        .unwrap();
    let mut output = child.stdout.take().unwrap();
    let (sender, receiver) = mpsc::channel();
    let reader = thread::spawn(move || {
        let mut bytes = Vec::new();
        output.read_to_end(&mut bytes).unwrap();
        // No one listens any more to a run that was given up.
        let _ = sender.send(bytes);
    });
    let Ok(bytes) = receiver.recv_timeout(PATIENCE) else {
        child.kill().unwrap();
        child.wait().unwrap();
        panic!("{what}: no end after {PATIENCE:?}");
    };
    reader.join().unwrap();
    let status = child.wait().unwrap();
    let errors = std::fs::read_to_string(errors).unwrap();
    assert_eq!(status.code(), Some(1), "{what}: {status}, {errors}");
    let found = String::from_utf8(bytes).unwrap();
    let own: Vec<&str> = found
        .lines()
        .filter(|line| line.contains("workflows/limits.md:"))
        .collect();
    assert!(!own.is_empty(), "{what}: nothing is found");
    assert!(
        !found.contains("[unreadable-document]"),
        "{what}: not read at all"
    );
}

fn judge_repeated(parts: &[&str]) {
    for part in parts {
        judge(&format!("{part:?}"), &repeated("", part));
    }
}

#[test]
fn what_nests_within_a_line() {
    judge_repeated(&[
        ">", "> ", "- ", "1. ", "1. [ ] ", "[", "![", "*a _b ", "**a ",
    ]);
}

#[test]
fn what_nests_line_by_line() {
    let indented = |width: usize, item: &'static str| {
        move |depth: usize| format!("{}{item} a\n", " ".repeat(depth * width))
    };
    judge("indented bullets", &numbered("", indented(2, "*")));
    judge("indented numbers", &numbered("", indented(3, "1.")));
    judge("indented boxes", &numbered("", indented(2, "- [ ]")));
    let lazy = format!("{HEADER}{STEP}{}a\n", "- ".repeat(LARGEST / 4));
    judge(
        "labels below many items",
        &repeated(&lazy, "**Actions**: a\n"),
    );
}

#[test]
fn what_is_never_closed() {
    judge_repeated(&[
        "`", "` ", "``a", "[a](", "<!--", "<a ", "<", "]", "\\*", "&amp", "|a",
    ]);
    judge("an open fence", &repeated("# Limits\n\n```\n", "a\n"));
}

#[test]
fn one_very_long_line() {
    judge_repeated(&[
        "a",
        "**b** ",
        "[a](b) ",
        "[a](#b) ",
        "[Team] ",
        "[Team] [a](b) ",
        "| **FILE**: a ",
        "`a` ",
    ]);
    judge(
        "a header",
        &repeated("# Limits\n\n**FILE**: a ", "| **OWNER**: a "),
    );
    judge("links over two lines", &repeated("", "[a\n](b) **c** `d` "));
}

#[test]
fn headings_without_end() {
    judge_repeated(&[
        "# a\n",
        "## Trigger\n\n",
        "## Trigge\n",
        "### Step 1: a\n",
        "a\n=\n",
    ]);
    let steps = format!("{HEADER}## Steps\n\n");
    judge("steps of one number", &repeated(&steps, "### Step 1: a\n"));
    judge(
        "numbers in comments",
        &format!("{steps}### Step {} 1: a\n", "<!--1-->".repeat(LARGEST / 10)),
    );
    judge_repeated(&["### Overview\n", "## a\n### Overview\n"]);
    judge(
        "steps",
        &numbered(&steps, |at| format!("### Step {}: a{at}\n", at + 1)),
    );
}

#[test]
fn labels_and_items_without_end() {
    let step = format!("{HEADER}{STEP}");
    judge_repeated(&[
        "**Actions**:\n",
        "**Actions**:\r\n",
        "<!-- wf-disable-line missing-title: a -->\n",
    ]);
    judge("a label", &repeated(&step, "**Actions**:\n"));
    judge("a slip in a label", &repeated(&step, "**Actons**:\n"));
    judge(
        "a swallowed label",
        &repeated(&step, "1. a\n**Actions**: b\n"),
    );
    judge(
        "items",
        &repeated(&format!("{step}**Verification**:\n\n"), "- [x] a\n"),
    );
    judge(
        "paths",
        &repeated(&format!("{HEADER}## Logging\n\n"), "- `../a`\n"),
    );
    judge("table rows", &repeated("| a |\n| - |\n", "| `b` |\n"));
}

#[test]
fn dependencies_without_end() {
    let field = format!("{HEADER}{STEP}**Depends on**: ");
    judge("on one step", &repeated(&field, "Step 1, "));
    judge("on no step", &repeated(&field, "Step one, "));
    judge("on nothing", &repeated(&field, ","));
    let steps: Vec<String> = (1..2000)
        .map(|number| format!("### Step {number}: a{number}\n\n"))
        .collect();
    let steps = steps.concat();
    judge(
        "of many steps",
        &repeated(
            &format!("{HEADER}## Steps\n\n{steps}**Depends on**: "),
            "Step 1, ",
        ),
    );
    let chain = |at: usize| {
        format!(
            "### Step {}: a{at}\n\n**Depends on**: Step {}, Step 1\n\n",
            at + 1,
            at + 2
        )
    };
    judge(
        "in one knot",
        &numbered(&format!("{HEADER}## Steps\n\n"), chain),
    );
}

#[test]
fn suppressions_without_end() {
    let links = |start: &str| repeated(start, "[a](b.md) ");
    let named = "broken-link, ".repeat(LARGEST / 26);
    judge(
        "a rule named over and over",
        &links(&format!("<!-- wf-disable-file {named}x: a -->\n\n")),
    );
    judge_repeated(&[
        "[a](b.md) <!-- wf-disable-line broken-link: a -->\n",
        "<!-- wf-disable broken-link, extra-title: a -->\n\n[a](b.md)\n\n",
        "<!-- wf-disable broken-link: a -->\n\n<!-- wf-enable extra-title -->\n\n",
    ]);
    judge(
        "hidden findings",
        &links("<!-- wf-disable broken-link: a -->\n\n"),
    );
}

/// Commands of about the longest script that is parsed, each made of `part` over and over.
fn scripts(part: &str) -> String {
    let script = part.repeat((60 << 10) / part.len());
    let item = format!("1. a\n\n   ```bash\n   {script}\n   ```\n\n");
    repeated(&format!("{HEADER}{STEP}**Actions**:\n\n"), &item)
}

#[test]
fn secrets_without_end() {
    let secret = |at: usize| {
        format!(
            "**Key {at}** `AKIA{:A>16}` [a](AKIA{:A>16}.md)\n",
            letters(at),
            letters(at)
        )
    };
    judge("secrets", &numbered(HEADER, secret));
}

/// A number in the digits that such keys have.
fn letters(number: usize) -> String {
    format!("{number:b}").replace('0', "B").replace('1', "C")
}

#[test]
fn inputs_without_end() {
    let start = format!("{HEADER}## Inputs\n\n");
    judge(
        "inputs",
        &numbered(&start, |at| format!("- `NAME_{at}` (required): a\n")),
    );
    let inputs: Vec<String> = (0..15_000)
        .map(|at| format!("- `NAME_{at}` (required): a\n"))
        .collect();
    let inputs = inputs.concat();
    let steps = format!("{start}{inputs}\n{STEP}**Actions**:\n\n");
    judge(
        "variables that are no inputs",
        &numbered(&steps, |at| format!("1. a\n   Run: `echo $NAM_{at}x`\n")),
    );
}

#[test]
fn parentheses_without_end() {
    judge_repeated(&["**b** (", "**b** (a "]);
}

#[test]
fn redirections_without_end() {
    let count = (60 << 10) / "} >f".len() / 4;
    let groups = format!(
        "{}{}{}",
        "{ ".repeat(200),
        "a;".repeat(4 * count),
        "} >f ".repeat(200)
    );
    let many = format!("{{ {}}} {}", "a;".repeat(count), ">f ".repeat(count));
    judge("of groups", &scripts(&groups));
    judge("of one group", &scripts(&many));
}

#[test]
fn scripts_without_end() {
    for part in [
        "a 'b' <c> ",
        "a \"$(b <c>)\" ",
        "A=; rm -rf $A $B; ",
        "for a in $b; do c; done; ",
        "bash -c 'a $(b)'; ",
        "echo a}b; ",
        "a && ",
        "local a=(b) c=(; ",
        "create table|psql; ",
        "{ ",
    ] {
        judge(&format!("{part:?}"), &scripts(part));
    }
}

#[test]
fn an_index_without_end() {
    let folder = format!("{}/\n", "f".repeat(200));
    let tree: Vec<String> = (0..200)
        .map(|depth| format!("{}{folder}", " ".repeat(depth)))
        .collect();
    let tree = tree.concat();
    let name = |at: usize| format!("{}├── a{at}.md\n", " ".repeat(200));
    let index = numbered(&format!("# All\n\n```\n{tree}"), name);
    let project = Project::new();
    project
        .write("workflows/README.md", &index)
        .write("workflows/limits.md", HEADER);
    let run = project.check(&["--isolated", "--only", "unlisted-workflow"]);
    assert!(run.out.contains("`limits.md`"), "{}", run.err);
    let many = Project::new();
    many.write("workflows/README.md", "# All\n\n- [a0](a0.md)\n");
    for at in 0..2000 {
        many.write(&format!("workflows/a{at}.md"), "# A\n");
    }
    let run = many.check(&[
        "--isolated",
        "--only",
        "unlisted-workflow",
        "--format",
        "json",
    ]);
    assert_eq!(run.out.matches("(a1999.md)").count(), 1, "{}", run.err);
}

#[test]
fn fixes_that_are_dropped_without_end() {
    // Links lead to most of the headings as they are: more than are tried one by one.
    let linked = 1..=400;
    let links = linked
        .clone()
        .map(|at| format!("- [{at}](#step-{at}---build)\n"));
    let links = links.collect::<Vec<_>>().concat();
    let document = |mark: &str| {
        let steps = (1..=440).map(|at| {
            let mark = if linked.contains(&at) { " -" } else { mark };
            format!("### Step {at}{mark} Build\n\n")
        });
        format!(
            "# A\n\n{links}\n## Steps\n\n{}",
            steps.collect::<Vec<_>>().concat()
        )
    };
    let project = Project::new();
    project.write("workflows/limits.md", document(" -"));
    for _ in 0..2 {
        project.check(&["--isolated", "--fix"]);
        let mended = std::fs::read_to_string(project.path().join("workflows/limits.md")).unwrap();
        assert!(mended == document(":"), "{mended}");
    }
}
