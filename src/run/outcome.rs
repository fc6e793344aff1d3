//! What became of a command: how it ended, and whether it did what the document says.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use crate::event::Outcome;
use crate::files;
use crate::plan;
use crate::plan::Item;
use crate::run::process::Ended;
use crate::run::process::How;
use crate::run::process::Kept;
use crate::run::process::Variable;
use crate::transcript;
use crate::transcript::Difference;

/// The most that is compared with what a document expects, in bytes.
const MOST: u64 = 16 << 20;

/// What became of a command.
#[derive(Debug)]
pub(in crate::run) struct Verdict {
    /// How it ended.
    pub(in crate::run) outcome: Outcome,
    /// The line of its script that failed, or of its transcript that did not come, from 1.
    pub(in crate::run) line: Option<u32>,
    /// The variables that it set.
    pub(in crate::run) variables: BTreeMap<String, String>,
}

/// Judge a command that is over, which finds `set` by those before it. What it printed is compared where its item is
/// a check with a transcript.
pub(in crate::run) fn judge(
    item: Option<&Item>,
    ended: &mut Ended,
    set: impl Iterator<Item = (String, String)>,
) -> io::Result<Verdict> {
    if let Some(error) = ended.kept.failure.take() {
        let path = ended.kept.path.display();
        return Err(io::Error::new(error.kind(), format!("{path}: {error}")));
    }
    let left = std::mem::replace(&mut ended.variables, Ok(Vec::new()));
    let left = left.map_err(|error| error.to_string());
    let (variables, fault) = match left.and_then(|variables| fitting(variables, set)) {
        Ok(variables) => (variables, None),
        Err(reason) => (BTreeMap::new(), Some(reason)),
    };
    let code = item.and_then(|item| item.command.as_ref());
    let lines = code.map_or(0, |command| command.code.lines().count() as u32);
    let mut verdict = Verdict {
        outcome: outcome(ended.how),
        // The command itself could say so of any.
        line: ended.line.filter(|line| (1..=lines).contains(line)),
        variables,
    };
    if !verdict.outcome.is_success() {
        return Ok(verdict);
    }
    if let Some(reason) = fault {
        verdict.outcome = Outcome::BadOutput { reason };
    } else if let Some(transcript) = item.and_then(compared)
        && let Some(difference) = difference(transcript, &ended.kept)?
    {
        verdict.line = Some(difference.line as u32 + 1);
        verdict.outcome = Outcome::Unexpected {
            difference: difference.text,
        };
    }
    Ok(verdict)
}

/// The variables, unless later commands could not be started any more with them and with those `set` before.
pub(in crate::run) fn fitting(
    variables: Vec<Variable>,
    set: impl Iterator<Item = (String, String)>,
) -> Result<BTreeMap<String, String>, String> {
    let variables: BTreeMap<String, String> = variables.into_iter().collect();
    if !variables.is_empty() {
        let all: BTreeMap<String, String> = set.chain(variables.clone()).collect();
        let size: usize = all
            .iter()
            .map(|(name, value)| plan::taken(name, value))
            .sum();
        if size > plan::LARGEST_ENVIRONMENT {
            return Err(format!(
                "the variables that commands have set through WF_OUTPUT take {size} bytes together: more than {}",
                plan::LARGEST_ENVIRONMENT
            ));
        }
    }
    Ok(variables)
}

/// The transcript that a check compares.
fn compared(item: &Item) -> Option<&str> {
    let transcript = item.command.as_ref()?.transcript.as_deref()?;
    item.id.place.is_check().then_some(transcript)
}

fn difference(transcript: &str, kept: &Kept) -> io::Result<Option<Difference>> {
    if kept.left_out > 0 || kept.bytes > MOST {
        let text = format!("it printed {} bytes: too many to be compared", kept.bytes);
        return Ok(Some(Difference { line: 0, text }));
    }
    let bytes = read(&kept.path)?;
    Ok(transcript::difference(
        transcript,
        &String::from_utf8_lossy(&bytes),
    ))
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    files::read(path)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

fn outcome(how: How) -> Outcome {
    match how {
        How::Exited(0) => Outcome::Succeeded,
        How::Exited(status) => Outcome::Failed { status },
        How::Killed(signal) => Outcome::Killed { signal },
        How::TimedOut(after) => Outcome::TimedOut {
            after_ms: after.as_millis() as u64,
        },
        How::AskedTerminal => Outcome::AskedTerminal,
        How::Interrupted => Outcome::Interrupted,
    }
}
