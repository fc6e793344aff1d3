//! The anchors that a Markdown file gives to links, as GitHub makes them: a heading's text in lower case, its
//! spaces made hyphens and its punctuation left out, `-1`, `-2` … for repeated ones; and every `id` or `name`
//! of an HTML tag.

use std::sync::LazyLock;

use regex::Regex;
use rustc_hash::FxHashMap;
use rustc_hash::FxHashSet;

use crate::markdown::BlockKind;
use crate::markdown::InlineKind;
use crate::markdown::Tree;
use crate::source::Source;
use crate::source::Span;

static TAG_ID: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"<[a-zA-Z][^>]*?\s(?:id|name)\s*=\s*["']?([^"'\s>]+)"#)
        .expect("the pattern is valid")
});

/// What an anchor leaves out: all but letters, marks on them, digits, connectors such as the underscore, hyphens and
/// spaces. Fractions and raised or circled digits go too; of an emoji the mark that makes it coloured stays.
static PUNCTUATION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[^\w\- ]|[\u{200C}\u{200D}]").expect("the pattern is valid"));

/// All anchors of a file.
#[must_use]
pub fn anchors(tree: &Tree, source: &Source) -> FxHashSet<String> {
    let mut anchors = FxHashSet::default();
    let mut html = |span: Span| {
        // What stands before each comment, and after the last.
        for part in source.slice(span).split("-->") {
            let outside = part.split("<!--").next().unwrap_or_default();
            for found in TAG_ID.captures_iter(outside) {
                anchors.insert(found[1].to_owned());
            }
        }
    };
    for block in tree
        .blocks
        .iter()
        .filter(|block| block.kind == BlockKind::Html)
    {
        html(block.span);
    }
    for inline in tree
        .inlines
        .iter()
        .filter(|inline| inline.kind == InlineKind::Html)
    {
        html(inline.span);
    }
    anchors.extend(of_headings(tree).into_iter().map(|(_, anchor)| anchor));
    anchors
}

/// The headings of a file, each with its anchor.
#[must_use]
pub fn of_headings(tree: &Tree) -> Vec<(Span, String)> {
    let mut seen: FxHashMap<String, u32> = FxHashMap::default();
    let mut anchors = Vec::new();
    for block in &tree.blocks {
        let BlockKind::Heading { text, .. } = &block.kind else {
            continue;
        };
        let slug = slug(text.spaced());
        let mut anchor = slug.clone();
        // A repeated heading counts on from its slug until the result is free.
        while seen.contains_key(&anchor) {
            let count = seen.entry(slug.clone()).or_default();
            *count += 1;
            anchor = format!("{slug}-{count}");
        }
        seen.insert(anchor.clone(), 0);
        anchors.push((block.span, anchor));
    }
    anchors
}

fn slug(heading: &str) -> String {
    let lower: String = heading.chars().flat_map(char::to_lowercase).collect();
    PUNCTUATION.replace_all(&lower, "").replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown;

    #[test]
    fn anchors_are_those_that_github_makes() {
        let source = Source::new(
            "a.md",
            "# Step 1: Build & test\n## A `code` *x*\n## Same\n## Same\n## Same-1\n## Über uns\n##  Two   blanks \n## A <!-- b --> c\n<a id=\"here\"></a> <a name='there'>\n",
        );
        let anchors = anchors(&markdown::parse(&source), &source);
        for anchor in [
            "step-1-build--test",
            "a-code-x",
            "same",
            "same-1",
            "same-1-1",
            "über-uns",
            "two---blanks",
            "a--c",
            "here",
            "there",
        ] {
            assert!(
                anchors.contains(anchor),
                "{anchor} is missing from {anchors:?}"
            );
        }
        assert_eq!(anchors.len(), 10);
    }

    #[test]
    fn letters_marks_digits_and_connectors_stay() {
        for (heading, anchor) in [
            ("Привет non-latin 你好", "привет-non-latin-你好"),
            ("a\u{301} e\u{301}", "a\u{301}-e\u{301}"),
            ("\u{26A0}\u{FE0F} Warning", "\u{FE0F}-warning"),
            ("\u{1F604} - an emoji", "---an-emoji"),
            ("\u{1F469}\u{200D}\u{1F680} Launch", "-launch"),
            ("snake_case\u{203F}x", "snake_case\u{203F}x"),
            ("m\u{B2} \u{BD} \u{2460}", "m--"),
            ("Part \u{2163}, \u{24D0}", "part-\u{2173}-\u{24D0}"),
            ("\u{663}", "\u{663}"),
            ("en\u{2013}dash, a\u{A0}b", "endash-ab"),
            ("apostrophe\u{2019}s", "apostrophes"),
        ] {
            assert_eq!(slug(heading), anchor, "{heading}");
        }
    }
}
