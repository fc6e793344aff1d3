//! Rules about the header.

use chrono::Datelike;
use chrono::Days;
use chrono::NaiveDate;

use crate::diagnostic;
use crate::diagnostic::Severity;
use crate::edit::Edit;
use crate::edit::Fix;
use crate::markdown::content;
use crate::parse::date;
use crate::parse::listing;
use crate::parse::value;
use crate::rule::Context;
use crate::rule::Findings;
use crate::rules::mend;
use crate::rules::order;
use crate::source::Span;
use crate::workflow::HeaderField;
use crate::workflow::Spelling;

pub fn missing_header(cx: &Context<'_>, out: &mut Findings) {
    let workflow = &cx.document.workflow;
    let Some(title) = &workflow.title else {
        return;
    };
    if cx.template.header.is_empty() || workflow.header.is_some() {
        return;
    }
    let fields: Vec<String> = cx
        .template
        .header
        .iter()
        .map(|name| format!("**{name}**: …"))
        .collect();
    out.report(title.span, "the document has no header")
        .help(format!("write below the title: {}", fields.join(" | ")))
        .fix(mend::header::header(cx));
}

pub fn missing_header_field(cx: &Context<'_>, out: &mut Findings) {
    let Some(header) = &cx.document.workflow.header else {
        return;
    };
    for (id, name) in cx.template.header.iter().enumerate() {
        if cx
            .document
            .workflow
            .header_field(cx.template, name)
            .is_none()
        {
            out.report(header.span, format!("the header has no field `{name}`"))
                .help(format!("add `**{name}**: …`, set off with `|`"))
                .fix(mend::header::field(cx, header, id));
        }
    }
}

fn fields<'a>(cx: &Context<'a>) -> impl Iterator<Item = &'a HeaderField> {
    cx.document
        .workflow
        .header
        .iter()
        .flat_map(|header| &header.fields)
}

pub fn empty_header_field(cx: &Context<'_>, out: &mut Findings) {
    for field in fields(cx).filter(|field| field.value.is_empty()) {
        out.report(
            field.label,
            format!(
                "the header field `{}` has no value",
                diagnostic::quoted(&field.name)
            ),
        )
        .help("write it after the colon");
    }
}

pub fn misspelled_header_field(cx: &Context<'_>, out: &mut Findings) {
    for field in fields(cx) {
        if let Some((id, Spelling::Near)) = field.spec {
            let name = &cx.template.header[id];
            out.report(
                field.label,
                format!(
                    "the header field `{name}` is written `{}`",
                    diagnostic::quoted(&field.name)
                ),
            )
            .help(format!(
                "write `**{name}**`: the names of header fields are exact"
            ))
            .fix(mend::header::renamed(cx, field, name));
        }
    }
}

pub fn header_field_order(cx: &Context<'_>, out: &mut Findings) {
    let placed: Vec<(usize, &HeaderField)> = fields(cx)
        .filter_map(|field| Some((field.spec?.0, field)))
        .collect();
    let ids: Vec<usize> = placed.iter().map(|(id, _)| *id).collect();
    if let Some(&first) = order::must_move(&ids).first() {
        let (id, field) = placed[first];
        let order = cx.template.header.join(", ");
        out.report(
            field.label,
            format!(
                "the header field `{}` is out of order",
                cx.template.header[id]
            ),
        )
        .help(format!("the order is {order}"))
        .fix(mend::header::ordered(cx, &placed));
    }
}

/// The value of a header field and its place, if it is there to be judged.
fn value_of<'a>(cx: &Context<'a>, name: &str) -> Option<(Span, &'a str)> {
    let span = cx.document.workflow.header_field(cx.template, name)?.value;
    if span.is_empty() || cx.is_unfilled(span) {
        return None;
    }
    let inner = content::code_span(&cx.document.source, span).unwrap_or(span);
    let text = cx.text(inner);
    // A value that holds the next field, whose mark is broken, is not wrong itself: that field is missing.
    let holds_field = text.contains('*')
        && cx.template.header.iter().any(|other| {
            let is_absent = cx
                .document
                .workflow
                .header_field(cx.template, other)
                .is_none();
            is_absent && text.contains(other.as_str())
        });
    (!holds_field).then_some((span, text))
}

pub fn file_path_mismatch(cx: &Context<'_>, out: &mut Findings) {
    let Some((span, file)) = value_of(cx, "FILE") else {
        return;
    };
    let inner = content::code_span(&cx.document.source, span).unwrap_or(span);
    let written = if inner == span {
        content::unescaped(file)
    } else {
        file.into()
    };
    let file_path = written.strip_prefix("./").unwrap_or(&written);
    let is_suffix = file_path.contains('/')
        && cx
            .path
            .strip_suffix(file_path)
            .is_some_and(|rest| rest.ends_with('/'));
    if file_path != cx.path && !is_suffix {
        // What stands on further lines is more than a path, and must not be lost.
        let is_one_line = !file.contains(['\n', '\r']);
        let file = diagnostic::quoted(file);
        out.report(
            span,
            format!("FILE says `{file}`, but this document is `{}`", cx.path),
        )
        .help(format!("write `{}`", cx.path))
        .fix(is_one_line.then(|| Fix::safe(vec![Edit::replace(inner, cx.path)])));
    }
}

/// LAST-AUDITED as a date.
fn audited(cx: &Context<'_>) -> Option<(Span, NaiveDate)> {
    let (span, text) = value_of(cx, "LAST-AUDITED")?;
    Some((span, date::iso(text)?))
}

pub fn invalid_audit_date(cx: &Context<'_>, out: &mut Findings) {
    let Some((span, text)) = value_of(cx, "LAST-AUDITED") else {
        return;
    };
    if date::iso(text).is_some() {
        return;
    }
    let finding = out.report(
        span,
        format!(
            "LAST-AUDITED `{}` is no date of the form YYYY-MM-DD",
            diagnostic::quoted(text)
        ),
    );
    match probable_date(text) {
        Some(date) => finding.help(format!("write `{date}`, if that is the day that is meant")),
        None => {
            finding.help("write the day of the last audit as year, month and day: `2026-11-22`")
        }
    };
}

/// Other ways in which people write a day that have one reading: the year first, the month by name, or with full
/// stops, which nobody puts after the month first.
const DATE_FORMS: [&str; 11] = [
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d.%m.%Y",
    "%B %d, %Y",
    "%B %d %Y",
    "%d %B %Y",
    "%d-%B-%Y",
    "%d. %B %Y",
    "%Y %B %d",
];

fn probable_date(text: &str) -> Option<NaiveDate> {
    let text = text.trim_end_matches('.');
    let day = text
        .split(['T', ' '])
        .next()
        .filter(|day| date::iso(day).is_some());
    if let Some(day) = day {
        return date::iso(day);
    }
    let plain = ordinals_removed(text);
    let parsed = DATE_FORMS
        .iter()
        .find_map(|form| NaiveDate::parse_from_str(&plain, form).ok());
    parsed
        .filter(|date| (1900..=2200).contains(&date.year()))
        .or_else(|| from_numbers(&plain))
}

/// `1st`, `2nd` … as plain numbers.
fn ordinals_removed(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let bare = word.trim_end_matches(',');
        let digits = bare.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        if !digits.is_empty()
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && ["st", "nd", "rd", "th"].contains(&&bare[digits.len()..])
        {
            word.replacen(&bare[digits.len()..], "", 1)
        } else {
            word.to_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Three numbers of which only one reading is a date, or a day just past its month's end.
fn from_numbers(text: &str) -> Option<NaiveDate> {
    let parts: Vec<u32> = text
        .split(['-', '/', '.'])
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    let (year, first, second) = match parts[..] {
        [year, a, b] if (1900..=2200).contains(&year) => (year, a, b),
        [a, b, year] if (1900..=2200).contains(&year) => (year, a, b),
        _ => return None,
    };
    let year = i32::try_from(year).ok()?;
    let date = |month, day| NaiveDate::from_ymd_opt(year, month, day);
    let last_of = |month: u32, day: u32| {
        let days = u32::from(date(month, 1)?.num_days_in_month());
        (29..=31).contains(&day).then(|| date(month, days))?
    };
    match (date(first, second), date(second, first)) {
        (Some(a), Some(b)) => (a == b).then_some(a),
        (Some(a), None) | (None, Some(a)) => Some(a),
        (None, None) => last_of(first, second),
    }
}

pub fn future_audit_date(cx: &Context<'_>, out: &mut Findings) {
    if let Some((span, date)) = audited(cx)
        && date > cx.today
    {
        out.report(
            span,
            format!(
                "LAST-AUDITED {date} is in the future: today is {}",
                cx.today
            ),
        )
        .help("write the day on which the document was last audited");
    }
}

pub fn stale_audit(cx: &Context<'_>, out: &mut Findings) {
    let Some((span, date)) = audited(cx) else {
        return;
    };
    let age = cx.today.signed_duration_since(date).num_days();
    let limit = |days: u32| i64::from(days);
    let help = || {
        // An index has no name of its own.
        let name = if listing::is_index(cx.path) {
            cx.path.to_owned()
        } else {
            value::workflow_name(value::stem(cx.path))
        };
        format!("audit it, then set the date: `wf audit --stamp {name}`")
    };
    if age > limit(cx.config.audit.max_age_days) {
        let message = format!(
            "the last audit is {age} days old; {} are allowed",
            cx.config.audit.max_age_days
        );
        out.report_as(Severity::Error, span, message).help(help());
    } else if age > limit(cx.config.audit.warn_after_days) {
        let last = date.checked_add_days(Days::new(u64::from(cx.config.audit.max_age_days) + 1));
        // A configured severity holds for both ages.
        let last = last.filter(|_| !out.is_configured);
        let until = last.map_or_else(String::new, |day| format!(" and becomes an error on {day}"));
        out.report_as(
            Severity::Warning,
            span,
            format!("the last audit is {age} days old{until}"),
        )
        .help(help());
    }
}
