//! Every rule's page is a test: its cases are run, that rule alone.
//!
//! `WF_BLESS=1 cargo test pages` writes the messages of findings that are in the right place into the pages.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::project;
use crate::project::Project;

/// A fenced block of a page.
struct Block {
    info: Vec<String>,
    text: String,
    /// The lines of its content in the page, from 0.
    lines: std::ops::Range<usize>,
}

impl Block {
    fn has(&self, word: &str) -> bool {
        self.info.iter().any(|part| part == word)
    }

    fn value(&self, key: &str) -> Option<&str> {
        self.info
            .iter()
            .find_map(|part| part.strip_prefix(key)?.strip_prefix('='))
    }
}

struct Case {
    title: String,
    blocks: Vec<Block>,
}

fn cases(page: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut open: Option<(usize, Block)> = None;
    for (number, line) in page.lines().enumerate() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        match &mut open {
            Some((fence, _)) if ticks >= *fence && line.trim_end().len() == ticks => {
                let (_, mut block) = open.take().unwrap();
                block.lines.end = number;
                if let Some(case) = cases.last_mut() {
                    case.blocks.push(block);
                }
            }
            Some((_, block)) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            None if ticks >= 3 => {
                let info = line[ticks..]
                    .split_whitespace()
                    .map(str::to_owned)
                    .collect();
                let block = Block {
                    info,
                    text: String::new(),
                    lines: number + 1..number + 1,
                };
                open = Some((ticks, block));
            }
            None => {
                if let Some(title) = line.strip_prefix("### ") {
                    cases.push(Case {
                        title: title.to_owned(),
                        blocks: Vec::new(),
                    });
                }
            }
        }
    }
    assert!(open.is_none(), "a fence is not closed");
    cases
}

/// Escapes that an author cannot write plainly into a page.
fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at + 1..];
        let (length, decoded) = match rest.as_bytes()[0] {
            b'r' => (1, vec![b'\r']),
            b't' => (1, vec![b'\t']),
            b'\\' => (1, vec![b'\\']),
            b'x' => (3, vec![u8::from_str_radix(&rest[1..3], 16).unwrap()]),
            b'u' => {
                let end = rest.find('}').unwrap();
                let c = char::from_u32(u32::from_str_radix(&rest[2..end], 16).unwrap()).unwrap();
                (end + 1, c.to_string().into_bytes())
            }
            other => panic!("no escape \\{}", char::from(other)),
        };
        bytes.extend(decoded);
        rest = &rest[length..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

/// What a case finds, one line a finding.
fn found(rule: &str, case: &Case) -> Vec<String> {
    let project = Project::new();
    let main = case
        .blocks
        .iter()
        .find(|block| block.has("bad") || block.has("good") && block.has("markdown"));
    let main_path = main
        .and_then(|block| block.value("path"))
        .unwrap_or("workflows/release.md");
    for block in &case.blocks {
        let path = if main.is_some_and(|main| std::ptr::eq(main, block)) {
            Some(main_path)
        } else {
            block.value("file")
        };
        if let Some(path) = path {
            let content = if block.has("escapes") {
                unescaped(&block.text)
            } else {
                block.text.clone().into_bytes()
            };
            project.write(path, content);
        }
    }
    if !project.path().join("wf.toml").exists() {
        project.write("wf.toml", "paths = [\"workflows\"]\n");
    }
    let today = main
        .and_then(|block| block.value("today"))
        .unwrap_or(project::TODAY);
    let mut command = project.wf();
    command.args([
        "check", "--format", "json", "--only", rule, "--today", today,
    ]);
    if let Some(other) = case.blocks.iter().find_map(|block| block.value("with")) {
        command.args(["--only", other]);
    }
    let run = project::Run::of(&command.output().unwrap());
    assert!(run.code < 2, "{rule}, {}: {run:?}", case.title);
    run.findings()
        .iter()
        .map(|finding| project::described(&project, finding, main_path))
        .collect()
}

/// The findings that a case expects.
fn expected(case: &Case) -> Vec<String> {
    let blocks = case.blocks.iter().filter(|block| block.has("findings"));
    blocks
        .flat_map(|block| block.text.lines())
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_case_finds_what_its_page_says() {
    let bless = std::env::var_os("WF_BLESS").is_some();
    let mut faults = Vec::new();
    for rule in wf::rules::RULES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("rules/{}.md", rule.id));
        let mut lines: Vec<String> = rule.page.lines().map(str::to_owned).collect();
        let (mut good, mut bad) = (0, 0);
        for case in cases(rule.page) {
            let (expected, found) = (expected(&case), found(rule.id, &case));
            if expected.is_empty() {
                good += 1;
            } else {
                bad += 1;
            }
            if expected == found {
                continue;
            }
            let same_place = |(expected, found): (&String, &String)| {
                expected
                    .strip_suffix(" ?")
                    .is_some_and(|place| found.starts_with(&format!("{place} ")))
            };
            if bless
                && expected.len() == found.len()
                && expected
                    .iter()
                    .zip(&found)
                    .all(|pair| pair.0 == pair.1 || same_place(pair))
            {
                let places = case
                    .blocks
                    .iter()
                    .filter(|block| block.has("findings"))
                    .flat_map(|block| block.lines.clone());
                for (place, found) in places.zip(found) {
                    lines[place] = found;
                }
                continue;
            }
            faults.push(format!(
                "{}: {}\n  expected: {expected:#?}\n  found:    {found:#?}",
                rule.id, case.title
            ));
        }
        assert!(
            good > 0 && bad > 0,
            "{} has {good} good and {bad} bad cases",
            rule.id
        );
        if bless {
            fs::write(&path, lines.join("\n") + "\n").unwrap();
        }
    }
    assert!(
        faults.is_empty(),
        "{} cases differ:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn every_page_states_the_facts_of_its_rule() {
    for rule in wf::rules::RULES {
        let fact = |key| {
            wf::report::page::fact(rule.page, key)
                .unwrap_or_else(|| panic!("{}: no {key}", rule.id))
        };
        let severity = if rule.id == "stale-audit" {
            "warning, then error"
        } else {
            rule.default.name()
        };
        assert_eq!(fact("severity"), severity, "{}", rule.id);
        assert_eq!(fact("fix"), "none", "{}", rule.id);
        assert_eq!(fact("since"), "0.1.0", "{}", rule.id);
        let title = rule.page.lines().find_map(|line| line.strip_prefix("# "));
        assert_eq!(title, Some(rule.id));
        for heading in ["## What it does", "## Why it is bad", "## Example"] {
            assert!(
                rule.page.contains(&format!("\n{heading}\n")),
                "{}: no {heading}",
                rule.id
            );
        }
        assert!(!wf::report::page::gist(rule.page).is_empty(), "{}", rule.id);
    }
}

#[test]
fn the_folder_of_pages_holds_nothing_else() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> = files.collect();
    let rules = wf::rules::RULES
        .iter()
        .map(|rule| format!("{}.md", rule.id));
    let known: BTreeSet<String> = rules.chain(["template.md".to_owned()]).collect();
    assert_eq!(files, known);
}
