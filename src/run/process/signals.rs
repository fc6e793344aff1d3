//! Signals to wf itself, as pipes that can be waited for.
#![cfg_attr(
    any(target_os = "linux", target_os = "android"),
    expect(
        clippy::disallowed_methods,
        reason = "asks the system which signals are ignored"
    )
)]

use std::collections::BTreeSet;
use std::io;
use std::io::Read;
use std::os::fd::AsFd;
use std::os::fd::BorrowedFd;
use std::os::unix::net::UnixStream;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use signal_hook::SigId;
use signal_hook::consts::SIGCHLD;
use signal_hook::consts::SIGHUP;
use signal_hook::consts::SIGINT;
use signal_hook::consts::SIGTERM;
use signal_hook::flag;
use signal_hook::low_level;

/// A signal that asks wf to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT: Ctrl-C.
    Interrupt,
    /// SIGTERM, or SIGHUP: the terminal is gone.
    Terminate,
}

/// How many catch signals. The system would ignore a signal that once was caught: while there is none it ends the
/// program, as if it had never been caught.
static CATCHERS: Mutex<usize> = Mutex::new(0);
static IS_DEFAULT: AtomicBool = AtomicBool::new(true);

/// The reading ends, a byte for each signal that came. When this is gone, signals end the program again.
pub struct Signals {
    pub(in crate::run::process) child: UnixStream,
    pub(in crate::run::process) interrupt: UnixStream,
    pub(in crate::run::process) terminate: UnixStream,
    registered: Vec<(i32, SigId)>,
}

impl Signals {
    /// Catches the signals from now on, but for those that wf was started to ignore (`nohup`, `&` in a script).
    pub fn new() -> io::Result<Self> {
        let pair = || -> io::Result<_> {
            let (read, write) = UnixStream::pair()?;
            read.set_nonblocking(true)?;
            Ok((read, write))
        };
        let (child, child_writer) = pair()?;
        let (interrupt, interrupt_writer) = pair()?;
        let (terminate, terminate_writer) = pair()?;
        *catchers() += 1;
        IS_DEFAULT.store(false, Ordering::SeqCst);
        let mut signals = Self {
            child,
            interrupt,
            terminate,
            registered: Vec::new(),
        };
        signals.catch(SIGCHLD, child_writer)?;
        for (signal, writer) in [
            (SIGINT, interrupt_writer),
            (SIGHUP, terminate_writer.try_clone()?),
            (SIGTERM, terminate_writer),
        ] {
            if !is_ignored(signal) {
                signals.catch(signal, writer)?;
                Self::default(signal)?;
            }
        }
        Ok(signals)
    }

    /// What can be read from once somebody interrupts wf.
    #[must_use]
    pub fn interrupt(&self) -> BorrowedFd<'_> {
        self.interrupt.as_fd()
    }

    /// What can be read from once wf is told to end.
    #[must_use]
    pub fn terminate(&self) -> BorrowedFd<'_> {
        self.terminate.as_fd()
    }

    fn catch(&mut self, signal: i32, writer: UnixStream) -> io::Result<()> {
        let id = low_level::pipe::register(signal, writer)?;
        self.registered.push((signal, id));
        Ok(())
    }

    /// Lets a signal end the program once nobody catches it any more.
    fn default(signal: i32) -> io::Result<()> {
        static KNOWN: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if known.insert(signal) {
            flag::register_conditional_default(signal, &IS_DEFAULT)?;
        }
        Ok(())
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        // First, so that no signal is lost in between.
        let mut catchers = catchers();
        *catchers -= 1;
        IS_DEFAULT.store(*catchers == 0, Ordering::SeqCst);
        for (_, id) in self.registered.drain(..) {
            low_level::unregister(id);
        }
    }
}

fn catchers() -> MutexGuard<'static, usize> {
    CATCHERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many signals came since the last time.
pub(in crate::run::process) fn count(mut pipe: &UnixStream) -> usize {
    let mut bytes = [0; 64];
    let mut count = 0;
    while let Ok(read @ 1..) = pipe.read(&mut bytes) {
        count += read;
    }
    count
}

/// Whether the process ignores a signal. Where the system does not say, it does not.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn is_ignored(_: i32) -> bool {
    false
}
