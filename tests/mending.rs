//! Mending: whatever a document is, no fix adds a finding, and what it does not touch stays.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use proptest::prelude::*;
use similar::ChangeTag;
use similar::TextDiff;
use wf::edit::Safety;
use wf::fix;
use wf::fix::Fixed;
use wf::fix::Job;
use wf::lint::Report;
use wf::rules;

use crate::anything::DOCUMENT;
use crate::anything::INDEX;
use crate::anything::Memory;
use crate::anything::PROJECT;
use crate::anything::folder;
use crate::anything::judged;
use crate::anything::units;
use crate::generate::almost_a_document;
use crate::generate::anything;

/// What fixes make of a document and an index.
fn mended(document: &str, index: &str, allowed: Safety) -> (Fixed, String, String) {
    let memory = Memory(BTreeMap::from([
        (DOCUMENT, document.to_owned()),
        (INDEX, index.to_owned()),
    ]));
    let fixed = fix::fix(Job {
        project: &PROJECT,
        units: units().into(),
        folders: vec![folder()],
        neighbours: &memory,
        allowed,
    });
    let (mut document, mut index) = (document.to_owned(), index.to_owned());
    for change in &fixed.changes {
        let text = if change.path == DOCUMENT {
            &mut document
        } else {
            &mut index
        };
        assert_eq!(change.before.as_ref(), Some(&*text), "{}", change.path);
        text.clone_from(&change.after);
    }
    (fixed, document, index)
}

/// How often each rule speaks, placeholders on lines that are new left out.
fn counts(report: &Report, before: [&str; 2], texts: [&str; 2]) -> BTreeMap<&'static str, usize> {
    let new = [0, 1].map(|at| new_lines(before[at], texts[at]));
    let mut counts = BTreeMap::new();
    for finding in &report.findings {
        let lines = &new[usize::from(finding.place.path == INDEX)];
        let is_own = lines.contains(&(finding.place.start.line as usize - 1));
        if finding.rule != rules::PLACEHOLDER || !is_own {
            *counts.entry(finding.rule).or_default() += 1;
        }
    }
    counts
}

/// The numbers, from 0, of the lines that are new in a text.
fn new_lines(before: &str, text: &str) -> BTreeSet<usize> {
    let lines = |text: &str| -> Vec<String> {
        let text = text.replace("\r\n", "\n");
        text.split(['\n', '\r']).map(str::to_owned).collect()
    };
    let (old, new) = (lines(before), lines(text));
    TextDiff::from_slices(
        &old.iter().map(String::as_str).collect::<Vec<_>>(),
        &new.iter().map(String::as_str).collect::<Vec<_>>(),
    )
    .iter_all_changes()
    .filter(|change| change.tag() == ChangeTag::Insert)
    .filter_map(|change| change.new_index())
    .collect()
}

/// The line ends that a text has.
fn line_ends(text: &str) -> BTreeSet<&'static str> {
    let plain = text.replace("\r\n", "");
    let ends = [
        (text.contains("\r\n"), "CRLF"),
        (plain.contains('\n'), "LF"),
        (plain.contains('\r'), "CR"),
    ];
    let ends = ends.into_iter().filter(|(is_there, _)| *is_there);
    ends.map(|(_, name)| name).collect()
}

fn holds(document: &str, index: &str) -> Result<(), TestCaseError> {
    for allowed in [Safety::Safe, Safety::Unsafe] {
        let (fixed, new, new_index) = mended(document, index, allowed);
        let before = judged(document, index);
        let mut after = judged(&new, &new_index);
        let texts = [document, index];
        let (old_counts, new_counts) = (
            counts(&before, texts, texts),
            counts(&after, texts, [&new, &new_index]),
        );
        for (rule, count) in &new_counts {
            let old = old_counts.get(rule).copied().unwrap_or_default();
            prop_assert!(*count <= old, "{rule}: {count} after {old} in\n{new}");
        }
        fixed.withdraw(&mut after.findings);
        let left: Vec<_> = after
            .findings
            .iter()
            .filter(|finding| {
                finding
                    .fix
                    .as_ref()
                    .is_some_and(|fix| fix.safety <= allowed)
            })
            .collect();
        prop_assert!(left.is_empty(), "{left:#?} in\n{new}");
        let (again, ..) = mended(&new, &new_index, allowed);
        prop_assert!(again.changes.is_empty(), "{:#?}", again.changes);
        for (old, new) in [(document, &new), (index, &new_index)] {
            prop_assert_eq!(old.starts_with('\u{FEFF}'), new.starts_with('\u{FEFF}'));
            let (old, new) = (line_ends(old), line_ends(new));
            prop_assert!(old.is_empty() || new.is_subset(&old), "{old:?}, {new:?}");
        }
    }
    Ok(())
}

/// A path of several lines may be more than that: it is not replaced.
#[test]
fn a_value_of_several_lines_is_left_alone() {
    for end in ["\n", "\r"] {
        holds("", &format!("**FILE**: a.md{end}* ")).unwrap();
        let document = format!("# A{end}{end}**FILE**: a.md{end}and more | **OWNER**: b{end}");
        let (_, new, _) = mended(&document, "", Safety::Safe);
        assert!(new.contains("and more"), "{new}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(64)
    })]

    #[test]
    fn any_text_is_mended_without_harm(document in anything(), index in anything()) {
        holds(&document, &index)?;
    }

    #[test]
    fn a_changed_document_is_mended_without_harm(document in almost_a_document()) {
        holds(&document, "# Workflows\n\n- [it](anything.md)\n")?;
    }
}
