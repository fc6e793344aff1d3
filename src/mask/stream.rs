//! Masking what comes in pieces: nothing of a secret gets out, whatever pieces it comes in, and all else at once.

use std::fmt;
use std::sync::Arc;

use aho_corasick::automaton::StateID;

use crate::mask::MASK;
use crate::mask::Search;
use crate::mask::Spans;
use crate::mask::escapes::Escapes;

/// Masks bytes that come in pieces. It holds back what may be the beginning of a secret, so never more than the
/// longest form of one. Where there are secrets, escape sequences are left out.
pub struct Stream {
    search: Arc<Search>,
    state: StateID,
    /// What was fed and not given out.
    pub(in crate::mask) held: Vec<u8>,
    /// The secrets in it.
    spans: Spans,
    /// How much at its beginning belongs to a secret whose mask was given out already.
    hidden: usize,
    /// What steers a terminal is left out: colours within a secret would part it, and who sees it sees it whole.
    escapes: Escapes,
}

impl Stream {
    pub(in crate::mask) fn new(search: Arc<Search>) -> Self {
        Self {
            state: search.start,
            search,
            held: Vec::new(),
            spans: Spans::default(),
            hidden: 0,
            escapes: Escapes::Outside,
        }
    }

    /// Takes the next piece; what can be given out now.
    #[must_use]
    pub fn feed(&mut self, piece: &[u8]) -> Vec<u8> {
        if self.search.names.is_empty() {
            return piece.to_vec();
        }
        let before = self.held.len();
        let piece = self.escapes.strip(piece);
        self.held.extend_from_slice(&piece);
        for (at, &byte) in piece.iter().enumerate() {
            if let Some((length, _)) = self.search.step(&mut self.state, byte) {
                let end = before + at + 1;
                self.spans.add(end - length..end);
            }
        }
        self.give(self.held.len() - self.search.pending(self.state))
    }

    /// Ends the stream; what was still held back. What is fed afterwards begins anew.
    #[must_use]
    pub fn finish(&mut self) -> Vec<u8> {
        self.state = self.search.start;
        self.escapes = Escapes::Outside;
        self.give(self.held.len())
    }

    /// Gives out the first bytes, of which no secret to come can be a part that is not begun already.
    fn give(&mut self, length: usize) -> Vec<u8> {
        let mut given = Vec::with_capacity(length);
        let mut done = self.hidden.min(length);
        let mut hidden = self.hidden;
        let mut later = Spans::default();
        for span in self.spans.0.drain(..) {
            if span.start >= length {
                later.0.push(span.start - length..span.end - length);
                continue;
            }
            // One that begins in what is hidden goes on with the mask given out before.
            if span.start >= hidden {
                given.extend_from_slice(&self.held[done..span.start]);
                given.extend_from_slice(MASK.as_bytes());
            }
            hidden = hidden.max(span.end);
            done = hidden.min(length);
        }
        given.extend_from_slice(&self.held[done..length]);
        self.held.drain(..length);
        self.hidden = hidden.saturating_sub(length);
        self.spans = later;
        given
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Stream")
    }
}
