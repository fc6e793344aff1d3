//! `wf rule`.

use serde::Serialize;

use crate::cli::Exit;
use crate::cli::RuleArguments;
use crate::cli::TableFormat;
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
    match terminal::write(text.as_bytes()) {
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

fn table() -> String {
    let rows: Vec<Row> = (0..RULES.len()).map(|rule| row(rule, false)).collect();
    let id = rows.iter().map(|row| row.id.len()).max().unwrap_or(0);
    let severity = rows.iter().map(|row| row.severity.len()).max().unwrap_or(0);
    let width = terminal::view(false).width.max(id + severity + 24);
    let mut text = String::new();
    for row in &rows {
        let room = width - id - severity - 4;
        let plain = row.summary.replace('`', "");
        let summary = if plain.chars().count() > room {
            let cut: String = plain.chars().take(room - 1).collect();
            format!("{}…", cut.trim_end())
        } else {
            plain
        };
        text.push_str(&format!(
            "{:<id$}  {:<severity$}  {summary}\n",
            row.id, row.severity
        ));
    }
    text
}
