//! One line a finding: `path:line:col: severity[rule] message`.

use std::io;
use std::io::Write;

use crate::lint::Report;
use crate::printable;
use crate::report::View;
use crate::report::full;

/// Write the findings.
pub fn render(report: &Report, view: &View, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        let style = full::style(finding.severity, view.color);
        let (line, column) = (finding.place.start.line, finding.place.start.column);
        let path = printable::one_line(&finding.place.path);
        let (severity, rule) = (
            finding.severity.name(),
            full::linked(finding.rule, view.links),
        );
        let message = printable::one_line(&finding.message);
        writeln!(
            out,
            "{path}:{line}:{column}: {style}{severity}[{rule}]{style:#} {message}"
        )?;
    }
    Ok(())
}
