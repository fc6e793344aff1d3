//! Making a command ready: its files, its interpreter, and a process that waits for its release.
#![expect(clippy::disallowed_methods, reason = "commands are started here")]

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsStr;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::fs::OpenOptions;
use std::io;
use std::io::PipeReader;
use std::io::PipeWriter;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::time::Duration;

use rustix::fs::Access;
use rustix::process::Pid;

use crate::run::process::failure::RecordError;
use crate::run::process::failure::StartError;
use crate::run::process::gate;
use crate::run::process::gate::Gate;
use crate::run::process::gate::Hooks;
use crate::run::process::line;
use crate::shell;

/// Where programs are looked for if the environment does not say.
const PATH: &str = "/usr/bin:/bin";

/// A command to be run. It shows nothing of its environment's values, of which some are secret.
#[derive(Clone)]
pub struct Launch {
    /// The item's label, for the names of files: letters, digits, `.`, `_` and `-`.
    pub item: String,
    /// Which attempt it is, from 1.
    pub attempt: u32,
    /// The interpreter's words, before the script's path.
    pub interpreter: Vec<String>,
    /// What the interpreter reads.
    pub script: String,
    /// The folder that the working directory must lie in, links followed.
    pub root: PathBuf,
    /// The working directory, absolute.
    pub directory: PathBuf,
    /// The whole environment. `WF_RUN`, `WF_OUTPUT` and `PWD` are added to it.
    pub environment: BTreeMap<OsString, OsString>,
    /// How long it may take, from its release.
    pub timeout: Option<Duration>,
}

impl fmt::Debug for Launch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Launch")
            .field("item", &self.item)
            .field("attempt", &self.attempt)
            .field("interpreter", &self.interpreter)
            .field("script", &self.script)
            .field("root", &self.root)
            .field("directory", &self.directory)
            .field("environment", &self.environment.keys())
            .field("timeout", &self.timeout)
            .finish()
    }
}

/// The files of one attempt, in the run's `scratch`; gone when this is.
pub(in crate::run::process) struct Scratch {
    pub(in crate::run::process) script: PathBuf,
    pub(in crate::run::process) variables: PathBuf,
    /// The script while a bash that waits by itself must not find it.
    held: PathBuf,
    /// Where bash tells of a failing line; known when there is a process.
    line: Option<PathBuf>,
}

impl Scratch {
    pub(in crate::run::process) fn new(folder: &Path, name: &str) -> Self {
        let file = |ending: &str| folder.join(format!("{name}{ending}"));
        Self {
            script: file(""),
            variables: variables(folder, name),
            held: file(".held"),
            line: None,
        }
    }

    /// Makes the files for the process that waits.
    pub(in crate::run::process) fn fill(
        &mut self,
        script: &str,
        waiting: &Launcher,
    ) -> Result<(), RecordError> {
        let place = match waiting.kind {
            Gate::Bash => &self.held,
            Gate::Shell | Gate::Trial => &self.script,
        };
        create(place, script)?;
        create(&self.variables, "")?;
        let folder = self.script.parent().expect("a file lies in a folder");
        let line = line::file(
            folder,
            Pid::from_child(&waiting.child).as_raw_nonzero().get(),
        );
        // A wf that died may have left one of this number.
        let _ = fs::remove_file(&line);
        self.line = Some(line);
        Ok(())
    }

    /// Puts the script where it is looked for, whole at once.
    pub(in crate::run::process) fn show(&self) -> Result<(), RecordError> {
        fs::rename(&self.held, &self.script).map_err(|source| RecordError {
            path: self.script.clone(),
            source,
        })
    }

    /// Whether bash read the hook that leaves a mark.
    pub(in crate::run::process) fn is_marked(&self) -> bool {
        self.line.as_ref().is_some_and(|line| line.exists())
    }

    /// The line of the script that failed, where that is known.
    pub(in crate::run::process) fn failing_line(&self, output: &str) -> Option<u32> {
        let left = self.line.as_ref().map(fs::read_to_string);
        let left = left.and_then(Result::ok).unwrap_or_default();
        line::left(&left)
            .or_else(|| line::said(output, &self.script))
            .or_else(|| line::traced(output, &self.script))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let files = [&self.script, &self.variables, &self.held];
        for file in files.into_iter().chain(&self.line) {
            // A command may have put a folder there; that is left in place.
            let _ = fs::remove_file(file);
        }
    }
}

/// The file in `scratch` that `WF_OUTPUT` names for an attempt.
pub(in crate::run::process) fn variables(scratch: &Path, attempt: &str) -> PathBuf {
    scratch.join(format!("{attempt}.out"))
}

/// A process that waits to become a command.
pub(in crate::run::process) struct Launcher {
    pub(in crate::run::process) child: Child,
    /// The interpreter's file.
    pub(in crate::run::process) program: PathBuf,
    /// Who waits.
    pub(in crate::run::process) kind: Gate,
    /// A line through it is the release. Close-on-exec, so that no other child holds it open.
    pub(in crate::run::process) gate: PipeWriter,
    /// Standard output and error of the command, in one order.
    pub(in crate::run::process) output: PipeReader,
}

impl Launcher {
    /// Ends it: it was never released.
    pub(in crate::run::process) fn abandon(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts the process that waits. Its files but the hook are for later: they are made while it gets ready.
pub(in crate::run::process) fn launch(
    launch: &Launch,
    scratch: &Scratch,
    hooks: &mut Hooks,
    run: &str,
) -> Result<Launcher, StartError> {
    enter(&launch.directory, &launch.root)?;
    let mut environment = launch.environment.clone();
    check(&environment)?;
    let program = interpreter(launch)?;
    let kind = hooks.gate(launch, &program);
    if let Some(hook) = hooks.value(kind, launch, &program)? {
        environment.insert("BASH_ENV".into(), hook);
    }
    environment.insert("WF_RUN".into(), run.into());
    environment.insert("WF_OUTPUT".into(), (&scratch.variables).into());
    environment.insert("PWD".into(), (&launch.directory).into());
    let (gate_reader, gate) = io::pipe().map_err(spawn)?;
    let (output, output_writer) = io::pipe().map_err(spawn)?;
    rustix::io::ioctl_fionbio(&output, true).map_err(|error| spawn(error.into()))?;
    let mut command = waiting(kind, &program, &environment);
    command
        .args(&launch.interpreter[1..])
        .arg(&scratch.script)
        .current_dir(&launch.directory)
        .stdin(gate_reader)
        .stdout(output_writer.try_clone().map_err(spawn)?)
        .stderr(output_writer)
        .process_group(0);
    let child = command
        .spawn()
        .map_err(|error| refused(error, &environment))?;
    Ok(Launcher {
        child,
        program,
        kind,
        gate,
        output,
    })
}

/// The process that becomes a program, with its environment but without the program's arguments.
fn waiting(kind: Gate, program: &Path, environment: &BTreeMap<OsString, OsString>) -> Command {
    if kind == Gate::Bash {
        let mut command = Command::new(program);
        command.env_clear().envs(environment);
        return command;
    }
    // Some shells drop variables whose names are none of theirs; `env` passes them on.
    let (plain, odd): (BTreeMap<_, _>, BTreeMap<_, _>) =
        environment.iter().partition(|(name, _)| is_plain(name));
    let mut command = Command::new("/bin/sh");
    command.args(["-c", gate::WAIT, "sh"]);
    if !odd.is_empty() {
        command.args(["/usr/bin/env", "--"]);
        command.args(odd.iter().map(|(name, value)| {
            let mut variable = OsString::from(name);
            variable.push("=");
            variable.push(value);
            variable
        }));
    }
    command.arg(program).env_clear().envs(plain);
    command
}

/// Whether shells pass a variable of this name on.
fn is_plain(name: &OsStr) -> bool {
    name.to_str().is_some_and(shell::is_name)
}

fn spawn(source: io::Error) -> StartError {
    StartError::Spawn { source }
}

fn refused(source: io::Error, environment: &BTreeMap<OsString, OsString>) -> StartError {
    let largest = environment
        .iter()
        .max_by_key(|(name, value)| name.len() + value.len());
    match largest {
        Some((name, value)) if source.kind() == io::ErrorKind::ArgumentListTooLong => {
            StartError::EnvironmentTooLarge {
                name: name.to_string_lossy().into_owned(),
                bytes: value.len(),
            }
        }
        _ => spawn(source),
    }
}

/// Whether a directory can be worked in.
fn enter(directory: &Path, root: &Path) -> Result<(), StartError> {
    let is_folder = fs::metadata(directory).and_then(|data| {
        if !data.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        if !fs::canonicalize(directory)?.starts_with(fs::canonicalize(root)?) {
            return Err(io::Error::other("it leads out of the project"));
        }
        Ok(rustix::fs::access(directory, Access::EXEC_OK)?)
    });
    is_folder.map_err(|source| StartError::Directory {
        path: directory.to_owned(),
        source,
    })
}

/// Whether an environment can hold all variables.
fn check(environment: &BTreeMap<OsString, OsString>) -> Result<(), StartError> {
    for (name, value) in environment {
        let has = |text: &OsStr, byte: u8| text.as_encoded_bytes().contains(&byte);
        let reason = if name.is_empty() {
            "its name is empty"
        } else if has(name, b'=') {
            "its name holds `=`"
        } else if has(name, 0) || has(value, 0) {
            "it holds a NUL byte"
        } else {
            continue;
        };
        let name = name.to_string_lossy().into_owned();
        return Err(StartError::Variable { name, reason });
    }
    Ok(())
}

/// The file of a command's interpreter: looked for in the PATH of the command's environment, from its directory.
fn interpreter(launch: &Launch) -> Result<PathBuf, StartError> {
    let program = launch
        .interpreter
        .first()
        .expect("an interpreter has a name");
    let places: Vec<PathBuf> = if program.contains('/') {
        vec![launch.directory.join(program)]
    } else {
        let path = launch.environment.get(OsStr::new("PATH"));
        let path = path.map_or(OsStr::new(PATH), OsString::as_os_str);
        env::split_paths(path)
            .map(|folder| launch.directory.join(folder).join(program))
            .collect()
    };
    let is_file = |place: &&PathBuf| place.is_file();
    let can_run = |place: &&PathBuf| rustix::fs::access(place.as_path(), Access::EXEC_OK).is_ok();
    if let Some(place) = places.iter().filter(is_file).find(can_run) {
        return Ok(place.clone());
    }
    let program = program.clone();
    Err(match places.iter().find(|place| place.exists()) {
        Some(place) => StartError::NotExecutable {
            program,
            place: place.clone(),
        },
        None => StartError::NoInterpreter { program, places },
    })
}

/// Writes a file that only its owner may read.
pub(in crate::run::process) fn create(path: &Path, text: &str) -> Result<(), RecordError> {
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|source| RecordError {
        path: path.to_owned(),
        source,
    })
}
