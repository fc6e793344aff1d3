//! The heading of a step: `Step N: Name`, or what can be made of another form.

use crate::nearest;
use crate::template::StepsSpec;

/// What may part a number from a name.
pub const SEPARATORS: [char; 8] = [' ', '\t', ':', '.', ')', '-', '–', '—'];

/// What a heading says of a step.
#[derive(Debug, PartialEq, Eq)]
pub struct Form<'a> {
    /// Whether it is written as the template has it.
    pub is_well_formed: bool,
    /// Its number, if it is clear.
    pub number: Option<u32>,
    /// Its name; the whole heading where the number is not clear.
    pub name: &'a str,
    /// Whether it begins with the template's word (`Step`) and a number.
    pub has_word: bool,
}

/// Read a heading's text as a step's.
#[must_use]
pub fn heading_form<'a>(spec: &StepsSpec, text: &'a str) -> Form<'a> {
    let word = spec.before.trim_end();
    let has_word = text
        .get(..word.len())
        .is_some_and(|start| nearest::same(start, word));
    let rest = if has_word { &text[word.len()..] } else { text };
    let trimmed = rest.trim_start();
    let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
    let Ok(number) = trimmed[..digits].parse::<u32>() else {
        return Form {
            is_well_formed: false,
            number: None,
            name: text,
            has_word: false,
        };
    };
    let after = &trimmed[digits..];
    let spaced = spec.before.ends_with(' ') == (rest.len() > trimmed.len()) || word.is_empty();
    let separator = spec.after.as_str();
    let name = after
        .strip_prefix(separator)
        .filter(|_| !separator.is_empty() || after.starts_with(' '));
    let name = name.map(str::trim).filter(|name| !name.is_empty());
    let is_well_formed = has_word && spaced && name.is_some();
    let has_word = has_word && !word.is_empty();
    let bare = after.trim_start_matches(SEPARATORS).trim();
    let is_clear = is_well_formed || divides(has_word, &after[..after.len() - bare.len()], bare);
    Form {
        is_well_formed,
        number: is_clear.then_some(number),
        name: match name {
            Some(name) if is_well_formed => name,
            _ if is_clear => bare,
            _ => text,
        },
        has_word: has_word || word.is_empty() && is_well_formed,
    }
}

/// Whether what stands between a number and a name tells them apart: `10% of users`, `2FA` and `Step 1a` are names with
/// digits in them, `Step 1.1` is another number, and what comes after `Step 1 of 2` or `Step 1 (optional):` is not clear.
fn divides(has_word: bool, between: &str, name: &str) -> bool {
    let has_space = between.ends_with([' ', '\t']);
    let is_mark = !between.trim().is_empty();
    if name.is_empty() {
        return has_word || is_mark;
    }
    if !has_word {
        return is_mark && has_space;
    }
    if is_mark {
        return has_space || !name.starts_with(|c: char| c.is_ascii_digit());
    }
    has_space && !name.contains([':', '–', '—']) && !name.contains(" - ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form<'a>(before: &str, after: &str, text: &'a str) -> (bool, Option<u32>, &'a str) {
        let spec = StepsSpec {
            section: 0,
            level: 3,
            before: before.to_owned(),
            after: after.to_owned(),
            fields: Vec::new(),
        };
        let form = heading_form(&spec, text);
        (form.is_well_formed, form.number, form.name)
    }

    #[test]
    fn the_built_in_form() {
        let read = |text| form("Step ", ":", text);
        assert_eq!(read("Step 1: Build"), (true, Some(1), "Build"));
        assert_eq!(read("step 12: Build: all"), (true, Some(12), "Build: all"));
        assert_eq!(read("Step 1 - Build"), (false, Some(1), "Build"));
        assert_eq!(read("Step 1 Build"), (false, Some(1), "Build"));
        assert_eq!(read("1. Build"), (false, Some(1), "Build"));
        assert_eq!(read("Step1: Build"), (false, Some(1), "Build"));
        assert_eq!(read("Step 1:"), (false, Some(1), ""));
        assert_eq!(read("Build"), (false, None, "Build"));
        assert_eq!(read("Step one: Build"), (false, None, "Step one: Build"));
        assert_eq!(read("1 - 2 servers"), (false, Some(1), "2 servers"));
        assert_eq!(read("2) Build"), (false, Some(2), "Build"));
        assert_eq!(read("Step 1.Build"), (false, Some(1), "Build"));
        assert_eq!(read("Step 1"), (false, Some(1), ""));
    }

    #[test]
    fn a_name_may_begin_with_digits() {
        for text in [
            "10% of users",
            "2FA setup",
            "1st backup",
            "5-minute smoke test",
            "3 servers at a time",
            "2026-11-27 Build",
            "2026",
            "Step 1a: Build",
            "Step 1.1: Build",
            "Step 1-2: Build",
            "Step 1 of 2: Build",
            "Step 1, 2: Build",
            "Step 1：Build",
            "Step 1 (optional) – Build",
        ] {
            assert_eq!(form("Step ", ":", text), (false, None, text));
        }
    }

    #[test]
    fn other_forms_of_other_templates() {
        assert_eq!(form("", ".", "1. Build"), (true, Some(1), "Build"));
        assert_eq!(
            form("Phase ", " -", "Phase 2 - Build"),
            (true, Some(2), "Build")
        );
        assert_eq!(
            form("Phase ", " -", "Phase 2: Build"),
            (false, Some(2), "Build")
        );
        assert_eq!(
            form("Phase ", "", "Phase 2 Build"),
            (true, Some(2), "Build")
        );
    }
}
