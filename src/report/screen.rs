//! Where a run is shown. Nobody looking is no reason to leave a run half done: what cannot be written is dropped.

use std::io;
use std::io::Write;

/// A place to write to, as long as it takes something.
#[derive(Debug)]
pub struct Screen<W> {
    out: W,
    failure: Option<io::Error>,
}

impl<W: Write> Screen<W> {
    /// Write to this.
    pub fn new(out: W) -> Self {
        Self { out, failure: None }
    }

    /// Write a text at once.
    pub fn write(&mut self, text: &str) {
        if text.is_empty() || self.failure.is_some() {
            return;
        }
        let written = self.out.write_all(text.as_bytes());
        self.failure = written.and_then(|()| self.out.flush()).err();
    }

    /// Why nothing could be written any more, if it was not that the reader went away.
    pub fn failure(&self) -> Option<&io::Error> {
        let is_gone = |error: &&io::Error| error.kind() == io::ErrorKind::BrokenPipe;
        self.failure.as_ref().filter(|error| !is_gone(error))
    }
}
