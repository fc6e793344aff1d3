//! The files that set a project up: its configuration, an example, and what hooks `wf` up to other tools.

use std::borrow::Cow;

use ignore::gitignore::GitignoreBuilder;

use crate::scaffold::Facts;
use crate::source;

/// The example's name.
pub const EXAMPLE: &str = "snapshot";

/// What the example is for.
pub const EXAMPLE_PURPOSE: &str = "Pack a folder into an archive, with a checksum beside it";

/// Whose the example is, and the index beside it.
pub const EXAMPLE_OWNER: &str = "maintainers";

/// The folders that hold the records of runs.
const RECORDS: [&str; 3] = [".memory", "logs", "errors"];

/// A `wf.toml` that says what holds anyway.
pub const CONFIG: &str = concat!(
    "# How `wf` treats this project; every key may be left out. All of them: ",
    env!("CARGO_PKG_REPOSITORY"),
    "#configuration

paths = [\"workflows\"]    # the folders that hold workflows

[audit]
warn-after-days = 150    # an older LAST-AUDITED is warned of
max-age-days = 180       # a still older one is an error
"
);

/// A valid workflow with commands that do no harm.
#[must_use]
pub fn example(facts: &Facts<'_>) -> String {
    let folder = facts.file.rsplit_once('/').map(|(folder, _)| folder);
    include_str!("snapshot.md")
        .replace("{file}", facts.file)
        .replace("{today}", &facts.today.to_string())
        // The archive must not be packed into itself.
        .replace("{source}", folder.unwrap_or("README.md"))
}

/// A `.gitignore` that leaves the records of runs out, and the lines added to it; `None` if it does so already.
#[must_use]
pub fn ignoring(text: &str) -> Option<(String, Vec<String>)> {
    let mut builder = GitignoreBuilder::new("");
    for line in text.trim_start_matches('\u{FEFF}').lines() {
        // A line that is no pattern ignores nothing.
        let _ = builder.add_line(None, line);
    }
    let patterns = builder.build().ok()?;
    let missing = RECORDS
        .into_iter()
        .filter(|folder| !patterns.matched(folder, true).is_ignore());
    let missing: Vec<String> = missing.map(|folder| format!("{folder}/")).collect();
    if missing.is_empty() {
        return None;
    }
    let newline = source::line_end(text);
    let mut written = text.to_owned();
    if !text.is_empty() {
        let is_ended = text.ends_with('\n');
        written.push_str(&newline.repeat(if is_ended { 1 } else { 2 }));
    }
    written.push_str("# What the runs of workflows leave behind.");
    written.push_str(newline);
    for line in &missing {
        written.push_str(line);
        written.push_str(newline);
    }
    Some((written, missing))
}

/// Where a project lies in its repository.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// Its folder, from the repository's top; empty for the top itself.
    pub folder: &'a str,
    /// Its workflow directories, from its own folder.
    pub paths: &'a [String],
}

impl Site<'_> {
    /// A path of the project from the repository's top.
    fn at(&self, path: &str) -> String {
        match (self.folder, path) {
            ("", path) => path.to_owned(),
            (folder, "") => folder.to_owned(),
            (folder, path) => format!("{folder}/{path}"),
        }
    }

    /// `.pre-commit-config.yaml`.
    #[must_use]
    pub fn pre_commit(&self) -> String {
        let mut text = format!(
            "repos:\n  - repo: {}\n    rev: v{}\n    hooks:\n      - id: wf-check\n",
            env!("CARGO_PKG_REPOSITORY"),
            env!("CARGO_PKG_VERSION")
        );
        let folders: Vec<String> = self.paths.iter().map(|path| self.at(path)).collect();
        if folders != ["workflows"] {
            let patterns: Vec<String> = folders
                .iter()
                .map(|folder| match folder.as_str() {
                    "" => ".*".to_owned(),
                    folder => format!("{}/.*", regex::escape(folder)),
                })
                .collect();
            let pattern = format!("^({})\\.md$", patterns.join("|"));
            text.push_str(&format!("        files: {}\n", yaml(&pattern)));
        }
        text.push_str("      - id: wf-check-all\n");
        if !self.folder.is_empty() {
            let pattern = format!("^{}/wf\\.toml$", regex::escape(self.folder));
            text.push_str(&format!(
                "        files: {}\n        args: [{}]\n",
                yaml(&pattern),
                yaml(self.folder)
            ));
        }
        text
    }

    /// `.github/workflows/wf.yml`.
    #[must_use]
    pub fn github(&self) -> String {
        let check = match self.folder {
            "" => "wf check".to_owned(),
            folder => yaml(&format!("wf check {}", quoted(folder))),
        };
        format!(
            "\
on: [push, pull_request]
jobs:
  runbooks:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-python@v6
        with:
          python-version: \"3.x\"
      - run: pip install wf-lint=={}
      - run: {check}
",
            env!("CARGO_PKG_VERSION")
        )
    }

    /// `.vscode/tasks.json`: a task whose findings the editor shows in their places.
    #[must_use]
    pub fn vscode(&self) -> String {
        let tasks = include_str!("../../editors/vscode/tasks.json");
        if self.folder.is_empty() {
            return tasks.to_owned();
        }
        let folder = serde_json::Value::from(self.folder);
        tasks.replace("[\"check\", ", &format!("[\"check\", {folder}, "))
    }
}

/// A text as a YAML value.
fn yaml(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A text as one word of a shell.
fn quoted(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    if text.chars().all(is_plain) && !text.starts_with('-') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("'{}'", text.replace('\'', "'\\''")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_git_does_not_ignore_yet_is_added() {
        let added = |text: &str| ignoring(text).map(|(text, _)| text);
        let all = "# What the runs of workflows leave behind.\n.memory/\nlogs/\nerrors/\n";
        assert_eq!(added("").as_deref(), Some(all));
        assert_eq!(
            added("target").as_deref(),
            Some(&*format!("target\n\n{all}"))
        );
        for text in [
            ".memory/\n/logs\n**/errors/\n",
            "*\n",
            "[\n.memory\nlogs\nerrors",
        ] {
            assert_eq!(added(text), None, "{text}");
        }
        assert_eq!(
            ignoring("/.memory/\r\n# logs/\r\n*.log\r\nerrors\r\n!errors\r\n"),
            Some((
                "/.memory/\r\n# logs/\r\n*.log\r\nerrors\r\n!errors\r\n\r\n\
                 # What the runs of workflows leave behind.\r\nlogs/\r\nerrors/\r\n"
                    .to_owned(),
                vec!["logs/".to_owned(), "errors/".to_owned()]
            ))
        );
    }

    #[test]
    fn a_project_below_the_top_is_named_where_it_is() {
        let paths = ["runbooks".to_owned(), "a.b".to_owned()];
        let site = Site {
            folder: "it's/api",
            paths: &paths,
        };
        let hooks = site.pre_commit();
        for line in [
            "        files: '^(it''s/api/runbooks/.*|it''s/api/a\\.b/.*)\\.md$'\n",
            "        files: '^it''s/api/wf\\.toml$'\n",
            "        args: ['it''s/api']\n",
        ] {
            assert!(hooks.contains(line), "{hooks}");
        }
        let ci = site.github();
        assert!(
            ci.ends_with("      - run: 'wf check ''it''\\''''s/api'''\n"),
            "{ci}"
        );
        let tasks: serde_json::Value = serde_json::from_str(&site.vscode()).expect("it is JSON");
        assert_eq!(tasks["tasks"][0]["args"][1], "it's/api");
    }
}
