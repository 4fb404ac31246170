//! What the tests of the whole house share: a rehearsal on the practice tenant, through the same verbs that the faces call.

mod rehearsal;

pub use rehearsal::{Rehearsal, Scene, at_the_browser, clock, open_desk};
