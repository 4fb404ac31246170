//! The practice tenant: an Entra and a Graph on loopback, deterministic from a seed.
//! It leans on nothing else of ours, so that it can contradict us.

pub mod browser;
mod clock;
mod entra;
mod faults;
mod graph;
mod sandbox;
mod server;
mod token;
pub mod world;

pub use faults::{Expected, FaultKind, FaultPlan, Planted, RouteFault, Trouble, Workload};
pub use graph::{Limits, Load};
pub use sandbox::{AppDetails, Details, Options, People, Sandbox};
pub use server::Wire;
