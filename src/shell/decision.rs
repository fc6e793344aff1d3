//! What statements mean to those after them in a chain of `&&` and `||`.

use shuck_ast::BuiltinCommand;
use shuck_ast::Command;
use shuck_ast::CompoundCommand;
use shuck_ast::Stmt;

/// Whether a statement ends the script, so that what failed before it has still failed.
pub fn gives_up(statement: &Stmt, text: &str) -> bool {
    match &statement.command {
        Command::Builtin(command) => {
            matches!(command, BuiltinCommand::Exit(_) | BuiltinCommand::Return(_))
        }
        Command::Simple(command) => command.name.span.slice(text) == "false",
        Command::Compound(CompoundCommand::BraceGroup(body) | CompoundCommand::Subshell(body)) => {
            body.last().is_some_and(|last| gives_up(last, text))
        }
        _ => false,
    }
}

/// Whether a statement is a test.
pub fn is_test(statement: &Stmt, text: &str) -> bool {
    match &statement.command {
        Command::Simple(command) => {
            statement.negated || matches!(command.name.span.slice(text), "[" | "test")
        }
        Command::Compound(command) => {
            statement.negated || matches!(command, CompoundCommand::Conditional(_))
        }
        _ => statement.negated,
    }
}
