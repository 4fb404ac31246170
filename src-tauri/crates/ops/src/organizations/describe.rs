//! Describes organizations: who is in, what is granted, who answered, and which stage is next. Computed from evidence.

use std::time::Duration;

use rollcall_core::consent::{self, Authorization, ConsentRow, ConsentState};
use rollcall_core::id::OrganizationId;
use rollcall_core::integration::{Integration, Preset};
use rollcall_core::organization::{Acknowledged, Organization, Ways};
use rollcall_core::presets;
use rollcall_core::rules::{self, Reason, Standing};
use rollcall_core::tenant::Tenant;
use rollcall_core::time::Timestamp;
use rollcall_core::verdict::{Ledger, Verdict};
use rollcall_store::grants::{self, GrantsRead};
use rollcall_store::organizations::Tally;
use rollcall_store::runs::{self, Run, RunState};
pub use rollcall_store::users::MailboxCounts;
use rollcall_store::users::eligibility::{self, Eligibilities};
use rollcall_store::users::{self, UserFilter};
use rollcall_store::{Connection, StoreError, integrations, mailboxes, organizations, sessions, tenants};
use serde::Serialize;
use ts_rs::TS;

use super::delete::OrganizationRef;
use crate::connection::{self, SecretAtHand};
use crate::consent::change::ConsentPage;
use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::scope::roles::{Given, RolesRead, given};

/// Evidence older than this no longer counts as current.
const STALE_AFTER: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Where one stage of the rollout stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StageState {
    NotStarted,
    InProgress,
    NeedsAttention,
    Done,
    /// It was done, but the evidence is more than a week old.
    Stale,
}

/// One stage and the age of its evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Stage {
    pub state: StageState,
    pub evidence_at: Option<Timestamp>,
}

/// The three stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Stages {
    pub organization: Stage,
    pub consent: Stage,
    pub verify: Stage,
}

/// How much of what the integration requires is granted.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ConsentSummary {
    pub authorization: Authorization,
    pub granted: u32,
    pub required: u32,
    /// Of those that are neither granted nor known to be given by a role of Exchange, how many a wished scope gives by one.
    pub by_role: u32,
    /// The most that Microsoft's page can be asked for without making a wished access scope void; absent where whatever it would be asked
    /// for does.
    pub page: Option<ConsentPage>,
    pub read_at: Option<Timestamp>,
}

/// What may be done now; a reason where it may not.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub struct May {
    pub import: Option<Reason>,
    pub consent: Option<Reason>,
    pub verify: Option<Reason>,
    pub sync: Option<Reason>,
    pub delete: Option<Reason>,
}

/// An organization and all that its screens show.
#[derive(Debug, Clone, Serialize, TS)]
pub struct OrganizationView {
    pub organization: Organization,
    pub tenant_name: String,
    pub practice: bool,
    pub integration_name: String,
    pub preset: Preset,
    pub users: u32,
    /// The users by mailbox status.
    pub mailboxes: MailboxCounts,
    /// The users by what stands in the way of their mailboxes.
    pub eligibility: Eligibilities,
    /// The users by the verdict of their last check.
    pub verdicts: Ledger,
    /// How many users have an open issue.
    pub with_issues: u32,
    /// When the last check of one of them was complete.
    pub checked: Option<Timestamp>,
    /// When a sync session of one of them last ended.
    pub last_session: Option<Timestamp>,
    pub consent: ConsentSummary,
    pub last_run: Option<Run>,
    pub stages: Stages,
    pub may: May,
    /// Switches that wait for the change window, and when it opens; `None` while it is open.
    pub queued: u32,
    pub window_opens: Option<Timestamp>,
    /// The acknowledgement of all that Graph can't do for its integration; `None` where something of it was never read, or there is nothing.
    pub acknowledged: Option<Acknowledged>,
}

/// Describes one organization.
///
/// # Errors
/// `NotFound`.
pub async fn describe(desk: &Desk, ask: OrganizationRef, _job: &Job) -> Result<OrganizationView> {
    let facts = desk.read(move |conn| facts(conn, organizations::get(conn, ask.organization)?)).await?;
    Ok(view(desk, facts).await)
}

/// Describes all organizations, by name.
///
/// # Errors
/// Those of the store.
pub async fn list(desk: &Desk, _ask: (), _job: &Job) -> Result<Vec<OrganizationView>> {
    let all = desk
        .read(|conn| {
            organizations::list(conn, None)?
                .into_iter()
                .map(|organization| facts(conn, organization))
                .collect::<std::result::Result<Vec<_>, StoreError>>()
        })
        .await?;
    let mut views = Vec::with_capacity(all.len());
    for facts in all {
        views.push(view(desk, facts).await);
    }
    Ok(views)
}

/// What the rules need to know of an organization.
pub(crate) async fn standing(desk: &Desk, organization: OrganizationId) -> Result<Standing> {
    let (organization, users, reached) = desk
        .read(move |conn| {
            Ok((organizations::get(conn, organization)?, organizations::users(conn, organization)?, reached(conn, organization)?))
        })
        .await?;
    Ok(stand(desk, &organization, users, reached).await)
}

/// In which ways users are reached, and whether any of them has signed in to the integration and doesn't have to again.
type Reached = (Ways, bool);

fn reached(conn: &Connection, organization: OrganizationId) -> std::result::Result<Reached, StoreError> {
    Ok((users::ways(conn, organization)?, mailboxes::any_connected(conn, organization)?))
}

struct Facts {
    organization: Organization,
    tenant: Tenant,
    integration: Integration,
    grants: Option<GrantsRead>,
    given: Given,
    mailboxes: MailboxCounts,
    eligibility: Eligibilities,
    tally: Tally,
    last_session: Option<Timestamp>,
    last_run: Option<Run>,
    queued: u32,
    reached: Reached,
}

fn facts(conn: &Connection, organization: Organization) -> std::result::Result<Facts, StoreError> {
    let integration = integrations::get(conn, organization.integration)?;
    let tenant = tenants::get(conn, organization.tenant)?;
    let grants = grants::get(conn, integration.id)?;
    let given = given(conn, organization.id, &integration)?;
    let counts = users::counts_by_status(conn, &UserFilter { organization: Some(organization.id), ..UserFilter::default() })?;
    let eligibility = eligibility::of_organization(conn, organization.id)?;
    let tally = organizations::tally(conn, organization.id)?;
    let last_session = sessions::latest(conn, organization.id)?;
    let last_run = runs::list(conn, Some(organization.id), 1)?.into_iter().next();
    let queued = users::act::count_queued(conn, organization.id)?;
    let reached = reached(conn, organization.id)?;
    Ok(Facts {
        organization,
        tenant,
        integration,
        grants,
        given,
        mailboxes: counts,
        eligibility,
        tally,
        last_session,
        last_run,
        queued,
        reached,
    })
}

async fn stand(desk: &Desk, organization: &Organization, users: u32, (ways, connected): Reached) -> Standing {
    Standing {
        signed_in: connection::is_signed_in(desk, organization.tenant).await,
        users,
        connected,
        has_secret: connection::secret_at_hand(desk, organization.integration).await != SecretAtHand::None,
        run_under_way: desk.verifying().is_at(organization.id),
        access: organization.access,
        ways,
    }
}

async fn view(desk: &Desk, facts: Facts) -> OrganizationView {
    let standing = stand(desk, &facts.organization, facts.tally.users, facts.reached).await;
    let (consent, evidence_at) = summary(&facts);
    let now = desk.now();
    let stages =
        Stages { organization: stage_one(&facts), consent: stage_two(&consent, evidence_at, now), verify: stage_three(&facts, now) };
    let limitations = presets::limitations(facts.integration.preset);
    OrganizationView {
        tenant_name: facts.tenant.name.clone(),
        practice: facts.tenant.practice,
        integration_name: facts.integration.name.clone(),
        preset: facts.integration.preset,
        users: facts.tally.users,
        mailboxes: facts.mailboxes,
        eligibility: facts.eligibility,
        verdicts: facts.tally.verdicts,
        with_issues: facts.tally.with_issues,
        checked: facts.tally.checked,
        last_session: facts.last_session,
        consent,
        stages,
        may: May {
            import: rules::may_import(&standing).err(),
            consent: rules::may_consent(&standing).err(),
            verify: rules::may_verify(&standing).err(),
            sync: rules::may_sync(&standing).err(),
            delete: rules::may_delete_organization(&standing).err(),
        },
        last_run: facts.last_run,
        queued: facts.queued,
        window_opens: facts.organization.window.as_ref().and_then(|window| window.opens(now)),
        acknowledged: facts.organization.acknowledgement(limitations).filter(|_| !limitations.is_empty()).cloned(),
        organization: facts.organization,
    }
}

/// What it comes to, and how old the evidence is.
fn summary(facts: &Facts) -> (ConsentSummary, Option<Timestamp>) {
    let held = facts.grants.as_ref().and_then(|read| read.held.as_deref());
    let consent = consent::compare(facts.organization.needs(&facts.integration), held, facts.given.beside(), &[]);
    let required = consent.rows.iter().filter(|row| row.required && !row.optional);
    let granted = required.clone().filter(|row| row.holds()).count();
    let by_role = required.clone().filter(|row| !row.holds() && row.by_role.is_some()).count();
    let read_at = facts.grants.as_ref().map(|read| read.at);
    let summary = ConsentSummary {
        authorization: consent.authorization,
        granted: u32::try_from(granted).unwrap_or(u32::MAX),
        by_role: u32::try_from(by_role).unwrap_or(u32::MAX),
        required: u32::try_from(required.count()).unwrap_or(u32::MAX),
        page: ConsentPage::harmless(&consent.rows),
        read_at,
    };
    let evidence_at = read_at.map(|read_at| evidence(&consent.rows, read_at, &facts.given.read));
    (summary, evidence_at)
}

/// As old as its older part, where what a role gives is counted among what is granted.
fn evidence(rows: &[ConsentRow], grants: Timestamp, roles: &RolesRead) -> Timestamp {
    let by_role = rows.iter().any(|row| row.required && row.state == ConsentState::GivenByRole);
    match roles {
        RolesRead::Read { at } | RolesRead::ScriptUntold { at } if by_role => grants.min(*at),
        RolesRead::Read { .. }
        | RolesRead::ScriptUntold { .. }
        | RolesRead::BeforeChange { .. }
        | RolesRead::Earlier { .. }
        | RolesRead::Unread { .. }
        | RolesRead::Never => grants,
    }
}

fn stage_one(facts: &Facts) -> Stage {
    let state = if facts.tally.users == 0 { StageState::InProgress } else { StageState::Done };
    Stage { state, evidence_at: Some(facts.organization.created) }
}

fn stage_two(consent: &ConsentSummary, evidence_at: Option<Timestamp>, now: Timestamp) -> Stage {
    let state = match consent.authorization {
        Authorization::Authorized => StageState::Done,
        Authorization::PartlyAuthorized => StageState::NeedsAttention,
        Authorization::NotAuthorized => StageState::InProgress,
        Authorization::Unknown if consent.read_at.is_some() => StageState::NeedsAttention,
        Authorization::Unknown => StageState::NotStarted,
    };
    aged(state, evidence_at, now)
}

fn stage_three(facts: &Facts, now: Timestamp) -> Stage {
    // The ledger is over the users as they are now: whoever was brought in since the last run is not run.
    let state = match (facts.tally.verdicts.verdict(), facts.last_run.as_ref().map(|run| run.state)) {
        (_, Some(RunState::Running | RunState::Interrupted)) => StageState::InProgress,
        (Verdict::Passed, _) => StageState::Done,
        // Where nothing was checked, whatever failed did so in sync sessions: no evidence of this stage.
        (Verdict::Failed | Verdict::Unknown | Verdict::NotRun, None) => StageState::NotStarted,
        (Verdict::Failed | Verdict::Unknown, Some(RunState::Finished | RunState::Cancelled)) => StageState::NeedsAttention,
        (Verdict::NotRun, Some(RunState::Finished | RunState::Cancelled)) => StageState::InProgress,
    };
    // As old as its oldest part: a few mailboxes checked today don't renew what was said of the others.
    Stage { evidence_at: facts.tally.checked, ..aged(state, facts.tally.oldest, now) }
}

fn aged(state: StageState, evidence_at: Option<Timestamp>, now: Timestamp) -> Stage {
    let old = evidence_at.is_some_and(|at| now.since(at) > STALE_AFTER);
    Stage { state: if old && state == StageState::Done { StageState::Stale } else { state }, evidence_at }
}

#[cfg(test)]
mod tests {
    use rollcall_core::consent::{ByRoles, Told};
    use rollcall_core::id::AppId;
    use rollcall_core::integration::RequiredPermission;
    use rollcall_core::permission::{PermissionType, Resource};
    use rollcall_core::scope::present::{Assignment, Reach};

    use super::*;

    #[test]
    fn what_a_role_gives_is_no_fresher_than_the_reading_of_the_roles() {
        let required = [RequiredPermission {
            name: "Mail.Read".to_owned(),
            kind: PermissionType::Application,
            resource: Resource::Graph,
            feature: None,
            purpose: None,
            optional: false,
        }];
        let roles = [Assignment { id: "1".to_owned(), role: "Application Mail.Read".to_owned(), reach: Reach::Everything }];
        let told = |told| {
            let app = AppId(uuid::Uuid::nil());
            consent::compare(&required, Some(&[]), ByRoles { limit: None, applied: false, others: &[], app, told }, &[]).rows
        };
        let read = RolesRead::Read { at: Timestamp(1) };
        assert_eq!(evidence(&told(Told::Now(&roles)), Timestamp(5), &read), Timestamp(1));
        assert_eq!(evidence(&told(Told::Now(&roles)), Timestamp(0), &read), Timestamp(0), "the older of the two");
        assert_eq!(evidence(&told(Told::Now(&[])), Timestamp(5), &read), Timestamp(5), "no role is counted");
    }
}
