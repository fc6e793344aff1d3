//! Projects: their roots, configurations and templates, each read once.

use std::path::Path;
use std::path::PathBuf;

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use crate::cli::arguments::CheckArguments;
use crate::cli::failure::Failure;
use crate::config;
use crate::config::Config;
use crate::config::ConfigError;
use crate::diagnostic::Level;
use crate::files;
use crate::files::Kind;
use crate::files::Root;
use crate::lint::Levels;
use crate::lint::Project;
use crate::source::Source;
use crate::template;

/// The template that holds where a project sets none.
const BUILT_IN: &str = include_str!("../../rules/template.md");

/// What the command line says of how projects are judged.
#[derive(Clone, Copy, Default)]
pub struct Wishes<'a> {
    config: Option<&'a Path>,
    isolated: bool,
    severity: &'a [(usize, Level)],
    only: &'a [usize],
}

impl<'a> From<&'a CheckArguments> for Wishes<'a> {
    fn from(arguments: &'a CheckArguments) -> Self {
        Self {
            config: arguments.config.as_deref(),
            isolated: arguments.isolated,
            severity: &arguments.severity,
            only: &arguments.only,
        }
    }
}

/// Finds and keeps the projects that files belong to.
pub struct Projects<'a> {
    wishes: Wishes<'a>,
    current: PathBuf,
    today: NaiveDate,
    /// Roots by folder.
    roots: FxHashMap<PathBuf, Root>,
    /// Projects by root, with the place in the list; `None` for one that failed.
    known: FxHashMap<PathBuf, Option<usize>>,
    /// The projects, in the order in which they were met.
    pub list: Vec<Project>,
    /// Why projects could not be read.
    pub failures: Vec<Failure>,
}

impl<'a> Projects<'a> {
    /// No project yet.
    pub fn new(wishes: Wishes<'a>, current: PathBuf, today: NaiveDate) -> Self {
        Self {
            wishes,
            current,
            today,
            roots: FxHashMap::default(),
            known: FxHashMap::default(),
            list: Vec::new(),
            failures: Vec::new(),
        }
    }

    /// The root of the project that a folder belongs to.
    pub fn root(&mut self, folder: &Path) -> Root {
        if let Some(root) = self.roots.get(folder) {
            return root.clone();
        }
        let isolated = self.wishes.isolated;
        let root = files::root_of(folder, &self.current, isolated);
        self.roots.insert(folder.to_owned(), root.clone());
        root
    }

    /// The project of a root, by its place in the list. A failure is kept, once.
    pub fn load(&mut self, root: &Root) -> Option<usize> {
        if let Some(&known) = self.known.get(&root.folder) {
            return known;
        }
        let place = match self.read(root) {
            Ok(project) => {
                self.list.push(project);
                Some(self.list.len() - 1)
            }
            Err(failure) => {
                self.failures.push(failure);
                None
            }
        };
        self.known.insert(root.folder.clone(), place);
        place
    }

    /// Which configuration and template a project uses, in a sentence.
    pub fn described(&self, project: &Project) -> String {
        let root = self.roots.values().find(|root| root.folder == project.root);
        let config = match (self.wishes.config, root) {
            (Some(file), _) => format!("`{}`", files::slashed(file)),
            (None, Some(root)) if root.has_config => {
                format!(
                    "`{}`",
                    shown(&self.current, &root.folder.join(config::FILE_NAME))
                )
            }
            _ => "no wf.toml".to_owned(),
        };
        let template = match &project.config.template {
            Some(template) => format!(
                "the template `{}`",
                shown(&self.current, &project.root.join(&template.value))
            ),
            None => "the built-in template".to_owned(),
        };
        let root = shown(&self.current, &project.root);
        format!("the project in `{root}` uses {config} and {template}")
    }

    fn read(&self, root: &Root) -> Result<Project, Failure> {
        let file = match self.wishes.config {
            Some(file) => Some(files::normal(&self.current, file)),
            None => root.has_config.then(|| root.folder.join(config::FILE_NAME)),
        };
        let config = match &file {
            Some(file) => config::read(&text(&self.current, file)?)?,
            None => Config::default(),
        };
        for path in &config.paths {
            if files::kind(&root.folder.join(path)).is_ok_and(|kind| kind == Kind::File) {
                return Err(Failure::NoFolder {
                    config: file.as_deref().map_or_else(
                        || "without wf.toml".to_owned(),
                        |file| shown(&self.current, file),
                    ),
                    path: path.clone(),
                });
            }
        }
        let source = template_source(&root.folder, &self.current, &config)?;
        let template = template::read(&source)?;
        Ok(Project {
            root: root.folder.clone(),
            current: self.current.clone(),
            levels: self.levels(&config)?,
            config,
            template,
            today: self.today,
        })
    }

    /// The rules' levels: their own, then the configuration's, then the command line's.
    fn levels(&self, config: &Config) -> Result<Levels, ConfigError> {
        let mut levels = Levels::of(config)?;
        for &(rule, level) in self.wishes.severity {
            levels.set(rule, level);
        }
        if !self.wishes.only.is_empty() {
            levels.keep_only(self.wishes.only);
        }
        Ok(levels)
    }
}

/// The text of the template in force in a project.
pub fn template_source(root: &Path, current: &Path, config: &Config) -> Result<Source, Failure> {
    let Some(set) = &config.template else {
        return Ok(Source::new("rules/template.md", BUILT_IN));
    };
    let path = root.join(&set.value);
    if files::kind(&path).is_err() {
        return Err(Failure::NoTemplate {
            place: set.place.clone(),
            path: set.value.clone(),
        });
    }
    text(current, &path)
}

/// A path as seen from the current folder.
pub fn shown(current: &Path, path: &Path) -> String {
    let shown = files::relative(current, path);
    if shown.is_empty() {
        ".".to_owned()
    } else {
        shown
    }
}

/// The text of a configuration or template.
pub fn text(current: &Path, path: &Path) -> Result<Source, Failure> {
    let shown = shown(current, path);
    let text = read(path, &shown)?;
    Ok(Source::new(shown, text))
}

/// The text of a file, which failures name as it is shown.
pub fn read(path: &Path, shown: &str) -> Result<String, Failure> {
    let bytes = files::read(path).map_err(|source| Failure::Unreadable {
        path: shown.to_owned(),
        source,
    })?;
    String::from_utf8(bytes).map_err(|_| Failure::NotText {
        path: shown.to_owned(),
    })
}
