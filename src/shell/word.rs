//! Words of the parser's tree, with their expansions.

use shuck_ast::BourneParameterExpansion;
use shuck_ast::CommandSubstitutionSyntax;
use shuck_ast::HeredocBody;
use shuck_ast::HeredocBodyPart;
use shuck_ast::ParameterExpansion;
use shuck_ast::ParameterExpansionSyntax;
use shuck_ast::ParameterOp;
use shuck_ast::StmtSeq;
use shuck_ast::VarRef;
use shuck_ast::Word as ShellWord;
use shuck_ast::WordPart;
use shuck_ast::WordPartNode;

use crate::shell::Expansion;
use crate::shell::Value;
use crate::shell::Word;
use crate::shell::fault;
use crate::shell::is_name;
use crate::shell::shifted;
use crate::shell::syntax;
use crate::shell::syntax::span;
use crate::shell::walk::Walker;
use crate::source::Span;

/// Bodies of command substitutions are parsed again, to find what the parser lets pass in them, down to here.
const PARSED_AGAIN: usize = 8;

/// An expansion as it is met.
struct Met<'n> {
    name: &'n str,
    place: Span,
    splits: bool,
    has_fallback: bool,
}

impl Walker<'_> {
    /// Walk a word. `splits` says whether the shell splits what unquoted expansions in it come to.
    pub fn word(&mut self, word: &ShellWord, splits: bool) -> Word {
        let expansions = self.facts.expansions.len() as u32;
        let commands = self.facts.commands.len() as u32;
        let place = span(word.span);
        self.parts(&word.parts, splits, place);
        let written = &self.text[place.range()];
        if written == "..." || written == "…" {
            self.facts.placeholders.push(place);
        }
        let value = match word.try_static_text(self.text) {
            None => Value::Dynamic,
            Some(text) if *text == *written => Value::AsWritten,
            Some(text) => Value::Unquoted((*text).into()),
        };
        Word {
            span: place,
            value,
            expansions: expansions..self.facts.expansions.len() as u32,
            inner: commands..self.facts.commands.len() as u32,
        }
    }

    fn parts(&mut self, parts: &[WordPartNode], splits: bool, word: Span) {
        for part in parts {
            self.part(&part.kind, span(part.span), splits, word);
        }
    }

    fn part(&mut self, part: &WordPart, place: Span, splits: bool, word: Span) {
        match part {
            WordPart::Literal(_) | WordPart::ZshQualifiedGlob(_) | WordPart::PrefixMatch { .. } => {
            }
            WordPart::SingleQuoted { .. } => self.facts.texts.push(place),
            WordPart::DoubleQuoted { parts, .. } => {
                let substitutions = parts
                    .iter()
                    .filter(|part| matches!(part.kind, WordPart::CommandSubstitution { .. }));
                self.text(place, substitutions.map(|part| span(part.span)));
                self.parts(parts, false, word);
            }
            WordPart::Variable(name) => self.plain(name.as_str(), place, splits, word),
            WordPart::Parameter(parameter) => self.parameter(parameter, place, splits, word),
            WordPart::ParameterExpansion {
                reference: name,
                operator,
                operand_word_ast,
                ..
            } => self.operation(
                name,
                operator,
                operand_word_ast.as_deref(),
                (place, splits),
                word,
            ),
            WordPart::ArrayAccess(name)
            | WordPart::IndirectExpansion {
                reference: name, ..
            }
            | WordPart::Substring {
                reference: name, ..
            }
            | WordPart::ArraySlice {
                reference: name, ..
            } => self.reference(name, place, splits, word),
            WordPart::Length(name) | WordPart::ArrayLength(name) | WordPart::ArrayIndices(name) => {
                self.reference(name, place, false, word);
            }
            WordPart::Transformation {
                reference: name, ..
            } => self.reference(name, place, false, word),
            WordPart::CommandSubstitution { body, syntax } => {
                self.substitution(body, *syntax, place);
            }
            WordPart::ProcessSubstitution { body, .. } => {
                self.bracketed(place, "<(", ')');
                self.facts.bash_only.push((place, "process substitution"));
                self.apart(|walker| walker.statements(body));
            }
            WordPart::ArithmeticExpansion {
                expression_ast,
                expression_word_ast,
                ..
            } => match expression_ast {
                Some(expression) => self.arithmetic(expression),
                None => {
                    self.word(expression_word_ast, false);
                }
            },
        }
    }

    /// Note a text without what is substituted in it.
    fn text(&mut self, whole: Span, substitutions: impl Iterator<Item = Span>) {
        let mut start = whole.start();
        for substitution in substitutions.filter(|inner| whole.contains(*inner)) {
            let end = substitution.start().max(start);
            self.facts.texts.push(Span::new(start, end));
            start = substitution.end().max(start);
        }
        self.facts.texts.push(Span::new(start, whole.end()));
    }

    fn plain(&mut self, name: &str, place: Span, splits: bool, word: Span) {
        let met = Met {
            name,
            place,
            splits,
            has_fallback: false,
        };
        self.expansion(&met, word);
    }

    fn reference(&mut self, name: &VarRef, place: Span, splits: bool, word: Span) {
        self.subscript(name);
        self.plain(name.name.as_str(), place, splits, word);
    }

    /// Walk the body of a here-document.
    pub fn heredoc(&mut self, body: &HeredocBody) {
        let whole = span(body.span);
        let substitutions = body
            .parts
            .iter()
            .filter(|part| matches!(part.kind, HeredocBodyPart::CommandSubstitution { .. }));
        self.text(whole, substitutions.map(|part| span(part.span)));
        for part in &body.parts {
            let place = span(part.span);
            match &part.kind {
                HeredocBodyPart::Literal(_) => {}
                HeredocBodyPart::Variable(name) => {
                    self.plain(name.as_str(), place, false, whole);
                }
                HeredocBodyPart::CommandSubstitution { body, syntax } => {
                    self.substitution(body, *syntax, place);
                }
                HeredocBodyPart::ArithmeticExpansion { expression_ast, .. } => {
                    if let Some(expression) = expression_ast {
                        self.arithmetic(expression);
                    }
                }
                HeredocBodyPart::Parameter(parameter) => {
                    self.parameter(parameter, place, false, whole);
                }
            }
        }
    }

    fn substitution(&mut self, body: &StmtSeq, kind: CommandSubstitutionSyntax, place: Span) {
        let written = &self.text[place.range()];
        let is_dollar = kind == CommandSubstitutionSyntax::DollarParen;
        if is_dollar && !self.bracketed(place, "$(", ')') {
            return;
        }
        let inner = if is_dollar {
            Span::new(place.start() + 2, place.end() - 1)
        } else {
            Span::new(place.start() + 1, (place.end() - 1).max(place.start() + 1))
        };
        if self.depth < PARSED_AGAIN && (is_dollar || !written.contains('\\')) {
            let again = syntax::faults(&self.text[inner.range()], self.depth + 1);
            let faults = again.into_iter().map(|mut fault| {
                fault.span = shifted(fault.span, inner.start);
                fault
            });
            self.facts.faults.extend(faults);
        }
        self.depth += PARSED_AGAIN;
        self.apart(|walker| walker.statements(body));
        self.depth -= PARSED_AGAIN;
    }

    /// The parser takes some brackets for closed that are not.
    fn bracketed(&mut self, place: Span, open: &str, close: char) -> bool {
        let written = &self.text[place.range()];
        let is_closed = written.ends_with(close) && written.len() > open.len();
        if !is_closed {
            let sign = Span::new(place.start(), (place.start() + open.len()).min(place.end()));
            self.facts
                .faults
                .push(fault::unclosed(self.text, sign, close));
        }
        is_closed
    }

    fn parameter(&mut self, parameter: &ParameterExpansion, place: Span, splits: bool, word: Span) {
        let ParameterExpansionSyntax::Bourne(syntax) = &parameter.syntax else {
            return;
        };
        let (reference, splits) = match syntax {
            BourneParameterExpansion::Access { reference }
            | BourneParameterExpansion::Indirect { reference, .. } => (reference, splits),
            BourneParameterExpansion::Length { reference }
            | BourneParameterExpansion::Indices { reference }
            | BourneParameterExpansion::Transformation { reference, .. } => (reference, false),
            BourneParameterExpansion::Slice {
                reference,
                offset_word_ast,
                length_word_ast,
                ..
            } => {
                self.word(offset_word_ast, false);
                if let Some(length) = length_word_ast {
                    self.word(length, false);
                }
                (reference, splits)
            }
            BourneParameterExpansion::Operation {
                reference,
                operator,
                operand_word_ast,
                ..
            } => {
                let operand = operand_word_ast.as_deref();
                return self.operation(reference, operator, operand, (place, splits), word);
            }
            BourneParameterExpansion::PrefixMatch { .. } => return,
        };
        self.reference(reference, place, splits, word);
    }

    fn operation(
        &mut self,
        reference: &VarRef,
        operator: &ParameterOp,
        operand: Option<&ShellWord>,
        (place, splits): (Span, bool),
        word: Span,
    ) {
        let name = reference.name.as_str();
        if matches!(operator, ParameterOp::AssignDefault) {
            self.facts.assigned.push(name.into());
        }
        let has_fallback = matches!(
            operator,
            ParameterOp::UseDefault
                | ParameterOp::AssignDefault
                | ParameterOp::Error
                | ParameterOp::UseReplacement
        );
        self.subscript(reference);
        let met = Met {
            name,
            place,
            splits,
            has_fallback,
        };
        self.expansion(&met, word);
        if let Some(operand) = operand {
            self.word(operand, splits);
        }
        match operator {
            ParameterOp::RemovePrefixShort { pattern }
            | ParameterOp::RemovePrefixLong { pattern }
            | ParameterOp::RemoveSuffixShort { pattern }
            | ParameterOp::RemoveSuffixLong { pattern } => self.pattern(pattern),
            ParameterOp::ReplaceFirst {
                pattern,
                replacement_word_ast,
                ..
            }
            | ParameterOp::ReplaceAll {
                pattern,
                replacement_word_ast,
                ..
            } => {
                self.pattern(pattern);
                self.word(replacement_word_ast, false);
            }
            _ => {}
        }
    }

    fn subscript(&mut self, reference: &VarRef) {
        let subscript = reference.subscript.as_deref();
        if let Some(word) = subscript.and_then(|subscript| subscript.word_ast.as_ref()) {
            self.word(word, false);
        }
    }

    fn expansion(&mut self, met: &Met<'_>, word: Span) {
        let place = self.expansion_place(met, word);
        let written = &self.text[place.range()];
        if written.starts_with("${") && !written.ends_with('}') {
            let sign = Span::new(place.start(), place.start() + 2);
            self.facts
                .faults
                .push(fault::unclosed(self.text, sign, '}'));
        }
        if is_name(met.name) {
            self.facts.expansions.push(Expansion {
                name: met.name.into(),
                span: place,
                splits: met.splits,
                has_fallback: met.has_fallback,
                is_handed_on: false,
            });
        }
    }

    /// Behind an escaped quote in a quoted value the parser's places can be off: then the name is looked for in
    /// the word.
    fn expansion_place(&self, met: &Met<'_>, word: Span) -> Span {
        if self.text[met.place.range()].starts_with('$') {
            return met.place;
        }
        let known = self
            .facts
            .expansions
            .last()
            .map_or(0, |last| last.span.end());
        let from = known.max(word.start()).min(word.end());
        let names = [format!("${}", met.name), format!("${{{}", met.name)];
        let found = names.iter().filter_map(|name| {
            let at = self.text[from..word.end()].find(name.as_str())?;
            let length = if name.starts_with("${") {
                self.text[from + at..]
                    .find('}')
                    .map_or(name.len(), |end| end + 1)
            } else {
                name.len()
            };
            Some(Span::new(from + at, from + at + length))
        });
        found.min().unwrap_or(met.place)
    }
}
