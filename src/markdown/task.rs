//! The boxes of task items: `[ ]` and `[x]` at the start of an item's text.

use comrak::nodes::Node;
use comrak::nodes::NodeValue;
use comrak::nodes::Sourcepos;

/// How long a box is, in bytes.
pub const LENGTH: usize = "[ ]".len();

/// Takes the box that an item's text begins with out of comrak's tree, as its extension for task lists would: the
/// paragraph then begins behind the box, and is gone if it held nothing else. `written` gives the text of a place. Gives
/// where the paragraph was, and whether the box is ticked.
pub fn take_box<'s>(
    item: Node<'_>,
    written: impl FnOnce(Sourcepos) -> &'s str,
) -> Option<(Sourcepos, bool)> {
    let paragraph = item.first_child()?;
    let place = match *paragraph.data() {
        ref data if matches!(data.value, NodeValue::Paragraph) => data.sourcepos,
        _ => return None,
    };
    let first = paragraph.first_child()?;
    let (taken, ticked, is_all) = match &first.data().value {
        NodeValue::Text(text) => {
            let (taken, ticked) = leading_box(text)?;
            // With a backslash or an entity in it, it is none.
            if !written(place).starts_with(&text[..LENGTH]) {
                return None;
            }
            let is_all = taken == text.len() && first.next_sibling().is_none();
            (taken, ticked, is_all)
        }
        _ => return None,
    };
    if is_all {
        paragraph.detach();
    }
    paragraph.data_mut().sourcepos.start.column += taken;
    Some((place, ticked))
}

/// The length of the box at the start of a text, the blank behind it included, and whether it is ticked.
fn leading_box(text: &str) -> Option<(usize, bool)> {
    let (ticked, rest) = match text.as_bytes() {
        [b'[', b' ', b']', rest @ ..] => (false, rest),
        [b'[', b'x' | b'X', b']', rest @ ..] => (true, rest),
        _ => return None,
    };
    match rest.first() {
        None => Some((LENGTH, ticked)),
        Some(b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C) => Some((LENGTH + 1, ticked)),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::markdown;
    use crate::markdown::BlockKind;
    use crate::source::Source;

    /// The boxes of a text, and the paragraphs in its items.
    fn read(text: &str) -> (Vec<(String, bool)>, Vec<String>) {
        let source = Source::new("a.md", text);
        let tree = markdown::parse(&source);
        let boxes = tree.blocks.iter().filter_map(|block| match block.kind {
            BlockKind::Item(Some(found)) => {
                Some((source.slice(found.span).to_owned(), found.ticked))
            }
            _ => None,
        });
        let paragraphs = tree
            .blocks
            .iter()
            .filter(|block| matches!(block.kind, BlockKind::Paragraph));
        let paragraphs = paragraphs.map(|block| source.slice(block.span).to_owned());
        (boxes.collect(), paragraphs.collect())
    }

    #[test]
    fn a_box_begins_the_text_of_an_item() {
        for (text, found, ticked, rest) in [
            ("- [ ] a", "[ ]", false, "a"),
            ("1. [x] a", "[x]", true, "a"),
            ("- [X]\tä b", "[X]", true, "ä b"),
            ("*  [ ]  a", "[ ]", false, "a"),
            ("> + [ ] a", "[ ]", false, "a"),
            ("- [ ]**b** c", "[ ]", false, "**b** c"),
            ("- [ ] a\n  b", "[ ]", false, "a\n  b"),
        ] {
            let expected = (vec![(found.to_owned(), ticked)], vec![rest.to_owned()]);
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_box_alone_leaves_no_paragraph() {
        let one = vec![("[ ]".to_owned(), false)];
        assert_eq!(read("- [ ]\n"), (one.clone(), Vec::new()));
        assert_eq!(read("- [ ]\n\n  b"), (one, vec!["b".to_owned()]));
    }

    #[test]
    fn nothing_else_is_a_box() {
        for text in [
            "[ ] a",
            "- a [ ] b",
            "- [] a",
            "- [ ]a",
            "- [y] a",
            "- [  ] a",
            "- [x](b) a",
            "- \\[ ] a",
            "- [&#32;] a",
            "- a\n\n  [ ] b",
            "- [x] a\n\n[x]: b",
        ] {
            assert_eq!(read(text).0, [], "{text}");
        }
    }
}
