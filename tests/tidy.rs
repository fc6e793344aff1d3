//! The house laws: what `src/lib.rs` says of the architecture is true, and rooms stay small.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use walkdir::WalkDir;

/// No source file is longer, in lines.
const LONGEST_FILE: usize = 400;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &str) -> Vec<(String, String)> {
    let files = WalkDir::new(root().join(folder))
        .sort_by_file_name()
        .into_iter()
        .map(Result::unwrap);
    let rust = files.filter(|file| file.path().extension().is_some_and(|ending| ending == "rs"));
    let named = rust.map(|file| {
        let name = file
            .path()
            .strip_prefix(root())
            .unwrap()
            .to_string_lossy()
            .into_owned();
        (name, fs::read_to_string(file.path()).unwrap())
    });
    named.collect()
}

/// The module list of `lib.rs`: its paragraphs are the layers, top to bottom.
fn layers() -> Vec<BTreeSet<String>> {
    let text = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let mut layers = vec![BTreeSet::new()];
    for line in text.lines().filter(|line| !line.starts_with("//")) {
        match line
            .strip_prefix("pub mod ")
            .and_then(|rest| rest.strip_suffix(';'))
        {
            Some(module) => {
                layers.last_mut().unwrap().insert(module.to_owned());
            }
            None if line.trim().is_empty() => layers.push(BTreeSet::new()),
            None => {}
        }
    }
    layers.retain(|layer| !layer.is_empty());
    layers
}

/// The crate's modules that a text names.
fn named(text: &str) -> BTreeSet<String> {
    let names = text.match_indices("crate::").map(|(at, prefix)| {
        let rest = &text[at + prefix.len()..];
        rest[..rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len())]
            .to_owned()
    });
    names.collect()
}

#[test]
fn modules_name_only_layers_above_their_own() {
    let layers = layers();
    assert!(
        layers.len() > 5,
        "the layers of lib.rs were not found: {layers:?}"
    );
    let place: BTreeMap<&str, usize> = layers
        .iter()
        .enumerate()
        .flat_map(|(at, layer)| layer.iter().map(move |module| (module.as_str(), at)))
        .collect();
    let mut seen = BTreeSet::new();
    for (path, text) in sources("src") {
        let module = path
            .trim_start_matches("src/")
            .split(['/', '.'])
            .next()
            .unwrap()
            .to_owned();
        if ["main", "bin", "lib"].contains(&module.as_str()) {
            continue;
        }
        let own = *place
            .get(module.as_str())
            .unwrap_or_else(|| panic!("{path}: lib.rs does not list its module"));
        seen.insert(module.clone());
        for other in named(&text).into_iter().filter(|other| *other != module) {
            let at = *place
                .get(other.as_str())
                .unwrap_or_else(|| panic!("{path}: crate::{other} is no module of lib.rs"));
            assert!(
                at < own,
                "{path} names crate::{other}, which is not above it"
            );
        }
    }
    let listed: BTreeSet<String> = layers.into_iter().flatten().collect();
    assert_eq!(seen, listed);
}

#[test]
fn each_use_names_one_thing_and_none_goes_up() {
    for (path, text) in sources("src").into_iter().chain(sources("tests")) {
        for (number, line) in text.lines().enumerate() {
            let place = format!("{path}:{}", number + 1);
            let is_use =
                line.trim_start().starts_with("use ") || line.trim_start().starts_with("pub use ");
            assert!(
                !(is_use && line.contains('{')),
                "{place}: one use, one thing"
            );
            let in_tests = text[..text.find(line).unwrap()].contains("#[cfg(test)]");
            assert!(
                in_tests || path == "tests/tidy.rs" || !line.contains("super::"),
                "{place}: name the module from the crate"
            );
        }
    }
}

#[test]
fn rooms_are_small() {
    for (path, text) in sources("src")
        .into_iter()
        .chain(sources("tests"))
        .chain(sources("benches"))
    {
        let lines = text.lines().count();
        assert!(
            lines <= LONGEST_FILE,
            "{path} has {lines} lines, more than {LONGEST_FILE}"
        );
    }
    let clippy = fs::read_to_string(root().join(".clippy.toml")).unwrap();
    assert!(clippy.contains("too-many-lines-threshold = 60"));
}

#[test]
fn no_module_is_a_drawer() {
    let drawers = [
        "utils", "util", "helpers", "common", "types", "imp", "prelude", "misc",
    ];
    for (path, _) in sources("src") {
        let parts: Vec<&str> = path.split(['/', '.']).collect();
        assert!(
            !drawers.iter().any(|drawer| parts.contains(drawer)),
            "{path}"
        );
    }
}

#[test]
fn effects_stay_at_the_rim() {
    let rim = ["src/files/", "src/run/", "src/cli/"];
    for (path, text) in sources("src") {
        let is_rim = rim.iter().any(|rim| path.starts_with(rim));
        assert!(
            is_rim || !text.contains("clippy::disallowed_methods"),
            "{path} is not at the rim"
        );
    }
}

#[test]
fn nothing_is_left_undone() {
    // Put together here, so that this file does not hold them.
    let marks = [
        ["TO", "DO"],
        ["FIX", "ME"],
        ["todo", "!("],
        ["unimplemented", "!("],
        ["dbg", "!("],
        ["#[ign", "ore"],
    ]
    .map(|parts| parts.concat());
    // The words that a document may hold instead of a value are data.
    let data = ["src/rule.rs", "src/rules/document.rs"];
    for (path, text) in sources("src")
        .into_iter()
        .chain(sources("tests"))
        .chain(sources("benches"))
    {
        for mark in &marks {
            let is_data = data.contains(&path.as_str()) || path.starts_with("tests/");
            assert!(
                !text.contains(mark) || is_data && mark.chars().all(char::is_uppercase),
                "{path} holds {mark}"
            );
        }
        for (at, _) in text.match_indices("[allow(") {
            let attribute = text[at..].split(")]").next().unwrap();
            assert!(
                attribute.contains("reason = ") || path == "tests/tidy.rs",
                "{path}: an exception without a reason: {attribute}"
            );
        }
    }
}

#[test]
fn paths_in_prose_exist() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let prose: String = lib.lines().filter(|line| line.starts_with("//!")).collect();
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let mut paths = 0;
    for (owner, text) in [("src/lib.rs", prose), ("README.md", readme)] {
        for path in code_spans(&text).filter(|span| is_repository_path(span)) {
            paths += 1;
            assert!(
                root().join(path.trim_end_matches('/')).exists(),
                "{owner} names `{path}`, which is not there"
            );
        }
    }
    assert!(paths > 5, "only {paths} paths were found");
}

fn code_spans(text: &str) -> impl Iterator<Item = String> {
    let parts: Vec<String> = text.split('`').map(str::to_owned).collect();
    parts
        .into_iter()
        .enumerate()
        .filter(|(at, _)| at % 2 == 1)
        .map(|(_, part)| part)
}

/// Whether a code span names a file of this repository: one that begins with a folder or file at its top.
fn is_repository_path(span: &str) -> bool {
    let first: PathBuf = span.split('/').next().unwrap_or_default().into();
    let is_name = span
        .chars()
        .all(|c| c.is_alphanumeric() || "./-_".contains(c))
        && !span.is_empty();
    let tops = [
        "src",
        "rules",
        "tests",
        "fixtures",
        "workflows",
        "benches",
        "editors",
        "action.yml",
        ".ci",
        "Cargo.toml",
        "README.md",
        "CHANGELOG.md",
        "deny.toml",
        ".clippy.toml",
    ];
    is_name && tops.iter().any(|top| first == Path::new(top)) && !span.ends_with(".toml/")
}
