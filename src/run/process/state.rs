//! What has become of a process that is ours to wait for.

use std::io;

use rustix::process::Pid;
use rustix::process::WaitId;
use rustix::process::WaitIdOptions;
use rustix::process::waitid;

use crate::run::process::happening::How;

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::run::process) enum State {
    /// It runs, or is held up as it was when last asked.
    Runs,
    /// A signal of this number holds it up. That is told once.
    Stopped(i32),
    /// It ended. It is not waited for, so that its number stays its own.
    Ended(How),
}

/// Ask the system about a process that was started and not waited for.
pub(in crate::run::process) fn state(pid: Pid) -> io::Result<State> {
    let ask = |options| waitid(WaitId::Pid(pid), options | WaitIdOptions::NOHANG);
    // One question: asked only whether one is stopped, the system denies a process that has just ended.
    let any = WaitIdOptions::EXITED | WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT;
    let Some(status) = ask(any)? else {
        return Ok(State::Runs);
    };
    if let Some(signal) = status.stopping_signal() {
        // It may have ended by now; then that is told next.
        let _ = ask(WaitIdOptions::STOPPED);
        return Ok(State::Stopped(signal));
    }
    Ok(State::Ended(
        match (status.exit_status(), status.terminating_signal()) {
            (Some(code), _) => How::Exited(code),
            (None, signal) => How::Killed(signal.unwrap_or_default()),
        },
    ))
}

#[cfg(test)]
mod tests {
    use std::hint;
    use std::process::Command;
    use std::process::Stdio;

    use rustix::process::Signal;
    use rustix::process::kill_process;

    use super::*;

    /// Ask without end, until it does something else than run.
    fn next(pid: Pid) -> State {
        loop {
            match state(pid).unwrap() {
                State::Runs => hint::spin_loop(),
                other => return other,
            }
        }
    }

    #[test]
    fn a_process_ends_under_the_eyes_of_who_asks_without_end() {
        for _ in 0..100 {
            let mut child = Command::new("true").spawn().unwrap();
            let pid = Pid::from_child(&child);
            let ended = State::Ended(How::Exited(0));
            assert_eq!(next(pid), ended);
            assert_eq!(state(pid).unwrap(), ended, "it can be asked again");
            child.wait().unwrap();
        }
    }

    #[test]
    fn what_holds_a_process_up_is_told_once() {
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let pid = Pid::from_child(&child);
        kill_process(pid, Signal::STOP).unwrap();
        assert_eq!(next(pid), State::Stopped(Signal::STOP.as_raw()));
        assert_eq!(state(pid).unwrap(), State::Runs);
        kill_process(pid, Signal::KILL).unwrap();
        assert_eq!(next(pid), State::Ended(How::Killed(Signal::KILL.as_raw())));
        child.wait().unwrap();
    }
}
