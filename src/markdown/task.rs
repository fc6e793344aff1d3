//! The boxes of task items: `[ ]` and `[x]` at the start of an item's text.

use comrak::nodes::Node;
use comrak::nodes::NodeValue;
use comrak::nodes::Sourcepos;

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
            let is_all = taken == text.len() && first.next_sibling().is_none();
            (taken, ticked, is_all)
        }
        _ => return None,
    };
    // With a backslash or an entity in it, it is none.
    leading_box(written(place))?;
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
        None => Some((3, ticked)),
        Some(b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C) => Some((4, ticked)),
        Some(_) => None,
    }
}
