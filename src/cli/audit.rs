//! `wf audit`: the calendar of audits, and writing a new date into documents that were looked through.

use std::path::Path;

use anstyle::AnsiColor;
use chrono::NaiveDate;
use serde::Serialize;

use crate::cli::Exit;
use crate::cli::arguments::AuditArguments;
use crate::cli::arguments::TableFormat;
use crate::cli::clock;
use crate::cli::collect;
use crate::cli::failure::Failure;
use crate::cli::inventory;
use crate::cli::inventory::Inventory;
use crate::cli::overview;
use crate::cli::overview::Overview;
use crate::cli::overview::Urgency;
use crate::cli::stamp;
use crate::cli::terminal;
use crate::files;
use crate::files::Kind;
use crate::parse::listing;
use crate::report;
use crate::report::table::Cell;
use crate::report::table::Column;
use crate::report::table::Table;

/// The version of the shape that programs get; `fixtures/json/audit.schema.json` describes it.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Whole {
    version: u32,
    today: String,
    warn_after_days: u32,
    max_age_days: u32,
    audits: Vec<Row>,
}

/// A workflow's last audit, as programs get it. What is not known is null.
#[derive(Serialize)]
struct Row {
    name: String,
    path: String,
    owner: Option<String>,
    last_audited: Option<String>,
    age_days: Option<i64>,
    warns_from: Option<String>,
    holds_until: Option<String>,
    days_left: Option<i64>,
    audit: &'static str,
    note: Option<String>,
}

/// Show the calendar, or stamp documents.
pub fn run(arguments: &AuditArguments) -> Exit {
    audit(arguments).unwrap_or_else(|failure| {
        terminal::fail(&failure);
        Exit::Unusable
    })
}

fn audit(arguments: &AuditArguments) -> Result<Exit, Failure> {
    let today = clock::today(arguments.today)?;
    let inventory = inventory::take(today)?;
    let mut paths = Vec::new();
    for name in &arguments.names {
        let path = find(&inventory, name)?;
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    if arguments.stamp {
        return stamp::stamp(&inventory, &paths, today, arguments.yes);
    }
    if arguments.names.is_empty() {
        paths = inventory.documents.iter().cloned().collect();
    }
    calendar(&inventory, &paths, today, arguments.output_format)
}

/// The document of a name, or the index at a path: the header of one can have an audit, too.
fn find(inventory: &Inventory, name: &str) -> Result<String, Failure> {
    let project = &inventory.project;
    let file = files::normal(&project.current, Path::new(name));
    let path = files::relative(&project.root, &file);
    let mut folders = project.config.paths.iter();
    let is_index = listing::is_index(&path)
        && folders.any(|folder| collect::is_inside(folder, &path))
        && files::kind(&file).is_ok_and(|kind| kind == Kind::File);
    if is_index {
        return Ok(path);
    }
    inventory::find(inventory, name)
}

fn calendar(
    inventory: &Inventory,
    paths: &[String],
    today: NaiveDate,
    format: TableFormat,
) -> Result<Exit, Failure> {
    let mut rows: Vec<Overview> = paths
        .iter()
        .map(|path| overview::of(inventory, path))
        .collect();
    rows.sort_by_key(|row| (rank(row), row.audit.map(|audit| audit.left)));
    if rows.is_empty() {
        terminal::notice("there is no workflow; `wf new NAME` writes one");
    }
    let has_failed = !inventory.failures.is_empty() || rows.iter().any(|row| row.note.is_some());
    let text = match format {
        TableFormat::Json => json(inventory, rows, today),
        TableFormat::Text if rows.is_empty() => String::new(),
        TableFormat::Text => table(&rows).render(terminal::frame()),
    };
    terminal::write(|out| out.write_all(text.as_bytes()))
        .map_err(|source| Failure::UnwritableOutput { source })?;
    for failure in &inventory.failures {
        terminal::fail(failure);
    }
    Ok(if has_failed {
        Exit::Unusable
    } else {
        Exit::Clean
    })
}

/// What comes first: audits of which nobody knows when they were, then those that cannot have been, then the soonest.
fn rank(row: &Overview) -> u8 {
    match row.audit.map(|audit| audit.urgency) {
        None => 0,
        Some(Urgency::Future) => 1,
        Some(_) => 2,
    }
}

fn json(inventory: &Inventory, rows: Vec<Overview>, today: NaiveDate) -> String {
    let limits = inventory.project.config.audit;
    let audits = rows.into_iter().map(|row| Row {
        last_audited: row.audit.map(|audit| audit.day.to_string()),
        age_days: row.audit.map(|audit| audit.age),
        warns_from: row.audit.map(|audit| audit.warns_from.to_string()),
        holds_until: row.audit.map(|audit| audit.holds_until.to_string()),
        days_left: row.audit.map(|audit| audit.left),
        audit: row.urgency(),
        name: row.name,
        path: row.path,
        owner: row.owner,
        note: row.note,
    });
    report::json(&Whole {
        version: VERSION,
        today: today.to_string(),
        warn_after_days: limits.warn_after_days,
        max_age_days: limits.max_age_days,
        audits: audits.collect(),
    })
}

fn table(rows: &[Overview]) -> Table {
    let column = |name, least, rank| Column {
        name,
        is_number: false,
        least,
        rank,
    };
    Table {
        columns: vec![
            column("WORKFLOW", Some(8), 0),
            column("OWNER", Some(8), 5),
            column("AUDITED", None, 3),
            column("AGO", None, 4),
            column("HOLDS UNTIL", None, 2),
            column("LEFT", None, 1),
        ],
        rows: rows.iter().map(cells).collect(),
    }
}

fn cells(row: &Overview) -> Vec<Cell> {
    let text = |text: Option<String>| Cell::new(text.as_deref().unwrap_or("-"));
    let style = row.style();
    let left = match &row.note {
        Some(note) => Cell::new(note).styled(AnsiColor::Red.on_default().bold()),
        None if row.audit.is_none() => {
            Cell::new("no date").styled(AnsiColor::Red.on_default().bold())
        }
        None => Cell::new(&row.left()).styled(style),
    };
    vec![
        Cell::new(&row.name).styled(AnsiColor::Cyan.on_default()),
        text(row.owner.clone()),
        text(row.audit.map(|audit| audit.day.to_string())),
        text(row.audit.map(|audit| ago(audit.age))),
        text(row.audit.map(|audit| audit.holds_until.to_string())).styled(style),
        left,
    ]
}

/// How long ago something was, in days.
fn ago(days: i64) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        -1 => "tomorrow".to_owned(),
        2.. => format!("{} ago", overview::counted(days)),
        _ => format!("in {}", overview::counted(-days)),
    }
}
