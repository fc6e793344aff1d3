//! A run for programs: each record on a line, as JSON, as soon as it is made.

use std::io;
use std::io::Write;

use crate::event::Record;
use crate::report::json;
use crate::report::screen::Screen;
use crate::run::Follower;
use crate::run::Run;
use crate::run::state::State;

/// Writes each record as one line of JSON. Characters that steer a terminal are escaped, which changes no value.
#[derive(Debug)]
pub struct Json<W> {
    screen: Screen<W>,
}

impl<W: Write> Json<W> {
    /// Write to this.
    pub fn new(out: W) -> Self {
        Self {
            screen: Screen::new(out),
        }
    }

    /// Why nothing could be written any more, if it was not that the reader went away.
    #[must_use]
    pub fn failure(&self) -> Option<&io::Error> {
        self.screen.failure()
    }
}

impl<W: Write> Follower for Json<W> {
    fn event(&mut self, _: &Run, record: &Record, _: &State) -> io::Result<()> {
        self.screen.write(&json::line(record));
        Ok(())
    }
}
