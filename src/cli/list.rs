//! `wf list`.

use anstyle::AnsiColor;
use anstyle::Style;
use chrono::NaiveDate;
use serde::Serialize;

use crate::cli::Exit;
use crate::cli::arguments::ListArguments;
use crate::cli::arguments::TableFormat;
use crate::cli::clock;
use crate::cli::failure::Failure;
use crate::cli::inventory;
use crate::cli::inventory::Inventory;
use crate::cli::terminal;
use crate::config::Audit;
use crate::files;
use crate::lint::Project;
use crate::markdown::content;
use crate::parse;
use crate::parse::date;
use crate::parse::value;
use crate::report;
use crate::report::table::Cell;
use crate::report::table::Column;
use crate::report::table::Table;
use crate::rule::Check;
use crate::rules::RULES;
use crate::secret;
use crate::source::Source;
use crate::workflow::Workflow;

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
    audit: State,
    note: Option<String>,
}

/// How the last audit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    /// Recent.
    Fresh,
    /// Old enough to be warned of.
    Due,
    /// Too old.
    Overdue,
    /// Later than today.
    Future,
    /// The document names no day.
    Unknown,
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
    let rows: Vec<Row> = inventory
        .documents
        .iter()
        .map(|path| row(&inventory, path))
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
    let has_failed = !inventory.failures.is_empty() || rows.iter().any(|row| row.note.is_some());
    let text = match arguments.output_format {
        TableFormat::Json => json(rows, today),
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

fn json(workflows: Vec<Row>, today: NaiveDate) -> String {
    let whole = Whole {
        version: VERSION,
        today: today.to_string(),
        workflows,
    };
    report::json(&whole)
}

fn row(inventory: &Inventory, path: &str) -> Row {
    let project = &inventory.project;
    let mut row = Row {
        name: value::workflow_name(value::stem(path)),
        path: project.shown(path),
        title: None,
        owner: None,
        steps: None,
        last_audited: None,
        days_left: None,
        audit: State::Unknown,
        note: None,
    };
    match text(project, path) {
        Ok(text) => fill(&mut row, project, &text),
        Err(fault) => row.note = Some(format!("cannot be read: {fault}")),
    }
    row
}

/// A document's text without secrets, or why it cannot be had.
fn text(project: &Project, path: &str) -> Result<String, String> {
    let bytes = files::read(&project.root.join(path)).map_err(|error| error.to_string())?;
    let fault = RULES.iter().find_map(|rule| match rule.check {
        Check::Bytes(check) => check(&bytes, project.config.max_file_size),
        _ => None,
    });
    match fault {
        Some(fault) => Err(fault.message),
        None => Ok(secret::masked(&String::from_utf8_lossy(&bytes)).into_owned()),
    }
}

fn fill(row: &mut Row, project: &Project, text: &str) {
    let template = &project.template;
    let document = parse::document(Source::new(&row.path, text), template);
    let (source, workflow) = (&document.source, &document.workflow);
    let header = |name: &str| -> Option<String> {
        let span = workflow.header_field(template, name)?.value;
        let inner = content::code_span(source, span).unwrap_or(span);
        (!inner.is_empty()).then(|| source.slice(inner).to_owned())
    };
    // The name that the document gives itself, as long as it leads here.
    if let Some(name) = trigger(project, workflow, source)
        && value::workflow_name(name) == row.name
    {
        name.clone_into(&mut row.name);
    }
    let title = workflow.title.as_ref();
    row.title = title.map(|title| title.text.to_string());
    row.owner = header("OWNER");
    row.steps = template.steps.as_ref().map(|_| workflow.steps.len());
    if let Some(day) = header("LAST-AUDITED").and_then(|text| date::iso(&text)) {
        let age = project.today.signed_duration_since(day).num_days();
        row.last_audited = Some(day.to_string());
        row.days_left = Some(i64::from(project.config.audit.max_age_days) - age);
        row.audit = state(age, project.config.audit);
    }
}

fn trigger<'a>(project: &Project, workflow: &Workflow, source: &'a Source) -> Option<&'a str> {
    let field = workflow.field(&project.template, "Trigger", "Command")?;
    let code = content::code_span(source, field.content.text()?)?;
    Some(value::trigger_name(source.slice(code))?.1)
}

fn state(age: i64, audit: Audit) -> State {
    if age < 0 {
        State::Future
    } else if age > i64::from(audit.max_age_days) {
        State::Overdue
    } else if age > i64::from(audit.warn_after_days) {
        State::Due
    } else {
        State::Fresh
    }
}

fn table(rows: &[Row]) -> Table {
    let column = |name, is_number, least, rank| Column {
        name,
        is_number,
        least,
        rank,
    };
    Table {
        columns: vec![
            column("WORKFLOW", false, Some(8), 0),
            column("TITLE", false, Some(12), 3),
            column("OWNER", false, Some(8), 5),
            column("STEPS", true, None, 4),
            column("AUDITED", false, None, 2),
            column("LEFT", false, None, 1),
        ],
        rows: rows.iter().map(cells).collect(),
    }
}

fn cells(row: &Row) -> Vec<Cell> {
    let text = |text: Option<&str>| Cell::new(text.unwrap_or("-"));
    let style = match row.audit {
        State::Fresh | State::Unknown => Style::new(),
        State::Due => AnsiColor::Yellow.on_default().bold(),
        State::Overdue | State::Future => AnsiColor::Red.on_default().bold(),
    };
    let title = match &row.note {
        Some(note) => Cell::new(note).styled(AnsiColor::Red.on_default().bold()),
        None => text(row.title.as_deref()),
    };
    let left = match (row.audit, row.days_left) {
        (State::Future, _) => "in the future".to_owned(),
        (_, None) => "-".to_owned(),
        (State::Overdue, Some(days)) => format!("{} over", counted(-days)),
        (_, Some(days)) => counted(days),
    };
    vec![
        Cell::new(&row.name).styled(AnsiColor::Cyan.on_default()),
        title,
        text(row.owner.as_deref()),
        text(row.steps.map(|steps| steps.to_string()).as_deref()),
        text(row.last_audited.as_deref()),
        Cell::new(&left).styled(style),
    ]
}

fn counted(days: i64) -> String {
    format!("{days} day{}", if days == 1 { "" } else { "s" })
}
