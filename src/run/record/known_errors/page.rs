//! The page of known errors, and what an occurrence of a failure changes in it. All else stays byte for byte.

use crate::markdown::BlockKind;
use crate::run::record::known_errors::Failure;
use crate::run::record::known_errors::Known;
use crate::run::record::known_errors::Occurrence;
use crate::run::record::known_errors::entry::Parsed;
use crate::run::record::text;
use crate::source::Span;

/// Where new entries go, and those that are reopened.
const OPEN: &str = "Open Issues";

/// A page that was not there yet, up to its first entry.
const FRESH: &str = "\
# Fix this error

What failed in the runs of workflows. `wf run` adds an entry for a new failure; one that is met again, which is the
same error of the same item, counts up: times, durations, ids, temporary paths and the like make no other error.

Write down here what helps: text that you add stays as it is. Once a failure is mended, write `resolved` instead of
`open` in its **Status**, or move its entry under *Resolved Issues*; should it be met again, it is reopened. `wf` knows
an entry by the comment below its heading, so leave that where it is.

## Open Issues

## Resolved Issues
";

/// Words that a person resolves an entry with.
const RESOLVED: [&str; 6] = ["resolved", "fixed", "solved", "closed", "done", "mended"];

/// Why a page cannot take an entry.
pub const SWALLOWED: &str =
    "an entry would not be seen in it: is there a code block or a comment that is never closed?";

/// The page after an occurrence of a failure, unless that was noted before, and what is known of the failure then.
/// An error says why the page cannot take it.
pub fn noted(
    page: Option<&str>,
    failure: &Failure,
    occurrence: &Occurrence,
) -> Result<(Option<String>, Known), &'static str> {
    let is_blank = |page: &&str| page.trim_start_matches('\u{feff}').trim().is_empty();
    let text = match page {
        Some(page) if !is_blank(&page) => page.to_owned(),
        page => page.unwrap_or_default().to_owned() + FRESH,
    };
    let parsed = Parsed::new(&text);
    let Some(entry) = parsed.entry(failure) else {
        let entry = fresh(failure, occurrence).replace('\n', parsed.line_end());
        let text = inserted(&text, entry.trim_end());
        let known = known(&text, failure)?;
        return Ok((Some(text), known));
    };
    if entry.is_of(&occurrence.run) {
        return Ok((None, entry.known()));
    }
    let mut text = entry.counted(occurrence);
    let parsed = Parsed::new(&text);
    let entry = parsed.entry(failure).ok_or(SWALLOWED)?;
    if entry.is_put_away() {
        text = moved(&text, entry.span);
    }
    let known = known(&text, failure)?;
    Ok((Some(text), known))
}

/// What a page says of a failure.
fn known(page: &str, failure: &Failure) -> Result<Known, &'static str> {
    let page = Parsed::new(page);
    let entry = page.entry(failure).ok_or(SWALLOWED)?;
    Ok(entry.known())
}

/// An entry for a failure that is met for the first time.
fn fresh(failure: &Failure, occurrence: &Occurrence) -> String {
    let time = text::moment(occurrence.time);
    let seen = seen(occurrence);
    let report = &occurrence.report;
    let mut entry = format!(
        "### {}\n\n{}\n- **Status**: open\n- **Count**: 1\n- **First seen**: {time}\n- **Last seen**: {seen}\n\
         - **Report**: {report}\n\n{}\n",
        failure.heading,
        mark(failure),
        text::prose(&failure.causes.join(": ")),
    );
    if !failure.output.is_empty() {
        entry.push('\n');
        entry.push_str(&text::block("text", &failure.output));
    }
    entry
}

/// The comment that an entry is known by.
pub fn mark(failure: &Failure) -> String {
    format!("<!-- wf-error: {} -->", failure.fingerprint)
}

pub fn seen(occurrence: &Occurrence) -> String {
    format!(
        "{}, run `{}`",
        text::moment(occurrence.time),
        occurrence.run
    )
}

/// A page with an entry put into the section of open issues, the newest first; with that section, where it lacks one.
fn inserted(text: &str, entry: &str) -> String {
    let parsed = Parsed::new(text);
    let end = parsed.line_end();
    let sections = || parsed.headings().filter(|heading| heading.level <= 2);
    if let Some(open) = sections().find(|heading| heading.text.eq_ignore_ascii_case(OPEN)) {
        let next = parsed.blocks().find(|(kind, span)| {
            let is_border = matches!(kind, BlockKind::Heading { .. } | BlockKind::Break);
            is_border && span.start() > open.span.start()
        });
        let at = next.map_or(text.len(), |(_, span)| parsed.start_of_line(span));
        return put(text, at, entry, end);
    }
    let put_away = sections().find(|heading| is_of_resolved(&heading.text));
    let at = put_away.map_or(text.len(), |heading| parsed.start_of_line(heading.span));
    put(text, at, &format!("## {OPEN}{end}{end}{entry}"), end)
}

/// A page with a part put in where a line begins, blank lines around it.
fn put(text: &str, at: usize, part: &str, end: &str) -> String {
    let (before, after) = text.split_at(at);
    let bare = before.trim_start_matches('\u{feff}');
    let gap = if bare.is_empty() || bare.ends_with(&format!("{end}{end}")) {
        String::new()
    } else if bare.ends_with(['\n', '\r']) {
        end.to_owned()
    } else {
        end.repeat(2)
    };
    let below = if after.is_empty() { "" } else { end };
    format!("{before}{gap}{part}{end}{below}{after}")
}

/// A page with an entry moved to the open issues.
fn moved(text: &str, entry: Span) -> String {
    let rest = format!("{}{}", &text[..entry.start()], &text[entry.end()..]);
    inserted(&rest, text[entry.range()].trim_end_matches(['\n', '\r']))
}

/// The words of a text, without what is struck out.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let left = text.split("~~").step_by(2);
    let words = left.flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    words.filter(|word| !word.is_empty())
}

fn resolves(word: &str) -> bool {
    RESOLVED
        .iter()
        .any(|known| known.eq_ignore_ascii_case(word))
}

/// Whether a status says first of all that something is resolved.
pub fn is_resolved(status: &str) -> bool {
    words(status).next().is_some_and(resolves)
}

/// Whether a section is one of what is resolved.
pub fn is_of_resolved(title: &str) -> bool {
    !title.eq_ignore_ascii_case(OPEN) && words(title).any(resolves)
}
