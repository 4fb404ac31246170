//! The store through its front door, with a real file in a real folder.

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod full_disk;
#[cfg(test)]
mod issues;
#[cfg(test)]
mod journal;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod planning;
#[cfg(test)]
mod proofs;
#[cfg(test)]
mod roster;
#[cfg(test)]
mod runs;
#[cfg(test)]
mod searching;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod sign_ins;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod users;
#[cfg(test)]
mod waves;
