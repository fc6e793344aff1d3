//! Parsing every line once.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::shell::Facts;
use crate::shell::Script;
use crate::shell::plain;
use crate::shell::syntax;

/// So many texts are remembered at most: beyond, a collection repeats itself too little for it to pay.
const MOST: usize = 1 << 14;

/// Longer texts, in bytes, are not remembered.
const LONGEST_REMEMBERED: usize = 1 << 10;

/// What was parsed before. Runbooks repeat their commands.
#[derive(Debug, Default)]
pub struct Memory {
    known: FxHashMap<Box<str>, Known>,
}

#[derive(Debug, Clone)]
struct Known {
    facts: Rc<Facts>,
    /// Whether nothing of a line can go on in the next one.
    is_closed: bool,
}

impl Memory {
    /// Parse a script whose lines end with LF.
    pub fn script(&mut self, text: &str) -> Script {
        if !text.contains('\n') {
            return Script {
                pieces: vec![(0, self.known(text).facts)],
            };
        }
        if text.len() <= crate::shell::LONGEST
            && let Some(script) = self.by_lines(text)
        {
            return script;
        }
        Script {
            pieces: vec![(0, self.known(text).facts)],
        }
    }

    /// The lines as pieces, if each parses by itself: then they mean the same one after the other.
    fn by_lines(&mut self, text: &str) -> Option<Script> {
        let mut script = Script::default();
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            let content = line.strip_suffix('\n').unwrap_or(line);
            let trimmed = content.trim_start();
            if !trimmed.is_empty() && !trimmed.starts_with('#') {
                let known = self.known(content);
                if !known.is_closed {
                    return None;
                }
                script.pieces.push((offset, known.facts));
            }
            offset += line.len() as u32;
        }
        Some(script)
    }

    fn known(&mut self, text: &str) -> Known {
        if let Some(known) = self.known.get(text) {
            return known.clone();
        }
        let facts = plain::facts(text).unwrap_or_else(|| syntax::facts(text));
        let known = Known {
            is_closed: is_closed(&facts),
            facts: Rc::new(facts),
        };
        if self.known.len() < MOST && text.len() <= LONGEST_REMEMBERED {
            self.known.insert(text.into(), known.clone());
        }
        known
    }
}

fn is_closed(facts: &Facts) -> bool {
    facts.faults.is_empty() && !facts.text.contains("<<") && !facts.text.ends_with('\\')
}
