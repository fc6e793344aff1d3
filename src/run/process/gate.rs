//! How a process waits for its release: what it runs until then is wf's, and only then the command's.
//!
//! Any interpreter can be waited for by a shell that becomes it. bash can wait by itself, in the file that it reads
//! before its script, so that its start-up is over by the release. It finds its script only from then on: one that
//! does not read that file after all finds none, and does nothing.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::path::PathBuf;

use rustix::process::getegid;
use rustix::process::geteuid;
use rustix::process::getgid;
use rustix::process::getuid;

use crate::run::process::launch::Launch;
use crate::run::process::line;
use crate::shell;

/// Waits for a line, then becomes the command. At the end of input, when wf is gone, it never does.
pub(in crate::run::process) const WAIT: &str = r#"read -r _ && exec "$@" </dev/null"#;
/// The same in bash itself, which goes on with its script. The script's time counts from here.
const WAIT_IN_BASH: &str = "read -r _ || exit\nexec </dev/null\nSECONDS=0\n";
/// Options that bash can have without it reading or doing anything else before its script, nor showing it.
const LETTERS: &str = "euCfET";
const NAMES: [&str; 7] = [
    "errexit",
    "errtrace",
    "functrace",
    "noclobber",
    "noglob",
    "nounset",
    "pipefail",
];
/// Variables by which bash does not read its file, reads another, or does not wait in it for as long as it takes.
const MEDDLERS: [&str; 7] = [
    "BASHOPTS",
    "BASH_COMPAT",
    "BASH_ENV",
    "POSIXLY_CORRECT",
    "POSIX_PEDANTIC",
    "SHELLOPTS",
    "TMOUT",
];

/// Who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::run::process) enum Gate {
    /// A shell that becomes the interpreter.
    Shell,
    /// The same, before a bash that leaves an empty file if it could have waited by itself.
    Trial,
    /// bash itself.
    Bash,
}

impl Gate {
    /// Who is to wait for this command; `tried` are the programs that stood their trial.
    pub(in crate::run::process) fn of(
        launch: &Launch,
        program: &Path,
        tried: &BTreeSet<PathBuf>,
    ) -> Self {
        let can_wait = is_bash(program)
            && has_plain_options(&launch.interpreter[1..])
            && MEDDLERS
                .iter()
                .all(|name| !launch.environment.contains_key(OsStr::new(name)))
            && launch.environment.keys().all(|name| is_plain(name))
            && getuid() == geteuid()
            && getgid() == getegid();
        match can_wait {
            true if tried.contains(program) => Self::Bash,
            true => Self::Trial,
            false => Self::Shell,
        }
    }

    /// What bash reads before the script, where it reads anything; `file` is for the failing line.
    pub(in crate::run::process) fn hook(
        self,
        program: &Path,
        environment: &BTreeMap<OsString, OsString>,
        file: &Path,
    ) -> Option<String> {
        let is_read = is_bash(program) && !environment.contains_key(OsStr::new("BASH_ENV"));
        is_read.then(|| match self {
            Self::Shell => line::hook(file),
            Self::Trial => line::mark(file) + &line::hook(file),
            Self::Bash => WAIT_IN_BASH.to_owned() + &line::hook(file),
        })
    }
}

/// Whether shells pass a variable of this name on.
pub(in crate::run::process) fn is_plain(name: &OsStr) -> bool {
    name.to_str().is_some_and(shell::is_name)
}

/// A path as the value of `BASH_ENV`, which bash expands like a string in double quotes.
pub(in crate::run::process) fn quoted(path: &Path) -> OsString {
    let mut quoted = Vec::new();
    for &byte in path.as_os_str().as_bytes() {
        if br"\$`".contains(&byte) {
            quoted.push(b'\\');
        }
        quoted.push(byte);
    }
    OsString::from_vec(quoted)
}

fn is_bash(program: &Path) -> bool {
    program.file_name() == Some(OsStr::new("bash"))
}

/// Whether all words are options of the known kinds: `-e`, `-euo pipefail`.
fn has_plain_options(words: &[String]) -> bool {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let letters = word.strip_prefix('-').unwrap_or_default();
        let (letters, is_named) = match letters.strip_suffix('o') {
            Some(letters) => (letters, true),
            None => (letters, false),
        };
        let is_known = letters.chars().all(|letter| LETTERS.contains(letter));
        let is_empty = letters.is_empty() && !is_named;
        let mut has_name = || words.next().is_some_and(|name| NAMES.contains(&&**name));
        if is_empty || !is_known || (is_named && !has_name()) {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_well_known_options_are_plain() {
        let is_plain = |words: &str| {
            let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
            has_plain_options(&words[1..])
        };
        for words in [
            "bash",
            "bash -e",
            "bash -euo pipefail",
            "bash -o errexit -uf -o noglob",
        ] {
            assert!(is_plain(words), "{words}");
        }
        for words in [
            "bash -",
            "bash --",
            "bash -x",
            "bash -ex",
            "bash -n",
            "bash -p",
            "bash -s",
            "bash -c",
            "bash -i",
            "bash -l",
            "bash -o",
            "bash -o posix",
            "bash -o privileged",
            "bash -oe pipefail",
            "bash +e",
            "bash e",
            "bash --posix",
            "bash --norc",
            "bash -O extglob",
            "bash -euo",
            "bash ",
        ] {
            assert!(!is_plain(words), "{words}");
        }
    }
}
