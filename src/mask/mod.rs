//! Takes the values of secrets out of text: in their plain, base64 and URL forms, in whole texts and in streams.
//!
//! Every occurrence of a form becomes `***`; occurrences that overlap become one, so that of two secrets of which
//! one begins within the other no part is left. A form is found whatever stands around it. Two things remain
//! visible by design: a base64 character at either end that a secret shares with its neighbours (up to 4 bits), or up to
//! seven at a line's end where it is wrapped, and what a command makes of a secret in any other way, for example in
//! hexadecimal. Masking is a net, not a wall.

mod escapes;
mod forms;
mod stream;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use aho_corasick::Anchored;
use aho_corasick::automaton::Automaton;
use aho_corasick::automaton::StateID;
use aho_corasick::nfa::contiguous::NFA;
use rustc_hash::FxHashMap;

pub use crate::mask::stream::Stream;

/// What stands in a secret's place.
pub const MASK: &str = "***";
/// A secret, or a line of one, that is shorter is not masked, in characters: too much else would be.
pub const SHORTEST: usize = 4;

/// Finds and masks a run's secrets. Cheap to clone; it shows nothing of what it looks for.
#[derive(Clone)]
pub struct Masker(Arc<Search>);

/// The forms of all secrets as one automaton.
struct Search {
    automaton: NFA,
    start: StateID,
    /// How many of the last bytes may be the beginning of a form, for every state where that is not 0.
    pending: FxHashMap<StateID, usize>,
    /// The secret's name, for every form.
    names: Vec<Arc<str>>,
    /// The names of all secrets, those without a form included.
    all: BTreeSet<Arc<str>>,
}

impl Masker {
    /// A masker of secrets, given by name and value. Values shorter than [`SHORTEST`] are left out.
    ///
    /// # Panics
    ///
    /// Where the forms of all secrets together are beyond 2 GiB.
    pub fn new<N, V>(secrets: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        let (mut forms, mut all) = (BTreeMap::new(), BTreeSet::new());
        for (name, value) in secrets {
            let name: Arc<str> = name.as_ref().into();
            all.insert(Arc::clone(&name));
            for form in forms::of(value.as_ref()) {
                forms.entry(form).or_insert_with(|| Arc::clone(&name));
            }
        }
        let automaton = NFA::new(forms.keys()).expect("secrets are far below 2 GiB");
        let start = automaton
            .start_state(Anchored::No)
            .expect("an automaton is made for unanchored searches");
        let pending = pending(&automaton, start, forms.keys());
        Self(Arc::new(Search {
            automaton,
            start,
            pending,
            names: forms.into_values().collect(),
            all,
        }))
    }

    /// Whether a secret has that name, whatever its value.
    #[must_use]
    pub fn is_secret(&self, name: &str) -> bool {
        self.0.all.contains(name)
    }

    /// A text with its secrets masked.
    #[must_use]
    pub fn mask<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.mask_bytes(text.as_bytes()) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            // Not UTF-8 only where a secret was not.
            Cow::Owned(bytes) => Cow::Owned(match String::from_utf8(bytes) {
                Ok(text) => text,
                Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
            }),
        }
    }

    /// Bytes with their secrets masked.
    #[must_use]
    pub fn mask_bytes<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let mut spans = Spans::default();
        self.0.find(bytes, |span, _| {
            spans.add(span);
            true
        });
        if spans.0.is_empty() {
            return Cow::Borrowed(bytes);
        }
        let mut masked = Vec::with_capacity(bytes.len());
        let mut done = 0;
        for span in spans.0 {
            masked.extend_from_slice(&bytes[done..span.start]);
            masked.extend_from_slice(MASK.as_bytes());
            done = span.end;
        }
        masked.extend_from_slice(&bytes[done..]);
        Cow::Owned(masked)
    }

    /// Whether bytes hold a secret.
    #[must_use]
    pub fn holds(&self, bytes: &[u8]) -> bool {
        self.name_of_first(bytes).is_some()
    }

    /// The name of the first secret in bytes.
    #[must_use]
    pub fn name_of_first(&self, bytes: &[u8]) -> Option<&str> {
        let mut first = None;
        self.0.find(bytes, |_, form| {
            first = Some(form);
            false
        });
        first.map(|form| &*self.0.names[form])
    }

    /// Masks what comes in pieces.
    #[must_use]
    pub fn stream(&self) -> Stream {
        Stream::new(Arc::clone(&self.0))
    }
}

impl fmt::Debug for Masker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Masker")
    }
}

impl Search {
    /// Goes one byte on. What ends there is the longest of the forms that do, by its length and number.
    fn step(&self, state: &mut StateID, byte: u8) -> Option<(usize, usize)> {
        *state = self.automaton.next_state(Anchored::No, *state, byte);
        if !self.automaton.is_special(*state) || !self.automaton.is_match(*state) {
            return None;
        }
        let ends = (0..self.automaton.match_len(*state)).map(|at| {
            let form = self.automaton.match_pattern(*state, at);
            (self.automaton.pattern_len(form), form.as_usize())
        });
        ends.max()
    }

    /// The places of forms and their numbers, by their ends, until `each` has seen enough.
    fn find(&self, bytes: &[u8], mut each: impl FnMut(Range<usize>, usize) -> bool) {
        if self.names.is_empty() {
            return;
        }
        let mut state = self.start;
        for (at, &byte) in bytes.iter().enumerate() {
            if let Some((length, form)) = self.step(&mut state, byte)
                && !each(at + 1 - length..at + 1, form)
            {
                return;
            }
        }
    }

    /// How many of the last bytes may be the beginning of a form.
    fn pending(&self, state: StateID) -> usize {
        self.pending.get(&state).copied().unwrap_or(0)
    }
}

/// For every state, the length of the longest end of the text that begins a form and is not yet a whole one.
///
/// The automaton's states are the beginnings of forms; a text leads to the longest one that it ends with.
fn pending<'a>(
    automaton: &NFA,
    start: StateID,
    forms: impl Iterator<Item = &'a Vec<u8>>,
) -> FxHashMap<StateID, usize> {
    let walk = |bytes: &[u8]| {
        let step = |state, &byte| automaton.next_state(Anchored::No, state, byte);
        bytes.iter().fold(start, step)
    };
    let mut pending = FxHashMap::default();
    let mut wholes = Vec::new();
    for form in forms {
        let mut state = start;
        for (at, &byte) in form.iter().enumerate() {
            if at > 0 {
                pending.insert(state, at);
            }
            state = automaton.next_state(Anchored::No, state, byte);
        }
        wholes.push((form, state));
    }
    // A form that begins no longer one waits for nothing; its own end may yet begin another. Shorter ones first,
    // since that end may be such a form.
    wholes.sort_by_key(|(form, _)| form.len());
    for (form, state) in wholes {
        if !pending.contains_key(&state)
            && let Some(&length) = pending.get(&walk(&form[1..]))
        {
            pending.insert(state, length);
        }
    }
    pending
}

/// Places in a text that do not overlap, in order, made from places in the order of their ends.
#[derive(Default)]
struct Spans(Vec<Range<usize>>);

impl Spans {
    fn add(&mut self, mut span: Range<usize>) {
        while let Some(last) = self.0.last()
            && last.end > span.start
        {
            span.start = span.start.min(last.start);
            self.0.pop();
        }
        self.0.push(span);
    }
}

#[cfg(test)]
mod tests;
