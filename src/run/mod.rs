//! Running a plan.

mod follower;
pub mod next;
pub mod state;

pub use follower::Follower;
pub use follower::Run;
