//! What rules about commands ask of a program's arguments, of database clients, and of git.

use regex::Regex;

use crate::shell::Facts;
use crate::shell::Simple;

/// Programs that send statements to a database.
const CLIENTS: [&str; 10] = [
    "clickhouse-client",
    "cockroach",
    "duckdb",
    "mariadb",
    "mysql",
    "psql",
    "sqlcmd",
    "sqlite3",
    "sqlplus",
    "usql",
];

/// Whether a command sends a statement to a database that a pattern finds and whose first group is not there:
/// in its words, or in its here-document, or through a pipe.
pub fn holds(facts: &Facts, simple: &Simple, statement: &Regex) -> bool {
    let documents = simple
        .redirects
        .iter()
        .filter_map(|redirect| redirect.document);
    let mut texts = simple.words.iter().map(|word| word.span).chain(documents);
    let mut has_statement = || {
        texts.any(|text| {
            let mut found = statement.captures_iter(facts.slice(text));
            found.any(|captures| captures.get(1).is_none())
        })
    };
    // Few commands reach a client, and to ask that costs less than a search.
    reaches_client(facts, simple) && has_statement()
}

fn reaches_client(facts: &Facts, simple: &Simple) -> bool {
    let is_client = |simple: &Simple| {
        facts
            .program(simple)
            .is_some_and(|program| CLIENTS.contains(&program))
    };
    if is_client(simple) {
        return true;
    }
    let Some((pipeline, stage)) = simple.stage else {
        return false;
    };
    // A command comes after those within it: the order of their ends.
    let end = simple.span.end();
    let after = facts
        .commands
        .partition_point(|other| other.span.end() <= end);
    let whole = facts.pipelines[pipeline as usize];
    let mut later = facts.commands[after..]
        .iter()
        .take_while(|other| other.span.start() < whole.end());
    later.any(|other| {
        let is_later = other
            .stage
            .is_some_and(|(own, later)| own == pipeline && later > stage);
        is_later && is_client(other)
    })
}

/// The verb of a git command, and the words after it.
pub fn git_verb<'w, 'a>(arguments: &'w [&'a str]) -> Option<(&'a str, &'w [&'a str])> {
    let mut at = 0;
    while let Some(word) = arguments.get(at) {
        match *word {
            "-C" | "-c" | "--git-dir" | "--work-tree" => at += 2,
            _ if word.starts_with('-') => at += 1,
            _ => return Some((word, &arguments[at + 1..])),
        }
    }
    None
}

/// Whether one of the words is the option, or a group of short ones that holds its letter.
pub fn has_option(arguments: &[&str], letters: &[char], long: &str) -> bool {
    let options = arguments.iter().take_while(|word| **word != "--");
    let mut options = options.filter(|word| word.starts_with('-'));
    options.any(|word| *word == long || !word.starts_with("--") && word[1..].contains(letters))
}
