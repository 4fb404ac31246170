//! The proofs that the end of the program has cut off, and that are to go on by themselves.

use rollcall_store::proofs::{self, Proof};
use rollcall_store::runs::RunState;
use rollcall_store::{StoreError, organizations};
use serde::Serialize;
use ts_rs::TS;

use super::show::{Stands, facts};
use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::organizations::delete::OrganizationRef;
use crate::settings::{self, Resume};

/// A proof that goes on, and the name of its organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct CutOffProof {
    pub proof: Proof,
    pub organization: String,
}

/// Answers them once after the desk was opened, and none where the admin chose to resume on a click. A proof that somebody has paused
/// isn't among them, nor one of a scope that is wanted no longer.
///
/// # Errors
/// Those of the store.
pub async fn cut_off(desk: &Desk, _ask: (), _job: &Job) -> Result<Vec<CutOffProof>> {
    let cut_off = std::mem::take(&mut desk.cut_off().proofs);
    desk.read(move |conn| {
        if settings::of(conn)?.resume == Resume::OnClick {
            return Ok(Vec::new());
        }
        let mut going_on = Vec::new();
        for id in cut_off {
            let proof = match proofs::get(conn, id) {
                Err(StoreError::NotFound(_)) => continue,
                proof => proof?,
            };
            let facts = facts(conn, OrganizationRef { organization: proof.organization })?;
            let latest = proofs::latest(conn, proof.organization)?.is_some_and(|latest| latest.id == id);
            let stands = Stands::of(&proof, &facts) == Stands::Now;
            if proof.state == RunState::Interrupted && latest && stands {
                let organization = organizations::get(conn, proof.organization)?.name;
                going_on.push(CutOffProof { proof, organization });
            }
        }
        Ok(going_on)
    })
    .await
}
