//! Findings for people: miette's frame around the lines, help below.

use std::fmt;
use std::io;
use std::io::Write;

use anstyle::AnsiColor;
use anstyle::Style;
use miette::Diagnostic;
use miette::GraphicalReportHandler;
use miette::GraphicalTheme;
use miette::LabeledSpan;
use miette::SourceCode;
use miette::ThemeCharacters;
use miette::ThemeStyles;

use crate::diagnostic::Severity;
use crate::edit::Fix;
use crate::edit::Safety;
use crate::lint::Finding;
use crate::lint::Report;
use crate::printable;
use crate::report::View;
use crate::report::lines::Lines;
use crate::report::summary;
use crate::source::Position;

/// The columns that the line numbers and the frame take.
const GUTTER: usize = 9;
/// Lines are not cut narrower than this.
const NARROWEST: usize = 24;

/// Write the findings, each in its frame, then the summary.
pub fn render(report: &Report, view: &View, out: &mut dyn Write) -> io::Result<()> {
    let theme = GraphicalTheme {
        characters: if view.unicode {
            ThemeCharacters::unicode()
        } else {
            ThemeCharacters::ascii()
        },
        styles: if view.color {
            ThemeStyles::ansi()
        } else {
            ThemeStyles::none()
        },
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_links(view.links)
        .with_width(view.width)
        .with_context_lines(1)
        .without_cause_chain();
    for finding in &report.findings {
        let mut text = String::new();
        let framed = Framed::of(finding, view);
        handler
            .render_report(&mut text, &framed)
            .map_err(io::Error::other)?;
        // The frame ends lines in blanks where a source line is empty.
        for line in text.lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        writeln!(out)?;
    }
    if view.summary {
        writeln!(out, "{}", summary::line(report, view.color))?;
    }
    Ok(())
}

/// The style of a severity.
#[must_use]
pub fn style(severity: Severity, color: bool) -> Style {
    if !color {
        return Style::new();
    }
    let color = match severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Info => AnsiColor::Cyan,
    };
    color.on_default().bold()
}

/// The address of a rule's page.
#[must_use]
pub fn page_address(rule: &str) -> String {
    let (repository, version) = (env!("CARGO_PKG_REPOSITORY"), env!("CARGO_PKG_VERSION"));
    format!("{repository}/blob/v{version}/rules/{rule}.md")
}

/// A rule's id, as a link to its page where the terminal has links (the OSC 8 sequence).
#[must_use]
pub fn linked(rule: &str, links: bool) -> String {
    if links {
        format!(
            "\u{1b}]8;;{}\u{1b}\\{rule}\u{1b}]8;;\u{1b}\\",
            page_address(rule)
        )
    } else {
        rule.to_owned()
    }
}

/// A finding as miette wants it.
#[derive(Debug)]
struct Framed {
    rule: &'static str,
    severity: Severity,
    message: String,
    help: Option<String>,
    lines: Option<Lines>,
    /// The address of the rule's page, where the terminal can follow it.
    address: Option<String>,
}

impl Framed {
    fn of(finding: &Finding, view: &View) -> Self {
        let place = &finding.place;
        let path = printable::one_line(&place.path);
        let lines = place.excerpt.as_ref().map(|excerpt| {
            let width = view.width.saturating_sub(GUTTER).max(NARROWEST);
            Lines::of(path.clone(), place.start, excerpt, width)
        });
        let message = printable::one_line(&finding.message);
        Self {
            rule: finding.rule,
            severity: finding.severity,
            message: match place.start {
                _ if lines.is_some() => message,
                Position::START => format!("{path}: {message}"),
                start => format!("{path}:{}:{}: {message}", start.line, start.column),
            },
            help: help(finding),
            lines,
            address: view.links.then(|| page_address(finding.rule)),
        }
    }
}

/// What to do, then the other places, then whether a fix is there: each a line or more, safe to print.
#[must_use]
pub fn help(finding: &Finding) -> Option<String> {
    let mut lines: Vec<String> = finding
        .help
        .iter()
        .map(|help| printable::printable(help).into_owned())
        .collect();
    for (place, message) in &finding.related {
        let path = printable::one_line(&place.path);
        lines.push(match place.excerpt {
            Some(_) => format!(
                "{message}: {path}:{}:{}",
                place.start.line, place.start.column
            ),
            None => format!("{message}: {path}"),
        });
    }
    lines.extend(finding.fix.as_ref().map(|fix| mends(fix).to_owned()));
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// How a fix is applied.
#[must_use]
pub fn mends(fix: &Fix) -> &'static str {
    match fix.safety {
        Safety::Safe => "`--fix` mends it",
        Safety::Unsafe => "`--unsafe-fixes` mends it",
    }
}

impl fmt::Display for Framed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Framed {}

impl Diagnostic for Framed {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.rule))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help
            .as_ref()
            .map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn url<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let address = self.address.as_ref()?;
        Some(Box::new(address))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.lines.as_ref().map(|lines| lines as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let lines = self.lines.as_ref()?;
        Some(Box::new(std::iter::once(LabeledSpan::underline(
            lines.span(),
        ))))
    }
}
