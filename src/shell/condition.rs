//! Conditions (`[[ ]]`) and patterns of the parser's tree.

use std::ops::Range;

use shuck_ast::ConditionalExpr;
use shuck_ast::ConditionalUnaryOp;
use shuck_ast::Pattern;
use shuck_ast::PatternPart;

use crate::shell::walk::Walker;

impl Walker<'_> {
    pub(super) fn condition(&mut self, expression: &ConditionalExpr) {
        match expression {
            ConditionalExpr::Binary(binary) => {
                self.condition(&binary.left);
                self.condition(&binary.right);
            }
            ConditionalExpr::Unary(unary) => {
                let asks_for_name = unary.op == ConditionalUnaryOp::VariableSet;
                if let (true, ConditionalExpr::Word(word)) = (asks_for_name, &*unary.expr) {
                    self.facts.mentioned.push(word.span.slice(self.text).into());
                }
                let first = self.facts.expansions.len();
                self.condition(&unary.expr);
                let asks_for_value = matches!(
                    unary.op,
                    ConditionalUnaryOp::EmptyString | ConditionalUnaryOp::NonEmptyString
                );
                if asks_for_value {
                    self.guarded_by_test(first..self.facts.expansions.len());
                }
            }
            ConditionalExpr::Parenthesized(inner) => self.condition(&inner.expr),
            ConditionalExpr::Word(word) | ConditionalExpr::Regex(word) => {
                self.word(word, false);
            }
            ConditionalExpr::Pattern(pattern) => self.pattern(pattern),
            ConditionalExpr::VarRef(name) => {
                self.facts.mentioned.push(name.name.as_str().into());
            }
        }
    }

    /// Note that a test on which something depends looks whether a variable has a value.
    pub fn guarded_by_test(&mut self, expansions: Range<usize>) {
        if let ([expansion], true) = (&mut self.facts.expansions[expansions], self.decides) {
            expansion.has_fallback = true;
        }
    }

    /// Walk a pattern: nothing in it is split.
    pub fn pattern(&mut self, pattern: &Pattern) {
        for part in &pattern.parts {
            match &part.kind {
                PatternPart::Word(word) => {
                    self.word(word, false);
                }
                PatternPart::Group { patterns, .. } => {
                    for pattern in patterns {
                        self.pattern(pattern);
                    }
                }
                _ => {}
            }
        }
    }
}
