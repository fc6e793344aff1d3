//! The baselines of a check: which findings are known, and writing down those that shall be.

use std::path::Path;
use std::path::PathBuf;

use crate::baseline::Baseline;
use crate::baseline::Scope;
use crate::cli::arguments::CheckArguments;
use crate::cli::failure::Failure;
use crate::cli::project;
use crate::cli::terminal;
use crate::diagnostic::Level;
use crate::files;
use crate::lint::Project;
use crate::lint::Report;
use crate::lint::Unit;
use crate::report::summary;
use crate::rule::Folder;
use crate::rules::RULES;

/// So many findings that are gone are named.
const MOST_NAMED: usize = 10;
/// The rule after which no other speaks of a document.
const UNREADABLE: &str = "unreadable-document";

/// The baselines of a check, each with what became of it.
pub struct Baselines<'a> {
    arguments: &'a CheckArguments,
    current: &'a Path,
    list: Vec<Ledger>,
}

/// One baseline.
struct Ledger {
    file: PathBuf,
    shown: String,
    /// The file's text, if it is there.
    text: Option<String>,
    old: Baseline,
    /// What of it was not found yet.
    left: Baseline,
    /// What was found.
    found: Baseline,
    scope: Scope,
}

/// What became of the baselines, as it is told.
#[derive(Default)]
pub struct Told {
    /// A sentence, and the lines below it.
    pub notices: Vec<(String, Vec<String>)>,
}

impl<'a> Baselines<'a> {
    /// No baseline yet.
    pub fn new(arguments: &'a CheckArguments, current: &'a Path) -> Self {
        Self {
            arguments,
            current,
            list: Vec::new(),
        }
    }

    fn is_writing(&self) -> bool {
        self.arguments.write_baseline.is_some()
    }

    /// The place in the list of the baseline that holds for a project, read when it is met first.
    pub fn open(&mut self, project: &Project) -> Result<Option<usize>, Failure> {
        let asked = &self.arguments.write_baseline;
        let named = asked.as_ref().and_then(Option::as_ref);
        let named = named.or(self.arguments.baseline.as_ref());
        let configured = project.config.baseline.as_ref();
        let (file, place) = match (named, configured) {
            (Some(file), _) => (files::normal(self.current, file), None),
            (None, Some(set)) => (project.root.join(&set.value), Some(&set.place)),
            (None, None) if self.is_writing() => return Err(Failure::UnnamedBaseline),
            (None, None) => return Ok(None),
        };
        if let Some(at) = self.list.iter().position(|ledger| ledger.file == file) {
            return Ok(Some(at));
        }
        let shown = project::shown(self.current, &file);
        let text = match files::is_there(&file) {
            true => Some(project::text(self.current, &file)?.text().to_owned()),
            false if self.is_writing() => None,
            false => {
                let place = place.map_or_else(String::new, |place| format!("{place}: "));
                return Err(Failure::NoBaseline { place, path: shown });
            }
        };
        let old = text.as_deref().map(|text| Baseline::read(&shown, text));
        let old = old.transpose()?.unwrap_or_default();
        self.list.push(Ledger {
            file,
            shown,
            text,
            left: old.clone(),
            old,
            found: Baseline::default(),
            scope: Scope::default(),
        });
        Ok(Some(self.list.len() - 1))
    }

    /// Take the known findings out of a project's report; those that are to be written down are known.
    pub fn take(&mut self, at: usize, project: &Project, judged: &Judged<'_>, report: &mut Report) {
        let (arguments, is_writing) = (self.arguments, self.is_writing());
        let ledger = &mut self.list[at];
        let folder = ledger.file.parent().unwrap_or(&ledger.file).to_owned();
        let named = |path: &str| {
            let path = files::normal(&project.current, Path::new(path));
            let path = files::relative(&folder, &path);
            if path.is_empty() {
                ".".to_owned()
            } else {
                path
            }
        };
        judged.add_to(&mut ledger.scope, project, report, arguments, &named);
        if is_writing {
            ledger.found.add(&report.findings, &named);
        }
        report.known = ledger.left.take(&mut report.findings, &named);
        if is_writing {
            report.known += report.findings.len();
            report.findings.clear();
        }
    }

    /// Write what is to be written, and say what became of each baseline.
    pub fn finish(self, report: &mut Report) -> Result<Told, Failure> {
        let mut told = Told::default();
        let is_writing = self.is_writing();
        for ledger in self.list {
            let folder = ledger.file.parent().unwrap_or(&ledger.file);
            let is_there = |path: &str| files::is_there(&folder.join(path));
            let gone = ledger.left.judged(&ledger.scope, &is_there);
            report.stale += gone.len();
            if is_writing {
                told.notices
                    .push((ledger.renew(&gone, &is_there)?, Vec::new()));
            } else if !gone.is_empty() {
                told.notices.push(ledger.stale(self.arguments, &gone));
            }
        }
        Ok(told)
    }
}

/// What of a project was judged.
pub struct Judged<'a> {
    /// The files.
    pub units: &'a [Unit],
    /// The workflow directories.
    pub folders: Vec<String>,
}

impl<'a> Judged<'a> {
    /// These files, and these directories with all that is in them.
    pub fn new(units: &'a [Unit], folders: &[Folder]) -> Self {
        let paths = folders.iter().flat_map(|folder| {
            let indexes = folder.indexes.iter().map(|index| &index.path);
            let files = folder.documents.iter().chain(indexes);
            std::iter::once(&folder.path).chain(files).cloned()
        });
        Self {
            units,
            folders: paths.collect(),
        }
    }

    fn add_to(
        &self,
        scope: &mut Scope,
        project: &Project,
        report: &Report,
        arguments: &CheckArguments,
        named: &dyn Fn(&str) -> String,
    ) {
        let unreadable = report.findings.iter();
        let unreadable = unreadable.filter(|finding| finding.rule == UNREADABLE);
        let unread: Vec<&str> = unreadable
            .map(|finding| finding.place.path.as_str())
            .chain(report.failures.iter().map(|(path, _)| path.as_str()))
            .collect();
        let units = self.units.iter().map(|unit| project.shown(&unit.path));
        let read = units.filter(|path| !unread.contains(&path.as_str()));
        scope.documents.extend(read.map(|path| named(&path)));
        let folders = self.folders.iter().map(|path| named(&project.shown(path)));
        scope.directories.extend(folders);
        let only = &arguments.only;
        let is_off = |rule: &usize| arguments.severity.contains(&(*rule, Level::Off));
        let left_out = (0..RULES.len())
            .filter(|rule| !only.is_empty() && !only.contains(rule) || is_off(rule));
        scope.left_out.extend(left_out.map(|rule| RULES[rule].id));
    }
}

impl Ledger {
    /// Write what was found, and what was there of files that were not judged. Says what was done.
    fn renew(&self, gone: &Baseline, is_there: &dyn Fn(&str) -> bool) -> Result<String, Failure> {
        let mut renewed = self.old.clone();
        renewed.remove(&self.old.judged(&self.scope, is_there));
        renewed.join(&self.found);
        let text = renewed.text();
        let known = format!(
            "{} in {}",
            summary::counted(renewed.len(), "finding"),
            summary::counted(renewed.paths(), "file")
        );
        let shown = &self.shown;
        if self.text.as_deref() == Some(&text) {
            return Ok(format!(
                "the baseline `{shown}` is up to date: it holds {known}"
            ));
        }
        files::replace(&self.file, text.as_bytes()).map_err(|source| Failure::NotWritten {
            path: shown.clone(),
            source,
        })?;
        let taken_out = match gone.len() {
            0 => String::new(),
            1 => "; 1 that is gone was taken out".to_owned(),
            gone => format!("; {gone} that are gone were taken out"),
        };
        Ok(format!(
            "wrote the baseline `{shown}`: it holds {known}{taken_out}"
        ))
    }

    /// What is told of findings that are gone.
    fn stale(&self, arguments: &CheckArguments, gone: &Baseline) -> (String, Vec<String>) {
        let shown = &self.shown;
        let command = match &arguments.baseline {
            Some(file) => format!("wf check --write-baseline {}", files::slashed(file)),
            None => "wf check --write-baseline".to_owned(),
        };
        let sentence = match gone.len() {
            1 => format!("1 finding of the baseline `{shown}` is gone; `{command}` takes it out"),
            gone => format!(
                "{gone} findings of the baseline `{shown}` are gone; `{command}` takes them out"
            ),
        };
        let mut lines: Vec<String> = gone.described().take(MOST_NAMED + 1).collect();
        if lines.len() > MOST_NAMED {
            let more = gone.described().count() - MOST_NAMED;
            lines[MOST_NAMED] = format!("and {more} more");
        }
        (sentence, lines)
    }
}

impl Told {
    /// Tell it on standard error.
    pub fn tell(&self) {
        for (sentence, lines) in &self.notices {
            terminal::notice(sentence);
            for line in lines {
                terminal::line(&format!("  {line}"));
            }
        }
    }
}
