//! Writes the scripts with which an Exchange administrator makes, tries, takes away or moves the scope. Rollcall runs none of them.

use rollcall_core::id::OrganizationId;
use rollcall_core::rules::Reason;
use rollcall_core::scope::clock::Change;
use rollcall_core::scope::cover::Coverage;
use rollcall_core::scope::plan::{self, App, Ground, NoScript, Purpose, Step};
use rollcall_core::scope::present::{Granted, Roles, Void};
use rollcall_core::scope::warning::{Known, Warning, warnings};
use rollcall_core::scope::{Limit, Remark, powershell};
use rollcall_store::{organizations, proofs};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::members;
use super::read::{self, Reading};
use super::shared::{Sharer, is_contested, roles_beside, sharers};
use super::show::{Facts, facts, voids};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::groups::directory;
use crate::job::Job;
use crate::organizations::delete::OrganizationRef;

/// Mailboxes of each side of the last proof that a test script tries, those that were named and the gravest first; before the first proof
/// so many of each side of the wish.
const OF_EACH_SIDE: u32 = 10;

/// What to plan.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PlanScope {
    pub organization: OrganizationId,
    /// Addresses that the test script is to try besides those of the last proof.
    pub mailboxes: Vec<String>,
}

/// What there is for each purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ScopeScripts {
    pub scripts: Vec<ScopeScript>,
    pub without: Vec<WithoutScript>,
}

/// A purpose that there is no script for now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct WithoutScript {
    pub purpose: Purpose,
    pub why: NoScript,
    /// The grants that have to be revoked first, where that is why.
    pub grants: Vec<Void>,
    /// The other organizations of the application, where one that wishes otherwise is why.
    pub shared: Vec<Sharer>,
}

/// A script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ScopeScript {
    pub purpose: Purpose,
    /// What the file is best called.
    pub file: String,
    pub text: String,
    /// How many mailboxes of the last proof a test leaves out; it takes the first ten of each side, the gravest first.
    pub left_out: u32,
    /// What voids the scope even when the script has run, by the last reading; the script says so at its top.
    pub voids: Vec<Void>,
    /// What else has to be known before it is run.
    pub warnings: Vec<Warning>,
}

/// # Errors
/// `InvalidInput` where the tenant has no enterprise application of the integration; `NotNow` when nobody is signed in and nothing was
/// read yet.
pub async fn plan(desk: &Desk, ask: PlanScope, job: &Job) -> Result<ScopeScripts> {
    let planned = planned(desk, ask.organization, ask.mailboxes, job).await?;
    let (mut scripts, mut without) = (Vec::new(), Vec::new());
    for purpose in Purpose::ALL {
        match planned.steps(purpose) {
            Ok(steps) => scripts.push(planned.script(purpose, &steps)),
            Err(why) => {
                let grants = planned.voids.iter().filter(|void| why == NoScript::GrantsStand && void.is_granted()).cloned().collect();
                let shared = if why == NoScript::Contested { planned.shared.clone() } else { Vec::new() };
                without.push(WithoutScript { purpose, why, grants, shared });
            }
        }
    }
    Ok(ScopeScripts { scripts, without })
}

/// The refusal where there is no script for what was asked.
#[must_use]
pub fn refused(why: NoScript) -> Error {
    match why {
        NoScript::NothingToLimit => Error::input("scope", "everyone is to be reached, so there is nothing to be limited"),
        NoScript::ForRoles => {
            Error::input("for", "moving to RBAC for Applications belongs to a wish by it, and this one is by an access policy")
        }
        NoScript::Contested => Error::not_now(Reason::ScopeContested),
        NoScript::NotReadSince => Error::not_now(Reason::ScopeUnread),
        NoScript::GrantsStand => Error::not_now(Reason::GrantsStand),
        NoScript::NothingGranted => Error::input("for", "no grant for the whole tenant is left that a role stands for"),
        NoScript::RolesMissing => Error::not_now(Reason::RolesMissing),
    }
}

/// All that a script needs.
pub(crate) struct Planned {
    /// `None` where everyone is to be reached.
    pub limit: Option<Limit>,
    pub app: App,
    organization: String,
    coverage: Coverage,
    granted: Vec<String>,
    granted_exchange: Vec<String>,
    roles: Roles,
    needed_beside: Vec<String>,
    read_since: bool,
    shared: Vec<Sharer>,
    contested: bool,
    voids: Vec<Void>,
    remarks: Vec<Remark>,
    change: Option<Change>,
    mailboxes: Vec<String>,
    /// Mailboxes of the last proof that aren't among them.
    left_out: u32,
}

impl Planned {
    /// The steps of a purpose, where there are any.
    pub fn steps(&self, purpose: Purpose) -> std::result::Result<Vec<Step>, NoScript> {
        let Self { limit, app, coverage, roles, needed_beside, voids, read_since, contested, mailboxes, .. } = self;
        let (limit, read_since, contested) = (limit.as_ref(), *read_since, *contested);
        let granted = Granted { graph: &self.granted, exchange: &self.granted_exchange };
        plan::steps(purpose, &Ground { limit, app, coverage, granted, roles, needed_beside, voids, read_since, contested, mailboxes })
    }

    fn script(&self, purpose: Purpose, steps: &[Step]) -> ScopeScript {
        let limit = self.limit.as_ref();
        let assigned = self.roles.known().unwrap_or_default();
        let voids = plan::left_void(purpose, self.app.client_id, steps, self.voids.clone(), assigned);
        let unneeded = plan::taken_away(self.app.client_id, steps, assigned);
        let text = powershell::write(purpose, limit, &self.app, &self.organization, steps, &voids).text().to_owned();
        let sharing: Vec<String> = self.shared.iter().map(|sharer| sharer.name.clone()).collect();
        let known = Known { remarks: &self.remarks, change: self.change, sharing: &sharing, unneeded: &unneeded };
        let warnings = warnings(purpose, limit, steps, known);
        let left_out = if purpose == Purpose::Test { self.left_out } else { 0 };
        let file = file(&[&self.organization, &self.app.name], purpose);
        ScopeScript { purpose, file, text, left_out, voids, warnings }
    }
}

/// What a script's file is called: of which organization and application it is, so that two of them aren't mixed up.
fn file(of: &[&str], purpose: Purpose) -> String {
    let plain = |text: &&str| {
        let letters: String = text.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '-' }).collect();
        let words: Vec<&str> = letters.split('-').filter(|word| !word.is_empty()).collect();
        words.join("-").chars().take(40).collect::<String>()
    };
    let named: Vec<String> = of.iter().map(plain).filter(|name| !name.is_empty()).collect();
    format!("scope-{}-{}.ps1", named.join("-"), purpose.name())
}

/// Collects it, from the last reading or a new one.
pub(crate) async fn planned(desk: &Desk, organization: OrganizationId, mut mailboxes: Vec<String>, job: &Job) -> Result<Planned> {
    let of = OrganizationRef { organization };
    let (facts, name, proven, of_proof, shared, needed_beside) = desk
        .read(move |conn| {
            let (proven, of_proof) = match proofs::latest(conn, organization)? {
                Some(proof) => (proofs::to_try(conn, proof.id, OF_EACH_SIDE)?, proof.tally.asked() + proof.tally.waiting),
                None => (Vec::new(), 0),
            };
            let facts = facts(conn, of)?;
            let shared = sharers(conn, organization, &facts.desired)?;
            let needed_beside = roles_beside(conn, organization)?;
            Ok((facts, organizations::get(conn, organization)?.name, proven, of_proof, shared, needed_beside))
        })
        .await?;
    let Facts { desired, set_at, reading, change, coverage, integration, .. } = facts;
    let limit = desired.limit().cloned();
    let reading: Reading = match reading {
        Some(reading) if reading.app.is_some() => reading,
        _ => Box::pin(read::refresh(desk, of, job)).await?,
    };
    let Some(object_id) = reading.app else {
        return Err(Error::input("integration", "the tenant has no enterprise application of it: grant consent first"));
    };
    let voids = limit.as_ref().map(|limit| voids(limit, &integration, &reading)).unwrap_or_default();
    let (read_since, contested) = (reading.is_since(change), set_at.is_some() && is_contested(&shared));
    let app = App { client_id: integration.client_id, object_id, name: integration.name };
    let proven = match &limit {
        Some(limit) if of_proof == 0 => some_of_each(desk, organization, limit, job).await,
        _ => proven,
    };
    let left_out = of_proof.saturating_sub(u32::try_from(proven.len()).unwrap_or(of_proof));
    for upn in proven {
        if !mailboxes.iter().any(|known| known.eq_ignore_ascii_case(&upn)) {
            mailboxes.push(upn);
        }
    }
    let Reading { granted, granted_exchange, assignments: roles, remarks, .. } = reading;
    let organization = name;
    Ok(Planned {
        limit,
        app,
        organization,
        coverage,
        granted,
        granted_exchange,
        roles,
        needed_beside,
        read_since,
        shared,
        contested,
        voids,
        remarks,
        change,
        mailboxes,
        left_out,
    })
}

/// Mailboxes to be tried where none was proven yet. A script has to be had without a sign-in too: then it has none, and says so.
async fn some_of_each(desk: &Desk, organization: OrganizationId, limit: &Limit, job: &Job) -> Vec<String> {
    let Ok(graph) = directory(desk, organization).await else { return Vec::new() };
    members::some_of_each(&graph, limit, OF_EACH_SIDE as usize, &job.stop).await.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_tells_whose_script_it_is_and_holds_no_letter_that_a_path_is_made_of() {
        assert_eq!(file(&["HQ", "Revenue Grid"], Purpose::Apply), "scope-HQ-Revenue-Grid-apply.ps1");
        assert_ne!(file(&["Branch", "Revenue Grid"], Purpose::Apply), file(&["HQ", "Revenue Grid"], Purpose::Apply));
        assert_eq!(file(&["../../etc/x", "a\\b:c\u{202E}"], Purpose::Remove), "scope-etc-x-a-b-c-remove.ps1");
        assert_eq!(file(&["…", "Büro 東京"], Purpose::Test), "scope-Büro-東京-test.ps1");
    }
}
