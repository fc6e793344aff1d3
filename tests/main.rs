//! All integration tests, in one binary.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests touch files and processes, and a panic there is a failure with a place"
)]

#[cfg(unix)]
mod action;
mod anything;
mod audit;
mod baseline;
mod cli;
mod cost;
mod defects;
mod documents;
#[cfg(unix)]
mod editors;
mod flowchart;
#[cfg(unix)]
mod formats;
mod generate;
mod github;
#[cfg(unix)]
mod hooks;
mod init;
#[cfg(unix)]
mod jobs;
mod journals;
mod json;
mod limits;
mod list;
#[cfg(target_os = "linux")]
mod live;
mod mend;
mod mending;
mod new;
#[cfg(unix)]
mod operation;
mod output;
mod pages;
mod paths;
mod planning;
mod policy;
#[cfg(target_os = "linux")]
mod process;
mod project;
mod readme;
#[cfg(unix)]
mod record;
mod sample;
mod schema;
#[cfg(unix)]
mod session;
#[cfg(unix)]
mod shells;
mod shown;
mod template;
mod terminal;
mod tidy;
#[cfg(unix)]
mod tools;
#[cfg(unix)]
mod transcripts;
mod tree;
#[cfg(unix)]
mod wheel;
#[cfg(unix)]
mod workflows;

// Workflows run by the program.
#[cfg(target_os = "linux")]
mod crash;
#[cfg(target_os = "linux")]
mod flow;
#[cfg(target_os = "linux")]
mod running;
