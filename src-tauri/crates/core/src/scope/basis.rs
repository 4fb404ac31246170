//! What was known of an application when its scope was proven. Without it nobody can tell later what the proof is worth.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::present::Void;
use crate::id::AppId;

/// What a proof stands on, by the reading with which it began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "ProofBasis")]
pub struct Basis {
    /// In whose name mailboxes were asked.
    pub app: AppId,
    /// What made the scope void or wider.
    pub voids: Vec<Void>,
    /// Whether Exchange's roles could be read; otherwise one beside the scope would not have been seen.
    pub roles_read: bool,
    /// What is granted of mailboxes for the whole tenant and can't be limited: no proof of the scope says anything of it.
    pub unlimited: Vec<String>,
}
