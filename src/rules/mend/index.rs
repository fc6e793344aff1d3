//! Indexes: a document's line in one, and one where there is none.

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

/// Documents' lines in an index, for each of them.
pub fn listed(cx: &Directories<'_>, index: &str, files: &[&str]) -> Vec<Option<Fix>> {
    let Some(document) = (cx.document)(index) else {
        return vec![None; files.len()];
    };
    let known: Vec<Known> = files.iter().map(|file| Known::of(cx, file)).collect();
    let facts = all_facts(cx, files, &known);
    let edits = scaffold::entries(&document.source, index, &facts);
    let fix = |edits: Vec<Edit>| (!edits.is_empty()).then(|| Fix::needs_consent(edits));
    edits.into_iter().map(|edits| edits.and_then(fix)).collect()
}

/// An index at a path that lists documents, of which there is at least one.
pub fn written(cx: &Directories<'_>, index: &str, files: &[&str]) -> Fix {
    let known: Vec<Known> = files.iter().map(|file| Known::of(cx, file)).collect();
    let text = scaffold::listed(index, None, &all_facts(cx, files, &known));
    let mut fix = Fix::needs_consent(vec![Edit::insert(0, text)]);
    fix.path = Some(index.to_owned());
    fix
}

fn all_facts<'a>(cx: &Directories<'_>, files: &[&'a str], known: &'a [Known]) -> Vec<Facts<'a>> {
    let each = known.iter().zip(files);
    each.map(|(known, file)| known.facts(cx, file)).collect()
}
