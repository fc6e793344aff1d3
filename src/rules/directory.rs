//! Rules about workflow directories and their indexes.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::diagnostic;
use crate::parse::link;
use crate::parse::listing;
use crate::parse::value;
use crate::rule::Context;
use crate::rule::Directories;
use crate::rule::Findings;
use crate::rule::Folder;
use crate::rule::Index;
use crate::rule::PlacedFindings;
use crate::rules::mend;

pub fn empty_workflow_directory(cx: &Directories<'_>, out: &mut PlacedFindings) {
    for folder in cx
        .folders
        .iter()
        .filter(|folder| folder.documents.is_empty())
    {
        let message = if folder.exists {
            "the workflow directory holds no workflow"
        } else {
            "the workflow directory is not there"
        };
        out.report(&folder.path, message)
            .help("write a workflow for each repeatable process, or name another directory in `paths` of wf.toml");
    }
}

/// The index at the top of a workflow directory.
fn top_index(folder: &str) -> String {
    link::resolve(&format!("{folder}/"), "README.md")
}

pub fn missing_index(cx: &Directories<'_>, out: &mut PlacedFindings) {
    for folder in cx
        .folders
        .iter()
        .filter(|folder| !folder.documents.is_empty())
    {
        let top = top_index(&folder.path);
        if !folder.indexes.iter().any(|index| index.path == top) {
            out.report(&folder.path, "the workflow directory has no index")
                .help(format!("write `{top}` and list every workflow in it"))
                .fix(mend::index::written(cx, &top, &uncovered(folder)));
        }
    }
}

/// The documents that no index lists: those in whose folder, or above it, none stands. Without any, the first one.
fn uncovered(folder: &Folder) -> Vec<&str> {
    let is_uncovered = |document: &&str| {
        let mut indexes = folder.indexes.iter();
        !indexes.any(|index| {
            let rest = document.strip_prefix(parent(&index.path));
            rest.is_some_and(|rest| rest.starts_with('/'))
        })
    };
    let all = || folder.documents.iter().map(String::as_str);
    let mut documents: Vec<&str> = all().filter(is_uncovered).collect();
    if documents.is_empty() {
        documents.extend(all().next());
    }
    documents
}

pub fn unlisted_workflow(cx: &Directories<'_>, out: &mut PlacedFindings) {
    for folder in cx.folders {
        // Documents by the index that should mention them.
        let mut unlisted: BTreeMap<&str, (&Index, Vec<&str>)> = BTreeMap::new();
        // Indexes by the folder they stand in.
        let indexes = folder.indexes.iter();
        let indexes: FxHashMap<&str, &Index> =
            indexes.map(|index| (parent(&index.path), index)).collect();
        for document in &folder.documents {
            let mut above = std::iter::successors(Some(parent(document)), |path| {
                (!path.is_empty()).then(|| parent(path))
            });
            let Some(&index) = above.find_map(|path| indexes.get(path)) else {
                continue;
            };
            // Of one that cannot be read nobody knows.
            if index
                .named
                .as_ref()
                .is_some_and(|named| !named.contains(document))
            {
                let (_, documents) = unlisted.entry(&index.path).or_insert((index, Vec::new()));
                documents.push(document);
            }
        }
        for (index, documents) in unlisted.into_values() {
            unlisted_in(cx, index, &documents, out);
        }
    }
}

fn unlisted_in(cx: &Directories<'_>, index: &Index, documents: &[&str], out: &mut PlacedFindings) {
    let path = &index.path;
    // In one that is blank the first line makes the list that the others go into.
    let is_blank = index.named.as_ref().is_some_and(|named| named.is_empty());
    let mended = if is_blank { 1 } else { documents.len() };
    let fixes = mend::index::listed(cx, path, &documents[..mended]);
    let fixes = fixes.into_iter().chain(std::iter::repeat(None));
    for (document, fix) in documents.iter().zip(fixes) {
        let name = document.rsplit('/').next().unwrap_or(document);
        out.report(path, format!("the index does not mention `{name}`"))
            .help(format!("add a link to `{}`", relative_to(path, document)))
            .related_file(*document, "the workflow that is not listed")
            .fix(fix);
    }
}

/// The folder of a path; empty at the root.
fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn relative_to<'a>(index: &str, document: &'a str) -> &'a str {
    document[parent(index).len()..].trim_start_matches('/')
}

pub fn dangling_index_entry(cx: &Context<'_>, out: &mut Findings) {
    for entry in listing::entries(&cx.document.tree, &cx.document.source) {
        if !listing::candidates(cx.path, &entry)
            .iter()
            .any(|path| path == cx.path || cx.neighbours.exists(path))
        {
            out.report(
                entry.span,
                format!(
                    "the index names `{}`, which is not there",
                    diagnostic::quoted(&entry.path)
                ),
            )
            .help("correct the name, or remove the entry");
        }
    }
}

pub fn duplicate_trigger(cx: &Directories<'_>, out: &mut PlacedFindings) {
    let mut documents: Vec<&String> = cx
        .folders
        .iter()
        .flat_map(|folder| &folder.documents)
        .collect();
    documents.sort();
    documents.dedup();
    let mut names: FxHashMap<String, &String> = FxHashMap::default();
    names.reserve(documents.len());
    for document in documents {
        let name = value::workflow_name(value::stem(document));
        if let Some(first) = names.get(&name) {
            let command = (cx.document)(document);
            let command = command.and_then(|document| mend::index::command(cx, &document));
            let span = command.unwrap_or_default();
            out.report_at(
                document,
                span,
                format!("another workflow answers to `{name}` too"),
            )
            .help("rename one of them: a name leads to one workflow")
            .related_file(first.as_str(), "the first one");
        } else {
            names.insert(name, document);
        }
    }
}
