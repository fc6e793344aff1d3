//! The program `wf`.

use std::process::ExitCode;

/// A quarter of the time of a check is allocation; this allocator does it faster.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    wf::cli::main()
}
