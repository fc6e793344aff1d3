//! x
pub mod source;
pub mod edit;
pub mod diagnostic;
pub mod nearest;
pub mod config;
pub mod markdown;
pub mod template;
pub mod workflow;
pub mod neighbours;
pub mod parse;
pub mod files;
pub mod rule;
pub mod rules;
pub mod lint;
pub mod report;
pub mod cli;
