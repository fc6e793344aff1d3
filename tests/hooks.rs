//! What the README says of Git hooks and CI holds: with the real pre-commit, the real prek, and the wheel.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

use ignore::WalkBuilder;
use serde_json::Value;

use crate::project::Project;
use crate::project::Run;
use crate::readme;
use crate::sample;
use crate::tools;
use crate::tools::Environment;
use crate::tools::Tools;

/// The address of this repository in the README.
const ADDRESS: &str = env!("CARGO_PKG_REPOSITORY");
/// Midnight of the tests' day, 2026-11-22, as `SOURCE_DATE_EPOCH` has it.
const TODAY: &str = "1795305600";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What YAML says, read with the parser that pre-commit brings along.
pub fn yaml(text: &str) -> Value {
    let read = "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)";
    let mut command = Tools::get().command("python");
    command.args(["-c", read]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut python = command.spawn().unwrap();
    let mut input = python.stdin.take().unwrap();
    input.write_all(text.as_bytes()).unwrap();
    drop(input);
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "no YAML: {text}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The one YAML block of the README that has a key at its top.
pub fn snippet(key: &str) -> String {
    let blocks = readme::blocks(&readme::readme(), "yaml");
    let mut with_key = blocks
        .into_iter()
        .filter(|text| yaml(text).get(key).is_some());
    let block = with_key
        .next()
        .unwrap_or_else(|| panic!("no YAML with {key}"));
    assert!(with_key.next().is_none(), "two blocks with {key}");
    block
}

/// A Git repository for tests, with a hook manager whose caches are below the build's folder.
struct Repository {
    project: Project,
    manager: &'static str,
    caches: PathBuf,
}

impl Repository {
    fn new(project: Project, manager: &'static str) -> Self {
        let caches = tools::target().join("tmp/hooks").join(manager);
        let repository = Self {
            project,
            manager,
            caches,
        };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    /// A program, run in the repository without the user's own configuration of Git.
    fn run(&self, program: &str, arguments: &[&str]) -> Run {
        let mut command = Tools::get().command(program);
        command
            .args(arguments)
            .current_dir(self.project.path())
            .stdin(Stdio::null())
            .env("SOURCE_DATE_EPOCH", TODAY)
            .env("PRE_COMMIT_HOME", &self.caches)
            .env("PREK_HOME", &self.caches)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GITHUB_ACTIONS", "false");
        for name in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{name}_NAME"), "wf tests")
                .env(format!("GIT_{name}_EMAIL"), "tests@wf-lint.invalid");
        }
        // In a hook of the user's own, Git says by these which repository is meant.
        for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX"] {
            command.env_remove(name);
        }
        Run::of(&command.output().unwrap())
    }

    fn git(&self, arguments: &[&str]) -> String {
        let run = self.run("git", arguments);
        assert_eq!(run.code, 0, "git {arguments:?}: {run:?}");
        run.out
    }

    /// Commit everything, through the hooks: whether that made a commit, and what was said.
    fn commit(&self) -> (bool, String) {
        let commits = || self.run("git", &["rev-list", "--count", "--all"]).out;
        let before = commits();
        self.git(&["add", "--all"]);
        let run = self.run("git", &["commit", "--quiet", "--message", "A change"]);
        let has_commit = commits() != before;
        assert_eq!(run.code == 0, has_commit, "{run:?}");
        (has_commit, format!("{}{}", run.out, run.err))
    }

    #[track_caller]
    fn passes(&self, hooks: &[(&str, &str)]) {
        let (has_commit, said) = self.commit();
        assert!(has_commit, "{}: {said}", self.manager);
        self.says(&said, hooks);
    }

    #[track_caller]
    fn is_blocked(&self, hooks: &[(&str, &str)], finding: &str) {
        let (has_commit, said) = self.commit();
        assert!(!has_commit, "{}: {said}", self.manager);
        let mut lines = said.lines().map(str::trim_start);
        let found = lines.any(|line| line.starts_with(finding));
        assert!(found, "{}: no {finding} in {said}", self.manager);
        self.says(&said, hooks);
    }

    /// Whether the manager gave these results for the hooks.
    #[track_caller]
    fn says(&self, said: &str, hooks: &[(&str, &str)]) {
        for (name, result) in hooks {
            let mut lines = said.lines();
            let line = lines.find(|line| line.starts_with(&format!("{name}.")));
            let line = line.unwrap_or_else(|| panic!("{}: no {name} in {said}", self.manager));
            assert!(line.ends_with(result), "{}: {said}", self.manager);
        }
    }
}

/// This source as a repository that holds hooks, tagged as a release is.
fn hook_repository(manager: &'static str) -> Repository {
    let source = Project::new();
    let files = WalkBuilder::new(root())
        .hidden(false)
        .parents(false)
        .require_git(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    for file in files.map(Result::unwrap) {
        let path = file.path().strip_prefix(root()).unwrap().to_str().unwrap();
        if file.path().is_file() {
            source.write(path, fs::read(file.path()).unwrap());
        }
    }
    let repository = Repository::new(source, manager);
    assert!(repository.commit().0);
    repository.git(&["tag", concat!("v", env!("CARGO_PKG_VERSION"))]);
    repository
}

/// Commit good and bad documents through the hooks of the README, put in place by a hook manager.
fn hold_commits(manager: &'static str) {
    let hooks = hook_repository(manager);
    if hooks.caches.exists() {
        fs::remove_dir_all(&hooks.caches).unwrap();
    }
    let project = sample::project(&["release"]);
    let config = snippet("repos");
    assert_eq!(config.matches(ADDRESS).count(), 1);
    let config = config.replace(ADDRESS, hooks.project.path().to_str().unwrap());
    project.write(".pre-commit-config.yaml", config);
    let user = Repository::new(project, manager);
    assert!(user.commit().0);
    let installed = user.run(manager, &["install"]);
    assert_eq!(installed.code, 0, "{installed:?}");

    // A bad document does not get in, and the message says which rule is broken where.
    let good = sample::workflow("release");
    let path = "workflows/release.md";
    user.project
        .write(path, good.replace("## Overview", "## Overveiw"));
    user.is_blocked(
        &[("wf check", "Failed"), ("wf check (all)", "Skipped")],
        "workflows/release.md:5:1: error[misspelled-section] ",
    );

    // Mended, it does.
    user.project
        .write(path, good.replace("Does", "Really does"));
    user.passes(&[("wf check", "Passed"), ("wf check (all)", "Skipped")]);

    // What is no workflow document is nobody's business.
    user.project.write("docs/notes.md", "Notes.\n");
    user.passes(&[("wf check", "Skipped"), ("wf check (all)", "Skipped")]);

    // Nor is an excluded one, even alone.
    user.project
        .write("wf.toml", "exclude = [\"workflows/archive/**\"]\n");
    user.passes(&[("wf check", "Skipped"), ("wf check (all)", "Passed")]);
    user.project.write("workflows/archive/old.md", "Old.\n");
    user.passes(&[("wf check", "Passed"), ("wf check (all)", "Skipped")]);

    // A change of the configuration is held against every document.
    user.project.write(
        "wf.toml",
        "[audit]\nwarn-after-days = 1\nmax-age-days = 2\n",
    );
    user.is_blocked(
        &[("wf check", "Skipped"), ("wf check (all)", "Failed")],
        "workflows/release.md:3:105: error[stale-audit] ",
    );
}

#[test]
fn pre_commit_holds_bad_documents_back() {
    hold_commits("pre-commit");
}

#[test]
fn prek_holds_bad_documents_back() {
    hold_commits("prek");
}

#[test]
fn the_hooks_of_the_readme_are_there() {
    let offered = fs::read_to_string(root().join(".pre-commit-hooks.yaml")).unwrap();
    let ids = |hooks: &Value| -> Vec<String> {
        let hooks = hooks.as_array().unwrap().iter();
        hooks
            .map(|hook| hook["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let config = yaml(&snippet("repos"));
    assert_eq!(ids(&config["repos"][0]["hooks"]), ids(&yaml(&offered)));
}

/// Run CI's commands one after the other in a project, as a runner does: the exit code of the last that was run.
fn run_in_ci(environment: &Environment, project: &Project, commands: &[&str]) -> i32 {
    let codes = commands.iter().map(|line| {
        let mut shell: Command = environment.command("bash");
        let shell = shell
            .args(["-e", "-c", line])
            .current_dir(project.path())
            .env("SOURCE_DATE_EPOCH", TODAY);
        Run::of(&shell.output().unwrap()).code
    });
    let mut codes = codes.skip_while(|code| *code == 0);
    codes.next().unwrap_or(0)
}

#[test]
fn the_ci_of_the_readme_works() {
    let github = yaml(&snippet("jobs"));
    let jobs = github["jobs"].as_object().unwrap().values();
    let steps = jobs.flat_map(|job| job["steps"].as_array().unwrap());
    let github: Vec<&str> = steps.filter_map(|step| step["run"].as_str()).collect();
    let ci = yaml(&snippet("runbooks"));
    let script = ci["runbooks"]["script"].as_array().unwrap().iter();
    let gitlab: Vec<&str> = script.filter_map(Value::as_str).collect();
    for (name, commands) in [("github", github), ("gitlab", gitlab)] {
        assert!(commands.len() > 1, "{commands:?}");
        let environment = Environment::new(tools::target().join("tmp/ci").join(name));
        let project = sample::project(&["release"]);
        assert_eq!(run_in_ci(&environment, &project, &commands), 0, "{name}");
        project.write("workflows/release.md", "# Release\n");
        assert_eq!(run_in_ci(&environment, &project, &commands), 1, "{name}");
        if name == "gitlab" {
            let report = &ci["runbooks"]["artifacts"]["reports"]["codequality"];
            let report = project.path().join(report.as_str().unwrap());
            let issues: Value = serde_json::from_slice(&fs::read(report).unwrap()).unwrap();
            assert!(!issues.as_array().unwrap().is_empty());
        }
    }
}
