//! What does not parse, in words for people.

use crate::diagnostic::quoted;
use crate::shell::Fault;
use crate::source::Span;

const QUOTE: &str = "close it, or escape it with a backslash if it is meant as itself";
const CLOSE: &str = "write the closing word, or take the opening one out";
const COMMAND: &str = "write the command that belongs here, or take the operator out";
/// Help where a command is missing.
pub const EMPTY: &str = "write a command there: `:` does nothing";
const SCRIPT_FILE: &str = "move it to a script file and run that";
const GENERAL: &str = "correct the command; where it is only an example, mark its block `no-run`";

/// The parser's messages, their words for people, and what to do.
const MESSAGES: [(&str, &str, &str); 20] = [
    (
        "unterminated double quote",
        "the double quote is never closed",
        QUOTE,
    ),
    (
        "unterminated single quote",
        "the single quote is never closed",
        QUOTE,
    ),
    (
        "unterminated backtick substitution",
        "the backtick is never closed",
        QUOTE,
    ),
    (
        "unterminated command substitution",
        "the `$(` is never closed",
        "write the closing `)`",
    ),
    ("unterminated", "this is never closed", QUOTE),
    ("expected 'fi'", "an `if` is not ended by `fi`", CLOSE),
    ("expected 'done'", "a loop is not ended by `done`", CLOSE),
    (
        "expected 'do'",
        "a loop has no `do`",
        "write `do` before the commands of the loop",
    ),
    ("expected 'esac'", "a `case` is not ended by `esac`", CLOSE),
    (
        "expected '}'",
        "a `{` is not closed by `}`",
        "end the last command with `;` or a new line, then write `}`",
    ),
    (
        "expected ')'",
        "a `(` is not closed by `)`",
        "write the closing `)`",
    ),
    (
        "expected ']]'",
        "a `[[` is not closed by `]]`",
        "write the closing `]]`",
    ),
    (
        "unexpected end of input in [[ ]]",
        "a `[[` is not closed by `]]`",
        "write the closing `]]`",
    ),
    ("expected command after", "no command follows", COMMAND),
    (
        "expected word",
        "a file name or word is missing after this",
        "write it, or take the redirection out",
    ),
    (
        "expected static heredoc delimiter",
        "the here-document has no end word",
        "write the word that ends it after `<<`",
    ),
    ("empty", "no command stands where one must", EMPTY),
    (
        "expected conditional operand",
        "an operand is missing in `[[ ]]`",
        "write it; quote a text with special characters",
    ),
    ("expected command", "no command can begin here", GENERAL),
    (
        "too deep",
        "the script is nested too deeply to be parsed",
        SCRIPT_FILE,
    ),
];

/// A fault of the parser's.
pub fn of(text: &str, place: Span, message: &str) -> Fault {
    let known = MESSAGES.iter().find(|(part, ..)| message.contains(part));
    let (message, help) = known.map_or_else(
        || (format!("the command does not parse: {message}"), GENERAL),
        |(_, said, help)| ((*said).to_owned(), *help),
    );
    Fault {
        span: unended(text, place, help).unwrap_or_else(|| token(text, place.start())),
        message,
        help,
    }
}

/// The word of the last `if`, loop or `case` that is not ended, where the end of a text is the fault.
fn unended(text: &str, place: Span, help: &str) -> Option<Span> {
    if help != CLOSE
        || !text[place.start().min(text.len())..].trim().is_empty() && place.end() < text.len()
    {
        return None;
    }
    let mut open: Vec<Span> = Vec::new();
    let mut offset = 0;
    for word in text.split(|c: char| c.is_whitespace() || ";&|()".contains(c)) {
        match word {
            "if" | "for" | "while" | "until" | "select" | "case" => {
                open.push(Span::new(offset, offset + word.len()));
            }
            "fi" | "done" | "esac" => drop(open.pop()),
            _ => {}
        }
        offset += word.len() + 1;
    }
    open.pop()
}

/// A fault that the parser does not see.
pub fn unseen(text: &str, offset: usize, message: &str, help: &'static str) -> Fault {
    Fault {
        span: token(text, offset),
        message: message.to_owned(),
        help,
    }
}

/// A word that cannot follow what stands before it.
pub fn unexpected(text: &str, offset: usize, help: &'static str) -> Fault {
    let span = token(text, offset);
    let word = quoted(&text[span.range()]);
    Fault {
        span,
        message: format!("the shell does not expect `{word}` here"),
        help,
    }
}

/// A bracket of that kind without its closing one.
pub fn unclosed(text: &str, open: Span, close: char) -> Fault {
    let sign = &text[open.range()];
    Fault {
        span: open,
        message: format!("the `{sign}` is never closed"),
        help: match close {
            '}' => "write the closing `}`",
            _ => "write the closing `)`",
        },
    }
}

/// A prompt that was copied with its command.
pub fn prompt(span: Span) -> Fault {
    Fault {
        span,
        message: "a prompt stands before the command: the shell would take `$` for a program"
            .to_owned(),
        help: "remove the prompts, or mark the block `console`",
    }
}

/// A text that is not parsed at all.
pub fn too_much(text: &str, message: &str) -> Fault {
    unseen(text, 0, message, SCRIPT_FILE)
}

/// The word or sign at an offset; the one before it where nothing is there.
fn token(text: &str, offset: usize) -> Span {
    let offset = offset.min(text.len());
    let at_blank = text[offset..]
        .chars()
        .next()
        .is_none_or(char::is_whitespace);
    if at_blank {
        let before = text[..offset].trim_end();
        let start = before.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        if !before.is_empty() {
            return Span::new(start, before.len());
        }
    }
    let start = if at_blank {
        text.len() - text[offset..].trim_start().len()
    } else {
        offset
    };
    let is_sign = |c: char| c.is_whitespace() || "\"'`()<>|&;$".contains(c);
    let rest = &text[start..];
    let length = rest.find(is_sign).unwrap_or(rest.len());
    // A sign may be doubled: `&&`, `;;`.
    let first = rest.chars().next();
    let doubled = rest.chars().take(2).take_while(|c| Some(*c) == first);
    let sign: usize = doubled.map(char::len_utf8).sum();
    Span::new(start, start + length.max(sign))
}
