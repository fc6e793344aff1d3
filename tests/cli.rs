//! The command line, word for word: each page of `tests/cli` holds commands with the output they give.
//!
//! A page's commands run in a copy of the folder named like it (`.in`), on the tests' day, without colours.
//! `TRYCMD=overwrite cargo test cli` writes what the program says into the pages: read the difference.

use std::env;
use std::path::Path;

use trycmd::TestCases;
use trycmd::schema::Bin;

/// Midnight of the tests' day, 2026-11-22, as `SOURCE_DATE_EPOCH` has it.
const TODAY: &str = "1795305600";

#[test]
fn every_page_shows_what_the_program_says() {
    let program = Path::new(env!("CARGO_BIN_EXE_wf"));
    let cases = TestCases::new();
    cases
        .case("tests/cli/*.md")
        .register_bin("wf", Bin::Path(program.to_owned()))
        .env("PATH", path_with(program.parent().unwrap()))
        .env("SOURCE_DATE_EPOCH", TODAY)
        .env("NO_COLOR", "1")
        .env("GITHUB_ACTIONS", "false");
    // Where there is no shell, the commands that want one are passed over.
    if cfg!(unix) {
        cases.register_bin("sh", Bin::Path("/bin/sh".into()));
    }
    cases.run();
}

/// The search path with the program's folder in front, so that a shell finds it.
fn path_with(folder: &Path) -> String {
    let others = env::var_os("PATH").unwrap_or_default();
    let folders = [folder.to_owned()]
        .into_iter()
        .chain(env::split_paths(&others));
    env::join_paths(folders).unwrap().into_string().unwrap()
}
