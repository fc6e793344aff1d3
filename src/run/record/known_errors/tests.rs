use proptest::prelude::*;

use chrono::DateTime;
use chrono::Utc;

use crate::run::record::known_errors::Failure;
use crate::run::record::known_errors::Occurrence;
use crate::run::record::known_errors::link;
use crate::run::record::known_errors::page::noted;

fn failure(fingerprint: &str) -> Failure {
    Failure {
        fingerprint: fingerprint.to_owned(),
        heading: format!("deploy 2.1: {fingerprint}"),
        causes: vec!["the run failed".to_owned(), "exit status 3".to_owned()],
        output: "# no such file\n".to_owned(),
    }
}

fn occurrence(run: u32) -> Occurrence {
    let start: DateTime<Utc> = "2026-11-23T10:00:00Z".parse().expect("a time");
    Occurrence {
        time: start + chrono::TimeDelta::days(i64::from(run)),
        run: format!("deploy-{run}"),
        report: link("docs/fix_this_error.md", &format!("errors/{run}.md")),
    }
}

/// The page after a failure in a run, and how often it was met.
fn after(page: Option<&str>, fingerprint: &str, run: u32) -> (String, u64) {
    let (text, known) =
        noted(page, &failure(fingerprint), &occurrence(run)).expect("it takes an entry");
    let text = text.or(page.map(str::to_owned));
    (text.expect("a page"), known.count)
}

fn section<'a>(page: &'a str, title: &str) -> &'a str {
    let part = page.split(title).nth(1).expect("the section");
    part.split("\n## ").next().expect("its text")
}

#[test]
fn a_new_failure_gets_an_entry_and_the_same_one_counts_up() {
    let (first, count) = after(None, "a", 1);
    assert_eq!(count, 1);
    let open = section(&first, "## Open Issues");
    assert!(
        open.starts_with(
            "\n\n### deploy 2.1: a\n\n<!-- wf-error: a -->\n- **Status**: open\n- **Count**: 1\n"
        ),
        "{first}"
    );
    assert!(first.ends_with("\n## Resolved Issues\n"));
    let (second, count) = after(Some(&first), "a", 2);
    assert_eq!(count, 2);
    let expected = first
        .replace("**Count**: 1", "**Count**: 2")
        .replace(
            "**Last seen**: 2026-11-24 10:00:00 UTC, run `deploy-1`",
            "**Last seen**: 2026-11-25 10:00:00 UTC, run `deploy-2`",
        )
        .replace(
            "[`errors/1.md`](<../errors/1.md>)",
            "[`errors/2.md`](<../errors/2.md>)",
        );
    assert_eq!(second, expected);
    let (third, count) = after(Some(&second), "b", 3);
    assert_eq!((count, third.matches("wf-error").count()), (1, 2));
    let (a, b) = (third.find("2.1: a"), third.find("2.1: b"));
    assert!(b < a, "the newest comes first");
}

#[test]
fn a_run_counts_a_failure_once() {
    let (page, _) = after(None, "a", 1);
    let (text, known) = noted(Some(&page), &failure("a"), &occurrence(1)).expect("an entry");
    assert_eq!((text, known.count), (None, 1));
}

#[test]
fn an_entry_that_says_it_is_resolved_is_reopened() {
    let (page, _) = after(None, "a", 1);
    for (status, reopened) in [
        (
            "- **Status**: resolved by Ann, see #12",
            "- **Status**: reopened 2026-11-25, was resolved by Ann, see #12",
        ),
        (
            "* Status: Fixed",
            "* Status: reopened 2026-11-25, was Fixed",
        ),
        (
            "- **Status:** ~~open~~ ✅ done",
            "- **Status:** reopened 2026-11-25, was ~~open~~ ✅ done",
        ),
        (
            "- **Status**: open, not resolved yet",
            "- **Status**: open, not resolved yet",
        ),
    ] {
        let resolved = page.replace("- **Status**: open", status);
        let (text, count) = after(Some(&resolved), "a", 2);
        assert!(text.contains(&format!("\n{reopened}\n")), "{text}");
        assert_eq!(count, 2);
        let (again, _) = after(Some(&text), "a", 3);
        let count = |text: &str| text.matches("reopened").count();
        assert_eq!(count(&again), count(&text));
    }
}

#[test]
fn an_entry_that_was_moved_to_the_resolved_ones_is_moved_back() {
    for line_end in ["\n", "\r\n"] {
        let (page, _) = after(None, "a", 1);
        let (page, _) = after(Some(&page), "b", 1);
        let page = page.replace('\n', line_end);
        let (start, end) = (
            page.find("### deploy 2.1: a").expect("a"),
            page.find("## Resolved").expect("a section"),
        );
        let entry = format!("{}It was *DNS*.  {line_end}", &page[start..end]);
        let resolved = page.replace(&page[start..end], "")
            + line_end
            + &entry
            + line_end
            + "---"
            + line_end
            + "Kept by us";
        let (text, count) = after(Some(&resolved), "a", 2);
        assert_eq!(count, 2);
        assert!(
            section(&text, "## Open Issues").contains("It was *DNS*.  "),
            "{text}"
        );
        assert!(
            section(&text, "## Open Issues").contains("**Status**: reopened 2026-11-25, was open"),
            "{text}"
        );
        assert!(
            text.ends_with(&format!("---{line_end}Kept by us")),
            "{text}"
        );
        assert_eq!(text.matches("wf-error").count(), 2);
        assert_eq!(text.matches('\n').count(), text.matches(line_end).count());
    }
}

/// Pages that people wrote.
const FOREIGN: [&str; 14] = [
    "",
    "\n \n",
    "# Errors",
    "# Errors\n\nWhat helps:\n\n- restart",
    "\u{feff}# Errors\r\n\r\n## Open Issues\r\n\r\n### Ours\r\n\r\nx",
    "\u{feff}",
    "---\ntitle: x\n---\n\ntext\n",
    "# A\n\n## open issues\nnone\n\n---\n\n## Resolved Issues\n\n### Old\n",
    "Open Issues\n===========\n\n### x\n",
    "### Open Issues\n\ntext\n",
    "## Resolved Issues\n\n### Old\nx\n\n## Other\n",
    "- a\n  - b\n\n      code\n> ## Open Issues\n> quoted",
    "```\n## Open Issues\n```\n| a |\n| - |\n",
    "<!-- a\n## Open Issues\n-->\n[1]: x\n",
];

#[test]
fn what_people_wrote_stays() {
    for foreign in FOREIGN {
        let (page, _) = after(Some(foreign), "a", 1);
        assert_kept(foreign, &page);
        let (again, count) = after(Some(&page), "a", 2);
        assert_eq!(count, 2, "{again}");
        assert_kept(foreign, &again);
        let noted = page.replace("\n- **Report**", "\nA note\n- **Report**") + "\n\nMine, ünd  \t";
        let (again, _) = after(Some(&noted), "a", 2);
        assert!(
            again.ends_with("\n\nMine, ünd  \t") && again.contains("\nA note\n"),
            "{again}"
        );
    }
}

/// One thing is put into a text, in one place, where a line begins.
fn assert_kept(before: &str, after: &str) {
    let is_place = |&at: &usize| {
        let is_border =
            at == before.len() || before[..at].trim_start_matches('\u{feff}').is_empty();
        is_border || before[..at].ends_with('\n')
    };
    let places = (0..=before.len()).filter(|&at| before.is_char_boundary(at));
    let mut places = places.filter(is_place);
    let is_kept =
        places.any(|at| after.starts_with(&before[..at]) && after.ends_with(&before[at..]));
    assert!(is_kept, "{before:?} became {after:?}");
}

#[test]
fn lines_that_a_person_removed_come_back() {
    let (page, _) = after(None, "a", 1);
    let bare = "## Open Issues\n\n### Renamed\n<!-- wf-error: a -->\nOnly text";
    let (text, count) = after(Some(bare), "a", 2);
    assert_eq!(count, 2);
    let added = "- **Count**: 2\n- **Last seen**: 2026-11-25 10:00:00 UTC, run `deploy-2`\n- **Report**: [`errors/2.md`](<../errors/2.md>)\n";
    assert_eq!(
        text,
        format!("## Open Issues\n\n### Renamed\n<!-- wf-error: a -->\n{added}\nOnly text")
    );
    let without = page.replace("- **Count**: 1\n", "");
    let (text, _) = after(Some(&without), "a", 2);
    assert!(
        text.contains("(<../errors/2.md>)\n- **Count**: 2\n\n"),
        "{text}"
    );
}

#[test]
fn a_page_that_would_swallow_an_entry_is_left_alone() {
    for page in ["# A\n\n```\ncode\n", "# A\n\n<!-- todo\n", "<script>\nx\n"] {
        let fault = noted(Some(page), &failure("a"), &occurrence(1)).expect_err(page);
        assert!(fault.contains("never closed"), "{fault}");
    }
}

#[test]
fn links_lead_from_file_to_file() {
    for (from, to, expected) in [
        (
            "docs/a.md",
            "errors/b.md",
            "[`errors/b.md`](<../errors/b.md>)",
        ),
        ("KNOWN.md", "errors/b.md", "[`errors/b.md`](<errors/b.md>)"),
        ("a/b/c.md", "a/x y.md", "[`a/x y.md`](<../x y.md>)"),
        ("a.md", "b>.md", "`b>.md`"),
    ] {
        assert_eq!(link(from, to), expected);
    }
}

proptest! {
    /// Whatever stands in a file, an entry is found again or the file is left alone, and no line is lost.
    #[test]
    fn any_text_stays(parts in prop::collection::vec(prop::sample::select(vec![
        "# A", "## Open Issues", "## Resolved", "### B", "text", "```", "<!--", "-->", "---", "> q", "- l", "\n",
        "\n", "\r\n", "\t", "\u{feff}", "<!-- wf-error: a -->", "- **Status**: resolved", "- **Count**: 7", "    x", "===",
    ]), 0..24)) {
        let page = parts.concat();
        if let Ok((text, known)) = noted(Some(&page), &failure("a"), &occurrence(1)) {
            let text = text.expect("this run was not noted");
            prop_assert!(known.count >= 1);
            let mut rest: Vec<&str> = text.split(['\n', '\r', '\u{feff}']).collect();
            // A byte-order mark stays where it is, whatever follows it.
            let lines = page.split(['\n', '\r', '\u{feff}']);
            let mut lines: Vec<&str> = lines.filter(|line| !line.trim().is_empty()).collect();
            // What stays as it is first: such a line may look like one that was changed.
            lines.retain(|line| {
                let at = rest.iter().position(|other| other == line);
                at.map(|at| rest.remove(at)).is_none()
            });
            for line in lines {
                let is_kept = |other: &&str| line.split(['7', ':']).all(|part| other.contains(part.trim()));
                let at = rest.iter().position(is_kept);
                prop_assert!(at.is_some(), "{line:?} of {page:?} is lost in {text:?}");
                rest.remove(at.unwrap_or_default());
            }
            let (_, again) = noted(Some(&text), &failure("a"), &occurrence(1)).expect("it is there");
            prop_assert_eq!(again, known);
        }
    }
}
