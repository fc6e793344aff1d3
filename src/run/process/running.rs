//! One command on its way from its release to its end.
#![expect(clippy::disallowed_methods, reason = "a command takes time")]

use std::io;
use std::io::PipeReader;
use std::io::PipeWriter;
use std::io::Read;
use std::io::Write;
use std::os::fd::AsFd;
use std::os::fd::BorrowedFd;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use rustix::process::Pid;
use rustix::process::Signal;

use crate::mask::Masker;
use crate::mask::Stream;
use crate::run::process::capture::Capture;
use crate::run::process::failure::RecordError;
use crate::run::process::gate::Gate;
use crate::run::process::group;
use crate::run::process::group::Ending;
use crate::run::process::group::Progress;
use crate::run::process::happening::Ended;
use crate::run::process::happening::How;
use crate::run::process::happening::Id;
use crate::run::process::launch::Launcher;
use crate::run::process::launch::Scratch;
use crate::run::process::state::State;
use crate::run::process::state::state;
use crate::run::process::variables;

/// The stack of a thread that only reads, in bytes.
const SMALL_STACK: usize = 64 << 10;

/// A command that was started.
pub(in crate::run::process) struct Running {
    child: Child,
    pid: Pid,
    program: PathBuf,
    kind: Gate,
    gate: Option<PipeWriter>,
    output: Option<PipeReader>,
    stream: Stream,
    capture: Capture,
    scratch: Scratch,
    timeout: Option<Duration>,
    grace: Duration,
    released: Option<Instant>,
    /// When its interpreter exited. Nobody has waited for it yet, so that its number stays its own.
    exited: Option<Instant>,
    end: End,
}

/// Whether and how it is being ended.
enum End {
    /// It is not.
    Open,
    /// Its processes have to go first; they are looked after again then.
    Ending(How, Ending, Instant),
    /// All that could be done was; these live on.
    Over(How, Vec<i32>),
}

impl Running {
    pub(in crate::run::process) fn new(
        launcher: Launcher,
        scratch: Scratch,
        capture: Capture,
        masker: &Masker,
        timeout: Option<Duration>,
        grace: Duration,
    ) -> Self {
        Self {
            pid: Pid::from_child(&launcher.child),
            child: launcher.child,
            program: launcher.program,
            kind: launcher.kind,
            gate: Some(launcher.gate),
            output: Some(launcher.output),
            stream: masker.stream(),
            capture,
            scratch,
            timeout,
            grace,
            released: None,
            exited: None,
            end: End::Open,
        }
    }

    pub(in crate::run::process) fn pid(&self) -> i32 {
        self.pid.as_raw_nonzero().get()
    }

    /// Lets it begin. Where that fails it never does.
    pub(in crate::run::process) fn release(&mut self) -> Result<(), RecordError> {
        if let Some(mut gate) = self.gate.take() {
            if self.kind == Gate::Bash {
                self.scratch.show()?;
            }
            // Where nobody reads any more, somebody ended the process, which is seen soon.
            let _ = gate.write_all(b"\n");
            self.released = Some(Instant::now());
        }
        Ok(())
    }

    /// The program, if it has shown that it reads the file before its script.
    pub(in crate::run::process) fn reader(&self) -> Option<PathBuf> {
        let has_shown = self.kind == Gate::Trial && self.scratch.is_marked();
        has_shown.then(|| self.program.clone())
    }

    /// Ends it for this reason, unless it is being ended for another.
    pub(in crate::run::process) fn end(&mut self, how: How) {
        if matches!(self.end, End::Open) {
            self.gate = None;
            let mark = group::variable("WF_OUTPUT", self.scratch.variables.as_os_str());
            let ending = Ending::new(self.pid, Some(mark), self.grace);
            self.end = End::Ending(how, ending, Instant::now());
        }
    }

    /// Ends it without more grace.
    pub(in crate::run::process) fn kill(&mut self, how: How) {
        self.end(how);
        if let End::Ending(_, ending, next) = &mut self.end {
            *next = Instant::now();
            ending.hurry(*next);
        }
    }

    pub(in crate::run::process) fn output(&self) -> Option<BorrowedFd<'_>> {
        self.output.as_ref().map(AsFd::as_fd)
    }

    /// Takes what there is to read, at most a buffer full; what of it can be shown.
    pub(in crate::run::process) fn read(&mut self, buffer: &mut [u8]) -> Vec<u8> {
        let Some(output) = &mut self.output else {
            return Vec::new();
        };
        match output.read(buffer) {
            Ok(0) => {
                self.output = None;
                Vec::new()
            }
            Ok(read) => {
                let shown = self.stream.feed(&buffer[..read]);
                self.capture.write(&shown);
                shown
            }
            Err(error) => {
                let is_later = matches!(
                    error.kind(),
                    io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
                );
                if !is_later {
                    self.output = None;
                }
                Vec::new()
            }
        }
    }

    /// Asks the system what became of the interpreter.
    pub(in crate::run::process) fn look(&mut self) -> io::Result<()> {
        if self.exited.is_some() {
            return Ok(());
        }
        match state(self.pid)? {
            State::Ended(how) => {
                self.exited = Some(Instant::now());
                match self.end {
                    End::Open if how.is_success() => self.end = End::Over(how, Vec::new()),
                    _ => self.end(how),
                }
            }
            State::Stopped(signal) if asks_terminal(signal) => self.end(How::AskedTerminal),
            State::Runs | State::Stopped(_) => {}
        }
        Ok(())
    }

    /// Does what is due; whether it is over.
    pub(in crate::run::process) fn go_on(&mut self, now: Instant) -> io::Result<bool> {
        if self.exited.is_none()
            && let Some(timeout) = self.timeout
            && self
                .released
                .is_some_and(|released| now >= released + timeout)
        {
            self.end(How::TimedOut(timeout));
        }
        if let End::Ending(how, ending, next) = &mut self.end
            && *next <= now
        {
            match ending.go_on(now)? {
                Progress::Again(again) => *next = again,
                Progress::GivenUp(left) => self.end = End::Over(*how, left),
                Progress::Gone => {
                    self.end = End::Over(*how, Vec::new());
                    self.look()?;
                }
            }
        }
        Ok(matches!(self.end, End::Over(..)))
    }

    /// When something is due next, if nothing happens before.
    pub(in crate::run::process) fn due(&self) -> Option<Instant> {
        match &self.end {
            End::Open => self
                .released
                .zip(self.timeout)
                .map(|(released, timeout)| released + timeout),
            End::Ending(_, _, next) => Some(*next),
            End::Over(..) => None,
        }
    }

    /// Puts everything about a command that is over in order; the last that it said.
    pub(in crate::run::process) fn finish(
        mut self,
        id: Id,
        masker: &Masker,
        buffer: &mut [u8],
    ) -> (Vec<u8>, Ended) {
        let mut said = self.read_rest(buffer);
        let rest = self.stream.finish();
        self.capture.write(&rest);
        said.extend(rest);
        let End::Over(how, left) = std::mem::replace(&mut self.end, End::Open) else {
            unreachable!("only what is over is finished");
        };
        // One that could not be ended is not waited for.
        if left.is_empty() || self.exited.is_some() {
            let _ = self.child.wait();
        }
        let last = self.capture.last();
        let released = self.released;
        let exited = self.exited.unwrap_or_else(Instant::now);
        let variables = variables::read(&self.scratch.variables, masker);
        let ended = Ended {
            id,
            how,
            line: match how {
                How::Exited(1..) => self.scratch.failing_line(&last),
                _ => None,
            },
            duration: released.map_or(Duration::ZERO, |released| exited - released),
            last,
            kept: self.capture.finish(),
            variables,
            left,
        };
        (said, ended)
    }

    /// Reads what is there, and no more: in the background somebody may be writing without end.
    fn read_rest(&mut self, buffer: &mut [u8]) -> Vec<u8> {
        let mut said = Vec::new();
        let ready = self.output().map(rustix::io::ioctl_fionread);
        let mut ready = ready.and_then(Result::ok).unwrap_or(0);
        while ready > 0 && self.output.is_some() {
            let most = buffer
                .len()
                .min(usize::try_from(ready).unwrap_or(usize::MAX));
            said.extend(self.read(&mut buffer[..most]));
            ready -= most as u64;
        }
        if let Some(mut output) = self.output.take()
            && !matches!(output.read(buffer), Ok(0))
        {
            discard(output);
        }
        said
    }

    /// Ends it at once, for nobody will ask any more.
    pub(in crate::run::process) fn abandon(mut self) {
        self.kill(How::Interrupted);
        if let End::Ending(_, ending, _) = &mut self.end {
            let _ = ending.go_on(Instant::now());
        }
        let _ = self.child.wait();
    }
}

/// Whether a process is stopped by that signal because it wants the terminal, which is not its own.
fn asks_terminal(signal: i32) -> bool {
    [Signal::TTIN, Signal::TTOU]
        .map(Signal::as_raw)
        .contains(&signal)
}

/// What reads on when this program has ended.
const READER: &str = "cat";

/// Reads on and drops it, so that a process in the background is neither held up nor ended by its output: a program
/// does that, for as long as somebody writes, or where there is none a thread, for as long as this one runs.
fn discard(mut output: PipeReader) {
    if rustix::io::ioctl_fionbio(&output, false).is_err() {
        return;
    }
    let reader = output.try_clone().and_then(|output| {
        Command::new(READER)
            .stdin(output)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
    });
    if reader.is_err() {
        let reader = thread::Builder::new().stack_size(SMALL_STACK);
        // Without a thread, what still writes is ended by it: nothing else is left to do.
        let _ = reader.spawn(move || io::copy(&mut output, &mut io::sink()));
    }
}
