//! The table of all keys of `wf.toml`, [`KEYS`]: what may be written, what it means, and what holds without it. The
//! reader knows no others, and the schema and the view of what is in force are made from it.

use crate::config::Stop;
use crate::config::keys::Fallback::Required;
use crate::config::keys::Fallback::Value;
use crate::config::keys::Fallback::Without;

/// A key of the file, or of one of its tables.
#[derive(Debug)]
pub struct Key {
    /// Its name in its table.
    pub name: &'static str,
    /// What it is for: one sentence or two.
    pub about: &'static str,
    /// What values it takes.
    pub kind: Kind,
    /// What holds where it is not set.
    pub fallback: Fallback,
    /// A value, as TOML.
    pub example: &'static str,
}

/// What holds where a key is not set.
#[derive(Debug, Clone, Copy)]
pub enum Fallback {
    /// This value, as TOML.
    Value(&'static str),
    /// No value: what is done then.
    Without(&'static str),
    /// It must be set.
    Required,
}

/// The values that a key takes.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Paths inside the project, at least one.
    Folders,
    /// Globs, at least so many.
    Globs(usize),
    /// A path inside the project.
    Path,
    /// A path inside the project other than its root, and not in Git's own folder.
    Record,
    /// A number of bytes, with a unit or as an integer.
    Size,
    /// A number of days.
    Days,
    /// How many steps may run at the same time.
    Jobs,
    /// A time with a unit; `true` where it may be zero.
    Duration(bool),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A table of rules with their levels.
    Levels,
    /// A table of environment variables.
    Variables,
    /// A table of programs, each with its arguments.
    Programs,
    /// A program with its arguments.
    Program,
    /// Some of these words.
    Words(&'static [&'static str]),
    /// A table of these keys.
    Table(&'static [Key]),
    /// An array of tables of these keys.
    Tables(&'static [Key]),
}

/// The keys of the file.
pub static KEYS: &[Key] = &[
    Key {
        name: "paths",
        about: "The workflow directories: folders, relative to the folder of this file, in which every Markdown file \
                is a workflow and every README.md an index.",
        kind: Kind::Folders,
        fallback: Value("[\"workflows\"]"),
        example: "[\"docs/runbooks\"]",
    },
    Key {
        name: "exclude",
        about: "Globs, relative to the folder of this file, of what is not checked, also where it is named on the \
                command line. What lies below a folder that one matches is left out too.",
        kind: Kind::Globs(0),
        fallback: Value("[]"),
        example: "[\"workflows/archive/**\"]",
    },
    Key {
        name: "template",
        about: "The Markdown file, relative to the folder of this file, that states which header fields, sections \
                and labels a workflow must have.",
        kind: Kind::Path,
        fallback: Without("the built-in template"),
        example: "\"docs/runbook-template.md\"",
    },
    Key {
        name: "baseline",
        about: "The file, relative to the folder of this one, of the findings that are known and not reported; \
                `wf check --write-baseline` writes it.",
        kind: Kind::Path,
        fallback: Without("every finding is reported"),
        example: "\"wf-baseline.json\"",
    },
    Key {
        name: "max-file-size",
        about: "The size above which a document is reported instead of read: bytes, or a number with a unit up to \
                1 GiB.",
        kind: Kind::Size,
        fallback: Value("\"1MiB\""),
        example: "\"512KiB\"",
    },
    Key {
        name: "audit",
        about: "How old the last audit of a workflow may be.",
        kind: Kind::Table(AUDIT),
        fallback: Value("{}"),
        example: "{ max-age-days = 180 }",
    },
    Key {
        name: "rules",
        about: "The level of each rule: error, warning, info or off.",
        kind: Kind::Levels,
        fallback: Value("{}"),
        example: "{ broken-link = \"error\" }",
    },
    Key {
        name: "overrides",
        about: "Levels of rules for some files alone. They win over `rules`, and later ones over earlier ones.",
        kind: Kind::Tables(OVERRIDE),
        fallback: Value("[]"),
        example: "[{ paths = [\"workflows/legacy/**\"], rules = { missing-rollback = \"warning\" } }]",
    },
    Key {
        name: "run",
        about: "How workflows are run.",
        kind: Kind::Table(RUN),
        fallback: Value("{}"),
        example: "{ timeout = \"10m\" }",
    },
];

/// The keys of `[audit]`.
pub(super) static AUDIT: &[Key] = &[
    Key {
        name: "warn-after-days",
        about: "The age in days above which the last audit is a warning.",
        kind: Kind::Days,
        fallback: Value("150"),
        example: "60",
    },
    Key {
        name: "max-age-days",
        about: "The age in days above which the last audit is an error.",
        kind: Kind::Days,
        fallback: Value("180"),
        example: "90",
    },
];

/// The keys of `[[overrides]]`.
pub(super) static OVERRIDE: &[Key] = &[
    Key {
        name: "paths",
        about: "Globs, relative to the folder of this file, of the files that it is for. What lies below a folder \
                that one matches is meant too.",
        kind: Kind::Globs(1),
        fallback: Required,
        example: "[\"workflows/legacy/**\"]",
    },
    Key {
        name: "rules",
        about: "The level of each rule in these files: error, warning, info or off.",
        kind: Kind::Levels,
        fallback: Required,
        example: "{ missing-rollback = \"warning\" }",
    },
];

/// The keys of `[run]`.
pub(super) static RUN: &[Key] = &[
    Key {
        name: "jobs",
        about: "How many steps that do not depend on each other may run at the same time.",
        kind: Kind::Jobs,
        fallback: Value("1"),
        example: "4",
    },
    Key {
        name: "timeout",
        about: "How long a command may take where its step does not say.",
        kind: Kind::Duration(false),
        fallback: Without("as long as it takes"),
        example: "\"10m\"",
    },
    Key {
        name: "grace",
        about: "How long a command that is to end has after the signal INT, and again after TERM, before it is \
                killed.",
        kind: Kind::Duration(true),
        fallback: Value("\"5s\""),
        example: "\"30s\"",
    },
    Key {
        name: "retry-delay",
        about: "The pause before a failed command is tried again, where its step has retries; each further pause is \
                twice as long.",
        kind: Kind::Duration(true),
        fallback: Value("\"1s\""),
        example: "\"5s\"",
    },
    Key {
        name: "rollback",
        about: "What a failure undoes: `unwind` every step that was started, `step` the failed one alone.",
        kind: Kind::Word(&["unwind", "step"]),
        fallback: Value("\"unwind\""),
        example: "\"step\"",
    },
    Key {
        name: "max-output",
        about: "The most that is kept of a command's output: bytes, or a number with a unit up to 1 GiB.",
        kind: Kind::Size,
        fallback: Value("\"16MiB\""),
        example: "\"1MiB\"",
    },
    Key {
        name: "env",
        about: "Environment variables that every command gets.",
        kind: Kind::Variables,
        fallback: Value("{}"),
        example: "{ REGION = \"eu-west-1\" }",
    },
    Key {
        name: "interpreters",
        about: "The programs, with their arguments, that run fenced blocks of further languages.",
        kind: Kind::Programs,
        fallback: Value("{}"),
        example: "{ ruby = [\"ruby\"] }",
    },
    Key {
        name: "record",
        about: "The folder, relative to that of this file, of runs, locks and checkpoints.",
        kind: Kind::Record,
        fallback: Value("\".memory\""),
        example: "\"var/runs\"",
    },
    Key {
        name: "errors",
        about: "The folder, relative to that of this file, of error reports.",
        kind: Kind::Record,
        fallback: Value("\"errors\""),
        example: "\"var/errors\"",
    },
    Key {
        name: "known-errors",
        about: "The Markdown file, relative to the folder of this file, that holds an entry for each failure and how \
                often it was met.",
        kind: Kind::Record,
        fallback: Value("\"docs/fix_this_error.md\""),
        example: "\"docs/runbooks/known-errors.md\"",
    },
    Key {
        name: "notify",
        about: "The program, with its arguments, that is told when a run stops: it gets a report as JSON on its \
                standard input, runs in the folder of this file, and has ten seconds for it.",
        kind: Kind::Program,
        fallback: Without("nobody is told"),
        example: "[\"scripts/tell-the-team\", \"--channel\", \"ops\"]",
    },
    Key {
        name: "notify-on",
        about: "The results that `notify` is told of.",
        kind: Kind::Words(&Stop::WORDS),
        fallback: Value("[\"failed\", \"stuck\", \"waiting\"]"),
        example: "[\"succeeded\", \"failed\"]",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::config::read;
    use crate::source::Source;

    /// A configuration in which every key has one of its values.
    fn filled(value: fn(&Key) -> Option<&'static str>) -> Config {
        let mut text = String::new();
        let mut tables = String::new();
        for key in KEYS {
            match key.kind {
                Kind::Table(inner) => {
                    tables.push_str(&format!("[{}]\n", key.name));
                    for key in inner {
                        let line = value(key).map(|value| format!("{} = {value}\n", key.name));
                        tables.extend(line);
                    }
                }
                _ => text.extend(value(key).map(|value| format!("{} = {value}\n", key.name))),
            }
        }
        text.push_str(&tables);
        read(&Source::new("wf.toml", text)).expect("the table's values are valid")
    }

    #[test]
    fn what_holds_without_a_key_is_the_default() {
        let config = filled(|key| match key.fallback {
            Value(value) => Some(value),
            Without(_) | Required => None,
        });
        assert_eq!(format!("{config:?}"), format!("{:?}", Config::default()));
    }

    #[test]
    fn every_key_is_read() {
        let config = filled(|key| Some(key.example));
        let (own, default) = (format!("{config:#?}"), format!("{:#?}", Config::default()));
        assert_ne!(own, default);
        assert_eq!((config.paths.len(), config.overrides.len()), (1, 1));
    }
}
