//! The fixes that rules propose. Each leaves a document that its rule passes.

pub mod commands;
pub mod fields;
pub mod header;
pub mod heading;
pub mod index;
pub mod lists;
pub mod logging;
mod place;
pub mod sections;
pub mod steps;
pub mod trigger;
