//! Running a plan.

mod follower;
pub mod next;
#[cfg(unix)]
pub mod process;
pub mod state;

pub use follower::Follower;
pub use follower::Run;
