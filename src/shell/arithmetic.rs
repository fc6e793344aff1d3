//! Arithmetic of the parser's tree.

use shuck_ast::ArithmeticExpr;
use shuck_ast::ArithmeticExprNode;
use shuck_ast::ArithmeticLvalue;

use crate::shell::Expansion;
use crate::shell::syntax::span;
use crate::shell::walk::Walker;
use crate::source::Span;

impl Walker<'_> {
    /// Walk an arithmetic expression: names in it are read without a dollar sign.
    pub fn arithmetic(&mut self, node: &ArithmeticExprNode) {
        match &node.kind {
            ArithmeticExpr::Number(_) => {}
            ArithmeticExpr::Variable(name) => self.read(name.as_str(), span(node.span)),
            ArithmeticExpr::Indexed { name, index } => {
                self.read(name.as_str(), span(node.span));
                self.arithmetic(index);
            }
            ArithmeticExpr::ShellWord(word) => {
                self.word(word, false);
            }
            ArithmeticExpr::Parenthesized { expression } => self.arithmetic(expression),
            ArithmeticExpr::Unary { expr, .. } | ArithmeticExpr::Postfix { expr, .. } => {
                self.arithmetic(expr);
            }
            ArithmeticExpr::Binary { left, right, .. } => {
                self.arithmetic(left);
                self.arithmetic(right);
            }
            ArithmeticExpr::Conditional {
                condition,
                then_expr,
                else_expr,
            } => {
                self.arithmetic(condition);
                self.arithmetic(then_expr);
                self.arithmetic(else_expr);
            }
            ArithmeticExpr::Assignment { target, value, .. } => {
                let (ArithmeticLvalue::Variable(name) | ArithmeticLvalue::Indexed { name, .. }) =
                    target;
                self.facts.assigned.push(name.as_str().into());
                self.arithmetic(value);
            }
        }
    }

    fn read(&mut self, name: &str, place: Span) {
        self.facts.expansions.push(Expansion {
            name: name.into(),
            span: place,
            splits: false,
            has_fallback: false,
            is_handed_on: false,
        });
    }
}
