//! Whole documents, judged by every rule that is on: `fixtures/documents/**/x.md`, and beside each `x.expected`
//! with what is to be found in it, one line a finding, empty for none.
//!
//! A document stands in its scratch project as `workflows/<file name>`, beside an index that lists it.
//! `WF_BLESS=1 cargo test documents` writes the expectations: read every change before it is committed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use serde_json::Value;
use walkdir::WalkDir;

use crate::project;
use crate::project::Project;
use crate::project::Run;
use crate::sample;

/// A document of the fixtures.
struct Document {
    /// Its file.
    file: PathBuf,
    /// Its path in a project.
    path: String,
    text: String,
}

impl Document {
    fn read(file: PathBuf) -> Self {
        let name = file.file_name().unwrap().to_str().unwrap();
        Self {
            path: format!("workflows/{name}"),
            text: fs::read_to_string(&file).unwrap(),
            file,
        }
    }

    fn expectation(&self) -> PathBuf {
        self.file.with_extension("expected")
    }

    /// What is to be found; `None` where nobody has said so.
    fn expected(&self) -> Option<String> {
        fs::read_to_string(self.expectation()).ok()
    }

    fn is_valid(&self) -> bool {
        self.expected().is_some_and(|expected| expected.is_empty())
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/documents")
}

/// The files of the fixtures with that ending, in order.
fn files(ending: &str) -> Vec<PathBuf> {
    let walk = WalkDir::new(folder()).sort_by_file_name();
    walk.into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == ending)
        })
        .collect()
}

fn documents() -> Vec<Document> {
    files("md").into_iter().map(Document::read).collect()
}

/// The documents' texts.
pub fn texts() -> Vec<String> {
    let documents = documents().into_iter();
    documents.map(|document| document.text).collect()
}

/// Those in which nothing is found: path and text.
pub fn valid() -> impl Iterator<Item = (String, String)> {
    let valid = documents().into_iter().filter(Document::is_valid);
    valid.map(|document| (document.path, document.text))
}

/// A project with documents, by path, and an index of them; and what `wf check` says there.
fn linted(documents: &[(&str, String)]) -> (Project, Run) {
    let project = Project::new();
    let mut index = "# Workflows\n\n## Documents\n\n".to_owned();
    for (path, text) in documents {
        let name = path.strip_prefix("workflows/").unwrap();
        index.push_str(&format!("- [{name}]({name})\n"));
        project.write(path, text);
    }
    project.write("workflows/README.md", index);
    let run = project.check(&["--format", "json", "--isolated"]);
    (project, run)
}

#[test]
fn every_document_finds_what_stands_beside_it() {
    let bless = std::env::var_os("WF_BLESS").is_some();
    let mut faults = Vec::new();
    for document in documents() {
        let (project, run) = linted(&[(&document.path, document.text.clone())]);
        let findings = run.findings();
        let has_error = findings
            .iter()
            .any(|finding| finding["severity"] == "error");
        assert_eq!(run.code, i32::from(has_error), "{run:?}");
        let lines = findings.iter().map(|finding| {
            let rule = finding["rule"].as_str().unwrap();
            format!(
                "{} [{rule}]\n",
                project::described(&project, finding, &document.path)
            )
        });
        let found: String = lines.collect();
        if bless {
            fs::write(document.expectation(), &found).unwrap();
        }
        let expected = document.expected();
        if expected.as_ref() != Some(&found) {
            let expected = expected.unwrap_or_else(|| "no expectation at all\n".to_owned());
            faults.push(format!(
                "{}\n-- expected\n{expected}-- found\n{found}",
                document.file.display()
            ));
        }
    }
    assert!(
        faults.is_empty(),
        "{} documents differ:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn every_expectation_has_its_document() {
    let astray: Vec<PathBuf> = files("expected")
        .into_iter()
        .filter(|file| !file.with_extension("md").exists())
        .collect();
    assert!(astray.is_empty(), "{astray:?}");
}

/// Another way to write a document down that means the same.
struct Variant {
    name: &'static str,
    /// The text so written, unless it cannot be.
    of: fn(&str) -> Option<String>,
    /// So many lines stand before the document's first.
    above: u64,
}

const FRONT_MATTER: &str = "---\nteam: release\n---\n";
const MARK: &str = "\u{FEFF}";

/// Ways in which a document keeps its lines.
const SAME_LINES: &[Variant] = &[
    Variant {
        name: "CRLF",
        of: |text| Some(text.replace('\n', "\r\n")),
        above: 0,
    },
    Variant {
        name: "lone CR",
        of: |text| Some(text.replace('\n', "\r")),
        above: 0,
    },
    Variant {
        name: "a byte-order mark",
        of: |text| Some(format!("{MARK}{text}")),
        above: 0,
    },
    Variant {
        name: "front matter",
        of: |text| in_front_matter(text),
        above: 3,
    },
    Variant {
        name: "front matter, CRLF and a byte-order mark",
        of: |text| Some(format!("{MARK}{}", in_front_matter(text)?).replace('\n', "\r\n")),
        above: 3,
    },
];

/// Ways that may be taken only where nothing is found, for they move what is.
const OTHER_LINES: &[Variant] = &[
    Variant {
        name: "underlined headings",
        of: |text| Some(underlined(text)),
        above: 0,
    },
    Variant {
        name: "underlined headings and CRLF",
        of: |text| Some(underlined(text).replace('\n', "\r\n")),
        above: 0,
    },
    Variant {
        name: "white space at the end of every line",
        of: |text| Some(text.replace('\n', " \t\n")),
        above: 0,
    },
    Variant {
        name: "no line end at the end",
        of: |text| Some(text.trim_end().to_owned()),
        above: 0,
    },
    Variant {
        name: "blank lines at both ends",
        of: |text| in_front_matter(text).map(|_| format!("\n\n{text}\n\n \n")),
        above: 2,
    },
    Variant {
        name: "a comment above",
        of: |text| in_front_matter(text).map(|_| format!("<!-- for\n\nrelease -->\n{text}")),
        above: 3,
    },
];

/// The document below front matter, unless it has its own.
fn in_front_matter(text: &str) -> Option<String> {
    (!text.starts_with("---\n")).then(|| format!("{FRONT_MATTER}{text}"))
}

/// The document with its headings of levels 1 and 2 underlined, those in code and comments left as they are.
fn underlined(text: &str) -> String {
    let mut result = String::new();
    let mut fence = "";
    for line in text.lines() {
        let bare = line.trim_start();
        let ticks = bare.len() - bare.trim_start_matches(['`', '~']).len();
        if fence.is_empty() && ticks >= 3 {
            fence = &bare[..ticks];
        } else if !fence.is_empty() && bare.trim_end() == fence {
            fence = "";
        }
        let heading = [("# ", '='), ("## ", '-')]
            .into_iter()
            .find_map(|(marks, under)| Some((line.strip_prefix(marks)?, under)));
        match heading.filter(|_| fence.is_empty()) {
            Some((title, under)) => result.push_str(&format!(
                "{title}\n{}",
                under.to_string().repeat(title.chars().count().max(3))
            )),
            None => result.push_str(line),
        }
        result.push('\n');
    }
    result
}

/// All that a finding says, places and all, with `above` lines fewer before it.
fn told(finding: &Value, above: u64) -> String {
    let place = |at: &Value| {
        let end = |point: &str| {
            let (line, column) = (
                at[point]["line"].as_u64().unwrap(),
                at[point]["column"].as_u64().unwrap(),
            );
            (line, column)
        };
        // What is about the file as a whole stands at its beginning, whatever is there.
        let above = if end("start") == (1, 1) && end("end") == (1, 1) {
            0
        } else {
            above
        };
        let shown = |(line, column): (u64, u64)| format!("{}:{column}", line - above);
        format!("{}-{}", shown(end("start")), shown(end("end")))
    };
    let related = finding["related"].as_array().unwrap().iter();
    let related: Vec<String> = related
        .map(|other| format!("{} {}", place(other), other["message"]))
        .collect();
    let (rule, severity, message) = (&finding["rule"], &finding["severity"], &finding["message"]);
    format!(
        "{} {severity} {rule} {message} {}",
        place(finding),
        related.join(", ")
    )
}

/// What is found in each of some documents, as they stand or in a variant.
fn told_of(documents: &[&Document], variant: Option<&Variant>) -> BTreeMap<String, Vec<String>> {
    let of =
        |text: &str| variant.map_or_else(|| Some(text.to_owned()), |variant| (variant.of)(text));
    let written: Vec<(&str, String)> = documents
        .iter()
        .filter_map(|document| Some((&*document.path, of(&document.text)?)))
        .collect();
    let (_project, run) = linted(&written);
    let mut told_of: BTreeMap<String, Vec<String>> = written
        .iter()
        .map(|(path, _)| ((*path).to_owned(), Vec::new()))
        .collect();
    for finding in run.findings() {
        let path = finding["path"].as_str().unwrap();
        let told = told(&finding, variant.map_or(0, |variant| variant.above));
        told_of
            .get_mut(path)
            .unwrap_or_else(|| panic!("{finding}"))
            .push(told);
    }
    told_of
}

fn compare(documents: &[&Document], variants: &[Variant]) {
    let plain = told_of(documents, None);
    let mut faults = Vec::new();
    for variant in variants {
        let varied = told_of(documents, Some(variant));
        assert!(
            !varied.is_empty(),
            "no document can be written with {}",
            variant.name
        );
        for (path, found) in varied {
            if found != plain[&path] {
                faults.push(format!(
                    "{path} with {}: {found:#?}\n  rather than {:#?}",
                    variant.name, plain[&path]
                ));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "{} variants differ:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn a_valid_document_is_valid_however_it_is_written_down() {
    let documents = documents();
    let valid: Vec<&Document> = documents
        .iter()
        .filter(|document| document.is_valid())
        .collect();
    assert!(!valid.is_empty());
    compare(&valid, SAME_LINES);
    compare(&valid, OTHER_LINES);
}

#[test]
fn what_is_wrong_is_found_however_it_is_written_down() {
    let documents = documents();
    let faulty: Vec<&Document> = documents
        .iter()
        .filter(|document| !document.is_valid())
        .collect();
    assert!(!faulty.is_empty());
    compare(&faulty, SAME_LINES);
}

#[test]
fn a_label_or_heading_that_goes_is_one_finding() {
    let whole = sample::workflow("release");
    let project = sample::project(&["release"]);
    let lines: Vec<&str> = whole.lines().collect();
    let mut faults = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if !line.starts_with(['#', '*']) {
            continue;
        }
        let rest = [&lines[..at], &lines[at + 1..]].concat();
        project.write("workflows/release.md", rest.join("\n"));
        let run = project.check(&["--format", "json"]);
        let rules: Vec<String> = run
            .findings()
            .iter()
            .map(|finding| finding["rule"].to_string())
            .collect();
        if rules.len() != 1 {
            faults.push(format!("{line}: {rules:?}"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn of_a_long_cycle_the_beginning_is_told() {
    let mut text = "# Ring\n\n## Steps\n".to_owned();
    for step in 1..=30 {
        let next = step % 30 + 1;
        text.push_str(&format!(
            "\n### Step {step}: S{step}\n\n**Depends on**: {next}\n"
        ));
    }
    let (_, run) = linted(&[("workflows/ring.md", text)]);
    let cycles = run.findings();
    let mut cycles = cycles
        .iter()
        .filter(|finding| finding["rule"] == "dependency-cycle");
    let message = cycles.next().unwrap()["message"].as_str().unwrap();
    assert!(message.ends_with(" → step 20 → … → step 1"), "{message}");
}
