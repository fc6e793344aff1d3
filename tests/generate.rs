//! Documents made at random: of awkward parts, and by changing valid ones.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::sample::select;

use crate::documents;

/// Texts that mean something to Markdown or to a rule, and some that are awkward for offsets and columns.
const PARTS: &[&str] = &[
    " ",
    "  ",
    "    ",
    "\t",
    "\n",
    "\n\n",
    "\r",
    "\r\n",
    "\\",
    "\u{FEFF}",
    "\u{2028}",
    "\u{200B}",
    "\u{202E}",
    "\u{1B}[31m",
    ">",
    "> ",
    "-",
    "- ",
    "* ",
    "+ ",
    "1. ",
    "2) ",
    "*",
    "**",
    "_",
    "__",
    "***",
    "`",
    "``",
    "```",
    "~~~",
    "[",
    "]",
    "(",
    ")",
    "[ ] ",
    "[x] ",
    "![",
    "](",
    "][",
    "]: ",
    "<",
    "</",
    "<br>",
    "<a id=x>",
    "<!--",
    "-->",
    "&amp;",
    "&",
    "|",
    "|-|-|",
    "---",
    "===",
    "#",
    "# ",
    "## ",
    "### ",
    "#### ",
    ":",
    "é",
    "e\u{301}",
    "👍🏽",
    "日本",
    "a",
    "b c",
    "0",
    "9",
    "Step 1: ",
    "Steps",
    "Trigger",
    "Example",
    "Logging",
    "Overview",
    "**Actions**:",
    "**Rollback** (",
    "**Depends on**: ",
    "**Command**: ",
    "**FILE**: ",
    "**LAST-AUDITED**: 2026-11-18",
    "[Team]",
    "TODO",
    "None",
    "wf-disable-line ",
    "wf-disable-next-line ",
    "missing-title",
    "Run: ",
    "`a.log`",
    "a.md",
    "├── ",
];

/// Text of any parts.
pub fn anything() -> impl Strategy<Value = String> {
    prop::collection::vec(select(PARTS), 0..48).prop_map(|parts| parts.concat())
}

/// A change to the lines of a document.
#[derive(Debug, Clone)]
enum Change {
    Delete(Index),
    Double(Index),
    Swap(Index, Index),
    Insert(Index, String),
    Indent(Index, &'static str),
    /// In the middle of a line.
    Put(Index, Index, &'static str),
    End(Index, &'static str),
}

fn change() -> impl Strategy<Value = Change> {
    let line = any::<Index>;
    prop_oneof![
        line().prop_map(Change::Delete),
        line().prop_map(Change::Double),
        (line(), line()).prop_map(|(one, other)| Change::Swap(one, other)),
        (line(), anything()).prop_map(|(at, text)| Change::Insert(at, text + "\n")),
        (
            line(),
            select(&["\t", " ", "   ", "    ", "> ", "- ", "1. ", "#"][..])
        )
            .prop_map(|(at, text)| Change::Indent(at, text)),
        (line(), line(), select(PARTS))
            .prop_map(|(at, within, text)| Change::Put(at, within, text)),
        (
            line(),
            select(&["", "\r", "\r\n", " \n", "\\\n", "|\n"][..])
        )
            .prop_map(|(at, end)| Change::End(at, end)),
    ]
}

fn changed(text: &str, changes: &[Change]) -> String {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    for change in changes.iter().filter(|_| !text.is_empty()) {
        let count = lines.len();
        match change {
            Change::Delete(at) if count > 1 => drop(lines.remove(at.index(count))),
            Change::Delete(_) => {}
            Change::Double(at) => lines.insert(at.index(count), lines[at.index(count)].clone()),
            Change::Swap(one, other) => lines.swap(one.index(count), other.index(count)),
            Change::Insert(at, text) => lines.insert(at.index(count + 1), text.clone()),
            Change::Indent(at, text) => lines[at.index(count)].insert_str(0, text),
            Change::Put(at, within, text) => {
                let line = &mut lines[at.index(count)];
                let places: Vec<usize> = line
                    .char_indices()
                    .map(|(place, _)| place)
                    .chain([line.len()])
                    .collect();
                line.insert_str(*within.get(&places), text);
            }
            Change::End(at, end) => {
                let line = &mut lines[at.index(count)];
                line.truncate(line.trim_end_matches(['\r', '\n']).len());
                line.push_str(end);
            }
        }
    }
    lines.concat()
}

/// A document of the fixtures with a few changes.
pub fn almost_a_document() -> impl Strategy<Value = String> {
    let texts = documents::texts();
    let changes = prop::collection::vec(change(), 1..8);
    (select(texts), changes).prop_map(|(text, changes)| changed(&text, &changes))
}
