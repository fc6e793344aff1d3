//! Commands as processes: several at once, each in a group of its own, none before it was recorded.
//!
//! A command is started as a process that waits ([`Pool::start`]); when its number and birth are recorded, it is
//! released. A process whose wf ends first never becomes the command. [`Pool::wait`] says what happens: output as
//! it comes, ends, signals to wf.
//!
//! A command is over when its interpreter has exited. If that was a success, what it left in the background goes
//! on, and what that still writes is read and dropped, also when wf has ended. After a failure, a timeout or an
//! interruption everything is ended first: all of its process group, and on Linux also what left the group, as
//! daemons do, unless it runs as another user or with an environment of its own.
#![expect(
    clippy::disallowed_methods,
    reason = "commands run in the course of time"
)]

mod capture;
mod errand;
mod failure;
mod gate;
mod group;
mod happening;
mod launch;
mod line;
mod running;
mod signals;
mod state;
mod table;
mod variables;

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::fs::DirBuilder;
use std::io;
use std::os::fd::AsFd;
use std::os::fd::BorrowedFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::time::Duration;
use std::time::Instant;

use rustix::event::PollFd;
use rustix::event::PollFlags;
use rustix::event::Timespec;
use rustix::event::poll;
use rustix::io::Errno;

use crate::mask::Masker;
use crate::run::process::capture::Capture;
pub use crate::run::process::capture::Kept;
pub use crate::run::process::errand::Errand;
pub use crate::run::process::errand::ErrandError;
pub use crate::run::process::failure::PoolError;
pub use crate::run::process::failure::RecordError;
pub use crate::run::process::failure::StartError;
pub use crate::run::process::failure::VariablesError;
use crate::run::process::gate::Hooks;
pub use crate::run::process::group::Process;
pub use crate::run::process::group::Survivors;
pub use crate::run::process::group::end_survivors;
pub use crate::run::process::happening::Ended;
pub use crate::run::process::happening::Happening;
pub use crate::run::process::happening::How;
pub use crate::run::process::happening::Id;
pub use crate::run::process::launch::Launch;
use crate::run::process::launch::Scratch;
use crate::run::process::running::Running;
pub use crate::run::process::signals::Signal;
pub use crate::run::process::signals::Signals;
use crate::run::process::signals::count;
pub use crate::run::process::variables::Variable;
pub use crate::run::process::variables::left_behind;

/// How much of an output is taken at once, in bytes: what a pipe holds.
const PIPE: usize = 64 << 10;

/// What holds for all commands of a run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The run's name: `WF_RUN`.
    pub run: String,
    /// The run's folder, absolute. Outputs are kept in `output`, scripts lie in `scratch` while they run.
    pub folder: PathBuf,
    /// How much of a command's output is kept, in bytes.
    pub max_output: u64,
    /// How long a command that is ended has after SIGINT, and again after SIGTERM.
    pub grace: Duration,
    /// The run's secrets.
    pub masker: Masker,
}

/// A process that waits for its release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// The command.
    pub id: Id,
    /// The process, to be recorded before the release.
    pub process: Process,
}

/// What is watched besides commands and signals.
#[derive(Debug, Default, Clone, Copy)]
pub struct Watch<'a> {
    /// Until when, at most.
    pub deadline: Option<Instant>,
    /// Something that may be read from: a question's answer.
    pub input: Option<BorrowedFd<'a>>,
    /// Where nobody takes more output: what can be read from once somebody does. Until then commands that write much
    /// are held up by their pipes, as by any slow reader.
    pub room: Option<BorrowedFd<'a>>,
}

/// The commands of a run. While there is one, SIGINT, SIGTERM and SIGHUP do not end wf but are reported.
///
/// Commands that still run when it is dropped are killed.
pub struct Pool {
    settings: Settings,
    signals: Signals,
    running: BTreeMap<Id, Running>,
    happened: VecDeque<Happening>,
    buffer: Vec<u8>,
    started: u64,
    hooks: Hooks,
}

impl Pool {
    /// A pool without commands; the run's folders are made.
    pub fn new(settings: Settings) -> Result<Self, PoolError> {
        for name in ["output", "scratch"] {
            let path = settings.folder.join(name);
            let made = DirBuilder::new().recursive(true).mode(0o700).create(&path);
            made.map_err(|source| RecordError { path, source })?;
        }
        Ok(Self {
            hooks: Hooks::new(settings.folder.join("scratch")),
            settings,
            signals: Signals::new()?,
            running: BTreeMap::new(),
            happened: VecDeque::new(),
            buffer: vec![0; PIPE],
            started: 0,
        })
    }

    /// Starts a process that becomes the command when it is released.
    ///
    /// # Panics
    ///
    /// Where the item's label is no name for a file, or the interpreter has no words.
    pub fn start(&mut self, launch: &Launch) -> Result<Started, StartError> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        assert!(
            launch.item.chars().all(is_plain) && !launch.item.starts_with('.'),
            "an item's label is plain: {}",
            launch.item
        );
        let name = format!("{}-{}", launch.item, launch.attempt);
        let folder = &self.settings.folder;
        let mut scratch = Scratch::new(&folder.join("scratch"), &name);
        let output = folder.join("output").join(name + ".log");
        let launcher = launch::launch(launch, &scratch, &mut self.hooks, &self.settings.run);
        // Made while the process gets ready, and if there is none, too.
        let capture = Capture::new(output.clone(), self.settings.max_output);
        let capture = capture.map_err(|source| RecordError {
            path: output.clone(),
            source,
        });
        let (launcher, capture) = match (launcher, capture) {
            (Ok(launcher), Ok(capture)) => (launcher, capture),
            (Ok(launcher), Err(error)) => {
                launcher.abandon();
                return Err(error.into());
            }
            (Err(_), Err(error)) => return Err(error.into()),
            (Err(error), Ok(_)) => return Err(error),
        };
        if let Err(error) = scratch.fill(&launch.script, &launcher) {
            launcher.abandon();
            return Err(error.into());
        }
        let running = Running::new(
            launcher,
            scratch,
            capture,
            &self.settings.masker,
            launch.timeout,
            self.settings.grace,
        );
        let pid = running.pid();
        let birth = match table::birth(pid) {
            Ok(birth) => birth,
            Err(source) => {
                running.abandon();
                return Err(StartError::Spawn { source });
            }
        };
        let id = Id(self.started);
        self.started += 1;
        self.running.insert(id, running);
        Ok(Started {
            id,
            process: Process { pid, birth },
        })
    }

    /// Lets a started command begin. Its time counts from now. Where its script cannot be put in place, it never
    /// begins.
    pub fn release(&mut self, id: Id) -> Result<(), RecordError> {
        match self.running.get_mut(&id) {
            Some(running) => running.release(),
            None => Ok(()),
        }
    }

    /// Ends a command, released or not: SIGINT to all its processes, after the grace SIGTERM, then SIGKILL. That
    /// it has ended is reported as for any other.
    pub fn interrupt(&mut self, id: Id) {
        if let Some(running) = self.running.get_mut(&id) {
            running.end(How::Interrupted);
        }
    }

    /// Ends a command without grace, or without more of it.
    pub fn kill(&mut self, id: Id) {
        if let Some(running) = self.running.get_mut(&id) {
            running.kill(How::Interrupted);
        }
    }

    /// The commands that are not over, in the order of their start.
    pub fn running(&self) -> impl Iterator<Item = Id> {
        self.running.keys().copied()
    }

    /// The next thing that happens. Without a deadline it may wait for ever.
    pub fn wait(&mut self, deadline: Option<Instant>) -> Result<Happening, PoolError> {
        self.watch(Watch {
            deadline,
            ..Watch::default()
        })
    }

    /// The next thing that happens, to commands or to what is watched besides.
    pub fn watch(&mut self, mut watch: Watch<'_>) -> Result<Happening, PoolError> {
        loop {
            if let Some(happening) = self.happened.pop_front() {
                return Ok(happening);
            }
            let now = Instant::now();
            self.go_on(now)?;
            if !self.happened.is_empty() {
                continue;
            }
            if watch.deadline.is_some_and(|deadline| deadline <= now) {
                return Ok(Happening::Deadline);
            }
            let due = self.running.values().filter_map(Running::due);
            let until = due.chain(watch.deadline).min();
            let most = until.map(|until| until.saturating_duration_since(now));
            if self.listen(most, &watch)? {
                watch.room = None;
            }
        }
    }

    /// Does what is due, and reports the commands that are over.
    fn go_on(&mut self, now: Instant) -> io::Result<()> {
        let mut over = Vec::new();
        for (&id, running) in &mut self.running {
            if running.go_on(now)? {
                over.push(id);
            }
        }
        for id in over {
            let running = self.running.remove(&id).expect("it was just there");
            self.hooks.readers.extend(running.reader());
            let (bytes, ended) = running.finish(id, &self.settings.masker, &mut self.buffer);
            if !bytes.is_empty() {
                self.happened.push_back(Happening::Output { id, bytes });
            }
            self.happened.push_back(Happening::Ended(Box::new(ended)));
        }
        Ok(())
    }

    /// Waits for signals, output and input, and takes them; whether there is room for output again.
    fn listen(&mut self, most: Option<Duration>, watch: &Watch<'_>) -> io::Result<bool> {
        let signals = [
            &self.signals.child,
            &self.signals.interrupt,
            &self.signals.terminate,
        ];
        let outputs = self.running.iter().filter(|_| watch.room.is_none());
        let outputs: Vec<(Id, BorrowedFd<'_>)> = outputs
            .filter_map(|(&id, running)| Some((id, running.output()?)))
            .collect();
        let fds = signals.iter().map(AsFd::as_fd);
        let fds = fds.chain(outputs.iter().map(|(_, fd)| *fd));
        let fds = fds.chain(watch.input).chain(watch.room);
        let mut polled: Vec<PollFd<'_>> = fds
            .map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN))
            .collect();
        let most = most.map(|most| {
            Timespec::try_from(most).unwrap_or(Timespec {
                tv_sec: i64::from(i32::MAX),
                tv_nsec: 0,
            })
        });
        match poll(&mut polled, most.as_ref()) {
            Ok(_) => {}
            Err(Errno::INTR) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        // An end of file or a failure is ready too: reading tells.
        let is_ready: Vec<bool> = polled.iter().map(|fd| !fd.revents().is_empty()).collect();
        let (signalled, rest) = is_ready.split_at(signals.len());
        let ready: Vec<Id> = outputs
            .iter()
            .zip(rest)
            .filter(|(_, is_ready)| **is_ready)
            .map(|((id, _), _)| *id)
            .collect();
        let mut others = rest[outputs.len()..].iter();
        let has_input = watch.input.is_some() && others.next() == Some(&true);
        let has_room = watch.room.is_some() && others.next() == Some(&true);
        let signalled = [signalled[0], signalled[1], signalled[2]];
        self.take(signalled, &ready)?;
        if has_input {
            self.happened.push_back(Happening::Input);
        }
        Ok(has_room)
    }

    /// Takes signals (children's, interrupts, terminations) and output.
    fn take(&mut self, signalled: [bool; 3], ready: &[Id]) -> io::Result<()> {
        for (pipe, signal) in [
            (&self.signals.interrupt, Signal::Interrupt),
            (&self.signals.terminate, Signal::Terminate),
        ] {
            let happened = (0..count(pipe)).map(|_| Happening::Signal(signal));
            self.happened.extend(happened);
        }
        for &id in ready {
            let running = self.running.get_mut(&id).expect("it was just there");
            let bytes = running.read(&mut self.buffer);
            if !bytes.is_empty() {
                self.happened.push_back(Happening::Output { id, bytes });
            }
        }
        if signalled[0] {
            count(&self.signals.child);
            for running in self.running.values_mut() {
                running.look()?;
            }
        }
        Ok(())
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        for running in std::mem::take(&mut self.running).into_values() {
            running.abandon();
        }
    }
}
