//! The values of inputs: where they may come from, and what they must be.

mod failure;

use std::collections::BTreeMap;
use std::path::PathBuf;

use regex::Regex;

use crate::nearest;
use crate::plan::Input;
use crate::plan::Plan;

pub use failure::InputError;

/// A shorter secret would be masked where it is not meant, or could be guessed from what is masked.
const SHORTEST_SECRET: usize = 4;

/// The most that a variable of a process's environment takes on Linux, in bytes: `NAME=value`, a zero byte after it.
pub const LONGEST_VARIABLE: usize = (128 << 10) - 1;
/// The most that inputs may take together, and what commands set, in bytes: each a quarter of what Linux takes with its
/// usual limits, and half of what macOS does.
pub const LARGEST_ENVIRONMENT: usize = 512 << 10;

/// What a variable takes of an environment, in bytes: with its `=`, its zero byte and the pointer to it.
#[must_use]
pub fn taken(name: &str, value: &str) -> usize {
    name.len() + value.len() + 2 + size_of::<usize>()
}

/// Where the command line says that a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It is this.
    Value(String),
    /// The file of this path.
    File(PathBuf),
    /// Standard input.
    StandardInput,
}

/// Read `NAME=value` words of a command line. A secret's value is only told where it is to be had.
pub fn origins(plan: &Plan, words: &[String]) -> Result<BTreeMap<String, Origin>, InputError> {
    let mut origins = BTreeMap::new();
    for word in words {
        let (name, value) = word
            .split_once('=')
            .filter(|(name, _)| !name.is_empty())
            .ok_or_else(|| InputError::NoPair { text: word.clone() })?;
        let input = find(plan, name)?;
        let origin = match value.strip_prefix('@') {
            _ if !input.secret => Origin::Value(value.to_owned()),
            Some(path) if !path.is_empty() => Origin::File(path.into()),
            None if value == "-" => Origin::StandardInput,
            _ => {
                return Err(InputError::SecretInPlainText {
                    name: name.to_owned(),
                });
            }
        };
        if origin == Origin::StandardInput && origins.values().any(|other| *other == origin) {
            return Err(InputError::TwoFromStandardInput);
        }
        if origins.insert(name.to_owned(), origin).is_some() {
            return Err(InputError::Twice {
                name: name.to_owned(),
            });
        }
    }
    Ok(origins)
}

fn find<'a>(plan: &'a Plan, name: &str) -> Result<&'a Input, InputError> {
    let known = plan.inputs.iter().find(|input| input.name == name);
    known.ok_or_else(|| {
        let names = plan.inputs.iter().map(|input| input.name.as_str());
        InputError::Unknown {
            name: name.to_owned(),
            help: match nearest::nearest(name, names) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => "it declares no inputs at all".to_owned(),
            },
        }
    })
}

/// The values of a run's inputs, secrets included: those that are given, else the defaults. An input that is
/// neither given nor has a default is left out.
pub fn resolve(
    plan: &Plan,
    mut given: BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, InputError> {
    let mut values = BTreeMap::new();
    let mut missing = Vec::new();
    for input in &plan.inputs {
        if plan.settings.env.contains_key(&input.name) {
            return Err(InputError::AlsoConfigured {
                name: input.name.clone(),
            });
        }
        let value = given
            .remove(&input.name)
            .filter(|value| !(value.is_empty() && (input.required || input.secret)));
        match value.or_else(|| input.default.clone()) {
            Some(value) => {
                check(input, &value)?;
                values.insert(input.name.clone(), value);
            }
            None if input.required => missing.push(input),
            None => {}
        }
    }
    if !missing.is_empty() {
        return Err(lacks(&missing));
    }
    let taken = values.iter().map(|(name, value)| taken(name, value)).sum();
    if taken > LARGEST_ENVIRONMENT {
        return Err(InputError::TooMuch { taken });
    }
    apart(plan, &values)?;
    Ok(values)
}

fn lacks(missing: &[&Input]) -> InputError {
    let names: Vec<String> = missing
        .iter()
        .map(|input| format!("`{}`", input.name))
        .collect();
    let helps = missing.iter().map(|input| {
        let (name, description) = (&input.name, &input.description);
        let way = if input.secret {
            format!("{name}=@file")
        } else {
            format!("{name}=…")
        };
        format!("`{way}`: {description}")
    });
    let helps: Vec<String> = helps.collect();
    InputError::Missing {
        names: names.join(", "),
        help: format!("{}\nor set the variable of that name", helps.join("\n")),
    }
}

fn check(input: &Input, value: &str) -> Result<(), InputError> {
    let name = || input.name.clone();
    if value.contains('\0') {
        return Err(InputError::Nul { name: name() });
    }
    if input.name.len() + "=".len() + value.len() > LONGEST_VARIABLE {
        return Err(InputError::TooLong { name: name() });
    }
    if input.secret && value.chars().count() < SHORTEST_SECRET {
        return Err(InputError::ShortSecret { name: name() });
    }
    let pattern = input.pattern.as_ref().filter(|pattern| {
        let pattern = Regex::new(pattern).expect("a malformed pattern is refused with the plan");
        !pattern.is_match(value)
    });
    let is_choice = input.choices.is_empty() || input.choices.iter().any(|choice| choice == value);
    if input.secret && (pattern.is_some() || !is_choice) {
        return Err(InputError::WrongSecret {
            name: name(),
            description: input.description.clone(),
        });
    }
    if let Some(pattern) = pattern {
        return Err(InputError::Pattern {
            name: name(),
            value: value.to_owned(),
            pattern: pattern.clone(),
            description: input.description.clone(),
        });
    }
    if !is_choice {
        let choices: Vec<String> = input
            .choices
            .iter()
            .map(|choice| format!("`{choice}`"))
            .collect();
        return Err(InputError::Choice {
            name: name(),
            value: value.to_owned(),
            choices: choices.join(", "),
        });
    }
    Ok(())
}

/// What is stored must not hold what must not be.
fn apart(plan: &Plan, values: &BTreeMap<String, String>) -> Result<(), InputError> {
    let of = |secret: bool| {
        let inputs = plan
            .inputs
            .iter()
            .filter(move |input| input.secret == secret);
        inputs.filter_map(|input| Some((&input.name, values.get(&input.name)?)))
    };
    for (secret, hidden) in of(true) {
        if let Some((name, _)) = of(false).find(|(_, value)| value.contains(hidden.as_str())) {
            return Err(InputError::HoldsSecret {
                name: name.clone(),
                secret: secret.clone(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(name: &str) -> Input {
        Input {
            name: name.to_owned(),
            required: false,
            secret: false,
            pattern: None,
            choices: Vec::new(),
            default: None,
            description: "what it is for".to_owned(),
        }
    }

    fn plan() -> Plan {
        let text = serde_json::json!({
            "version": 1, "workflow": "a", "document": "workflows/a.md", "sha256": "", "title": "A", "inputs": [],
            "settings": {"grace-ms": 0, "retry-delay-ms": 0, "rollback": "unwind", "max-output": 1, "env": {"SET": "x"},
                "record": ".memory", "errors": "errors"},
            "prerequisites": [], "steps": [], "criteria": [], "procedure": [], "logs": [], "checkpoints": [],
        });
        let mut plan: Plan = serde_json::from_value(text).expect("a plan");
        let mut version = input("VERSION");
        (version.required, version.pattern) = (true, Some(r"^\d+$".to_owned()));
        let mut channel = input("CHANNEL");
        channel.choices = vec!["stable".to_owned(), "beta".to_owned()];
        channel.default = Some("stable".to_owned());
        let mut token = input("TOKEN");
        (token.secret, token.required) = (true, false);
        plan.inputs = vec![version, channel, token, input("NOTE")];
        plan
    }

    fn resolved(pairs: &[(&str, &str)]) -> Result<Vec<String>, String> {
        let given = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let values = resolve(&plan(), given.collect()).map_err(|error| error.to_string())?;
        Ok(values
            .into_iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect())
    }

    #[test]
    fn values_are_given_or_default() {
        assert_eq!(
            resolved(&[("VERSION", "1"), ("NOTE", "")]),
            Ok(vec![
                "CHANNEL=stable".to_owned(),
                "NOTE=".to_owned(),
                "VERSION=1".to_owned()
            ])
        );
    }

    #[test]
    fn values_that_do_not_hold_are_refused() {
        for (pairs, part) in [
            (&[][..], "wants `VERSION`"),
            (&[("VERSION", "")], "wants `VERSION`"),
            (&[("VERSION", "x")], r"`x`, which does not match `^\d+$`"),
            (
                &[("VERSION", "1"), ("CHANNEL", "gold")],
                "none of `stable`, `beta`",
            ),
            (&[("VERSION", "1"), ("TOKEN", "abc")], "shorter than 4"),
            (&[("VERSION", "1"), ("NOTE", "a\0b")], "U+0000"),
            (
                &[
                    ("VERSION", "1"),
                    ("TOKEN", "hunter22"),
                    ("NOTE", "is hunter22"),
                ],
                "holds the secret `TOKEN`",
            ),
        ] {
            let error = resolved(pairs).expect_err(part);
            assert!(error.contains(part), "{error}");
            assert!(!error.contains("hunter22"), "{error}");
        }
        let mut plan = plan();
        plan.inputs.push(input("SET"));
        let given = BTreeMap::from([("VERSION".to_owned(), "1".to_owned())]);
        assert_eq!(
            resolve(&plan, given),
            Err(InputError::AlsoConfigured {
                name: "SET".to_owned()
            })
        );
    }

    #[test]
    fn a_secret_is_not_taken_from_the_command_line() {
        let origin = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
            origins(&plan(), &words)
        };
        let found = origin(&["NOTE=@home", "TOKEN=@a/b"]).expect("both are told");
        assert_eq!(found["NOTE"], Origin::Value("@home".to_owned()));
        assert_eq!(found["TOKEN"], Origin::File("a/b".into()));
        assert_eq!(
            origin(&["TOKEN=-"]).expect("told")["TOKEN"],
            Origin::StandardInput
        );
        for word in ["TOKEN=hunter22", "TOKEN=@", "TOKEN="] {
            let error = origin(&[word]).expect_err(word).to_string();
            assert!(
                error.contains("plain text") && !error.contains("hunter22"),
                "{error}"
            );
        }
        let nearest = origin(&["VERSON=1"]).expect_err("misspelled");
        assert!(matches!(nearest, InputError::Unknown { help, .. } if help.contains("VERSION")));
        assert!(matches!(
            origin(&["VERSION"]),
            Err(InputError::NoPair { .. })
        ));
        assert!(matches!(
            origin(&["NOTE=1", "NOTE=2"]),
            Err(InputError::Twice { .. })
        ));
    }
}
