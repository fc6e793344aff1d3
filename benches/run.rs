//! What a run costs: `wf run` of one step with 100 actions `true`, its journal synced at each, beside a plain bash
//! script that starts bash 100 times. In turns, the shortest and the median round of each.
//!
//! `cargo bench --bench run`
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a harness for measuring: it starts processes, and a panic is all it has to say"
)]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

const COMMANDS: usize = 100;
const ROUNDS: usize = 21;
/// The most that a run may cost, times the plain script.
const TARGET: f64 = 1.6;

fn main() {
    let folder = tempfile::TempDir::new().unwrap();
    write(folder.path());
    let mut plain = Vec::new();
    let mut runs = Vec::new();
    for _ in 0..ROUNDS {
        plain.push(time(Command::new("bash").arg("plain.sh"), folder.path()));
        let wf = env!("CARGO_BIN_EXE_wf");
        let mut run = Command::new(wf);
        runs.push(time(run.args(["run", "bench", "--yes"]), folder.path()));
    }
    plain.sort();
    runs.sort();
    for (name, at) in [("shortest", 0), ("median", ROUNDS / 2)] {
        let ratio = runs[at].as_secs_f64() / plain[at].as_secs_f64();
        println!(
            "{name}: {:.1?} plainly, {:.1?} as a run, {ratio:.2} times as long (target: {TARGET})",
            plain[at], runs[at]
        );
    }
}

fn time(command: &mut Command, folder: &Path) -> Duration {
    let start = Instant::now();
    let status = command
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(status.unwrap().success());
    start.elapsed()
}

/// The script, and a project with the workflow.
fn write(folder: &Path) {
    fs::write(folder.join("plain.sh"), "bash -c true\n".repeat(COMMANDS)).unwrap();
    fs::write(folder.join("wf.toml"), "").unwrap();
    let actions: String = (1..=COMMANDS)
        .flat_map(|number| [format!("{number}. Do it\n"), "   Run: `true`\n".to_owned()])
        .collect();
    let text = format!(
        "# Bench\n\n**FILE**: workflows/bench.md | **PURPOSE**: Measure | **OWNER**: platform | \
         **LAST-AUDITED**: 2026-11-01\n\n## Overview\n\nDoes nothing.\n\n## Trigger\n\n\
         **Command**: `execute-task bench`\n\n**When to use**: To measure.\n\n## Prerequisites\n\n- [ ] Wanted\n  \
         Run: `true`\n\n## Steps\n\n### Step 1: All\n\n**Purpose**: Do nothing.\n\n**Actions**:\n\n{actions}\n\
         **Verification**:\n\n- [ ] Done\n  Run: `true`\n\n**Rollback**: None — nothing was done\n\n\
         ## Success Criteria\n\n- [ ] Done\n  Run: `true`\n\n## Rollback Procedure\n\n1. Nothing\n   Run: `true`\n\n\
         ## Logging\n\n- `logs/info.log`\n- `.memory/checkpoints/[name].md`\n\n## Example\n\n```console\n$ true\n```\n"
    );
    let workflows = folder.join("workflows");
    fs::create_dir(&workflows).unwrap();
    fs::write(
        workflows.join("README.md"),
        "# Workflows\n\n- [bench](bench.md)\n",
    )
    .unwrap();
    fs::write(workflows.join("bench.md"), text).unwrap();
}
