//! The variables that a command leaves for later ones, in the file that `WF_OUTPUT` names.
#![expect(clippy::disallowed_methods, reason = "the command's file is read here")]

use std::fs::OpenOptions;
use std::io;
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;

use crate::mask::Masker;
use crate::plan;
use crate::run::process::failure::VariablesError;
use crate::run::process::launch;
use crate::shell;

/// The most that is read.
const LIMIT: u64 = plan::LARGEST_ENVIRONMENT as u64;
/// How much of a wrong line is shown, in characters.
const SHOWN: usize = 60;

/// A variable's name and value.
pub type Variable = (String, String);

/// The variables that an attempt had set whose end nobody saw; `folder` is the run's.
pub fn left_behind(
    folder: &Path,
    item: &str,
    attempt: u32,
    masker: &Masker,
) -> Result<Vec<Variable>, VariablesError> {
    let path = launch::variables(&folder.join("scratch"), &format!("{item}-{attempt}"));
    read(&path, masker)
}

/// Reads `NAME=value` lines. Empty lines are passed over; a file that is gone holds none.
pub(in crate::run::process) fn read(
    path: &Path,
    masker: &Masker,
) -> Result<Vec<Variable>, VariablesError> {
    parse(&bytes(path)?, masker)
}

fn bytes(path: &Path) -> Result<Vec<u8>, VariablesError> {
    // Neither a link nor a pipe that somebody put there is waited for or followed.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path);
    let unreadable = |source| VariablesError::Unreadable { source };
    let file = match file {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            let is_file = path.symlink_metadata().is_ok_and(|data| data.is_file());
            return Err(if is_file {
                unreadable(error)
            } else {
                VariablesError::NotAFile
            });
        }
    };
    if !file.metadata().map_err(unreadable)?.is_file() {
        return Err(VariablesError::NotAFile);
    }
    let mut bytes = Vec::new();
    file.take(LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > LIMIT {
        return Err(VariablesError::TooLarge { limit: LIMIT });
    }
    Ok(bytes)
}

fn parse(bytes: &[u8], masker: &Masker) -> Result<Vec<Variable>, VariablesError> {
    let mut variables = Vec::new();
    for (at, bytes) in bytes.split(|&byte| byte == b'\n').enumerate() {
        let line = at + 1;
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let text = str::from_utf8(bytes).map_err(|_| VariablesError::NotText { line })?;
        let pair = text
            .split_once('=')
            .filter(|(name, value)| shell::is_name(name) && !value.contains('\0'));
        let Some((name, value)) = pair else {
            let shown = masker.mask(text).escape_debug().take(SHOWN).collect();
            return Err(VariablesError::Malformed { line, text: shown });
        };
        if let Some(secret) = masker.name_of_first(bytes) {
            return Err(VariablesError::Secret {
                line,
                name: masker.mask(name).into_owned(),
                secret: secret.to_owned(),
            });
        }
        if masker.is_secret(name) {
            let name = name.to_owned();
            return Err(VariablesError::SecretName { line, name });
        }
        if name.starts_with("WF_") {
            let name = name.to_owned();
            return Err(VariablesError::Reserved { line, name });
        }
        if text.len() > plan::LONGEST_VARIABLE {
            let (name, limit) = (name.to_owned(), plan::LONGEST_VARIABLE);
            return Err(VariablesError::TooLong { line, name, limit });
        }
        variables.push((name.to_owned(), value.to_owned()));
    }
    Ok(variables)
}

#[cfg(test)]
mod tests {
    use crate::mask::Masker;
    use crate::plan;
    use crate::run::process::variables::parse;

    #[test]
    fn lines_are_names_and_values_and_faults_have_a_place() {
        let masker = Masker::new([("TOKEN", "hunter22")]);
        let read = |text: &[u8]| parse(text, &masker).map_err(|error| error.to_string());
        let pairs = |pairs: &[(&str, &str)]| {
            let owned = pairs
                .iter()
                .map(|&(name, value)| (name.to_owned(), value.to_owned()));
            Ok(owned.collect())
        };
        assert_eq!(read(b""), pairs(&[]));
        assert_eq!(read(b"A=1\n\n B \n".split_at(5).0), pairs(&[("A", "1")]));
        let longest = "A=".to_owned() + &"x".repeat(plan::LONGEST_VARIABLE - 2);
        assert!(read(longest.as_bytes()).is_ok());
        assert_eq!(
            read((longest + "x").as_bytes()),
            Err("line 1 of the file that WF_OUTPUT names sets `A` to more than an environment takes: 131071 bytes with its name".to_owned())
        );
        assert_eq!(
            read(b"A=x = y\n\nB_2=\nA=two"),
            pairs(&[("A", "x = y"), ("B_2", ""), ("A", "two")])
        );
        for (text, fault) in [
            (
                &b"A=1\nnonsense"[..],
                "line 2 of the file that WF_OUTPUT names is not NAME=value: `nonsense`",
            ),
            (
                b"export A=1",
                "line 1 of the file that WF_OUTPUT names is not NAME=value: `export A=1`",
            ),
            (
                b"hunter22",
                "line 1 of the file that WF_OUTPUT names is not NAME=value: `***`",
            ),
            (
                b"A=\0",
                "line 1 of the file that WF_OUTPUT names is not NAME=value: `A=\\0`",
            ),
            (
                b"\xff=1",
                "line 1 of the file that WF_OUTPUT names is not UTF-8 text",
            ),
            (
                b"TOKEN=other",
                "line 1 of the file that WF_OUTPUT names sets `TOKEN`, which is a secret: its new value would be shown and recorded",
            ),
            (
                b"WF_RUN=1",
                "line 1 of the file that WF_OUTPUT names sets `WF_RUN`: names that begin with WF_ are taken",
            ),
            (
                b"B=x\nA=aHVudGVyMjI=",
                "line 2 of the file that WF_OUTPUT names sets `A` to a value that holds the secret `TOKEN`: it cannot be recorded",
            ),
        ] {
            assert_eq!(read(text), Err(fault.to_owned()));
        }
    }
}
