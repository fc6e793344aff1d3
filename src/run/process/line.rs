//! Which line of a command's block failed.

use std::path::Path;
use std::path::PathBuf;

/// The file in `scratch` where the bash of this number tells of a failing line.
pub(in crate::run::process) fn file(scratch: &Path, pid: i32) -> PathBuf {
    scratch.join(format!("{pid}.line"))
}

/// What bash reads before the script (`BASH_ENV`) to leave the failing line's number in its file.
///
/// The trap is on ERR, which fires just where `set -e` gives up, and is no option that a script could see in `$-`.
/// Functions do not inherit it; for them the trap on EXIT tells from where the script called. A script that sets
/// its own traps has these replaced and goes as it would alone.
pub(in crate::run::process) fn hook(scratch: &Path) -> String {
    let quoted = quoted(scratch).replace('\'', r"'\''");
    let say = format!(
        r#"{{ builtin printf "%s " "$LINENO" "${{BASH_LINENO[@]}}" >|{quoted}; }} 2>/dev/null || :"#
    );
    format!(
        "unset BASH_ENV\ntrap '{say}' ERR\ntrap '[ $? = 0 ] || [ ${{#BASH_LINENO[@]}} = 1 ] || {say}' EXIT\n: \"$0\"\n"
    )
}

/// Leaves an empty file, to tell that the hook was read.
pub(in crate::run::process) fn mark(scratch: &Path) -> String {
    format!("{{ : >|{}; }} 2>/dev/null || :\n", quoted(scratch))
}

/// That file as a word for bash, whose number `$$` stays the same in all its subshells.
fn quoted(scratch: &Path) -> String {
    let scratch = scratch.to_string_lossy().replace('\'', r"'\''");
    format!("'{scratch}/'\"$$.line\"")
}

/// The line that the hook left: `LINENO`, then for each call from within outward the line that made it, then 0.
pub(in crate::run::process) fn left(text: &str) -> Option<u32> {
    let numbers: Option<Vec<u32>> = text
        .split_ascii_whitespace()
        .map(|word| word.parse().ok())
        .collect();
    match numbers?.as_slice() {
        [.., line, 0] if *line > 0 => Some(*line),
        _ => None,
    }
}

/// The line that a shell names in its message, if that is the last thing it said: `SCRIPT: line 3: …` is bash,
/// `SCRIPT: 3: …` dash.
pub(in crate::run::process) fn said(output: &str, script: &Path) -> Option<u32> {
    let last = output.lines().rev().find(|line| !line.trim().is_empty())?;
    let rest = last.strip_prefix(script.to_str()?)?.strip_prefix(": ")?;
    let rest = rest.strip_prefix("line ").unwrap_or(rest);
    rest.split_once(':')?.0.parse().ok()
}

/// The line of the script that another language's message names last: `File "SCRIPT", line 3` is Python, `at SCRIPT
/// line 3` in the very last line Perl, and a line that begins with `SCRIPT:3` and is no warning Ruby or Node.js.
pub(in crate::run::process) fn traced(output: &str, script: &Path) -> Option<u32> {
    let script = script.to_str()?;
    let lines = output.lines().rev().filter(|line| !line.trim().is_empty());
    lines.enumerate().find_map(|(above, line)| {
        let at = line.rfind(script)?;
        let rest = &line[at + script.len()..];
        let rest = rest
            .strip_prefix("\", line ")
            .or_else(|| rest.strip_prefix(" line ").filter(|_| above == 0))
            .or_else(|| {
                let is_error = at == 0 && !rest.to_lowercase().contains("warning");
                rest.strip_prefix(':').filter(|_| is_error)
            })?;
        let end = rest.find(|c: char| !c.is_ascii_digit());
        rest[..end.unwrap_or(rest.len())].parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::run::process::line::said;
    use crate::run::process::line::traced;

    #[test]
    fn languages_name_their_lines_each_in_its_way() {
        let python = "Traceback (most recent call last):\n  File \"/r/s\", line 5, in <module>\n    f()\n  \
                      File \"/r/s\", line 3, in f\n    int('x')\n  File \"/usr/lib/x.py\", line 9, in g\nValueError: x\n";
        let ruby =
            "/r/s:2: warning: w\n/r/s:4:in `f': no (RuntimeError)\n\tfrom /r/s:7:in `<main>'\n";
        let node =
            "/r/s:6\nthrow new Error('x')\n^\n\nError: x\n    at f (/r/s:6:7)\n    at /r/s:9:1\n";
        for (output, line) in [
            (python, Some(3)),
            (ruby, Some(4)),
            (node, Some(6)),
            ("x at /r/s line 8.\n", Some(8)),
            ("x at /r/s line 8.\nmore\n", None),
            ("/r/s:2: UserWarning: w\n  warnings.warn()\n", None),
            ("/r/s is there\n", None),
            ("/r/s: line 3: no: command not found\nmore\n", None),
            ("/r/s:99999999999\n", None),
            ("", None),
        ] {
            assert_eq!(traced(output, Path::new("/r/s")), line, "{output}");
        }
    }

    #[test]
    fn a_shell_names_its_line_in_what_it_says_last() {
        for (output, line) in [
            ("/r/s: line 3: no: command not found\n\n", Some(3)),
            ("/r/s: 4: no: not found", Some(4)),
            ("/r/s: line 3: no: command not found\nmore\n", None),
        ] {
            assert_eq!(said(output, Path::new("/r/s")), line, "{output}");
        }
    }
}
