//! How durations, times and foreign text are written in the files of the record.

use std::time::Duration;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;

use crate::printable;

/// A moment, to the second.
#[must_use]
pub fn moment(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// How long something took: `87ms`, `3.2s`, `1m 31s`.
#[must_use]
pub fn duration(took: TimeDelta) -> String {
    // A clock that was set back gives no duration.
    let took = took.to_std().unwrap_or_default();
    match took.as_millis() {
        millis @ 0..1_000 => format!("{millis}ms"),
        millis @ 1_000..60_000 => format!("{}.{}s", millis / 1_000, millis % 1_000 / 100),
        _ => humantime::format_duration(Duration::from_secs(took.as_secs())).to_string(),
    }
}

/// Foreign text as a code span of Markdown, on one line.
#[must_use]
pub fn code(text: &str) -> String {
    let text = printable::one_line(text);
    if text.is_empty() {
        return "(empty)".to_owned();
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    let is_open = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let pad = if is_open { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Foreign text as a fenced block of Markdown.
#[must_use]
pub fn block(language: &str, text: &str) -> String {
    let text = printable::printable(text.trim_end_matches(['\n', '\r']));
    let fence = "`".repeat((longest_run(&text) + 1).max(3));
    format!("{fence}{language}\n{text}\n{fence}\n")
}

/// Text of several origins as a paragraph of Markdown that says just that.
#[must_use]
pub fn prose(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(
            c,
            '*' | '_' | '`' | '<' | '[' | ']' | '\\' | '&' | '#' | '~'
        ) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// The longest row of backticks.
fn longest_run(text: &str) -> usize {
    let rows = text.split(|c| c != '`').map(str::len);
    rows.max().unwrap_or(0)
}

/// The beginning of a text, of at most so many characters.
#[must_use]
pub fn start(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}… ({} more bytes)", &text[..end], text.len() - end),
    }
}

/// A word of a POSIX shell that stands for exactly this text.
#[must_use]
pub fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// Text in double quotes, on one line, as a string of JSON: what steers a terminal or ends a line is escaped.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if printable::is_unsafe(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    quoted.push_str(&format!("\\u{unit:04x}"));
                }
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_as_exact_as_they_are_short() {
        for (millis, text) in [
            (-5, "0ms"),
            (0, "0ms"),
            (999, "999ms"),
            (1_000, "1.0s"),
            (59_999, "59.9s"),
            (91_400, "1m 31s"),
            (90_061_000, "1day 1h 1m 1s"),
        ] {
            assert_eq!(duration(TimeDelta::milliseconds(millis)), text);
        }
    }

    #[test]
    fn foreign_text_stays_in_its_span_and_block() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code(""), "(empty)");
        assert_eq!(code("`a`` b\nc"), "``` `a`` b c ```");
        assert_eq!(code("\u{1b}[2J"), "`\u{241b}[2J`");
        assert_eq!(block("sh", "a\n```\nb\n\n"), "````sh\na\n```\nb\n````\n");
    }

    #[test]
    fn a_quoted_text_is_a_string_of_json_on_one_line() {
        for text in [
            "",
            "a \"b\" \\n",
            "a\r\n\tb\u{1b}[31m\u{85}\u{202e}\u{e0041}é👩‍🚀",
        ] {
            let quoted = quoted(text);
            assert_eq!(serde_json::from_str::<String>(&quoted).expect("JSON"), text);
            assert!(
                !quoted.contains(printable::is_unsafe) && !quoted.contains('\n'),
                "{quoted}"
            );
        }
    }

    #[test]
    fn words_of_a_shell_stand_for_their_text() {
        assert_eq!(word("v1.2-rc_3"), "v1.2-rc_3");
        assert_eq!(word(""), "''");
        assert_eq!(word("it's $x"), r"'it'\''s $x'");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(start("äöü", 3), "äöü");
        assert_eq!(start("äöü", 1), "ä… (4 more bytes)");
    }
}
