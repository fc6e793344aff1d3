//! `wf audit --stamp`: today's date written into LAST-AUDITED of documents that are valid but for that.

use chrono::NaiveDate;

use crate::cli::Exit;
use crate::cli::failure;
use crate::cli::failure::Failure;
use crate::cli::inventory::Inventory;
use crate::cli::judgement;
use crate::cli::judgement::Findings;
use crate::cli::project;
use crate::cli::terminal;
use crate::diagnostic::Severity;
use crate::files;
use crate::files::Change;
use crate::lint::Project;
use crate::markdown::content;
use crate::parse;
use crate::parse::listing;
use crate::report;
use crate::report::diff;
use crate::report::diff::Shown;
use crate::report::summary;
use crate::source::Source;
use crate::source::Span;

/// Stamp documents: show what changes, ask unless that was agreed to, and write all of them or none. Those that are
/// not valid are told of and left as they are.
pub fn stamp(
    inventory: &Inventory,
    paths: &[String],
    today: NaiveDate,
    is_agreed: bool,
) -> Result<Exit, Failure> {
    let project = &inventory.project;
    let mut changes = Vec::new();
    let mut refusals = Vec::new();
    for path in paths {
        match change(inventory, path, today) {
            Ok(Some(change)) => changes.push((project.shown(path), change)),
            Ok(None) => {
                terminal::notice(&format!("`{}` was stamped today", project.shown(path)));
            }
            Err(failure @ (Failure::NotValid { .. } | Failure::NoAuditDate { .. })) => {
                refusals.push(failure);
            }
            Err(failure) => return Err(failure),
        }
    }
    let mut exit = Exit::Clean;
    for refusal in &refusals {
        terminal::fail(refusal);
        exit = Exit::Findings;
    }
    if changes.is_empty() {
        return Ok(exit);
    }
    show(&changes)?;
    let files = summary::counted(changes.len(), "document");
    if !is_agreed {
        if !terminal::can_ask() {
            return Err(Failure::NotAsked);
        }
        let question = format!("Stamp {files}?");
        if !terminal::asks(&question).map_err(|source| Failure::NoAnswer { source })? {
            terminal::notice("nothing was stamped");
            return Ok(Exit::Findings);
        }
    }
    let changes: Vec<Change> = changes.into_iter().map(|(_, change)| change).collect();
    files::write_together(&changes).map_err(|(path, source)| Failure::NotWritten {
        path: files::relative(&project.current, &path),
        source,
    })?;
    let told = format!("stamped {files} with {today}\n");
    terminal::write(|out| out.write_all(told.as_bytes()))
        .map_err(|source| Failure::UnwritableOutput { source })?;
    Ok(exit)
}

/// The document with today's date, if it is valid then; nothing where that date stands in it already.
fn change(inventory: &Inventory, path: &str, today: NaiveDate) -> Result<Option<Change>, Failure> {
    let project = &inventory.project;
    let shown = project.shown(path);
    let file = project.root.join(path);
    let text = project::read(&file, &shown)?;
    let before = text.clone().into_bytes();
    let after = stamped(project, &shown, &text, today).ok_or_else(|| Failure::NoAuditDate {
        path: shown.clone(),
    })?;
    let report = judgement::report(inventory, path, after.as_bytes());
    if let Some(failure) = failure::unjudged(&report).next() {
        return Err(failure);
    }
    let count = report::summary::line(&report, false);
    if report.count(Severity::Error) > 0 {
        judgement::write(&report, Findings::Output)
            .map_err(|source| Failure::UnwritableOutput { source })?;
        return Err(Failure::NotValid { path: shown, count });
    }
    if !report.findings.is_empty() {
        terminal::notice(&format!("{count}; `wf check {shown}` shows them"));
    }
    Ok((after != text).then(|| Change {
        path: file,
        before: Some(before),
        after: after.into_bytes(),
    }))
}

/// The text with a date as the value of LAST-AUDITED, if it has that field.
fn stamped(project: &Project, path: &str, text: &str, day: NaiveDate) -> Option<String> {
    let template = &project.template;
    let source = Source::new(path, text);
    let document = if listing::is_index(path) {
        parse::index(source, template)
    } else {
        parse::document(source, template)
    };
    let value = document
        .workflow
        .header_field(template, "LAST-AUDITED")?
        .value;
    let inner: Span = content::code_span(&document.source, value).unwrap_or(value);
    let (start, end) = text.split_at(inner.start());
    let gap = if start.ends_with([' ', '\t', '`']) {
        ""
    } else {
        " "
    };
    Some(format!(
        "{start}{gap}{day}{}",
        &end[inner.end() - inner.start()..]
    ))
}

/// Show what changes.
fn show(changes: &[(String, Change)]) -> Result<(), Failure> {
    let shown = Shown {
        color: terminal::view(false).color,
        is_for_terminal: terminal::is_output_terminal(),
    };
    let text: String = changes
        .iter()
        .map(|(path, change)| {
            let before = change.before.as_deref().map(String::from_utf8_lossy);
            let after = String::from_utf8_lossy(&change.after);
            diff::unified(path, before.as_deref(), &after, shown)
        })
        .collect();
    terminal::write(|out| out.write_all(text.as_bytes()))
        .map_err(|source| Failure::UnwritableOutput { source })
}
