//! What the tests of the whole house share: a rehearsal on the practice tenant, through the same verbs that the faces call.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test that can't go on should stop where it stands")]

mod keychain;
mod rehearsal;

pub use keychain::Keychain;
pub use rehearsal::{Rehearsal, Scene, at_the_browser, clock, ground_of, hand_in, meant, open_desk, open_practice};
