//! `wf list`.

use anstyle::AnsiColor;
use chrono::NaiveDate;
use chrono::SecondsFormat;
use serde::Serialize;

use crate::cli::Exit;
use crate::cli::arguments::ListArguments;
use crate::cli::arguments::TableFormat;
use crate::cli::clock;
use crate::cli::failure::Failure;
use crate::cli::inventory;
use crate::cli::overview;
use crate::cli::overview::Overview;
use crate::cli::runner;
use crate::cli::runner::LastRun;
use crate::cli::terminal;
use crate::files;
use crate::report;
use crate::report::table::Cell;
use crate::report::table::Column;
use crate::report::table::Table;

/// The version of the shape that programs get; `fixtures/json/list.schema.json` describes it.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Whole {
    version: u32,
    today: String,
    workflows: Vec<Row>,
}

/// A workflow, as programs get it. Of one that cannot be read all but name, path and note is null.
#[derive(Serialize)]
struct Row {
    name: String,
    path: String,
    title: Option<String>,
    owner: Option<String>,
    steps: Option<usize>,
    last_audited: Option<String>,
    days_left: Option<i64>,
    audit: &'static str,
    last_run: Option<Last>,
    note: Option<String>,
}

/// The last run of a workflow, as programs get it.
#[derive(Serialize)]
struct Last {
    run: String,
    state: &'static str,
    started: String,
    duration_ms: i64,
}

/// Write the table of all workflows.
pub fn run(arguments: &ListArguments) -> Exit {
    list(arguments).unwrap_or_else(|failure| {
        terminal::fail(&failure);
        Exit::Unusable
    })
}

fn list(arguments: &ListArguments) -> Result<Exit, Failure> {
    let today = clock::today(arguments.today)?;
    let inventory = inventory::take(today)?;
    let config = &inventory.project.config;
    let is_there = |path: &String| files::kind(&inventory.root.folder.join(path)).is_ok();
    if !inventory.root.has_config && !config.paths.iter().any(is_there) {
        return Err(Failure::NoWorkflows {
            folder: inventory.project.shown(""),
        });
    }
    let runs = runner::Runs::of(&inventory);
    let rows: Vec<(Overview, Option<LastRun>)> = inventory
        .documents
        .iter()
        .map(|path| (overview::of(&inventory, path), runs.last(path)))
        .collect();
    if rows.is_empty() {
        let paths: Vec<String> = config
            .paths
            .iter()
            .map(|path| format!("`{path}`"))
            .collect();
        terminal::notice(&format!(
            "there is no workflow in {}; `wf new NAME` writes one",
            paths.join(", ")
        ));
    }
    let has_failed =
        !inventory.failures.is_empty() || rows.iter().any(|(row, _)| row.note.is_some());
    let text = match arguments.output_format {
        TableFormat::Json => json(rows, today),
        TableFormat::Text if rows.is_empty() => String::new(),
        TableFormat::Text => table(&rows, today).render(terminal::frame()),
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

fn json(rows: Vec<(Overview, Option<LastRun>)>, today: NaiveDate) -> String {
    let workflows = rows.into_iter().map(|(overview, run)| Row {
        last_audited: overview.audit.map(|audit| audit.day.to_string()),
        days_left: overview.audit.map(|audit| audit.left),
        audit: overview.urgency(),
        name: overview.name,
        path: overview.path,
        title: overview.title,
        owner: overview.owner,
        steps: overview.steps,
        last_run: run.map(|run| Last {
            started: run.started.to_rfc3339_opts(SecondsFormat::Secs, true),
            duration_ms: run.took.num_milliseconds(),
            state: run.standing.word(),
            run: run.name,
        }),
        note: overview.note,
    });
    let whole = Whole {
        version: VERSION,
        today: today.to_string(),
        workflows: workflows.collect(),
    };
    report::json(&whole)
}

/// The table; where nothing was run yet, without a column for that.
fn table(rows: &[(Overview, Option<LastRun>)], today: NaiveDate) -> Table {
    let column = |name, is_number, least, rank| Column {
        name,
        is_number,
        least,
        rank,
    };
    let mut columns = vec![
        column("WORKFLOW", false, Some(8), 0),
        column("TITLE", false, Some(12), 4),
        column("OWNER", false, Some(8), 6),
        column("STEPS", true, None, 5),
        column("AUDITED", false, None, 3),
        column("LEFT", false, None, 1),
    ];
    let has_runs = rows.iter().any(|(_, run)| run.is_some());
    if has_runs {
        columns.push(column("LAST RUN", false, None, 2));
    }
    let cells = rows.iter().map(|(overview, run)| {
        let mut cells = cells(overview);
        if has_runs {
            cells.push(run_cell(run.as_ref(), today));
        }
        cells
    });
    Table {
        columns,
        rows: cells.collect(),
    }
}

fn cells(row: &Overview) -> Vec<Cell> {
    let text = |text: Option<&str>| Cell::new(text.unwrap_or("-"));
    let title = match &row.note {
        Some(note) => Cell::new(note).styled(AnsiColor::Red.on_default().bold()),
        None => text(row.title.as_deref()),
    };
    vec![
        Cell::new(&row.name).styled(AnsiColor::Cyan.on_default()),
        title,
        text(row.owner.as_deref()),
        text(row.steps.map(|steps| steps.to_string()).as_deref()),
        text(row.audit.map(|audit| audit.day.to_string()).as_deref()),
        Cell::new(&row.left()).styled(row.style()),
    ]
}

/// How the last run stands, and when it began.
fn run_cell(run: Option<&LastRun>, today: NaiveDate) -> Cell {
    let Some(run) = run else {
        return Cell::new("-");
    };
    let day = run.started.date_naive();
    let ago = match today.signed_duration_since(day).num_days() {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        days @ 2..=60 => format!("{} ago", overview::counted(days)),
        _ => day.to_string(),
    };
    Cell::new(&format!("{} {ago}", run.standing.word())).styled(runner::style(run.standing))
}
