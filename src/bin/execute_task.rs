//! The program `execute-task`: the trigger that documents print is a command that exists.

use std::process::ExitCode;

/// The allocator of `wf`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    wf::cli::execute_task()
}
