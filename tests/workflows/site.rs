//! A scratch copy with the notes service, and a site that it serves.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;
use walkdir::WalkDir;

use crate::project::Project;
use crate::workflows::document;
use crate::workflows::place;
use crate::workflows::place::State;
use crate::workflows::said;

const DATABASE: &str = "target/site/data/notes.db";

/// A copy of the service's sources and of one workflow, and the site `target/site` with a database. Whatever is
/// served is stopped at the end.
pub struct Site {
    pub project: Project,
}

impl Site {
    pub fn new(workflow: &str) -> Self {
        let project = Project::new();
        project.write("wf.toml", "");
        project.write(&format!("workflows/{workflow}.md"), document(workflow));
        project.write("workflows/README.md", format!("- {workflow}.md\n"));
        copy("fixtures/service", &project, "fixtures/service");
        let site = Self { project };
        site.project.write("target/site/data/.keep", "");
        site.database("migrate", DATABASE);
        site
    }

    /// A command of the copy, with the Python that `python3` leads to before all programs: a shim takes its time.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.project.path())
            .env("no_proxy", "127.0.0.1")
            .env("PATH", path_with_python());
        command
    }

    /// `wf`, to be run in the copy.
    pub fn wf(&self) -> Command {
        let mut wf = self.project.wf();
        wf.env("PATH", path_with_python());
        wf
    }

    fn python(&self, script: &str, arguments: &[&str]) -> Command {
        let mut python = self.command("python3");
        python
            .arg("-B")
            .arg(Path::new("fixtures/service").join(script))
            .args(arguments);
        python
    }

    /// Ask for something about a database.
    pub fn database(&self, question: &str, path: &str) -> String {
        said(&mut self.python("database.py", &[question, path]))
    }

    /// Start and stop the service.
    pub fn control(&self, arguments: &[&str]) -> Option<String> {
        let output = self.python("control.py", arguments).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        output.status.success().then(|| printed.trim().to_owned())
    }

    /// What the service answers, if it runs.
    pub fn ask(&self, path: &str, note: Option<&str>) -> Option<Value> {
        let address = self.control(&["address", "target/site"])?;
        let mut curl = self.command("curl");
        curl.args([
            "--fail",
            "--silent",
            "--show-error",
            &format!("{address}{path}"),
        ]);
        if let Some(note) = note {
            curl.args(["--header", "Content-Type: application/json", "--data", note]);
        }
        Some(serde_json::from_str(&said(&mut curl)).unwrap())
    }

    /// The sources get another migration, and their documentation says so.
    pub fn add_migration(&self, name: &str, up: &str, down: &str) {
        for (ending, script) in [("up", up), ("down", down)] {
            let path = format!("fixtures/service/migrations/{name}.{ending}.sql");
            self.project.write(&path, script);
        }
    }

    /// Let the documentation of the schema be that of the sources.
    pub fn document_schema(&self) {
        self.database("migrate", "new.db");
        let page = self.database("describe", "new.db");
        fs::remove_file(self.project.path().join("new.db")).unwrap();
        self.project
            .write("fixtures/service/SCHEMA.md", format!("{page}\n"));
    }

    /// All that a failed run must leave as it was.
    pub fn state(&self) -> State {
        // The database's file may be laid out in another way, and what a process leaves of itself belongs to it.
        let mut state = place::content(self.project.path(), &["run", "notes.db"]);
        let health = self.ask("/health", None);
        state.extend([
            ("rows".to_owned(), self.database("digest", DATABASE)),
            ("health".to_owned(), format!("{health:?}")),
            (
                "processes".to_owned(),
                place::processes(self.project.path()).to_string(),
            ),
        ]);
        state
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        for site in ["target/site", "target/site/staging"] {
            let _ = self.python("control.py", &["stop", site]).output();
        }
    }
}

/// Copy a folder of this repository.
pub fn copy(from: &str, project: &Project, to: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(from);
    for entry in WalkDir::new(&root) {
        let entry = entry.unwrap();
        let path = entry.path().strip_prefix(&root).unwrap();
        if entry.file_type().is_file() && !entry.path().ends_with("__pycache__") {
            let path = Path::new(to).join(path);
            project.write(path.to_str().unwrap(), fs::read(entry.path()).unwrap());
        }
    }
}

fn path_with_python() -> OsString {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let mut python = Command::new("python3");
        let found = said(python.args(["-c", "import sys; print(sys.executable)"]));
        Path::new(&found).parent().unwrap().to_owned()
    });
    let others = env::var_os("PATH").unwrap_or_default();
    env::join_paths(
        [folder.clone()]
            .into_iter()
            .chain(env::split_paths(&others)),
    )
    .unwrap()
}
