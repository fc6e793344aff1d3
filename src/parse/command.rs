//! The items of a document that a person or the program carries out, and the code of those that are commands.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::config::Interpreters;
use crate::markdown::BlockId;
use crate::markdown::BlockKind;
use crate::parse::Document;
use crate::parse::item::Items;
use crate::parse::item::Language;
use crate::parse::item::Work;
use crate::shell;
use crate::shell::Facts;
use crate::shell::Marks;
use crate::shell::Script;
use crate::source::Source;
use crate::source::Span;
use crate::template::FieldSpec;
use crate::template::Template;
use crate::transcript;
use crate::transcript::Line;
use crate::workflow::Content;

/// What an item is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Checked before anything runs.
    Prerequisites,
    /// What a step does.
    Actions,
    /// Checks that a step did it.
    Verification,
    /// Undoes a step.
    Rollback,
    /// Checked at the end.
    SuccessCriteria,
    /// Done after all that was undone.
    RollbackProcedure,
}

/// The sections whose lists hold items.
const SECTIONS: [(&str, Part); 3] = [
    ("Prerequisites", Part::Prerequisites),
    ("Success Criteria", Part::SuccessCriteria),
    ("Rollback Procedure", Part::RollbackProcedure),
];

/// The fields of a step whose lists hold items.
const FIELDS: [(&str, Part); 3] = [
    ("Actions", Part::Actions),
    ("Verification", Part::Verification),
    ("Rollback", Part::Rollback),
];

/// A section or field whose lists hold items.
#[derive(Debug, Clone, Copy)]
pub struct ItemList<'a> {
    /// What its items are for.
    pub part: Part,
    /// The step that it belongs to, by its place.
    pub step: Option<usize>,
    /// What it holds.
    pub content: &'a Content,
}

/// An item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// Its block.
    pub id: BlockId,
    /// What it is for.
    pub part: Part,
    /// The step that it belongs to, by its place.
    pub step: Option<usize>,
    /// What it asks for.
    pub work: Work,
    /// Where its field ends: a swallowed label may cut it.
    pub end: u32,
}

/// The sections and fields that hold items: those of sections first, then those of each step.
#[must_use]
pub fn lists<'a>(document: &'a Document, template: &Template) -> Vec<ItemList<'a>> {
    let workflow = &document.workflow;
    let most = SECTIONS.len() + FIELDS.len() * workflow.steps.len();
    let mut lists = Vec::with_capacity(most);
    for (title, part) in SECTIONS {
        let id = template.section(title);
        if let Some(section) = id.and_then(|id| workflow.section(id)) {
            lists.push(ItemList {
                part,
                step: None,
                content: &section.body.content,
            });
        }
    }
    let Some(steps) = &template.steps else {
        return lists;
    };
    let specs = FIELDS.map(|(label, part)| (FieldSpec::find(&steps.fields, label), part));
    for (at, step) in workflow.steps.iter().enumerate() {
        for (spec, part) in specs {
            if let Some(field) = spec.and_then(|spec| step.body.field(spec)) {
                lists.push(ItemList {
                    part,
                    step: Some(at),
                    content: &field.content,
                });
            }
        }
    }
    lists
}

/// The items of a document, in document order.
#[must_use]
pub fn items(document: &Document, template: &Template, interpreters: &Interpreters) -> Vec<Item> {
    let reader = Items::new(&document.tree, &document.source, interpreters);
    let mut lists = lists(document, template);
    let end = |list: &ItemList<'_>| list.content.end;
    // None lies in another, and nearly always only sections behind the steps are out of order.
    let steps = lists.partition_point(|list| list.step.is_none());
    let first = lists.get(steps).map_or(u32::MAX, end);
    let after = lists[..steps].partition_point(|list| end(list) < first);
    lists[after..].rotate_left(steps - after);
    if !lists.is_sorted_by_key(end) {
        lists.sort_unstable_by_key(end);
    }
    let mut items = Vec::with_capacity(2 * lists.len());
    for list in lists {
        let end = list.content.end;
        for id in list.content.items(&document.tree) {
            items.push(Item {
                id,
                part: list.part,
                step: list.step,
                work: reader.work(id, end),
                end,
            });
        }
    }
    items
}

/// The code of a command, and where its lines stand in the document.
#[derive(Debug)]
pub struct Code<'a> {
    /// What it is written in.
    pub language: Language,
    /// What runs, its lines ended by LF; the last one has no end.
    pub text: Cow<'a, str>,
    source: &'a Source,
    start: Start,
    /// Where each line begins: in the text, and in the document. Few are asked for.
    lines: OnceCell<Vec<(u32, u32)>>,
}

/// Where a code begins in its document.
#[derive(Debug)]
enum Start {
    /// Its only line: at this offset.
    Offset(u32),
    /// Its first line: in the document's line of that number, from 0.
    Line(usize),
}

/// The code of an item that is a command.
#[must_use]
pub fn code(document: &Document, work: Work) -> Option<Code<'_>> {
    let source = &document.source;
    let (language, text, start) = match work {
        Work::Line(span) => (
            Language::Bash,
            Cow::Borrowed(source.slice(span)),
            Start::Offset(span.start),
        ),
        Work::Block(id, language) => {
            let block = document.tree.block(id);
            let BlockKind::Fence(fence) = &block.kind else {
                return None;
            };
            let text = if language == Language::Console {
                Cow::Owned(typed(&fence.code))
            } else {
                Cow::Borrowed(fence.code.strip_suffix('\n').unwrap_or(&fence.code))
            };
            let first = source.line_of(block.span.start()) + 1;
            (language, text, Start::Line(first))
        }
        Work::Manual | Work::Ambiguous(_) => return None,
    };
    Some(Code {
        language,
        text,
        source,
        start,
        lines: OnceCell::new(),
    })
}

/// What runs of a transcript: the lines that are printed are empty ones, so that each line keeps its number.
fn typed(transcript: &str) -> String {
    let lines = transcript::lines(transcript).map(|line| match line {
        Line::Typed(line) => line,
        Line::Printed(_) => "",
    });
    let lines: Vec<&str> = lines.collect();
    let last = lines.iter().rposition(|line| !line.is_empty());
    lines[..last.map_or(0, |last| last + 1)].join("\n")
}

impl Code<'_> {
    /// The place in the document of a span of the code.
    #[must_use]
    pub fn place(&self, span: Span) -> Span {
        let start = self.offset(span.start);
        let end = if span.is_empty() {
            start
        } else {
            self.offset(span.end - 1) + 1
        };
        Span { start, end }
    }

    fn offset(&self, offset: u32) -> u32 {
        let lines = self.lines.get_or_init(|| self.lines());
        let after = lines.partition_point(|(start, _)| *start <= offset);
        let line = after.checked_sub(1).and_then(|at| lines.get(at));
        line.map_or(0, |(start, place)| place + (offset - start))
    }

    fn lines(&self) -> Vec<(u32, u32)> {
        let first = match self.start {
            Start::Offset(offset) => return vec![(0, offset)],
            Start::Line(first) => first,
        };
        let mut at = 0;
        let lines = self.text.split('\n').enumerate();
        let lines = lines.map(|(number, text)| {
            // A line of a block ends its line of the document; only what the block's indentation was is left out.
            let line = self.source.line(first + number);
            let place = line.end().saturating_sub(text.len()).max(line.start());
            let line = (at, place as u32);
            at += text.len() as u32 + 1;
            line
        });
        lines.collect()
    }
}

/// An item that is a command.
#[derive(Debug)]
pub struct Command<'a> {
    /// The item.
    pub item: Item,
    /// Its code.
    pub code: Code<'a>,
    /// What a shell makes of it; none for other languages.
    pub script: Option<Script>,
}

impl Command<'_> {
    /// Whether one of its pieces has one of these marks.
    #[must_use]
    pub fn has(&self, marks: Marks) -> bool {
        let own = self.script.as_ref().map_or(0, |script| script.marks);
        own & marks != 0
    }

    /// What is known of its pieces, each with its offset in the code.
    pub fn pieces(&self) -> impl Iterator<Item = (u32, &Facts)> {
        self.script.iter().flat_map(Script::pieces)
    }

    /// The place in the document of a span of a piece.
    #[must_use]
    pub fn place(&self, offset: u32, span: Span) -> Span {
        self.code.place(shell::shifted(span, offset))
    }
}
