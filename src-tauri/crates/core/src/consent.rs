//! Required against granted: what is missing, what is excess, what is stronger than needed, and which features stay off.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use std::collections::{BTreeMap, BTreeSet};

use crate::grant::{Api, Grant, Grantee, Holding};
use crate::integration::RequiredPermission;
use crate::permission::{self, PermissionType, Resource, Risk};
use crate::scope::present::Assignment;
use crate::time::Timestamp;

mod by_roles;

use by_roles::wider_of;
pub use by_roles::{ByRoles, Told};

/// One permission that the tenant has consented to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Held {
    pub resource: Resource,
    #[serde(rename = "type")]
    pub kind: PermissionType,
    /// The name that the resource's service principal publishes for it; its id where it publishes none.
    pub name: String,
    pub whom: ForWhom,
    /// When it was granted, where the tenant tells.
    #[serde(default)]
    pub since: Option<Timestamp>,
    /// Who granted it, where the directory's log still tells.
    #[serde(default)]
    pub by: Option<String>,
}

/// For whom a permission is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ForWhom {
    /// The whole tenant.
    Everyone,
    /// Only users who consented for themselves.
    Users { count: u32 },
}

/// Where one permission stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    Granted,
    Missing,
    /// Missing, and users have asked an administrator for it.
    PendingRequest,
    /// Granted although nothing requires it.
    Excess,
    /// A wider permission is granted in place of the required one, or beside it.
    StrongerThanNeeded,
    /// Not granted by Entra: a role of Exchange gives it, for all whom the integration is to reach.
    GivenByRole,
    /// A role of Exchange gives it, but for other mailboxes than those that the integration is to reach.
    GivenElsewhere,
    /// The grants could not be read, or what roles of Exchange give isn't known now.
    Unknown,
}

impl ConsentState {
    /// The name used in JSON and in exported tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Missing => "missing",
            Self::PendingRequest => "pending_request",
            Self::Excess => "excess",
            Self::StrongerThanNeeded => "stronger_than_needed",
            Self::GivenByRole => "given_by_role",
            Self::GivenElsewhere => "given_elsewhere",
            Self::Unknown => "unknown",
        }
    }
}

/// The state of an organization's or integration's consent as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Authorization {
    /// All that is required is granted, or given by roles of Exchange.
    Authorized,
    /// Some of it is, or it is for some users.
    PartlyAuthorized,
    /// None of it is.
    NotAuthorized,
    /// The grants could not be read, or never were; or all that isn't granted, or something where nothing is, is up to roles of Exchange
    /// that aren't known now.
    Unknown,
}

/// One line of the consent matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ConsentRow {
    pub resource: Resource,
    #[serde(rename = "type")]
    pub kind: PermissionType,
    pub name: String,
    /// Whether the integration asks for it.
    pub required: bool,
    pub optional: bool,
    /// Whether granting it needs an administrator, as far as the catalogue knows.
    pub admin_consent: Option<bool>,
    /// How much harm it can do, as far as the catalogue knows it.
    pub risk: Option<Risk>,
    pub state: ConsentState,
    /// For whom it is granted, where it is.
    pub whom: Option<ForWhom>,
    /// When it was granted and by whom, where that can be told.
    pub since: Option<Timestamp>,
    pub by: Option<String>,
    /// What stops working without it, and why the integration needs it.
    pub feature: Option<String>,
    pub purpose: Option<String>,
    /// What its holder can do, in plain words, as far as the catalogue knows it.
    pub meaning: Option<String>,
    /// The smaller permission that would do, or the stronger one that stands in.
    pub instead: Option<String>,
    /// The roles of Exchange that give it, each with how far it reaches; where it is unknown, also those that an earlier reading told. Of
    /// what Entra has granted none is told: it counts without them.
    pub roles: Vec<Assignment>,
    /// The role by which a wished scope gives it, of the organization or of another that shares the integration: a grant for the whole
    /// tenant in its place would make that scope void.
    pub by_role: Option<String>,
}

impl ConsentRow {
    /// Whether the permission is there for the whole organization. What single users granted for themselves is not.
    #[must_use]
    pub fn holds(&self) -> bool {
        match self.state {
            ConsentState::Granted | ConsentState::StrongerThanNeeded => self.whom == Some(ForWhom::Everyone),
            ConsentState::GivenByRole => true,
            ConsentState::Missing
            | ConsentState::PendingRequest
            | ConsentState::Excess
            | ConsentState::GivenElsewhere
            | ConsentState::Unknown => false,
        }
    }

    /// Whether a grant of the very permission for the whole tenant would be new, and make a wished access scope void. One that is there
    /// has made it void already.
    #[must_use]
    pub fn would_void(&self) -> bool {
        self.by_role.is_some() && !(self.state == ConsentState::Granted && self.whom == Some(ForWhom::Everyone))
    }
}

/// The comparison of what is required with what is granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Consent {
    pub authorization: Authorization,
    pub rows: Vec<ConsentRow>,
    /// Features that stay off because a permission is missing.
    pub features_off: Vec<String>,
}

/// What objects of the directory come to, permission by permission. Those of other APIs than Graph and Exchange are left out.
#[must_use]
pub fn summary(objects: &[Holding]) -> Vec<Held> {
    let mut held: BTreeMap<Grant, (BTreeSet<Grantee>, Option<Timestamp>)> = BTreeMap::new();
    for object in objects {
        for grant in object.grants() {
            let grantee = grant.grantee;
            let (grantees, since) = held.entry(Grant { grantee: Grantee::Everyone, ..grant }).or_default();
            grantees.insert(grantee);
            *since = (*since).max(object.since);
        }
    }
    let known = held.into_iter().filter_map(|(Grant { api, kind, name, .. }, (grantees, since))| match api {
        Api::Known(resource) => Some(Held { resource, kind, name, whom: whom(&grantees), since, by: None }),
        Api::Other(_) => None,
    });
    known.collect()
}

fn whom(grantees: &BTreeSet<Grantee>) -> ForWhom {
    if grantees.contains(&Grantee::Everyone) {
        return ForWhom::Everyone;
    }
    ForWhom::Users { count: u32::try_from(grantees.len()).unwrap_or(u32::MAX) }
}

/// Compares what is required with what is held, and with what roles of Exchange give; `requested` are delegated permissions of Graph
/// that users have asked an administrator for. `None` for `held` means that the grants could not be read: then every row is unknown,
/// never missing and never granted.
#[must_use]
pub fn compare(required: &[RequiredPermission], held: Option<&[Held]>, roles: ByRoles<'_>, requested: &[String]) -> Consent {
    let Some(held) = held else {
        let rows = required.iter().map(|wanted| row_for(wanted, ConsentState::Unknown)).collect();
        return Consent { authorization: Authorization::Unknown, rows, features_off: Vec::new() };
    };
    let mut rows: Vec<ConsentRow> = required.iter().map(|wanted| judge(wanted, held, roles, requested)).collect();
    rows.extend(
        held.iter().filter(|grant| !required.iter().any(|wanted| is_exactly(grant, wanted))).map(|grant| judge_extra(grant, required)),
    );
    roles.add_excess(&mut rows);
    Consent { authorization: authorization(&rows), features_off: features_off(&rows), rows }
}

fn is_exactly(grant: &Held, wanted: &RequiredPermission) -> bool {
    grant.resource == wanted.resource && grant.kind == wanted.kind && grant.name.eq_ignore_ascii_case(&wanted.name)
}

fn stands_in(grant: &Held, wanted: &RequiredPermission) -> bool {
    grant.resource == wanted.resource && grant.kind == wanted.kind && permission::covers(&grant.name, &wanted.name)
}

fn judge(wanted: &RequiredPermission, held: &[Held], roles: ByRoles<'_>, requested: &[String]) -> ConsentRow {
    let by_role = roles.in_place_of(wanted).map(str::to_owned);
    let row = match granted(wanted, held) {
        Some(row) => row,
        None => match roles.judge(wanted) {
            Some((state, given)) => ConsentRow { instead: wider_of(wanted, &given), roles: given, ..row_for(wanted, state) },
            None if is_requested(wanted, requested) => row_for(wanted, ConsentState::PendingRequest),
            None => row_for(wanted, ConsentState::Missing),
        },
    };
    ConsentRow { by_role, ..row }
}

fn granted(wanted: &RequiredPermission, held: &[Held]) -> Option<ConsentRow> {
    // What everyone has outweighs what some have, and the very permission outweighs a wider one.
    let best = held
        .iter()
        .filter(|grant| stands_in(grant, wanted))
        .min_by_key(|grant| (grant.whom != ForWhom::Everyone, !is_exactly(grant, wanted)));
    Some(match best? {
        grant if is_exactly(grant, wanted) => given(row_for(wanted, ConsentState::Granted), grant),
        wider => ConsentRow { instead: Some(wider.name.clone()), ..given(row_for(wanted, ConsentState::StrongerThanNeeded), wider) },
    })
}

fn given(row: ConsentRow, grant: &Held) -> ConsentRow {
    ConsentRow { whom: Some(grant.whom), since: grant.since, by: grant.by.clone(), ..row }
}

fn is_requested(wanted: &RequiredPermission, requested: &[String]) -> bool {
    let delegated = wanted.kind == PermissionType::Delegated && wanted.resource == Resource::Graph;
    delegated && requested.iter().any(|name| name.eq_ignore_ascii_case(&wanted.name))
}

/// What every sign-in to an application asks for. An admin who consents to it gives nothing away beyond who signed in, so
/// it is not called out as excess.
const SIGN_IN: [&str; 5] = ["openid", "profile", "email", "offline_access", "User.Read"];

/// How a permission goes beyond what is required.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Beyond {
    /// Nothing requires it.
    Excess,
    /// It is wider than one that is required, which would do.
    Stronger { would_do: String },
}

/// How a permission goes beyond what is required, granted or not; `None` where it doesn't.
#[must_use]
pub fn beyond(required: &[RequiredPermission], api: Api, kind: PermissionType, name: &str) -> Option<Beyond> {
    let Api::Known(resource) = api else { return Some(Beyond::Excess) };
    let of_api = || required.iter().filter(move |wanted| wanted.resource == resource && wanted.kind == kind);
    if of_api().any(|wanted| wanted.name.eq_ignore_ascii_case(name)) {
        return None;
    }
    if let Some(wanted) = of_api().find(|wanted| permission::covers(name, &wanted.name)) {
        return Some(Beyond::Stronger { would_do: wanted.name.clone() });
    }
    let signs_in = kind == PermissionType::Delegated && SIGN_IN.iter().any(|scope| name.eq_ignore_ascii_case(scope));
    (!signs_in).then_some(Beyond::Excess)
}

fn judge_extra(grant: &Held, required: &[RequiredPermission]) -> ConsentRow {
    let (state, instead) = match beyond(required, Api::Known(grant.resource), grant.kind, &grant.name) {
        Some(Beyond::Stronger { would_do }) => (ConsentState::StrongerThanNeeded, Some(would_do)),
        Some(Beyond::Excess) => (ConsentState::Excess, None),
        None => (ConsentState::Granted, None),
    };
    let row = unneeded(grant.resource, grant.kind, &grant.name, state);
    given(ConsentRow { instead, ..row }, grant)
}

/// A permission that nothing requires.
fn unneeded(resource: Resource, kind: PermissionType, name: &str, state: ConsentState) -> ConsentRow {
    let known = permission::find(resource, kind, name);
    ConsentRow {
        resource,
        kind,
        name: name.to_owned(),
        required: false,
        optional: false,
        admin_consent: known.map(|known| known.admin_consent),
        risk: known.map(|known| known.risk),
        state,
        whom: None,
        since: None,
        by: None,
        feature: None,
        purpose: None,
        meaning: known.map(|known| known.meaning.to_owned()),
        instead: None,
        roles: Vec::new(),
        by_role: None,
    }
}

fn row_for(wanted: &RequiredPermission, state: ConsentState) -> ConsentRow {
    let known = permission::find(wanted.resource, wanted.kind, &wanted.name);
    ConsentRow {
        resource: wanted.resource,
        kind: wanted.kind,
        name: wanted.name.clone(),
        required: true,
        optional: wanted.optional,
        admin_consent: known.map(|known| known.admin_consent),
        risk: known.map(|known| known.risk),
        state,
        whom: None,
        since: None,
        by: None,
        feature: wanted.feature.clone(),
        purpose: wanted.purpose.clone(),
        meaning: known.map(|known| known.meaning.to_owned()),
        instead: None,
        roles: Vec::new(),
        by_role: None,
    }
}

fn authorization(rows: &[ConsentRow]) -> Authorization {
    let mut needed = rows.iter().filter(|row| row.required && !row.optional).peekable();
    if needed.peek().is_none() {
        return Authorization::Authorized;
    }
    let (have, lack): (Vec<_>, Vec<_>) = needed.partition(|row| row.holds());
    match (have.is_empty(), lack.is_empty()) {
        (_, true) => Authorization::Authorized,
        _ if lack.iter().all(|row| row.state == ConsentState::Unknown) => Authorization::Unknown,
        (false, false) => Authorization::PartlyAuthorized,
        // What single users have consented to works for them, and what a role gives for those whom it reaches.
        (true, false) if lack.iter().any(|row| row.whom.is_some() || row.state == ConsentState::GivenElsewhere) => {
            Authorization::PartlyAuthorized
        }
        (true, false) if lack.iter().any(|row| row.state == ConsentState::Unknown) => Authorization::Unknown,
        (true, false) => Authorization::NotAuthorized,
    }
}

fn features_off(rows: &[ConsentRow]) -> Vec<String> {
    let mut features: Vec<String> = Vec::new();
    let off = |row: &&ConsentRow| row.required && !row.holds() && row.state != ConsentState::Unknown;
    for feature in rows.iter().filter(off).filter_map(|row| row.feature.as_ref()) {
        if !features.contains(feature) {
            features.push(feature.clone());
        }
    }
    features
}

#[cfg(test)]
mod tests {
    use super::*;
    use PermissionType::{Application, Delegated};

    fn wanted(name: &str, feature: &str) -> RequiredPermission {
        RequiredPermission {
            name: name.into(),
            kind: Application,
            resource: Resource::Graph,
            feature: Some(feature.into()),
            purpose: None,
            optional: false,
        }
    }

    fn held(name: &str) -> Held {
        Held { resource: Resource::Graph, kind: Application, name: name.into(), whom: ForWhom::Everyone, since: None, by: None }
    }

    /// Where no scope is wished and no role was ever read.
    const NONE: ByRoles<'static> =
        ByRoles { limit: None, applied: false, others: &[], app: crate::id::AppId(uuid::Uuid::nil()), told: Told::Nothing };

    fn compare(required: &[RequiredPermission], held: Option<&[Held]>) -> Consent {
        super::compare(required, held, NONE, &[])
    }

    fn state_of(consent: &Consent, name: &str) -> Option<ConsentState> {
        consent.rows.iter().find(|row| row.name == name).map(|row| row.state)
    }

    #[test]
    fn a_failed_read_is_unknown_and_never_missing_or_granted() {
        let consent = compare(&[wanted("Mail.Read", "mail capture")], None);
        assert_eq!(consent.authorization, Authorization::Unknown);
        assert_eq!(state_of(&consent, "Mail.Read"), Some(ConsentState::Unknown));
        assert!(consent.features_off.is_empty(), "what could not be read says nothing about features");
    }

    #[test]
    fn one_missing_permission_makes_it_partial_and_names_the_feature() {
        let required = [wanted("Mail.Read", "mail capture"), wanted("Calendars.Read", "calendar")];
        let consent = compare(&required, Some(&[held("Mail.Read")]));
        assert_eq!(consent.authorization, Authorization::PartlyAuthorized);
        assert_eq!(consent.features_off, ["calendar"]);
        assert_eq!(compare(&required, Some(&[])).authorization, Authorization::NotAuthorized);
        assert_eq!(compare(&required, Some(&[held("Mail.Read"), held("Calendars.Read")])).authorization, Authorization::Authorized);
    }

    #[test]
    fn where_nothing_is_held_and_something_is_not_known_none_of_it_is_too_much_said() {
        let row = |name: &str, state| row_for(&wanted(name, "mail"), state);
        let (missing, unknown) = (row("Tasks.Read", ConsentState::Missing), row("Mail.Read", ConsentState::Unknown));
        assert_eq!(authorization(&[missing.clone(), unknown.clone()]), Authorization::Unknown);
        let elsewhere = row("Mail.Send", ConsentState::GivenElsewhere);
        assert_eq!(authorization(&[missing, unknown, elsewhere]), Authorization::PartlyAuthorized, "whatever the rest comes to");
    }

    #[test]
    fn a_wider_grant_does_the_job_but_is_called_out_with_the_smaller_one() {
        let consent = compare(&[wanted("Mail.Read", "mail")], Some(&[held("Mail.ReadWrite"), held("Sites.Read.All")]));
        assert_eq!(consent.authorization, Authorization::Authorized);
        assert_eq!(state_of(&consent, "Mail.Read"), Some(ConsentState::StrongerThanNeeded));
        let wider = consent.rows.iter().find(|row| row.name == "Mail.ReadWrite").expect("the grant itself is listed too");
        assert_eq!((wider.state, wider.instead.as_deref()), (ConsentState::StrongerThanNeeded, Some("Mail.Read")));
        assert_eq!(state_of(&consent, "Sites.Read.All"), Some(ConsentState::Excess));
    }

    #[test]
    fn the_same_name_of_another_type_or_api_is_not_the_permission() {
        let delegated = Held { kind: Delegated, ..held("Mail.Read") };
        let exchange = Held { resource: Resource::Exchange, ..held("Mail.Read") };
        let consent = compare(&[wanted("Mail.Read", "mail")], Some(&[delegated, exchange]));
        assert_eq!(consent.authorization, Authorization::NotAuthorized);
        assert_eq!(consent.rows.iter().filter(|row| row.state == ConsentState::Excess).count(), 2);
    }

    #[test]
    fn what_every_sign_in_asks_for_is_no_excess() {
        let sign_in = Held { kind: Delegated, ..held("offline_access") };
        let application = held("User.Read.All");
        let consent = compare(&[wanted("Mail.Read", "mail")], Some(&[sign_in, application]));
        assert_eq!(state_of(&consent, "offline_access"), Some(ConsentState::Granted));
        assert_eq!(state_of(&consent, "User.Read.All"), Some(ConsentState::Excess));
    }

    #[test]
    fn what_single_users_granted_does_not_authorize_everybody() {
        let required = [RequiredPermission { kind: Delegated, ..wanted("Mail.Read", "mail") }];
        let own = Held { kind: Delegated, whom: ForWhom::Users { count: 3 }, ..held("Mail.Read") };
        let consent = compare(&required, Some(&[own]));
        assert_eq!(consent.authorization, Authorization::PartlyAuthorized);
        assert_eq!(consent.features_off, ["mail"]);
    }

    #[test]
    fn a_wider_grant_for_everyone_outweighs_the_very_permission_of_a_few() {
        let required = [RequiredPermission { kind: Delegated, ..wanted("Mail.Read", "mail") }];
        let few = Held { kind: Delegated, whom: ForWhom::Users { count: 3 }, ..held("Mail.Read") };
        let wide = Held { kind: Delegated, ..held("Mail.ReadWrite") };
        assert_eq!(compare(&required, Some(&[few, wide])).authorization, Authorization::Authorized);
    }

    #[test]
    fn what_users_asked_for_is_pending_until_it_is_granted() {
        let required = [RequiredPermission { kind: Delegated, ..wanted("Mail.Read", "mail") }, wanted("Mail.Read", "mail")];
        let consent = super::compare(&required, Some(&[]), NONE, &["mail.read".into()]);
        let states: Vec<_> = consent.rows.iter().map(|row| row.state).collect();
        assert_eq!(states, [ConsentState::PendingRequest, ConsentState::Missing], "users can only ask for delegated permissions");
        assert_eq!(consent.authorization, Authorization::NotAuthorized);
    }

    #[test]
    fn users_are_counted_once_and_everyone_outranks_them() {
        let graph = Api::Known(Resource::Graph);
        let user = |number| Grantee::User(crate::id::ObjectId(uuid::Uuid::from_u128(number)));
        let object = |grantee, names: &[&str]| Holding {
            id: String::new(),
            api: graph,
            since: None,
            what: crate::grant::What::Scopes { grantee, names: names.iter().map(|&name| name.to_owned()).collect() },
        };
        let held = summary(&[
            object(user(1), &["Mail.Read", "User.Read"]),
            object(user(1), &["mail.read"]),
            object(user(2), &["Mail.Read"]),
            object(Grantee::Everyone, &["User.Read"]),
        ]);
        let whom: Vec<_> = held.iter().map(|one| (one.name.as_str(), one.whom)).collect();
        assert_eq!(whom, [("Mail.Read", ForWhom::Users { count: 2 }), ("User.Read", ForWhom::Everyone)]);
    }
}
