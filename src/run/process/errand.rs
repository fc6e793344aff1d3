//! A program that is told something on its standard input, and given only so long.
#![expect(
    clippy::disallowed_methods,
    reason = "this is where the program is started, and ended in the course of time"
)]

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::io::Read;
use std::io::Seek;
use std::io::SeekFrom;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::ExitStatus;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use rustix::process::Pid;
use rustix::process::Signal;
use rustix::process::kill_process_group;
use thiserror::Error;

use crate::run::environment::Environment;

/// How often is looked whether the program has ended: often at first, since most end at once.
const FIRST_LOOK: Duration = Duration::from_millis(2);
const SLOWEST_LOOK: Duration = Duration::from_millis(50);
/// The most that is told of what a failed program wrote, in bytes.
const SAID: u64 = 2_000;

/// What a program is given.
#[derive(Debug)]
pub struct Errand<'a> {
    /// The program, and its arguments.
    pub program: &'a [String],
    /// Where it runs; a program with a `/` in its name is looked for from here, too.
    pub directory: &'a Path,
    /// All that its environment holds.
    pub environment: &'a Environment,
    /// What it can read.
    pub input: &'a [u8],
    /// How long it may take; then it is killed, with all of its process group.
    pub patience: Duration,
}

/// Why an errand was not done. What the program wrote is told with it.
#[derive(Debug, Error)]
#[allow(
    missing_docs,
    reason = "each variant's message says what its fields are"
)]
pub enum ErrandError {
    #[error("`{program}` cannot be started: {source}")]
    NotStarted { program: String, source: io::Error },

    #[error("`{program}` ended with exit status {status}{said}")]
    Failed {
        program: String,
        status: i32,
        said: String,
    },

    #[error("`{program}` was ended by signal {signal}{said}")]
    Killed {
        program: String,
        signal: i32,
        said: String,
    },

    #[error("`{program}` took longer than {} and was killed{said}", humantime::format_duration(*after))]
    TimedOut {
        program: String,
        after: Duration,
        said: String,
    },
}

impl Errand<'_> {
    /// Have it done. Nothing that the program does is waited for any longer than it may take: it reads and writes files.
    pub fn run(&self) -> Result<(), ErrandError> {
        let program = self.program.first().cloned().unwrap_or_default();
        let (started, mut output) = match self.start() {
            Ok(started) => started,
            Err(source) => return Err(ErrandError::NotStarted { program, source }),
        };
        let ended = self.wait(started);
        let mut said = || match tail(&mut output) {
            Ok(text) if !text.trim().is_empty() => format!(": {}", text.trim()),
            _ => String::new(),
        };
        match ended {
            Err(source) => Err(ErrandError::NotStarted { program, source }),
            Ok(None) => Err(ErrandError::TimedOut {
                program,
                after: self.patience,
                said: said(),
            }),
            Ok(Some(status)) if status.success() => Ok(()),
            Ok(Some(status)) => Err(match status.code() {
                Some(status) => ErrandError::Failed {
                    program,
                    status,
                    said: said(),
                },
                None => ErrandError::Killed {
                    program,
                    signal: status.signal().unwrap_or_default(),
                    said: said(),
                },
            }),
        }
    }

    fn start(&self) -> io::Result<(Child, File)> {
        let mut input = tempfile::tempfile()?;
        input.write_all(self.input)?;
        input.seek(SeekFrom::Start(0))?;
        let output = tempfile::tempfile()?;
        let (name, arguments) = self.program.split_first().ok_or(io::ErrorKind::NotFound)?;
        let file = if name.contains('/') {
            self.directory.join(name).into_os_string()
        } else {
            OsString::from(name)
        };
        let child = Command::new(file)
            .args(arguments)
            .current_dir(self.directory)
            .env_clear()
            .envs(self.environment)
            .stdin(input)
            .stdout(Stdio::from(output.try_clone()?))
            .stderr(Stdio::from(output.try_clone()?))
            .process_group(0)
            .spawn()?;
        Ok((child, output))
    }

    /// How the program ended; nothing if it had to be killed.
    fn wait(&self, mut child: Child) -> io::Result<Option<ExitStatus>> {
        let end = Instant::now() + self.patience;
        let mut look = FIRST_LOOK;
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(Some(status));
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                if let Some(group) = Pid::from_raw(child.id().cast_signed()) {
                    // It may have ended just now.
                    let _ = kill_process_group(group, Signal::KILL);
                }
                child.wait()?;
                return Ok(None);
            }
            std::thread::sleep(look.min(left));
            look = (look * 2).min(SLOWEST_LOOK);
        }
    }
}

/// The end of what was written to a file.
fn tail(file: &mut File) -> io::Result<String> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(SAID)))?;
    let mut bytes = Vec::new();
    file.take(SAID).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
