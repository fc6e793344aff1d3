//! Ending all processes of a command: its group, and those that left it.
#![expect(
    clippy::disallowed_methods,
    reason = "processes are ended in the course of time"
)]

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;
use std::time::Instant;

use rustix::process::Pid;
use rustix::process::Signal;
use rustix::process::kill_process;
use rustix::process::kill_process_group;

use crate::run::process::table;

/// How often is looked whether processes still live: often at first, since most go at once.
const FIRST_LOOK: Duration = Duration::from_millis(2);
const SLOWEST_LOOK: Duration = Duration::from_millis(100);
/// For how long at least SIGKILL gets to work before a process that does not go is given up.
const PATIENCE: Duration = Duration::from_secs(2);

/// A command's interpreter, which leads its process group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its number, and that of its group.
    pub pid: i32,
    /// When it began, in the system's words, to tell it from a later process of the same number.
    pub birth: String,
}

/// What became of a recorded process group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Survivors {
    /// No process of it lived, or the number belongs to others by now.
    None,
    /// Processes lived, and were ended.
    Ended,
    /// These could not be ended.
    Left(Vec<i32>),
}

/// Ends what lives of a command whose wf is gone: SIGINT, after `grace` SIGTERM, after as long again SIGKILL.
///
/// The group is that command's if its leader began when the record says, or, where the leader is gone, if one of
/// its processes was started with `WF_RUN=run`. Others are left alone.
pub fn end_survivors(process: &Process, run: &str, grace: Duration) -> io::Result<Survivors> {
    let members = members(process.pid)?;
    let Some(group) = Pid::from_raw(process.pid.max(0)) else {
        return Ok(Survivors::None);
    };
    let is_led = table::entries()?
        .iter()
        .any(|entry| entry.pid == process.pid);
    let run = variable("WF_RUN", OsStr::new(run));
    let is_that = if is_led {
        table::birth(process.pid).is_ok_and(|birth| birth == process.birth)
    } else {
        members.iter().any(|&pid| table::was_given(pid, &run))
    };
    if members.is_empty() || !is_that {
        return Ok(Survivors::None);
    }
    // Each command's file has a name of its own; by that, what left the group is found.
    let mark = members.iter().find_map(|&pid| {
        let environment = table::environment(pid);
        let mut entries = environment.split(|&byte| byte == 0);
        let mark = entries.find(|entry| entry.starts_with(b"WF_OUTPUT="));
        mark.map(<[u8]>::to_vec)
    });
    let mut ending = Ending::new(group, mark, grace);
    loop {
        match ending.go_on(Instant::now())? {
            Progress::Gone => return Ok(Survivors::Ended),
            Progress::GivenUp(left) => return Ok(Survivors::Left(left)),
            Progress::Again(next) => {
                std::thread::sleep(next.saturating_duration_since(Instant::now()));
            }
        }
    }
}

/// `NAME=value`, as environments hold it.
pub(in crate::run::process) fn variable(name: &str, value: &OsStr) -> Vec<u8> {
    [name.as_bytes(), b"=", value.as_bytes()].concat()
}

/// The living processes of a group.
fn members(group: i32) -> io::Result<Vec<i32>> {
    let living = table::living()?.into_iter();
    Ok(living
        .filter(|entry| entry.group == group)
        .map(|entry| entry.pid)
        .collect())
}

/// A group on its way out.
pub(in crate::run::process) struct Ending {
    group: Pid,
    /// The variable that only this command's processes were started with.
    mark: Option<Vec<u8>>,
    /// Those that were seen outside of the group: one that is on its way out, or puts on another environment, shows
    /// the mark no more.
    strays: Vec<Process>,
    grace: Duration,
    /// What was sent last, and until when that may take.
    sent: Option<(Signal, Instant)>,
    look: Duration,
}

/// How far it is.
pub(in crate::run::process) enum Progress {
    /// No process lives any more.
    Gone,
    /// These do not go.
    GivenUp(Vec<i32>),
    /// It wants to be looked after again then.
    Again(Instant),
}

impl Ending {
    pub(in crate::run::process) fn new(group: Pid, mark: Option<Vec<u8>>, grace: Duration) -> Self {
        Self {
            group,
            mark,
            strays: Vec::new(),
            grace,
            sent: None,
            look: FIRST_LOOK,
        }
    }

    /// No more grace.
    pub(in crate::run::process) fn hurry(&mut self, now: Instant) {
        if !matches!(self.sent, Some((Signal::KILL, _))) {
            self.sent = Some((Signal::TERM, now));
        }
    }

    /// Looks who lives and sends what is due. The group's number has to be held meanwhile: by a process that
    /// lives, or one that was not waited for.
    pub(in crate::run::process) fn go_on(&mut self, now: Instant) -> io::Result<Progress> {
        let (members, strays) = self.living()?;
        if members.is_empty() && strays.is_empty() {
            return Ok(Progress::Gone);
        }
        let due = match self.sent {
            None => Some(Signal::INT),
            Some((_, until)) if now < until => None,
            Some((Signal::INT, _)) => Some(Signal::TERM),
            Some((Signal::TERM, _)) => Some(Signal::KILL),
            Some(_) => return Ok(Progress::GivenUp([members, strays].concat())),
        };
        if let Some(signal) = due {
            let patience = if signal == Signal::KILL {
                self.grace.max(PATIENCE)
            } else {
                self.grace
            };
            self.sent = Some((signal, now + patience));
            self.look = FIRST_LOOK;
        }
        // What is killed may have had a child at that moment, which is killed at the next look.
        let again = self
            .sent
            .map(|(sent, _)| sent)
            .filter(|&sent| sent == Signal::KILL);
        if let Some(signal) = due.or(again) {
            self.send(signal, !members.is_empty(), &strays);
        }
        let look = now + self.look;
        self.look = (self.look * 2).min(SLOWEST_LOOK);
        let (_, until) = self.sent.expect("a signal was sent");
        Ok(Progress::Again(look.min(until)))
    }

    /// A process that is stopped acts on a signal only when it goes on. One that is gone, or that belongs to
    /// another user, cannot be signalled; who still lives is seen at the next look.
    fn send(&self, signal: Signal, has_members: bool, strays: &[i32]) {
        for signal in [signal, Signal::CONT] {
            if has_members {
                let _ = kill_process_group(self.group, signal);
            }
            for pid in strays.iter().copied().filter_map(Pid::from_raw) {
                let _ = kill_process(pid, signal);
            }
        }
    }

    /// Who lives: in the group, and outside of it.
    fn living(&mut self) -> io::Result<(Vec<i32>, Vec<i32>)> {
        let group = self.group.as_raw_nonzero().get();
        let mut members = Vec::new();
        let mut strays = Vec::new();
        for entry in table::living()? {
            if entry.group == group {
                members.push(entry.pid);
            } else if table::CAN_SEE_STRAYS && self.is_stray(entry.pid) {
                strays.push(entry.pid);
            }
        }
        Ok((members, strays))
    }

    fn is_stray(&mut self, pid: i32) -> bool {
        let known = self.strays.iter().find(|stray| stray.pid == pid);
        if let Some(known) = known
            && table::birth(pid).is_ok_and(|birth| birth == known.birth)
        {
            return true;
        }
        let is_stray = self
            .mark
            .as_ref()
            .is_some_and(|mark| table::was_given(pid, mark));
        if is_stray && let Ok(birth) = table::birth(pid) {
            self.strays.push(Process { pid, birth });
        }
        is_stray
    }
}
