//! The rules of the house, the three stages, and what happens when things go wrong: through the verbs, on real HTTP.

mod bad_input;
mod daily;
mod house;
mod kill;
mod rollout;
mod secrets;
