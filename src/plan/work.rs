//! The items of a document as a plan has them: a title, and what runs.

use std::collections::BTreeMap;

use crate::config::Interpreters;
use crate::lint::Project;
use crate::markdown::BlockId;
use crate::markdown::BlockKind;
use crate::markdown::content;
use crate::parse::Document;
use crate::parse::command;
use crate::parse::command::Part;
use crate::parse::item::Language;
use crate::parse::item::Work;
use crate::plan::Command;
use crate::plan::Item;
use crate::plan::ItemId;
use crate::plan::Place;
use crate::plan::Refusal;
use crate::source::Span;

/// A list of items; steps by their place in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum List {
    Prerequisites,
    Actions(usize),
    Verification(usize),
    Rollback(usize),
    Criteria,
    Procedure,
}

impl List {
    fn of(item: &command::Item) -> Self {
        let step = item.step.unwrap_or_default();
        match item.part {
            Part::Prerequisites => Self::Prerequisites,
            Part::Actions => Self::Actions(step),
            Part::Verification => Self::Verification(step),
            Part::Rollback => Self::Rollback(step),
            Part::SuccessCriteria => Self::Criteria,
            Part::RollbackProcedure => Self::Procedure,
        }
    }

    fn place(self) -> Place {
        match self {
            Self::Prerequisites => Place::Prerequisites,
            Self::Actions(step) => Place::Action(step as u32 + 1),
            Self::Verification(step) => Place::Verification(step as u32 + 1),
            Self::Rollback(step) => Place::Rollback(step as u32 + 1),
            Self::Criteria => Place::Criteria,
            Self::Procedure => Place::Procedure,
        }
    }
}

/// A document's items, by list.
pub struct Items {
    lists: BTreeMap<List, Vec<Item>>,
}

impl Items {
    /// Read the items of a document. One that could be two things is refused.
    pub fn of(project: &Project, document: &Document) -> Result<Self, Refusal> {
        let interpreters = &project.config.run.interpreters;
        let mut lists: BTreeMap<List, Vec<Item>> = BTreeMap::new();
        for item in command::items(document, &project.template, interpreters) {
            let list = List::of(&item);
            let items = lists.entry(list).or_default();
            let id = ItemId {
                place: list.place(),
                number: items.len() as u32 + 1,
            };
            items.push(read(document, interpreters, &item, id)?);
        }
        Ok(Self { lists })
    }

    /// The items of a list.
    pub fn list(&self, list: List) -> Vec<Item> {
        self.lists.get(&list).cloned().unwrap_or_default()
    }
}

/// A place of a document for messages: `path:line`.
pub fn place(document: &Document, span: Span) -> String {
    format!("{}:{}", document.source.path(), line(document, span))
}

/// The line, from 1, that a span begins on.
pub fn line(document: &Document, span: Span) -> u32 {
    document.source.line_of(span.start()) as u32 + 1
}

fn read(
    document: &Document,
    interpreters: &Interpreters,
    item: &command::Item,
    id: ItemId,
) -> Result<Item, Refusal> {
    let block = document.tree.block(item.id);
    let command = match item.work {
        Work::Manual => None,
        Work::Ambiguous(_) => {
            return Err(Refusal::Ambiguous {
                place: place(document, block.span),
            });
        }
        Work::Line(_) | Work::Block(..) => Some(runnable(document, interpreters, item)?),
    };
    let (title, details) = words(document, item);
    let text = command.as_ref().map_or(&details, |command| &command.code);
    let first_line = text.lines().find(|line| !line.trim().is_empty());
    Ok(Item {
        id,
        line: line(document, block.span),
        title: if title.is_empty() {
            first_line.unwrap_or_default().trim().to_owned()
        } else {
            title
        },
        details,
        command,
    })
}

fn runnable(
    document: &Document,
    interpreters: &Interpreters,
    item: &command::Item,
) -> Result<Command, Refusal> {
    let code = command::code(document, item.work).expect("the item is a command");
    let (language, line, written) = match item.work {
        Work::Block(id, _) => {
            let block = document.tree.block(id);
            let BlockKind::Fence(fence) = &block.kind else {
                unreachable!("a runnable block is a fence")
            };
            let line = line(document, block.span) + 1;
            (Language::name(fence), line, &*fence.code)
        }
        Work::Line(span) => ("bash", line(document, span), ""),
        Work::Manual | Work::Ambiguous(_) => unreachable!("they run nothing"),
    };
    let is_transcript = code.language == Language::Console;
    if is_transcript && code.text.trim().is_empty() {
        return Err(Refusal::Silent {
            place: format!("{}:{line}", document.source.path()),
            language: language.to_owned(),
        });
    }
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    let program = match code.language {
        Language::Bash | Language::Console => words(&["bash", "-euo", "pipefail"]),
        Language::Sh => words(&["sh", "-eu"]),
        // Unbuffered, so that its output is seen as it comes.
        Language::Python => words(&["python3", "-u"]),
        Language::Configured => interpreters[language].clone(),
    };
    Ok(Command {
        language: language.to_owned(),
        program,
        code: code.text.into_owned(),
        line,
        transcript: is_transcript.then(|| {
            let lines: Vec<&str> = written.lines().collect();
            lines.join("\n")
        }),
    })
}

/// The first paragraph of an item, as one line without its `Run:`, and for a person all that follows it.
fn words(document: &Document, item: &command::Item) -> (String, String) {
    let (tree, source) = (&document.tree, &document.source);
    let is_comment = |id: BlockId| {
        let block = tree.block(id);
        block.kind == BlockKind::Html && content::is_comment(source.slice(block.span))
    };
    let mut blocks = tree
        .children(item.id)
        .filter(|&id| tree.block(id).span.start < item.end && !is_comment(id));
    let Some(first) = blocks.next() else {
        return (String::new(), String::new());
    };
    let is_text = tree.block(first).kind == BlockKind::Paragraph;
    let title = if is_text {
        title(document, first, item.end)
    } else {
        String::new()
    };
    if item.work != Work::Manual {
        return (title, String::new());
    }
    let rest: Vec<BlockId> = if is_text {
        blocks.collect()
    } else {
        std::iter::once(first).chain(blocks).collect()
    };
    let (Some(&first), Some(&last)) = (rest.first(), rest.last()) else {
        return (title, String::new());
    };
    let start = tree.block(first).span.start();
    let end = tree.block(last).span.end().min(item.end as usize);
    // What stands before it on its line is indentation, or the item's own mark.
    let indent = start - source.line_start(source.line_of(start));
    let text = source.slice(Span::new(start, end));
    (title, outdented(&format!("{}{text}", " ".repeat(indent))))
}

/// A paragraph as one line, up to `Run:`, without comments and the marks of line breaks.
fn title(document: &Document, paragraph: BlockId, end: u32) -> String {
    let (tree, source) = (&document.tree, &document.source);
    let span = tree.block(paragraph).span;
    let end = span.end().min(end as usize);
    let inlines = tree.inlines(paragraph).iter();
    let comments = inlines.map(|inline| inline.span).filter(|span| {
        let is_inside = span.end() <= end;
        is_inside && source.slice(*span).starts_with("<!--")
    });
    let (mut text, mut start) = (String::new(), span.start());
    for comment in comments {
        text.push_str(source.slice(Span::new(start, comment.start())));
        start = comment.end();
    }
    text.push_str(source.slice(Span::new(start, end)));
    let lines = text.split(['\n', '\r']).map(str::trim);
    let lines = lines.take_while(|line| !line.starts_with("Run:"));
    let lines = lines.map(|line| line.strip_suffix('\\').unwrap_or(line));
    let words: Vec<&str> = lines.flat_map(str::split_whitespace).collect();
    words.join(" ")
}

/// A text without the indentation that all its lines share, its lines ended by LF.
fn outdented(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let indents = lines().map(|line| line.len() - line.trim_start().len());
    let shared = indents.min().unwrap_or(0);
    let lines: Vec<&str> = text
        .lines()
        .map(|line| line.get(shared..).unwrap_or("").trim_end())
        .collect();
    lines.join("\n").trim_end().to_owned()
}
