//! Reports: one table of output formats, [`FORMATS`], and a renderer for each.

mod concise;
mod full;
mod json;
mod lines;
pub mod page;
pub mod printable;
mod statistics;
pub mod summary;

use std::io;
use std::io::Write;

use crate::lint::Report;

pub use statistics::statistics;

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
#[derive(Debug, Clone, Copy)]
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
}

/// Every output format there is.
pub static FORMATS: &[Format] = &[
    Format {
        name: "full",
        readers: "people: each finding in its place, with help; the default on a terminal",
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
];

/// The format of that name.
#[must_use]
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
