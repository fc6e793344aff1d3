//! `action.yml`: its shell steps are run as GitHub's runner runs them, on the wheel of this source. Stand-ins there
//! are for what GitHub itself does alone: setting Python up, and taking SARIF in.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::hooks;
use crate::project::Project;
use crate::sample;
use crate::tools::Tools;

fn action() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("action.yml");
    hooks::yaml(&fs::read_to_string(path).unwrap())
}

/// A job that runs the action.
struct Job<'a> {
    project: &'a Project,
    inputs: BTreeMap<String, String>,
    outputs: BTreeMap<String, String>,
    uploads: Vec<Value>,
    said: String,
}

impl<'a> Job<'a> {
    fn new(project: &'a Project, inputs: &[(&str, &str)]) -> Self {
        let defaults = action()["inputs"].as_object().unwrap().clone();
        let defaults = defaults.into_iter().map(|(name, input)| {
            let default = input["default"].as_str().unwrap().to_owned();
            (name, default)
        });
        let mut all: BTreeMap<String, String> = defaults.collect();
        for (name, value) in inputs {
            let known = all.insert((*name).to_owned(), (*value).to_owned());
            assert!(known.is_some(), "there is no input {name}");
        }
        fs::create_dir_all(project.path().join("temp")).unwrap();
        Self {
            project,
            inputs: all,
            outputs: BTreeMap::new(),
            uploads: Vec::new(),
            said: String::new(),
        }
    }

    /// The exit code of the first step that fails, or 0.
    fn run(&mut self) -> i32 {
        for step in action()["runs"]["steps"].as_array().unwrap() {
            let is_due = step["if"].as_str().is_none_or(|condition| {
                let (left, right) = condition.split_once(" == ").unwrap();
                self.value(left) == right.trim_matches('\'')
            });
            let code = match step["uses"].as_str() {
                _ if !is_due => 0,
                Some(action) => self.stand_in(action.split('@').next().unwrap(), step),
                None => self.shell(step),
            };
            if code != 0 {
                return code;
            }
        }
        0
    }

    fn value(&self, name: &str) -> String {
        let own = name.strip_prefix("inputs.").map(|name| &self.inputs[name]);
        own.or(self.outputs.get(name))
            .unwrap_or_else(|| panic!("{name}"))
            .clone()
    }

    /// A text with its expressions worked out.
    fn resolved(&self, text: &str) -> String {
        let mut parts = text.split("${{");
        let mut resolved = parts.next().unwrap().to_owned();
        for part in parts {
            let (name, rest) = part.split_once("}}").unwrap();
            resolved.push_str(&self.value(name.trim()));
            resolved.push_str(rest);
        }
        resolved
    }

    fn stand_in(&mut self, action: &str, step: &Value) -> i32 {
        match action {
            "actions/setup-python" => {
                let script = "import sys; print(sys.executable)";
                let output = Tools::get()
                    .command("python")
                    .args(["-c", script])
                    .output()
                    .unwrap();
                let python = String::from_utf8(output.stdout).unwrap().trim().to_owned();
                self.outputs
                    .insert("steps.python.outputs.python-path".to_owned(), python);
            }
            "github/codeql-action/upload-sarif" => {
                let file = self.resolved(step["with"]["sarif_file"].as_str().unwrap());
                let log = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
                self.uploads.push(log);
            }
            other => panic!("no stand-in for {other}"),
        }
        0
    }

    fn shell(&mut self, step: &Value) -> i32 {
        assert_eq!(step["shell"], "bash");
        let script = step["run"].as_str().unwrap();
        assert!(
            !script.contains("${{"),
            "an input must never become code: {script}"
        );
        let temp = self.project.path().join("temp");
        let (file, output) = (temp.join("step.sh"), temp.join("output"));
        fs::write(&file, script).unwrap();
        fs::write(&output, "").unwrap();
        let folder = step["working-directory"]
            .as_str()
            .map(|folder| self.resolved(folder));
        let mut bash = Tools::get().command("bash");
        bash.args(["--noprofile", "--norc", "-e", "-o", "pipefail"])
            .arg(file)
            .current_dir(self.project.path().join(folder.unwrap_or_default()))
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_WORKSPACE", self.project.path())
            .env("GITHUB_OUTPUT", &output)
            .env("RUNNER_TEMP", &temp)
            .env("SOURCE_DATE_EPOCH", "1795305600");
        for (name, value) in step["env"].as_object().into_iter().flatten() {
            bash.env(name, self.resolved(value.as_str().unwrap()));
        }
        let ran = bash.output().unwrap();
        for line in fs::read_to_string(output).unwrap().lines() {
            let (name, value) = line.split_once('=').unwrap();
            let id = step["id"].as_str().unwrap();
            self.outputs
                .insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
        }
        self.said = [ran.stdout, ran.stderr]
            .map(|bytes| String::from_utf8(bytes).unwrap())
            .concat();
        ran.status.code().unwrap()
    }
}

fn faulty() -> Project {
    let project = sample::project(&["release"]);
    let text = sample::workflow("release").replace("## Overview", "## Overveiw");
    project.write("workflows/release.md", text);
    project
}

#[test]
fn what_is_valid_passes() {
    let project = sample::project(&["release"]);
    let mut job = Job::new(&project, &[]);
    assert_eq!(job.run(), 0, "{}", job.said);
    assert!(
        job.said.contains("2 documents checked: no findings"),
        "{}",
        job.said
    );
    assert!(job.uploads.is_empty());
}

#[test]
fn findings_are_annotated_and_uploaded() {
    let project = faulty();
    let mut job = Job::new(&project, &[("sarif", "true")]);
    assert_eq!(job.run(), 1, "{}", job.said);
    assert!(
        job.said
            .starts_with("::error file=workflows/release.md,line=5,"),
        "{}",
        job.said
    );
    let results = job.uploads[0]["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results[0]["ruleId"], "misspelled-section");
    // Below the top, and with arguments.
    let outer = Project::new();
    for path in ["wf.toml", "workflows/README.md", "workflows/release.md"] {
        outer.write(
            &format!("a b/{path}"),
            fs::read(project.path().join(path)).unwrap(),
        );
    }
    let arguments = "--severity=misspelled-section=warning\n\n--fail-on\nwarning\n";
    let inputs = [
        ("working-directory", "a b"),
        ("arguments", arguments),
        ("paths", "workflows/release.md"),
    ];
    let mut job = Job::new(&outer, &inputs);
    assert_eq!(job.run(), 1, "{}", job.said);
    assert!(
        job.said
            .starts_with("::warning file=a b/workflows/release.md,line=5,"),
        "{}",
        job.said
    );
}

#[test]
fn inputs_are_words_and_never_code() {
    let project = faulty();
    let paths = "workflows/release.md\n$(touch owned)`touch owned`; touch owned";
    for sarif in ["false", "true"] {
        let mut job = Job::new(&project, &[("paths", paths), ("sarif", sarif)]);
        assert_eq!(job.run(), 2, "{}", job.said);
        assert!(
            job.said.contains("cannot read `$(touch owned)"),
            "{}",
            job.said
        );
        assert!(!project.path().join("owned").exists());
    }
}

#[test]
fn it_is_described_and_pinned() {
    let action = action();
    assert_eq!(
        action["inputs"]["version"]["default"],
        env!("CARGO_PKG_VERSION")
    );
    let inputs = action["inputs"].as_object().unwrap();
    for (name, input) in inputs {
        assert!(!input["description"].as_str().unwrap().is_empty(), "{name}");
    }
    let uses = action["runs"]["steps"].as_array().unwrap().iter();
    for action in uses.filter_map(|step| step["uses"].as_str()) {
        assert!(
            action
                .split_once('@')
                .is_some_and(|(_, version)| version.starts_with('v')),
            "{action}"
        );
    }
    // The README's job passes inputs that there are.
    let steps = hooks::yaml(&hooks::snippet("steps"));
    let own = format!("wf-lint/wf@v{}", env!("CARGO_PKG_VERSION"));
    let mut steps = steps["steps"].as_array().unwrap().iter();
    let step = steps.find(|step| step["uses"] == own.as_str());
    for name in step.unwrap()["with"].as_object().unwrap().keys() {
        assert!(inputs.contains_key(name), "{name}");
    }
}
