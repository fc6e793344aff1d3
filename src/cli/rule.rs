//! `wf rule`.

use anstyle::AnsiColor;
use anstyle::Style;
use serde::Serialize;

use crate::cli::Exit;
use crate::cli::arguments::RuleArguments;
use crate::cli::arguments::TableFormat;
use crate::cli::terminal;
use crate::diagnostic::Level;
use crate::report;
use crate::report::page;
use crate::report::table::Cell;
use crate::report::table::Column;
use crate::report::table::Table;
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
        (None, TableFormat::Text) => table().render(terminal::frame()),
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

/// The rules, one a row.
fn table() -> Table {
    let column = |name, least, rank| Column {
        name,
        is_number: false,
        least,
        rank,
    };
    let rows = RULES.iter().enumerate().map(|(at, rule)| {
        let row = row(at, false);
        let level = match rule.default {
            Level::Off => Style::new().dimmed(),
            Level::On(severity) => report::style(severity, true),
        };
        let fix = match row.fix {
            "none" => Cell::new("-"),
            fix => Cell::new(fix.split(' ').next().unwrap_or(fix)),
        };
        vec![
            Cell::new(row.id).styled(AnsiColor::Cyan.on_default()),
            Cell::new(rule.default.name()).styled(level),
            fix,
            Cell::new(row.summary.trim_end_matches(':')),
        ]
    });
    Table {
        columns: vec![
            column("RULE", Some(12), 0),
            column("LEVEL", None, 1),
            column("FIX", None, 3),
            column("WHAT IT DOES", Some(24), 2),
        ],
        rows: rows.collect(),
    }
}
