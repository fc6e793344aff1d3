//! A block tree and a template made a workflow. Never fails: what does not fit is marked, and the rules speak
//! of it.

mod body;
pub mod command;
pub mod date;
mod header;
mod headings;
pub mod input;
pub mod item;
pub mod link;
pub mod listing;
mod lost;
mod outline;
mod placeholder;
pub mod step;
pub mod value;

use crate::markdown;
use crate::markdown::BlockId;
use crate::markdown::Tree;
use crate::markdown::comment;
use crate::markdown::comment::Suppression;
use crate::markdown::content;
use crate::secret;
use crate::secret::Secret;
use crate::source::Source;
use crate::source::Span;
use crate::template::Template;
use crate::workflow::Workflow;

/// A parsed document, with all that was made of it.
#[derive(Debug)]
pub struct Document {
    /// The text.
    pub source: Source,
    /// Its blocks.
    pub tree: Tree,
    /// What they mean.
    pub workflow: Workflow,
    /// The suppression comments in it.
    pub suppressions: Vec<Suppression>,
    /// The placeholders of the template that are still in it.
    pub placeholders: Vec<Span>,
    /// The secrets in it, which nothing may show.
    pub secrets: Vec<Secret>,
}

/// Parse a workflow document.
#[must_use]
pub fn document(source: Source, template: &Template) -> Document {
    with_workflow(source, template, workflow)
}

/// Parse an index: of a workflow's parts it may have a header.
#[must_use]
pub fn index(source: Source, template: &Template) -> Document {
    with_workflow(source, template, |parser| {
        let headings = parser.headings();
        let title = headings::title(&headings);
        let first = (0..headings.len()).find(|&at| title.is_none_or(|title| at > title));
        Workflow {
            header: header::header(parser, parser.block_of(&headings, first)),
            ..Workflow::default()
        }
    })
}

fn with_workflow(
    source: Source,
    template: &Template,
    build: impl Fn(&Parser<'_>) -> Workflow,
) -> Document {
    let tree = markdown::parse(&source);
    let workflow = build(&Parser {
        source: &source,
        tree: &tree,
        template,
    });
    Document {
        suppressions: comment::suppressions(&tree, &source),
        placeholders: placeholder::placeholders(&source, &tree, &workflow, template),
        secrets: secret::secrets(source.text()),
        source,
        tree,
        workflow,
    }
}

#[derive(Clone, Copy)]
struct Parser<'a> {
    source: &'a Source,
    tree: &'a Tree,
    template: &'a Template,
}

fn workflow(parser: &Parser<'_>) -> Workflow {
    let first = parser
        .tree
        .first(|html| content::is_comment(parser.source.slice(html)));
    let headings = parser.headings();
    let roles = outline::outline(parser, &headings);
    let first_section = outline::first_section(&headings, &roles);
    let mut workflow = Workflow {
        first: first.map(|id| parser.tree.block(id).span),
        header: header::header(parser, parser.block_of(&headings, first_section)),
        ..Workflow::default()
    };
    headings::fill(parser, &headings, &roles, first, &mut workflow);
    workflow
}

impl Parser<'_> {
    /// The block of a heading; the document's end without one.
    fn block_of(&self, headings: &[headings::Heading<'_>], at: Option<usize>) -> BlockId {
        at.map_or(self.tree.blocks.len() as BlockId, |at| headings[at].id)
    }

    fn start_of(&self, id: BlockId) -> u32 {
        match self.tree.blocks.get(id as usize) {
            Some(block) => block.span.start,
            None => self.source.text().len() as u32,
        }
    }

    fn text(&self, span: Span) -> &str {
        self.source.slice(span)
    }
}
