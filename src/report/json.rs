//! Findings for programs. The shape is versioned: a field is added without a new version, none is changed or
//! removed without one. `fixtures/json/report.schema.json` describes it.

use std::collections::BTreeMap;
use std::io;
use std::io::Write;

use serde::Serialize;
use serde::Serializer;

use crate::diagnostic::Severity;
use crate::lint::Finding;
use crate::lint::Place;
use crate::lint::Report;
use crate::printable;
use crate::report::View;
use crate::source::Position;

/// The version of the shape.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Whole<'a> {
    version: u32,
    findings: Each<'a>,
    summary: Summary<'a>,
}

/// Findings that are put into shape one at a time, for there may be very many.
struct Each<'a>(&'a [Finding]);

impl Serialize for Each<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(one))
    }
}

#[derive(Serialize)]
struct Summary<'a> {
    documents: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
    fixed: usize,
    fixable: usize,
    suppressed: usize,
    baseline: usize,
    stale: usize,
    rules: BTreeMap<&'a str, usize>,
}

#[derive(Serialize)]
struct One<'a> {
    path: &'a str,
    rule: &'a str,
    severity: &'a str,
    message: &'a str,
    help: Option<&'a str>,
    start: Point,
    end: Point,
    related: Vec<Other<'a>>,
    fix: Option<Mend<'a>>,
}

#[derive(Serialize)]
struct Point {
    line: u32,
    column: u32,
    offset: u32,
}

#[derive(Serialize)]
struct Other<'a> {
    path: &'a str,
    start: Point,
    end: Point,
    message: &'a str,
}

#[derive(Serialize)]
struct Mend<'a> {
    safety: &'a str,
    /// The file that it changes, or makes.
    path: &'a str,
    edits: Vec<Change<'a>>,
}

/// An edit, in byte offsets: the end is not included.
#[derive(Serialize)]
struct Change<'a> {
    start: u32,
    end: u32,
    replacement: &'a str,
}

impl From<Position> for Point {
    fn from(position: Position) -> Self {
        Self {
            line: position.line,
            column: position.column,
            offset: position.offset,
        }
    }
}

fn other((place, message): &(Place, String)) -> Other<'_> {
    Other {
        path: &place.path,
        start: place.start.into(),
        end: place.end.into(),
        message,
    }
}

fn one(finding: &Finding) -> One<'_> {
    One {
        path: &finding.place.path,
        rule: finding.rule,
        severity: finding.severity.name(),
        message: &finding.message,
        help: finding.help.as_deref(),
        start: finding.place.start.into(),
        end: finding.place.end.into(),
        related: finding.related.iter().map(other).collect(),
        fix: finding.fix.as_ref().map(|fix| Mend {
            safety: fix.safety.name(),
            path: finding.target.as_deref().unwrap_or(&finding.place.path),
            edits: fix
                .edits
                .iter()
                .map(|edit| Change {
                    start: edit.span.start,
                    end: edit.span.end,
                    replacement: &edit.replacement,
                })
                .collect(),
        }),
    }
}

/// Write one object.
pub fn render(report: &Report, _: &View, out: &mut dyn Write) -> io::Result<()> {
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &report.findings {
        *rules.entry(finding.rule).or_default() += 1;
    }
    let whole = Whole {
        version: VERSION,
        findings: Each(&report.findings),
        summary: Summary {
            documents: report.documents.len(),
            errors: report.count(Severity::Error),
            warnings: report.count(Severity::Warning),
            infos: report.count(Severity::Info),
            fixed: report.fixed,
            fixable: report
                .findings
                .iter()
                .filter(|finding| finding.fix.is_some())
                .count(),
            suppressed: report.suppressed.len(),
            baseline: report.known,
            stale: report.stale,
            rules,
        },
    };
    write(&whole, out)
}

/// Write a value as JSON, indented and with a line end; what steers a terminal is escaped.
pub fn write(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(Escaping(&mut *out), value)?;
    writeln!(out)
}

/// Write one object a finding, each on a line.
pub fn render_lines(report: &Report, _: &View, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        serde_json::to_writer(Escaping(&mut *out), &one(finding))?;
        writeln!(out)?;
    }
    Ok(())
}

/// A value as JSON, indented and with a line end; what steers a terminal is escaped.
#[must_use]
pub fn json(value: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    write(value, &mut bytes).expect("plain data serialises");
    String::from_utf8(bytes).expect("JSON is text")
}

/// A value as JSON on one line, with a line end; what steers a terminal is escaped.
#[must_use]
pub fn line(value: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    serde_json::to_writer(Escaping(&mut bytes), value).expect("plain data serialises");
    bytes.push(b'\n');
    String::from_utf8(bytes).expect("JSON is text")
}

/// Escapes the characters of JSON that steer a terminal; they stand in strings alone.
struct Escaping<'a>(&'a mut dyn Write);

impl Write for Escaping<'_> {
    fn write(&mut self, json: &[u8]) -> io::Result<usize> {
        let text = str::from_utf8(json).expect("serde_json writes whole characters");
        let mut units = [0; 2];
        let mut plain = 0;
        for (at, c) in text
            .char_indices()
            .filter(|(_, c)| printable::is_unsafe(*c))
        {
            self.0.write_all(&json[plain..at])?;
            for unit in c.encode_utf16(&mut units) {
                write!(self.0, "\\u{unit:04x}")?;
            }
            plain = at + c.len_utf8();
        }
        self.0.write_all(&json[plain..])?;
        Ok(json.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_escaped() {
        let mut written = Vec::new();
        let text = "é\u{1b}[31m\u{202e}\u{E0001}\u{7f}\n";
        serde_json::to_writer(Escaping(&mut written), text).expect("a string is JSON");
        let written = String::from_utf8(written).expect("JSON is text");
        assert_eq!(written, r#""é\u001b[31m\u202e\udb40\udc01\u007f\n""#);
        assert_eq!(
            serde_json::from_str::<String>(&written).expect("it reads back"),
            text
        );
    }
}
