//! The header: the first paragraph of labelled fields before the first section.

use crate::markdown::BlockId;
use crate::markdown::BlockKind;
use crate::markdown::content;
use crate::markdown::label;
use crate::markdown::label::Label;
use crate::nearest;
use crate::parse::Parser;
use crate::source::Span;
use crate::workflow::Header;
use crate::workflow::HeaderField;
use crate::workflow::Spelling;

/// The header of a document whose sections begin at block `end`.
pub fn header(parser: &Parser<'_>, end: BlockId) -> Option<Header> {
    if parser.template.header.is_empty() {
        return None;
    }
    let paragraphs = parser
        .tree
        .siblings(0..end)
        .filter(|&id| parser.tree.block(id).kind == BlockKind::Paragraph);
    paragraphs.into_iter().find_map(|id| {
        let labels = label::row(parser.tree, parser.source, id);
        let span = parser.tree.block(id).span;
        let mut fields = fields(parser, &labels, span);
        spell(parser, &mut fields);
        fields
            .iter()
            .any(|field| field.spec.is_some())
            .then_some(Header { span, fields })
    })
}

fn fields(parser: &Parser<'_>, labels: &[Label], paragraph: Span) -> Vec<HeaderField> {
    let ends = labels
        .iter()
        .skip(1)
        .map(|next| next.strong.start())
        .chain([paragraph.end()]);
    labels
        .iter()
        .zip(ends)
        .map(|(label, end)| HeaderField {
            label: label.strong,
            name: parser.text(label.name).into(),
            value: content::value(parser.source, Span::new(label.after as usize, end)),
            spec: None,
        })
        .collect()
}

/// Find each field's name in the template: exact names first, then for the absent ones the nearest misspelling.
fn spell(parser: &Parser<'_>, fields: &mut [HeaderField]) {
    let names = &parser.template.header;
    for (id, name) in names.iter().enumerate() {
        if let Some(field) = fields.iter_mut().find(|field| *field.name == **name) {
            field.spec = Some((id, Spelling::Exact));
        }
    }
    for (id, name) in names.iter().enumerate() {
        if fields
            .iter()
            .any(|field| field.spec.is_some_and(|(spec, _)| spec == id))
        {
            continue;
        }
        let near = |field: &&mut HeaderField| {
            let is_name = names.iter().any(|name| *field.name == **name);
            (field.spec.is_none() && !is_name)
                .then(|| nearest::near_miss(&field.name, name))
                .flatten()
        };
        let best = fields
            .iter_mut()
            .filter(|field| near(field).is_some())
            .min_by_key(|field| near(field));
        if let Some(field) = best {
            field.spec = Some((id, Spelling::Near));
        }
    }
}
