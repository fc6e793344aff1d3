//! What is kept of a command's output: its head and tail in a file, its last lines in memory.
#![expect(clippy::disallowed_methods, reason = "the kept output is written here")]

use std::collections::VecDeque;
use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::FileExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

/// How much of the end is at hand for reports, in bytes.
const LAST: usize = 4096;
/// How far from a cut its next line end is looked for, in bytes.
const NEAR: usize = 4096;
/// No line that says what is left out is longer, in bytes.
const NOTE: u64 = 80;

/// What was kept of a command's output.
#[derive(Debug)]
pub struct Kept {
    /// The file.
    pub path: PathBuf,
    /// How long the whole output was, in bytes, masked.
    pub bytes: u64,
    /// How many of them are not in the file: from the middle.
    pub left_out: u64,
    /// Why the file is not complete: the first failure to write it.
    pub failure: Option<io::Error>,
}

/// An output on its way into its file.
///
/// The file's first half takes the output's head; the second is a ring for its tail, put in order at the end. So
/// what came last before a crash is there too, though not in order.
pub(in crate::run::process) struct Capture {
    path: PathBuf,
    file: File,
    most: u64,
    written: u64,
    last: VecDeque<u8>,
    failure: Option<io::Error>,
}

impl Capture {
    pub(in crate::run::process) fn new(path: PathBuf, most: u64) -> io::Result<Self> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)?;
        Ok(Self {
            path,
            file,
            most,
            written: 0,
            last: VecDeque::new(),
            failure: None,
        })
    }

    /// The place in the file where the ring begins.
    fn head(&self) -> u64 {
        self.most / 2
    }

    fn ring(&self) -> u64 {
        self.most - self.head()
    }

    /// Takes the next masked bytes. After a failure to write only counts them.
    pub(in crate::run::process) fn write(&mut self, bytes: &[u8]) {
        let fresh = &bytes[bytes.len().saturating_sub(LAST)..];
        let old = (self.last.len() + fresh.len()).saturating_sub(LAST);
        self.last.drain(..old);
        self.last.extend(fresh);
        let mut rest = bytes;
        while !rest.is_empty() && self.ring() > 0 {
            let (place, room) = if self.written < self.head() {
                (self.written, self.head() - self.written)
            } else {
                let at = (self.written - self.head()) % self.ring();
                (self.head() + at, self.ring() - at)
            };
            let (now, later) =
                rest.split_at(rest.len().min(usize::try_from(room).unwrap_or(usize::MAX)));
            if self.failure.is_none() {
                self.failure = self.file.write_all_at(now, place).err();
            }
            self.written += now.len() as u64;
            rest = later;
        }
        self.written += rest.len() as u64;
    }

    /// The last lines of the output, not more than 4 KiB.
    pub(in crate::run::process) fn last(&self) -> String {
        let bytes: Vec<u8> = self.last.iter().copied().collect();
        let is_whole = self.written <= LAST as u64;
        let start = if is_whole { 0 } else { start_near(&bytes) };
        let mut text = String::from_utf8_lossy(&bytes[start..]).into_owned();
        // What is no text grows by being shown as such.
        let over = text.len().saturating_sub(LAST);
        let cut = (over..=text.len()).find(|&at| text.is_char_boundary(at));
        text.drain(..cut.expect("the end is a boundary"));
        text
    }

    /// Puts the file in order.
    pub(in crate::run::process) fn finish(mut self) -> Kept {
        let mut left_out = self.written.saturating_sub(self.most);
        if left_out > 0 && self.most > 0 && self.failure.is_none() {
            match self.order() {
                Ok(kept) => left_out = self.written - kept,
                Err(error) => self.failure = Some(error),
            }
        }
        Kept {
            path: self.path,
            bytes: self.written,
            left_out,
            failure: self.failure,
        }
    }

    /// Head, a line about what is left out, tail; how much of the output that is.
    fn order(&self) -> io::Result<u64> {
        let near = self.head().min(NEAR as u64);
        let mut end = vec![0; usize::try_from(near).expect("it is near")];
        self.file.read_exact_at(&mut end, self.head() - near)?;
        end.truncate(end_near(&end));
        let head = self.head() - near + end.len() as u64;

        let size = usize::try_from(self.ring()).map_err(io::Error::other)?;
        let mut tail = vec![0; size];
        self.file.read_exact_at(&mut tail, self.head())?;
        let oldest = (self.written - self.head()) % self.ring();
        tail.rotate_left(usize::try_from(oldest).map_err(io::Error::other)?);
        let most = self.ring().saturating_sub(NOTE);
        tail.drain(..size - usize::try_from(most).map_err(io::Error::other)?);
        tail.drain(..start_near(&tail));

        let kept = head + tail.len() as u64;
        let note = format!("[wf: {} bytes are left out here]\n", self.written - kept);
        let is_line = end.is_empty() || end.ends_with(b"\n");
        let note = if is_line { note } else { format!("\n{note}") };
        let room = usize::try_from(self.most - kept).unwrap_or(usize::MAX);
        let note = &note.as_bytes()[..note.len().min(room)];
        self.file.write_all_at(note, head)?;
        self.file.write_all_at(&tail, head + note.len() as u64)?;
        self.file.set_len(kept + note.len() as u64)?;
        Ok(kept)
    }
}

/// Where the first whole line begins, if that is near; else the first whole character.
fn start_near(bytes: &[u8]) -> usize {
    let near = &bytes[..bytes.len().min(NEAR)];
    let line = near.iter().position(|&byte| byte == b'\n').map(|at| at + 1);
    let is_inner = |byte: &&u8| **byte & 0xC0 == 0x80;
    line.filter(|&at| at < bytes.len())
        .unwrap_or_else(|| bytes.iter().take(3).take_while(is_inner).count())
}

/// Where the last whole line ends, if that is near; else the last whole character.
fn end_near(bytes: &[u8]) -> usize {
    if let Some(at) = bytes.iter().rposition(|&byte| byte == b'\n') {
        return at + 1;
    }
    let start = bytes.iter().rposition(|byte| byte & 0xC0 != 0x80);
    match start.map(|at| str::from_utf8(&bytes[at..])) {
        Some(Err(error)) if error.error_len().is_none() => start.unwrap_or(bytes.len()),
        _ => bytes.len(),
    }
}
