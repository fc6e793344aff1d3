//! Scratch projects, and the program run in them.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

use tempfile::TempDir;

/// The day that tests judge dates by.
pub const TODAY: &str = "2026-11-22";

/// A folder with a project in it, removed when it is dropped.
pub struct Project {
    folder: TempDir,
}

impl Project {
    /// An empty folder.
    pub fn new() -> Self {
        Self {
            folder: tempfile::Builder::new()
                .prefix("wf-test-")
                .tempdir()
                .unwrap(),
        }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Write a file, and the folders above it.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// The program, to be run in the folder: not in a terminal, in no CI, on the tests' day.
    pub fn wf(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wf"));
        command
            .current_dir(self.path())
            .stdin(Stdio::null())
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE")
            .env_remove("SOURCE_DATE_EPOCH")
            .env_remove("GITHUB_ACTIONS")
            .env_remove("GITHUB_WORKSPACE");
        command
    }

    /// Run `wf check` with arguments, which finds nothing.
    pub fn check_clean(&self, arguments: &[&str]) {
        let run = self.check(arguments);
        let found = (run.code, run.out.as_str());
        assert_eq!(found, (0, ""), "{arguments:?}: {}", run.err);
    }

    /// Run `wf check` with arguments, on the tests' day.
    pub fn check(&self, arguments: &[&str]) -> Run {
        self.check_with(arguments, &[])
    }

    /// As [`Self::check`], with these variables in the environment.
    pub fn check_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
        let mut command = self.wf();
        command.args(["check", "--today", TODAY]).args(arguments);
        Run::of(&command.envs(environment.iter().copied()).output().unwrap())
    }
}

/// A command of a program that SIGINT and SIGHUP can end. What a shell, `nohup` or a CI starts in the background ignores
/// them, and so would all that it starts; only a fresh start gets rid of that.
pub fn attentive(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("perl");
    let start = r#"$SIG{INT} = $SIG{HUP} = "DEFAULT"; exec { $ARGV[0] } @ARGV or die "$!""#;
    command.args(["-e", start, "--"]).arg(program);
    command
}

/// What a run of the program left.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Run {
    pub fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout.clone()).unwrap(),
            err: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }

    /// The findings of a run with `--format json`.
    pub fn findings(&self) -> Vec<serde_json::Value> {
        let report: serde_json::Value =
            serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {self:?}"));
        report["findings"].as_array().unwrap().clone()
    }

    /// The rules that spoke, in order.
    pub fn rules(&self) -> Vec<String> {
        self.findings()
            .iter()
            .map(|finding| finding["rule"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// A finding of JSON output as one line: `LINE:COL SEVERITY "COVERED" message`, after `PATH:` where the path is
/// another than `main`. COVERED is the text under the finding, cut at its first line.
pub fn described(project: &Project, finding: &serde_json::Value, main: &str) -> String {
    let path = finding["path"].as_str().unwrap();
    let number = |point: &str, field: &str| {
        usize::try_from(finding[point][field].as_u64().unwrap()).unwrap()
    };
    let bytes = fs::read(project.path().join(path)).unwrap_or_default();
    let covered = String::from_utf8_lossy(
        bytes
            .get(number("start", "offset")..number("end", "offset"))
            .unwrap_or_default(),
    )
    .into_owned();
    let first = covered.split(['\n', '\r']).next().unwrap();
    let more = if first.len() < covered.len() {
        "…"
    } else {
        ""
    };
    let shown: String = first.chars().map(visible).collect();
    let place = if path == main {
        String::new()
    } else {
        format!("{path}:")
    };
    let (line, column) = (number("start", "line"), number("start", "column"));
    let (severity, message) = (
        finding["severity"].as_str().unwrap(),
        finding["message"].as_str().unwrap(),
    );
    format!("{place}{line}:{column} {severity} \"{shown}{more}\" {message}")
}

/// A character as pages write it: one that nobody sees by its number.
fn visible(character: char) -> String {
    match character {
        '\u{AD}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}'
        | '\u{E0000}'..='\u{E0FFF}' => format!("\\u{{{:04X}}}", character as u32),
        _ => character.to_string(),
    }
}
