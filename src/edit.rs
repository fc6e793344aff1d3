//! Changes to a text, as data: what a diagnostic proposes and an editor or a fix applies.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::source::Span;

/// One replacement in one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The text that goes; empty for an insertion.
    pub span: Span,
    /// The text that comes in its place.
    pub replacement: String,
}

impl Edit {
    /// A text in the place of another.
    #[must_use]
    pub fn replace(span: Span, replacement: impl Into<String>) -> Self {
        Self {
            span,
            replacement: replacement.into(),
        }
    }

    /// A text where none was.
    #[must_use]
    pub fn insert(at: usize, text: impl Into<String>) -> Self {
        Self::replace(Span::at(at), text)
    }

    /// A text that goes.
    #[must_use]
    pub fn delete(span: Span) -> Self {
        Self::replace(span, "")
    }
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
    /// The file that the edits are of, relative to the project root, if it is another than the finding's. One that
    /// is not there is empty.
    pub path: Option<String>,
    /// The edits, in the order of their places.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// A fix that may be applied unasked.
    #[must_use]
    pub fn safe(edits: Vec<Edit>) -> Self {
        Self::new(Safety::Safe, edits)
    }

    /// A fix that wants a person's consent.
    #[must_use]
    pub fn needs_consent(edits: Vec<Edit>) -> Self {
        Self::new(Safety::Unsafe, edits)
    }

    fn new(safety: Safety, mut edits: Vec<Edit>) -> Self {
        edits.sort_by_key(|edit| edit.span);
        Self {
            safety,
            path: None,
            edits,
        }
    }
}

/// A text with fixes applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The new text.
    pub text: String,
    /// The places, among the fixes, of those that were applied; the others overlap with these.
    pub taken: Vec<usize>,
    /// The edits that were made, in the order of their places.
    edits: Vec<Edit>,
}

impl Applied {
    /// Where what stood at an offset of the old text stands in the new one. Of a text that went, where it stood.
    #[must_use]
    pub fn moved(&self, offset: usize) -> usize {
        let mut moved = offset;
        let is_before =
            |span: Span| span.start() < offset || span.is_empty() && span.start() == offset;
        for edit in self.edits.iter().filter(|edit| is_before(edit.span)) {
            moved -= edit.span.end().min(offset) - edit.span.start();
            if edit.span.end() <= offset {
                moved += edit.replacement.len();
            }
        }
        moved
    }

    /// Where the texts that came stand in the new text.
    #[must_use]
    pub fn written(&self) -> Vec<Span> {
        let mut written = Vec::with_capacity(self.edits.len());
        // What is before a place has grown or shrunk by what came and went before it.
        let (mut came, mut went) = (0, 0);
        for edit in &self.edits {
            let start = edit.span.start() + came - went;
            written.push(Span::new(start, start + edit.replacement.len()));
            came += edit.replacement.len();
            went += edit.span.end() - edit.span.start();
        }
        written
    }
}

/// Apply fixes to a text: each whole or not at all, and none that overlaps with one before it. Texts that are
/// inserted at one place stand there in the order of their fixes.
#[must_use]
pub fn apply(text: &str, fixes: &[&Fix]) -> Applied {
    let mut room = Room::default();
    let mut taken = Vec::new();
    let mut edits: Vec<Edit> = Vec::new();
    for (at, fix) in fixes.iter().enumerate() {
        if fix.edits.iter().all(|edit| fits(text, edit.span)) && room.take(&fix.edits) {
            taken.push(at);
            edits.extend(fix.edits.iter().cloned());
        }
    }
    edits.sort_by_key(|edit| edit.span);
    let mut new = String::with_capacity(text.len());
    let mut done = 0;
    for edit in &edits {
        new.push_str(&text[done..edit.span.start()]);
        new.push_str(&edit.replacement);
        done = edit.span.end();
    }
    new.push_str(&text[done..]);
    Applied {
        text: new,
        taken,
        edits,
    }
}

fn fits(text: &str, span: Span) -> bool {
    text.get(span.range()).is_some()
}

/// What edits have taken of a text.
#[derive(Default, Clone)]
struct Room {
    /// The ends of the texts that go, by their starts.
    gone: BTreeMap<u32, u32>,
    /// Where texts are inserted.
    inserted: BTreeSet<u32>,
}

impl Room {
    /// Take the places of a fix's edits, unless one of them is taken. They stand in order.
    fn take(&mut self, edits: &[Edit]) -> bool {
        let is_apart = edits.is_sorted_by(|one, next| one.span.end <= next.span.start);
        if !is_apart || !edits.iter().all(|edit| self.is_free(edit.span)) {
            return false;
        }
        for Span { start, end } in edits.iter().map(|edit| edit.span) {
            if start == end {
                self.inserted.insert(start);
            } else {
                self.gone.insert(start, end);
            }
        }
        true
    }

    fn is_free(&self, Span { start, end }: Span) -> bool {
        let before = if start == end { start } else { end };
        let last = self.gone.range(..before).next_back();
        let is_inside = start < end && self.inserted.range(start + 1..end).next().is_some();
        last.is_none_or(|(_, &end)| end <= start) && !is_inside
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn applied(text: &str, fixes: &[&[(usize, usize, &str)]]) -> (String, Vec<usize>) {
        let fixes: Vec<Fix> = fixes
            .iter()
            .map(|edits| {
                let edits = edits.iter();
                let edits =
                    edits.map(|&(start, end, text)| Edit::replace(Span::new(start, end), text));
                Fix::safe(edits.collect())
            })
            .collect();
        let applied = apply(text, &fixes.iter().collect::<Vec<_>>());
        (applied.text, applied.taken)
    }

    #[test]
    fn a_fix_that_overlaps_waits() {
        let text = "abcdef";
        for (fixes, new, taken) in [
            (&[&[(0, 2, "x")][..], &[(1, 3, "y")]][..], "xcdef", vec![0]),
            (&[&[(0, 2, "x")], &[(2, 3, "y")]], "xydef", vec![0, 1]),
            (&[&[(0, 2, "x")], &[(1, 1, "y")]], "xcdef", vec![0]),
            (&[&[(1, 1, "y")], &[(0, 2, "x")]], "aybcdef", vec![0]),
            (&[&[(2, 2, "1")], &[(2, 2, "2")]], "ab12cdef", vec![0, 1]),
            (&[&[(2, 3, "x")], &[(2, 2, "1")]], "ab1xdef", vec![0, 1]),
            (
                &[&[(0, 1, ""), (4, 5, "")], &[(4, 6, "")], &[(2, 3, "")]],
                "bdf",
                vec![0, 2],
            ),
            (&[&[(5, 9, "")], &[(0, 1, "")]], "bcdef", vec![1]),
            (&[&[(0, 2, ""), (1, 3, "")]], "abcdef", vec![]),
        ] {
            assert_eq!(applied(text, fixes), (new.to_owned(), taken), "{fixes:?}");
        }
    }

    fn fix() -> impl Strategy<Value = Fix> {
        let edit = (0_usize..30, 0_usize..6, "[xyz]{0,4}");
        prop::collection::vec(edit, 1..4).prop_map(|edits| {
            let edits = edits.into_iter();
            Fix::safe(
                edits
                    .map(|(start, length, text)| {
                        Edit::replace(Span::new(start, start + length), text)
                    })
                    .collect(),
            )
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_outside_the_edits_stays(text in "[a-zé]{0,24}", fixes in prop::collection::vec(fix(), 0..8)) {
            let fixes: Vec<&Fix> = fixes.iter().collect();
            let applied = apply(&text, &fixes);
            prop_assert_eq!(&applied, &apply(&text, &fixes));
            // Each text that came stands where it is said to, and between them stands what stood there.
            let (mut old, mut new) = (0, 0);
            for (edit, written) in applied.edits.iter().zip(applied.written()) {
                prop_assert!(edit.span.start() >= old, "{:?}", applied.edits);
                prop_assert_eq!(&text[old..edit.span.start()], &applied.text[new..written.start()]);
                prop_assert_eq!(&edit.replacement, &applied.text[written.range()]);
                prop_assert!(applied.moved(edit.span.end()) >= written.start());
                (old, new) = (edit.span.end(), written.end());
            }
            prop_assert_eq!(&text[old..], &applied.text[new..]);
            // What was left out has no room beside what was taken, or none at all.
            for at in (0..fixes.len()).filter(|at| !applied.taken.contains(at)) {
                let mut all: Vec<&Fix> = applied.taken.iter().map(|&at| fixes[at]).collect();
                all.push(fixes[at]);
                prop_assert!(!apply(&text, &all).taken.contains(&(all.len() - 1)));
            }
        }
    }
}
