//! Annotations of GitHub Actions: [workflow commands](https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands),
//! escaped as `packages/core/src/command.ts` of actions/toolkit does it.

use std::io;
use std::io::Write;

use crate::diagnostic::Severity;
use crate::lint::Finding;
use crate::lint::Report;
use crate::printable;
use crate::report::View;
use crate::report::full;
use crate::source::Position;

/// Write one command a finding.
pub fn render(report: &Report, view: &View, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let file = property(&view.in_repository(&finding.place.path));
        let place = stretch(finding.place.start, finding.place.end);
        let title = property(&format!("wf {}", finding.rule));
        let message = data(&message(finding));
        writeln!(
            out,
            "::{command} file={file},{place},title={title}::{message}"
        )?;
    }
    Ok(())
}

/// The lines and columns as properties, the last character's included. Columns hold on a single line alone: with an
/// end on another line GitHub refuses them.
fn stretch(start: Position, end: Position) -> String {
    // What ends where a line begins ends with the line before, whose length is not known.
    let last = last_line(start, end);
    let ends_before = last < end.line;
    let lines = format!("line={},endLine={last}", start.line);
    if last > start.line {
        return lines;
    }
    let columns = format!("{lines},col={}", start.column);
    if ends_before {
        return columns;
    }
    format!("{columns},endColumn={}", (end.column - 1).max(start.column))
}

/// The line of the last character.
#[must_use]
pub fn last_line(start: Position, end: Position) -> u32 {
    if end.line > start.line && end.column == 1 {
        end.line - 1
    } else {
        end.line
    }
}

/// The message with its place and rule, for the log shows nothing but the message; then what to do.
fn message(finding: &Finding) -> String {
    let start = finding.place.start;
    let mut text = format!(
        "{}:{}:{}: {}: {}",
        printable::one_line(&finding.place.path),
        start.line,
        start.column,
        finding.rule,
        printable::one_line(&finding.message)
    );
    if let Some(help) = full::help(finding) {
        text.push_str("\nhelp: ");
        text.push_str(&help);
    }
    text
}

/// A message as a command holds it.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property as a command holds it. Nothing in it steers a terminal.
fn property(text: &str) -> String {
    data(&printable::printable(text))
        .replace('\t', " ")
        .replace(':', "%3A")
        .replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_in_a_command_is_escaped() {
        assert_eq!(data("a%0A, b: c\r\nd"), "a%250A, b: c%0D%0Ad");
        assert_eq!(property("a,b:c%\n\u{1b}\t"), "a%2Cb%3Ac%25%0A\u{241b} ");
    }

    #[test]
    fn columns_stand_on_one_line_alone() {
        let stretch = |start: (u32, u32), end: (u32, u32)| {
            let position = |(line, column)| Position {
                line,
                column,
                byte_column: column,
                offset: 0,
            };
            stretch(position(start), position(end))
        };
        for (start, end, expected) in [
            ((3, 5), (3, 9), "line=3,endLine=3,col=5,endColumn=8"),
            ((3, 5), (3, 5), "line=3,endLine=3,col=5,endColumn=5"),
            ((1, 1), (1, 1), "line=1,endLine=1,col=1,endColumn=1"),
            ((3, 5), (4, 2), "line=3,endLine=4"),
            ((3, 5), (4, 1), "line=3,endLine=3,col=5"),
            ((3, 5), (6, 1), "line=3,endLine=5"),
        ] {
            assert_eq!(stretch(start, end), expected, "{start:?} to {end:?}");
        }
    }
}
