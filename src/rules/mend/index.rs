//! Indexes: a document's line in one, and one where there is none.

use std::rc::Rc;

use chrono::NaiveDate;

use crate::edit::Edit;
use crate::edit::Fix;
use crate::markdown::content;
use crate::parse::Document;
use crate::parse::date;
use crate::parse::value;
use crate::printable;
use crate::rule::Directories;
use crate::scaffold;
use crate::scaffold::Facts;
use crate::scaffold::name;
use crate::source::Span;

/// What a document says of itself.
struct Known {
    name: String,
    title: String,
    owner: Option<String>,
    purpose: Option<String>,
    audited: Option<NaiveDate>,
}

impl Known {
    fn of(cx: &Directories<'_>, path: &str) -> Self {
        let document = (cx.document)(path);
        let field = |name: &str| {
            let document = document.as_ref()?;
            let span = document.workflow.header_field(cx.template, name)?.value;
            let mut placeholders = document.placeholders.iter();
            let is_filled = !placeholders.any(|&placeholder| span.contains(placeholder));
            let inner = content::code_span(&document.source, span).unwrap_or(span);
            let text = printable::one_line(document.source.slice(inner));
            (is_filled && !text.is_empty()).then_some(text)
        };
        let title = document.as_ref().and_then(|document| {
            let title = document.workflow.title.as_ref()?;
            Some(printable::one_line(&title.text))
        });
        let trigger = document.as_ref().and_then(|document| {
            let span = command(cx, document)?;
            let code = content::code_span(&document.source, span)?;
            let (_, name) = value::trigger_name(document.source.slice(code))?;
            Some(name.to_owned())
        });
        let stem = value::stem(path);
        Self {
            name: trigger.unwrap_or_else(|| value::workflow_name(stem)),
            title: title.unwrap_or_else(|| name::title(stem)),
            owner: field("OWNER"),
            purpose: field("PURPOSE"),
            audited: field("LAST-AUDITED").and_then(|day| date::iso(&day)),
        }
    }

    fn facts<'a>(&'a self, cx: &Directories<'_>, file: &'a str) -> Facts<'a> {
        Facts {
            file,
            name: &self.name,
            title: &self.title,
            owner: self.owner.as_deref(),
            purpose: self.purpose.as_deref(),
            today: self.audited.unwrap_or(cx.today),
        }
    }
}

/// The place of the trigger's Command in a document.
pub fn command(cx: &Directories<'_>, document: &Document) -> Option<Span> {
    let field = document.workflow.field(cx.template, "Trigger", "Command")?;
    field.content.text()
}

/// A document's line in an index.
pub fn listed(cx: &Directories<'_>, index: &str, file: &str) -> Option<Fix> {
    let document: Rc<Document> = (cx.document)(index)?;
    let known = Known::of(cx, file);
    let edits = scaffold::entry(&document.source, index, &known.facts(cx, file))?;
    (!edits.is_empty()).then(|| Fix::needs_consent(edits))
}

/// An index at a path that lists documents, of which there is at least one.
pub fn written<'a>(
    cx: &Directories<'_>,
    index: &str,
    files: impl IntoIterator<Item = &'a String>,
) -> Option<Fix> {
    let mut text: Option<String> = None;
    for file in files {
        let known = Known::of(cx, file);
        let facts = known.facts(cx, file);
        text = Some(scaffold::listed(index, text, &facts));
    }
    let mut fix = Fix::needs_consent(vec![Edit::insert(0, text?)]);
    fix.path = Some(index.to_owned());
    Some(fix)
}
