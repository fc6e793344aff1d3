//! A template's Markdown turned into requirements.

use std::ops::Range;

use rustc_hash::FxHashSet;

use crate::markdown;
use crate::markdown::BlockId;
use crate::markdown::BlockKind;
use crate::markdown::InlineKind;
use crate::markdown::Tree;
use crate::markdown::content;
use crate::markdown::content::Piece;
use crate::markdown::content::Stretch;
use crate::markdown::label;
use crate::markdown::label::Label;
use crate::nearest;
use crate::source::Source;
use crate::source::Span;
use crate::template::Asks;
use crate::template::FieldSpec;
use crate::template::ListKind;
use crate::template::SectionId;
use crate::template::SectionSpec;
use crate::template::StepsSpec;
use crate::template::Template;
use crate::template::TemplateError;
use crate::template::without_numbers;

/// Bracketed texts that are filled in at the run, and so stay in a finished document.
const FILLED_IN_LATER: [&str; 3] = ["name", "date", "run"];

/// Turn a template into requirements.
pub fn read(source: &Source) -> Result<Template, TemplateError> {
    let tree = markdown::parse(source);
    let mut reader = Reader {
        source,
        tree: &tree,
        template: Template::default(),
        lines: Vec::new(),
    };
    reader.headings()?;
    let mut template = reader.template;
    if !template.title && template.header.is_empty() && template.sections.is_empty() {
        return Err(TemplateError::AsksNothing {
            place: place(source, Span::default()),
        });
    }
    template.placeholders = placeholders(source);
    source.text().clone_into(&mut template.text);
    let labels = |fields: &[FieldSpec]| {
        fields
            .iter()
            .map(|field| nearest::fold(&field.label))
            .collect::<Vec<_>>()
    };
    for section in &template.sections {
        template.names.insert(nearest::fold(&section.title));
        template.names.extend(labels(&section.fields));
    }
    template.names.extend(
        template
            .steps
            .iter()
            .flat_map(|steps| labels(&steps.fields)),
    );
    template
        .names
        .extend(template.header.iter().map(|name| nearest::fold(name)));
    Ok(template)
}

fn place(source: &Source, span: Span) -> String {
    let position = source.position(span.start());
    format!("{}:{}:{}", source.path(), position.line, position.column)
}

struct Reader<'a> {
    source: &'a Source,
    tree: &'a Tree,
    template: Template,
    /// The line of each section's heading, for errors.
    lines: Vec<u32>,
}

impl Reader<'_> {
    fn headings(&mut self) -> Result<(), TemplateError> {
        let end = self.tree.blocks.len() as BlockId;
        let headings: Vec<BlockId> = self
            .tree
            .top()
            .filter(|&id| matches!(self.tree.block(id).kind, BlockKind::Heading { .. }))
            .collect();
        let first_section = headings
            .iter()
            .copied()
            .find(|&id| heading(self.tree, id).0 > 1)
            .unwrap_or(end);
        self.header(first_section)?;
        for (at, &id) in headings.iter().enumerate() {
            let next = headings.get(at + 1).copied().unwrap_or(end);
            let span = self.tree.block(id).span;
            let tree = self.tree;
            let (level, text) = heading(tree, id);
            if text.is_empty() {
                return Err(TemplateError::EmptyHeading {
                    place: place(self.source, span),
                });
            }
            if level == 1 {
                if self.template.title {
                    return Err(TemplateError::SecondTitle {
                        place: place(self.source, span),
                    });
                }
                self.template.title = true;
            } else if let Some((before, after)) = numbered(text) {
                self.steps(id, level, (before, after), next)?;
            } else {
                self.section(id, level, next)?;
            }
        }
        Ok(())
    }

    fn header(&mut self, end: BlockId) -> Result<(), TemplateError> {
        for id in self.tree.siblings(0..end) {
            if self.tree.block(id).kind != BlockKind::Paragraph {
                continue;
            }
            for label in label::row(self.tree, self.source, id) {
                let name = self.source.slice(label.name).to_owned();
                if self.template.header.contains(&name) {
                    return Err(TemplateError::HeaderFieldTwice {
                        place: place(self.source, label.strong),
                        name,
                    });
                }
                self.template.header.push(name);
            }
            if !self.template.header.is_empty() {
                break;
            }
        }
        Ok(())
    }

    fn section(&mut self, id: BlockId, level: u8, next: BlockId) -> Result<(), TemplateError> {
        let span = self.tree.block(id).span;
        if self.template.steps.as_ref().is_some_and(|steps| {
            let last = self.template.sections.len() - 1;
            (steps.section == last || self.within(last, steps.section)) && level > steps.level
        }) {
            return Err(TemplateError::HeadingInStep {
                place: place(self.source, span),
            });
        }
        let title = heading(self.tree, id).1.to_owned();
        let parent = self.parent(level);
        let twin = |section: &SectionSpec| {
            section.parent == parent && nearest::same(&section.title, &title)
        };
        if let Some(first) = self.template.sections.iter().position(twin) {
            return Err(TemplateError::SectionTwice {
                place: place(self.source, span),
                name: title,
                first: self.lines[first],
            });
        }
        let (asks, fields) = self.body(self.tree.block(id).next..next)?;
        self.lines.push(self.source.position(span.start()).line);
        self.template.sections.push(SectionSpec {
            title,
            level,
            optional: self.is_optional(
                self.tree
                    .inlines(id)
                    .iter()
                    .map(|inline| (&inline.kind, inline.span)),
            ),
            parent,
            asks,
            fields,
        });
        Ok(())
    }

    /// The nearest section before that a heading of this level stands in.
    fn parent(&self, level: u8) -> Option<SectionId> {
        self.template
            .sections
            .iter()
            .rposition(|section| section.level < level)
    }

    fn within(&self, mut section: SectionId, ancestor: SectionId) -> bool {
        while let Some(parent) = self.template.sections[section].parent {
            if parent == ancestor {
                return true;
            }
            section = parent;
        }
        false
    }

    fn steps(
        &mut self,
        id: BlockId,
        level: u8,
        form: (&str, &str),
        next: BlockId,
    ) -> Result<(), TemplateError> {
        let span = self.tree.block(id).span;
        let section = self
            .parent(level)
            .ok_or_else(|| TemplateError::StepsOutsideSection {
                place: place(self.source, span),
            })?;
        if let Some(steps) = &self.template.steps {
            // A second numbered heading only illustrates the first.
            return if steps.section == section {
                Ok(())
            } else {
                Err(TemplateError::StepsTwice {
                    place: place(self.source, span),
                })
            };
        }
        let (_, fields) = self.body(self.tree.block(id).next..next)?;
        self.template.steps = Some(StepsSpec {
            section,
            level,
            before: form.0.to_owned(),
            after: form.1.trim_end().to_owned(),
            fields,
        });
        Ok(())
    }

    fn body(&self, blocks: Range<BlockId>) -> Result<(Asks, Vec<FieldSpec>), TemplateError> {
        let end = self.source.text().len() as u32;
        let labels: Vec<Label> = label::lines(self.tree, self.source, blocks.clone()).collect();
        let own = Stretch {
            first: blocks.start,
            last: blocks.end,
            end: labels.first().map_or(end, |label| label.strong.start),
        };
        let asks = self.asks(own);
        let mut fields: Vec<FieldSpec> = Vec::with_capacity(labels.len());
        for (at, label) in labels.iter().enumerate() {
            let name = self.source.slice(label.name).to_owned();
            if let Some(first) = FieldSpec::find(&fields, &name) {
                return Err(TemplateError::LabelTwice {
                    place: place(self.source, label.strong),
                    name,
                    first: self.source.position(labels[first].strong.start()).line,
                });
            }
            let stop = labels.get(at + 1).map_or(end, |next| next.strong.start);
            let asks = self.asks(Stretch {
                first: self.tree.block(label.paragraph).next,
                last: blocks.end,
                end: stop,
            });
            fields.push(FieldSpec {
                label: name,
                optional: self.is_optional_label(label, stop),
                asks,
            });
        }
        Ok((asks, fields))
    }

    fn asks(&self, stretch: Stretch) -> Asks {
        let mut asks = Asks::default();
        for piece in content::pieces(self.tree, self.source, stretch) {
            match piece {
                Piece::List(list) if asks.list.is_none() => {
                    let boxed = |item: BlockId| {
                        matches!(self.tree.block(item).kind, BlockKind::Item(Some(_)))
                    };
                    asks.list = Some(if list.items(self.tree).all(boxed) {
                        ListKind::Task
                    } else if list.ordered {
                        ListKind::Numbered
                    } else {
                        ListKind::Bullet
                    });
                }
                Piece::Fence(_) => asks.code = true,
                _ => {}
            }
        }
        asks
    }

    fn is_optional_label(&self, label: &Label, stop: u32) -> bool {
        let inlines = self.tree.inlines(label.paragraph).iter();
        self.is_optional(
            inlines
                .filter(|inline| inline.span.start >= label.after && inline.span.start < stop)
                .map(|inline| (&inline.kind, inline.span)),
        )
    }

    fn is_optional<'b>(&self, mut inlines: impl Iterator<Item = (&'b InlineKind, Span)>) -> bool {
        inlines.any(|(kind, span)| {
            let comment = self
                .source
                .slice(span)
                .strip_prefix("<!--")
                .and_then(|rest| rest.strip_suffix("-->"));
            *kind == InlineKind::Html
                && comment.is_some_and(|text| text.trim().eq_ignore_ascii_case("optional"))
        })
    }
}

fn heading(tree: &Tree, id: BlockId) -> (u8, &str) {
    match &tree.block(id).kind {
        BlockKind::Heading { level, text, .. } => (*level, text),
        _ => (1, ""),
    }
}

/// What stands around the number of a numbered heading (`Step 1: [Name]`).
fn numbered(text: &str) -> Option<(&str, &str)> {
    let digit = text.find(|c: char| c.is_ascii_digit())?;
    let rest = text[digit..].trim_start_matches(|c: char| c.is_ascii_digit());
    let name = rest.find('[')?;
    let between = &rest[..name];
    let form = rest.ends_with(']') && !between.contains(char::is_alphanumeric);
    form.then_some((&text[..digit], between))
}

/// The bracketed texts of a template, links and check boxes left out.
fn placeholders(source: &Source) -> FxHashSet<String> {
    let text = source.text();
    let mut found = FxHashSet::default();
    for (open, _) in text.match_indices('[') {
        let inner = &text[open + 1..];
        let Some(close) = inner.find(']') else {
            break;
        };
        let (inner, rest) = (&inner[..close], &inner[close + 1..]);
        let is_text =
            inner.starts_with(char::is_alphabetic) && !inner.ends_with(' ') && !inner.contains('[');
        let is_box = inner.eq_ignore_ascii_case("x");
        if is_text
            && !is_box
            && !rest.starts_with(['(', '[', ':'])
            && !FILLED_IN_LATER.contains(&inner)
        {
            found.insert(without_numbers(inner));
        }
    }
    found
}
