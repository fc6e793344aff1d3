//! The values of inputs: from the command line, files, standard input, the environment, or a person.
#![expect(
    clippy::disallowed_methods,
    reason = "this is where the environment is asked for inputs"
)]

use std::collections::BTreeMap;
use std::io;
use std::io::IsTerminal;
use std::path::Path;

use crate::cli::runner::failure::Failure;
use crate::cli::runner::prompt;
use crate::files;
use crate::plan;
use crate::plan::Input;
use crate::plan::Origin;
use crate::plan::Plan;
use crate::printable;

/// What a run is given.
#[derive(Debug, Default)]
pub struct Values {
    /// The values that are stored.
    pub plain: BTreeMap<String, String>,
    /// The values that are not.
    pub secret: BTreeMap<String, String>,
}

/// The values for a new run, checked.
pub fn take(plan: &Plan, words: &[String]) -> Result<Values, Failure> {
    let mut given = origins(plan, words)?;
    complete(&mut given, &plan.inputs)?;
    let mut values = Values::default();
    for (name, value) in plan::resolve(plan, given)? {
        let is_secret = plan
            .inputs
            .iter()
            .any(|input| input.secret && input.name == name);
        if is_secret {
            values.secret.insert(name, value);
        } else {
            values.plain.insert(name, value);
        }
    }
    Ok(values)
}

/// The secrets that a run was started with, given again; `stored` are its other inputs.
pub fn retake(
    plan: &Plan,
    words: &[String],
    names: &[String],
    stored: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, Failure> {
    let mut given = origins(plan, words)?;
    if let Some(name) = given.keys().find(|name| !names.contains(name)) {
        return Err(Failure::NoSecretOfRun { name: name.clone() });
    }
    let secrets = plan
        .inputs
        .iter()
        .filter(|input| names.contains(&input.name));
    let secrets: Vec<Input> = secrets
        .map(|input| Input {
            required: true,
            default: None,
            ..input.clone()
        })
        .collect();
    complete(&mut given, &secrets)?;
    let mut wanted = plan.clone();
    wanted
        .inputs
        .retain(|input| stored.contains_key(&input.name));
    wanted.inputs.extend(secrets);
    given.extend(stored.clone());
    let mut values = plan::resolve(&wanted, given)?;
    values.retain(|name, _| names.contains(name));
    Ok(values)
}

fn origins(plan: &Plan, words: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    let mut values = BTreeMap::new();
    for (name, origin) in plan::origins(plan, words)? {
        let value = match origin {
            Origin::Value(value) => value,
            Origin::File(path) => secret(&name, files::read(&path), Some(&path))?,
            Origin::StandardInput => secret(&name, files::read_standard_input(), None)?,
        };
        values.insert(name, value);
    }
    Ok(values)
}

/// A secret's text without the line end that editors and `echo` put after it.
fn secret(name: &str, bytes: io::Result<Vec<u8>>, path: Option<&Path>) -> Result<String, Failure> {
    let bytes = bytes.map_err(|source| Failure::UnreadableSecret {
        name: name.to_owned(),
        source: match path {
            Some(path) => io::Error::new(
                source.kind(),
                format!("`{}`: {source}", files::slashed(path)),
            ),
            None => source,
        },
    })?;
    let text = String::from_utf8(bytes).map_err(|_| Failure::SecretNotText {
        name: name.to_owned(),
    })?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
}

/// Add what the command line does not tell.
fn complete(given: &mut BTreeMap<String, String>, inputs: &[Input]) -> Result<(), Failure> {
    for input in inputs {
        if !given.contains_key(&input.name) {
            let value = found(input)?;
            given.extend(value.map(|value| (input.name.clone(), value)));
        }
    }
    Ok(())
}

/// A value from the environment; a person is asked only where it holds none.
fn found(input: &Input) -> Result<Option<String>, Failure> {
    match environment(input)? {
        Some(value) if !(value.is_empty() && input.secret) => Ok(Some(value)),
        _ => asked(input),
    }
}

fn environment(input: &Input) -> Result<Option<String>, Failure> {
    match std::env::var_os(&input.name).map(std::ffi::OsString::into_string) {
        None => Ok(None),
        Some(Ok(value)) => Ok(Some(value)),
        Some(Err(_)) => Err(Failure::NotTextInEnvironment {
            name: input.name.clone(),
        }),
    }
}

/// A secret that a person types without being seen.
fn asked(input: &Input) -> Result<Option<String>, Failure> {
    if !input.secret || !input.required || !io::stdin().is_terminal() {
        return Ok(None);
    }
    let question = format!("{} ({}): ", input.name, input.description);
    let typed = prompt::ask(&printable::one_line(&question));
    let typed = typed.map_err(|source| Failure::UnreadableSecret {
        name: input.name.clone(),
        source,
    })?;
    Ok(Some(typed).filter(|typed| !typed.is_empty()))
}
