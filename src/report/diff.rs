//! A text and what it would become, as a unified diff.

use anstyle::AnsiColor;
use anstyle::Style;
use similar::ChangeTag;
use similar::TextDiff;

use crate::printable;
use crate::secret;

/// So many lines are shown around each change.
const CONTEXT: usize = 3;

/// How a diff is shown.
#[derive(Debug, Clone, Copy)]
pub struct Shown {
    /// With colours.
    pub color: bool,
    /// To a person rather than to a program such as `patch`: what steers a terminal is escaped.
    pub is_for_terminal: bool,
}

/// What changes in the file at a path, which may be new. Secrets are masked.
#[must_use]
pub fn unified(path: &str, before: Option<&str>, after: &str, shown: Shown) -> String {
    let style = |style: Style| if shown.color { style } else { Style::new() };
    let (bold, cyan) = (
        style(Style::new().bold()),
        style(AnsiColor::Cyan.on_default()),
    );
    let (old, new) = (
        secret::masked(before.unwrap_or_default()),
        secret::masked(after),
    );
    let diff = TextDiff::from_lines(&*old, &*new);
    let path = printable::one_line(path);
    let from = if before.is_some() { &path } else { "/dev/null" };
    let mut text = format!("{bold}--- {from}{bold:#}\n{bold}+++ {path}{bold:#}\n");
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        let header = hunk.header().to_string();
        text.push_str(&format!("{cyan}{}{cyan:#}\n", header.trim_end()));
        for change in hunk.iter_changes() {
            let (sign, paint) = match change.tag() {
                ChangeTag::Delete => ('-', style(AnsiColor::Red.on_default())),
                ChangeTag::Insert => ('+', style(AnsiColor::Green.on_default())),
                ChangeTag::Equal => (' ', Style::new()),
            };
            let line = change.value();
            if shown.is_for_terminal {
                let line = printable::printable(line.trim_end_matches(['\n', '\r']));
                text.push_str(&format!("{paint}{sign}{line}{paint:#}\n"));
            } else {
                let bare = line.trim_end_matches('\n');
                text.push_str(&format!("{paint}{sign}{bare}{paint:#}\n"));
            }
            if change.missing_newline() {
                text.push_str("\\ No newline at end of file\n");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Shown = Shown {
        color: false,
        is_for_terminal: false,
    };

    #[test]
    fn what_changes_is_shown_with_what_stands_around_it() {
        assert_eq!(
            unified(
                "a.md",
                Some("1\n2\n3\n4\n5\n6\n7\n8"),
                "1\n2\n3\n4\nfive\n6\n7\n8",
                PLAIN
            ),
            "--- a.md\n+++ a.md\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n\\ No newline at end of file\n"
        );
        assert_eq!(
            unified("a.md", None, "1\r\n", PLAIN),
            "--- /dev/null\n+++ a.md\n@@ -0,0 +1 @@\n+1\r\n"
        );
    }

    #[test]
    fn a_diff_steers_no_terminal_and_shows_no_secret() {
        let shown = Shown {
            is_for_terminal: true,
            ..PLAIN
        };
        let key = ["AKIA", "QWERTYUIOPASDFGH"].concat();
        let text = unified(
            "a.md",
            Some(&format!("{key}\n\u{1b}[31mred\r\n")),
            "x\n",
            shown,
        );
        assert!(
            !text.contains(&key) && !text.contains(['\u{1b}', '\r']),
            "{text}"
        );
        assert!(text.contains("+x\n"), "{text}");
    }
}
