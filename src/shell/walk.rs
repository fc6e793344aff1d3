//! Statements and commands of the parser's tree as facts.

use shuck_ast::BinaryOp;
use shuck_ast::BuiltinCommand;
use shuck_ast::Command;
use shuck_ast::Comment;
use shuck_ast::CompoundCommand;
use shuck_ast::IfCommand;
use shuck_ast::SimpleCommand;
use shuck_ast::Stmt;
use shuck_ast::StmtSeq;
use shuck_ast::Word as ShellWord;

use crate::shell::Facts;
use crate::shell::Redirect;
use crate::shell::Simple;
use crate::shell::builtin;
use crate::shell::decision;
use crate::shell::fault;
use crate::shell::syntax::span;
use crate::shell::wrapper;
use crate::source::Span;

/// So many redirections of the groups around a command are told with it, the nearest: each is copied for each command.
const MOST_AROUND: usize = 64;

/// Walks a tree and collects its facts.
pub struct Walker<'a> {
    /// The text that was parsed.
    pub text: &'a str,
    /// What was collected.
    pub facts: Facts,
    /// How many command substitutions are around.
    pub depth: usize,
    /// Whether the text is parsed a second time, for its faults alone.
    pub is_again: bool,
    /// Whether something depends on how the command ends: in the condition of `if`, before `&&`.
    pub decides: bool,
    stage: Option<(u32, u32)>,
    is_guarded: bool,
    redirects: Vec<Redirect>,
}

impl<'a> Walker<'a> {
    /// Begin with a text.
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            facts: Facts::default(),
            depth: 0,
            is_again: false,
            decides: false,
            stage: None,
            is_guarded: false,
            redirects: Vec::new(),
        }
    }

    /// Walk statements that follow one another.
    pub fn statements(&mut self, statements: &StmtSeq) {
        for (at, statement) in statements.iter().enumerate() {
            if let Some(previous) = at.checked_sub(1).and_then(|at| statements.stmts.get(at)) {
                self.separated(previous, statement);
            }
            self.statement(statement);
        }
        self.comments(&statements.leading_comments);
        self.comments(&statements.trailing_comments);
    }

    fn comments<'c>(&mut self, comments: impl IntoIterator<Item = &'c Comment>) {
        let places = comments.into_iter().map(|comment| {
            let range = comment.range;
            Span::new(range.start().into(), range.end().into())
        });
        self.facts.texts.extend(places);
    }

    /// Walk statements that run elsewhere: in a substitution or the body of a function.
    pub fn apart(&mut self, walk: impl FnOnce(&mut Self)) {
        let stage = self.stage.take();
        let redirects = std::mem::take(&mut self.redirects);
        walk(self);
        (self.stage, self.redirects) = (stage, redirects);
    }

    /// The parser lets `a(b)` and `a ; ; b` pass.
    fn separated(&mut self, previous: &Stmt, next: &Stmt) {
        let start = next.span.start.offset();
        let Some(before) = self.text.get(..start) else {
            return;
        };
        // A group's first command stands behind its opening bracket.
        let before = before.trim_end_matches(['(', '{', '!', ' ', '\t']);
        if !before.ends_with(['\n', ';', '&']) && !before.ends_with("\\\n") {
            let help = "quote the text, or separate the commands with `;` or a new line";
            let between = &self.text[before.len()..];
            let at = self.text.len() - between.trim_start().len();
            self.facts
                .faults
                .push(fault::unexpected(self.text, at, help));
        }
        let terminator = previous.terminator_span.map(|span| span.end.offset());
        if let Some(end) = terminator
            && let Some(between) = self.text.get(end..start)
            && between.trim_start().starts_with(';')
        {
            let at = end + between.len() - between.trim_start().len();
            self.facts
                .faults
                .push(fault::unexpected(self.text, at, "remove it"));
        }
    }

    fn statement(&mut self, statement: &Stmt) {
        self.comments(&statement.leading_comments);
        self.comments(&statement.inline_comment);
        let mark = self.redirects.len();
        for redirect in &*statement.redirects {
            let redirect = self.redirect(redirect);
            self.redirects.push(redirect);
        }
        match &statement.command {
            Command::Simple(command) => self.simple(command, mark),
            Command::Builtin(command) => self.builtin(command),
            Command::Decl(command) => self.declaration(command),
            Command::Binary(_) => self.chain(statement),
            Command::Compound(command) => self.compound(command),
            Command::Function(function) => self.apart(|walker| walker.statement(&function.body)),
            Command::AnonymousFunction(function) => {
                self.apart(|walker| walker.statement(&function.body));
            }
        }
        self.redirects.truncate(mark);
    }

    fn guarded(&mut self, walk: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.is_guarded, true);
        walk(self);
        self.is_guarded = outer;
    }

    fn deciding(&mut self, decides: bool, walk: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.decides, decides);
        walk(self);
        self.decides = outer;
    }

    /// A chain of `&&` and `||`, or a pipeline. Both lean to the left, up to a thousand links deep.
    fn chain(&mut self, statement: &Stmt) {
        let mut links = Vec::new();
        let mut left = statement;
        while let Command::Binary(binary) = &left.command {
            let same_kind = links.is_empty() || is_pipe(binary.op) == is_pipe(links[0]);
            if !same_kind {
                break;
            }
            links.push(binary.op);
            left = &binary.left;
        }
        let mut operands = Vec::with_capacity(links.len() + 1);
        let mut rest = statement;
        for _ in &links {
            let Command::Binary(binary) = &rest.command else {
                break;
            };
            operands.push(&*binary.right);
            rest = &binary.left;
        }
        operands.push(rest);
        operands.reverse();
        links.reverse();
        if links.first().is_some_and(|op| is_pipe(*op)) {
            self.pipeline(statement, &operands);
        } else {
            self.decisions(&operands, &links);
        }
    }

    fn pipeline(&mut self, statement: &Stmt, stages: &[&Stmt]) {
        let id = self.facts.pipelines.len() as u32;
        let whole = self.trimmed(span(statement.span));
        self.facts.pipelines.push(whole);
        let outer = self.stage;
        for (at, stage) in stages.iter().enumerate() {
            self.stage = Some((id, at as u32));
            self.statement(stage);
        }
        self.stage = outer;
    }

    /// What `||` follows or precedes is guarded; so is what a test decides over with `&&`.
    fn decisions(&mut self, operands: &[&Stmt], links: &[BinaryOp]) {
        for (at, operand) in operands.iter().enumerate() {
            let before = at.checked_sub(1).map(|at| links[at]);
            let after_test =
                before == Some(BinaryOp::And) && decision::is_test(operands[at - 1], self.text);
            let later = links.iter().zip(&operands[1..]).skip(at);
            let mut alternatives = later.filter(|(op, _)| **op == BinaryOp::Or);
            let is_caught = alternatives.any(|(_, other)| !decision::gives_up(other, self.text));
            let is_guarded = before == Some(BinaryOp::Or) || after_test || is_caught;
            let decides = self.decides || at < links.len();
            self.deciding(decides, |walker| {
                if is_guarded {
                    walker.guarded(|walker| walker.statement(operand));
                } else {
                    walker.statement(operand);
                }
            });
        }
    }

    fn simple(&mut self, command: &SimpleCommand, mark: usize) {
        for assignment in &*command.assignments {
            self.assignment(assignment);
        }
        let mut words = Vec::with_capacity(command.args.len() + 1);
        if !command.name.span.to_range().is_empty() {
            words.push(self.word(&command.name, true));
        }
        words.extend(command.args.iter().map(|word| self.word(word, true)));
        let starts = command
            .assignments
            .iter()
            .map(|assignment| span(assignment.span));
        let own = &self.redirects[mark..];
        let places = starts
            .chain(words.iter().map(|word| word.span))
            .chain(own.iter().map(|redirect| redirect.span));
        let Some(whole) = places.reduce(around) else {
            return;
        };
        let values: Vec<Option<&str>> = words.iter().map(|word| word.value_in(self.text)).collect();
        let simple = Simple {
            span: self.trimmed(whole),
            head: wrapper::head(&values),
            words,
            redirects: self.redirects[mark.saturating_sub(MOST_AROUND)..].to_vec(),
            stage: self.stage,
            is_guarded: self.is_guarded,
        };
        if !simple.words.is_empty() {
            builtin::effects(self, &simple);
        }
        self.facts.commands.push(simple);
    }

    fn builtin(&mut self, command: &BuiltinCommand) {
        let (words, assignments) = match command {
            BuiltinCommand::Break(command) => (&command.depth, &command.assignments),
            BuiltinCommand::Continue(command) => (&command.depth, &command.assignments),
            BuiltinCommand::Return(command) => (&command.code, &command.assignments),
            BuiltinCommand::Exit(command) => (&command.code, &command.assignments),
        };
        for assignment in &**assignments {
            self.assignment(assignment);
        }
        if let Some(word) = words {
            self.word(word, true);
        }
    }

    fn compound(&mut self, command: &CompoundCommand) {
        match command {
            CompoundCommand::If(command) => self.decision(command),
            CompoundCommand::For(command) => {
                let names = command
                    .targets
                    .iter()
                    .filter_map(|target| target.name.as_ref());
                self.facts
                    .assigned
                    .extend(names.map(|name| name.as_str().into()));
                self.words(command.words.iter().flatten());
                self.statements(&command.body);
            }
            CompoundCommand::Foreach(command) => {
                self.each(command.variable.as_str(), &command.words, &command.body);
            }
            CompoundCommand::Select(command) => {
                self.each(command.variable.as_str(), &command.words, &command.body);
            }
            CompoundCommand::Repeat(command) => self.statements(&command.body),
            CompoundCommand::ArithmeticFor(command) => {
                let parts = [&command.init_ast, &command.condition_ast, &command.step_ast];
                for part in parts.into_iter().flatten() {
                    self.arithmetic(part);
                }
                self.statements(&command.body);
            }
            CompoundCommand::While(command) => self.both(&command.condition, &command.body),
            CompoundCommand::Until(command) => self.both(&command.condition, &command.body),
            CompoundCommand::Case(command) => {
                self.word(&command.word, false);
                for case in &command.cases {
                    case.patterns
                        .iter()
                        .for_each(|pattern| self.pattern(pattern));
                    self.statements(&case.body);
                }
            }
            CompoundCommand::Subshell(body) => self.subshell(body),
            CompoundCommand::BraceGroup(body) => self.statements(body),
            CompoundCommand::Arithmetic(command) => {
                if let Some(expression) = &command.expr_ast {
                    self.arithmetic(expression);
                }
            }
            CompoundCommand::Time(command) => {
                if let Some(command) = &command.command {
                    self.statement(command);
                }
            }
            CompoundCommand::Conditional(command) => self.condition(&command.expression),
            CompoundCommand::Coproc(command) => {
                self.facts.assigned.push(command.name.as_str().into());
                self.statement(&command.body);
            }
            CompoundCommand::Always(command) => self.both(&command.body, &command.always_body),
        }
    }

    fn both(&mut self, condition: &StmtSeq, body: &StmtSeq) {
        self.deciding(true, |walker| walker.statements(condition));
        self.deciding(false, |walker| walker.statements(body));
    }

    fn each(&mut self, variable: &str, words: &[ShellWord], body: &StmtSeq) {
        self.facts.assigned.push(variable.into());
        self.words(words);
        self.statements(body);
    }

    fn decision(&mut self, command: &IfCommand) {
        self.guarded(|walker| {
            walker.both(&command.condition, &command.then_branch);
            for (condition, branch) in &command.elif_branches {
                walker.both(condition, branch);
            }
            if let Some(branch) = &command.else_branch {
                walker.deciding(false, |walker| walker.statements(branch));
            }
        });
    }

    fn subshell(&mut self, body: &StmtSeq) {
        if body.is_empty() {
            let at = body.span.start.offset();
            let message = "no command stands in the parentheses";
            self.facts
                .faults
                .push(fault::unseen(self.text, at, message, fault::EMPTY));
        }
        self.statements(body);
    }

    /// The words that a loop goes over: what is nothing but a variable stands there to be split.
    fn words<'w>(&mut self, words: impl IntoIterator<Item = &'w ShellWord>) {
        for word in words {
            let word = self.word(word, true);
            let found = word.expansions.start as usize..word.expansions.end as usize;
            if let [expansion] = &mut self.facts.expansions[found]
                && expansion.span == word.span
            {
                expansion.splits = false;
            }
        }
    }

    fn trimmed(&self, span: Span) -> Span {
        let is_separator = |c: char| c.is_whitespace() || matches!(c, '&' | ';' | '|');
        let length = self.text[span.range()].trim_end_matches(is_separator).len();
        Span::new(span.start(), span.start() + length)
    }
}

fn is_pipe(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::Pipe | BinaryOp::PipeAll)
}

fn around(a: Span, b: Span) -> Span {
    Span {
        start: a.start.min(b.start),
        end: a.end.max(b.end),
    }
}
