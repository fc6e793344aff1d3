//! The file of known errors: an entry for each failure, with how often it was met, and what people wrote of it.
//!
//! It belongs to people as much as to the program: what they wrote stays byte for byte, and it is only ever replaced as
//! a whole. A file that cannot be brought up to date is no reason to stop a run that is being rolled back.

mod entry;
mod file;
mod normal;
mod page;
#[cfg(test)]
mod tests;

use std::io;
use std::path::Path;

use chrono::DateTime;
use chrono::Utc;

use crate::files;
use crate::plan;
use crate::plan::ItemId;
use crate::printable;
use crate::run::record::cause;
use crate::run::record::cause::Scene;
use crate::run::record::place::Place;
use crate::run::record::text;

/// How many of the last lines of output tell errors of one item apart, and are shown.
const LINES: usize = 3;
/// The most that is shown of a line, in characters.
const LINE: usize = 300;
/// The most of it that a heading takes, in characters.
const HEADING: usize = 80;
/// How often a file that a person saves at the same moment is looked at again.
const ATTEMPTS: usize = 5;

/// A failure, as it is told from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Workflow, item and error, digested: the same for the same failure.
    pub fingerprint: String,
    heading: String,
    causes: Vec<String>,
    /// The last lines of output.
    output: String,
}

/// When and where a failure was met.
#[derive(Debug, Clone)]
pub struct Occurrence {
    /// When.
    time: DateTime<Utc>,
    /// In which run.
    run: String,
    /// The error report, as a link.
    report: String,
}

/// What is known of a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// In how many runs it was met.
    pub count: u64,
    /// When it was met first, as the file says.
    pub first: String,
}

/// The failure of an item, as the run stands.
#[must_use]
pub fn failure(scene: &Scene, id: ItemId) -> Failure {
    let fault = scene.history.faults.get(&id);
    let item = scene.run.plan.item(id);
    let chain = scene.of(id);
    let output = fault.map_or("", |fault| &fault.output_end);
    let lines: Vec<&str> = output
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let lines = &lines[lines.len().saturating_sub(LINES)..];
    let code = item.and_then(|item| cause::failing_line(item, fault?));
    let code = code.map_or("", |(_, code)| code);
    let answer = scene.history.answers.get(&id).map(|answer| &answer.note);
    let error = match (answer, fault) {
        (Some(note), _) => format!("rejected: {note}"),
        (None, Some(fault)) => cause::ended(&fault.outcome),
        (None, None) => String::new(),
    };
    let workflow = &scene.run.plan.workflow;
    let parts = [&[&*error, code], lines].concat();
    let parts: Vec<String> = parts.into_iter().map(normal::normal).collect();
    let key = format!("1\n{workflow}\n{id}\n{}", parts.join("\n"));
    let title = printable::one_line(item.map_or("", |item| &item.title));
    let what = lines
        .last()
        .map_or(error.as_str(), |line| normal::without_script(line.trim()));
    let heading = format!("{workflow} {id} \"{title}\": {}", short(what, HEADING));
    Failure {
        fingerprint: plan::digest(key.as_bytes())[..16].to_owned(),
        heading: text::prose(&printable::one_line(&heading)),
        causes: chain,
        output: lines.iter().map(|line| short(line, LINE) + "\n").collect(),
    }
}

fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// The occurrence of failures in a run.
#[must_use]
pub fn occurrence(scene: &Scene, file: &Place, report: &Place) -> Occurrence {
    Occurrence {
        time: scene.history.last,
        run: scene.run.id.clone(),
        report: link(&file.path(), &report.path()),
    }
}

/// A link from one file of the project to another, both relative to its root.
#[must_use]
pub fn link(from: &str, to: &str) -> String {
    let folder = Path::new("/").join(from);
    let folder = folder.parent().unwrap_or(Path::new("/"));
    let up = folder.components().count() - 1;
    let target = if up == 0 {
        to.to_owned()
    } else {
        relative(folder, to)
    };
    let is_plain = |c: char| !c.is_control() && !"`<>[]\\".contains(c);
    if to.chars().all(is_plain) && target.chars().all(is_plain) {
        format!("[`{to}`](<{target}>)")
    } else {
        text::code(to)
    }
}

/// A path of the project as seen from a folder of it. Both lie below one root.
fn relative(folder: &Path, to: &str) -> String {
    let root = Path::new("/root");
    let folder = root.join(folder.strip_prefix("/").unwrap_or(folder));
    files::relative(&folder, &root.join(to))
}

/// Bring the file up to date with failures of a run. The caller keeps other runs away meanwhile.
pub fn note(file: &Place, failures: &[Failure], occurrence: &Occurrence) -> io::Result<Vec<Known>> {
    for _ in 0..ATTEMPTS {
        let before = file.read()?;
        let text = before.as_deref().map(std::str::from_utf8).transpose();
        let text = text.map_err(|_| file.fault("it is not UTF-8 text"))?;
        let mut page = text.map(str::to_owned);
        let mut known = Vec::new();
        for failure in failures {
            let noted = page::noted(page.as_deref(), failure, occurrence);
            let (after, found) = noted.map_err(|fault| file.fault(fault))?;
            page = after.or(page);
            known.push(found);
        }
        let after = page.unwrap_or_default().into_bytes();
        if before.as_deref() == Some(&after) || file.rewrite(before.as_deref(), &after)? {
            return Ok(known);
        }
    }
    Err(file.fault("it changes all the time"))
}
