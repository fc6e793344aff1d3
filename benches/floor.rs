//! The floor of `wf check`: read and parse every Markdown file below a folder with comrak, and nothing else.
//!
//! `floor DIR` walks, reads and parses on all cores; `floor --walk DIR` only walks and asks for sizes.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a harness for measuring: it touches files, and a panic is all it has to say"
)]

use std::fs;
use std::path::PathBuf;

use comrak::Arena;
use comrak::Options;
use rayon::prelude::*;
use walkdir::WalkDir;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let only_walk = arguments.iter().any(|argument| argument == "--walk");
    let Some(folder) = arguments
        .iter()
        .find(|argument| !argument.starts_with("--"))
    else {
        println!("floor [--walk] DIR");
        return;
    };
    let entries = WalkDir::new(folder).into_iter().map(Result::unwrap);
    let is_markdown = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "md");
    let files: Vec<PathBuf> = entries
        .map(walkdir::DirEntry::into_path)
        .filter(is_markdown)
        .collect();
    let bytes: u64 = if only_walk {
        files
            .iter()
            .map(|file| fs::metadata(file).unwrap().len())
            .sum()
    } else {
        files.par_iter().map(parse).sum()
    };
    println!("{} files, {bytes} bytes", files.len());
}

fn parse(file: &PathBuf) -> u64 {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.tasklist = true;
    options.extension.front_matter_delimiter = Some("---".to_owned());
    let text = fs::read_to_string(file).unwrap();
    let arena = Arena::new();
    let root = comrak::parse_document(&arena, &text, &options);
    assert!(root.first_child().is_some());
    text.len() as u64
}
