//! What an admin does with a tenant: connect, sign in and out, forget.

pub mod add;
pub mod allow;
pub mod forget;
pub mod list;
pub mod sign_in;
pub mod sign_out;
