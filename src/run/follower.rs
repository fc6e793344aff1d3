//! Those who are told what happens in a run: the record's files, the terminal, programs.

use std::io;
use std::os::fd::BorrowedFd;
use std::path::PathBuf;

use chrono::DateTime;
use chrono::Utc;

use crate::event::Record;
use crate::plan::ItemId;
use crate::plan::Plan;
use crate::run::state::State;

/// What does not change while a run goes on.
#[derive(Debug, Clone)]
pub struct Run {
    /// Its name, which is its folder's too.
    pub id: String,
    /// The project root.
    pub root: PathBuf,
    /// When it was first started.
    pub started: DateTime<Utc>,
    /// What it does.
    pub plan: Plan,
}

impl Run {
    /// The folder of this run.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        let record = self.root.join(&self.plan.settings.record);
        record.join("runs").join(&self.id)
    }

    /// A path of the Logging section with its placeholders filled in, relative to the project root.
    #[must_use]
    pub fn filled(&self, path: &str) -> String {
        let date = self.started.format("%Y-%m-%d").to_string();
        let path = path.replace("[name]", &self.plan.workflow);
        path.replace("[date]", &date).replace("[run]", &self.id)
    }
}

/// One who is told. What it is told holds no secret.
pub trait Follower {
    /// Something happened; `state` is what it led to. A record on disk that cannot be written stops the run.
    fn event(&mut self, run: &Run, record: &Record, state: &State) -> io::Result<()>;

    /// Whether it writes the record's files. That the run stops is told to them before the journal has it.
    fn is_record(&self) -> bool {
        false
    }

    /// What happened before, which others were told of.
    fn recall(&mut self, _run: &Run, _past: &[Record]) {}

    /// What can be read from once it has caught up, if it is so far behind that it should be told of no more output.
    fn behind(&self) -> Option<BorrowedFd<'_>> {
        None
    }

    /// A command wrote this.
    fn output(&mut self, _run: &Run, _item: ItemId, _bytes: &[u8]) -> io::Result<()> {
        Ok(())
    }
}
