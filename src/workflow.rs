//! A workflow document as it is meant: header, sections, steps, with spans. Parsing never fails, so what does
//! not fit the template stands here too, marked with how it differs.

use smallvec::SmallVec;

use crate::diagnostic;
use crate::markdown::BlockId;
use crate::markdown::Tree;
use crate::markdown::content::Piece;
use crate::markdown::content::Pieces;
use crate::source::Span;
use crate::template::Asks;
use crate::template::FieldSpec;
use crate::template::SectionId;
use crate::template::Template;

/// A document.
#[derive(Debug, Default)]
pub struct Workflow {
    /// The first block, front matter and comments aside; `None` in an empty document.
    pub first: Option<Span>,
    /// The first level-1 heading that has text.
    pub title: Option<Title>,
    /// Further level-1 headings that are no section of the template.
    pub extra_titles: Vec<Span>,
    /// The header.
    pub header: Option<Header>,
    /// The sections, those that the template does not name included, in document order.
    pub sections: Vec<Section>,
    /// The steps, in document order.
    pub steps: Vec<Step>,
    /// The headings of steps that stand twice with nothing between, the two places of each.
    pub doubled_steps: Vec<(Span, Span)>,
    /// What stands below headings of steps where no step counts.
    pub stray: Vec<Span>,
}

/// The title.
#[derive(Debug)]
pub struct Title {
    /// The heading.
    pub span: Span,
    /// Its text.
    pub text: Box<str>,
    /// Whether the document begins with it.
    pub is_first: bool,
}

/// The header: one paragraph of labelled fields.
#[derive(Debug)]
pub struct Header {
    /// The paragraph.
    pub span: Span,
    /// Its fields, in order.
    pub fields: Vec<HeaderField>,
}

/// A field of the header.
#[derive(Debug)]
pub struct HeaderField {
    /// Its name with its markup.
    pub label: Span,
    /// The name as written.
    pub name: Box<str>,
    /// Its value; empty if there is none.
    pub value: Span,
    /// The template's field that it is, and whether its name is written so.
    pub spec: Option<(usize, Spelling)>,
}

/// How a name is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// As in the template.
    Exact,
    /// Nearly so.
    Near,
}

/// A section of a document.
#[derive(Debug)]
pub struct Section {
    /// Its heading.
    pub heading: Span,
    /// Its title.
    pub title: Box<str>,
    /// The level of its heading.
    pub level: u8,
    /// The template's section that it is.
    pub spec: Option<SectionId>,
    /// How its title is written.
    pub spelling: Spelling,
    /// The heading of the section of this kind that counts, if it is not this one: the first, unless that has
    /// nothing below it.
    pub duplicate_of: Option<Span>,
    /// The template's section that it stands in.
    pub parent: Option<SectionId>,
    /// Whether nothing but comments stands in it.
    pub is_empty: bool,
    /// What it holds.
    pub body: Body,
}

/// A template hardly ever has more fields in one place; where it does, what is kept of each is got from the heap.
pub const MOST_FIELDS: usize = 16;

/// What a section or a step holds.
#[derive(Debug, Default)]
pub struct Body {
    /// What stands before the first label.
    pub content: Content,
    fields: Vec<Field>,
    /// For each of the template's fields, as far as they go here, where it stands.
    places: SmallVec<[Where; MOST_FIELDS]>,
}

/// Where a field of the template stands among a body's fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Where {
    Nowhere,
    /// There are only second ones.
    Uncounted,
    At(u32),
}

/// Text and blocks.
#[derive(Debug, Default)]
pub struct Content {
    /// The text on a label's own lines; empty for a section.
    pub value: Span,
    /// The blocks.
    pub pieces: Pieces,
    /// Where it ends: items are cut there.
    pub end: u32,
}

/// A labelled field.
#[derive(Debug)]
pub struct Field {
    /// Its place in the template's fields of this section.
    pub spec: usize,
    /// The label with its markup.
    pub label: Span,
    /// The name in it.
    pub name: Span,
    /// How the name is written.
    pub spelling: Spelling,
    /// Whether Markdown takes its line for the continuation of a list item.
    pub is_swallowed: bool,
    /// The label of this name that counts, if it is not this one: the first, unless that has nothing after it.
    pub duplicate_of: Option<Span>,
    /// What it holds.
    pub content: Content,
}

/// A step.
#[derive(Debug)]
pub struct Step {
    /// Its heading; the first label of one that has none.
    pub heading: Span,
    /// The level of its heading.
    pub level: u8,
    /// Whether it has a heading: that of a step whose fields begin anew within another one is lost.
    pub has_heading: bool,
    /// Whether its heading is of the template's form.
    pub is_well_formed: bool,
    /// The number in the heading, with its place.
    pub number: Option<(u32, Span)>,
    /// The name in the heading; the whole text where the form is not clear.
    pub name: Box<str>,
    /// What it holds.
    pub body: Body,
}

impl Workflow {
    /// The first section of the document that is the template's section `id`.
    #[must_use]
    pub fn section(&self, id: SectionId) -> Option<&Section> {
        self.sections
            .iter()
            .find(|section| section.spec == Some(id) && section.duplicate_of.is_none())
    }

    /// The field of that label in the section of that title, if template and document have it.
    #[must_use]
    pub fn field(&self, template: &Template, title: &str, label: &str) -> Option<&Field> {
        let id = template.section(title)?;
        let spec = FieldSpec::find(&template.sections[id].fields, label)?;
        self.section(id)?.body.field(spec)
    }

    /// The header field of that exact template name, however it is spelled here.
    #[must_use]
    pub fn header_field(&self, template: &Template, name: &str) -> Option<&HeaderField> {
        let id = template.header.iter().position(|field| field == name)?;
        let fields = &self.header.as_ref()?.fields;
        fields
            .iter()
            .find(|field| field.spec.is_some_and(|(spec, _)| spec == id))
    }
}

impl Body {
    /// Content and the labelled fields behind it, in order.
    #[must_use]
    pub fn new(content: Content, fields: Vec<Field>) -> Self {
        let mut places: SmallVec<[Where; MOST_FIELDS]> = SmallVec::new();
        for (at, field) in fields.iter().enumerate() {
            if places.len() <= field.spec {
                places.resize(field.spec + 1, Where::Nowhere);
            }
            let place = &mut places[field.spec];
            *place = match (*place, field.duplicate_of) {
                (Where::At(first), _) => Where::At(first),
                (_, None) => Where::At(at as u32),
                (_, Some(_)) => Where::Uncounted,
            };
        }
        Self {
            content,
            fields,
            places,
        }
    }

    /// The labelled fields, in order.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Take it apart: content and fields.
    #[must_use]
    pub fn into_parts(self) -> (Content, Vec<Field>) {
        (self.content, self.fields)
    }

    /// The first field that is the template's field `spec`.
    #[must_use]
    pub fn field(&self, spec: usize) -> Option<&Field> {
        match self.places.get(spec) {
            Some(Where::At(at)) => Some(&self.fields[*at as usize]),
            _ => None,
        }
    }

    /// Whether the field of the template is there, however spelled.
    #[must_use]
    pub fn has(&self, spec: usize) -> bool {
        self.places
            .get(spec)
            .is_some_and(|place| *place != Where::Nowhere)
    }
}

impl Content {
    /// Whether nothing but comments is there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.value.is_empty() && self.pieces.is_empty()
    }

    /// The text: on the label's lines, else the first paragraph.
    #[must_use]
    pub fn text(&self) -> Option<Span> {
        if !self.value.is_empty() {
            return Some(self.value);
        }
        match self.pieces.first() {
            Some(Piece::Text(span)) => Some(*span),
            _ => None,
        }
    }

    /// The lists at the top.
    pub fn lists(&self) -> impl Iterator<Item = &crate::markdown::content::List> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::List(list) => Some(list),
            _ => None,
        })
    }

    /// All items of its lists.
    pub fn items(&self, tree: &Tree) -> impl Iterator<Item = BlockId> {
        self.lists().flat_map(|list| list.items(tree))
    }
}

impl Step {
    /// How the step is called in a message: by its number, else by its name.
    #[must_use]
    pub fn reference(&self) -> String {
        match self.number {
            Some((number, _)) => format!("step {number}"),
            None => format!("step `{}`", diagnostic::quoted(&self.name)),
        }
    }
}

/// A body together with what the template asks of it.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// What it holds.
    pub body: &'a Body,
    /// What its own content must hold.
    pub asks: Asks,
    /// The fields that it must have.
    pub fields: &'a [FieldSpec],
    /// Its heading.
    pub heading: Span,
    /// The template's section that it is, or stands in.
    pub section: SectionId,
}
