//! Assignments, declarations and redirections of the parser's tree.

use shuck_ast::ArrayElem;
use shuck_ast::Assignment;
use shuck_ast::AssignmentValue;
use shuck_ast::DeclClause;
use shuck_ast::DeclOperand;
use shuck_ast::Redirect as ShellRedirect;
use shuck_ast::RedirectKind;
use shuck_ast::RedirectTarget;

use crate::shell::Redirect;
use crate::shell::fault;
use crate::shell::syntax::span;
use crate::shell::walk::Walker;
use crate::source::Span;

impl Walker<'_> {
    pub(super) fn declaration(&mut self, command: &DeclClause) {
        for assignment in &*command.assignments {
            self.assignment(assignment);
        }
        for operand in &command.operands {
            match operand {
                DeclOperand::Assignment(assignment) => self.assignment(assignment),
                DeclOperand::Name(name) => {
                    self.facts.assigned.push(name.name.as_str().into());
                    self.facts.mentioned.push(name.name.as_str().into());
                }
                DeclOperand::Flag(word) | DeclOperand::Dynamic(word) => {
                    self.word(word, true);
                }
            }
        }
    }

    pub(super) fn assignment(&mut self, assignment: &Assignment) {
        self.facts
            .assigned
            .push(assignment.target.name.as_str().into());
        if let Some(subscript) = &assignment.target.subscript
            && let Some(word) = &subscript.word_ast
        {
            self.word(word, false);
        }
        let name = span(assignment.target.name_span);
        match &assignment.value {
            AssignmentValue::Scalar(word) => {
                let place = span(word.span);
                if place.is_empty() && self.text[place.start()..].starts_with('(') {
                    self.array(place, name);
                }
                self.word(word, false);
            }
            AssignmentValue::Compound(array) => {
                self.array(span(array.span), name);
                for element in &array.elements {
                    let (ArrayElem::Sequential(value)
                    | ArrayElem::Keyed { value, .. }
                    | ArrayElem::KeyedAppend { value, .. }) = element;
                    self.word(&value.word, true);
                }
            }
        }
    }

    /// The parser takes an array for closed that is not. That of a declaration (`local a=(b)`) lies within its
    /// brackets, and is an empty value if it is not closed.
    fn array(&mut self, place: Span, name: Span) {
        let sign = self.text[name.end()..].find("=(");
        let start = sign.map_or(place.start(), |at| name.end() + at + 1);
        let open = Span::new(start, start + 1);
        let written = &self.text[place.range()];
        let is_closed = place.start() > start || written.len() > 1 && written.ends_with(')');
        if is_closed {
            self.facts.bash_only.push((open, "arrays"));
        } else {
            let fault = fault::unclosed(self.text, open, ')');
            self.facts.faults.push(fault);
        }
    }

    pub(super) fn redirect(&mut self, redirect: &ShellRedirect) -> Redirect {
        if let Some(name) = &redirect.fd_var {
            self.facts.assigned.push(name.as_str().into());
        }
        let (target, document) = match &redirect.target {
            RedirectTarget::Word(word) => {
                let splits = redirect.kind != RedirectKind::HereString;
                if !splits {
                    self.facts
                        .bash_only
                        .push((span(redirect.span), "here-strings"));
                }
                (Some(self.word(word, splits)), None)
            }
            RedirectTarget::Heredoc(heredoc) => {
                self.heredoc(&heredoc.body);
                (None, Some(span(heredoc.body.span)))
            }
        };
        Redirect {
            span: span(redirect.span),
            appends: redirect.kind == RedirectKind::Append,
            makes_anew: matches!(
                redirect.kind,
                RedirectKind::Output | RedirectKind::Clobber | RedirectKind::OutputBoth
            ),
            target,
            document,
        }
    }
}
