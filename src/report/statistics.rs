//! How often each rule spoke.

use std::collections::BTreeMap;
use std::io;
use std::io::Write;

use crate::diagnostic::Severity;
use crate::lint::Report;
use crate::report::full;

/// Write a table of the rules that spoke, the most frequent first.
pub fn statistics(report: &Report, color: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut counts: BTreeMap<(&str, Severity), usize> = BTreeMap::new();
    for finding in &report.findings {
        *counts.entry((finding.rule, finding.severity)).or_default() += 1;
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by_key(|((rule, _), count)| (std::cmp::Reverse(*count), *rule));
    let width = rows.first().map_or(0, |(_, count)| count.to_string().len());
    for ((rule, severity), count) in rows {
        let style = full::style(severity, color);
        writeln!(
            out,
            "{count:>width$}  {style}{:<7}{style:#}  {rule}",
            severity.name()
        )?;
    }
    Ok(())
}
