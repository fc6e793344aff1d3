//! A document's line in an index, written like the lines that are there.

use std::collections::BTreeSet;

use crate::edit::Edit;
use crate::markdown;
use crate::markdown::BlockKind;
use crate::parse::listing;
use crate::parse::listing::Entry;
use crate::scaffold;
use crate::scaffold::Facts;
use crate::scaffold::bullet;
use crate::scaffold::drawn;
use crate::scaffold::place::Listing;
use crate::scaffold::place::Place;
use crate::scaffold::row;
use crate::source;
use crate::source::Source;
use crate::source::Span;

/// An index with a document listed in it: in each listing that holds at least half of what is listed, else in the
/// longest, else in a new one at the end. `index` is its path relative to the project root. `None` where a line
/// would not be read as one, as after a code block that is never closed.
#[must_use]
pub fn add(source: &Source, index: &str, facts: &Facts<'_>) -> Option<String> {
    Some(scaffold::edited(source, entry(source, index, facts)?))
}

/// The edits that list a document in an index: see [`add`]. None are needed where it is listed.
#[must_use]
pub fn entry(source: &Source, index: &str, facts: &Facts<'_>) -> Option<Vec<Edit>> {
    let tree = markdown::parse(source);
    let entries = listing::entries(&tree, source);
    if is_named(&entries, index, facts.file) {
        return Some(Vec::new());
    }
    let place = Place {
        source,
        tree: &tree,
        index,
        facts,
    };
    let mut edits = Vec::new();
    for listing in chosen(place.listings(&entries)) {
        edits.extend(match listing.kind {
            BlockKind::Fence(_) => drawn::edits(&place, &listing),
            BlockKind::Table => row::edits(&place, &listing),
            _ => bullet::edits(&place, &listing),
        });
    }
    if edits.is_empty() {
        edits.push(appended(source.text(), &place));
    }
    let written = Source::new(source.path(), scaffold::edited(source, edits.clone()));
    let entries = listing::entries(&markdown::parse(&written), &written);
    is_named(&entries, index, facts.file).then_some(edits)
}

fn is_named(entries: &[Entry], index: &str, file: &str) -> bool {
    let mut paths = entries
        .iter()
        .flat_map(|entry| listing::candidates(index, entry));
    paths.any(|path| path == file)
}

/// The listings that a document is to stand in.
fn chosen(mut listings: Vec<Listing<'_>>) -> Vec<Listing<'_>> {
    let all: BTreeSet<&str> = listings
        .iter()
        .flat_map(|listing| &listing.entries)
        .filter_map(|(_, entry)| entry.path.rsplit('/').next())
        .collect();
    let most = listings.iter().map(|listing| listing.entries.len()).max();
    let is_whole = |listing: &Listing<'_>| listing.entries.len() * 2 >= all.len();
    if listings.iter().any(is_whole) {
        listings.retain(is_whole);
    } else if let Some(longest) = listings
        .iter()
        .position(|listing| Some(listing.entries.len()) == most)
    {
        listings = vec![listings.swap_remove(longest)];
    }
    listings
}

/// A list of its own for the document at the text's end. It replaces what the text ends in, so that two of them are
/// not made at once.
fn appended(text: &str, place: &Place<'_>) -> Edit {
    let newline = source::line_end(text);
    let path = place.path();
    let gist = place.facts.gist();
    let body = text.trim_end();
    let last = body.char_indices().next_back();
    let (start, last) = last.map_or((0, ""), |(at, _)| (at, &body[at..]));
    let (heading, gap) = if body.trim_start_matches('\u{FEFF}').is_empty() {
        ("# Workflows", String::new())
    } else {
        ("## Workflows", newline.repeat(2))
    };
    Edit::replace(
        Span::new(start, text.len()),
        format!("{last}{gap}{heading}{newline}{newline}- [{path}]({path}): {gist}{newline}"),
    )
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    const INDEX: &str = "workflows/README.md";

    fn facts() -> Facts<'static> {
        Facts {
            file: "workflows/roll-out.md",
            name: "roll-out",
            title: "Roll [it] out",
            owner: None,
            purpose: None,
            today: NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day"),
        }
    }

    fn added(text: &str, facts: &Facts<'_>) -> String {
        add(&Source::new(INDEX, text), INDEX, facts).expect("a line can be added")
    }

    /// The lines that are new in an index, those that have changed included.
    fn news(text: &str, facts: &Facts<'_>) -> Vec<String> {
        let written = added(text, facts);
        let old: BTreeSet<&str> = text.lines().collect();
        let new = written.lines().filter(|line| !old.contains(line));
        new.map(str::to_owned).collect()
    }

    #[test]
    fn a_bullet_is_like_the_last_one() {
        for (list, item) in [
            ("- [a.md](a.md)", "- [roll-out.md](roll-out.md)"),
            (
                "- [a.md](a.md): A",
                "- [roll-out.md](roll-out.md): Roll [it] out",
            ),
            (
                "* [`a`](./a.md) — does a",
                "* [`roll-out`](./roll-out.md) — Roll [it] out",
            ),
            (
                "- [Do a](a.md): for you",
                "- [Roll \\[it\\] out](roll-out.md)",
            ),
            ("- **`a.md`** - A", "- **`roll-out.md`** - Roll [it] out"),
            ("- `workflows/a.md`", "- `workflows/roll-out.md`"),
            (
                "- [x] [a][]\n\n[a]: a.md",
                "- [ ] [roll-out.md](roll-out.md)",
            ),
            ("9. [a.md](a.md)", "10. [roll-out.md](roll-out.md)"),
            (
                "1) [b.md](b.md)\n1) [a.md](a.md)",
                "1) [roll-out.md](roll-out.md)",
            ),
            ("> - [a.md](a.md)", "> - [roll-out.md](roll-out.md)"),
            ("- one\n  - `a.md`\n\n  text", "  - `roll-out.md`"),
        ] {
            assert_eq!(news(list, &facts()), [item], "{list}");
        }
        let purpose = Some("for all");
        assert_eq!(
            news("- [Do a](a.md): for you", &Facts { purpose, ..facts() }),
            ["- [Roll \\[it\\] out](roll-out.md): for all"]
        );
    }

    #[test]
    fn a_bullet_stands_where_the_list_ends() {
        assert_eq!(
            added(
                "- `a.md`\r\n\r\n- `b.md`\r\n\r\n  - more\r\n\r\nEnd.\r\n",
                &facts()
            ),
            "- `a.md`\r\n\r\n- `b.md`\r\n\r\n  - more\r\n\r\n- `roll-out.md`\r\n\r\nEnd.\r\n"
        );
        assert_eq!(added("- `a.md`", &facts()), "- `a.md`\n- `roll-out.md`");
    }

    #[test]
    fn a_row_fills_the_columns_that_it_knows() {
        let table = "| Workflow | Team | Run | What it does |\n| --- | --- | --- | --- |\n| [a](a.md) | x | `wf run a` | \\| |\n";
        assert_eq!(
            news(table, &facts()),
            ["| [roll-out](roll-out.md) | - | `execute-task roll-out` | Roll [it] out |"]
        );
        let facts = Facts {
            owner: Some("a|b"),
            purpose: Some("this | that"),
            ..facts()
        };
        assert_eq!(
            news(table, &facts),
            ["| [roll-out](roll-out.md) | a\\|b | `execute-task roll-out` | this \\| that |"]
        );
        let aligned = "| File                 | Last audited | Then     |\n| -------------------- | ------------ | -------- |\n| `a.md`               | 2026-01-01   | 発行する |\n\nEnd.\n";
        assert_eq!(
            news(aligned, &facts),
            ["| `roll-out.md`        | 2026-11-22   |          |"]
        );
        let bare = "File | Use\n--- | ---\n`a.md` | one\n";
        assert_eq!(news(bare, &facts), ["`roll-out.md` | this \\| that"]);
    }

    #[test]
    fn a_branch_is_drawn_below_its_siblings() {
        let tree =
            "```\nworkflows/\n├── a.md   # one\n├── sub/\n│   └── b.md\n└── README.md\n```\n";
        assert_eq!(
            added(tree, &facts()),
            tree.replace("# one\n", "# one\n├── roll-out.md # Roll [it] out\n")
        );
        let below = Facts {
            file: "workflows/sub/c.md",
            ..facts()
        };
        assert_eq!(
            added(tree, &below),
            tree.replace("│   └── b.md\n", "│   ├── b.md\n│   └── c.md\n")
        );
        let ascii = "```\n|-- README.md\n`-- a.md\n```\n";
        assert_eq!(
            added(ascii, &facts()),
            "```\n|-- README.md\n|-- a.md\n`-- roll-out.md\n```\n"
        );
    }

    #[test]
    fn every_listing_that_names_most_gets_a_line() {
        let both = "```\n├── a.md\n└── b.md\n```\n\n| File |\n| --- |\n| [a.md](a.md) |\n| [b.md](b.md) |\n\nSee:\n\n- [a](a.md)\n\n## Notes\n\n- [x](../docs/x.md)\n- [y](../docs/y.md)\n";
        assert_eq!(
            news(both, &facts()),
            [
                "├── b.md",
                "└── roll-out.md",
                "| [roll-out.md](roll-out.md) |",
                "- [roll-out](roll-out.md)"
            ]
        );
        let groups = "- `a.md`\n\n## More\n\n- `b.md`\n- `c.md`\n\n## Rest\n\n- `d.md`\n- `e.md`\n";
        assert_eq!(
            added(groups, &facts()),
            groups.replace("- `c.md`\n", "- `c.md`\n- `roll-out.md`\n")
        );
    }

    #[test]
    fn an_index_without_a_listing_gets_one() {
        assert_eq!(
            added("# All\n\n- first, think\n", &facts()),
            "# All\n\n- first, think\n\n## Workflows\n\n- [roll-out.md](roll-out.md): Roll [it] out\n"
        );
        assert_eq!(
            added("", &facts()),
            "# Workflows\n\n- [roll-out.md](roll-out.md): Roll [it] out\n"
        );
        let named = "Start with [it](roll-out.md).";
        assert_eq!(added(named, &facts()), named);
        for text in ["```\nopen\n", "<!-- open\n"] {
            assert_eq!(
                add(&Source::new(INDEX, text), INDEX, &facts()),
                None,
                "{text}"
            );
        }
    }
}
