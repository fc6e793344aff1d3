//! The journal of a run: JSON lines that are only ever appended to, each with the hash of the one before.
#![expect(
    clippy::disallowed_methods,
    reason = "this is where journals are read and written"
)]

mod contents;

use std::fs;
use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::io::Seek;
use std::io::SeekFrom;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::path::PathBuf;

use chrono::DateTime;
use chrono::Utc;
use miette::Diagnostic;
use thiserror::Error;

use crate::event;
use crate::event::Event;
use crate::event::Record;
use crate::plan;

pub use contents::Contents;
pub use contents::last;
pub use contents::read;

/// The file's name in a run's folder.
pub const FILE_NAME: &str = "journal.jsonl";

/// What is wrong with a journal.
#[derive(Debug, Error, Diagnostic)]
#[allow(
    missing_docs,
    reason = "each variant's message says what its fields are"
)]
pub enum JournalError {
    #[error("cannot read the journal `{}`: {source}", path.display())]
    #[diagnostic(help(
        "without its journal nothing is known of a run: mend that, or see what the run did and remove its folder"
    ))]
    Unreadable { path: PathBuf, source: io::Error },

    #[error("cannot write the journal `{}`: {source}", path.display())]
    #[diagnostic(help(
        "nothing is run that cannot be recorded; make room or mend the rights, then `wf resume`"
    ))]
    Unwritable { path: PathBuf, source: io::Error },

    #[error("the journal `{}` was removed while the run went on", path.display())]
    #[diagnostic(help(
        "nothing is run that cannot be recorded; put the folder back, or undo by hand what was done"
    ))]
    Removed { path: PathBuf },

    #[error("the journal `{}` is damaged: {fault}", path.display())]
    #[diagnostic(help(
        "`wf runs show` shows what can be read; put the line back as it was, or give the run up by `wf runs abandon`"
    ))]
    Damaged { path: PathBuf, fault: Fault },

    #[error("the journal `{}` is a later version's: {fault}", path.display())]
    #[diagnostic(help("use the version of wf that wrote it, or a later one"))]
    Newer { path: PathBuf, fault: Fault },

    #[error("the journal `{}` holds no record yet", path.display())]
    #[diagnostic(help("the run died before it began, and did nothing: remove its folder"))]
    Empty { path: PathBuf },
}

/// Where a journal does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {reason}")]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
    /// Whether a later version of wf wrote it: it is no damage.
    pub is_newer: bool,
}

/// A journal that can be appended to.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    seq: u64,
    hash: String,
    is_synced: bool,
}

impl Journal {
    /// Make a journal in a run's folder. There must be none.
    pub fn create(folder: &Path) -> Result<Self, JournalError> {
        let path = folder.join(FILE_NAME);
        let mut options = OpenOptions::new();
        options.append(true).create_new(true).mode(0o600);
        match options.open(&path) {
            Ok(file) => Ok(Self {
                path,
                file,
                seq: 0,
                hash: String::new(),
                is_synced: true,
            }),
            Err(source) => Err(JournalError::Unwritable { path, source }),
        }
    }

    /// Open a journal to go on, with the records that it holds. A torn last line is cut off.
    pub fn open(folder: &Path) -> Result<(Self, Vec<Record>), JournalError> {
        let contents = read(folder)?.sound()?;
        let path = contents.path;
        let opened = OpenOptions::new()
            .append(true)
            .open(&path)
            .and_then(|mut file| {
                if file.seek(SeekFrom::End(0))? > contents.length {
                    file.set_len(contents.length)?;
                    file.sync_all()?;
                }
                Ok(file)
            });
        match opened {
            Ok(file) if !contents.records.is_empty() => {
                let journal = Self {
                    path,
                    file,
                    seq: contents.records.len() as u64,
                    hash: contents.hash,
                    is_synced: true,
                };
                Ok((journal, contents.records))
            }
            Ok(_) => Err(JournalError::Empty { path }),
            Err(source) => Err(JournalError::Unwritable { path, source }),
        }
    }

    /// Append that a run is given up to a journal that is damaged, after all that is in it. It stays as damaged as it is.
    pub fn give_up(folder: &Path, by: &str, time: DateTime<Utc>) -> Result<Record, JournalError> {
        let path = folder.join(FILE_NAME);
        let unwritable = |source| JournalError::Unwritable {
            path: path.clone(),
            source,
        };
        let bytes = fs::read(&path).map_err(unwritable)?;
        let length = memchr::memrchr(b'\n', &bytes).map_or(0, |end| end + 1);
        let whole = &bytes[..length];
        let last = whole.split_inclusive(|&byte| byte == b'\n').next_back();
        let mut options = OpenOptions::new();
        let file = options.append(true).open(&path).map_err(unwritable)?;
        file.set_len(length as u64).map_err(unwritable)?;
        let mut journal = Self {
            path: path.clone(),
            file,
            seq: memchr::memchr_iter(b'\n', whole).count() as u64,
            hash: last.map_or_else(String::new, |line| plan::digest(&line[..line.len() - 1])),
            is_synced: true,
        };
        let by = by.to_owned();
        let record = journal.next(Event::RunAbandoned { by }, time);
        journal.append(&record)?;
        journal.sync()?;
        Ok(record)
    }

    /// The next record: of an event that happened at a time. Nothing is written yet.
    #[must_use]
    pub fn next(&self, event: Event, time: DateTime<Utc>) -> Record {
        Record {
            version: event::VERSION,
            seq: self.seq + 1,
            time,
            previous: self.hash.clone(),
            event,
        }
    }

    /// Append the next record. It is on disk for sure only after [`Self::sync`].
    pub fn append(&mut self, record: &Record) -> Result<(), JournalError> {
        let mut line = serde_json::to_vec(record).expect("a record is plain data");
        let hash = plan::digest(&line);
        line.push(b'\n');
        self.is_synced = false;
        self.file
            .write_all(&line)
            .map_err(|source| self.unwritable(source))?;
        (self.seq, self.hash) = (record.seq, hash);
        Ok(())
    }

    /// Wait until all that was appended is on disk, and make sure that it can still be found there.
    pub fn sync(&mut self) -> Result<(), JournalError> {
        if !self.is_synced {
            self.file
                .sync_data()
                .map_err(|source| self.unwritable(source))?;
            self.is_synced = true;
        }
        let links = self
            .file
            .metadata()
            .map_err(|source| self.unwritable(source))?
            .nlink();
        if links == 0 {
            return Err(JournalError::Removed {
                path: self.path.clone(),
            });
        }
        Ok(())
    }

    fn unwritable(&self, source: io::Error) -> JournalError {
        JournalError::Unwritable {
            path: self.path.clone(),
            source,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::journal::contents::contents;

    fn step(step: u32) -> Event {
        Event::StepStarted { step }
    }

    fn append(journal: &mut Journal, number: u32) {
        let record = journal.next(step(number), DateTime::UNIX_EPOCH);
        journal.append(&record).expect("room");
    }

    fn written(folder: &Path, events: u32) -> Vec<u8> {
        let mut journal = Journal::create(folder).expect("a new journal");
        for number in 1..=events {
            append(&mut journal, number);
        }
        journal.sync().expect("synced");
        fs::read(folder.join(FILE_NAME)).expect("readable")
    }

    #[test]
    fn what_was_appended_is_read_again() {
        let folder = tempfile::tempdir().expect("a folder");
        written(folder.path(), 2);
        let (mut journal, records) = Journal::open(folder.path()).expect("sound");
        assert_eq!(records.len(), 2);
        append(&mut journal, 3);
        let read = read(folder.path()).expect("readable");
        assert_eq!((read.records.len(), read.fault), (3, None));
        assert!(
            Journal::create(folder.path()).is_err(),
            "a journal is never overwritten"
        );
    }

    #[test]
    fn every_torn_tail_is_cut_off() {
        let folder = tempfile::tempdir().expect("a folder");
        let whole = written(folder.path(), 3);
        let second = whole
            .iter()
            .position(|&byte| byte == b'\n')
            .expect("a line")
            + 1;
        for length in second..whole.len() {
            fs::write(folder.path().join(FILE_NAME), &whole[..length]).expect("writable");
            let lines = memchr::memchr_iter(b'\n', &whole[..length]).count();
            let (mut journal, records) = Journal::open(folder.path()).expect("sound");
            assert_eq!(records.len(), lines, "cut at {length}");
            append(&mut journal, 9);
            let read = read(folder.path()).expect("readable");
            assert_eq!(
                (read.records.len(), read.fault),
                (lines + 1, None),
                "cut at {length}"
            );
        }
    }

    #[test]
    fn a_change_anywhere_is_seen() {
        let folder = tempfile::tempdir().expect("a folder");
        let whole = written(folder.path(), 3);
        let last = whole[..whole.len() - 1]
            .iter()
            .rposition(|&byte| byte == b'\n')
            .expect("lines");
        for at in 0..last {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            assert!(contents(&changed).fault.is_some(), "byte {at}");
        }
    }

    #[test]
    fn a_later_format_is_named() {
        let line = b"{\"version\":2,\"event\":\"run-teleported\"}\n";
        let fault = contents(line).fault.expect("a later version");
        assert!(fault.reason.contains("format version 2"), "{fault}");
    }

    #[test]
    fn a_removed_journal_is_noticed() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut journal = Journal::create(folder.path()).expect("a new journal");
        append(&mut journal, 1);
        fs::remove_file(folder.path().join(FILE_NAME)).expect("removable");
        assert!(matches!(journal.sync(), Err(JournalError::Removed { .. })));
    }
}
