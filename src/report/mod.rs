//! Reports: one table of output formats, [`FORMATS`], and a renderer for each.

mod concise;
pub mod diff;
pub mod events;
mod fingerprint;
mod foresight;
mod full;
mod github;
mod gitlab;
mod json;
mod junit;
mod lines;
pub mod live;
pub mod mermaid;
pub mod page;
pub mod plan;
mod rdjson;
mod sarif;
pub mod schema;
mod screen;
pub mod settings;
mod statistics;
pub mod summary;
pub mod table;
mod tame;
mod theme;
mod wording;

use std::io;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use crate::diagnostic::Severity;
use crate::files;
use crate::lint::Report;

pub use full::style;
pub use json::json;
pub use statistics::statistics;
pub use wording::ago;
pub use wording::took;

/// An output format.
#[derive(Debug)]
pub struct Format {
    /// Its name on the command line.
    pub name: &'static str,
    /// Who reads it.
    pub readers: &'static str,
    /// Whether people do.
    pub is_for_people: bool,
    /// Writes a report.
    pub render: fn(&Report, &View, &mut dyn Write) -> io::Result<()>,
}

/// How a report is shown.
#[derive(Debug, Clone)]
pub struct View {
    /// With colours.
    pub color: bool,
    /// With links that the terminal can follow.
    pub links: bool,
    /// With box-drawing characters.
    pub unicode: bool,
    /// In so many columns.
    pub width: usize,
    /// With a summary at the end, where the format has one.
    pub summary: bool,
    /// The least severity of findings that make a check fail, if any do.
    pub failing: Option<Severity>,
    /// The current folder: findings show paths as seen from it.
    pub current: PathBuf,
    /// The tops of the repositories that files lie in.
    pub tops: Vec<PathBuf>,
}

impl View {
    /// A finding's path as those name it who see the repository alone: from its top, wherever the program was
    /// started. Absolute for a file in none.
    #[must_use]
    pub fn in_repository(&self, path: &str) -> String {
        let path = files::normal(&self.current, Path::new(path));
        let mut tops: Vec<&PathBuf> = self.tops.iter().collect();
        tops.retain(|top| path.starts_with(top));
        let nearest = tops.into_iter().max_by_key(|top| top.components().count());
        match nearest.map(|top| files::relative(top, &path)) {
            Some(top) if top.is_empty() => ".".to_owned(),
            Some(path) => path,
            None => files::slashed(&path),
        }
    }
}

/// Every output format there is.
pub static FORMATS: &[Format] = &[
    Format {
        name: "full",
        readers: "people: findings in place, with help; the default on a terminal",
        is_for_people: true,
        render: full::render,
    },
    Format {
        name: "concise",
        readers: "editors and grep: one line a finding; the default elsewhere",
        is_for_people: true,
        render: concise::render,
    },
    Format {
        name: "json",
        readers: "programs: one object",
        is_for_people: false,
        render: json::render,
    },
    Format {
        name: "json-lines",
        readers: "streams: one object a finding",
        is_for_people: false,
        render: json::render_lines,
    },
    Format {
        name: "github",
        readers: "GitHub Actions: annotations; the default under `GITHUB_ACTIONS`",
        is_for_people: false,
        render: github::render,
    },
    Format {
        name: "gitlab",
        readers: "GitLab: a Code Quality report",
        is_for_people: false,
        render: gitlab::render,
    },
    Format {
        name: "sarif",
        readers: "code scanning: SARIF 2.1.0, with fixes, and suppressed findings with their reasons",
        is_for_people: false,
        render: sarif::render,
    },
    Format {
        name: "junit",
        readers: "CI servers: a JUnit report with a test case a document",
        is_for_people: false,
        render: junit::render,
    },
    Format {
        name: "rdjson",
        readers: "reviewdog: diagnostics with suggestions",
        is_for_people: false,
        render: rdjson::render,
    },
];

/// The format of that name.
#[must_use]
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_seen_from_the_top_of_its_repository() {
        let view = View {
            color: false,
            links: false,
            unicode: true,
            width: 80,
            summary: false,
            failing: None,
            current: PathBuf::from("/w/repo/services/api"),
            tops: vec![PathBuf::from("/w/repo"), PathBuf::from("/w/repo/tools")],
        };
        for (path, expected) in [
            ("workflows/a.md", "services/api/workflows/a.md"),
            ("../../workflows/a.md", "workflows/a.md"),
            ("../../tools/a.md", "a.md"),
            ("/w/repo/a.md", "a.md"),
            ("../..", "."),
            ("../../../other/a.md", "/w/other/a.md"),
            ("/elsewhere/a.md", "/elsewhere/a.md"),
        ] {
            assert_eq!(view.in_repository(path), expected);
        }
    }
}
