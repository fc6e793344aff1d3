//! `wf rule`.

use serde::Serialize;

use crate::cli::Exit;
use crate::cli::arguments::RuleArguments;
use crate::cli::arguments::TableFormat;
use crate::cli::terminal;
use crate::report::page;
use crate::rules::RULES;

#[derive(Serialize)]
struct Row {
    id: &'static str,
    severity: &'static str,
    fix: &'static str,
    since: &'static str,
    summary: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<&'static str>,
}

/// Write a rule's page, or the table of all rules.
pub fn run(arguments: &RuleArguments) -> Exit {
    let text = match (arguments.id, arguments.output_format) {
        (Some(rule), TableFormat::Text) => {
            page::page(RULES[rule].page, terminal::view(false).color)
        }
        (Some(rule), TableFormat::Json) => json(&row(rule, true)),
        (None, TableFormat::Text) => table(),
        (None, TableFormat::Json) => json(
            &(0..RULES.len())
                .map(|rule| row(rule, false))
                .collect::<Vec<_>>(),
        ),
    };
    match terminal::write(|out| out.write_all(text.as_bytes())) {
        Ok(()) => Exit::Clean,
        Err(_) => Exit::Unusable,
    }
}

fn row(rule: usize, with_page: bool) -> Row {
    let rule = &RULES[rule];
    let fact = |key| page::fact(rule.page, key).expect("a test checks every page's facts");
    Row {
        id: rule.id,
        severity: fact("severity"),
        fix: fact("fix"),
        since: fact("since"),
        summary: page::gist(rule.page),
        page: with_page.then_some(rule.page),
    }
}

fn json(value: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(value).expect("plain data serialises");
    format!("{text}\n")
}

/// The rules, one a line: cut to the terminal's width, whole elsewhere.
fn table() -> String {
    let rows: Vec<Row> = (0..RULES.len()).map(|rule| row(rule, false)).collect();
    let id = rows.iter().map(|row| row.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (row, rule) in rows.iter().zip(RULES) {
        let line = format!(
            "{:<id$}  {:<7}  {}",
            row.id,
            rule.default.name(),
            row.summary
        );
        let width = terminal::terminal_width().unwrap_or(usize::MAX);
        if line.chars().count() > width {
            text.extend(line.chars().take(width - 1));
            text.push('…');
        } else {
            text.push_str(&line);
        }
        text.push('\n');
    }
    text
}
