//! The section that a place stands in, by its titles: what names a place when the lines around it move.

use crate::diagnostic;
use crate::markdown::BlockKind;
use crate::parse::Document;
use crate::secret;
use crate::template::FieldSpec;
use crate::template::Template;
use crate::workflow::Body;

/// What parts the titles.
const BETWEEN: &str = " / ";

/// The headings and labels of a document.
pub struct Sections {
    headings: Vec<Heading>,
    /// The labels, in order.
    labels: Vec<Label>,
}

struct Heading {
    start: u32,
    level: u8,
    text: String,
    /// The place of the heading that it stands under.
    parent: Option<usize>,
}

struct Label {
    start: u32,
    end: u32,
    name: String,
}

impl Sections {
    /// The sections of a document. Titles, headings of level 1, are none.
    pub fn of(document: &Document, template: &Template) -> Self {
        let tree = &document.tree;
        let mut headings: Vec<Heading> = Vec::new();
        for block in tree.top().map(|id| tree.block(id)) {
            let BlockKind::Heading { level, text, .. } = &block.kind else {
                continue;
            };
            let mut parent = headings.len().checked_sub(1);
            while let Some(at) = parent.filter(|&at| headings[at].level >= *level) {
                parent = headings[at].parent;
            }
            headings.push(Heading {
                start: block.span.start,
                level: *level,
                // The tree still holds what the document's text no longer shows.
                text: diagnostic::quoted(&secret::masked(text)).into_owned(),
                parent,
            });
        }
        Self {
            headings,
            labels: labels(document, template),
        }
    }

    /// The titles of the sections around an offset, outermost first, then the label.
    pub fn at(&self, offset: u32) -> String {
        let before = |heading: &Heading| heading.start <= offset;
        let mut heading = self.headings.partition_point(before).checked_sub(1);
        let from = heading.map_or(0, |at| self.headings[at].start);
        let label = self.labels.partition_point(|label| label.start <= offset);
        let label = label.checked_sub(1).map(|at| &self.labels[at]);
        let label = label.filter(|label| label.start >= from && offset < label.end);
        let mut parts: Vec<&str> = label.iter().map(|label| label.name.as_str()).collect();
        while let Some(at) = heading {
            let Heading {
                level,
                text,
                parent,
                ..
            } = &self.headings[at];
            parts.extend((*level > 1).then_some(text.as_str()));
            heading = *parent;
        }
        parts.reverse();
        parts.join(BETWEEN)
    }
}

/// The labels by the names that the template gives them, so that one that is misspelled has its name too.
fn labels(document: &Document, template: &Template) -> Vec<Label> {
    let workflow = &document.workflow;
    let fields = |body: &Body, specs: &[FieldSpec]| -> Vec<Label> {
        let named = body.fields().iter().filter_map(|field| {
            Some(Label {
                start: field.label.start,
                end: field.content.end.max(field.label.end),
                name: specs.get(field.spec)?.label.clone(),
            })
        });
        named.collect()
    };
    let mut labels: Vec<Label> = Vec::new();
    for section in &workflow.sections {
        let specs = section.spec.map(|id| &template.sections[id].fields);
        labels.extend(fields(&section.body, specs.map_or(&[], Vec::as_slice)));
    }
    if let Some(spec) = &template.steps {
        for step in &workflow.steps {
            labels.extend(fields(&step.body, &spec.fields));
        }
    }
    labels.sort_by_key(|label| label.start);
    labels
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;
    use crate::source::Source;
    use crate::template;

    const BUILT_IN: &str = include_str!("../../rules/template.md");

    fn at(text: &str, what: &str) -> String {
        let template = template::read(&Source::new("t.md", BUILT_IN)).expect("a template");
        let document = parse::document(Source::new("a.md", text), &template);
        let offset = text.find(what).expect("it is there");
        Sections::of(&document, &template).at(offset as u32)
    }

    #[test]
    fn a_place_is_named_by_what_stands_around_it() {
        let token = format!("ghp_{}", "a1B2".repeat(9));
        let text = format!(
            "# Title\n\n**FILE**: x\n\n## Overview\n\nover\n\n## Steps\n\n### Step 2: Build\n\n\
             **Purpose**: why\n\n**Rolback**:\n1. undo\n\n#### Deep\n\ndeep\n\n### Step 3: `x` / {token}\n\n\
             third\n\nNotes\n-----\n\nend\n"
        );
        for (what, section) in [
            ("FILE", ""),
            ("over\n", "Overview"),
            ("### Step 2", "Steps / Step 2: Build"),
            ("why", "Steps / Step 2: Build / Purpose"),
            ("**Rolback", "Steps / Step 2: Build / Rollback"),
            ("undo", "Steps / Step 2: Build / Rollback"),
            ("deep", "Steps / Step 2: Build / Deep"),
            ("Notes", "Notes"),
            ("end", "Notes"),
        ] {
            assert_eq!(at(&text, what), section, "{what}");
        }
        let masked = at(&text, "third");
        assert!(
            masked.starts_with("Steps / Step 3: x / ") && !masked.contains("ghp_a1"),
            "{masked}"
        );
    }
}
