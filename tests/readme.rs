//! The README is true: its commands are run, its tables and its picture are those of the program.
//!
//! `WF_BLESS=1 cargo test readme` writes the table of rules and the picture anew.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::process::Output;

use crate::project;
use crate::project::Project;

/// A document from before there was a template.
const DRAFT: &str = "drafts/rotate-keys.md";

const PICTURE: &str = "fixtures/readme/check.svg";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The README.
pub fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

fn is_blessing() -> bool {
    std::env::var_os("WF_BLESS").is_some()
}

/// The fenced blocks of a language.
pub fn blocks(text: &str, language: &str) -> Vec<String> {
    let open = format!("```{language}\n");
    let parts = text.split(&open).skip(1);
    parts
        .map(|part| part.split("\n```").next().unwrap().to_owned())
        .collect()
}

/// The section on running.
pub fn session(readme: &str) -> &str {
    let section = readme.split("\n## Run it\n").nth(1).expect("the section");
    section.split("\n## ").next().unwrap()
}

/// A scratch project with the documents that the README shows.
fn sample() -> Project {
    let project = Project::new();
    for path in ["workflows/README.md", "workflows/deploy.md", DRAFT] {
        let content = fs::read(root().join("fixtures/readme").join(path)).unwrap();
        project.write(path, content);
    }
    project
}

/// Run a command line of the README as a shell would, with this build's program.
fn run(line: &str) -> Output {
    let sample = sample();
    let (words, folder) = match line.strip_prefix("cargo run --locked --release -- ") {
        Some(rest) => (format!("wf {rest}"), root()),
        None => (line.to_owned(), sample.path()),
    };
    assert!(
        words.starts_with("wf "),
        "no test knows how to run `{line}`"
    );
    let program = Path::new(env!("CARGO_BIN_EXE_wf"));
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", program.parent().unwrap().display());
    Command::new("bash")
        .args(["-c", &words])
        .current_dir(folder)
        .env_remove("CLICOLOR_FORCE")
        .env_remove("GITHUB_ACTIONS")
        .env("SOURCE_DATE_EPOCH", "1795305600")
        .env("PATH", path)
        .output()
        .unwrap()
}

/// Whether lines are as expected: `...` stands for any lines, `[..]` for any characters.
pub fn fits(expected: &[&str], found: &[&str]) -> bool {
    let Some((first, rest)) = expected.split_first() else {
        return found.is_empty();
    };
    if *first == "..." {
        return (0..=found.len()).any(|skipped| fits(rest, &found[skipped..]));
    }
    found
        .split_first()
        .is_some_and(|(line, others)| line_fits(first, line) && fits(rest, others))
}

fn line_fits(expected: &str, line: &str) -> bool {
    let Some((start, rest)) = expected.split_once("[..]") else {
        return line == expected;
    };
    let Some(line) = line.strip_prefix(start) else {
        return false;
    };
    let mut ends = line.char_indices().map(|(at, _)| at).chain([line.len()]);
    ends.any(|at| line_fits(rest, &line[at..]))
}

#[test]
fn every_command_prints_what_it_says() {
    let readme = readme();
    // Those of the section on running follow from one another: `session` runs them.
    let consoles = blocks(&readme.replace(session(&readme), ""), "console");
    assert!(consoles.len() > 4);
    for console in consoles {
        let (command, expected) = console.split_once('\n').unwrap();
        let line = command
            .strip_prefix("$ ")
            .expect("a command begins with `$ `");
        if line == "cargo test --locked" {
            // That is this very run.
            let ci = fs::read_to_string(root().join(".ci/run")).unwrap();
            assert!(
                ci.lines().any(|stage| stage == line),
                ".ci/run calls `{line}`"
            );
            continue;
        }
        let output = project::Run::of(&run(line));
        let found = format!("{}{}", output.out, output.err);
        let (expected, found): (Vec<&str>, Vec<&str>) =
            (expected.lines().collect(), found.lines().collect());
        assert!(
            fits(&expected, &found),
            "`{line}` printed\n{}",
            found.join("\n")
        );
    }
}

#[test]
fn the_configuration_is_valid() {
    for toml in blocks(&readme(), "toml") {
        let project = Project::new();
        project.write("wf.toml", &toml);
        let baseline = "{\"version\": 1, \"findings\": []}";
        project.write("wf-baseline.json", baseline);
        project.write("docs/runbook-template.md", "# [Name]\n\n## Use\n\n[How]\n");
        project.write("workflows/README.md", "- [a.md](a.md)\n");
        project.write("workflows/a.md", "# A\n\n## Use\n\nLike this.\n");
        let run = project.check(&[]);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(
            run.err.starts_with("2 documents checked: no findings"),
            "{run:?}"
        );
    }
}

#[test]
fn the_suppressions_are_known() {
    let readme = readme();
    let comments = readme.match_indices("<!-- wf-").map(|(at, _)| {
        let comment = readme[at..].split("-->").next().unwrap();
        format!("{comment}-->\n\n")
    });
    let project = Project::new();
    project.write("a.md", comments.collect::<String>());
    let run = project.check(&[
        "a.md",
        "--only",
        "unknown-rule,unexplained-suppression",
        "--format",
        "json",
    ]);
    assert_eq!(run.rules(), Vec::<String>::new());
}

/// The table of rules, as the README shows it.
fn rule_table() -> String {
    let mut table = "| rule | severity | what it flags |\n| --- | --- | --- |\n".to_owned();
    for rule in wf::rules::RULES {
        let severity = wf::report::page::fact(rule.page, "severity").unwrap();
        let gist = wf::report::page::gist(rule.page).replace('|', "\\|");
        table.push_str(&format!(
            "| [{0}](rules/{0}.md) | {severity} | {gist} |\n",
            rule.id
        ));
    }
    table
}

#[test]
fn the_tables_are_those_of_the_program() {
    let readme = readme();
    let (before, rest) = readme.split_once("<!-- rules -->\n").unwrap();
    let (shown, after) = rest.split_once("<!-- /rules -->").unwrap();
    let table = format!("\n{}\n", rule_table());
    if is_blessing() {
        let text = format!("{before}<!-- rules -->\n{table}<!-- /rules -->{after}");
        fs::write(root().join("README.md"), text).unwrap();
    } else {
        assert_eq!(shown, table, "the table of rules is that of RULES");
    }
    for format in wf::report::FORMATS {
        let row = format!("| `{}` | {} |", format.name, format.readers);
        assert!(readme.contains(&row), "no row {row}");
    }
}

#[test]
fn the_picture_is_of_a_real_run() {
    let sample = sample();
    let mut command = sample.wf();
    command.args([
        "check",
        "--format",
        "full",
        "--color",
        "always",
        "--today",
        project::TODAY,
    ]);
    let output = project::Run::of(&command.output().unwrap());
    let shown = format!("\u{1b}[1m$ wf check\u{1b}[0m\n\n{}", output.out);
    let svg = anstyle_svg::Term::new().render_svg(&shown);
    let path = root().join(PICTURE);
    if is_blessing() {
        fs::write(path, svg).unwrap();
    } else {
        assert_eq!(
            fs::read_to_string(path).unwrap(),
            svg,
            "{PICTURE} is not what `wf check` prints"
        );
    }
}

#[test]
fn a_draft_becomes_valid_in_three_moves() {
    let project = sample();
    let read = || fs::read_to_string(project.path().join(DRAFT)).unwrap();
    let readme = readme();
    let shown = blocks(&readme, "markdown");
    assert!(shown.iter().any(|block| *block == read().trim_end()));
    project.check(&["--fix", "--unsafe-fixes", DRAFT]);
    assert!(
        shown
            .iter()
            .any(|block| block.starts_with("### Step 1") && read().contains(block))
    );
    // What a person writes in the place of each placeholder.
    let mut text = read().replace("[Date]", project::TODAY);
    while let Some(at) = text.find('[') {
        let end = at + text[at..].find(']').unwrap() + 1;
        let is_kept = ["[ ]", "[name]", "[date]"].contains(&&text[at..end]);
        let (open, close) = if is_kept { ("⟨", "⟩") } else { ("", "") };
        let inner = text[at + 1..end - 1].to_owned();
        text.replace_range(at..end, &format!("{open}{inner}{close}"));
    }
    let text = text.replace('⟨', "[").replace('⟩', "]");
    project.write(DRAFT, text);
    project.check_clean(&["--quiet", DRAFT]);
}
