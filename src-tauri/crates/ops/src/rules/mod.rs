//! Membership rules: whom an organization is to have, found again and again; proposed to the admin, or added.

pub mod add;
pub mod change;
pub mod decide;
pub mod evaluate;
pub mod list;
pub mod order;
pub mod proposals;
pub mod remove;

pub use evaluate::evaluate_all;
