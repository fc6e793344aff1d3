//! Reading a journal as far as it holds.
#![expect(clippy::disallowed_methods, reason = "this is where journals are read")]

use std::fs;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::path::PathBuf;

use serde::Deserialize;

use crate::event;
use crate::event::Event;
use crate::event::Record;
use crate::plan;
use crate::run::journal::FILE_NAME;
use crate::run::journal::Fault;
use crate::run::journal::JournalError;

/// What can be read of a journal.
#[derive(Debug, Default)]
pub struct Contents {
    /// The journal.
    pub path: PathBuf,
    /// The records up to the first fault.
    pub records: Vec<Record>,
    /// The first fault; a torn last line is none.
    pub fault: Option<Fault>,
    /// Whether a person gave the run up because of the fault.
    pub is_given_up: bool,
    /// How many bytes the records take: what follows was torn by a crash.
    pub length: u64,
    /// The hash of the last line.
    pub hash: String,
}

impl Contents {
    /// The same, unless there is a fault.
    pub fn sound(self) -> Result<Self, JournalError> {
        let path = self.path;
        match self.fault {
            None => Ok(Self { path, ..self }),
            Some(fault) if fault.is_newer => Err(JournalError::Newer { path, fault }),
            Some(fault) => Err(JournalError::Damaged { path, fault }),
        }
    }
}

/// Read the journal in a run's folder, as far as it holds.
pub fn read(folder: &Path) -> Result<Contents, JournalError> {
    let path = folder.join(FILE_NAME);
    match fs::read(&path) {
        Ok(bytes) => Ok(Contents {
            path,
            ..contents(&bytes)
        }),
        Err(source) => Err(JournalError::Unreadable { path, source }),
    }
}

/// More than the last record of a run that is over takes.
const LAST_LINE: u64 = 4096;

/// What the last whole line of a journal says happened, without reading the others; none if there is no whole line.
/// A line that is no record of a short kind is an error.
pub fn last(folder: &Path) -> io::Result<Option<Event>> {
    let file = File::open(folder.join(FILE_NAME))?;
    let length = file.metadata()?.len();
    let start = length.saturating_sub(LAST_LINE);
    // Read at once: a run looks at all that were before.
    let mut bytes = vec![0; (length - start) as usize];
    file.read_exact_at(&mut bytes, start)?;
    if start > 0 && memchr::memchr(b'\n', &bytes).is_none() {
        // A torn line that is longer, which may be the first.
        bytes = fs::read(folder.join(FILE_NAME))?;
    }
    let Some(end) = memchr::memrchr(b'\n', &bytes) else {
        return Ok(None);
    };
    let line =
        memchr::memrchr(b'\n', &bytes[..end]).map_or(&bytes[..end], |start| &bytes[start + 1..end]);
    let record: Record = serde_json::from_slice(line)?;
    Ok(Some(record.event))
}

/// What stands in a line of any version.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

pub(in crate::run::journal) fn contents(bytes: &[u8]) -> Contents {
    let mut contents = Contents::default();
    let mut start = 0;
    while let Some(end) = memchr::memchr(b'\n', &bytes[start..]) {
        let line = &bytes[start..start + end];
        let number = contents.records.len() + 1;
        match record(line, number, &contents.hash) {
            Ok(record) => contents.records.push(record),
            // A crash of the machine may leave a line's end without its beginning.
            Err(_)
                if start + end + 1 == bytes.len()
                    && serde_json::from_slice::<Versioned>(line).is_err() =>
            {
                break;
            }
            Err(reason) => {
                contents.fault = Some(Fault {
                    line: number,
                    is_newer: version(line).is_some_and(|version| version > event::VERSION),
                    reason,
                });
                contents.is_given_up = is_given_up(&bytes[start + end + 1..]);
                break;
            }
        }
        contents.hash = plan::digest(line);
        start += end + 1;
        contents.length = start as u64;
    }
    contents
}

fn version(line: &[u8]) -> Option<u32> {
    let line: Versioned = serde_json::from_slice(line).ok()?;
    Some(line.version)
}

/// Whether the last of these lines says that a person gave the run up.
fn is_given_up(lines: &[u8]) -> bool {
    let mut lines = lines.rsplit(|&byte| byte == b'\n').skip(1);
    let last = lines.next().map(serde_json::from_slice::<Record>);
    matches!(last, Some(Ok(record)) if matches!(record.event, Event::RunAbandoned { .. }))
}

fn record(line: &[u8], number: usize, previous: &str) -> Result<Record, String> {
    let record = serde_json::from_slice::<Record>(line);
    // Most lines are whole records, which are read once only; a later version's may not be.
    let version = match &record {
        Ok(record) => Ok(record.version),
        Err(_) => serde_json::from_slice::<Versioned>(line).map(|line| line.version),
    };
    let version = version.map_err(|error| format!("it is no record: {error}"))?;
    if version > event::VERSION {
        return Err(format!(
            "it is of format version {version}; this program reads up to {}",
            event::VERSION
        ));
    }
    let record = record.map_err(|error| format!("it is no record: {error}"))?;
    if record.previous != previous {
        return Err(if number == 1 {
            "it is not the first record of its journal".to_owned()
        } else {
            format!(
                "it does not follow line {}: one of the two was changed",
                number - 1
            )
        });
    }
    if record.seq != number as u64 {
        return Err(format!("it says that it is record {}", record.seq));
    }
    Ok(record)
}
