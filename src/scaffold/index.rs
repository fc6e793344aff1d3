//! A document's line in an index, written like the lines that are there.

use std::collections::BTreeSet;
use std::slice;

use crate::edit::Edit;
use crate::markdown;
use crate::markdown::BlockKind;
use crate::parse::listing;
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

/// An index with a document listed in it; see [`entries`].
#[must_use]
pub fn add(source: &Source, index: &str, facts: &Facts<'_>) -> Option<String> {
    let edits = entries(source, index, slice::from_ref(facts)).pop()??;
    Some(scaffold::edited(source, edits))
}

/// An index with documents listed in it, one below the other. One for which there is no place is left out.
#[must_use]
pub fn add_all(source: Source, index: &str, all: &[Facts<'_>]) -> String {
    let (mut source, mut rest) = (source, all);
    while !rest.is_empty() {
        let edits = entries(&source, index, rest);
        let mut together: Vec<Edit> = edits.iter().flatten().flatten().cloned().collect();
        rest = &rest[if are_apart(&mut together) {
            rest.len()
        } else {
            1
        }..];
        if !rest.is_empty() {
            together = edits.into_iter().next().flatten().unwrap_or_default();
        }
        source = Source::new(source.path(), scaffold::edited(&source, together));
    }
    source.text().to_owned()
}

/// Whether edits, which are put in order, do not touch the same text.
fn are_apart(edits: &mut [Edit]) -> bool {
    edits.sort_by_key(|edit| edit.span);
    let mut pairs = edits.windows(2);
    pairs.all(|pair| pair[0].span.end() <= pair[1].span.start())
}

/// The edits that list documents in an index, for each of them: in each listing that holds at least half of what is
/// listed, else in the longest, else in a new one at the end. `index` is its path relative to the project root. None
/// are needed where a document is listed. `None` where a line would not be read as one, as after a code block that is
/// never closed.
#[must_use]
pub fn entries(source: &Source, index: &str, all: &[Facts<'_>]) -> Vec<Option<Vec<Edit>>> {
    let tree = markdown::parse(source);
    let named = listing::named(index, &tree, source);
    let entries = listing::entries(&tree, source);
    let place = |facts| Place {
        source,
        tree: &tree,
        index,
        facts,
    };
    let listings = all.first().map(|facts| place(facts).listings(&entries));
    let listings = chosen(listings.unwrap_or_default());
    let proposed = all.iter().map(|facts| {
        if named.contains(facts.file) {
            Vec::new()
        } else {
            proposed(&place(facts), &listings)
        }
    });
    proven(source, index, all, proposed.collect())
}

fn proposed(place: &Place<'_>, listings: &[Listing<'_>]) -> Vec<Edit> {
    let mut edits = Vec::new();
    for listing in listings {
        edits.extend(match listing.kind {
            BlockKind::Fence(_) => drawn::edits(place, listing),
            BlockKind::Table => row::edits(place, listing),
            _ => bullet::edits(place, listing),
        });
    }
    if edits.is_empty() {
        edits.push(appended(place.source.text(), place));
    }
    edits
}

/// Those edits after which a document is named. They are tried together where that can be done, since an index may be
/// as long as what it lacks.
fn proven(
    source: &Source,
    index: &str,
    all: &[Facts<'_>],
    proposed: Vec<Vec<Edit>>,
) -> Vec<Option<Vec<Edit>>> {
    let named_after = |edits: Vec<Edit>| {
        let written = Source::new(source.path(), scaffold::edited(source, edits));
        listing::named(index, &markdown::parse(&written), &written)
    };
    let mut together = proposed.concat();
    together.sort_by(|a, b| (a.span, &a.replacement).cmp(&(b.span, &b.replacement)));
    together.dedup();
    let named = are_apart(&mut together).then(|| named_after(together));
    let each = all.iter().zip(proposed);
    each.map(|(facts, edits)| {
        let is_named = match &named {
            Some(named) => named.contains(facts.file),
            None => named_after(edits.clone()).contains(facts.file),
        };
        is_named.then_some(edits)
    })
    .collect()
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

    fn facts_of_one() -> Facts<'static> {
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
        let source = Source::new(INDEX, text);
        let edits = entries(&source, INDEX, &[*facts]).remove(0);
        scaffold::edited(&source, edits.expect("a line can be added"))
    }

    #[test]
    fn several_documents_are_listed_at_once() {
        let facts = ["b", "c", "a"].map(|name| (format!("workflows/{name}.md"), name));
        let facts = facts.each_ref().map(|(file, title)| Facts {
            file,
            title,
            ..facts_of_one()
        });
        let listed = |text: &str| scaffold::listed(INDEX, Some(text.to_owned()), &facts);
        assert_eq!(
            listed("- `a.md`\n- `z.md`\n"),
            "- `a.md`\n- `z.md`\n- `b.md`\n- `c.md`\n"
        );
        assert_eq!(
            listed("```\n└── a.md\n```\n"),
            "```\n├── a.md\n├── b.md\n└── c.md\n```\n"
        );
        assert_eq!(
            listed("# All\n"),
            "# All\n\n## Workflows\n\n- [b.md](b.md): b\n- [c.md](c.md): c\n- [a.md](a.md): a\n"
        );
        assert_eq!(listed("<!-- open\n"), "<!-- open\n");
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
            assert_eq!(news(list, &facts_of_one()), [item], "{list}");
        }
        let purpose = Some("for all");
        assert_eq!(
            news(
                "- [Do a](a.md): for you",
                &Facts {
                    purpose,
                    ..facts_of_one()
                }
            ),
            ["- [Roll \\[it\\] out](roll-out.md): for all"]
        );
    }

    #[test]
    fn a_bullet_stands_where_the_list_ends() {
        assert_eq!(
            added(
                "- `a.md`\r\n\r\n- `b.md`\r\n\r\n  - more\r\n\r\nEnd.\r\n",
                &facts_of_one()
            ),
            "- `a.md`\r\n\r\n- `b.md`\r\n\r\n  - more\r\n\r\n- `roll-out.md`\r\n\r\nEnd.\r\n"
        );
        assert_eq!(
            added("- `a.md`", &facts_of_one()),
            "- `a.md`\n- `roll-out.md`"
        );
    }

    #[test]
    fn a_row_fills_the_columns_that_it_knows() {
        let table = "| Workflow | Team | Run | What it does |\n| --- | --- | --- | --- |\n| [a](a.md) | x | `wf run a` | \\| |\n";
        assert_eq!(
            news(table, &facts_of_one()),
            ["| [roll-out](roll-out.md) | - | `execute-task roll-out` | Roll [it] out |"]
        );
        let facts = Facts {
            owner: Some("a|b"),
            purpose: Some("this | that"),
            ..facts_of_one()
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
            added(tree, &facts_of_one()),
            tree.replace("# one\n", "# one\n├── roll-out.md # Roll [it] out\n")
        );
        let below = Facts {
            file: "workflows/sub/c.md",
            ..facts_of_one()
        };
        assert_eq!(
            added(tree, &below),
            tree.replace("│   └── b.md\n", "│   ├── b.md\n│   └── c.md\n")
        );
        let ascii = "```\n|-- README.md\n`-- a.md\n```\n";
        assert_eq!(
            added(ascii, &facts_of_one()),
            "```\n|-- README.md\n|-- a.md\n`-- roll-out.md\n```\n"
        );
    }

    #[test]
    fn every_listing_that_names_most_gets_a_line() {
        let both = "```\n├── a.md\n└── b.md\n```\n\n| File |\n| --- |\n| [a.md](a.md) |\n| [b.md](b.md) |\n\nSee:\n\n- [a](a.md)\n\n## Notes\n\n- [x](../docs/x.md)\n- [y](../docs/y.md)\n";
        assert_eq!(
            news(both, &facts_of_one()),
            [
                "├── b.md",
                "└── roll-out.md",
                "| [roll-out.md](roll-out.md) |",
                "- [roll-out](roll-out.md)"
            ]
        );
        let groups = "- `a.md`\n\n## More\n\n- `b.md`\n- `c.md`\n\n## Rest\n\n- `d.md`\n- `e.md`\n";
        assert_eq!(
            added(groups, &facts_of_one()),
            groups.replace("- `c.md`\n", "- `c.md`\n- `roll-out.md`\n")
        );
    }

    #[test]
    fn an_index_without_a_listing_gets_one() {
        assert_eq!(
            added("# All\n\n- first, think\n", &facts_of_one()),
            "# All\n\n- first, think\n\n## Workflows\n\n- [roll-out.md](roll-out.md): Roll [it] out\n"
        );
        assert_eq!(
            added("", &facts_of_one()),
            "# Workflows\n\n- [roll-out.md](roll-out.md): Roll [it] out\n"
        );
        let named = "Start with [it](roll-out.md).";
        assert_eq!(added(named, &facts_of_one()), named);
        for text in ["```\nopen\n", "<!-- open\n"] {
            let edits = entries(&Source::new(INDEX, text), INDEX, &[facts_of_one()]);
            assert_eq!(edits, [None], "{text}");
        }
    }
}
