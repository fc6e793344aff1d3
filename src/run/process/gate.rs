//! How a process waits for its release: what it runs until then is wf's, and only then the command's.
//!
//! Any interpreter can be waited for by a shell that becomes it. bash can wait by itself, in the file that it reads
//! before its script, so that its start-up is over by the release. It finds its script only from then on: one that
//! does not read that file after all finds none, and does nothing.
#![expect(clippy::disallowed_methods, reason = "what bash reads is written here")]

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::path::PathBuf;

use rustix::process::getegid;
use rustix::process::geteuid;
use rustix::process::getgid;
use rustix::process::getuid;

use crate::run::process::failure::RecordError;
use crate::run::process::launch;
use crate::run::process::launch::Launch;
use crate::run::process::line;

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
/// Variables by which bash does not read its file, reads another, does not wait in it for as long as it takes, or
/// counts its seconds from elsewhere.
const MEDDLERS: [&str; 8] = [
    "BASHOPTS",
    "BASH_COMPAT",
    "BASH_ENV",
    "POSIXLY_CORRECT",
    "POSIX_PEDANTIC",
    "SECONDS",
    "SHELLOPTS",
    "TMOUT",
];

/// What the files that bash reads before its script call by name.
const WORDS: [&str; 8] = [":", "[", "builtin", "exec", "exit", "read", "trap", "unset"];

/// Who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::run::process) enum Gate {
    /// A shell that becomes the interpreter.
    Shell,
    /// The same, before a bash that could wait by itself if it reads the file before its script: that will be seen.
    Trial,
    /// bash itself.
    Bash,
}

/// The files that bash reads before a script, in the run's `scratch`, and what is known of those who read them. They
/// are made when they are needed, and gone when this is.
pub(in crate::run::process) struct Hooks {
    scratch: PathBuf,
    written: Vec<PathBuf>,
    /// The programs named bash that have shown that they read them.
    pub(in crate::run::process) readers: BTreeSet<PathBuf>,
}

impl Hooks {
    pub(in crate::run::process) fn new(scratch: PathBuf) -> Self {
        Self {
            scratch,
            written: Vec::new(),
            readers: BTreeSet::new(),
        }
    }

    /// Who is to wait for this command.
    pub(in crate::run::process) fn gate(&self, launch: &Launch, program: &Path) -> Gate {
        let can_wait = is_bash(program)
            && has_plain_options(&launch.interpreter[1..])
            && MEDDLERS
                .iter()
                .all(|name| !launch.environment.contains_key(OsStr::new(name)))
            && !launch.environment.keys().any(|name| is_shadow(name))
            && getuid() == geteuid()
            && getgid() == getegid();
        match can_wait {
            true if self.readers.contains(program) => Gate::Bash,
            true => Gate::Trial,
            false => Gate::Shell,
        }
    }

    /// The value of `BASH_ENV` for this command, where it is ours to set.
    pub(in crate::run::process) fn value(
        &mut self,
        gate: Gate,
        launch: &Launch,
        program: &Path,
    ) -> Result<Option<OsString>, RecordError> {
        if !is_bash(program) || launch.environment.contains_key(OsStr::new("BASH_ENV")) {
            return Ok(None);
        }
        let (name, wait) = match gate {
            Gate::Bash => ("bash.wait", WAIT_IN_BASH),
            Gate::Shell | Gate::Trial => ("bash.hook", ""),
        };
        let path = self.scratch.join(name);
        // Another wf may have left one, and a command may have taken it away.
        let is_there = self.written.contains(&path) && path.exists();
        if !is_there {
            let mark = if wait.is_empty() {
                line::mark(&self.scratch)
            } else {
                String::new()
            };
            let text = [wait, &mark, &line::hook(&self.scratch)].concat();
            launch::create(&path, &text)?;
            self.written.push(path.clone());
        }
        Ok(Some(quoted(&path)))
    }
}

impl Drop for Hooks {
    fn drop(&mut self) {
        for path in &self.written {
            // A command may have put a folder there; that is left in place.
            let _ = fs::remove_file(path);
        }
    }
}

/// Whether bash would find a function of that name, passed on by another bash, in the place of a command of its own
/// while it waits.
fn is_shadow(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let Some((_, rest)) = name.split_once("BASH_FUNC") else {
        return false;
    };
    // Upstream `_read%%`, elsewhere `_read()` or `<read>()`.
    let function = rest.get(1..).unwrap_or_default();
    let function = function.trim_end_matches(['%', '(', ')', '>']);
    WORDS.contains(&function)
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

    #[test]
    fn a_function_in_the_place_of_a_command_is_known_by_its_variable() {
        for name in [
            "BASH_FUNC_read%%",
            "BASH_FUNC_trap()",
            "__BASH_FUNC<exec>()",
            "BASH_FUNC_[%%",
        ] {
            assert!(is_shadow(OsStr::new(name)), "{name}");
        }
        for name in [
            "BASH_FUNC_which%%",
            "BASH_FUNC_",
            "BASH_FUNC",
            "read",
            "my.name",
        ] {
            assert!(!is_shadow(OsStr::new(name)), "{name}");
        }
    }
}
