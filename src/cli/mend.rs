//! `wf check --fix` and `--diff`: what fixes change, written or shown.

use std::collections::BTreeMap;

use crate::cli::arguments::CheckArguments;
use crate::cli::check;
use crate::cli::collect::Collector;
use crate::cli::failure::Failure;
use crate::cli::terminal;
use crate::edit::Safety;
use crate::files;
use crate::fix;
use crate::fix::Change;
use crate::fix::Fixed;
use crate::fix::Job;
use crate::lint::Report;
use crate::report::diff;
use crate::report::diff::Shown;
use crate::report::summary;

/// What fixes change, by the project's place in the list.
#[derive(Default)]
pub struct Mending {
    fixed: BTreeMap<usize, Fixed>,
    /// What could not be written.
    pub failures: Vec<Failure>,
}

/// The fixes that the command line asks for.
fn allowed(arguments: &CheckArguments) -> Option<Safety> {
    if arguments.unsafe_fixes {
        Some(Safety::Unsafe)
    } else {
        (arguments.fix || arguments.diff).then_some(Safety::Safe)
    }
}

/// Work out what fixes would change, if any are asked for. Where standard input is checked, it alone may change
/// besides what is named.
pub fn work_out(collector: &Collector<'_>, arguments: &CheckArguments) -> Mending {
    let mut mending = Mending::default();
    let Some(allowed) = allowed(arguments) else {
        return mending;
    };
    for &at in collector.work.keys() {
        let (units, folders, disk) = check::prepared(collector, at);
        let named: Vec<String> = units.iter().map(|unit| unit.path.clone()).collect();
        let mut fixed = fix::fix(Job {
            project: &collector.projects.list[at],
            units,
            folders,
            neighbours: &disk,
            allowed,
        });
        if collector.overlay.is_some() {
            fixed.changes.retain(|change| named.contains(&change.path));
        }
        mending.fixed.insert(at, fixed);
    }
    mending
}

impl Mending {
    /// Write the files that change, and give standard input its new text. A file that has changed on disk meanwhile
    /// is left alone.
    pub fn write(&mut self, collector: &mut Collector<'_>) {
        for (&at, fixed) in &mut self.fixed {
            let changes = std::mem::take(&mut fixed.changes);
            for change in changes {
                match &mut collector.overlay {
                    Some((owner, path, bytes)) if *owner == at && *path == change.path => {
                        *bytes = change.after.clone().into_bytes();
                        fixed.changes.push(change);
                    }
                    _ => match write(collector, at, &change) {
                        Ok(()) => fixed.changes.push(change),
                        Err(failure) => self.failures.push(failure),
                    },
                }
            }
        }
    }

    /// Say in a report of what is left how much was mended, and which fixes could not be.
    pub fn tell(&self, report: &mut Report) {
        report.fixed = self.count();
        for fixed in self.fixed.values() {
            fixed.withdraw(&mut report.findings);
        }
    }

    fn changes(&self) -> impl Iterator<Item = (usize, &Change)> {
        let fixed = self.fixed.iter();
        fixed.flat_map(|(&at, fixed)| fixed.changes.iter().map(move |change| (at, change)))
    }

    fn count(&self) -> usize {
        self.changes().map(|(_, change)| change.mended).sum()
    }

    /// Whether anything would change.
    pub fn is_empty(&self) -> bool {
        self.changes().next().is_none()
    }

    /// Show what would change.
    pub fn show(&self, collector: &Collector<'_>) -> Result<(), Failure> {
        let is_for_terminal = terminal::is_output_terminal();
        let shown = Shown {
            color: terminal::view(false).color,
            is_for_terminal,
        };
        let text = self.changes().map(|(at, change)| {
            let path = collector.projects.list[at].shown(&change.path);
            diff::unified(&path, change.before.as_deref(), &change.after, shown)
        });
        terminal::write(|out| {
            text.into_iter()
                .try_for_each(|text| out.write_all(text.as_bytes()))
        })
        .map_err(|source| Failure::UnwritableOutput { source })
    }

    /// How much would change, in a sentence.
    pub fn summary(&self) -> String {
        let (count, files) = (self.count(), self.changes().count());
        if files == 0 {
            return "nothing to mend".to_owned();
        }
        format!(
            "would mend {} in {}",
            summary::counted(count, "finding"),
            summary::counted(files, "file")
        )
    }
}

fn write(collector: &mut Collector<'_>, at: usize, change: &Change) -> Result<(), Failure> {
    let project = &collector.projects.list[at];
    let path = project.root.join(&change.path);
    let shown = project.shown(&change.path);
    let new = files::Change {
        path: path.clone(),
        before: change.before.clone().map(String::into_bytes),
        after: change.after.clone().into_bytes(),
    };
    if let Err((_, source)) = files::write_together(&[new]) {
        // Two names of one file are mended once.
        let is_so = files::read(&path).is_ok_and(|bytes| bytes == change.after.as_bytes());
        return if is_so {
            Ok(())
        } else {
            Err(Failure::NotMended {
                path: shown,
                source,
            })
        };
    }
    if change.before.is_none() {
        terminal::notice(&format!("wrote `{shown}`"));
        if let Some(work) = collector.work.get_mut(&at) {
            let folders = work.folders.iter_mut();
            for files in folders.filter_map(|(_, files)| files.as_mut()) {
                files.push(change.path.clone());
            }
            work.add(change.path.clone());
            work.sort();
        }
    }
    Ok(())
}
