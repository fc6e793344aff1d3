//! What can go wrong around runs, and the exit code of each.

use std::io;

use miette::Diagnostic;
use thiserror::Error;

use crate::cli::Exit;
use crate::cli::failure;
use crate::plan::InputError;
use crate::plan::ItemId;
use crate::plan::Refusal;
use crate::run::RunError;
use crate::run::journal::JournalError;

/// Why nothing was run, or why a run could not go on.
#[derive(Debug, Error, Diagnostic)]
pub enum Failure {
    #[error(transparent)]
    #[diagnostic(transparent)]
    Usual(#[from] failure::Failure),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Input(#[from] InputError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Refusal(#[from] Refusal),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Journal(#[from] JournalError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Run(#[from] RunError),

    #[error("`{path}` does not validate: {count}")]
    #[diagnostic(help("mend what is listed above; nothing was run"))]
    Invalid { path: String, count: String },

    #[error("`{path}` is there already, and is no plan")]
    #[diagnostic(help("nothing was written; name another file, or remove that one first"))]
    NotReplaced { path: String },

    #[error("`{path}` is no plan: {reason}")]
    #[diagnostic(help("write one with `wf plan {workflow} -o FILE`"))]
    NoPlan {
        path: String,
        reason: String,
        workflow: String,
    },

    #[error("`{document}` is not what the plan was made of: {what} changed since")]
    #[diagnostic(help("look at `wf plan {workflow}` again, and write a new plan with `-o`"))]
    PlanChanged {
        document: String,
        what: &'static str,
        workflow: String,
    },

    #[error("nobody is there to agree to the {what}")]
    #[diagnostic(help("add `--yes`; `wf plan` shows what would be done"))]
    NotAgreed { what: &'static str },

    #[error("nothing was {what}")]
    Declined { what: &'static str },

    #[error("the variable `{name}` of the environment is not UTF-8 text")]
    #[diagnostic(help("give the input on the command line"))]
    NotTextInEnvironment { name: String },

    #[error("the secret `{name}` cannot be read: {source}")]
    #[diagnostic(help(
        "give it as `{name}=@FILE`, `{name}=-` for standard input, or in the environment"
    ))]
    UnreadableSecret { name: String, source: io::Error },

    #[error("the secret `{name}` is not UTF-8 text")]
    #[diagnostic(help("encode it, and let the commands decode it"))]
    SecretNotText { name: String },

    #[error("the {what} holds the value of the secret `{name}`, and would be stored")]
    #[diagnostic(help("take it out; if it was ever shared, change the secret"))]
    SecretInPlace { what: &'static str, name: String },

    #[error("`{name}` is no secret of this run")]
    #[diagnostic(help(
        "a run keeps the inputs that it was started with; only secrets are given again"
    ))]
    NoSecretOfRun { name: String },

    #[error("the run cannot be recorded: {source}")]
    #[diagnostic(help(
        "nothing was run; make the folder writable, or set `run.record` in wf.toml"
    ))]
    NoRecord { source: io::Error },

    #[error("the runs cannot be listed: {source}")]
    #[diagnostic(help("make that a folder which can be read, or set `run.record` in wf.toml"))]
    Unlisted { source: io::Error },

    #[error("{run} is not finished: it {standing}")]
    #[diagnostic(help("{help}"))]
    Unfinished {
        run: String,
        standing: String,
        help: String,
    },

    #[error("{run} is being run by another process")]
    #[diagnostic(help("wait until it ends; `wf runs show {run}` shows how far it is"))]
    InProgress { run: String },

    #[error("the record of {run} cannot be removed: {source}")]
    #[diagnostic(help(
        "mend the rights of its folder, and try again: what is left of it is removed then"
    ))]
    NotRemoved { run: String, source: io::Error },

    #[error("there is no run `{run}`")]
    #[diagnostic(help("{help}"))]
    NoRun { run: String, help: String },

    #[error("no run is waiting to go on")]
    #[diagnostic(help("`wf runs` lists all runs; `wf run NAME` starts one"))]
    NothingUnfinished,

    #[error("more than one run is not finished: {runs}")]
    #[diagnostic(help("name the one that is meant"))]
    WhichRun { runs: String },

    #[error("{run} is over: it {standing}")]
    #[diagnostic(help("{help}"))]
    Over {
        run: String,
        standing: String,
        help: &'static str,
    },

    #[error("{run} is stuck: its rollback stopped {at}")]
    #[diagnostic(help("{help}"))]
    IsStuck {
        run: String,
        at: String,
        help: String,
    },

    #[error("{run} is not stuck: it {standing}")]
    #[diagnostic(help("{help}"))]
    NotStuck {
        run: String,
        standing: String,
        help: String,
    },

    #[error("{run} cannot go on with `{document}` as it is now: {reason}")]
    #[diagnostic(help(
        "`wf resume {run}` without `--adopt` goes on with the document that it was started with"
    ))]
    NotAdoptable {
        run: String,
        document: String,
        reason: String,
    },

    #[error("{run} is already being rolled back")]
    #[diagnostic(help("{help}"))]
    RollsBack { run: String, help: String },

    #[error("nothing of {run} is of unknown outcome")]
    #[diagnostic(help("`wf resume {run}` alone goes on"))]
    NothingUnknown { run: String },

    #[error("{item} of {run} is not of unknown outcome")]
    #[diagnostic(help("`wf resume {run}` alone goes on, and says what is"))]
    NotUnknown { run: String, item: ItemId },

    #[error("in {run} {found}")]
    #[diagnostic(help("{help}"))]
    NothingWaits {
        run: String,
        found: String,
        help: String,
    },

    #[error("step {step} is not due for rollback in {run}")]
    #[diagnostic(help("`wf runs show {run}` shows which steps are"))]
    NotDue { run: String, step: u32 },

    #[error("there is no output of {item} in {run}")]
    #[diagnostic(help("`wf runs show {run}` shows which commands ran"))]
    NoOutput { run: String, item: String },

    #[error("a process of {run} still runs and cannot be ended: {processes}")]
    #[diagnostic(help("end it yourself, then try again"))]
    Survivors { run: String, processes: String },

    #[error("cannot look for what {run} left running: {source}")]
    NoProcesses { run: String, source: io::Error },
}

impl Failure {
    /// A run whose very first record cannot be written.
    pub fn unrecorded(error: &RunError) -> Self {
        Self::NoRecord {
            source: io::Error::other(error.to_string()),
        }
    }

    /// The exit code.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Refusal(_) | Self::Invalid { .. } | Self::NotAdoptable { .. } => Exit::Refused,
            Self::Run(_) | Self::IsStuck { .. } | Self::Survivors { .. } => Exit::Stuck,
            Self::Unfinished { .. } | Self::InProgress { .. } => Exit::Unfinished,
            _ => Exit::Unusable,
        }
    }
}
