//! Any text at all is a document: it is judged without a panic, and what is found lies in it.
//!
//! `PROPTEST_CASES=100000 cargo test --release anything` looks longer.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::LazyLock;

use chrono::NaiveDate;
use proptest::prelude::*;
use rustc_hash::FxHashSet;
use wf::config::Config;
use wf::diagnostic::Level;
use wf::diagnostic::Severity;
use wf::lint;
use wf::lint::Finding;
use wf::lint::Levels;
use wf::lint::Place;
use wf::lint::Project;
use wf::lint::Report;
use wf::lint::Role;
use wf::lint::Unit;
use wf::markdown;
use wf::markdown::anchor;
use wf::neighbours::Neighbours;
use wf::printable;
use wf::report::FORMATS;
use wf::report::View;
use wf::rule;
use wf::rule::Folder;
use wf::rules::RULES;
use wf::source::Position;
use wf::source::Source;
use wf::template;

use crate::generate::almost_a_document;
use crate::generate::anything;
use crate::tree;

pub const DOCUMENT: &str = "workflows/anything.md";
pub const INDEX: &str = "workflows/README.md";

/// Files that are not on any disk.
pub struct Memory(pub BTreeMap<&'static str, String>);

impl Neighbours for Memory {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let text = self.0.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(text.clone().into_bytes())
    }

    fn exists(&self, path: &str) -> bool {
        path == "workflows" || self.0.contains_key(path)
    }

    fn is_executable(&self, path: &str) -> bool {
        self.exists(path)
    }

    fn anchors(&self, path: &str) -> Option<Arc<FxHashSet<String>>> {
        let source = Source::new(path, self.0.get(path)?.as_str());
        Some(Arc::new(anchor::anchors(
            &markdown::parse(&source),
            &source,
        )))
    }
}

/// A project with the built-in template, in which every rule is on.
fn project() -> Project {
    let text = include_str!("../rules/template.md");
    let mut levels = Levels::default();
    for (at, rule) in RULES.iter().enumerate() {
        if rule.default == Level::Off {
            levels.set(at, Level::On(Severity::Info));
        }
    }
    Project {
        root: PathBuf::from("/project"),
        current: PathBuf::from("/project"),
        config: Config::default(),
        template: template::read(&Source::new("template.md", text)).unwrap(),
        levels,
        today: NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
    }
}

pub static PROJECT: LazyLock<Project> = LazyLock::new(project);

/// The workflow directory with a document and an index.
pub fn folder() -> Folder {
    Folder {
        exists: true,
        path: "workflows".to_owned(),
        documents: vec![DOCUMENT.to_owned()],
        indexes: vec![rule::Index {
            path: INDEX.to_owned(),
            named: None,
        }],
    }
}

/// A document to judge.
fn document(path: &str) -> Unit {
    Unit {
        path: path.to_owned(),
        role: Role::Workflow,
    }
}

/// An index and a document.
pub fn units() -> [Unit; 2] {
    let index = Unit {
        path: INDEX.to_owned(),
        role: Role::Index,
    };
    [index, document(DOCUMENT)]
}

/// What is found in a project with a document and an index.
pub fn judged(document: &str, index: &str) -> Report {
    let memory = Memory(BTreeMap::from([
        (DOCUMENT, document.to_owned()),
        (INDEX, index.to_owned()),
    ]));
    let report = lint::check(&PROJECT, &units(), vec![folder()], &memory, &|| ());
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    report
}

/// What looks like a GitHub token, in parts.
const TOKEN: [&str; 2] = ["ghp_", "a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2"];

/// Files of which one cannot be asked for.
struct Trap(Memory, &'static str);

impl Neighbours for Trap {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        assert_ne!(path, self.1, "a bug\u{1B}[2J at {}", TOKEN.concat());
        self.0.read(path)
    }

    fn exists(&self, path: &str) -> bool {
        self.0.exists(path)
    }

    fn is_executable(&self, path: &str) -> bool {
        self.0.is_executable(path)
    }

    fn anchors(&self, path: &str) -> Option<Arc<FxHashSet<String>>> {
        self.0.anchors(path)
    }
}

#[test]
fn a_document_that_brings_out_a_bug_keeps_no_other_from_being_judged() {
    // More than are judged on one thread.
    let others = ["a.md", "b.md", "c.md", "d.md", "e.md", "f.md"];
    let texts = others.map(|path| (path, "# A\n".to_owned()));
    let trap = Trap(Memory(BTreeMap::from(texts)), DOCUMENT);
    let units: Vec<Unit> = others.into_iter().chain([DOCUMENT]).map(document).collect();
    let report = lint::check(&PROJECT, &units, Vec::new(), &trap, &|| ());
    assert_eq!(report.documents, others);
    let [(path, why)] = &report.failures[..] else {
        panic!("{:?}", report.failures);
    };
    assert_eq!(path, DOCUMENT);
    let why = why.to_string();
    assert!(why.starts_with("it brings out a bug in wf: "), "{why}");
    assert!(why.contains("a bug") && !why.contains('\u{1B}'), "{why}");
    assert!(!why.contains(TOKEN[1]), "{why}");
}

#[test]
fn of_an_index_that_brings_out_a_bug_nothing_is_said() {
    let texts = [(DOCUMENT, "# A\n".to_owned())];
    let trap = Trap(Memory(BTreeMap::from(texts)), INDEX);
    let report = lint::check(&PROJECT, &units(), vec![folder()], &trap, &|| ());
    assert_eq!(report.documents, [DOCUMENT]);
    assert_eq!(report.failures.len(), 1);
    let paths = report.findings.iter().map(|finding| &finding.place.path);
    assert!(paths.clone().count() > 0 && paths.clone().all(|path| path == DOCUMENT));
}

/// Every output format can tell what was found; without colours and links nothing in it steers a terminal.
fn holds_output(report: &Report) -> Result<(), TestCaseError> {
    for format in FORMATS {
        for decorated in [true, false] {
            let view = View {
                color: decorated,
                links: decorated,
                unicode: decorated,
                width: 80,
                summary: true,
                failing: None,
                current: PathBuf::from("/project"),
                tops: vec![PathBuf::from("/project")],
            };
            let mut out = Vec::new();
            (format.render)(report, &view, &mut out).unwrap();
            let out = String::from_utf8(out).unwrap();
            let is_plain = !out.contains(printable::is_unsafe);
            prop_assert!(decorated || is_plain, "{} writes {out:?}", format.name);
        }
    }
    Ok(())
}

/// Line and column of an offset, counted from the start of the text character by character.
fn counted(text: &str, offset: usize) -> (u32, u32) {
    let (mut line, mut column) = (1, 1);
    let before = &text[..offset];
    let before = before.strip_prefix('\u{FEFF}').unwrap_or(before);
    let mut before = before.chars().peekable();
    let after = text[offset..].chars().next();
    while let Some(c) = before.next() {
        let next = before.peek().copied().or(after);
        match c {
            '\r' if next == Some('\n') => column += 1,
            '\n' | '\r' => (line, column) = (line + 1, 1),
            _ => column += 1,
        }
    }
    (line, column)
}

fn holds_position(text: &str, position: Position) -> Result<(), TestCaseError> {
    let offset = position.offset as usize;
    prop_assert!(
        text.is_char_boundary(offset),
        "{position:?} is no place in the text"
    );
    prop_assert_eq!(
        (position.line, position.column),
        counted(text, offset),
        "{:?}",
        position
    );
    Ok(())
}

fn holds_place(texts: &BTreeMap<&str, &str>, place: &Place) -> Result<(), TestCaseError> {
    let Some(text) = texts.get(&*place.path) else {
        prop_assert_eq!(&place.path, "workflows");
        return Ok(());
    };
    let whole =
        place.excerpt.is_none() && place.start == Position::START && place.end == Position::START;
    if !whole {
        holds_position(text, place.start)?;
        holds_position(text, place.end)?;
    }
    prop_assert!(place.start.offset <= place.end.offset, "{place:?}");
    if let Some(excerpt) = &place.excerpt {
        prop_assert!(
            excerpt.text.get(excerpt.span.range()).is_some(),
            "{place:?}"
        );
    }
    Ok(())
}

/// What holds of the findings in any document and any index.
fn holds(document: &str, index: &str) -> Result<(), TestCaseError> {
    let report = judged(document, index);
    let found = &report.findings;
    let texts = BTreeMap::from([(DOCUMENT, document), (INDEX, index)]);
    for finding in found {
        let words = [Some(&finding.message), finding.help.as_ref()];
        let is_line = |text: &String| !text.contains(['\n', '\r']);
        prop_assert!(words.into_iter().flatten().all(is_line), "{finding:?}");
        let places =
            std::iter::once(&finding.place).chain(finding.related.iter().map(|(place, _)| place));
        for place in places {
            holds_place(&texts, place)?;
        }
        prop_assert!(!finding.message.is_empty());
    }
    let order = |finding: &Finding| {
        let start = finding.place.start;
        (
            finding.place.path.clone(),
            start.line,
            start.column,
            finding.rule,
        )
    };
    prop_assert!(found.is_sorted_by_key(order), "{found:#?}");
    let again = judged(document, index);
    prop_assert_eq!(format!("{again:?}"), format!("{report:?}"));
    holds_output(&report)?;
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_text_is_a_document(document in anything(), index in anything()) {
        holds(&document, &index)?;
    }

    #[test]
    fn a_nul_byte_is_found_where_it_stands(before in anything(), after in anything()) {
        let document = format!("{before}\0{after}");
        holds(&document, "[it](anything.md)\n")?;
        let found = judged(&document, "[it](anything.md)\n").findings;
        let rules: Vec<_> = found.iter().filter(|finding| finding.place.path == DOCUMENT).map(|finding| finding.rule).collect();
        prop_assert_eq!(rules, ["unreadable-document"]);
    }

    #[test]
    fn a_changed_document_is_a_document(document in almost_a_document()) {
        holds(&document, "[it](anything.md)\n")?;
    }

    #[test]
    fn any_text_is_a_tree_of_spans(text in anything()) {
        tree::holds(&text)?;
    }

    #[test]
    fn a_changed_document_is_a_tree_of_spans(text in almost_a_document()) {
        tree::holds(&text)?;
    }
}
