//! A secret that a person types at the terminal without being seen.
//!
//! The terminal stops showing what is typed before it shows the question: a person, or a program that pastes, may
//! answer at once. It is given back as it was found, whatever ends the question. Keys are taken one by one, for a
//! terminal that edits lines itself cuts long ones off.
#![expect(
    clippy::disallowed_methods,
    reason = "this is where the terminal is opened"
)]

use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::io::Read;
use std::io::Write;
use std::os::fd::AsFd;

use rustix::event::PollFd;
use rustix::event::PollFlags;
use rustix::event::poll;
use rustix::io::Errno;
use rustix::process::Signal;
use rustix::process::getpid;
use rustix::process::kill_process;
use rustix::termios::LocalModes;
use rustix::termios::OptionalActions;
use rustix::termios::SpecialCodeIndex;
use rustix::termios::SpecialCodes;
use rustix::termios::Termios;
use rustix::termios::tcgetattr;
use rustix::termios::tcsetattr;

use crate::run::process::Signals;

/// The terminal that the program belongs to, wherever its streams lead.
const TERMINAL: &str = "/dev/tty";

const BACKSPACE: u8 = 0x08;
const DELETE: u8 = 0x7F;
const CONTROL_W: u8 = 0x17;
const ESCAPE: u8 = 0x1B;

/// Ask for a secret. A signal, Ctrl-C included, ends the program as it would elsewhere.
pub fn ask(question: &str) -> io::Result<String> {
    let mut options = OpenOptions::new();
    let terminal = options.read(true).write(true).open(TERMINAL)?;
    let signals = Signals::new()?;
    let end = Hidden::new(&terminal).and_then(|hidden| {
        (&terminal).write_all(question.as_bytes())?;
        hidden.read(&signals)
    });
    // The line end that was typed was not shown either.
    let ended = (&terminal).write_all(b"\n");
    drop(signals);
    match end? {
        End::Signal(signal) => {
            kill_process(getpid(), signal)?;
            Err(io::ErrorKind::Interrupted.into())
        }
        End::Typed(secret) => ended.and_then(|()| {
            String::from_utf8(secret)
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
        }),
    }
}

/// How a question ends.
enum End {
    Typed(Vec<u8>),
    Signal(Signal),
}

/// A terminal that does not show what is typed, until this is gone.
struct Hidden<'a> {
    terminal: &'a File,
    found: Termios,
}

impl<'a> Hidden<'a> {
    fn new(terminal: &'a File) -> io::Result<Self> {
        let found = tcgetattr(terminal)?;
        let mut modes = found.clone();
        modes.local_modes -=
            LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG;
        modes.special_codes[SpecialCodeIndex::VMIN] = 1;
        modes.special_codes[SpecialCodeIndex::VTIME] = 0;
        let hidden = Self { terminal, found };
        tcsetattr(terminal, OptionalActions::Now, &modes)?;
        Ok(hidden)
    }

    /// Read up to the end of the line. Nothing after it is taken.
    fn read(&self, signals: &Signals) -> io::Result<End> {
        let mut line = Line::default();
        loop {
            if let Some(signal) = self.wait(signals)? {
                return Ok(End::Signal(signal));
            }
            let mut key = [0];
            if (&mut &*self.terminal).read(&mut key)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            match line.take(key[0], &self.found.special_codes) {
                Taken::More => {}
                Taken::Done => return Ok(End::Typed(line.bytes)),
                Taken::Interrupt => return Ok(End::Signal(Signal::INT)),
                Taken::NoAnswer => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
        }
    }

    /// Wait for a key, or a signal.
    fn wait(&self, signals: &Signals) -> io::Result<Option<Signal>> {
        loop {
            let (interrupt, terminate) = (signals.interrupt(), signals.terminate());
            let fds = [interrupt, terminate, self.terminal.as_fd()];
            let mut polled = fds.map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN));
            match poll(&mut polled, None) {
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
                Ok(_) => {
                    let is_ready = polled.map(|fd| !fd.revents().is_empty());
                    return Ok(match is_ready {
                        [true, ..] => Some(Signal::INT),
                        [_, true, _] => Some(Signal::TERM),
                        _ => None,
                    });
                }
            }
        }
    }
}

impl Drop for Hidden<'_> {
    fn drop(&mut self) {
        // Where the terminal has gone, nobody misses it.
        let _ = tcsetattr(self.terminal, OptionalActions::Now, &self.found);
    }
}

/// A line as it is typed.
#[derive(Default)]
struct Line {
    bytes: Vec<u8>,
    sequence: Sequence,
}

/// How far a key that sends several bytes has come: arrows and the like, which mean nothing here.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Sequence {
    #[default]
    None,
    Escape,
    Open,
}

/// What a key led to.
#[derive(Debug, PartialEq, Eq)]
enum Taken {
    More,
    Done,
    Interrupt,
    NoAnswer,
}

impl Line {
    /// Take a key, which means what it means on that terminal.
    fn take(&mut self, key: u8, codes: &SpecialCodes) -> Taken {
        let is = |index| codes[index] != 0 && codes[index] == key;
        match self.sequence {
            Sequence::None => {}
            Sequence::Escape if matches!(key, b'[' | b'O') => {
                self.sequence = Sequence::Open;
                return Taken::More;
            }
            Sequence::Open if !(0x40..=0x7E).contains(&key) => return Taken::More,
            Sequence::Escape | Sequence::Open => {
                self.sequence = Sequence::None;
                return Taken::More;
            }
        }
        match key {
            b'\n' | b'\r' => return Taken::Done,
            _ if is(SpecialCodeIndex::VINTR) => return Taken::Interrupt,
            _ if is(SpecialCodeIndex::VEOF) && self.bytes.is_empty() => return Taken::NoAnswer,
            _ if is(SpecialCodeIndex::VKILL) => self.bytes.clear(),
            BACKSPACE | DELETE => self.erase(),
            _ if is(SpecialCodeIndex::VERASE) => self.erase(),
            CONTROL_W => self.erase_word(),
            ESCAPE => self.sequence = Sequence::Escape,
            0..=0x1F => {}
            _ => self.bytes.push(key),
        }
        Taken::More
    }

    /// Take back a character.
    fn erase(&mut self) {
        let goes_on = |byte: u8| byte & 0xC0 == 0x80;
        while self.bytes.pop().is_some_and(goes_on) {}
    }

    fn erase_word(&mut self) {
        let is_space = |byte: &u8| *byte == b' ';
        let end = self.bytes.iter().rposition(|byte| !is_space(byte));
        let end = end.map_or(0, |last| last + 1);
        let start = self.bytes[..end].iter().rposition(is_space);
        self.bytes.truncate(start.map_or(0, |space| space + 1));
    }
}
