//! The last run of a workflow, for tables of workflows.

use std::collections::BTreeMap;

use anstyle::AnsiColor;
use anstyle::Style;
use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;

use crate::cli::inventory::Inventory;
use crate::cli::runner::existing;
use crate::event::Event;
use crate::parse::value;
use crate::run::standing::Standing;
use crate::run::store;
use crate::run::store::Store;

/// The last run of a workflow.
#[derive(Debug)]
pub struct LastRun {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub standing: Standing,
    /// When it began.
    pub started: DateTime<Utc>,
    /// How long it has taken.
    pub took: TimeDelta,
}

/// The runs of a project, by workflow.
pub struct Runs {
    store: Store,
    /// Their names, the newest last, by what file names tell of their workflow.
    names: BTreeMap<String, Vec<String>>,
}

impl Runs {
    /// The runs of a project. Where they cannot be listed there are none: `wf runs` says why.
    pub fn of(inventory: &Inventory) -> Self {
        let store = existing::of(inventory);
        let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for name in store.names().unwrap_or_default() {
            let workflow = store::workflow(&name).to_owned();
            names.entry(workflow).or_default().push(name);
        }
        Self { store, names }
    }

    /// The last run of the document at a path from the project root, if it was ever run. One that cannot be read is
    /// passed over.
    pub fn last(&self, path: &str) -> Option<LastRun> {
        let names = self.names.get(&store::plain(value::stem(path)))?;
        names.iter().rev().find_map(|name| {
            let contents = self.store.read(name).ok()?;
            let (first, last) = (contents.records.first()?, contents.records.last()?);
            let Event::RunStarted { plan, .. } = &first.event else {
                return None;
            };
            if plan.document != path {
                return None;
            }
            let state = existing::state(&contents)?;
            Some(LastRun {
                name: name.clone(),
                standing: Standing::of(&state, self.store.is_locked(&plan.workflow)),
                started: first.time,
                took: last.time - first.time,
            })
        })
    }
}

/// How a run is shown where there are colours.
pub fn style(standing: Standing) -> Style {
    match standing {
        Standing::Succeeded | Standing::Undone => AnsiColor::Green.on_default(),
        Standing::Running | Standing::Waiting | Standing::Suspended => {
            AnsiColor::Yellow.on_default()
        }
        Standing::Abandoned => Style::new(),
        Standing::Crashed | Standing::Stuck | Standing::Failed => bad(),
    }
}

/// How is shown what somebody should look at.
pub fn bad() -> Style {
    AnsiColor::Red.on_default().bold()
}
