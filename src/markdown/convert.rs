//! comrak's tree made ours: one walk, byte spans, no recursion.

use comrak::Arena;
use comrak::Options;
use comrak::nodes::Node;
use comrak::nodes::NodeCodeBlock;
use comrak::nodes::NodeValue;
use comrak::nodes::Sourcepos;

use crate::markdown::Block;
use crate::markdown::BlockId;
use crate::markdown::BlockKind;
use crate::markdown::Checkbox;
use crate::markdown::Fence;
use crate::markdown::Inline;
use crate::markdown::Tree;
use crate::markdown::front_matter;
use crate::markdown::kind;
use crate::markdown::repair;
use crate::markdown::shadow::Shadow;
use crate::markdown::task;
use crate::source::Source;
use crate::source::Span;

/// Tables, and no other extension: autolinks and footnotes would cost time and mean nothing here, and for the boxes of
/// task lists comrak would look at every text again ([`task::take_box`] looks at one for each item).
fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options
}

/// Parse a document. Any text is Markdown, so this never fails.
#[must_use]
pub fn parse(source: &Source) -> Tree {
    let Some(front) = front_matter::find(source) else {
        return parse_below(source, None);
    };
    let blank = Source::new("", front_matter::blanked(source, front));
    let mut tree = parse_below(&blank, Some(front));
    tree.blocks[0].span = front;
    tree
}

fn parse_below(source: &Source, front: Option<Span>) -> Tree {
    let arena = Arena::new();
    if let Some(shadow) = Shadow::of(source.text()) {
        let copy = Source::new("", shadow.text.as_str());
        let root = comrak::parse_document(&arena, copy.text(), &options());
        let mut tree = Converter::new(&copy, Some(&shadow), front).convert(root);
        to_original(&mut tree, &shadow);
        tree
    } else {
        let root = comrak::parse_document(&arena, source.text(), &options());
        Converter::new(source, None, front).convert(root)
    }
}

fn to_original(tree: &mut Tree, shadow: &Shadow<'_>) {
    let map = |span: &mut Span| {
        *span = Span::new(
            shadow.to_original(span.start()).0,
            shadow.to_original(span.end()).0,
        );
    };
    for block in &mut tree.blocks {
        map(&mut block.span);
        if let BlockKind::Item(Some(checkbox)) = &mut block.kind {
            map(&mut checkbox.span);
        }
    }
    for inline in &mut tree.inlines {
        map(&mut inline.span);
    }
    tree.ticked.iter_mut().for_each(map);
}

struct Converter<'a> {
    source: &'a Source,
    shadow: Option<&'a Shadow<'a>>,
    tree: Tree,
    /// The blocks that are open, outermost first.
    open: Vec<BlockId>,
}

impl<'a> Converter<'a> {
    fn new(source: &'a Source, shadow: Option<&'a Shadow<'a>>, front: Option<Span>) -> Self {
        let size = source.text().len();
        let mut blocks = Vec::with_capacity(size / 32);
        blocks.extend(front.map(|span| Block {
            kind: BlockKind::FrontMatter,
            span,
            parent: None,
            next: 1,
            inlines: 0..0,
        }));
        Self {
            source,
            shadow,
            tree: Tree {
                blocks,
                inlines: Vec::with_capacity(size / 96),
                ticked: Vec::new(),
            },
            open: Vec::new(),
        }
    }

    /// Walk the blocks without recursion; each leaf's inlines are walked when it is met.
    fn convert(mut self, root: Node<'_>) -> Tree {
        let mut next = root.first_child();
        while let Some(mut node) = next {
            let is_leaf = self.enter(node);
            next = if is_leaf { None } else { node.first_child() };
            while next.is_none() {
                self.leave();
                next = node.next_sibling();
                match node.parent() {
                    Some(parent) if next.is_none() && !parent.same_node(root) => node = parent,
                    _ => break,
                }
            }
        }
        self.tree
    }

    /// Open a block. Gives whether it is a leaf: then its inlines are done, too.
    fn enter(&mut self, node: Node<'_>) -> bool {
        let data = node.data();
        // A quote directly in another one is one with it.
        if let (NodeValue::BlockQuote, Some(&around)) = (&data.value, self.open.last())
            && matches!(self.tree.block(around).kind, BlockKind::Other)
        {
            self.open.push(around);
            return false;
        }
        let place = data.sourcepos;
        let mut kind = kind::block(&data.value);
        let is_leaf = data.value.contains_inlines();
        drop(data);
        let mut span = self.block_span(place);
        self.complete(&mut kind, &mut span, node, place);
        let id = self.tree.blocks.len() as BlockId;
        let first = self.tree.inlines.len();
        if is_leaf {
            self.inlines(node, id, &kind, span);
        }
        self.tree.blocks.push(Block {
            kind,
            span,
            parent: self.open.last().copied(),
            next: id + 1,
            inlines: first as u32..first as u32,
        });
        self.open.push(id);
        is_leaf
    }

    /// What is known of a block only from its text or from what is in it.
    fn complete(
        &mut self,
        kind: &mut BlockKind,
        span: &mut Span,
        node: Node<'_>,
        place: Sourcepos,
    ) {
        match kind {
            BlockKind::Heading { text, .. } => *text = kind::heading_text(node),
            BlockKind::Item(checkbox) => {
                let written = |place| self.source.slice(self.block_span(place));
                *checkbox = task::take_box(node, written).map(|(paragraph, ticked)| {
                    let start = self.block_span(paragraph).start();
                    let span = Span::new(start, start + task::LENGTH);
                    Checkbox { span, ticked }
                });
                if let Some(found) = checkbox.filter(|found| found.ticked) {
                    self.tree.ticked.push(found.span);
                }
            }
            BlockKind::Fence(fence) => {
                if let NodeValue::CodeBlock(code) = &mut node.data_mut().value {
                    **fence = self.fence(code, place);
                }
                // comrak takes a fence that is not closed, but ended by the item that holds it, for its first line.
                if place.end.line <= place.start.line {
                    span.end = span.end.max(self.code_end(fence, place.start.line));
                }
            }
            _ => {}
        }
    }

    /// Close the block that was opened last.
    fn leave(&mut self) {
        let id = self
            .open
            .pop()
            .expect("every block that is left was entered");
        let (blocks, inlines) = (self.tree.blocks.len(), self.tree.inlines.len());
        let block = &mut self.tree.blocks[id as usize];
        block.next = blocks as BlockId;
        block.inlines.end = inlines as u32;
        let end = block.span.end;
        if let Some(&parent) = self.open.last() {
            let parent = &mut self.tree.blocks[parent as usize].span;
            parent.end = parent.end.max(end);
        }
    }

    /// Keep the inlines of a leaf that mean something. Most are text.
    fn inlines(&mut self, leaf: Node<'_>, block: BlockId, kind: &BlockKind, span: Span) {
        let first = self.tree.inlines.len();
        // Whether an inline has a span that cannot be right.
        let mut wrong = false;
        let mut next = leaf.first_child();
        while let Some(node) = next {
            let data = node.data();
            if let Some(kind) = kind::inline(&data.value) {
                let span = self.span(data.sourcepos);
                wrong |= !repair::is_plausible(&kind, self.source.slice(span));
                self.tree.inlines.push(Inline {
                    kind,
                    span,
                    block,
                    nested: !node.parent().is_some_and(|parent| parent.same_node(leaf)),
                });
            }
            next = node.first_child().or_else(|| after(node, leaf));
        }
        if first == self.tree.inlines.len() {
            return;
        }
        if wrong || matches!(kind, BlockKind::Paragraph) && !self.ends_at(leaf, span.end()) {
            repair::search(self.source, span, leaf, &mut self.tree.inlines[first..]);
        }
    }

    /// Whether a paragraph's last inline ends where its text ends, white space there aside: if not, a position in
    /// it went wrong.
    fn ends_at(&self, paragraph: Node<'_>, end: usize) -> bool {
        paragraph.last_child().is_none_or(|last| {
            let last = self.span(last.data().sourcepos).end();
            let between = last.min(end)..last.max(end);
            last == end || self.source.text()[between].trim().is_empty()
        })
    }

    /// A place with lines and columns, 1-based and in bytes, as offsets in the text.
    fn offsets(&self, place: Sourcepos) -> (usize, usize) {
        let length = self.source.text().len();
        let line_start = |line: usize| self.source.line_start(line.saturating_sub(1));
        let start = line_start(place.start.line) + place.start.column.saturating_sub(1);
        let end = line_start(place.end.line) + place.end.column;
        (start.min(length), end.min(length))
    }

    /// A place as offsets between characters.
    fn span(&self, place: Sourcepos) -> Span {
        let text = self.source.text();
        let (mut start, mut end) = self.offsets(place);
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        // The last character may be of several bytes: comrak names its first in some places, its last in others.
        while !text.is_char_boundary(end) {
            end += 1;
        }
        Span::new(start, end)
    }

    /// A block's span without the white space at its end; an end column of 0 means "before this line".
    fn block_span(&self, place: Sourcepos) -> Span {
        let (start, end) = self.offsets(place);
        // Nearly every block begins and ends with a visible character of one byte.
        let bytes = self.source.text().as_bytes();
        if let Some([first, .., last]) = bytes.get(start..end)
            && first.is_ascii_graphic()
            && last.is_ascii_graphic()
        {
            return Span::new(start, end);
        }
        let span = self.span(place);
        let text = self.source.slice(span).trim_end();
        let start = span.start() + leading(text);
        Span::new(start, (span.start() + text.len()).max(start))
    }

    fn fence(&self, code: &mut NodeCodeBlock, place: Sourcepos) -> Fence {
        let mut literal = std::mem::take(&mut code.literal);
        if literal.contains('\r') {
            literal = literal.replace("\r\n", "\n").replace('\r', "\n");
        }
        let code_text = match self.shadow {
            Some(shadow) => self.original_code(&literal, place.start.line, shadow),
            None => literal,
        };
        Fence {
            info: std::mem::take(&mut code.info),
            code: code_text,
        }
    }

    /// Where the last line of a fence's code ends, blank ones aside.
    fn code_end(&self, fence: &Fence, fence_line: usize) -> u32 {
        let code = fence.code.trim_end();
        let line_ends = memchr::memchr_iter(b'\n', code.as_bytes()).count();
        let lines = if code.is_empty() { 0 } else { line_ends + 1 };
        self.source
            .trim(self.source.line(fence_line - 1 + lines))
            .end
    }

    /// A fence's code with the tabs that the file has: line *k* of the literal is the end of the source line *k*
    /// lines below the opening fence.
    fn original_code(&self, literal: &str, fence_line: usize, shadow: &Shadow<'_>) -> String {
        let mut code = String::with_capacity(literal.len());
        for (k, line) in literal.lines().enumerate() {
            let whole = self.source.line(fence_line + k);
            let text = self.source.slice(whole);
            let indent = text.len().saturating_sub(line.len());
            let (start, spaces) = shadow.to_original(whole.start() + indent);
            let rest = shadow.original[start..]
                .split(['\n', '\r'])
                .next()
                .unwrap_or_default();
            code.extend(std::iter::repeat_n(' ', spaces));
            code.push_str(rest);
            code.push('\n');
        }
        code
    }
}

fn leading(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t']).len()
}

/// The node after a node and all inside it, within `top`.
fn after<'a>(mut node: Node<'a>, top: Node<'a>) -> Option<Node<'a>> {
    loop {
        if let Some(next) = node.next_sibling() {
            return Some(next);
        }
        node = node.parent().filter(|parent| !parent.same_node(top))?;
    }
}
