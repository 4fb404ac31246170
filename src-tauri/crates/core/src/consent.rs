//! Required against granted: what is missing, what is excess, what is stronger than needed, and which features stay off.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::integration::RequiredPermission;
use crate::permission::{self, PermissionType, Resource};

/// One permission that the tenant has consented to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Held {
    pub resource: Resource,
    #[serde(rename = "type")]
    pub kind: PermissionType,
    /// The name that the resource's service principal publishes for it; its id where it publishes none.
    pub name: String,
    pub whom: ForWhom,
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
    /// Granted although nothing requires it.
    Excess,
    /// A wider permission is granted in place of the required one, or beside it.
    StrongerThanNeeded,
    /// The grants could not be read.
    Unknown,
}

/// The state of an organization's or integration's consent as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Authorization {
    /// All that is required is granted.
    Authorized,
    /// Some of it is.
    PartlyAuthorized,
    /// None of it is.
    NotAuthorized,
    /// The grants could not be read, or never were.
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
    pub state: ConsentState,
    /// For whom it is granted, where it is.
    pub whom: Option<ForWhom>,
    /// What stops working without it.
    pub feature: Option<String>,
    /// The smaller permission that would do, or the stronger one that stands in.
    pub instead: Option<String>,
}

impl ConsentRow {
    /// Whether the permission is there for the whole organization. What single users granted for themselves is not.
    #[must_use]
    pub fn holds(&self) -> bool {
        matches!(self.state, ConsentState::Granted | ConsentState::StrongerThanNeeded) && self.whom == Some(ForWhom::Everyone)
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

/// Compares what is required with what is held. `None` for `held` means that the grants could not be read: then every row is
/// unknown, never missing and never granted.
#[must_use]
pub fn compare(required: &[RequiredPermission], held: Option<&[Held]>) -> Consent {
    let Some(held) = held else {
        let rows = required.iter().map(|wanted| row_for(wanted, ConsentState::Unknown)).collect();
        return Consent { authorization: Authorization::Unknown, rows, features_off: Vec::new() };
    };
    let mut rows: Vec<ConsentRow> = required.iter().map(|wanted| judge(wanted, held)).collect();
    rows.extend(
        held.iter().filter(|grant| !required.iter().any(|wanted| is_exactly(grant, wanted))).map(|grant| judge_extra(grant, required)),
    );
    Consent { authorization: authorization(&rows), features_off: features_off(&rows), rows }
}

fn is_exactly(grant: &Held, wanted: &RequiredPermission) -> bool {
    grant.resource == wanted.resource && grant.kind == wanted.kind && grant.name.eq_ignore_ascii_case(&wanted.name)
}

fn stands_in(grant: &Held, wanted: &RequiredPermission) -> bool {
    grant.resource == wanted.resource && grant.kind == wanted.kind && permission::covers(&grant.name, &wanted.name)
}

fn judge(wanted: &RequiredPermission, held: &[Held]) -> ConsentRow {
    if let Some(grant) = held.iter().find(|grant| is_exactly(grant, wanted)) {
        return ConsentRow { whom: Some(grant.whom), ..row_for(wanted, ConsentState::Granted) };
    }
    if let Some(wider) = held.iter().find(|grant| stands_in(grant, wanted)) {
        return ConsentRow {
            whom: Some(wider.whom),
            instead: Some(wider.name.clone()),
            ..row_for(wanted, ConsentState::StrongerThanNeeded)
        };
    }
    row_for(wanted, ConsentState::Missing)
}

/// What every sign-in to an application asks for. An admin who consents to it gives nothing away beyond who signed in, so
/// it is not called out as excess.
const SIGN_IN: [&str; 5] = ["openid", "profile", "email", "offline_access", "User.Read"];

fn judge_extra(grant: &Held, required: &[RequiredPermission]) -> ConsentRow {
    let would_do = required.iter().find(|wanted| stands_in(grant, wanted));
    let signs_in = grant.kind == PermissionType::Delegated && SIGN_IN.iter().any(|scope| grant.name.eq_ignore_ascii_case(scope));
    ConsentRow {
        resource: grant.resource,
        kind: grant.kind,
        name: grant.name.clone(),
        required: false,
        optional: false,
        admin_consent: permission::find(grant.resource, grant.kind, &grant.name).map(|known| known.admin_consent),
        state: match would_do {
            Some(_) => ConsentState::StrongerThanNeeded,
            None if signs_in => ConsentState::Granted,
            None => ConsentState::Excess,
        },
        whom: Some(grant.whom),
        feature: None,
        instead: would_do.map(|wanted| wanted.name.clone()),
    }
}

fn row_for(wanted: &RequiredPermission, state: ConsentState) -> ConsentRow {
    ConsentRow {
        resource: wanted.resource,
        kind: wanted.kind,
        name: wanted.name.clone(),
        required: true,
        optional: wanted.optional,
        admin_consent: permission::find(wanted.resource, wanted.kind, &wanted.name).map(|known| known.admin_consent),
        state,
        whom: None,
        feature: wanted.feature.clone(),
        instead: None,
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
        (false, false) => Authorization::PartlyAuthorized,
        (true, false) => Authorization::NotAuthorized,
    }
}

fn features_off(rows: &[ConsentRow]) -> Vec<String> {
    let mut features: Vec<String> = Vec::new();
    for feature in rows.iter().filter(|row| row.required && !row.holds()).filter_map(|row| row.feature.as_ref()) {
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
        Held { resource: Resource::Graph, kind: Application, name: name.into(), whom: ForWhom::Everyone }
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
        assert_eq!(compare(&required, Some(&[own])).authorization, Authorization::NotAuthorized);
    }
}
