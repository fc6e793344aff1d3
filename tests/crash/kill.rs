//! The program under test, killed at one record of its journal: a small library that is loaded before all others
//! takes its writes to the journal in hand. The program itself is the one that is shipped.

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// Where the program is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kill {
    /// At this record, from 1.
    pub at: usize,
    /// When this much of it was written.
    pub part: Part,
}

/// How much of a record is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// Half of its line.
    Half,
}

impl Kill {
    /// Let a command be killed there.
    pub fn arm(self, command: &mut Command) {
        let part = match self.part {
            Part::Whole => "whole",
            Part::Half => "half",
        };
        command
            .env("LD_PRELOAD", library())
            .env("WF_KILL_AT", self.at.to_string())
            .env("WF_KILL_PART", part);
    }
}

/// The library, made once.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crash/kill.c");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        // Several test processes may make it at once: each its own, and the last name wins.
        let made = folder.join(format!("kill-{}.so", std::process::id()));
        let library = folder.join("kill.so");
        let output = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
            .args([&made, &source])
            .output()
            .expect("a C compiler is installed: these tests want `cc`, as Rust's own linking does");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        fs::rename(made, &library).unwrap();
        library
    })
}
