//! `wf runs`, but for `prune`.

use std::io;
use std::path::PathBuf;

use anstyle::AnsiColor;
use chrono::DateTime;
use chrono::SecondsFormat;
use chrono::Utc;
use serde::Serialize;

use crate::cli::Exit;
use crate::cli::arguments::TableFormat;
use crate::cli::clock;
use crate::cli::failure;
use crate::cli::runner::abandon;
use crate::cli::runner::arguments::EventFormat;
use crate::cli::runner::arguments::RunsArguments;
use crate::cli::runner::arguments::RunsCommand;
use crate::cli::runner::arguments::ShowArguments;
use crate::cli::runner::existing;
use crate::cli::runner::failure::Failure;
use crate::cli::runner::last;
use crate::cli::runner::prune;
use crate::cli::runner::session;
use crate::cli::terminal;
use crate::event::Event;
use crate::event::Record;
use crate::files;
use crate::plan;
use crate::plan::ItemId;
use crate::report;
use crate::report::table::Cell;
use crate::report::table::Column;
use crate::report::table::Table;
use crate::run::Run;
use crate::run::journal::Contents;
use crate::run::journal::JournalError;
use crate::run::standing::Standing;
use crate::run::state::State;
use crate::run::store;
use crate::run::store::Store;

/// The version of the shape that programs get.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Whole {
    version: u32,
    runs: Vec<Row>,
}

/// A run, as programs get it. Of one whose journal cannot be read all but name and note is null, and its state if it
/// was given up.
#[derive(Serialize)]
struct Row {
    run: String,
    workflow: Option<String>,
    state: Option<&'static str>,
    #[serde(skip)]
    standing: Option<Standing>,
    started: Option<String>,
    #[serde(skip)]
    began: Option<DateTime<Utc>>,
    duration_ms: Option<i64>,
    note: Option<String>,
}

/// List runs, show one, give one up, or remove old ones.
pub fn runs(arguments: &RunsArguments) -> Result<Exit, Failure> {
    match &arguments.command {
        None => list(arguments.format),
        Some(RunsCommand::Show(show)) => self::show(show),
        Some(RunsCommand::Abandon(abandon)) => abandon::abandon(abandon),
        Some(RunsCommand::Prune(prune)) => prune::prune(prune),
    }
}

fn list(format: TableFormat) -> Result<Exit, Failure> {
    let (store, _) = existing::store()?;
    let names = existing::names(&store)?;
    let rows: Vec<Row> = names.iter().rev().map(|name| row(&store, name)).collect();
    let text = match format {
        TableFormat::Json => {
            let whole = Whole {
                version: VERSION,
                runs: rows,
            };
            serde_json::to_string_pretty(&whole).expect("a table is plain data") + "\n"
        }
        TableFormat::Text if rows.is_empty() => {
            terminal::notice("this project has no records of runs");
            String::new()
        }
        TableFormat::Text => table(&rows).render(terminal::frame()),
    };
    write(text.as_bytes())
}

fn write(bytes: &[u8]) -> Result<Exit, Failure> {
    terminal::write(|out| out.write_all(bytes))
        .map_err(|source| failure::Failure::UnwritableOutput { source })?;
    Ok(Exit::Clean)
}

fn row(store: &Store, name: &str) -> Row {
    let unread = |standing: Option<Standing>, note: String| Row {
        run: name.to_owned(),
        workflow: None,
        state: standing.map(Standing::word),
        standing,
        started: None,
        began: None,
        duration_ms: None,
        note: Some(note),
    };
    let contents = match store.read(name) {
        Ok(contents) => contents,
        // It died before it made one.
        Err(JournalError::Unreadable { source, .. })
            if source.kind() == io::ErrorKind::NotFound =>
        {
            Contents::default()
        }
        Err(error) => return unread(None, error.to_string()),
    };
    let damage = contents
        .fault
        .as_ref()
        .map(|fault| format!("its journal is damaged: {fault}"));
    let (Some(first), Some(last)) = (contents.records.first(), contents.records.last()) else {
        let standing = contents.is_given_up.then_some(Standing::Abandoned);
        let note = damage.unwrap_or_else(|| "it died before it began".to_owned());
        return unread(standing, note);
    };
    let Event::RunStarted { plan, .. } = &first.event else {
        return unread(None, "its journal does not begin with its start".to_owned());
    };
    let state = existing::state(&contents).expect("it begins with its start");
    let standing = Standing::of(&state, store.is_locked(&plan.workflow));
    Row {
        run: name.to_owned(),
        workflow: Some(plan.workflow.clone()),
        state: Some(standing.word()),
        standing: Some(standing),
        started: Some(instant(first.time)),
        began: Some(first.time),
        duration_ms: Some((last.time - first.time).num_milliseconds()),
        note: damage,
    }
}

fn table(rows: &[Row]) -> Table {
    let now = clock::now();
    let text = |text: Option<String>| Cell::new(text.as_deref().unwrap_or("-"));
    let column = |name, least, rank| Column {
        name,
        is_number: false,
        least,
        rank,
    };
    let cells = |row: &Row| {
        let style = row.standing.map_or_else(last::bad, last::style);
        let told = match (&row.note, row.standing) {
            (Some(note), Some(standing @ Standing::Abandoned)) => {
                format!("{}: {note}", standing.word())
            }
            (Some(note), _) => note.clone(),
            (None, _) => row.state.unwrap_or("-").to_owned(),
        };
        let duration = row
            .duration_ms
            .map(|taken| report::took(taken.unsigned_abs()));
        vec![
            Cell::new(&row.run).styled(AnsiColor::Cyan.on_default()),
            Cell::new(&told).styled(style),
            text(
                row.began
                    .map(|time| time.format("%Y-%m-%d %H:%M").to_string()),
            ),
            text(row.began.map(|time| report::ago(time, now))),
            text(duration),
        ]
    };
    Table {
        columns: vec![
            column("RUN", None, 0),
            column("STATE", Some(8), 1),
            column("STARTED (UTC)", None, 3),
            column("AGO", None, 2),
            column("TOOK", None, 4),
        ],
        rows: rows.iter().map(cells).collect(),
    }
}

fn instant(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Show a run again; or whether its record holds; or what a command wrote.
fn show(arguments: &ShowArguments) -> Result<Exit, Failure> {
    let (store, root) = existing::store()?;
    let names = existing::names(&store)?;
    let name = match &arguments.run {
        Some(name) => existing::named(&names, name)?,
        None => names.last().cloned().ok_or(Failure::NothingUnfinished)?,
    };
    let contents = store.read(&name)?;
    if arguments.verify {
        return verify(&store, &name, &contents);
    }
    if let Some(item) = arguments.output {
        return output(&store, &name, item, &contents.records);
    }
    replay(&store, root, &name, &contents, arguments.format)?;
    if let Some(fault) = &contents.fault {
        let end = if contents.is_given_up {
            "; a person gave the run up after that"
        } else {
            ""
        };
        terminal::notice(&format!(
            "the journal is damaged, the rest is not shown: {fault}{end}"
        ));
    }
    Ok(Exit::Clean)
}

/// The records, told again to who showed them when they were made.
fn replay(
    store: &Store,
    root: PathBuf,
    name: &str,
    contents: &Contents,
    format: EventFormat,
) -> Result<(), Failure> {
    let Some(Event::RunStarted { plan, .. }) = contents.records.first().map(|record| &record.event)
    else {
        return Ok(());
    };
    let mut run = Run {
        id: name.to_owned(),
        root,
        started: contents.records[0].time,
        plan: (**plan).clone(),
    };
    let mut follower = session::follower(format);
    let mut state = State::default();
    let mut tell = |record: &Record| -> io::Result<()> {
        if let Event::ItemFinished { item, attempt, .. } = &record.event
            && let Ok(bytes) = files::read(&output_file(store, name, *item, *attempt))
        {
            follower.output(&run, *item, &bytes)?;
        }
        if let Event::PlanAdopted { plan, .. } = &record.event {
            run.plan = (**plan).clone();
        }
        state.apply(&run.plan, &record.event);
        follower.event(&run, record, &state)
    };
    let told = contents.records.iter().try_for_each(&mut tell);
    told.map_err(|source| failure::Failure::UnwritableOutput { source }.into())
}

fn output_file(store: &Store, run: &str, item: ItemId, attempt: u32) -> PathBuf {
    store
        .folder(run)
        .join("output")
        .join(format!("{item}-{attempt}.log"))
}

fn output(store: &Store, run: &str, item: ItemId, records: &[Record]) -> Result<Exit, Failure> {
    let mut attempts = records
        .iter()
        .rev()
        .filter_map(|record| match record.event {
            Event::ItemStarted {
                item: started,
                attempt,
                ..
            } => (started == item).then_some(attempt),
            _ => None,
        });
    let bytes = attempts
        .next()
        .map(|attempt| files::read(&output_file(store, run, item, attempt)));
    match bytes {
        Some(Ok(bytes)) => write(&bytes),
        _ => Err(Failure::NoOutput {
            run: run.to_owned(),
            item: item.to_string(),
        }),
    }
}

/// Say whether a record is whole and unchanged.
fn verify(store: &Store, name: &str, contents: &Contents) -> Result<Exit, Failure> {
    let mut faults: Vec<String> = contents
        .fault
        .iter()
        .map(|fault| format!("journal: {fault}"))
        .collect();
    if existing::state(contents).is_none() {
        faults.push("journal: it does not begin with the start of a run".to_owned());
    }
    for record in &contents.records {
        let (file, plan) = match &record.event {
            Event::RunStarted { plan, .. } => ("document.md".to_owned(), plan),
            Event::PlanAdopted { plan, .. } => (store::document_name(&plan.sha256), plan),
            _ => continue,
        };
        match files::read(&store.folder(name).join(&file)) {
            Ok(bytes) if plan::digest(&bytes) == plan.sha256 => {}
            Ok(_) => faults.push(format!("{file}: it is not what was validated")),
            Err(error) => faults.push(format!("{file}: {error}")),
        }
    }
    if faults.is_empty() {
        let count = contents.records.len();
        return write(
            format!("{name}: {count} records, unchanged; the document is what was validated\n")
                .as_bytes(),
        );
    }
    let lines: Vec<String> = faults
        .iter()
        .map(|fault| format!("{name}: {fault}\n"))
        .collect();
    write(lines.concat().as_bytes())?;
    Ok(Exit::Findings)
}
