//! `wf init`.
#![expect(
    clippy::disallowed_methods,
    reason = "this is where the current folder is asked for"
)]

use std::path::Path;
use std::path::PathBuf;

use chrono::NaiveDate;
use unicode_width::UnicodeWidthStr;

use crate::cli::Exit;
use crate::cli::arguments::InitArguments;
use crate::cli::clock;
use crate::cli::failure::Failure;
use crate::cli::inventory;
use crate::cli::project::Projects;
use crate::cli::project::Wishes;
use crate::cli::terminal;
use crate::config;
use crate::files;
use crate::files::Change;
use crate::files::Root;
use crate::lint::Project;
use crate::parse::listing;
use crate::printable;
use crate::report::summary;
use crate::scaffold;
use crate::scaffold::Facts;
use crate::scaffold::setup;
use crate::scaffold::setup::Site;
use crate::source::Source;

/// Set the current folder up as a project.
pub fn run(arguments: &InitArguments) -> Exit {
    init(arguments).unwrap_or_else(|failure| {
        terminal::fail(&failure);
        Exit::Unusable
    })
}

fn init(arguments: &InitArguments) -> Result<Exit, Failure> {
    let today = clock::today(arguments.today)?;
    let current = std::env::current_dir().map_err(|source| Failure::NoCurrentFolder { source })?;
    let project = project(&current, today)?;
    let mut plan = Plan {
        current: &current,
        steps: Vec::new(),
    };
    plan.file(
        current.join(config::FILE_NAME),
        setup::CONFIG,
        "the configuration",
    );
    workflows(&mut plan, &project)?;
    ignore(&mut plan)?;
    hooks(&mut plan, arguments, &project)?;
    let shown = plan.shown();
    terminal::write(|out| out.write_all(shown.as_bytes()))
        .map_err(|source| Failure::UnwritableOutput { source })?;
    let changes: Vec<Change> = plan
        .steps
        .into_iter()
        .filter_map(|step| step.change)
        .collect();
    if changes.is_empty() {
        terminal::notice("nothing is left to write");
        return Ok(Exit::Clean);
    }
    if !arguments.yes {
        if !terminal::can_ask() {
            return Err(Failure::NotAgreed);
        }
        let files = summary::counted(changes.len(), "file");
        if !terminal::asks(&format!("Write {files}?"))
            .map_err(|source| Failure::NoAnswer { source })?
        {
            terminal::notice("nothing was written");
            return Ok(Exit::Findings);
        }
    }
    files::write_together(&changes).map_err(|(path, source)| Failure::NotWritten {
        path: files::relative(&current, &path),
        source,
    })?;
    let told = format!("wrote {}\n", summary::counted(changes.len(), "file"));
    terminal::write(|out| out.write_all(told.as_bytes()))
        .map_err(|source| Failure::UnwritableOutput { source })?;
    terminal::notice(
        "`wf list` shows the workflows, `wf new NAME` begins one, `wf check` judges them",
    );
    Ok(Exit::Clean)
}

/// The project that the current folder is, or is to become: what holds above it does not matter.
fn project(current: &Path, today: NaiveDate) -> Result<Project, Failure> {
    let mut projects = Projects::new(Wishes::default(), current.to_owned(), today);
    let root = Root {
        folder: current.to_owned(),
        has_config: files::is_there(&current.join(config::FILE_NAME)),
    };
    if projects.load(&root).is_none() {
        return Err(projects.failures.remove(0));
    }
    Ok(projects.list.remove(0))
}

/// What is to be done with a file.
struct Step {
    path: PathBuf,
    /// How it is written; nothing for one that stays as it is.
    change: Option<Change>,
    note: String,
    /// What a person may want to add to a file that stays.
    advice: Option<String>,
}

struct Plan<'a> {
    current: &'a Path,
    steps: Vec<Step>,
}

impl Plan<'_> {
    /// A new file, unless something stands there.
    fn file(&mut self, path: PathBuf, text: &str, note: &str) {
        if files::is_there(&path) {
            self.keep(path, "it is there already".to_owned(), None);
            return;
        }
        self.change(path, None, text, note);
    }

    fn keep(&mut self, path: PathBuf, note: String, advice: Option<String>) {
        self.steps.push(Step {
            path,
            change: None,
            note,
            advice,
        });
    }

    fn change(&mut self, path: PathBuf, before: Option<Vec<u8>>, text: &str, note: &str) {
        self.steps.push(Step {
            change: Some(Change {
                path: path.clone(),
                before,
                after: text.as_bytes().to_vec(),
            }),
            path,
            note: note.to_owned(),
            advice: None,
        });
    }

    /// The text of a file that is there, with its bytes.
    fn text(&self, path: &Path) -> Result<(Vec<u8>, String), Failure> {
        let shown = || files::relative(self.current, path);
        let bytes = files::read(path).map_err(|source| Failure::Unreadable {
            path: shown(),
            source,
        })?;
        match String::from_utf8(bytes.clone()) {
            Ok(text) => Ok((bytes, text)),
            Err(_) => Err(Failure::NotText { path: shown() }),
        }
    }

    /// The plan as people read it.
    fn shown(&self) -> String {
        let paths: Vec<String> = self
            .steps
            .iter()
            .map(|step| printable::one_line(&files::relative(self.current, &step.path)))
            .collect();
        let width = paths.iter().map(|path| path.width()).max().unwrap_or(0);
        let mut text = String::new();
        for (step, path) in self.steps.iter().zip(&paths) {
            let deed = match &step.change {
                None => "keep",
                Some(Change { before: None, .. }) => "write",
                Some(Change { .. }) => "append",
            };
            let gap = " ".repeat(width - path.width());
            text.push_str(&format!("{deed:<6}  {path}{gap}  {}\n", step.note));
            for line in step.advice.iter().flat_map(|advice| advice.lines()) {
                text.push_str(&format!("            {line}\n"));
            }
        }
        text
    }
}

/// The workflow directory with an index and, where it has no workflow, an example.
fn workflows(plan: &mut Plan<'_>, project: &Project) -> Result<(), Failure> {
    let folder = project.config.paths.first().map_or("", String::as_str);
    let at = |name: &str| match folder {
        "" => name.to_owned(),
        folder => format!("{folder}/{name}"),
    };
    let (found, _) = files::documents(
        &project.root.join(folder),
        &project.root,
        &project.config.exclude,
    );
    let documents: Vec<String> = found
        .iter()
        .map(|path| files::relative(&project.root, path))
        .filter(|path| !listing::is_index(path))
        .collect();
    let index = at("README.md");
    if !documents.is_empty() {
        let count = summary::counted(documents.len(), "workflow");
        plan.keep(project.root.join(folder), count, None);
        let text = inventory::listed(project, &index, None, &documents);
        plan.file(project.root.join(&index), &text, "the index");
        return Ok(());
    }
    if project.config.template.is_some() {
        let note = "no example: the template is the project's own, so begin with `wf new NAME`";
        plan.keep(project.root.join(folder), note.to_owned(), None);
        return Ok(());
    }
    let file = at(&format!("{}.md", setup::EXAMPLE));
    let facts = Facts {
        file: &file,
        name: setup::EXAMPLE,
        title: "Snapshot",
        owner: Some(setup::EXAMPLE_OWNER),
        purpose: Some(setup::EXAMPLE_PURPOSE),
        today: project.today,
    };
    let path = project.root.join(&index);
    if files::is_there(&path) {
        let (before, text) = plan.text(&path)?;
        let source = Source::new(project.shown(&index), text);
        let text = scaffold::add(&source, &index, &facts).ok_or_else(|| Failure::Unlistable {
            path: project.shown(&index),
        })?;
        if text.as_bytes() == before {
            plan.keep(path, "it lists the example already".to_owned(), None);
        } else {
            plan.change(path, Some(before), &text, "the example's line");
        }
    } else {
        let text = scaffold::fresh_index(&index, facts.owner, &facts);
        plan.change(path, None, &text, "the index");
    }
    let text = setup::example(&facts);
    plan.file(project.root.join(&file), &text, "an example to start from");
    Ok(())
}

/// The lines that keep the records of runs out of Git.
fn ignore(plan: &mut Plan<'_>) -> Result<(), Failure> {
    let path = plan.current.join(".gitignore");
    let (before, text) = if files::is_there(&path) {
        let (before, text) = plan.text(&path)?;
        (Some(before), text)
    } else {
        (None, String::new())
    };
    match setup::ignoring(&text) {
        Some((text, lines)) => plan.change(path, before, &text, &lines.join(", ")),
        None => plan.keep(
            path,
            "it ignores the records of runs already".to_owned(),
            None,
        ),
    }
    Ok(())
}

/// The files that hook `wf` up, at the top of the repository.
fn hooks(plan: &mut Plan<'_>, arguments: &InitArguments, project: &Project) -> Result<(), Failure> {
    let mut above = plan.current.ancestors();
    let top = above.find(|folder| files::is_there(&folder.join(".git")));
    let top = top.unwrap_or(plan.current).to_owned();
    let site = Site {
        folder: &files::relative(&top, plan.current),
        paths: &project.config.paths,
    };
    for (is_asked, path, text, note) in [
        (
            arguments.pre_commit,
            ".pre-commit-config.yaml",
            site.pre_commit(),
            "checks each commit, after `pre-commit install` or `prek install`",
        ),
        (
            arguments.github,
            ".github/workflows/wf.yml",
            site.github(),
            "checks each push and pull request",
        ),
        (
            arguments.vscode,
            ".vscode/tasks.json",
            site.vscode(),
            "the task `wf check`, with its findings in their places",
        ),
    ] {
        let path = top.join(path);
        if !is_asked {
            continue;
        }
        if !files::is_there(&path) {
            plan.change(path, None, &text, note);
            continue;
        }
        let (_, found) = plan.text(&path)?;
        let names = [env!("CARGO_PKG_NAME"), "wf check", "wf-check"];
        if names.iter().any(|name| found.contains(name)) {
            plan.keep(path, "it names `wf` already".to_owned(), None);
        } else {
            let note = "it is there already; this is what it lacks:".to_owned();
            plan.keep(path, note, Some(text));
        }
    }
    Ok(())
}
