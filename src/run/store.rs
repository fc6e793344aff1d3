//! The runs of a project on disk: their names and folders, which of them are not finished, and the lock of a workflow.
#![expect(
    clippy::disallowed_methods,
    reason = "this is where the folders of runs are made and read"
)]

use std::fs;
use std::fs::DirBuilder;
use std::fs::File;
use std::fs::OpenOptions;
use std::fs::TryLockError;
use std::io;
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;
use std::time::Instant;

use chrono::DateTime;
use chrono::Utc;

use crate::event::Event;
use crate::run::journal;
use crate::run::journal::Contents;
use crate::run::journal::JournalError;

/// The letters that end a run's name.
const LETTERS: usize = 4;

/// What the folder of a run is called while it is removed ends in this: no name of a run does.
const DOOMED: char = '~';

/// For how long a lock is tried to be taken that should be free.
const GLANCE: Duration = Duration::from_millis(50);

/// How often is looked whether a lock is free.
const LOOK: Duration = Duration::from_millis(5);

/// Where a project keeps its runs.
#[derive(Debug, Clone)]
pub struct Store {
    record: PathBuf,
}

/// A workflow's lock. It goes with the process.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Store {
    /// The store of a project, in the folder that its configuration names.
    #[must_use]
    pub fn new(root: &Path, record: &str) -> Self {
        Self {
            record: root.join(record),
        }
    }

    fn runs(&self) -> PathBuf {
        self.record.join("runs")
    }

    /// The folder of a run.
    #[must_use]
    pub fn folder(&self, run: &str) -> PathBuf {
        self.runs().join(run)
    }

    /// Make the folders of a new run, with its document. Only their owner can read them.
    pub fn create(&self, run: &str, document: &[u8]) -> io::Result<PathBuf> {
        let folder = self.folder(run);
        make_folders(&self.runs())?;
        ignore(&self.runs())?;
        make_folder(&folder)?;
        make_folder(&folder.join("output"))?;
        make_folder(&folder.join("scratch"))?;
        let path = folder.join("document.md");
        let mut options = OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(&path);
        let written = file.and_then(|mut file| {
            file.write_all(document)?;
            file.sync_all()
        });
        written.map_err(|error| unwritable(&path, &error))?;
        Ok(folder)
    }

    /// Keep a document that a run takes on, beside the one that it was started with. The name tells it by its SHA-256.
    pub fn keep(&self, run: &str, sha256: &str, document: &[u8]) -> io::Result<()> {
        let path = self.folder(run).join(document_name(sha256));
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(document)?;
        file.sync_all()?;
        File::open(self.folder(run))?.sync_all()
    }

    /// Let the names of a run's files reach the disk.
    pub fn sync(&self, run: &str) -> io::Result<()> {
        for folder in [self.folder(run), self.runs(), self.record.clone()] {
            let synced = File::open(&folder).and_then(|folder| folder.sync_all());
            synced.map_err(|error| unwritable(&folder, &error))?;
        }
        Ok(())
    }

    /// Take the lock of a workflow; none if a process holds it.
    pub fn lock(&self, workflow: &str) -> io::Result<Option<Lock>> {
        let folder = self.record.join("locks");
        make_folders(&folder)?;
        ignore(&folder)?;
        let path = folder.join(format!("{}.lock", plain(workflow)));
        let mut options = OpenOptions::new();
        let file = options
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(|error| unwritable(&path, &error))?;
        // Whoever only looks whether it is held has it for a moment.
        let is_taken = take(&file, GLANCE)?;
        Ok(is_taken.then_some(Lock { _file: file }))
    }

    /// Keep other processes away from what the runs of a project share under a name; no longer than `patience` is
    /// waited for them.
    pub fn hold(&self, name: &str, patience: Duration) -> io::Result<Lock> {
        let folder = self.record.join("locks");
        make_folders(&folder)?;
        ignore(&folder)?;
        let mut options = OpenOptions::new();
        // A workflow's lock has an ending.
        let path = folder.join(name);
        let file = options
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)?;
        if take(&file, patience)? {
            return Ok(Lock { _file: file });
        }
        let what = "another run does not let go of it";
        Err(io::Error::new(io::ErrorKind::TimedOut, what))
    }

    /// Whether a process holds the lock of a workflow.
    #[must_use]
    pub fn is_locked(&self, workflow: &str) -> bool {
        let path = self
            .record
            .join("locks")
            .join(format!("{}.lock", plain(workflow)));
        let file = OpenOptions::new().write(true).open(path);
        // Shared, so that those who look do not see one another.
        file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// The names of all runs, the oldest first. What is no run's folder is left out.
    pub fn names(&self) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(self.runs()) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => {
                let what = format!("cannot read `{}`: {error}", self.runs().display());
                return Err(io::Error::new(error.kind(), what));
            }
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if started(&name).is_some() && entry.file_type()?.is_dir() {
                names.push(name);
            }
        }
        names.sort_by_cached_key(|name| when(name).to_owned());
        Ok(names)
    }

    /// Remove the folder of a run. After a crash in the middle, [`Self::sweep`] removes the rest.
    pub fn remove(&self, run: &str) -> io::Result<()> {
        let doomed = self.runs().join(format!("{run}{DOOMED}"));
        fs::rename(self.folder(run), &doomed)?;
        fs::remove_dir_all(doomed)
    }

    /// Remove what is left of runs of which [`Self::remove`] was interrupted.
    pub fn sweep(&self) -> io::Result<()> {
        let entries = match fs::read_dir(self.runs()) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name
                .strip_suffix(DOOMED)
                .is_some_and(|run| started(run).is_some())
            {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }

    /// Wait until no process holds the lock of a workflow.
    pub fn wait(&self, workflow: &str) -> io::Result<()> {
        let path = self
            .record
            .join("locks")
            .join(format!("{}.lock", plain(workflow)));
        match OpenOptions::new().write(true).open(path) {
            Ok(file) => file.lock(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The newest run of a workflow that neither ended nor was given up.
    pub fn unfinished(&self, workflow: &str) -> io::Result<Option<String>> {
        let workflow = plain(workflow);
        let names = self.names()?.into_iter().rev();
        let mut own = names.filter(|name| started(name).is_some_and(|(name, _)| name == workflow));
        Ok(own.find(|name| !self.is_over(name)))
    }

    /// Whether a run ended or was given up. One that never got to its journal, or to the first record there, did
    /// nothing, and counts as over.
    #[must_use]
    pub fn is_over(&self, run: &str) -> bool {
        match journal::last(&self.folder(run)) {
            Ok(last) => last.is_none_or(|event| {
                matches!(
                    event,
                    Event::RunFinished { .. } | Event::RunAbandoned { .. }
                )
            }),
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        }
    }

    /// Read a run's journal.
    pub fn read(&self, run: &str) -> Result<Contents, JournalError> {
        journal::read(&self.folder(run))
    }
}

/// Take a lock; false if others held it all the time.
fn take(file: &File, patience: Duration) -> io::Result<bool> {
    let end = Instant::now() + patience;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) if Instant::now() < end => std::thread::sleep(LOOK),
            Err(TryLockError::WouldBlock) => return Ok(false),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// The name of a new run: workflow, time to the second, and letters that tell two of one second apart. The first two
/// of them go on with the time, so that names sort as runs began; the others are random.
#[must_use]
pub fn name(workflow: &str, time: DateTime<Utc>) -> String {
    let fraction = time.timestamp_subsec_millis().min(999) * (26 * 26) / 1000;
    let letter = |number: u32| char::from(b'a' + number as u8);
    let fraction = [letter(fraction / 26), letter(fraction % 26)];
    let random = std::iter::repeat_with(fastrand::lowercase).take(LETTERS - 2);
    let letters: String = fraction.into_iter().chain(random).collect();
    let time = time.format("%Y%m%dT%H%M%SZ");
    format!("{}-{time}-{letters}", plain(workflow))
}

/// The name of the file that holds a document which a run took on.
#[must_use]
pub fn document_name(sha256: &str) -> String {
    let start: String = sha256.chars().take(12).collect();
    format!("document-{start}.md")
}

/// The workflow in a run's name, as far as file names tell it.
#[must_use]
pub fn workflow(run: &str) -> &str {
    started(run).map_or(run, |(workflow, _)| workflow)
}

/// The workflow and the time in a run's name.
fn started(run: &str) -> Option<(&str, &str)> {
    let (rest, letters) = run.rsplit_once('-')?;
    let (workflow, time) = rest.rsplit_once('-')?;
    let is_time = time.len() == 16 && time.ends_with('Z') && time.as_bytes()[8] == b'T';
    let is_name = letters.len() == LETTERS && letters.bytes().all(|byte| byte.is_ascii_lowercase());
    (is_time && is_name).then_some((workflow, time))
}

/// The part of a run's name that tells when it began.
fn when(run: &str) -> &str {
    started(run).map_or(run, |(workflow, _)| &run[workflow.len()..])
}

/// A workflow's name as part of a file's: a document's stem may hold what other programs take for more than a name.
#[must_use]
pub fn plain(workflow: &str) -> String {
    let plain = |c: char| {
        if c.is_alphanumeric() || "._".contains(c) {
            c
        } else {
            '-'
        }
    };
    workflow.chars().map(plain).collect()
}

/// Make a folder that only its owner can read.
fn make_folder(path: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        result => result.map_err(|error| unwritable(path, &error)),
    }
}

fn make_folders(path: &Path) -> io::Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| unwritable(path, &error))
}

/// The system's refusal, with the path.
fn unwritable(path: &Path, error: &io::Error) -> io::Error {
    let what = format!("cannot write `{}`: {error}", path.display());
    io::Error::new(error.kind(), what)
}

/// Records hold what is no other clone's business: git leaves them out.
fn ignore(folder: &Path) -> io::Result<()> {
    let path = folder.join(".gitignore");
    let file = OpenOptions::new().write(true).create_new(true).open(&path);
    match file.and_then(|mut file| file.write_all(b"*\n")) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        result => result.map_err(|error| unwritable(&path, &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_workflow_and_time() {
        let time = DateTime::from_timestamp(1_770_000_000, 0).expect("a time");
        let run = name("01 my/release", time);
        let (workflow, at) = started(&run).expect("a run's name");
        assert_eq!((workflow, at), ("01-my-release", "20260202T024000Z"));
        for other in [
            ".gitignore",
            "release",
            "release-1-abcd",
            "release-20260202T024000Z-ABCD",
        ] {
            assert_eq!(started(other), None, "{other}");
        }
    }

    #[test]
    fn names_sort_as_runs_began() {
        let at = |millis| {
            name(
                "a",
                DateTime::from_timestamp_millis(millis).expect("a time"),
            )
        };
        for (earlier, later) in [(0, 2), (10, 40), (998, 1000), (1999, 2000)] {
            assert!(when(&at(earlier)) < when(&at(later)), "{earlier} {later}");
        }
    }

    #[test]
    fn a_lock_is_held_once_and_goes_with_its_holder() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::new(folder.path(), ".memory");
        let lock = store.lock("release").expect("writable");
        assert!(lock.is_some());
        assert!(store.lock("release").expect("writable").is_none());
        assert!(store.lock("deploy").expect("writable").is_some());
        drop(lock);
        assert!(store.lock("release").expect("writable").is_some());
    }
}
