//! Who of an organization's users has consented to what the integration needs in their name, and who hasn't.

use rollcall_core::consent::{ForWhom, Held};
use rollcall_core::id::{ObjectId, OrganizationId, UserId};
use rollcall_core::integration::RequiredPermission;
use rollcall_core::permission::{self, PermissionType};
use rollcall_core::time::Timestamp;
use rollcall_store::{grants, integrations, organizations};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::users::query::check_window;

/// Which users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WhichConsents {
    All,
    /// All that is needed is there.
    Complete,
    /// Something is missing.
    Missing,
}

/// A window of users.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ConsentUsers {
    pub organization: OrganizationId,
    pub which: WhichConsents,
    /// Words that stand in the name or the principal name.
    pub search: Option<String>,
    /// Only users who were granted this themselves, by its API and name such as `graph/Mail.Read`.
    #[serde(default)]
    pub holding: Option<String>,
    pub offset: u32,
    pub limit: u32,
}

/// The users of an organization by what they consented to.
#[derive(Debug, Clone, Serialize, TS)]
pub struct UserConsentPage {
    /// What each user has to have: the delegated permissions that are required.
    pub needed: Vec<String>,
    /// Those among it that everyone was granted, so that no user has to consent.
    pub for_everyone: Vec<String>,
    /// `None` where the grants could not be read, or never were: then nothing is known of anybody.
    pub counts: Option<ConsentCounts>,
    pub matching: u32,
    pub rows: Vec<UserConsentRow>,
    pub read_at: Option<Timestamp>,
    pub error: Option<String>,
}

/// Users by how far they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct ConsentCounts {
    pub complete: u32,
    /// Some of what is needed is missing.
    pub partly: u32,
    /// Nothing of what each has to consent to is there.
    pub nothing: u32,
}

/// One user.
#[derive(Debug, Clone, Serialize, TS)]
pub struct UserConsentRow {
    pub user: UserId,
    pub object_id: ObjectId,
    pub upn: String,
    pub display_name: String,
    /// Names of permissions; `None` where the grants are not known.
    pub missing: Option<Vec<String>>,
    /// What the user alone was granted, needed or not.
    pub own: Vec<String>,
}

/// # Errors
/// `NotFound`; `InvalidInput` for a window that is too large.
pub async fn users(desk: &Desk, ask: ConsentUsers, _job: &Job) -> Result<UserConsentPage> {
    check_window(ask.limit)?;
    found(desk, ask).await
}

/// The same in a window of any size.
pub(super) async fn found(desk: &Desk, ask: ConsentUsers) -> Result<UserConsentPage> {
    desk.read(move |conn| {
        let organization = organizations::get(conn, ask.organization)?;
        let integration = integrations::get(conn, organization.integration)?;
        let read = grants::get(conn, integration.id)?;
        let everybody = grants::of_users(conn, organization.id)?;
        Ok(page(&ask, organization.needs(&integration), read, everybody))
    })
    .await
}

fn page(
    ask: &ConsentUsers,
    required: &[RequiredPermission],
    read: Option<grants::GrantsRead>,
    everybody: Vec<grants::UserConsent>,
) -> UserConsentPage {
    let needed: Vec<&RequiredPermission> =
        required.iter().filter(|wanted| wanted.kind == PermissionType::Delegated && !wanted.optional).collect();
    let held = read.as_ref().and_then(|read| read.held.as_deref());
    let (for_everyone, own_affair): (Vec<&RequiredPermission>, Vec<_>) =
        needed.iter().copied().partition(|wanted| held.is_some_and(|held| is_everyones(held, wanted)));
    let words: Vec<String> = ask.search.iter().flat_map(|text| text.split_whitespace()).map(str::to_lowercase).collect();
    let mut counts = ConsentCounts::default();
    let mut matching = 0;
    let mut rows = Vec::new();
    for user in everybody {
        let own: Vec<&str> = user.scopes.split_whitespace().collect();
        let missing: Vec<&&RequiredPermission> = own_affair.iter().filter(|wanted| !has(&own, wanted)).collect();
        match missing.len() {
            0 => counts.complete += 1,
            some if some < own_affair.len() => counts.partly += 1,
            _ => counts.nothing += 1,
        }
        let meant = match ask.which {
            WhichConsents::All => true,
            WhichConsents::Complete => held.is_some() && missing.is_empty(),
            WhichConsents::Missing => held.is_some() && !missing.is_empty(),
        };
        let (name, upn) = (user.display_name.to_lowercase(), user.upn.to_lowercase());
        let holds = ask.holding.as_ref().is_none_or(|wanted| own.iter().any(|scope| scope.eq_ignore_ascii_case(wanted)));
        if !meant || !holds || !words.iter().all(|word| name.contains(word) || upn.contains(word)) {
            continue;
        }
        matching += 1;
        if matching > ask.offset && rows.len() < ask.limit as usize {
            rows.push(UserConsentRow {
                user: user.user,
                object_id: user.object_id,
                missing: held.map(|_| missing.iter().map(|wanted| wanted.name.clone()).collect()),
                own: own.iter().map(|scope| scope.split_once('/').map_or(*scope, |(_, name)| name).to_owned()).collect(),
                upn: user.upn,
                display_name: user.display_name,
            });
        }
    }
    let names = |permissions: &[&RequiredPermission]| permissions.iter().map(|wanted| wanted.name.clone()).collect();
    UserConsentPage {
        needed: names(&needed),
        for_everyone: names(&for_everyone),
        counts: held.map(|_| counts),
        matching,
        rows,
        read_at: read.as_ref().map(|read| read.at),
        error: read.and_then(|read| read.error_code),
    }
}

fn is_everyones(held: &[Held], wanted: &RequiredPermission) -> bool {
    held.iter().any(|grant| {
        grant.kind == PermissionType::Delegated
            && grant.whom == ForWhom::Everyone
            && grant.resource == wanted.resource
            && permission::covers(&grant.name, &wanted.name)
    })
}

fn has(own: &[&str], wanted: &RequiredPermission) -> bool {
    own.iter().any(|scope| {
        scope.split_once('/').is_some_and(|(resource, name)| resource == wanted.resource.name() && permission::covers(name, &wanted.name))
    })
}
