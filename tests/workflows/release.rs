//! The release, of a small crate of this project's shape: as a dry run, and up to a registry that is a stand-in.

use std::fs;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use crate::project;
use crate::project::Project;
use crate::tools::Tools;
use crate::workflows;
use crate::workflows::Moment;
use crate::workflows::place;
use crate::workflows::place::State;
use crate::workflows::site;

const NAME: &str = "release_workflow";

const MANIFEST: &str = "\
[package]
name = \"wf-lint\"
version = \"0.1.0\"
edition = \"2024\"
description = \"Stands for the real one\"
license = \"MIT OR Apache-2.0\"
repository = \"https://example.org/wf\"

[[bin]]
name = \"wf\"
path = \"src/main.rs\"
";

const PROGRAM: &str = "\
fn main() {
    println!(\"wf {}\", env!(\"CARGO_PKG_VERSION\"));
}

#[test]
fn it_is_tested() {
    assert_eq!(1 + 1, 2);
}
";

/// In the place of `cargo`: what is published is written to a file, and asked for there. All else is done by the real
/// one.
const CARGO: &str = r#"#!/bin/sh
published=$STAND_IN/published
for last; do :; done
case $1 in
  info) grep -Fqx "$last" "$published" 2>/dev/null || { echo "error: could not find \`$last\`" >&2; exit 101; } ;;
  publish)
    [ "${CARGO_FAILS:-}" != publish ] || exit 101
    "$REAL_CARGO" package --locked --quiet && echo "wf-lint@$VERSION" >> "$published" ;;
  *) exec "$REAL_CARGO" "$@" ;;
esac
"#;

/// In the place of the module `twine`.
const TWINE: &str = "\
import os, sys
if sys.argv[1] == 'upload':
    with open(os.environ['STAND_IN'] + '/published', 'a') as published:
        print(*[os.path.basename(path) for path in sys.argv[3:]], file=published)
    sys.exit(os.environ.get('TWINE_FAILS'))
";

/// A repository, the bare one that it is pushed to, and the stand-ins.
struct Release {
    project: Project,
    outside: Project,
}

impl Release {
    fn new() -> Self {
        let project = Project::new();
        let outside = Project::new();
        project
            .write("Cargo.toml", MANIFEST)
            .write("src/main.rs", PROGRAM)
            .write(
                "CHANGELOG.md",
                "# Changelog\n\n## [Unreleased]\n\n- It is there.\n",
            )
            .write("README.md", "rev: v0.1.0\npip install wf-lint==0.1.0\n")
            .write(
                ".gitignore",
                "/target/\n/.memory/\n/logs/\n/errors/\n/docs/\n",
            )
            .write("LICENSE-MIT", "MIT\n")
            .write("LICENSE-APACHE", "Apache-2.0\n")
            .write("wf.toml", "")
            .write("workflows/README.md", format!("- [{NAME}]({NAME}.md)\n"));
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let hook = fs::read_to_string(root.join("pyproject.toml")).unwrap();
        let version = env!("CARGO_PKG_VERSION");
        project.write("pyproject.toml", hook.replace(version, "0.1.0"));
        site::copy("wheel", &project, "wheel");
        outside
            .write("bin/cargo", CARGO)
            .write("python/twine/__main__.py", TWINE);
        let cargo = outside.path().join("bin/cargo");
        fs::set_permissions(cargo, Permissions::from_mode(0o755)).unwrap();
        let release = Self { project, outside };
        release.write_document(&workflows::document(NAME));
        let lock = Command::new(env!("CARGO"))
            .args(["generate-lockfile", "--offline"])
            .current_dir(release.project.path())
            .status();
        assert!(lock.unwrap().success());
        let origin = release.outside.path().join("origin");
        let origin = origin.to_str().unwrap();
        release.git(&["init", "--quiet", "--bare", origin]);
        release.git(&["init", "--quiet", "--initial-branch", "main"]);
        release.git(&["remote", "add", "origin", origin]);
        release.commit("Begin");
        release
    }

    fn write_document(&self, text: &str) {
        self.project.write(&format!("workflows/{NAME}.md"), text);
    }

    fn git(&self, arguments: &[&str]) -> String {
        let mut git = Command::new("git");
        git.args(arguments).current_dir(self.project.path());
        workflows::said(git.envs(IDENTITY))
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    /// Run the release, with the stand-ins before all other programs if it is to publish.
    fn run(&self, inputs: &[&str], environment: &[(&str, &str)]) -> project::Run {
        let mut wf = self.project.wf();
        let building = Tools::get().building("wf");
        let variables = building.get_envs();
        wf.envs(variables.filter_map(|(name, value)| Some((name, value?))));
        if inputs.contains(&"PUBLISH=yes") {
            let path = building
                .get_envs()
                .find_map(|(name, value)| (name == "PATH").then_some(value?));
            let mut folders: Vec<PathBuf> = std::env::split_paths(path.unwrap()).collect();
            folders.insert(0, self.outside.path().join("bin"));
            wf.env("PATH", std::env::join_paths(folders).unwrap())
                .env("PYTHONPATH", self.outside.path().join("python"))
                .env("CARGO_REGISTRY_TOKEN", "of-the-stand-in")
                .env("TWINE_PASSWORD", "of-the-stand-in");
        }
        wf.envs(IDENTITY)
            .envs(environment.iter().copied())
            .env("STAND_IN", self.outside.path())
            .env("REAL_CARGO", env!("CARGO"))
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("CARGO_BUILD_BUILD_DIR");
        workflows::run(wf, "release-workflow", inputs)
    }

    /// The files, and all that Git knows. What is built is not looked at but for what is to be given to others.
    fn state(&self) -> State {
        let mut state = place::content(self.project.path(), &[".git", "target"]);
        for question in [
            &["status", "--porcelain", "--ignored"][..],
            &["for-each-ref"],
            &["symbolic-ref", "HEAD"],
            &["ls-files", "--stage"],
            &["ls-remote", "origin"],
        ] {
            // The record of runs may be there or not.
            let answer = self.git(question);
            let lines = answer.lines().filter(|line| !line.starts_with("!! "));
            state.insert(question.join(" "), lines.collect::<Vec<_>>().join("\n"));
        }
        let dist = place::content(&self.project.path().join("target/dist"), &[]);
        state.extend(
            dist.into_keys()
                .map(|path| (format!("dist/{path}"), "is there".to_owned())),
        );
        state
    }

    fn published(&self) -> String {
        fs::read_to_string(self.outside.path().join("published")).unwrap_or_default()
    }
}

const IDENTITY: [(&str, &str); 5] = [
    ("GIT_AUTHOR_NAME", "Release"),
    ("GIT_AUTHOR_EMAIL", "release@example.org"),
    ("GIT_COMMITTER_NAME", "Release"),
    ("GIT_COMMITTER_EMAIL", "release@example.org"),
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
];

#[test]
fn a_release_is_tried_or_nothing_has_happened() {
    let release = Release::new();
    release.project.write("target/dist/.keep", "");
    let whole = workflows::document(NAME);
    for step in 1..=workflows::steps(&whole) {
        // The document is part of the commit, so that the work tree is clean.
        release.write_document(&workflows::broken(&whole, step, Moment::End));
        release.commit("Break the release");
        let before = release.state();
        let run = release.run(&["VERSION=0.2.0"], &[]);
        let place = format!("failed at step {step}: {}{}", run.out, run.err);
        assert_eq!(run.code, 1, "{place}");
        let failed = run.out.lines().find(|line| line.starts_with("  failed "));
        let item = format!("{step}.verify.");
        assert!(
            failed.is_some_and(|it| it.contains(&item) && it.contains(workflows::FAILURE)),
            "{place}"
        );
        workflows::assert_same(&before, &release.state(), &place);
    }
    release.write_document(&whole);
    release.commit("Mend the release");
    let run = release.run(&["VERSION=0.2.0"], &[]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert_eq!(
        release.git(&["log", "-1", "--format=%s (%D)"]),
        "Release 0.2.0 (HEAD -> main, tag: v0.2.0)"
    );
    let changelog = fs::read_to_string(release.project.path().join("CHANGELOG.md")).unwrap();
    assert!(changelog.contains("## [0.2.0] - 20"), "{changelog}");
    let readme = fs::read_to_string(release.project.path().join("README.md")).unwrap();
    assert_eq!(readme, "rev: v0.2.0\npip install wf-lint==0.2.0\n");
    assert_eq!(release.git(&["ls-remote", "origin"]), "");
    assert_eq!(release.published(), "");
}

#[test]
fn a_release_is_published_after_a_dry_run_and_stays_published() {
    let release = Release::new();
    let run = release.run(&["VERSION=0.2.0"], &[]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    // The commit and the tag of the dry run are not those of a run that fails after it: they stay.
    let head = release.git(&["rev-parse", "HEAD", "v0.2.0"]);
    let publish = ["VERSION=0.2.0", "PUBLISH=yes"];
    let run = release.run(&publish, &[("CARGO_FAILS", "publish")]);
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    assert!(run.out.contains("failed      6.1 "), "{}", run.out);
    assert_eq!(release.git(&["rev-parse", "HEAD", "v0.2.0"]), head);
    assert_eq!(release.published(), "");
    // The crate is out and the wheel is not: nothing is taken back beneath it.
    let run = release.run(&publish, &[("TWINE_FAILS", "the upload failed")]);
    assert_eq!(run.code, 4, "{}{}", run.out, run.err);
    assert!(
        run.out.contains("wf-lint 0.2.0 is published: "),
        "{}",
        run.out
    );
    assert_eq!(release.git(&["rev-parse", "HEAD", "v0.2.0"]), head);
    assert_eq!(release.git(&["ls-remote", "origin"]), "");
}

#[test]
fn a_release_reaches_its_registries_and_the_others() {
    let release = Release::new();
    let run = release.run(&["VERSION=0.2.0", "PUBLISH=yes"], &[]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    let published = release.published();
    let published: Vec<&str> = published.lines().collect();
    assert_eq!(published[0], "wf-lint@0.2.0");
    assert!(
        published[1].starts_with("wf_lint-0.2.0-py3-none-"),
        "{published:?}"
    );
    assert_eq!(published.len(), 2);
    let head = release.git(&["rev-parse", "HEAD"]);
    let others = release.git(&[
        "ls-remote",
        "origin",
        "refs/heads/main",
        "refs/tags/v0.2.0^{}",
    ]);
    assert_eq!(
        others,
        format!("{head}\trefs/heads/main\n{head}\trefs/tags/v0.2.0^{{}}")
    );
    // What is there is not published again.
    let run = release.run(&["VERSION=0.2.0", "PUBLISH=yes"], &[]);
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    assert!(run.out.contains("the registry has it"), "{}", run.out);
}
