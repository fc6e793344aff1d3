//! How what was printed differs from what a transcript expects.

use crate::transcript::ANY_LINES;
use crate::transcript::fits;
use crate::transcript::line_fits;
use crate::transcript::printed;

/// So many expected lines are laid beside those that were printed, from the first one that differs.
const EXPECTED: usize = 200;
/// And so many printed ones: a half of them from the end, where `...` is expected.
const FOUND: usize = 2000;
/// So many lines of a difference are shown.
const MOST: usize = 40;
/// So many lines that are as expected are shown around those that are not.
const AROUND: usize = 3;
/// A longer line is cut, in characters.
const LONGEST: usize = 160;

/// A difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The line of the transcript that it begins at, from 0.
    pub line: usize,
    /// The lines around it: `- ` before what is expected and was not printed, `+ ` before what was printed and is not
    /// expected, two blanks before what is as expected.
    pub text: String,
}

/// A line of one side or of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change<'a> {
    /// As expected; `...` too.
    Same(&'a str),
    /// What `...` stands for.
    Any(&'a str),
    /// Expected, not printed.
    Missing(&'a str),
    /// Printed, not expected.
    Extra(&'a str),
}

/// How what was printed differs from what the transcript expects, if it does.
#[must_use]
pub fn difference(transcript: &str, found: &str) -> Option<Difference> {
    let expected = printed(transcript);
    let lines: Vec<&str> = expected.iter().map(|(_, line)| *line).collect();
    let found: Vec<&str> = found.lines().map(str::trim_end).collect();
    if fits(&lines, &found) {
        return None;
    }
    let pairs = lines.iter().zip(&found);
    let is_same = |(line, found): &(&&str, &&str)| **line != ANY_LINES && line_fits(line, found);
    let same = pairs.take_while(is_same).count();
    let (left, right) = (&lines[same..], &found[same..]);
    let is_cut = left.len() > EXPECTED || right.len() > FOUND;
    let left = &left[..left.len().min(EXPECTED)];
    let mut changes: Vec<Change<'_>> = found[..same].iter().copied().map(Change::Same).collect();
    changes.extend(aligned(left, &ends(right, left.contains(&ANY_LINES))));
    let before = changes.iter().take_while(|change| change.is_same());
    let at = before.filter(|change| matches!(change, Change::Same(_)));
    let at = at.count();
    let place = expected.get(at).or(expected.last());
    Some(Difference {
        line: place.map_or(0, |(line, _)| *line),
        text: shown(&changes, is_cut),
    })
}

impl Change<'_> {
    fn is_same(&self) -> bool {
        matches!(self, Self::Same(_) | Self::Any(_))
    }
}

/// Not too many lines: the first ones, or the first and the last.
fn ends<'a>(lines: &[&'a str], has_last: bool) -> Vec<&'a str> {
    if lines.len() <= FOUND {
        return lines.to_vec();
    }
    let last = if has_last { FOUND / 2 } else { 0 };
    [&lines[..FOUND - last], &lines[lines.len() - last..]].concat()
}

/// Both sides with the fewest changes. Of what `...` stands for only the end is kept.
fn aligned<'a>(expected: &[&'a str], found: &[&'a str]) -> Vec<Change<'a>> {
    let costs = costs(expected, found);
    let (mut i, mut j) = (0, 0);
    // Where what `...` stands for begins.
    let mut any = None;
    let mut changes = Vec::new();
    while i < expected.len() || j < found.len() {
        let cost = costs[i][j];
        if i == expected.len() {
            changes.push(Change::Extra(found[j]));
            j += 1;
        } else if expected[i] == ANY_LINES {
            let from = *any.get_or_insert(j);
            if cost == costs[i + 1][j] {
                changes.push(Change::Same(ANY_LINES));
                let last = &found[from.max(j.saturating_sub(AROUND - 1))..j];
                changes.extend(last.iter().copied().map(Change::Any));
                (i, any) = (i + 1, None);
            } else {
                j += 1;
            }
        } else if j < found.len() && cost == costs[i + 1][j + 1] && line_fits(expected[i], found[j])
        {
            changes.push(Change::Same(found[j]));
            (i, j) = (i + 1, j + 1);
        } else if cost == costs[i + 1][j] + 1 {
            changes.push(Change::Missing(expected[i]));
            i += 1;
        } else {
            changes.push(Change::Extra(found[j]));
            j += 1;
        }
    }
    changes
}

/// For each place of both sides, how many lines are missing or extra from there on at least.
fn costs(expected: &[&str], found: &[&str]) -> Vec<Vec<usize>> {
    let mut costs = vec![vec![0; found.len() + 1]; expected.len() + 1];
    for i in (0..=expected.len()).rev() {
        for j in (0..=found.len()).rev() {
            let line = expected.get(i).copied();
            let extra = (j < found.len()).then(|| costs[i][j + 1] + 1);
            let best = match line {
                None => extra,
                Some(ANY_LINES) => extra
                    .map(|extra| extra - 1)
                    .into_iter()
                    .chain([costs[i + 1][j]])
                    .min(),
                Some(line) => {
                    let missing = costs[i + 1][j] + 1;
                    let same = found
                        .get(j)
                        .filter(|found| line_fits(line, found))
                        .map(|_| costs[i + 1][j + 1]);
                    extra.into_iter().chain(same).chain([missing]).min()
                }
            };
            costs[i][j] = best.unwrap_or(0);
        }
    }
    costs
}

/// The changes, and the lines around them.
fn shown(changes: &[Change<'_>], is_cut: bool) -> String {
    let is_near = |at: usize| {
        let near = at.saturating_sub(AROUND)..(at + AROUND + 1).min(changes.len());
        changes[near].iter().any(|change| !change.is_same())
    };
    let mut lines = Vec::new();
    let mut left_out = 0;
    for (at, change) in changes.iter().enumerate() {
        if !is_near(at) {
            left_out += 1;
            continue;
        }
        if left_out > 0 {
            lines.push(as_expected(left_out));
            left_out = 0;
        }
        if lines.len() >= MOST {
            let more = changes[at..].iter().filter(|change| !change.is_same());
            lines.push(format!("… and {} more that differ", more.count()));
            return lines.join("\n");
        }
        let (sign, line) = match change {
            Change::Same(line) | Change::Any(line) => ("  ", line),
            Change::Missing(line) => ("- ", line),
            Change::Extra(line) => ("+ ", line),
        };
        lines.push(format!("{sign}{}", cut(line)).trim_end().to_owned());
    }
    if left_out > 0 {
        lines.push(as_expected(left_out));
    }
    if is_cut {
        lines.push("… and more".to_owned());
    }
    lines.join("\n")
}

fn as_expected(count: usize) -> String {
    let lines = if count == 1 { "line" } else { "lines" };
    format!("… {count} {lines} as expected")
}

fn cut(line: &str) -> String {
    match line.char_indices().nth(LONGEST) {
        None => line.to_owned(),
        Some((end, _)) => format!("{}…", &line[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(transcript: &str, found: &str) -> (usize, String) {
        let difference = difference(transcript, found).expect("they differ");
        (difference.line, difference.text)
    }

    #[test]
    fn what_is_as_expected_has_no_difference() {
        for (transcript, found) in [
            ("$ true", ""),
            ("$ true\n", "\n".trim()),
            ("$ a\none\n$ b\ntwo", "one  \ntwo\r\n"),
            ("$ a\n...\nlast [..]", "1\n2\nlast one\n"),
        ] {
            assert_eq!(difference(transcript, found), None);
        }
    }

    #[test]
    fn lines_are_laid_side_by_side() {
        assert_eq!(
            of("$ wf --version\nwf 0.1.0", "wf 0.2.0\n"),
            (1, "- wf 0.1.0\n+ wf 0.2.0".to_owned())
        );
        assert_eq!(of("$ true", "noise"), (0, "+ noise".to_owned()));
        assert_eq!(of("$ a\none\n$ b\ntwo", ""), (1, "- one\n- two".to_owned()));
        assert_eq!(
            of(
                "$ a\n1\n2\n3\n4\n[..]5\n6\n7\n8\n9",
                "1\n2\n3\n4\nx5\n7\n8\n9\n"
            ),
            (
                6,
                "… 2 lines as expected\n  3\n  4\n  x5\n- 6\n  7\n  8\n  9".to_owned()
            )
        );
        assert_eq!(
            of("$ a\nfirst\n...\nlast", "first\nx\ny\nleast"),
            (
                3,
                "… 1 line as expected\n  ...\n  y\n  least\n- last".to_owned()
            )
        );
    }

    #[test]
    fn long_ones_are_cut() {
        let found: Vec<String> = (0..1000).map(|number| number.to_string()).collect();
        let found = found.join("\n") + "\n";
        let (_, text) = of("$ a\nnone", &found);
        assert_eq!(text.lines().count(), MOST + 1);
        assert!(text.ends_with("\n… and 961 more that differ"), "{text}");
        let (_, text) = of("$ a", &"é".repeat(1000));
        assert_eq!(text.chars().count(), 2 + LONGEST + 1);
        let (line, text) = of("$ a\n0\n...\nend", &found.repeat(9));
        assert_eq!(line, 3);
        assert_eq!(
            text,
            "… 1 line as expected\n  ...\n  998\n  999\n- end\n… and more"
        );
    }
}
