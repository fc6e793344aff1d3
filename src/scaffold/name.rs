//! What may be the name of a workflow that is to be written.

use crate::parse::value;

/// Why a name cannot be a workflow's; `None` where it can. It is a file's name without its ending, with folders of
/// the workflow directory before it where it is to stand in one.
#[must_use]
pub fn fault(name: &str) -> Option<&'static str> {
    let stem = name.rsplit('/').next().unwrap_or(name);
    let is_strange = |c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '.' | '/');
    let mut parts = name.split('/');
    if name.trim().is_empty() {
        Some("it is empty")
    } else if name.contains(char::is_control) {
        Some("it holds a control character")
    } else if name.contains(char::is_whitespace) {
        Some("it holds white space")
    } else if parts.clone().any(|part| part == ".." || part == ".") || name.starts_with('/') {
        Some("it leads out of the workflow directory")
    } else if name.contains(is_strange) {
        Some("it holds other characters than letters, digits, `-`, `_` and `.`")
    } else if parts.clone().any(str::is_empty) {
        Some("a folder in it has no name")
    } else if parts.any(|part| part.starts_with(['.', '-'])) {
        Some("it begins with a dot or a hyphen: it would be hidden, or read as an option")
    } else if stem.to_lowercase().ends_with(".md") {
        Some("it ends with `.md`, which is added to it")
    } else if stem.eq_ignore_ascii_case("readme") {
        Some("that is the index of its folder")
    } else if !value::workflow_name(stem).contains(char::is_alphanumeric) {
        Some("it holds neither a letter nor a digit")
    } else {
        None
    }
}

/// A name that may be, as near as possible to one that may not.
#[must_use]
pub fn suggestion(name: &str) -> Option<String> {
    let last = name
        .split(['/', '\\'])
        .rev()
        .map(str::trim)
        .find(|part| part.contains(char::is_alphanumeric))?;
    let end = last.len().checked_sub(3).filter(|&at| {
        last.get(at..)
            .is_some_and(|end| end.eq_ignore_ascii_case(".md"))
    });
    let mut near = String::new();
    for c in last[..end.unwrap_or(last.len())].chars() {
        if c.is_alphanumeric() || matches!(c, '_' | '.') {
            near.push(c);
        } else if !near.is_empty() && !near.ends_with('-') {
            near.push('-');
        }
    }
    let near = near
        .trim_start_matches(['.', '-'])
        .trim_end_matches(['.', '-']);
    fault(near).is_none().then(|| near.to_owned())
}

/// The title that a name gives: its words, without an ordering prefix.
#[must_use]
pub fn title(name: &str) -> String {
    let stem = name.rsplit('/').next().unwrap_or(name);
    let bare = stem.trim_start_matches(|c: char| c.is_ascii_digit());
    let bare = bare
        .strip_prefix(['-', '_'])
        .filter(|bare| bare.len() + 1 < stem.len() && bare.contains(char::is_alphanumeric));
    let words: Vec<&str> = bare
        .unwrap_or(stem)
        .split(['-', '_'])
        .filter(|word| !word.is_empty())
        .collect();
    let words = words.join(" ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_files_that_are_found_again() {
        for name in [
            "release",
            "01_release_workflow",
            "ops/back-up",
            "v1.2",
            "Überholung",
            "2",
        ] {
            assert_eq!(fault(name), None, "{name}");
        }
        for (name, near) in [
            ("../x", Some("x")),
            ("/etc/passwd", Some("passwd")),
            ("my flow\t2", Some("my-flow-2")),
            ("a\u{1b}[31mb", Some("a-31mb")),
            ("release.md", Some("release")),
            ("-x", Some("x")),
            (".x", Some("x")),
            ("a//b", Some("b")),
            ("a\\b", Some("b")),
            ("a/./b", Some("b")),
            ("what?", Some("what")),
            ("`ls`", Some("ls")),
            ("ReadMe", None),
            ("ops/README", None),
            ("", None),
            (" ", None),
            ("..", None),
            ("_", None),
        ] {
            assert!(fault(name).is_some(), "{name:?}");
            assert_eq!(suggestion(name).as_deref(), near, "{name:?}");
        }
    }

    #[test]
    fn a_title_is_the_words_of_the_name() {
        for (name, words) in [
            ("release", "Release"),
            ("ops/01_back-up_workflow", "Back up workflow"),
            ("2026-audit", "Audit"),
            ("3d", "3d"),
            ("42", "42"),
            ("überholung", "Überholung"),
        ] {
            assert_eq!(title(name), words, "{name}");
        }
    }
}
