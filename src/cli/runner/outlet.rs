//! Standard output behind a thread: a reader that does not read holds up no timeout and no signal.
#![expect(
    clippy::disallowed_methods,
    reason = "this is where standard output is written to"
)]

use std::io;
use std::io::Read;
use std::io::Write;
use std::os::fd::AsFd;
use std::os::fd::BorrowedFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::Condvar;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::thread;
use std::time::Duration;

use crate::event::Record;
use crate::plan::ItemId;
use crate::run::Follower;
use crate::run::Run;
use crate::run::state::State;

/// How much waits at most before commands are to be held up, in bytes.
const PLENTY: usize = 64 << 10;

/// One who shows a run on a standard output that may not be read.
struct Shown {
    follower: Box<dyn Follower>,
    queue: Arc<Queue>,
    room: UnixStream,
}

/// What still waits to be written.
pub struct Outlet(Arc<Queue>);

/// What waits to be written.
struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    bytes: Vec<u8>,
    /// Whether some of it is just being written.
    is_writing: bool,
    failure: Option<io::Error>,
}

/// Where those write who show a run.
pub struct Inlet(Arc<Queue>);

/// Show a run as that follower does with what it writes to.
pub fn show(
    follower: impl FnOnce(Inlet) -> Box<dyn Follower>,
) -> io::Result<(Box<dyn Follower>, Outlet)> {
    let (room, wake) = UnixStream::pair()?;
    room.set_nonblocking(true)?;
    wake.set_nonblocking(true)?;
    let queue = Arc::new(Queue {
        waiting: Mutex::default(),
        changed: Condvar::new(),
    });
    let written = Arc::clone(&queue);
    thread::Builder::new()
        .name("output".to_owned())
        .spawn(move || write(&written, &wake))?;
    let shown = Shown {
        follower: follower(Inlet(Arc::clone(&queue))),
        queue: Arc::clone(&queue),
        room,
    };
    Ok((Box::new(shown), Outlet(queue)))
}

impl Outlet {
    /// Wait until all is written, or only so long.
    pub fn drain(&self, most: Option<Duration>) {
        let is_busy = |waiting: &mut Waiting| waiting.is_writing || !waiting.bytes.is_empty();
        let waiting = self.0.lock();
        match most {
            Some(most) => drop(self.0.changed.wait_timeout_while(waiting, most, is_busy)),
            None => drop(self.0.changed.wait_while(waiting, is_busy)),
        }
    }
}

/// Write what comes, as long as the program lives.
fn write(queue: &Queue, mut wake: &UnixStream) {
    let mut out = io::stdout();
    let mut waiting = queue.lock();
    loop {
        if waiting.bytes.is_empty() {
            let woken = queue.changed.wait(waiting);
            waiting = woken.unwrap_or_else(PoisonError::into_inner);
            continue;
        }
        let bytes = std::mem::take(&mut waiting.bytes);
        waiting.is_writing = true;
        drop(waiting);
        // Where there are so many of these that no more fits, whoever waits is woken anyway.
        let _ = wake.write(&[1]);
        let written = out.write_all(&bytes).and_then(|()| out.flush());
        waiting = queue.lock();
        waiting.is_writing = false;
        if let Err(error) = written {
            waiting.failure = Some(error);
            waiting.bytes.clear();
            let _ = wake.write(&[1]);
        }
        queue.changed.notify_all();
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Inlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut waiting = self.0.lock();
        if let Some(failure) = &waiting.failure {
            return Err(failure.kind().into());
        }
        waiting.bytes.extend_from_slice(bytes);
        self.0.changed.notify_all();
        Ok(bytes.len())
    }

    /// What was written so far is on its way.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Follower for Shown {
    fn event(&mut self, run: &Run, record: &Record, state: &State) -> io::Result<()> {
        self.follower.event(run, record, state)
    }

    fn recall(&mut self, run: &Run, past: &[Record]) {
        self.follower.recall(run, past);
    }

    fn behind(&self) -> Option<BorrowedFd<'_>> {
        let waiting = self.queue.lock();
        if waiting.bytes.len() <= PLENTY {
            return None;
        }
        // What is taken from now on wakes; so may what was taken just before, which does no harm.
        let mut old = [0; 64];
        while matches!((&self.room).read(&mut old), Ok(1..)) {}
        Some(self.room.as_fd())
    }

    fn output(&mut self, run: &Run, item: ItemId, bytes: &[u8]) -> io::Result<()> {
        self.follower.output(run, item, bytes)
    }
}
