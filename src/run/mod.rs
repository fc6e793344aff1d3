//! Running a plan.

pub mod next;
pub mod state;
