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
use wf::lint::Place;
use wf::lint::Project;
use wf::lint::Role;
use wf::lint::RuleLevel;
use wf::lint::Unit;
use wf::markdown;
use wf::markdown::BlockKind;
use wf::markdown::InlineKind;
use wf::markdown::Tree;
use wf::markdown::anchor;
use wf::neighbours::Neighbours;
use wf::rule;
use wf::rule::Folder;
use wf::source::Position;
use wf::source::Source;
use wf::source::Span;
use wf::template;

use crate::generate::almost_a_document;
use crate::generate::anything;

const DOCUMENT: &str = "workflows/anything.md";
const INDEX: &str = "workflows/README.md";

/// Files that are not on any disk.
struct Memory(BTreeMap<&'static str, String>);

impl Neighbours for Memory {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let text = self.0.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(text.clone().into_bytes())
    }

    fn exists(&self, path: &str) -> bool {
        path == "workflows" || self.0.contains_key(path)
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
    let levels = lint::default_levels()
        .into_iter()
        .map(|rule| match rule.level {
            Level::Off => RuleLevel {
                level: Level::On(Severity::Info),
                ..rule
            },
            Level::On(_) => rule,
        });
    Project {
        root: PathBuf::from("/project"),
        current: PathBuf::from("/project"),
        config: Config::default(),
        template: template::read(&Source::new("template.md", text)).unwrap(),
        levels: levels.collect(),
        today: NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
    }
}

static PROJECT: LazyLock<Project> = LazyLock::new(project);

/// What is found in a project with a document and an index.
fn findings(document: &str, index: &str) -> Vec<Finding> {
    let memory = Memory(BTreeMap::from([
        (DOCUMENT, document.to_owned()),
        (INDEX, index.to_owned()),
    ]));
    let units = [(INDEX, Role::Index), (DOCUMENT, Role::Workflow)].map(|(path, role)| Unit {
        path: path.to_owned(),
        role,
    });
    let folder = Folder {
        exists: true,
        path: "workflows".to_owned(),
        documents: vec![DOCUMENT.to_owned()],
        indexes: vec![rule::Index {
            path: INDEX.to_owned(),
            entries: Vec::new(),
        }],
    };
    let report = lint::check(&PROJECT, &units, vec![folder], &memory, &|| ());
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    report.findings
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
    let found = findings(document, index);
    let texts = BTreeMap::from([(DOCUMENT, document), (INDEX, index)]);
    for finding in &found {
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
    let again = findings(document, index);
    prop_assert_eq!(format!("{again:?}"), format!("{found:?}"));
    Ok(())
}

fn holds_span(source: &Source, span: Span) -> Result<(), TestCaseError> {
    prop_assert!(
        source.text().get(span.range()).is_some(),
        "{span:?} is no part of the text"
    );
    Ok(())
}

fn holds_blocks(source: &Source, tree: &Tree) -> Result<(), TestCaseError> {
    for (id, block) in tree.blocks.iter().enumerate() {
        holds_span(source, block.span)?;
        prop_assert!(id < block.next as usize && block.next as usize <= tree.blocks.len());
        prop_assert!(block.parent.is_none_or(|parent| (parent as usize) < id));
        let text = source.slice(block.span);
        let begins = match &block.kind {
            BlockKind::Fence(_) => text.starts_with("```") || text.starts_with("~~~"),
            BlockKind::Item(_) => {
                text.starts_with(|c: char| matches!(c, '-' | '*' | '+') || c.is_ascii_digit())
            }
            BlockKind::FrontMatter => text.trim_start_matches('\u{FEFF}').starts_with("---"),
            BlockKind::Html => text.starts_with('<'),
            _ => true,
        };
        prop_assert!(begins, "{:?} covers {text:?}", block.kind);
        if let BlockKind::Item(Some(checkbox)) = &block.kind {
            holds_span(source, checkbox.span)?;
            let text = source.slice(checkbox.span);
            let inner = text
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'));
            prop_assert!(
                inner.is_some_and(|inner| inner.chars().count() == 1),
                "a box covers {text:?}"
            );
        }
    }
    Ok(())
}

fn is_plausible_whole(inline: &wf::markdown::Inline, source: &Source) -> bool {
    let text = source.slice(inline.span);
    match &inline.kind {
        InlineKind::Strong => text.ends_with("**") || text.ends_with("__"),
        InlineKind::Code => text.ends_with('`'),
        InlineKind::Link(_) | InlineKind::Image(_) => text.ends_with([')', ']', '>']),
        InlineKind::Html => text.ends_with('>'),
    }
}

/// Inlines begin and end with their markup, or cover their block where their own place was lost.
fn holds_inlines(source: &Source, tree: &Tree) -> Result<(), TestCaseError> {
    for inline in &tree.inlines {
        holds_span(source, inline.span)?;
        let block = tree.block(inline.block);
        if inline.span == block.span && !is_plausible_whole(inline, source) {
            prop_assert!(
                source.slice(block.span).contains(['[', '<']),
                "lost in {:?}",
                source.slice(block.span)
            );
            continue;
        }
        let text = source.slice(inline.span);
        if !text.contains(['\n', '\r', '\t']) && matches!(inline.kind, InlineKind::Code) {
            let own = Source::new("", text);
            let alone = markdown::parse(&own);
            let first = alone.inlines.iter().find(|other| {
                std::mem::discriminant(&other.kind) == std::mem::discriminant(&inline.kind)
            });
            let same = first.is_some_and(|first| first.span == Span::new(0, text.len()));
            prop_assert!(same, "{:?} covers {text:?}: {:?}", inline.kind, alone);
        }
        let twins = tree
            .inlines
            .iter()
            .filter(|other| other.block == inline.block && other.span == inline.span)
            .count();
        prop_assert!(twins == 1, "{:?} covers {text:?} twice", inline.kind);
        let between = |open: &str, close: &[char]| text.starts_with(open) && text.ends_with(close);
        let is_whole = match &inline.kind {
            InlineKind::Strong => ["**", "__"]
                .iter()
                .any(|mark| text.len() > 4 && text.starts_with(mark) && text.ends_with(mark)),
            InlineKind::Code => text.len() > 2 && between("`", &['`']),
            InlineKind::Link(_) => between("[", &[')', ']']) || between("<", &['>']),
            InlineKind::Image(_) => between("![", &[')', ']']),
            InlineKind::Html => between("<", &['>']),
        };
        prop_assert!(is_whole, "{:?} covers {text:?}", inline.kind);
        prop_assert!(
            block.span.contains(inline.span),
            "{:?} leaves its block: {text:?}",
            inline.kind
        );
    }
    Ok(())
}

fn holds_tree(text: &str) -> Result<(), TestCaseError> {
    let source = Source::new(DOCUMENT, text);
    let tree = markdown::parse(&source);
    holds_blocks(&source, &tree)?;
    holds_inlines(&source, &tree)
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
        let found = findings(&document, "[it](anything.md)\n");
        let rules: Vec<_> = found.iter().filter(|finding| finding.place.path == DOCUMENT).map(|finding| finding.rule).collect();
        prop_assert_eq!(rules, ["unreadable-document"]);
    }

    #[test]
    fn a_changed_document_is_a_document(document in almost_a_document()) {
        holds(&document, "[it](anything.md)\n")?;
    }

    #[test]
    fn any_text_is_a_tree_of_spans(text in anything()) {
        holds_tree(&text)?;
    }

    #[test]
    fn a_changed_document_is_a_tree_of_spans(text in almost_a_document()) {
        holds_tree(&text)?;
    }
}
