//! Running a workflow: a plan carried out, and what is kept of it.
//!
//! [`process`] runs commands: it starts, streams, times out and ends them, and says what became of each. It knows
//! nothing of steps and their order. [`next`] says what follows from what happened, [`execute`] does it, and the
//! [`journal`] holds what happened, so that a run can go on after a crash. [`record`] says the same for people.
//!
//! What touches processes and private files needs a Unix; the policy and the state of a run do not.

pub mod adoption;
#[cfg(unix)]
mod dialogue;
pub mod environment;
#[cfg(unix)]
mod error;
#[cfg(unix)]
pub mod execute;
mod follower;
#[cfg(unix)]
pub mod journal;
pub mod next;
#[cfg(unix)]
mod outcome;
pub mod person;
#[cfg(unix)]
pub mod process;
#[cfg(unix)]
pub mod record;
#[cfg(unix)]
pub mod recovery;
pub mod standing;
pub mod state;
#[cfg(unix)]
pub mod store;

#[cfg(unix)]
pub use error::RunError;
pub use follower::Follower;
pub use follower::Run;
