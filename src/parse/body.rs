//! What a heading holds: its own content, then labelled fields.

use std::ops::Range;

use smallvec::SmallVec;
use smallvec::smallvec;

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
use crate::workflow::MOST_FIELDS;
use crate::workflow::Spelling;

/// A label that opens a field of the template.
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
    let content = Content {
        value: Span::default(),
        pieces: stretch(blocks.start, own_end),
        end: own_end,
    };
    let mut fields: Vec<Field> = Vec::with_capacity(labels.len());
    // By the template's field, the one that counts.
    let mut counting: SmallVec<[Option<usize>; MOST_FIELDS]> = smallvec![None; specs.len()];
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
            Some(first) if first + 1 == at && fields[first].content.is_empty() => {
                fields[first].duplicate_of = Some(label.strong);
                counting[*spec] = Some(at);
                None
            }
            Some(first) => Some(fields[first].label),
        };
        fields.push(Field {
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
    Body::new(content, fields)
}

/// The labels that open a field: those that the template names here, and near misses of absent ones.
fn opened(parser: &Parser<'_>, specs: &[FieldSpec], blocks: Range<BlockId>) -> Vec<Opened> {
    if specs.is_empty() {
        return Vec::new();
    }
    let labels = || label::lines(parser.tree, parser.source, blocks.clone());
    let exact = |label: &Label| FieldSpec::find(specs, parser.text(label.name));
    let mut opened: Vec<Opened> = Vec::with_capacity(specs.len());
    for label in labels() {
        // Nearly always the next one that the template has.
        let next = opened.last().map_or(0, |last| last.spec + 1);
        let is_next = |spec: &FieldSpec| spec.label == parser.text(label.name);
        let spec = if specs.get(next).is_some_and(is_next) {
            Some(next)
        } else {
            exact(&label)
        };
        match spec {
            Some(spec) if label.place != Place::Indented => opened.push(Opened {
                label,
                spec,
                spelling: Spelling::Exact,
            }),
            _ => {
                let found = labels().map(|label| (label, exact(&label)));
                return weighed(parser, specs, found.collect());
            }
        }
    }
    opened
}

/// A label, and the field of the template whose name it has.
type Found = (Label, Option<usize>);

/// The labels that open a field, where some stand in an item or have a name that the template does not.
fn weighed(parser: &Parser<'_>, specs: &[FieldSpec], mut found: Vec<Found>) -> Vec<Opened> {
    leave_indented(specs.len(), &mut found);
    let near = near_misses(parser, specs, &found);
    let opened = found.into_iter().zip(near);
    let opened = opened.filter_map(|((label, exact), near)| {
        let spelling = match exact {
            Some(_) => Spelling::Exact,
            None => Spelling::Near,
        };
        Some(Opened {
            label,
            spec: exact.or(near)?,
            spelling,
        })
    });
    opened.collect()
}

/// An indented line of an item is a swallowed label only where the label stands nowhere else.
fn leave_indented(specs: usize, found: &mut [Found]) {
    let mut counts = vec![0_usize; specs];
    for spec in found.iter().filter_map(|(_, found)| *found) {
        counts[spec] += 1;
    }
    for (label, found) in found {
        if let (Place::Indented, Some(spec)) = (label.place, *found)
            && counts[spec] > 1
        {
            counts[spec] -= 1;
            *found = None;
        }
    }
}

/// For each label the absent field of the template whose name it nearly has.
fn near_misses(parser: &Parser<'_>, specs: &[FieldSpec], found: &[Found]) -> Vec<Option<usize>> {
    let mut all = vec![None; found.len()];
    for (spec, field) in specs.iter().enumerate() {
        if found.iter().any(|(_, found)| *found == Some(spec)) {
            continue;
        }
        let free = found.iter().enumerate();
        let free = free.filter(|(at, (_, found))| found.is_none() && all[*at].is_none());
        let near = free.filter_map(|(at, (label, _))| {
            let name = parser.text(label.name);
            let distance = nearest::near_miss(name, &field.label)?;
            let is_better_elsewhere = specs.iter().any(|other| {
                nearest::near_miss(name, &other.label).is_some_and(|other| other < distance)
            });
            (!is_better_elsewhere && !parser.template.has_name(name)).then_some((distance, at))
        });
        if let Some((_, at)) = near.min() {
            all[at] = Some(spec);
        }
    }
    all
}
