//! The heading of a step: `Step N: Name`, or what can be made of another form.

use crate::nearest;
use crate::template::StepsSpec;

/// What a heading says of a step.
#[derive(Debug, PartialEq, Eq)]
pub struct Form<'a> {
    /// Whether it is written as the template has it.
    pub is_well_formed: bool,
    /// Its number.
    pub number: Option<u32>,
    /// Its name; the whole heading where neither form nor number is clear.
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
    let plain = || {
        let marks = [' ', '\t', ':', '.', ')', '-', '–', '—'];
        after.trim_start_matches(marks).trim()
    };
    Form {
        is_well_formed,
        number: Some(number),
        name: name.filter(|_| is_well_formed).unwrap_or_else(plain),
        has_word: has_word && !word.is_empty() || word.is_empty() && is_well_formed,
    }
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
