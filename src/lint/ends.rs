//! The comments that end suppressions: which of them ends which.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::markdown::comment::Reach;
use crate::parse::Document;
use crate::source::Span;

/// The places, among a document's suppressions, of those that end others.
pub struct Ends<'a> {
    /// Those that end all.
    all: Vec<usize>,
    /// Those that end one rule's.
    one: FxHashMap<&'a str, Vec<usize>>,
}

impl<'a> Ends<'a> {
    /// Those of a document.
    #[must_use]
    pub fn of(document: &'a Document) -> Self {
        let mut ends = Self {
            all: Vec::new(),
            one: FxHashMap::default(),
        };
        for (at, suppression) in document.suppressions.iter().enumerate() {
            if suppression.reach != Reach::Until {
                continue;
            }
            if suppression.ids.is_empty() {
                ends.all.push(at);
            }
            for &id in &suppression.ids {
                ends.one
                    .entry(document.source.slice(id))
                    .or_default()
                    .push(at);
            }
        }
        ends
    }

    /// The first one after a place that ends a rule's suppression.
    #[must_use]
    pub fn after(&self, at: usize, id: &str) -> Option<usize> {
        let next = |ends: &Vec<usize>| ends.get(ends.partition_point(|&end| end <= at)).copied();
        let one = self.one.get(id).and_then(next);
        one.into_iter().chain(next(&self.all)).min()
    }

    /// The comments that end one suppression and no other, by its place among a document's suppressions.
    #[must_use]
    pub fn own(&self, document: &Document) -> BTreeMap<usize, Vec<Span>> {
        let mut ended: BTreeMap<usize, Option<usize>> = BTreeMap::new();
        for (at, suppression) in document.suppressions.iter().enumerate() {
            let ids = suppression.ids.iter();
            for id in ids.filter(|_| suppression.reach == Reach::From) {
                if let Some(end) = self.after(at, document.source.slice(*id)) {
                    let only = ended.entry(end).or_insert(Some(at));
                    *only = only.filter(|only| *only == at);
                }
            }
        }
        let mut own: BTreeMap<usize, Vec<Span>> = BTreeMap::new();
        for (end, only) in ended {
            if let Some(at) = only {
                own.entry(at)
                    .or_default()
                    .push(document.suppressions[end].span);
            }
        }
        own
    }
}
