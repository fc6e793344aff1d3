//! All integration tests, in one binary.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests touch files and processes, and a panic there is a failure with a place"
)]

mod pages;
mod project;
mod readme;
mod template;
mod tidy;
