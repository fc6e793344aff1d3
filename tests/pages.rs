//! Every rule's page is a test: its cases are run, that rule alone, and mended where there is a fix.
//!
//! `WF_BLESS=1 cargo test pages` writes into the pages the messages of findings that are in the right place, and what
//! becomes of a document into blocks marked `fixed`.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use walkdir::WalkDir;

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

    fn content(&self) -> Vec<u8> {
        if self.has("escapes") {
            unescaped(&self.text)
        } else {
            self.text.clone().into_bytes()
        }
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

/// A text as a page writes it whose block has escapes.
fn escaped(text: &str) -> String {
    let letter = |c: char| match c {
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\n' => "\n".to_owned(),
        c if c.is_control() || wf::printable::is_unsafe(c) || c == '\u{FEFF}' => {
            format!("\\u{{{:04X}}}", c as u32)
        }
        c => c.to_string(),
    };
    text.chars().map(letter).collect()
}

/// A case set up as a project.
struct Trial<'a> {
    rule: &'a str,
    case: &'a Case,
    project: Project,
    main_path: &'a str,
}

impl<'a> Trial<'a> {
    fn of(rule: &'a str, case: &'a Case) -> Self {
        let project = Project::new();
        let is_main =
            |block: &&Block| block.has("bad") || block.has("good") && block.has("markdown");
        let main = case.blocks.iter().find(is_main);
        let main_path = main
            .and_then(|block| block.value("path"))
            .unwrap_or("workflows/release.md");
        let is_given = |block: &&Block| !block.has("fixed");
        for block in case.blocks.iter().filter(is_given) {
            let path = if main.is_some_and(|main| std::ptr::eq(main, block)) {
                Some(main_path)
            } else {
                block.value("file")
            };
            if let Some(path) = path {
                project.write(path, block.content());
            }
        }
        if !project.path().join("wf.toml").exists() {
            project.write("wf.toml", "paths = [\"workflows\"]\n");
        }
        Self {
            rule,
            case,
            project,
            main_path,
        }
    }

    fn check(&self, more: &[&str]) -> project::Run {
        let blocks = &self.case.blocks;
        let today = blocks.iter().find_map(|block| block.value("today"));
        let today = today.unwrap_or(project::TODAY);
        let mut command = self.project.wf();
        command.args(["check", "--format", "json", "--only", self.rule]);
        command.args(["--today", today]).args(more);
        if let Some(other) = blocks.iter().find_map(|block| block.value("with")) {
            command.args(["--only", other]);
        }
        let run = project::Run::of(&command.output().unwrap());
        assert!(run.code < 2, "{}, {}: {run:?}", self.rule, self.case.title);
        run
    }

    fn files(&self) -> BTreeMap<String, String> {
        let files = WalkDir::new(self.project.path()).into_iter();
        let files = files
            .map(Result::unwrap)
            .filter(|file| file.file_type().is_file());
        let named = files.map(|file| {
            let path = file.path().strip_prefix(self.project.path()).unwrap();
            let bytes = fs::read(file.path()).unwrap();
            (
                path.to_str().unwrap().to_owned(),
                String::from_utf8_lossy(&bytes).into_owned(),
            )
        });
        named.collect()
    }

    /// Mend the project, and compare it with what the page says of it. Returns what differs, and what the page should
    /// say.
    fn mend(&self, faults: &mut Vec<String>) -> Vec<(std::ops::Range<usize>, String)> {
        let mut news = Vec::new();
        let before = self.files();
        self.check(&["--fix", "--unsafe-fixes"]);
        let run = self.check(&[]);
        let left = run.findings();
        let mended = self.files();
        let mut fault = |what: &str| {
            faults.push(format!("{}: {}\n  {what}", self.rule, self.case.title));
        };
        if left.iter().any(|finding| !finding["fix"].is_null()) {
            fault(&format!("a fix is left: {}", run.out));
        }
        self.check(&["--fix", "--unsafe-fixes"]);
        if self.files() != mended {
            fault("mending twice changes more");
        }
        let fixed = self.case.blocks.iter().filter(|block| block.has("fixed"));
        for block in fixed {
            let path = block.value("file").unwrap_or(self.main_path);
            let Some(text) = mended.get(path) else {
                fault(&format!("there is no {path}"));
                continue;
            };
            if text.as_bytes() != block.content() {
                fault(&format!("{path} becomes\n{text}"));
                let text = if block.has("escapes") {
                    escaped(text)
                } else {
                    text.clone()
                };
                news.push((block.lines.clone(), text));
            }
            if before.get(path) == Some(text) {
                fault("nothing is mended");
            }
        }
        news
    }
}

/// The findings that a case expects.
fn expected(case: &Case) -> Vec<String> {
    let blocks = case.blocks.iter().filter(|block| block.has("findings"));
    blocks
        .flat_map(|block| block.text.lines())
        .map(str::to_owned)
        .collect()
}

/// Whether the findings are in the places that the page gives, where it leaves the messages open.
fn is_blessable(expected: &[String], found: &[String]) -> bool {
    let same_place = |(expected, found): (&String, &String)| {
        let place = expected.strip_suffix(" ?");
        expected == found || place.is_some_and(|place| found.starts_with(&format!("{place} ")))
    };
    expected.len() == found.len() && expected.iter().zip(found).all(same_place)
}

/// Judge a case of a rule, and mend it. Returns how safe its fixes are.
fn judged(
    rule: &str,
    case: &Case,
    faults: &mut Vec<String>,
    news: &mut Vec<(std::ops::Range<usize>, String)>,
) -> BTreeSet<String> {
    let trial = Trial::of(rule, case);
    let findings = trial.check(&[]).findings();
    let found: Vec<String> = findings
        .iter()
        .map(|finding| project::described(&trial.project, finding, trial.main_path))
        .collect();
    let expected = expected(case);
    if expected != found {
        if is_blessable(&expected, &found) {
            let blocks = case.blocks.iter().filter(|block| block.has("findings"));
            let places = blocks.flat_map(|block| block.lines.clone());
            let lines = places.zip(&found);
            news.extend(lines.map(|(line, found)| (line..line + 1, format!("{found}\n"))));
        }
        faults.push(format!(
            "{rule}: {}\n  expected: {expected:#?}\n  found:    {found:#?}",
            case.title
        ));
    }
    let own = findings.iter().filter(|finding| finding["rule"] == rule);
    let safeties = own.filter_map(|finding| finding["fix"]["safety"].as_str());
    let safeties: BTreeSet<String> = safeties.map(str::to_owned).collect();
    let is_mended = case.blocks.iter().any(|block| block.has("fixed"));
    if !safeties.is_empty() || is_mended {
        news.extend(trial.mend(faults));
    }
    safeties
}

#[test]
fn every_case_finds_and_mends_what_its_page_says() {
    let bless = std::env::var_os("WF_BLESS").is_some();
    let mut faults = Vec::new();
    for rule in wf::rules::RULES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("rules/{}.md", rule.id));
        let mut news: Vec<(std::ops::Range<usize>, String)> = Vec::new();
        let (mut good, mut bad) = (0, 0);
        let mut fixes = BTreeSet::new();
        let mut has_fixed = false;
        for case in cases(rule.page) {
            *(if expected(&case).is_empty() {
                &mut good
            } else {
                &mut bad
            }) += 1;
            has_fixed |= case.blocks.iter().any(|block| block.has("fixed"));
            fixes.extend(judged(rule.id, &case, &mut faults, &mut news));
        }
        assert!(
            good > 0 && bad > 0,
            "{} has {good} good and {bad} bad cases",
            rule.id
        );
        let fixes = fixes.into_iter().collect::<Vec<_>>().join(", ");
        let stated = wf::report::page::fact(rule.page, "fix").unwrap();
        if stated != if fixes.is_empty() { "none" } else { &fixes } {
            faults.push(format!("{}: fix is {stated}, not {fixes}", rule.id));
        }
        if stated != "none" && !has_fixed {
            faults.push(format!("{}: no case is shown mended", rule.id));
        }
        if bless {
            let mut lines: Vec<String> = rule.page.lines().map(str::to_owned).collect();
            news.sort_by_key(|(range, _)| range.start);
            for (range, text) in news.into_iter().rev() {
                lines.splice(range, text.lines().map(str::to_owned));
            }
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
        assert!(
            ["none", "safe", "unsafe"].contains(&fact("fix")),
            "{}",
            rule.id
        );
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
