//! What an index names: the entries of its listings, and its links.

use rustc_hash::FxHashSet;

use crate::markdown::BlockId;
use crate::markdown::BlockKind;
use crate::markdown::InlineKind;
use crate::markdown::Tree;
use crate::markdown::content;
use crate::parse::link;
use crate::source::Source;
use crate::source::Span;

/// A `.md` file that an index names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where.
    pub span: Span,
    /// The path as written; of a tree, the folders above it joined.
    pub path: String,
    /// How it is named.
    pub form: EntryForm,
}

/// The forms of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryForm {
    /// A relative link's destination.
    Link,
    /// A code span that begins a bullet or a table row.
    Name,
    /// A line of a fenced tree.
    Tree,
}

/// The `.md` files that an index names, in order.
#[must_use]
pub fn entries(tree: &Tree, source: &Source) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut last_link = Span::default();
    for inline in &tree.inlines {
        match &inline.kind {
            // The text of a link: the link itself is the entry.
            InlineKind::Code if last_link.contains(inline.span) => {}
            InlineKind::Link(url) => {
                last_link = inline.span;
                entries.extend(linked(url).map(|path| Entry {
                    span: inline.span,
                    path,
                    form: EntryForm::Link,
                }));
            }
            InlineKind::Code if begins_entry(tree, source, inline.block, inline.span) => {
                let name = content::code_span(source, inline.span);
                let name = name.filter(|&span| {
                    is_markdown(source.slice(span)) && !source.slice(span).contains(' ')
                });
                entries.extend(name.map(|span| Entry {
                    span,
                    path: source.slice(span).to_owned(),
                    form: EntryForm::Name,
                }));
            }
            _ => {}
        }
    }
    for block in &tree.blocks {
        if let BlockKind::Fence(_) = block.kind {
            drawn_tree(source, block.span, &mut entries);
        }
    }
    entries.sort_by_key(|entry| entry.span);
    entries
}

/// Every path, from the project root, that the entries of an index may mean.
#[must_use]
pub fn named(index: &str, tree: &Tree, source: &Source) -> FxHashSet<String> {
    let entries = entries(tree, source);
    let paths = entries.iter().flat_map(|entry| candidates(index, entry));
    paths.collect()
}

/// The paths, from the project root, that an entry may mean: read from the index's folder or from the root; of a
/// tree also without the folder at its top, or with that as the index's own.
#[must_use]
pub fn candidates(index: &str, entry: &Entry) -> Vec<String> {
    let folder = index.rsplit_once('/').map_or("", |(folder, _)| folder);
    let here = link::resolve(index, &entry.path);
    if entry.form == EntryForm::Link {
        return vec![here];
    }
    let mut paths = vec![here, link::resolve("", &entry.path)];
    if entry.form == EntryForm::Tree {
        paths.push(link::resolve(folder, &entry.path));
        if let Some((_, below)) = entry.path.split_once('/') {
            paths.push(link::resolve(index, below));
            paths.push(link::resolve("", below));
        }
    }
    paths
}

/// Whether a path names an index: every `README.md` is one.
#[must_use]
pub fn is_index(path: &str) -> bool {
    path.strip_suffix("README.md")
        .is_some_and(|folder| folder.is_empty() || folder.ends_with('/'))
}

/// Whether a path names a Markdown document.
#[must_use]
pub fn is_markdown(path: &str) -> bool {
    path.get(path.len().saturating_sub(3)..)
        .is_some_and(|end| end.eq_ignore_ascii_case(".md"))
}

/// The path of a relative link to a Markdown file.
fn linked(url: &str) -> Option<String> {
    let path = link::relative(url)?.path;
    is_markdown(&path).then_some(path)
}

fn begins_entry(tree: &Tree, source: &Source, leaf: BlockId, span: Span) -> bool {
    let block = tree.block(leaf);
    let before = source
        .text()
        .get(block.span.start()..span.start())
        .unwrap_or("?");
    if !before
        .chars()
        .all(|c| c.is_whitespace() || matches!(c, '|' | '*' | '_' | '['))
    {
        return false;
    }
    let parent = block.parent.map(|id| (id, &tree.block(id).kind));
    match (&block.kind, parent) {
        (BlockKind::TableCell, Some((row, _))) => tree.children(row).next() == Some(leaf),
        (BlockKind::Paragraph, Some((item, BlockKind::Item(_)))) => {
            tree.children(item).next() == Some(leaf)
        }
        _ => false,
    }
}

/// Whether what stands before a name on its line draws a branch to it.
fn is_branch(prefix: &str) -> bool {
    let ascii = ["|--", "`--", "+--"];
    prefix.contains(['├', '└']) || ascii.iter().any(|mark| prefix.trim_end().ends_with(mark))
}

/// What no file system takes, in bytes; drawn, it could name more than any memory takes.
const LONGEST_NAME: usize = 255;
const LONGEST_PATH: usize = 4096;

/// The lines of a fence that is drawn as a tree (`├── release.md`).
fn drawn_tree(source: &Source, fence: Span, entries: &mut Vec<Entry>) {
    // The names of the open folders, with the column at which each begins.
    let mut open: Vec<(usize, &str)> = Vec::new();
    let lines = source.line_of(fence.start()) + 1..=source.line_of(fence.end());
    for number in lines {
        let line = source.line(number);
        let text = source.slice(line);
        let drawing = |c: char| {
            matches!(c, '│' | '├' | '└' | '─' | '|' | '`' | '+' | '-' | '>') || c.is_whitespace()
        };
        let name_start = text.find(|c: char| !drawing(c)).unwrap_or(text.len());
        let name = text[name_start..]
            .split_whitespace()
            .next()
            .unwrap_or_default();
        if name.is_empty() || name.len() > LONGEST_NAME {
            continue;
        }
        let column = text[..name_start].chars().count();
        open.retain(|&(start, _)| start < column);
        if is_markdown(name) && is_branch(&text[..name_start]) {
            let folders = open.iter().map(|(_, folder)| folder.trim_end_matches('/'));
            let path = folders.chain([name]).collect::<Vec<_>>().join("/");
            let start = line.start() + name_start;
            if path.len() <= LONGEST_PATH {
                entries.push(Entry {
                    span: Span::new(start, start + name.len()),
                    path,
                    form: EntryForm::Tree,
                });
            }
        } else {
            open.push((column, name));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown;

    fn paths(text: &str) -> Vec<String> {
        let source = Source::new("README.md", text);
        entries(&markdown::parse(&source), &source)
            .into_iter()
            .map(|entry| entry.path)
            .collect()
    }

    #[test]
    fn links_bullets_rows_and_trees_name_files() {
        assert_eq!(
            paths("See [it](a.md#x), [web](https://example.org/b.md), [root](/c.md)."),
            ["a.md"]
        );
        assert_eq!(
            paths("- `a.md`: first\n- see `b.md`\n- **`c.md`** third"),
            ["a.md", "c.md"]
        );
        assert_eq!(
            paths("| File | Use |\n| --- | --- |\n| `a.md` | `b.md` |"),
            ["a.md"]
        );
        let tree =
            "```\nworkflows/\n├── a.md   # first\n├── sub/\n│   └── b.md\n└── README.md\n```";
        assert_eq!(
            paths(tree),
            [
                "workflows/a.md",
                "workflows/sub/b.md",
                "workflows/README.md"
            ]
        );
        assert_eq!(paths("> ```\n> ├── a.md\n> ```"), ["a.md"]);
        assert_eq!(paths("- [`a.md`](a.md)"), ["a.md"]);
        for code in ["cat a.md", "git log -- \\\n  old.md"] {
            assert_eq!(paths(&format!("```\n{code}\n```")), Vec::<String>::new());
        }
    }
}
