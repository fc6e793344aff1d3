//! What a heading holds: its own content, then labelled fields.

use std::ops::Range;

use crate::markdown::BlockId;
use crate::markdown::content;
use crate::markdown::content::Stretch;
use crate::markdown::label;
use crate::markdown::label::Label;
use crate::markdown::label::Place;
use crate::nearest;
use crate::parse::Parser;
use crate::source::Span;
use crate::template::FieldSpec;
use crate::workflow::Body;
use crate::workflow::Content;
use crate::workflow::Field;
use crate::workflow::Spelling;

/// A label and the field of the template that it opens.
struct Opened {
    label: Label,
    spec: usize,
    spelling: Spelling,
}

/// The body that the blocks of a section or step make.
pub fn body(parser: &Parser<'_>, specs: &[FieldSpec], blocks: Range<BlockId>) -> Body {
    let end = parser.start_of(blocks.end);
    let labels = opened(parser, specs, blocks.clone());
    let stretch = |first: BlockId, end: u32| {
        let stretch = Stretch {
            first,
            last: blocks.end,
            end,
        };
        content::pieces(parser.tree, parser.source, stretch)
    };
    let own_end = labels.first().map_or(end, |first| first.label.strong.start);
    let mut body = Body {
        content: Content {
            value: Span::default(),
            pieces: stretch(blocks.start, own_end),
            end: own_end,
        },
        fields: Vec::with_capacity(labels.len()),
    };
    // By the template's field, the one that counts.
    let mut counting: Vec<Option<usize>> = vec![None; specs.len()];
    for (at, opened) in labels.iter().enumerate() {
        let (label, spec) = (&opened.label, &opened.spec);
        let stop = labels
            .get(at + 1)
            .map_or(end, |next| next.label.strong.start);
        let paragraph = parser.tree.block(label.paragraph);
        let value = Span::new(label.after as usize, paragraph.span.end.min(stop) as usize);
        let duplicate_of = match counting[*spec] {
            None => {
                counting[*spec] = Some(at);
                None
            }
            // Of a label that stands twice, with nothing between, the second opens the field.
            Some(first) if first + 1 == at && body.fields[first].content.is_empty() => {
                body.fields[first].duplicate_of = Some(label.strong);
                counting[*spec] = Some(at);
                None
            }
            Some(first) => Some(body.fields[first].label),
        };
        body.fields.push(Field {
            spec: *spec,
            label: label.strong,
            name: label.name,
            spelling: opened.spelling,
            is_swallowed: label.place != Place::Open,
            duplicate_of,
            content: Content {
                value: content::value(parser.source, value),
                pieces: stretch(paragraph.next, stop),
                end: stop,
            },
        });
    }
    body
}

/// The labels that open a field: those that the template names here, and near misses of absent ones.
fn opened(parser: &Parser<'_>, specs: &[FieldSpec], blocks: Range<BlockId>) -> Vec<Opened> {
    if specs.is_empty() {
        return Vec::new();
    }
    let labels = label::lines(parser.tree, parser.source, blocks);
    let mut found: Vec<Option<(usize, Spelling)>> = labels
        .iter()
        .map(|label| FieldSpec::find(specs, parser.text(label.name)))
        .map(|spec| spec.map(|spec| (spec, Spelling::Exact)))
        .collect();
    if labels.iter().any(|label| label.place == Place::Indented) {
        leave_indented(specs.len(), &labels, &mut found);
    }
    near_misses(parser, specs, &labels, &mut found);
    let opened = labels.into_iter().zip(found).filter_map(|(label, found)| {
        let (spec, spelling) = found?;
        Some(Opened {
            label,
            spec,
            spelling,
        })
    });
    opened.collect()
}

/// An indented line of an item is a swallowed label only where the label stands nowhere else.
fn leave_indented(specs: usize, labels: &[Label], found: &mut [Option<(usize, Spelling)>]) {
    let mut counts = vec![0_usize; specs];
    for (spec, _) in found.iter().flatten() {
        counts[*spec] += 1;
    }
    for (label, found) in labels.iter().zip(found) {
        if let (Place::Indented, Some((spec, _))) = (label.place, *found)
            && counts[spec] > 1
        {
            counts[spec] -= 1;
            *found = None;
        }
    }
}

fn near_misses(
    parser: &Parser<'_>,
    specs: &[FieldSpec],
    labels: &[Label],
    found: &mut [Option<(usize, Spelling)>],
) {
    if found.iter().all(Option::is_some) {
        return;
    }
    for (spec, field) in specs.iter().enumerate() {
        if found.iter().flatten().any(|(found, _)| *found == spec) {
            continue;
        }
        let candidates = labels
            .iter()
            .enumerate()
            .filter(|(at, _)| found[*at].is_none());
        let near = candidates.filter_map(|(at, label)| {
            let name = parser.text(label.name);
            let distance = nearest::near_miss(name, &field.label)?;
            let is_better_elsewhere = specs.iter().any(|other| {
                nearest::near_miss(name, &other.label).is_some_and(|other| other < distance)
            });
            (!is_better_elsewhere && !parser.template.has_name(name)).then_some((distance, at))
        });
        if let Some((_, at)) = near.min() {
            found[at] = Some((spec, Spelling::Near));
        }
    }
}
