//! A finding: a diagnostic with its places worked out, so that it outlives the document's text.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Severity;
use crate::edit::Fix;
use crate::lint::Excerpt;
use crate::lint::excerpt;
use crate::lint::section::Sections;
use crate::source::Position;
use crate::source::Source;
use crate::source::Span;

/// What a rule found, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id.
    pub rule: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Where.
    pub place: Place,
    /// Other places it speaks of, each with what is there.
    pub related: Vec<(Place, String)>,
    /// What to do about it.
    pub help: Option<String>,
    /// A change that mends it.
    pub fix: Option<Fix>,
    /// The file that the fix changes, as it is shown, if that is another one.
    pub target: Option<String>,
    /// Where each edit of the fix begins and ends.
    pub edits: Vec<(Position, Position)>,
    /// The titles of the sections that it stands in, and the label, outermost first: `Steps / Step 2: Build /
    /// Rollback`. Empty before the first section, and for a file or directory as a whole.
    pub section: String,
}

/// A stretch of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file as it is shown.
    pub path: String,
    /// Its first character.
    pub start: Position,
    /// The place after its last character.
    pub end: Position,
    /// The lines around it; `None` for a file or directory as a whole.
    pub excerpt: Option<Excerpt>,
}

impl Place {
    /// The place of a span.
    #[must_use]
    pub fn of(source: &Source, span: Span) -> Self {
        Self {
            path: source.path().to_owned(),
            start: source.position(span.start()),
            end: source.position(span.end()),
            excerpt: Some(excerpt::around(source, span)),
        }
    }

    /// A file or directory as a whole.
    #[must_use]
    pub fn whole(path: String) -> Self {
        Self {
            path,
            start: Position::START,
            end: Position::START,
            excerpt: None,
        }
    }
}

impl Finding {
    /// Work out a diagnostic's places. `shown` gives the path that another file is shown by.
    pub fn of(
        source: &Source,
        sections: &Sections,
        diagnostic: Diagnostic,
        shown: impl Fn(&str) -> String,
    ) -> Self {
        let edits = edits(diagnostic.fix.as_ref(), Some(source));
        let section = sections.at(diagnostic.span.start);
        let place = Place::of(source, diagnostic.span);
        Self {
            edits,
            section,
            ..Self::at(place, diagnostic, |span| Place::of(source, span), shown)
        }
    }

    /// A diagnostic about a file, of which the text may be known, or about a directory as a whole.
    pub fn whole(
        path: String,
        source: Option<&Source>,
        diagnostic: Diagnostic,
        shown: impl Fn(&str) -> String,
    ) -> Self {
        let own = path.clone();
        let edits = edits(diagnostic.fix.as_ref(), source);
        let place = Place::whole(path);
        Self {
            edits,
            ..Self::at(place, diagnostic, |_| Place::whole(own.clone()), shown)
        }
    }

    fn at(
        place: Place,
        diagnostic: Diagnostic,
        own: impl Fn(Span) -> Place,
        shown: impl Fn(&str) -> String,
    ) -> Self {
        let shown = &shown;
        let related = diagnostic.related.into_iter().map(|related| {
            let place = match related.path {
                Some(path) => Place::whole(shown(&path)),
                None => own(related.span),
            };
            (place, related.message)
        });
        let target = diagnostic.fix.as_ref().and_then(|fix| fix.path.as_deref());
        Self {
            target: target.map(&shown),
            rule: diagnostic.rule,
            severity: diagnostic.severity,
            message: diagnostic.message,
            place,
            related: related.collect(),
            help: diagnostic.help,
            fix: diagnostic.fix,
            edits: Vec::new(),
            section: String::new(),
        }
    }

    /// What findings are sorted by; those that are equal stay in the order in which the rule found them.
    #[must_use]
    pub fn order(&self) -> (&str, u32, u32, &'static str) {
        // Not the offset: the places before and after a byte-order mark are one.
        let start = self.place.start;
        (&self.place.path, start.line, start.column, self.rule)
    }
}

/// The places of a fix's edits, in a file that is there or yet to be made.
fn edits(fix: Option<&Fix>, source: Option<&Source>) -> Vec<(Position, Position)> {
    let source = source.filter(|_| fix.is_some_and(|fix| fix.path.is_none()));
    let position = |offset: usize| source.map_or(Position::START, |source| source.position(offset));
    let edits = fix.iter().flat_map(|fix| &fix.edits);
    edits
        .map(|edit| (position(edit.span.start()), position(edit.span.end())))
        .collect()
}
