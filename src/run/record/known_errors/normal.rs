//! An error's text without what differs from one occurrence of the same error to the next.

use std::sync::LazyLock;

use regex::Captures;
use regex::Regex;

/// What varies, and what stands for it, in the order in which it is looked for: a later pattern sees what earlier ones
/// left. Short numbers stay, since an exit status, an HTTP status or a line makes another error.
const VARYING: [(&str, &str); 15] = [
    // Colours, and other sequences that steer a terminal.
    (
        r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)",
        "",
    ),
    // What lies in the folder of a run, and the names of runs.
    (
        r#"[^\s"'`(:=]*[\w.]-[0-9]{8}T[0-9]{6}Z-[a-z]{4}\b(?:/[^\s"'`:),;]*)?"#,
        "<run>",
    ),
    // Temporary files and folders.
    (
        r#"(?:/private)?/(?:tmp|var/tmp|var/folders|dev/shm|run/user/[0-9]+)/[^\s"'`:),;]+"#,
        "<temporary>",
    ),
    (
        r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b",
        "<id>",
    ),
    // 2026-11-23, with or without a time of the day, a zone and fractions of a second.
    (
        r"\b[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?: ?(?:Z\b|UTC\b|[+-][0-9]{2}:?[0-9]{2}\b))?)?",
        "<time>",
    ),
    // Mon Nov 23 10:00:00 UTC 2026; Mon, 23 Nov 2026 10:00:00 +0000; Nov 23 10:00:00.
    (
        r"\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?(?:[0-9]{1,2} )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +(?:[0-9]{1,2},? )?(?:[0-9]{4} )?[0-9]{2}:[0-9]{2}:[0-9]{2}(?: [A-Z]{3,4}\b| [+-][0-9]{4}\b)?(?: [0-9]{4}\b)?",
        "<time>",
    ),
    (r"\b[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?\b", "<time>"),
    (r"\b0x[0-9a-fA-F]+\b", "<id>"),
    // 1m31s, 0.25 seconds.
    (
        r"\b(?:[0-9]+(?:\.[0-9]+)? ?(?:ns|us|µs|ms|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|days?) ?)+\b",
        "<duration>",
    ),
    (
        r"(?i)\b(pid|tid|process|thread)( ?[:=#]? ?)[0-9]+\b",
        "$1$2<number>",
    ),
    // What bash says of a child that a signal ended: line 1: 1089 Killed.
    (
        r"(\bline [0-9]+: +)[0-9]+( +(?:Killed|Terminated|Aborted|Hangup|Quit|Segmentation fault|Bus error|Illegal instruction|Floating point exception|User defined signal [12]|Broken pipe|Alarm clock)\b)",
        "$1<number>$2",
    ),
    // The process in a line of a system's log: sshd[1234].
    (r"\[[0-9]{3,}\]", "[<number>]"),
    // Ports, processes, sizes, seconds since 1970.
    (r"\b[0-9]{5,}\b", "<number>"),
    (r"\s+", " "),
    (r"^ | $", ""),
];

/// What a shell says first of an error in the script that it was given.
static SCRIPT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\S*-[0-9]{8}T[0-9]{6}Z-[a-z]{4}/scratch/[^:\s]+: (?:(?:line )?[0-9]+: +)?")
        .expect("it is a regular expression")
});

/// A line of output without the name of the script, which is gone by the time somebody reads it.
#[must_use]
pub fn without_script(line: &str) -> &str {
    SCRIPT.find(line).map_or(line, |found| &line[found.end()..])
}

static PATTERNS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let patterns = VARYING.into_iter();
    patterns
        .map(|(pattern, instead)| {
            let pattern = Regex::new(pattern).expect("the table holds regular expressions");
            (pattern, instead)
        })
        .collect()
});

/// Hashes and other names in hexadecimal: seven digits and more, not all of them of one kind.
static HEXADECIMAL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b[0-9a-fA-F]{7,}\b").expect("it is a regular expression"));

/// A text with what varies replaced, on one line: times, durations, processes, ports and other numbers of five digits
/// and more, hexadecimal names, UUIDs, temporary paths, the names of runs and what lies in their folders.
#[must_use]
pub fn normal(text: &str) -> String {
    let mut text = text.to_owned();
    for (pattern, instead) in PATTERNS.iter() {
        text = pattern.replace_all(&text, *instead).into_owned();
    }
    without_hexadecimal(&text)
}

fn without_hexadecimal(text: &str) -> String {
    let instead = |found: &Captures<'_>| {
        let name = &found[0];
        let has_digit = name.contains(|c: char| c.is_ascii_digit());
        let has_letter = name.contains(|c: char| c.is_ascii_alphabetic());
        if has_digit && has_letter {
            "<id>".to_owned()
        } else {
            name.to_owned()
        }
    };
    HEXADECIMAL.replace_all(text, instead).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_varies_is_replaced() {
        for (text, expected) in [
            ("2026-11-23T10:00:00.123Z failed", "<time> failed"),
            ("2026-11-23 10:00:00 UTC: a", "<time>: a"),
            ("at 2026/11/23 10:00:00,5 +0100", "at <time>"),
            ("Mon Nov 23 10:00:00 UTC 2026", "<time>"),
            ("Mon, 23 Nov 2026 10:00:00 +0000", "<time>"),
            (
                "Nov  3 10:00:00 host sshd[1234]: no",
                "<time> host sshd[<number>]: no",
            ),
            ("[10:00:00.5] no", "[<time>] no"),
            ("took 1m31s", "took <duration>"),
            ("after 0.25 seconds, 12ms", "after <duration>, <duration>"),
            (
                "bash: line 1: 12345 Killed  ./x",
                "bash: line 1: <number> Killed ./x",
            ),
            (
                "s: line 1:  1089 Killed                  ./x",
                "s: line 1: <number> Killed ./x",
            ),
            (
                "pid 77 and Process: 8",
                "pid <number> and Process: <number>",
            ),
            (
                "/tmp/tmp.Xa81/out: no such file",
                "<temporary>: no such file",
            ),
            ("(/private/var/folders/x/T/a)", "(<temporary>)"),
            ("/run/user/1000/x.sock gone", "<temporary> gone"),
            ("at 0xdeadbeef", "at <id>"),
            ("commit 3f2a9c1 not found", "commit <id> not found"),
            ("id 6fa459ea-ee8a-3ca4-894e-db77e160355e", "id <id>"),
            ("127.0.0.1:43122 refused", "127.0.0.1:<number> refused"),
            (
                "/p/.memory/runs/deploy-20261123T100000Z-abcd/scratch/2.1-1: line 3: x: not found",
                "<run>: line 3: x: not found",
            ),
            ("\u{1b}[31mred\u{1b}[0m \t and\n\nblue ", "red and blue"),
        ] {
            assert_eq!(normal(text), expected, "{text}");
        }
    }

    #[test]
    fn what_tells_errors_apart_stays() {
        for text in [
            "HTTP 404",
            "HTTP 503",
            "exit status 3",
            "main.rs:58: no",
            "make[1]: *** [all] Error 2",
            "a defaced facade",
            "version 1.4.0",
            "127.0.0.1:8080 refused",
        ] {
            assert_eq!(normal(text), text);
        }
    }

    #[test]
    fn a_script_has_no_name() {
        let script = "/p/.memory/runs/deploy-20261123T100000Z-abcd/scratch/2.1-1";
        for (said, expected) in [
            ("line 3: x: command not found", "x: command not found"),
            ("3: x: not found", "x: not found"),
            ("x", "x"),
        ] {
            assert_eq!(without_script(&format!("{script}: {said}")), expected);
        }
        for line in ["line 3: x", "/p/scratch/2.1-1: line 3: x"] {
            assert_eq!(without_script(line), line);
        }
    }

    #[test]
    fn what_is_normal_stays_so() {
        let text = "2026-11-23 pid 4 took 3s at /tmp/x in 3f2a9c1 of 100000, 10:00:00";
        let once = normal(text);
        assert_eq!(normal(&once), once);
    }
}
