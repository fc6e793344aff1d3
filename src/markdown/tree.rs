//! The block tree: blocks and inlines in document order, in two flat lists.

use std::ops::Deref;
use std::ops::Range;

use crate::source::Span;

/// A block's place in [`Tree::blocks`].
pub type BlockId = u32;

/// A parsed document. Blocks stand in document order, each before its children, so that a subtree is a range
/// and walking needs no recursion, however deeply a document nests.
#[derive(Debug, Default)]
pub struct Tree {
    /// All blocks.
    pub blocks: Vec<Block>,
    /// The inlines that mean something here, in document order.
    pub inlines: Vec<Inline>,
    /// The boxes of task items that are ticked, in document order.
    pub ticked: Vec<Span>,
}

/// A block.
#[derive(Debug)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Its text, without the line end.
    pub span: Span,
    /// The block that holds it; `None` at the top.
    pub parent: Option<BlockId>,
    /// The block after its last descendant.
    pub next: BlockId,
    /// Its inlines, those of its descendants included.
    pub inlines: Range<u32>,
}

/// The kinds of blocks that are told apart.
#[derive(Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// YAML between `---` lines at the top.
    FrontMatter,
    /// A heading of either form.
    Heading {
        /// 1 to 6.
        level: u8,
        /// Its text.
        text: HeadingText,
    },
    /// A paragraph.
    Paragraph,
    /// A list.
    List {
        /// Numbered rather than bulleted.
        ordered: bool,
    },
    /// A list item, with its check box if it has one.
    Item(Option<Checkbox>),
    /// A fenced code block.
    Fence(Box<Fence>),
    /// A code block made by indentation.
    IndentedCode,
    /// Raw HTML, comments included.
    Html,
    /// A table.
    Table,
    /// A row of a table.
    TableRow,
    /// A cell of a table.
    TableCell,
    /// A thematic break: a line that only parts what stands around it.
    Break,
    /// Anything else: quotes. One directly in another is one with it.
    Other,
}

/// A heading's text without markup and comments, white space folded: so it is read as a `str`.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct HeadingText {
    /// The folded text; behind it, where it differs, the one with its white space as written.
    both: Box<str>,
    folded: u32,
}

impl HeadingText {
    /// The text of a heading, of which `written` is what is written.
    #[must_use]
    pub fn new(written: &str) -> Self {
        let written = written.trim();
        let mut pairs = written.as_bytes().windows(2);
        if !pairs.any(|pair| pair == b"  ") {
            return Self {
                both: written.into(),
                folded: written.len() as u32,
            };
        }
        let folded = written.split_whitespace().collect::<Vec<_>>().join(" ");
        Self {
            both: [&folded, written].concat().into(),
            folded: folded.len() as u32,
        }
    }

    /// The text with its white space as written.
    #[must_use]
    pub fn spaced(&self) -> &str {
        match &self.both[self.folded as usize..] {
            "" => self,
            spaced => spaced,
        }
    }
}

impl Deref for HeadingText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.both[..self.folded as usize]
    }
}

/// The box of a task item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkbox {
    /// `[ ]` or `[x]`.
    pub span: Span,
    /// Whether it is ticked.
    pub ticked: bool,
}

/// A fenced code block's parts.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Fence {
    /// The info string.
    pub info: String,
    /// The code, without the indentation of the block, lines ended by LF.
    pub code: String,
}

/// An inline.
#[derive(Debug)]
pub struct Inline {
    /// What it is.
    pub kind: InlineKind,
    /// Its text with its markup.
    pub span: Span,
    /// The leaf block that holds it.
    pub block: BlockId,
    /// Whether it stands inside other inline markup.
    pub nested: bool,
}

/// The kinds of inlines that mean something here.
#[derive(Debug, PartialEq, Eq)]
pub enum InlineKind {
    /// Strong emphasis.
    Strong,
    /// A code span.
    Code,
    /// A link with its destination.
    Link(Box<str>),
    /// An image with its source.
    Image(Box<str>),
    /// A tag or a comment.
    Html,
}

impl Tree {
    /// The block of that id.
    #[must_use]
    pub fn block(&self, id: BlockId) -> &Block {
        &self.blocks[id as usize]
    }

    /// The blocks of a range that do not lie inside one another: those at the top for `0..blocks.len()`.
    pub fn siblings(&self, range: Range<BlockId>) -> impl Iterator<Item = BlockId> {
        let mut next = range.start;
        std::iter::from_fn(move || {
            let id = next;
            (id < range.end).then(|| {
                next = self.block(id).next;
                id
            })
        })
    }

    /// All blocks at the top.
    pub fn top(&self) -> impl Iterator<Item = BlockId> {
        self.siblings(0..self.blocks.len() as BlockId)
    }

    /// The blocks directly inside a block.
    pub fn children(&self, id: BlockId) -> impl Iterator<Item = BlockId> {
        self.siblings(id + 1..self.block(id).next)
    }

    /// All blocks inside a block.
    #[must_use]
    pub fn descendants(&self, id: BlockId) -> Range<BlockId> {
        id + 1..self.block(id).next
    }

    /// The inlines of a block and of all blocks inside it.
    #[must_use]
    pub fn inlines(&self, id: BlockId) -> &[Inline] {
        let range = &self.block(id).inlines;
        &self.inlines[range.start as usize..range.end as usize]
    }

    /// The inlines of the blocks of a range.
    #[must_use]
    pub fn inlines_of(&self, range: Range<BlockId>) -> &[Inline] {
        if range.is_empty() {
            return &[];
        }
        let start = self.block(range.start).inlines.start;
        let end = self.block(range.end - 1).inlines.end;
        &self.inlines[start as usize..end as usize]
    }

    /// The first block that means something: front matter and comments aside.
    #[must_use]
    pub fn first(&self, is_comment: impl Fn(Span) -> bool) -> Option<BlockId> {
        self.top().find(|&id| {
            let block = self.block(id);
            match block.kind {
                BlockKind::FrontMatter => false,
                BlockKind::Html => !is_comment(block.span),
                _ => true,
            }
        })
    }
}
