//! The items of a document that a person or the program carries out, and the code of those that are commands.

use crate::config::Interpreters;
use crate::markdown::BlockId;
use crate::markdown::BlockKind;
use crate::parse::Document;
use crate::parse::item::Items;
use crate::parse::item::Language;
use crate::parse::item::Work;
use crate::shell;
use crate::shell::Facts;
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

/// The sections and fields that hold items, in document order within sections and within steps.
pub fn lists<'a>(
    document: &'a Document,
    template: &'a Template,
) -> impl Iterator<Item = ItemList<'a>> {
    let workflow = &document.workflow;
    let sections = SECTIONS.into_iter().filter_map(move |(title, part)| {
        let section = workflow.section(template.section(title)?)?;
        Some(ItemList {
            part,
            step: None,
            content: &section.body.content,
        })
    });
    let specs = FIELDS.map(|(label, part)| {
        let steps = template.steps.as_ref();
        (
            steps.and_then(|steps| FieldSpec::find(&steps.fields, label)),
            part,
        )
    });
    let steps = workflow.steps.iter().enumerate();
    let fields = steps.flat_map(move |(at, step)| {
        specs.into_iter().filter_map(move |(spec, part)| {
            Some(ItemList {
                part,
                step: Some(at),
                content: &step.body.field(spec?)?.content,
            })
        })
    });
    sections.chain(fields)
}

/// The items of a document, in document order.
#[must_use]
pub fn items(document: &Document, template: &Template, interpreters: &Interpreters) -> Vec<Item> {
    let reader = Items::new(&document.tree, &document.source, interpreters);
    let mut items = Vec::new();
    for list in lists(document, template) {
        let own = list.content.items().map(|id| Item {
            id,
            part: list.part,
            step: list.step,
            work: reader.work(id, list.content.end),
            end: list.content.end,
        });
        items.extend(own);
    }
    items.sort_by_key(|item| item.id);
    items
}

/// The code of a command, and where its lines stand in the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// What it is written in.
    pub language: Language,
    /// What runs, its lines ended by LF; the last one has no end.
    pub text: String,
    /// Where each line begins: in the text, and in the document.
    lines: Vec<(u32, u32)>,
}

/// The code of an item that is a command.
#[must_use]
pub fn code(document: &Document, work: Work) -> Option<Code> {
    let source = &document.source;
    match work {
        Work::Line(span) => Some(Code {
            language: Language::Bash,
            text: source.slice(span).to_owned(),
            lines: vec![(0, span.start)],
        }),
        Work::Block(id, language) => {
            let block = document.tree.block(id);
            let BlockKind::Fence(fence) = &block.kind else {
                return None;
            };
            let first = source.line_of(block.span.start()) + 1;
            Some(block_code(source, language, &fence.code, first))
        }
        Work::Manual | Work::Ambiguous(_) => None,
    }
}

/// The code of a block whose first line is line `first` of the document. In a transcript the lines that are printed are
/// empty ones to what runs, so that each line keeps its number.
fn block_code(source: &Source, language: Language, code: &str, first: usize) -> Code {
    let parts: Vec<&str> = if language == Language::Console {
        let parts = transcript::lines(code).map(|line| match line {
            Line::Typed(line) => line,
            Line::Printed(_) => "",
        });
        let parts: Vec<&str> = parts.collect();
        let last = parts.iter().rposition(|part| !part.is_empty());
        parts[..last.map_or(0, |last| last + 1)].to_vec()
    } else {
        code.lines().collect()
    };
    let mut text = String::with_capacity(code.len());
    let mut lines = Vec::with_capacity(parts.len());
    for (at, part) in parts.into_iter().enumerate() {
        // A line of a block ends its line of the document; only what the block's indentation was is left out.
        let line = source.line(first + at);
        let start = line.end().saturating_sub(part.len()).max(line.start());
        if at > 0 {
            text.push('\n');
        }
        lines.push((text.len() as u32, start as u32));
        text.push_str(part);
    }
    Code {
        language,
        text,
        lines,
    }
}

impl Code {
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
        let after = self.lines.partition_point(|(start, _)| *start <= offset);
        let line = after.checked_sub(1).and_then(|at| self.lines.get(at));
        line.map_or(0, |(start, place)| place + (offset - start))
    }
}

/// An item that is a command.
#[derive(Debug)]
pub struct Command {
    /// The item.
    pub item: Item,
    /// Its code.
    pub code: Code,
    /// What a shell makes of it; none for other languages.
    pub script: Option<Script>,
}

impl Command {
    /// What is known of its pieces, each with its offset in the code.
    pub fn pieces(&self) -> impl Iterator<Item = (u32, &Facts)> {
        let pieces = self.script.iter().flat_map(|script| &script.pieces);
        pieces.map(|(offset, facts)| (*offset, &**facts))
    }

    /// The place in the document of a span of a piece.
    #[must_use]
    pub fn place(&self, offset: u32, span: Span) -> Span {
        self.code.place(shell::shifted(span, offset))
    }
}
