//! What belongs to a heading or a label: the blocks from there to the next one.

use std::borrow::Cow;
use std::ops::Range;

use smallvec::SmallVec;

use crate::markdown::BlockId;
use crate::markdown::BlockKind;
use crate::markdown::Tree;
use crate::source::Source;
use crate::source::Span;

/// The parts of a section's or a field's content: hardly ever more than one.
pub type Pieces = SmallVec<[Piece; 1]>;

/// A part of a section's or a field's content.
#[derive(Debug)]
pub enum Piece {
    /// A paragraph.
    Text(Span),
    /// A list, or the rest of one that a swallowed label cut in two.
    List(List),
    /// A fenced code block.
    Fence(BlockId),
    /// Anything else: a heading, a table, a quote.
    Other(BlockId),
}

impl Piece {
    /// Where it stands.
    #[must_use]
    pub fn span(&self, tree: &Tree) -> Span {
        match self {
            Self::Text(span) => *span,
            Self::List(list) => list.span,
            Self::Fence(id) | Self::Other(id) => tree.block(*id).span,
        }
    }
}

/// A list with its items.
#[derive(Debug)]
pub struct List {
    /// Numbered rather than bulleted.
    pub ordered: bool,
    /// From its first marker to the end of its last item.
    pub span: Span,
    /// Its items, with all that is in them.
    pub blocks: Range<BlockId>,
}

impl List {
    /// The items, at the top of the list.
    pub fn items<'a>(&self, tree: &'a Tree) -> impl Iterator<Item = BlockId> + 'a {
        tree.siblings(self.blocks.clone())
    }
}

/// A stretch of a document: the blocks from `first` on that begin before `end`.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    /// The first block.
    pub first: BlockId,
    /// The block to stop before.
    pub last: BlockId,
    /// The offset to stop at; what begins before it is cut there.
    pub end: u32,
}

/// The parts of a stretch, comments and thematic breaks left out. A stretch that begins within a list goes on with what follows in
/// the same item, then with the list's other items.
#[must_use]
pub fn pieces(tree: &Tree, source: &Source, stretch: Stretch) -> Pieces {
    let mut pieces = Pieces::new();
    let clip = |span: Span| {
        source.trim(Span::new(
            span.start(),
            span.end().min(stretch.end as usize),
        ))
    };
    for id in tree.siblings(stretch.first..stretch.last) {
        let block = tree.block(id);
        if block.span.start >= stretch.end {
            break;
        }
        let piece = match &block.kind {
            BlockKind::FrontMatter | BlockKind::Break => continue,
            BlockKind::Html if is_comment(source.slice(block.span)) => continue,
            BlockKind::Paragraph => Piece::Text(clip(block.span)),
            BlockKind::Fence(_) => Piece::Fence(id),
            BlockKind::List { ordered } => Piece::List(List {
                ordered: *ordered,
                span: clip(block.span),
                blocks: begun(tree, id, stretch.end),
            }),
            BlockKind::Item(_) => {
                rest_of_list(tree, &mut pieces, id, clip(block.span));
                continue;
            }
            _ => Piece::Other(id),
        };
        pieces.push(piece);
    }
    pieces
}

/// The items of a list that begin before `end`.
fn begun(tree: &Tree, list: BlockId, end: u32) -> Range<BlockId> {
    let mut blocks = tree.descendants(list);
    if tree.block(list).span.end > end {
        let after = tree.children(list);
        let mut after = after.skip_while(|&item| tree.block(item).span.start < end);
        blocks.end = after.next().unwrap_or(blocks.end);
    }
    blocks
}

/// An item met outside its list: the list goes on with it.
fn rest_of_list(tree: &Tree, pieces: &mut Pieces, item: BlockId, span: Span) {
    let parent = tree.block(item).parent;
    if let Some(Piece::List(list)) = pieces.last_mut()
        && tree.block(list.blocks.start).parent == parent
    {
        list.blocks.end = tree.block(item).next;
        list.span.end = span.end;
        return;
    }
    let ordered = parent.is_some_and(|id| tree.block(id).kind == BlockKind::List { ordered: true });
    pieces.push(Piece::List(List {
        ordered,
        span,
        blocks: item..tree.block(item).next,
    }));
}

/// A text without the backslashes before marks that would else be Markdown.
#[must_use]
pub fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let is_escape = c == '\\' && rest.peek().is_some_and(char::is_ascii_punctuation);
        plain.extend(if is_escape { rest.next() } else { Some(c) });
    }
    Cow::Owned(plain)
}

/// Whether an HTML block's text is nothing but comments.
#[must_use]
pub fn is_comment(html: &str) -> bool {
    let mut rest = html.trim();
    while let Some(comment) = rest.strip_prefix("<!--") {
        let Some(end) = comment.find("-->") else {
            return true;
        };
        rest = comment[end + 3..].trim_start();
    }
    rest.is_empty()
}

/// A value without the white space, comments, line-break marks and field separators around it.
#[must_use]
pub fn value(source: &Source, span: Span) -> Span {
    let mut span = source.trim(span);
    loop {
        let text = source.slice(span);
        // Most values have nothing of the kind.
        if !text.ends_with(['|', '\\', '>']) && !text.starts_with('<') {
            return span;
        }
        let shorter = if let Some(rest) = text.strip_suffix(['|', '\\']) {
            Span::new(span.start(), span.start() + rest.len())
        } else if let Some(rest) = text
            .strip_suffix("<br>")
            .or_else(|| text.strip_suffix("<br/>"))
        {
            Span::new(span.start(), span.start() + rest.len())
        } else if text.ends_with("-->")
            && let Some(open) = text.rfind("<!--")
        {
            Span::new(span.start(), span.start() + open)
        } else if text.starts_with("<!--")
            && let Some(close) = text.find("-->")
        {
            Span::new(span.start() + close + 3, span.end())
        } else {
            return span;
        };
        span = source.trim(shorter);
    }
}

/// The code of a span that is one code span and nothing else, without its backticks and padding.
#[must_use]
pub fn code_span(source: &Source, span: Span) -> Option<Span> {
    let text = source.slice(span);
    let ticks = text.len() - text.trim_start_matches('`').len();
    let inner = text.get(ticks..text.len().checked_sub(ticks)?)?;
    let closed = ticks > 0 && text.ends_with(&text[..ticks]) && !inner.is_empty();
    // A run of just as many backticks inside would have closed the span earlier.
    let is_apart = || {
        let mut runs = inner.split(|c| c != '`').filter(|run| !run.is_empty());
        !inner.ends_with('`') && runs.all(|run| run.len() != ticks)
    };
    let whole = closed && (!inner.contains('`') || is_apart());
    whole.then(|| source.trim(Span::new(span.start() + ticks, span.end() - ticks)))
}
