//! What a rule is, and what it is given.

mod context;

use std::rc::Rc;
use std::string::FromUtf8Error;
use std::sync::Arc;

use chrono::NaiveDate;
use rustc_hash::FxHashSet;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Level;
use crate::diagnostic::Severity;
use crate::parse::Document;
use crate::source::Span;
use crate::template::Template;

pub use context::Context;
pub use context::Kept;
pub use context::Part;
pub use context::Setting;

/// A rule: one defect that a document or a directory can have.
#[derive(Debug)]
pub struct Rule {
    /// Its name everywhere: in output, configuration, suppressions, and of its page.
    pub id: &'static str,
    /// How much it weighs where nothing is configured.
    pub default: Level,
    /// Its page, as Markdown.
    pub page: &'static str,
    /// Its judgement.
    pub check: Check,
}

/// A rule's judgement, by what it is passed on.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// On a file, before anything else, with the size that is allowed: the offset of the fault and what it is.
    Bytes(fn(&Text, u64) -> Option<Fault>),
    /// On each workflow document.
    Workflow(fn(&Context<'_>, &mut Findings)),
    /// On each index.
    Index(fn(&Context<'_>, &mut Findings)),
    /// On both.
    Both(fn(&Context<'_>, &mut Findings)),
    /// On the workflow directories of a project.
    Directory(fn(&Directories<'_>, &mut PlacedFindings)),
    /// On the ids of a suppression comment that hid nothing; gives the message.
    Suppression(fn(&[&str]) -> String),
}

/// A file's text, if its bytes are one.
pub type Text = Result<String, FromUtf8Error>;

/// A file's bytes, whether they are a text or not.
#[must_use]
pub fn bytes(text: &Text) -> &[u8] {
    match text {
        Ok(text) => text.as_bytes(),
        Err(error) => error.as_bytes(),
    }
}

/// A file that is no document at all.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// The first bad byte.
    pub offset: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: &'static str,
}

/// The words that stand for a value that is yet to be written.
const STAND_INS: [&str; 4] = ["YYYY-MM-DD", "TODO", "TBD", "FIXME"];

/// No text that is one of them is longer, in bytes: what stands around it counts.
pub const LONGEST_STAND_IN: usize = STAND_INS[0].len() + 8;

/// The word at the start of a text that is all of it, a full stop or colon aside, if it stands for a value.
#[must_use]
pub fn stand_in(text: &str) -> Option<&'static str> {
    if text.len() > LONGEST_STAND_IN {
        return None;
    }
    let word = text.trim().trim_end_matches(['.', ':', ' ']);
    STAND_INS.into_iter().find(|stand_in| *stand_in == word)
}

/// Takes what a rule finds in one document.
pub struct Findings {
    /// The rule that is speaking.
    pub rule: &'static str,
    /// Its severity.
    pub severity: Severity,
    /// Whether that severity is configured rather than the rule's own.
    pub is_configured: bool,
    /// What was found.
    pub found: Vec<Diagnostic>,
}

impl Findings {
    /// Report a finding.
    pub fn report(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.report_as(self.severity, span, message)
    }

    /// Report a finding at a severity of its own, unless one is configured.
    pub fn report_as(
        &mut self,
        severity: Severity,
        span: Span,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let severity = if self.is_configured {
            self.severity
        } else {
            severity
        };
        self.found
            .push(diagnostic(self.rule, severity, span, message.into()));
        self.found.last_mut().expect("one was just pushed")
    }
}

fn diagnostic(rule: &'static str, severity: Severity, span: Span, message: String) -> Diagnostic {
    Diagnostic {
        rule,
        severity,
        message,
        span,
        related: Vec::new(),
        help: None,
        fix: None,
    }
}

/// A workflow directory.
#[derive(Debug, Clone)]
pub struct Folder {
    /// Its path relative to the project root.
    pub path: String,
    /// Whether it is there at all.
    pub exists: bool,
    /// The paths of its documents, indexes left out, in order.
    pub documents: Vec<String>,
    /// Its indexes: that of each folder in it that has one.
    pub indexes: Vec<Index>,
}

/// An index and the files that it names.
#[derive(Debug, Clone)]
pub struct Index {
    /// Its path relative to the project root.
    pub path: String,
    /// Every path that its entries may mean, if it can be read.
    pub named: Option<Arc<FxHashSet<String>>>,
}

/// The workflow directories of a project.
pub struct Directories<'a> {
    /// Each of them.
    pub folders: &'a [Folder],
    /// A document or an index by its path, if it can be read.
    pub document: &'a dyn Fn(&str) -> Option<Rc<Document>>,
    /// The requirements.
    pub template: &'a Template,
    /// Today's date, UTC.
    pub today: NaiveDate,
}

/// Takes what a rule finds in directories: each finding with the path that it is about. What it weighs depends on
/// that path, and is left to those who know: here each is an error.
pub struct PlacedFindings {
    /// The rule that is speaking.
    pub rule: &'static str,
    /// What was found.
    pub found: Vec<(String, Diagnostic)>,
}

impl PlacedFindings {
    /// Report a finding about a file or a directory as a whole.
    pub fn report(
        &mut self,
        path: impl Into<String>,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        self.report_at(path, Span::default(), message)
    }

    /// Report a finding at a place in a file.
    pub fn report_at(
        &mut self,
        path: impl Into<String>,
        span: Span,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let finding = diagnostic(self.rule, Severity::Error, span, message.into());
        self.found.push((path.into(), finding));
        &mut self.found.last_mut().expect("one was just pushed").1
    }
}
