//! Parsing every line once.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::shell::Facts;
use crate::shell::Marks;
use crate::shell::Piece;
use crate::shell::Script;
use crate::shell::plain;
use crate::shell::syntax;

/// So many texts are remembered at most: beyond, a collection repeats itself too little for it to pay.
const MOST: usize = 1 << 14;

/// Longer texts, in bytes, are not remembered.
const LONGEST_REMEMBERED: usize = 1 << 10;

/// What was parsed before. Runbooks repeat their commands.
#[derive(Debug)]
pub struct Memory {
    known: FxHashMap<Box<str>, Rc<Piece>>,
    mark: fn(&Facts) -> Marks,
}

impl Memory {
    /// Nothing parsed yet. `mark` says what is to be remembered of each piece besides.
    #[must_use]
    pub fn new(mark: fn(&Facts) -> Marks) -> Self {
        Self {
            known: FxHashMap::default(),
            mark,
        }
    }

    /// Parse a script whose lines end with LF.
    pub fn script(&mut self, text: &str) -> Script {
        let may_be_cut = text.len() <= crate::shell::LONGEST && text.contains('\n');
        if may_be_cut && let Some(script) = self.by_lines(text) {
            return script;
        }
        let mut script = Script::default();
        script.push(0, self.known(text));
        script
    }

    /// The lines as pieces, if each parses by itself: then they mean the same one after the other.
    fn by_lines(&mut self, text: &str) -> Option<Script> {
        let mut script = Script::default();
        let mut offset = 0;
        let ends = memchr::memchr_iter(b'\n', text.as_bytes());
        for end in ends.chain([text.len()]) {
            let line = &text[offset..end];
            let trimmed = line.trim_start();
            if !trimmed.is_empty() && !trimmed.starts_with('#') {
                let piece = self.known(line);
                if !piece.is_closed {
                    return None;
                }
                script.push(offset as u32, piece);
            }
            offset = end + 1;
        }
        Some(script)
    }

    fn known(&mut self, text: &str) -> Rc<Piece> {
        if let Some(known) = self.known.get(text) {
            return Rc::clone(known);
        }
        let facts = plain::facts(text).unwrap_or_else(|| syntax::facts(text));
        let piece = Rc::new(Piece {
            is_closed: is_closed(&facts),
            marks: (self.mark)(&facts),
            facts,
        });
        if self.known.len() < MOST && text.len() <= LONGEST_REMEMBERED {
            self.known.insert(text.into(), Rc::clone(&piece));
        }
        piece
    }
}

fn is_closed(facts: &Facts) -> bool {
    facts.faults.is_empty() && !facts.text.contains("<<") && !facts.text.ends_with('\\')
}
