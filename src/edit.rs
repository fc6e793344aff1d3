//! Changes to a text, as data: what a diagnostic proposes and an editor or a fix applies.

use crate::source::Span;

/// One replacement in one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The text that goes; empty for an insertion.
    pub span: Span,
    /// The text that comes in its place.
    pub replacement: String,
}

/// Whether a fix may be applied without a person looking at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Safety {
    /// Changes neither what the document means nor what would run.
    Safe,
    /// May change either; wants a person's consent.
    Unsafe,
}

impl Safety {
    /// The word for it in every output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
        }
    }
}

/// Edits that together mend one finding; they do not overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Whether it may be applied unasked.
    pub safety: Safety,
    /// The edits, in the order of their places.
    pub edits: Vec<Edit>,
}
