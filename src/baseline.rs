//! A baseline: findings that are known, so that an existing collection of documents can be held to the rules for
//! all that is new. It knows paths, rules and sections, not lines and messages, so that edits elsewhere leave it be.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use miette::Diagnostic;
use serde::Deserialize;
use serde::Serialize;
use thiserror::Error;

use crate::lint::Finding;
use crate::printable;
use crate::rule::Check;
use crate::rules;
use crate::rules::RULES;

/// The version of the file's form.
const VERSION: u64 = 1;

/// Why a file cannot be taken for a baseline.
#[derive(Debug, Error, Diagnostic)]
pub enum BaselineError {
    /// It is no JSON, or not of the form.
    #[error("`{path}` is no baseline: {reason}")]
    #[diagnostic(help(
        "nothing was checked against it and it was left as it is; if it is a damaged baseline, remove it and let \
         `--write-baseline` write it anew"
    ))]
    Foreign {
        /// The file as it is shown.
        path: String,
        /// What is wrong with it.
        reason: String,
    },

    /// A later version of the form.
    #[error("the baseline `{path}` has version {version}; this wf knows version {VERSION} alone")]
    #[diagnostic(help("use the wf that wrote it, or a later one"))]
    Version {
        /// The file as it is shown.
        path: String,
        /// The version that it names.
        version: u64,
    },
}

/// What known findings have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The file or folder, as seen from the folder of the baseline, with `/`.
    pub path: String,
    /// The rule's id.
    pub rule: String,
    /// The section: [`Finding::section`].
    pub section: String,
}

impl Entry {
    fn of(finding: &Finding, path: &dyn Fn(&str) -> String) -> Self {
        Self {
            path: printable::one_line(&path(&finding.place.path)),
            rule: finding.rule.to_owned(),
            section: printable::one_line(&finding.section),
        }
    }
}

/// Findings, counted by what they have in common.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: BTreeMap<Entry, usize>,
}

/// What a run judged: only of that can it be said that it is gone.
#[derive(Debug, Default)]
pub struct Scope {
    /// The files that the rules about documents judged, as entries name them.
    pub documents: BTreeSet<String>,
    /// The files and folders that the rules about directories judged.
    pub directories: BTreeSet<String>,
    /// The rules that did not run because the command line said so.
    pub left_out: BTreeSet<&'static str>,
}

#[derive(Deserialize)]
struct Versioned {
    version: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u64,
    findings: Vec<WrittenEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEntry {
    path: String,
    rule: String,
    section: String,
    count: NonZeroUsize,
}

impl Baseline {
    /// Read the text of a baseline. `shown` is its path.
    pub fn read(shown: &str, text: &str) -> Result<Self, BaselineError> {
        let foreign = |error: serde_json::Error| BaselineError::Foreign {
            path: shown.to_owned(),
            reason: error.to_string(),
        };
        let Versioned { version } = serde_json::from_str(text).map_err(foreign)?;
        if version != VERSION {
            let path = shown.to_owned();
            return Err(BaselineError::Version { path, version });
        }
        let written: Written = serde_json::from_str(text).map_err(foreign)?;
        let mut baseline = Self::default();
        for entry in written.findings {
            let WrittenEntry {
                path,
                rule,
                section,
                count,
            } = entry;
            let entry = Entry {
                path,
                rule,
                section,
            };
            let known = baseline.entries.entry(entry).or_default();
            *known = known.saturating_add(count.get());
        }
        Ok(baseline)
    }

    /// The text of the file: an entry a line, so that two people who mend different things get along.
    #[must_use]
    pub fn text(&self) -> String {
        let lines = self.entries.iter().map(|(entry, count)| {
            let written = WrittenEntry {
                path: entry.path.clone(),
                rule: entry.rule.clone(),
                section: entry.section.clone(),
                count: NonZeroUsize::new(*count).expect("an entry was met"),
            };
            serde_json::to_string(&written).expect("plain data serialises")
        });
        let lines: Vec<String> = lines.map(|line| format!("\n    {line}")).collect();
        let end = if lines.is_empty() { "" } else { "\n  " };
        let lines = lines.join(",");
        format!("{{\n  \"version\": {VERSION},\n  \"findings\": [{lines}{end}]\n}}\n")
    }

    /// How many findings it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.values().sum()
    }

    /// Whether it knows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many files and folders its findings are in.
    #[must_use]
    pub fn paths(&self) -> usize {
        let paths: BTreeSet<&str> = self.entries.keys().map(|entry| &*entry.path).collect();
        paths.len()
    }

    /// Count findings in. `path` gives the path that entries name, for one that findings show.
    pub fn add(&mut self, findings: &[Finding], path: &dyn Fn(&str) -> String) {
        for finding in findings {
            *self.entries.entry(Entry::of(finding, path)).or_default() += 1;
        }
    }

    /// Take the known ones out of findings; of several that are alike, the first ones are those that are known.
    /// Those that were met are taken out of the baseline too: what is left of it was not found.
    pub fn take(&mut self, findings: &mut Vec<Finding>, path: &dyn Fn(&str) -> String) -> usize {
        let before = findings.len();
        findings.retain(|finding| {
            let entry = Entry::of(finding, path);
            let Some(left) = self.entries.get_mut(&entry) else {
                return true;
            };
            *left -= 1;
            if *left == 0 {
                self.entries.remove(&entry);
            }
            false
        });
        before - findings.len()
    }

    /// The part of it that a run judged. `is_there` says whether a path that entries name leads to something: what
    /// was found in a file that is gone is gone too.
    #[must_use]
    pub fn judged(&self, scope: &Scope, is_there: &dyn Fn(&str) -> bool) -> Self {
        let is_meant = |entry: &Entry| {
            let Some(rule) = rules::find(&entry.rule) else {
                return true;
            };
            let judged = match RULES[rule].check {
                Check::Directory(_) => &scope.directories,
                _ => &scope.documents,
            };
            let is_judged = judged.contains(&entry.path) || !is_there(&entry.path);
            is_judged && !scope.left_out.contains(RULES[rule].id)
        };
        let entries = self.entries.iter().filter(|(entry, _)| is_meant(entry));
        Self {
            entries: entries
                .map(|(entry, count)| (entry.clone(), *count))
                .collect(),
        }
    }

    /// Take in what another one holds.
    pub fn join(&mut self, other: &Self) {
        for (entry, count) in &other.entries {
            let known = self.entries.entry(entry.clone()).or_default();
            *known = known.saturating_add(*count);
        }
    }

    /// Take away what another one holds.
    pub fn remove(&mut self, other: &Self) {
        for (entry, count) in &other.entries {
            if let Some(own) = self.entries.get_mut(entry) {
                *own = own.saturating_sub(*count);
            }
        }
        self.entries.retain(|_, count| *count > 0);
    }

    /// Its entries in words, one each.
    pub fn described(&self) -> impl Iterator<Item = String> {
        self.entries.iter().map(|(entry, count)| {
            let mut text = format!("{}: {}", entry.path, entry.rule);
            if !entry.section.is_empty() {
                text.push_str(&format!(" in {}", entry.section));
            }
            if *count > 1 {
                text.push_str(&format!(" ({count} times)"));
            }
            text
        })
    }
}
