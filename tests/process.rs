//! Commands as processes: how they begin, what they say, how they end, and that nothing of them is left.

mod ends;
mod gate;
mod output;
mod roles;
mod starts;
mod variables;

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;
use std::time::Instant;

use tempfile::TempDir;
use wf::mask::Masker;
use wf::run::process::Ended;
use wf::run::process::Happening;
use wf::run::process::How;
use wf::run::process::Id;
use wf::run::process::Launch;
use wf::run::process::Pool;
use wf::run::process::Settings;
use wf::run::process::Started;

use crate::project;

/// Nothing here takes that long; what does is broken.
const WATCHDOG: Duration = Duration::from_mins(5);
/// The secret of every run here.
const SECRET: &str = "hunter22";

/// Go through a test in a process that SIGINT reaches: if this one ignores it, in another.
fn attentively(name: &str, test: impl FnOnce()) {
    const MARK: &str = "WF_TEST_IS_ATTENTIVE";
    if env::var_os(MARK).is_some() {
        return test();
    }
    let mut again = project::attentive(env::current_exe().unwrap());
    let output = again
        .args(["--exact", name])
        .env(MARK, "yes")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

/// A run in a folder of its own.
struct Run {
    pool: Pool,
    items: u32,
    folder: TempDir,
}

impl Run {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = TempDir::new().unwrap();
        let mut settings = Settings {
            run: "release-20261123-abcd".to_owned(),
            folder: folder.path().join("run"),
            max_output: 16 << 20,
            grace: Duration::from_millis(50),
            masker: Masker::new([("TOKEN", SECRET)]),
        };
        change(&mut settings);
        fs::create_dir(folder.path().join("work")).unwrap();
        Self {
            pool: Pool::new(settings).unwrap(),
            items: 0,
            folder,
        }
    }

    fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// A bash command in the work folder.
    fn bash(&mut self, script: &str) -> Launch {
        self.items += 1;
        Launch {
            item: format!("1.{}", self.items),
            attempt: 1,
            interpreter: ["bash", "-euo", "pipefail"].map(str::to_owned).to_vec(),
            script: script.to_owned(),
            root: "/".into(),
            directory: self.work(),
            environment: BTreeMap::from([("PATH".into(), path())]),
            timeout: None,
        }
    }

    /// Starts and releases.
    fn begin(&mut self, launch: &Launch) -> Started {
        let started = self.pool.start(launch).unwrap();
        self.pool.release(started.id).unwrap();
        started
    }

    /// Runs a command to its end: what it said, and how it ended.
    fn run(&mut self, launch: &Launch) -> (String, Ended) {
        let started = self.begin(launch);
        self.end_of(started.id)
    }

    fn run_bash(&mut self, script: &str) -> (String, Ended) {
        let launch = self.bash(script);
        self.run(&launch)
    }

    fn end_of(&mut self, id: Id) -> (String, Ended) {
        let mut said = Vec::new();
        loop {
            match self.next() {
                Happening::Output { id: of, bytes } if of == id => said.extend(bytes),
                Happening::Ended(ended) if ended.id == id => {
                    return (String::from_utf8_lossy(&said).into_owned(), *ended);
                }
                _ => {}
            }
        }
    }

    /// Waits until a command has said something.
    fn hear(&mut self, id: Id, wanted: &str) -> String {
        let mut said = String::new();
        while !said.contains(wanted) {
            match self.next() {
                Happening::Output { id: of, bytes } if of == id => {
                    said.push_str(&String::from_utf8_lossy(&bytes));
                }
                Happening::Ended(ended) if ended.id == id => {
                    panic!("it ended without {wanted}: {said} {ended:?}")
                }
                _ => {}
            }
        }
        said
    }

    /// Signals that another test sends reach this run too.
    fn next(&mut self) -> Happening {
        loop {
            match self.pool.wait(Some(Instant::now() + WATCHDOG)).unwrap() {
                Happening::Deadline => panic!("nothing happened for {WATCHDOG:?}"),
                Happening::Signal(_) => {}
                happening => return happening,
            }
        }
    }
}

fn path() -> OsString {
    env::var_os("PATH").unwrap()
}

/// Whether a process of this number lives.
fn lives(pid: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit_once(") ").map(|(_, rest)| rest.as_bytes()[0]);
    state.is_some_and(|state| state != b'Z' && state != b'X')
}

/// The process numbers that commands wrote into files of a folder.
fn pids(folder: &Path) -> Vec<i32> {
    let files = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let pids = files.filter(|file| file.file_name().to_string_lossy().ends_with(".pid"));
    pids.map(|file| pid(&file.path())).collect()
}

/// The process number that a command wrote into a file.
fn pid(file: &Path) -> i32 {
    fs::read_to_string(file).unwrap().trim().parse().unwrap()
}

fn assert_succeeded(ended: &Ended) {
    assert!(
        ended.how == How::Exited(0) && ended.left.is_empty(),
        "{ended:?}"
    );
}
