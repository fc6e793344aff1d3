//! `wf` lints Markdown workflow documents against a template.
//!
//! # The way of a document
//!
//! A file's bytes become a [`source::Source`], its Markdown a flat tree of blocks with byte spans ([`markdown`]),
//! and tree and template together a [`workflow::Workflow`] ([`parse`]). The [`rules`] read the workflow and report
//! [`diagnostic::Diagnostic`]s; [`lint`] runs them over all documents in parallel, takes suppressed findings out,
//! and works out lines and columns for what is left. A [`baseline`] takes out what is known. A [`report`] writes the
//! result.
//!
//! A diagnostic may propose a [`edit::Fix`]. [`fix`] applies fixes in rounds and has [`lint`] judge what comes of each:
//! one that would add a finding is dropped.
//!
//! # The way of a run
//!
//! A document that lints clean becomes a [`lint::Validated`], which only [`lint`] can make, and that alone a
//! [`plan::Plan`]. What happens to a plan are [`event::Event`]s. [`run::state`] folds them, [`run::next`] looks at
//! plan and state and says what is to be done: so a run in progress, one that goes on after a crash and one that is
//! only looked at are one and the same thing. Who wants to know follows it ([`run::Follower`]):
//! [`report::live`] for people, [`report::events`] for programs; [`report::plan`] shows what a run would do. A `console`
//! block is a [`transcript`]: what is typed in it runs, and what a check prints is compared with the rest.
//!
//! # Invariants
//!
//! - **The template is the only schema.** `rules/template.md` states what a document must have; no rule names a
//!   section or label that it requires. Rules about a name (`Trigger`, `Rollback`, …) are silent under a template
//!   that lacks it.
//! - **Parsing never fails.** What does not fit is in the workflow, marked with how it differs; only rules judge.
//!   So one defect gives one finding: a misspelled section is that section, not a missing one beside an unknown one.
//! - **Each document is parsed once**, and nothing in it recurses over the document's nesting.
//! - **Offsets are bytes** until a finding is shown; lines and columns are worked out in [`source`] alone, for
//!   findings alone.
//! - **Rules are pure.** They see other files only through [`neighbours::Neighbours`]; files, processes, clock,
//!   environment and terminal are touched in [`files`], [`cli`] and `src/run/process` alone.
//! - **comrak is named in [`markdown`] alone**, miette in the failures and in `src/report/full.rs`.
//!
//! # Three kinds of wrong
//!
//! A *finding* is data and goes to standard output. A *failure* is wrong usage, configuration or a file that
//! cannot be read: an enum for each boundary ([`config::ConfigError`], [`template::TemplateError`] and that of
//! [`cli`]), with help, on standard error. A *bug* is an `expect` that says what always holds; one that a
//! document brings out is caught by the linter, and keeps no other from being judged.
//!
//! # Adding a rule
//!
//! Its page `rules/<id>.md` with its cases, its function in a family of `src/rules`, and its line in the table
//! [`rules::RULES`]. The page's cases are its test.
//!
//! # Adding a setting
//!
//! Its line in the table [`config::KEYS`], its reading in `src/config`, and its field in [`config::Config`]. The schema
//! and `wf config show` follow from the table.
//!
//! # Layers
//!
//! Each paragraph of the module list below is a layer: a module names only modules of the paragraphs above its
//! own. `tests/tidy.rs` keeps that, and the other laws of the house.

// Text, changes to it, and what must never be shown of it; names.
pub mod mask;
pub mod nearest;
pub mod source;
pub mod transcript;

pub mod edit;
pub mod printable;
pub mod secret;

// What is said of a document.
pub mod diagnostic;

// Shell scripts.
pub mod shell;

// Markdown and configuration; what rules may ask about other files.
pub mod config;
pub mod markdown;
pub mod neighbours;

// The file system, and the requirements.
pub mod files;
pub mod template;

// What a document means.
pub mod workflow;

pub mod parse;

// Writing what a person goes on with.
pub mod scaffold;

// Judging it.
pub mod rule;

pub mod rules;

pub mod lint;

// Findings that are known, and those that can be mended.
pub mod baseline;
pub mod fix;

// Running it.
pub mod plan;

pub mod event;

pub mod run;

// Telling people and programs.
pub mod report;

pub mod cli;
