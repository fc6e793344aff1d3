//! Shell scripts, as far as the rules ask: simple commands with their words, expansions, the names they assign,
//! and what does not parse. All spans are offsets in the text that was parsed.
//!
//! The parser's crates are named in this room alone. It is fifteen times slower than the Markdown
//! parser, so `memory` parses a line only once, and `plain` settles lines of plain words without it.

mod arithmetic;
mod assign;
mod builtin;
mod condition;
mod decision;
mod fault;
mod memory;
mod placeholder;
mod plain;
mod syntax;
mod walk;
mod word;
mod wrapper;

use std::ops::Range;
use std::rc::Rc;

use smallvec::SmallVec;

use crate::source::Span;

pub use memory::Memory;

/// A longer script, in bytes, is not parsed.
pub const LONGEST: usize = 64 << 10;

/// A script, in pieces that parse by themselves.
#[derive(Debug, Clone, Default)]
pub struct Script {
    /// The pieces with their offsets, in order.
    pieces: SmallVec<[(u32, Rc<Piece>); 4]>,
    /// All marks of the pieces.
    pub marks: Marks,
}

/// Bits that [`Memory`]'s user gives to a piece once, to be remembered with it.
pub type Marks = u16;

/// A piece of a script.
#[derive(Debug)]
struct Piece {
    facts: Facts,
    marks: Marks,
    /// Whether nothing of it can go on in the next line.
    is_closed: bool,
}

/// What is known of a piece of a script.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The text.
    pub text: Box<str>,
    /// The simple commands, those inside of others included.
    pub commands: Vec<Simple>,
    /// The pipelines.
    pub pipelines: Vec<Span>,
    /// The expansions of parameters.
    pub expansions: Vec<Expansion>,
    /// The names that are given a value.
    pub assigned: Vec<Box<str>>,
    /// The names that are used without being expanded: `export NAME`, `[[ -v NAME ]]`.
    pub mentioned: Vec<Box<str>>,
    /// What is text to the shell: quotes and here-documents without the substitutions in them, and comments. In
    /// order, none in another.
    pub texts: Vec<Span>,
    /// Words such as `<name>` that stand for a value yet to be written.
    pub placeholders: Vec<Span>,
    /// What only bash has, and what it is.
    pub bash_only: Vec<(Span, &'static str)>,
    /// Whether text from elsewhere runs in it: `source`, `eval`.
    pub runs_text: bool,
    /// What does not parse; nothing but placeholders and names is known of such a piece.
    pub faults: Vec<Fault>,
}

/// A simple command: a program with its arguments.
#[derive(Debug, PartialEq, Eq)]
pub struct Simple {
    /// From its first word, assignment or redirection to its last.
    pub span: Span,
    /// Its words.
    pub words: Vec<Word>,
    /// The word that names what runs in the end: behind `sudo`, `env A=1`, `timeout 5`.
    pub head: usize,
    /// Its redirections, those of the groups around it included.
    pub redirects: Vec<Redirect>,
    /// Its place in a pipeline: the pipeline's in [`Facts::pipelines`], and which stage it is.
    pub stage: Option<(u32, u32)>,
    /// Whether an `if` or `||` decides over it or catches its failure.
    pub is_guarded: bool,
}

/// A word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Its place, quotes included.
    pub span: Span,
    /// What it comes to.
    pub value: Value,
    /// Its expansions, in [`Facts::expansions`].
    pub expansions: Range<u32>,
    /// The commands in it (`$(…)`, `<(…)`), in [`Facts::commands`].
    pub inner: Range<u32>,
}

/// What a word comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Just what is written.
    AsWritten,
    /// This, without its quotes.
    Unquoted(Box<str>),
    /// What is known only when it runs.
    Dynamic,
}

/// A redirection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// Its place.
    pub span: Span,
    /// Whether it appends (`>>`).
    pub appends: bool,
    /// Whether it makes its file anew (`>`).
    pub makes_anew: bool,
    /// Where it goes to or comes from; none for a here-document.
    pub target: Option<Word>,
    /// The text of a here-document.
    pub document: Option<Span>,
}

/// An expansion of a parameter by its name.
#[derive(Debug, PartialEq, Eq)]
pub struct Expansion {
    /// The parameter's name.
    pub name: Box<str>,
    /// Its place: `$NAME`, `${NAME:-x}`, or the bare name in arithmetic.
    pub span: Span,
    /// Whether the shell splits the value into words there, though it is not what a loop goes over.
    pub splits: bool,
    /// Whether it says or asks what happens without a value: `${NAME:-x}`, `${NAME:?}`, `[ -z "$NAME" ]`.
    pub has_fallback: bool,
    /// Whether it stands in a script to which the value is handed: `env NAME=1 sh -c '…'`.
    pub is_handed_on: bool,
}

/// Something that does not parse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The offending place.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: &'static str,
}

impl Script {
    fn push(&mut self, offset: u32, piece: Rc<Piece>) {
        self.marks |= piece.marks;
        self.pieces.push((offset, piece));
    }

    /// What is known of its pieces, each with its offset, in order.
    pub fn pieces(&self) -> impl Iterator<Item = (u32, &Facts)> {
        let pieces = self.pieces.iter();
        pieces.map(|(offset, piece)| (*offset, &piece.facts))
    }

    /// The first thing that does not parse.
    #[must_use]
    pub fn fault(&self) -> Option<Fault> {
        let faults = self.pieces().flat_map(|(offset, facts)| {
            facts.faults.iter().map(move |fault| Fault {
                span: shifted(fault.span, offset),
                ..fault.clone()
            })
        });
        faults.min_by_key(|fault| fault.span)
    }
}

impl Word {
    /// What it comes to in that text, if that is known.
    fn value_in<'a>(&'a self, text: &'a str) -> Option<&'a str> {
        match &self.value {
            Value::AsWritten => Some(&text[self.span.range()]),
            Value::Unquoted(value) => Some(value),
            Value::Dynamic => None,
        }
    }
}

impl Facts {
    /// The text under a span.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        &self.text[span.range()]
    }

    /// What a word comes to, if that is known.
    #[must_use]
    pub fn value<'a>(&'a self, word: &'a Word) -> Option<&'a str> {
        word.value_in(&self.text)
    }

    /// What a command runs in the end, without folders: `bash` for `sudo /bin/bash -c x`.
    #[must_use]
    pub fn program<'a>(&'a self, command: &'a Simple) -> Option<&'a str> {
        let name = self.value(command.words.get(command.head)?)?;
        let folders = name.bytes().rposition(|byte| byte == b'/');
        Some(folders.map_or(name, |last| &name[last + 1..]))
    }

    /// The values of the words after the program; empty for one that is not known.
    pub fn arguments<'a>(&'a self, command: &'a Simple) -> impl Iterator<Item = &'a str> {
        let arguments = command.words.iter().skip(command.head + 1);
        arguments.map(|word| self.value(word).unwrap_or_default())
    }

    /// Whether a place is text to the shell.
    #[must_use]
    pub fn is_text(&self, place: Span) -> bool {
        let after = self.texts.partition_point(|text| text.start <= place.start);
        let before = after.checked_sub(1).map(|at| self.texts[at]);
        before.is_some_and(|text| text.contains(place))
    }

    /// The expansions of a word.
    #[must_use]
    pub fn expansions_of(&self, word: &Word) -> &[Expansion] {
        &self.expansions[word.expansions.start as usize..word.expansions.end as usize]
    }
}

/// A span that begins `offset` later.
#[must_use]
pub fn shifted(span: Span, offset: u32) -> Span {
    Span {
        start: span.start + offset,
        end: span.end + offset,
    }
}

/// Whether a text is a name that a variable can have.
#[must_use]
pub fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
