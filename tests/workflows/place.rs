//! The state of a scratch copy, to be compared with what it was.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use walkdir::WalkDir;

/// What a test or `wf run` itself changes: the documents, the record of runs and the known errors.
const OTHERS: [&str; 5] = [".memory", "logs", "errors", "docs", "workflows"];

/// What can be said of a copy, by name.
pub type State = BTreeMap<String, String>;

/// Whatever is another in two states.
pub fn differences(before: &State, after: &State) -> Vec<String> {
    let names = before.keys().chain(after.keys());
    let names: BTreeSet<&String> = names.collect();
    let changed = names.into_iter().filter_map(|name| {
        let (before, after) = (before.get(name), after.get(name));
        (before != after).then(|| format!("{name}: {before:?} became {after:?}"))
    });
    changed.collect()
}

/// The files, folders and links below a folder, each with its mode and what is in it. What `wf` writes of its runs is
/// left out, and so is whatever a test names, by its file name or its ending.
pub fn content(folder: &Path, left_out: &[&str]) -> State {
    let entries = WalkDir::new(folder).min_depth(1).into_iter();
    let entries = entries.filter_entry(|entry| {
        let name = entry.file_name().to_str().unwrap();
        let is_other = entry.depth() == 1 && OTHERS.contains(&name);
        let is_named = left_out.iter().any(|left| {
            name == *left || left.starts_with('.') && entry.depth() > 1 && name.ends_with(left)
        });
        !is_other && !is_named
    });
    let described = entries.map(|entry| {
        let entry = entry.unwrap();
        let path = entry.path().strip_prefix(folder).unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        let inside = match entry.file_type() {
            kind if kind.is_symlink() => fs::read_link(entry.path()).unwrap().display().to_string(),
            kind if kind.is_dir() => "a folder".to_owned(),
            _ => String::from_utf8_lossy(&fs::read(entry.path()).unwrap()).into_owned(),
        };
        let path = path.to_str().unwrap().to_owned();
        (path, format!("{mode:o} {inside}"))
    });
    described.collect()
}

/// How many processes have their folder in a copy.
pub fn processes(folder: &Path) -> usize {
    let folder = folder.canonicalize().unwrap();
    let Ok(processes) = fs::read_dir("/proc") else {
        return 0;
    };
    let folders = processes.filter_map(|it| fs::read_link(it.ok()?.path().join("cwd")).ok());
    folders.filter(|it| it.starts_with(&folder)).count()
}
