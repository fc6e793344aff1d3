//! `wf run`.
#![expect(
    clippy::disallowed_methods,
    reason = "this is where the clock is asked when a run starts"
)]

use std::io;
use std::path::Path;

use chrono::SubsecRound;
use chrono::Utc;

use crate::cli::Exit;
use crate::cli::failure;
use crate::cli::runner::approval;
use crate::cli::runner::arguments::EventFormat;
use crate::cli::runner::arguments::RunArguments;
use crate::cli::runner::existing;
use crate::cli::runner::failure::Failure;
use crate::cli::runner::gate;
use crate::cli::runner::gate::Passed;
use crate::cli::runner::inputs;
use crate::cli::runner::inputs::Values;
use crate::cli::runner::person;
use crate::cli::runner::plan as shown;
use crate::cli::runner::session;
use crate::cli::runner::session::Notice;
use crate::cli::runner::session::Session;
use crate::cli::terminal;
use crate::event;
use crate::event::Event;
use crate::event::Lone;
use crate::files;
use crate::mask::Masker;
use crate::plan::Plan;
use crate::run::Run;
use crate::run::journal::Journal;
use crate::run::state::State;
use crate::run::store;
use crate::run::store::Store;

/// Run a workflow. A refusal is an event too, for programs.
pub fn run(arguments: &RunArguments) -> Result<Exit, Failure> {
    let result = start(arguments);
    if let Err(failure) = &result
        && arguments.common.format == EventFormat::Json
        && !matches!(failure, Failure::Run(_))
    {
        let event = Lone {
            version: event::VERSION,
            event: Event::RunRefused {
                exit: failure.exit() as u8,
                reason: failure.to_string(),
            },
        };
        terminal::write(|out| {
            serde_json::to_writer(&mut *out, &event)?;
            writeln!(out)
        })
        .map_err(|source| failure::Failure::UnwritableOutput { source })?;
    }
    result
}

fn start(arguments: &RunArguments) -> Result<Exit, Failure> {
    let findings = arguments.common.format.findings();
    let mut passed = gate::pass(&arguments.workflow, arguments.strict, findings)?;
    while arguments.wait && !arguments.dry_run && wait(&passed)? {
        // The document may have changed meanwhile.
        passed = gate::pass(&arguments.workflow, arguments.strict, findings)?;
    }
    let plan = &passed.plan;
    if let Some(path) = &arguments.plan {
        unchanged(path, plan)?;
    }
    if arguments.dry_run {
        return shown::dry_run(arguments, &passed);
    }
    let store = Store::new(&passed.inventory.root.folder, &plan.settings.record);
    if !arguments.wait || is_left_alone(&store, &plan.workflow)? {
        existing::none_unfinished(&store, &plan.workflow)?;
    }
    let values = inputs::take(plan, &arguments.inputs)?;
    let masker = Masker::new(&values.secret);
    apart(&masker, &passed)?;
    let jobs = shown::jobs(arguments, &passed);
    approval::agree(arguments.yes, "Run this?", "plan", "run", || {
        shown::text(plan, &values, jobs)
    })?;
    begin(arguments, passed, values, &store)
}

/// Wait until no other process runs a workflow; false if none does.
fn wait(passed: &Passed) -> Result<bool, Failure> {
    let plan = &passed.plan;
    let store = Store::new(&passed.inventory.root.folder, &plan.settings.record);
    if !store.is_locked(&plan.workflow) {
        return Ok(false);
    }
    let unrecorded = |source| Failure::NoRecord { source };
    let run = store.unfinished(&plan.workflow).map_err(unrecorded)?;
    let run = run.unwrap_or_else(|| format!("a run of {}", plan.workflow));
    terminal::notice(&format!("waiting until {run} ends"));
    store.wait(&plan.workflow).map_err(unrecorded)?;
    Ok(true)
}

/// Whether an unfinished run stands in the way that nobody carries on: it is the same one for as long as it is looked
/// at. Any other is waited for where the lock is taken.
fn is_left_alone(store: &Store, workflow: &str) -> Result<bool, Failure> {
    let look = || {
        let unfinished = store.unfinished(workflow);
        unfinished.map_err(|source| Failure::NoRecord { source })
    };
    let first = look()?;
    Ok(first.is_some() && !store.is_locked(workflow) && look()? == first)
}

/// Take the lock, write down what will be done, and do it.
fn begin(
    arguments: &RunArguments,
    passed: Passed,
    values: Values,
    store: &Store,
) -> Result<Exit, Failure> {
    let jobs = shown::jobs(arguments, &passed);
    let notice = Notice::from(&passed.inventory.project.config.run);
    let lock = loop {
        match session::lock(store, &passed.plan.workflow) {
            Err(Failure::InProgress { .. }) if arguments.wait => wait(&passed)?,
            lock => break lock?,
        };
    };
    let plan = passed.plan;
    // Looked at again now that no other process can start one.
    existing::none_unfinished(store, &plan.workflow)?;
    let now = Utc::now().trunc_subsecs(3);
    let id = store::name(&plan.workflow, now);
    let run = Run {
        id: id.clone(),
        root: passed.inventory.root.folder,
        started: now,
        plan,
    };
    let unrecorded = |source| Failure::NoRecord { source };
    let document = passed.validated.text().as_bytes();
    let made = store.create(&id, document).map_err(unrecorded);
    let journal = made.and_then(|folder| {
        let journal = Journal::create(&folder)?;
        store.sync(&id).map_err(unrecorded)?;
        Ok(journal)
    });
    let journal = match journal {
        Ok(journal) => journal,
        Err(failure) => return Err(forgotten(store, &id, failure)),
    };
    let started = Event::RunStarted {
        run: id.clone(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        by: person::name(arguments.common.name.as_ref()),
        jobs,
        inputs: values.plain,
        secrets: values.secret.keys().cloned().collect(),
        plan: Box::new(run.plan.clone()),
    };
    let session = Session {
        run,
        state: State::default(),
        journal,
        records: Vec::new(),
        secrets: values.secret,
        lock,
        notice,
    };
    let end = session::carry_on(session, &arguments.common, vec![started]);
    end.map_err(|failure| match failure {
        Failure::NoRecord { .. } => forgotten(store, &id, failure),
        failure => failure,
    })
}

/// A run that could not even begin leaves nothing behind, as far as that can be removed.
fn forgotten(store: &Store, id: &str, failure: Failure) -> Failure {
    let _ = store.remove(id);
    failure
}

/// Whether a plan that was written before is still that of the document.
fn unchanged(path: &Path, plan: &Plan) -> Result<(), Failure> {
    let shown = files::slashed(path);
    let no_plan = |reason: String| Failure::NoPlan {
        path: shown.clone(),
        reason,
        workflow: plan.workflow.clone(),
    };
    let bytes = files::read(path).map_err(|error: io::Error| no_plan(error.to_string()))?;
    let written: Plan =
        serde_json::from_slice(&bytes).map_err(|error| no_plan(error.to_string()))?;
    let what = if written.document != plan.document {
        "the path"
    } else if written.sha256 != plan.sha256 {
        "the text"
    } else if written != *plan {
        "what the configuration gives it"
    } else {
        return Ok(());
    };
    Err(Failure::PlanChanged {
        document: plan.document.clone(),
        what,
        workflow: plan.workflow.clone(),
    })
}

/// What is stored as it is must not hold a secret.
fn apart(masker: &Masker, passed: &Passed) -> Result<(), Failure> {
    let env = passed.plan.settings.env.values();
    let env = env.map(|value| ("table `run.env` of wf.toml", value.as_str()));
    let texts = std::iter::once(("document", passed.validated.text())).chain(env);
    for (what, text) in texts {
        if let Some(name) = masker.name_of_first(text.as_bytes()) {
            let name = name.to_owned();
            return Err(Failure::SecretInPlace { what, name });
        }
    }
    Ok(())
}
