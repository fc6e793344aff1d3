//! What a rule says of a document: data alone, no terminal and no file format.

use std::borrow::Cow;

use crate::edit::Fix;
use crate::source::Span;

/// So many characters of a document's text are quoted at most.
const LONGEST_QUOTE: usize = 80;

/// A document's text as a message quotes it: on one line, and cut where it is long.
#[must_use]
pub fn quoted(text: &str) -> Cow<'_, str> {
    let is_line_end = |c: char| matches!(c, '\n' | '\r');
    let mut text = if text.contains(is_line_end) {
        let lines = text.split(is_line_end).map(str::trim);
        let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
        Cow::Owned(lines.join(" "))
    } else {
        Cow::Borrowed(text)
    };
    if let Some((end, _)) = text.char_indices().nth(LONGEST_QUOTE) {
        text = Cow::Owned(format!("{}…", text[..end].trim_end()));
    }
    text
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Worth mending.
    Warning,
    /// The document does not validate.
    Error,
}

impl Severity {
    /// The word for it in every output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A severity as it is configured: `off` silences the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// The rule does not run.
    Off,
    /// The rule runs at this severity.
    On(Severity),
}

impl Level {
    /// The words that configuration and command line know, in rising order.
    pub const NAMES: [&'static str; 4] = ["off", "info", "warning", "error"];

    /// The level of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "off" => Self::Off,
            "info" => Self::On(Severity::Info),
            "warning" => Self::On(Severity::Warning),
            "error" => Self::On(Severity::Error),
            _ => return None,
        })
    }

    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::On(severity) => severity.name(),
        }
    }
}

/// Another place that a finding speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// The other file, relative to the project root; `None` for the finding's own.
    pub path: Option<String>,
    /// The place in it.
    pub span: Span,
    /// What is there.
    pub message: String,
}

/// One finding of one rule, in one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule's id.
    pub rule: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// The characters it is about.
    pub span: Span,
    /// Other places it speaks of.
    pub related: Vec<Related>,
    /// What to do about it.
    pub help: Option<String>,
    /// A change that mends it.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// Say what to do.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Offer a change that mends it, where there is one.
    pub fn fix(&mut self, fix: impl Into<Option<Fix>>) -> &mut Self {
        self.fix = fix.into();
        self
    }

    /// Point at another place of the same document.
    pub fn related(&mut self, span: Span, message: impl Into<String>) -> &mut Self {
        self.related.push(Related {
            path: None,
            span,
            message: message.into(),
        });
        self
    }

    /// Point at another file, at its beginning.
    pub fn related_file(
        &mut self,
        path: impl Into<String>,
        message: impl Into<String>,
    ) -> &mut Self {
        self.related.push(Related {
            path: Some(path.into()),
            span: Span::default(),
            message: message.into(),
        });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_short_and_of_one_line() {
        assert_eq!(quoted("a  b"), "a  b");
        assert_eq!(quoted("a \r\n  b\n\nc"), "a b c");
        let longest = "é".repeat(LONGEST_QUOTE);
        assert_eq!(quoted(&longest), longest);
        assert_eq!(quoted(&format!("{longest}e")), format!("{longest}…"));
    }
}
