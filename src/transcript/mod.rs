//! Transcripts of a terminal (`console` blocks): what is typed after a prompt, and what that is to print.
//!
//! A line that begins with `$ ` is a command; lines right after it that begin with `> ` go on with it. All other lines
//! are what the commands print: `...` alone on a line stands for any lines, `[..]` for any characters. Blanks at the
//! ends of lines make no difference, since editors remove them. The form is that of
//! [trycmd](https://docs.rs/trycmd/latest/trycmd/#trycmd), but all commands are one script, and all output is one.

mod difference;

pub use difference::Difference;
pub use difference::difference;

/// Stands for any lines.
const ANY_LINES: &str = "...";
/// Stands for any characters.
const ANY_CHARACTERS: &str = "[..]";

/// A line of a transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    /// A line of the script, without its prompt.
    Typed(&'a str),
    /// What is printed.
    Printed(&'a str),
}

/// The lines of a transcript.
pub fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut is_typed = false;
    text.lines().map(move |line| {
        let continued = match line.strip_prefix('>') {
            Some("") if is_typed => Some(""),
            Some(rest) if is_typed => rest.strip_prefix(' '),
            _ => None,
        };
        let typed = line.strip_prefix("$ ").or(continued);
        is_typed = typed.is_some();
        typed.map_or(Line::Printed(line), Line::Typed)
    })
}

/// What is printed, each line with its place among all lines, from 0.
fn printed(text: &str) -> Vec<(usize, &str)> {
    let numbered = lines(text).enumerate();
    let printed = numbered.filter_map(|(at, line)| match line {
        Line::Printed(line) => Some((at, line.trim_end())),
        Line::Typed(_) => None,
    });
    printed.collect()
}

/// Whether all lines are as they are expected.
fn fits(expected: &[&str], found: &[&str]) -> bool {
    let fit = |expected: &[&str], found: &[&str]| {
        expected.len() == found.len()
            && expected
                .iter()
                .zip(found)
                .all(|(expected, found)| line_fits(expected, found))
    };
    let mut parts = expected.split(|line| *line == ANY_LINES);
    let first = parts.next().unwrap_or_default();
    let Some(last) = parts.next_back() else {
        return fit(first, found);
    };
    let Some(middle) = found.len().checked_sub(first.len() + last.len()) else {
        return false;
    };
    let (start, rest) = found.split_at(first.len());
    let (mut rest, end) = rest.split_at(middle);
    // The first place where a part fits leaves most for those after it.
    let is_there = |part: &[&str]| {
        if part.is_empty() {
            return true;
        }
        let place = rest.windows(part.len()).position(|lines| fit(part, lines));
        rest = place.map_or(&[], |place| &rest[place + part.len()..]);
        place.is_some()
    };
    fit(first, start) && fit(last, end) && parts.all(is_there)
}

/// Whether a line is as it is expected.
fn line_fits(expected: &str, found: &str) -> bool {
    let Some((first, rest)) = expected.split_once(ANY_CHARACTERS) else {
        return expected == found;
    };
    let (between, last) = rest.rsplit_once(ANY_CHARACTERS).unwrap_or(("", rest));
    let mut parts = between.split(ANY_CHARACTERS);
    let rest = found.strip_prefix(first);
    let Some(mut rest) = rest.and_then(|rest| rest.strip_suffix(last)) else {
        return false;
    };
    parts.all(|part| {
        let after = rest.split_once(part).map(|(_, after)| after);
        rest = after.unwrap_or_default();
        after.is_some()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn prompts_tell_what_is_typed() {
        let text = "before\n$ cat <<E\n> a\n>\n>b\n> c\n$\n$ x\n> y\n\n> z\n";
        let typed = |line| match line {
            Line::Typed(text) => format!("+{text}"),
            Line::Printed(text) => format!("-{text}"),
        };
        let lines: Vec<String> = lines(text).map(typed).collect();
        assert_eq!(
            lines,
            [
                "-before", "+cat <<E", "+a", "+", "->b", "-> c", "-$", "+x", "+y", "-", "-> z"
            ]
        );
    }

    #[test]
    fn dots_stand_for_what_varies() {
        for (expected, found, is_fit) in [
            ("", "", true),
            ("", "a", false),
            ("a", "", false),
            ("...", "", true),
            ("...", "a\nb", true),
            ("a\n...", "a", true),
            ("a\n...\na", "a", false),
            ("a\n...\nb\n...\nc", "a\nx\nb\nb\nc", true),
            ("a\n...\nb\n...\nc", "a\nx\nc", false),
            ("...\na\nb\n...", "a\na\nb", true),
            ("...\n...", "", true),
            ("a [..] c", "a b c", true),
            ("a[..]a", "a", false),
            ("[..]b[..]c", "abbcbc", true),
            ("[..]b[..]d", "abbcbc", false),
            ("[..]", "\n", true),
            ("[..][..]", "x", true),
            (" ...", "a", false),
        ] {
            let lines = |text: &'static str| text.lines().collect::<Vec<_>>();
            let fit = fits(&lines(expected), &lines(found));
            assert_eq!(fit, is_fit, "{expected:?} {found:?}");
        }
    }

    /// The same by trying all there is.
    fn fits_somehow(expected: &[&str], found: &[&str]) -> bool {
        match expected {
            [] => found.is_empty(),
            [ANY_LINES, rest @ ..] => {
                (0..=found.len()).any(|skipped| fits_somehow(rest, &found[skipped..]))
            }
            [line, rest @ ..] => found.split_first().is_some_and(|(first, others)| {
                line_fits_somehow(line, first) && fits_somehow(rest, others)
            }),
        }
    }

    fn line_fits_somehow(expected: &str, found: &str) -> bool {
        let Some((start, rest)) = expected.split_once(ANY_CHARACTERS) else {
            return expected == found;
        };
        found.strip_prefix(start).is_some_and(|found| {
            (0..=found.len()).any(|skipped| line_fits_somehow(rest, &found[skipped..]))
        })
    }

    proptest! {
        #[test]
        fn the_quick_way_finds_what_there_is(
            expected in prop::collection::vec("(a|b|\\[\\.\\.\\]){0,4}|\\.\\.\\.", 0..6),
            found in prop::collection::vec("[ab]{0,4}", 0..6),
        ) {
            let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
            let found: Vec<&str> = found.iter().map(String::as_str).collect();
            prop_assert_eq!(fits(&expected, &found), fits_somehow(&expected, &found));
        }
    }
}
