//! The parts of a template, each as a text that may be put into a document which lacks it.

use crate::edit::Edit;
use crate::markdown::BlockKind;
use crate::markdown::InlineKind;
use crate::parse;
use crate::parse::Document;
use crate::parse::value;
use crate::scaffold;
use crate::scaffold::document;
use crate::source::Source;
use crate::source::Span;
use crate::template::FieldSpec;
use crate::template::SectionId;
use crate::template::Template;
use crate::workflow::Body;

/// A template, to be cut up for a document whose path and name are put in. All texts have LF as line ends, and none
/// at their end.
#[derive(Debug)]
pub struct Parts<'a> {
    template: &'a Template,
    whole: &'a Document,
    /// The template with path and name in it, where that may make it another document.
    filled: Option<Document>,
    /// What puts path and name in, in order.
    edits: Vec<Edit>,
}

/// A template read as a document, for [`Parts::of`].
#[must_use]
pub fn whole(template: &Template) -> Document {
    parse::document(Source::new("template.md", plain(&template.text)), template)
}

impl<'a> Parts<'a> {
    /// The parts for the document at a path relative to the project root.
    #[must_use]
    pub fn of(template: &'a Template, document: &'a Document, path: &str) -> Self {
        let name = value::workflow_name(value::stem(path));
        let mut edits = document::named(document, template, &name);
        if let Some(field) = document.workflow.header_field(template, "FILE") {
            edits.push(Edit::replace(field.value, path));
        }
        edits.sort_by_key(|edit| edit.span);
        let filled = if edits.iter().all(|edit| is_within_text(document, edit)) {
            None
        } else {
            let text = scaffold::edited(&document.source, std::mem::take(&mut edits));
            Some(parse::document(Source::new("template.md", text), template))
        };
        Self {
            template,
            whole: document,
            filled,
            edits,
        }
    }

    fn document(&self) -> &Document {
        self.filled.as_ref().unwrap_or(self.whole)
    }

    /// The text of a span, path and name put in.
    fn filled(&self, span: Span) -> String {
        scaffold::edited_within(&self.document().source, span, &self.edits)
    }

    /// The header, a field set off from the next as the template does it.
    #[must_use]
    pub fn header(&self) -> Option<String> {
        let header = self.document().workflow.header.as_ref()?;
        Some(self.filled(header.span).trim_end().to_owned())
    }

    /// A field of the header: its name and what stands for its value.
    #[must_use]
    pub fn header_field(&self, name: &str) -> Option<String> {
        let workflow = &self.document().workflow;
        let field = workflow.header_field(self.template, name)?;
        let end = field.value.end().max(field.label.end());
        let field = self.filled(Span::new(field.label.start(), end));
        Some(field.trim_end().to_owned())
    }

    /// A section with all that must stand in it: optional parts are left out, and of steps the first one stays.
    #[must_use]
    pub fn section(&self, id: SectionId) -> Option<String> {
        let source = &self.document().source;
        let sections = &self.document().workflow.sections;
        let at = sections
            .iter()
            .position(|section| section.spec == Some(id))?;
        let mut after = sections[at + 1..].iter();
        let next = after.find(|next| next.level <= sections[at].level);
        let end = next.map_or(source.text().len(), |next| self.line(next.heading.start()));
        let span = Span::new(self.line(sections[at].heading.start()), end);
        Some(self.without_optional(span))
    }

    /// A labelled field of a section, with all that belongs to it.
    #[must_use]
    pub fn field(&self, section: SectionId, spec: usize) -> Option<String> {
        self.body_field(&self.document().workflow.section(section)?.body, spec)
    }

    /// A labelled field of a step, with all that belongs to it.
    #[must_use]
    pub fn step_field(&self, spec: usize) -> Option<String> {
        self.body_field(&self.document().workflow.steps.first()?.body, spec)
    }

    /// The code spans in the bullets of the section of that title.
    #[must_use]
    pub fn paths(&self, title: &str) -> Vec<String> {
        let id = self.template.section(title);
        let section = id.and_then(|id| self.document().workflow.section(id));
        let (tree, source) = (&self.document().tree, &self.document().source);
        let items = section
            .into_iter()
            .flat_map(|section| section.body.content.items(tree));
        items
            .flat_map(|item| value::code_spans(tree, source, item))
            .map(|span| self.filled(span))
            .collect()
    }

    fn body_field(&self, body: &Body, spec: usize) -> Option<String> {
        let field = body.field(spec)?;
        let end = field.content.end as usize;
        let text = self.document().source.text();
        let end = if end == text.len() {
            end
        } else {
            self.line(end)
        };
        Some(self.without_optional(Span::new(self.line(field.label.start()), end)))
    }

    fn line(&self, at: usize) -> usize {
        let source = &self.document().source;
        source.line_start(source.line_of(at))
    }

    /// The text of a span without what need not be there, and without the marks that say so.
    fn without_optional(&self, span: Span) -> String {
        let mut cuts: Vec<Span> = self.optional();
        cuts.retain(|cut| cut.start >= span.start && cut.end <= span.end && *cut != span);
        cuts.sort_by_key(|cut| (cut.start, u32::MAX - cut.end));
        let mut left = String::new();
        let mut done = span.start();
        for cut in cuts {
            left.push_str(&self.filled(Span::new(done, cut.start().max(done))));
            done = cut.end().max(done);
        }
        left.push_str(&self.filled(Span::new(done, span.end())));
        let mut lines: Vec<&str> = left.lines().map(str::trim_end).collect();
        lines.dedup_by(|next, last| next.is_empty() && last.is_empty());
        lines.join("\n").trim_end().to_owned()
    }

    fn optional(&self) -> Vec<Span> {
        let workflow = &self.document().workflow;
        let sections = &workflow.sections;
        let end = self.document().source.text().len();
        let mut cuts = Vec::new();
        let mut body = |body: &Body, specs: &[FieldSpec]| {
            cuts.extend(document::fields(&self.document().source, body, specs));
        };
        for section in sections {
            if let Some(id) = section.spec {
                body(&section.body, &self.template.sections[id].fields);
            }
        }
        if let (Some(spec), Some(step)) = (&self.template.steps, workflow.steps.first()) {
            body(&step.body, &spec.fields);
        }
        for (at, section) in sections.iter().enumerate() {
            let is_optional = |id: SectionId| self.template.sections[id].optional;
            if section.spec.is_some_and(is_optional) {
                let mut after = sections[at + 1..].iter();
                let next = after.find(|next| next.level <= section.level);
                let stop = next.map_or(end, |next| self.line(next.heading.start()));
                cuts.push(Span::new(self.line(section.heading.start()), stop));
            }
        }
        if let Some(second) = workflow.steps.get(1) {
            let mut after = sections.iter();
            let next = after.find(|section| section.heading.start > second.heading.start);
            let stop = next.map_or(end, |next| self.line(next.heading.start()));
            cuts.push(Span::new(self.line(second.heading.start()), stop));
        }
        let marks = self.document().tree.inlines.iter().filter(|inline| {
            let text = self.document().source.slice(inline.span);
            inline.kind == InlineKind::Html && document::is_optional_mark(text)
        });
        cuts.extend(marks.map(|mark| mark.span));
        cuts
    }
}

/// Whether an edit of a template makes plain words of plain words: then all else in it stays what it is.
fn is_within_text(document: &Document, edit: &Edit) -> bool {
    let (source, tree) = (&document.source, &document.tree);
    let before = &source.text()[..edit.span.start()];
    let after = &source.text()[edit.span.end()..];
    let is_apart = !before.ends_with(['*', '_']) && !after.starts_with(['*', '_', ':']);
    // A title, a label or a mark would be another one.
    let is_named = tree.blocks.iter().any(|block| {
        matches!(
            block.kind,
            BlockKind::Heading { .. } | BlockKind::Html | BlockKind::FrontMatter
        ) && block.span.contains(edit.span)
    });
    let is_marked = tree.inlines.iter().any(|inline| {
        matches!(inline.kind, InlineKind::Strong | InlineKind::Html)
            && inline.span.contains(edit.span)
    });
    let written = source.slice(edit.span).replace(['[', ']'], "");
    is_apart && !is_named && !is_marked && is_words(&written) && is_words(&edit.replacement)
}

/// Whether nothing in a text means more than itself to Markdown, wherever it stands.
fn is_words(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_letter = |at: usize| bytes[at].is_ascii_alphanumeric();
    let is_part = |(at, byte): (usize, &u8)| match byte {
        b'_' => is_letter(at - 1) && is_letter(at + 1),
        b'-' | b'.' | b'/' | b' ' => true,
        _ => byte.is_ascii_alphanumeric(),
    };
    bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.iter().enumerate().all(is_part)
}

/// A text without a byte-order mark, its lines ended by LF.
fn plain(text: &str) -> String {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    text.replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template;

    /// A section and a step's field of a template, as a document at a path gets them.
    fn parts(text: &str, path: &str) -> (Option<String>, Option<String>) {
        let template = template::read(&Source::new("t.md", text)).expect("a template");
        let whole = whole(&template);
        let parts = Parts::of(&template, &whole, path);
        (parts.section(1), parts.step_field(0))
    }

    const TEMPLATE: &str = "# [T]\n\n## Trigger\n\n**Command**: `wf run [it]`\n\n## Use\n\n[it]\n\nUse [it].\n\n\
        ## Steps\n\n### Step 1: [Name]\n\n**Do**: [it]\n";

    #[test]
    fn a_name_stands_wherever_the_template_has_its_place() {
        let (section, field) = parts(TEMPLATE, "workflows/back_up.md");
        assert_eq!(
            section.as_deref(),
            Some("## Use\n\nback-up\n\nUse back-up.")
        );
        assert_eq!(field.as_deref(), Some("**Do**: back-up"));
    }

    #[test]
    fn a_name_that_makes_something_else_of_the_template_is_put_in_first() {
        // It opens a code block, which holds all that follows.
        let (section, field) = parts(TEMPLATE, "workflows/~~~.md");
        assert!(section.is_some_and(|text| text.ends_with("**Do**: ~~~")));
        assert_eq!(field, None);
        // The title is another one with it.
        let template = TEMPLATE.replace("## Use", "## [it]");
        assert_eq!(parts(&template, "workflows/a.md").0, None);
    }

    #[test]
    fn words_mean_no_more_than_themselves() {
        for text in ["a", "workflows/back-up.md", "a_b 2"] {
            assert!(is_words(text), "{text}");
        }
        for text in ["", "1", "-a", "a_", "a__b", "a*b", "`a`", "ä", "a:b"] {
            assert!(!is_words(text), "{text}");
        }
    }
}
