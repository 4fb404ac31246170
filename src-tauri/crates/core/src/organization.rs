//! An organization: users that share one integration and one mailbox access type.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::change_window::ChangeWindow;
use crate::id::{IntegrationId, OrganizationId, TenantId};
use crate::integration::{Integration, RequiredPermission};
use crate::time::Timestamp;

/// How the integration reaches a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AccessType {
    GraphAppOnly,
    GraphDelegated,
    EwsAppOnly,
    EwsDelegated,
}

impl AccessType {
    /// All of them, the recommended one first.
    pub const ALL: [Self; 4] = [Self::GraphAppOnly, Self::GraphDelegated, Self::EwsAppOnly, Self::EwsDelegated];

    /// The name used in JSON, in the database and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GraphAppOnly => "graph_app_only",
            Self::GraphDelegated => "graph_delegated",
            Self::EwsAppOnly => "ews_app_only",
            Self::EwsDelegated => "ews_delegated",
        }
    }

    /// Whether the way leads over Graph.
    #[must_use]
    pub const fn is_over_graph(self) -> bool {
        matches!(self, Self::GraphAppOnly | Self::GraphDelegated)
    }

    /// Whether a change to another way leads from EWS to Graph: that is a switch.
    #[must_use]
    pub const fn comes_to_graph(self, to: Self) -> bool {
        !self.is_over_graph() && to.is_over_graph()
    }

    /// The way over Graph with the same identity.
    #[must_use]
    pub const fn over_graph(self) -> Self {
        match self {
            Self::GraphAppOnly | Self::EwsAppOnly => Self::GraphAppOnly,
            Self::GraphDelegated | Self::EwsDelegated => Self::GraphDelegated,
        }
    }

    /// The way over EWS with the same identity.
    #[must_use]
    pub const fn over_ews(self) -> Self {
        match self {
            Self::GraphAppOnly | Self::EwsAppOnly => Self::EwsAppOnly,
            Self::GraphDelegated | Self::EwsDelegated => Self::EwsDelegated,
        }
    }
}

/// The ways in which any users of an organization are reached, each by its own access type or the organization's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ways {
    pub app_only: bool,
    pub delegated: bool,
    pub ews: bool,
}

impl fmt::Display for AccessType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text is not the name of a mailbox access type.
#[derive(Debug, thiserror::Error)]
#[error("not a mailbox access type: use graph_app_only, graph_delegated, ews_app_only or ews_delegated")]
pub struct NotAnAccessType;

impl FromStr for AccessType {
    type Err = NotAnAccessType;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|access| access.name() == text).ok_or(NotAnAccessType)
    }
}

/// Whether users are synchronized. The effective one of a user is the stricter of the organization's and the user's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SyncStatus {
    Enabled,
    Disabled,
    DisabledDueToError,
}

impl SyncStatus {
    /// The stricter of two: an error outranks a decision, a decision outranks enabled.
    #[must_use]
    pub fn stricter(self, other: Self) -> Self {
        self.max(other)
    }

    /// The name used in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
            Self::DisabledDueToError => "disabled_due_to_error",
        }
    }
}

/// Why a text can't be a name or an External ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadLabel {
    #[error("it is empty")]
    Empty,
    #[error("it is longer than {0} characters")]
    TooLong(usize),
    #[error("it contains a control or invisible direction character")]
    Control,
    #[error("an External ID takes letters, digits, dot, dash and underscore only")]
    BadExternalId,
}

const NAME_LIMIT: usize = 120;
const NOTE_LIMIT: usize = 500;
const EXTERNAL_ID_LIMIT: usize = 64;

/// Checks a name given to an organization, an integration or a tenant, and trims it.
///
/// # Errors
/// [`BadLabel`] says what is wrong: empty, over 120 characters, or with control or bidi characters (they can make one
/// name look like another on screen).
pub fn name(text: &str) -> Result<String, BadLabel> {
    line(text, NAME_LIMIT)
}

/// Checks a note that somebody leaves, and trims it: as a name, of at most 500 characters.
///
/// # Errors
/// [`BadLabel`] says what is wrong.
pub fn note(text: &str) -> Result<String, BadLabel> {
    line(text, NOTE_LIMIT)
}

fn line(text: &str, limit: usize) -> Result<String, BadLabel> {
    let text = text.trim();
    if text.is_empty() {
        return Err(BadLabel::Empty);
    }
    if text.chars().count() > limit {
        return Err(BadLabel::TooLong(limit));
    }
    let deceptive =
        |c: char| c.is_control() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}');
    if text.chars().any(deceptive) {
        return Err(BadLabel::Control);
    }
    Ok(text.to_owned())
}

/// The identifier under which the integration's vendor knows the organization. Fixed once the organization exists.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(transparent)]
pub struct ExternalId(String);

impl ExternalId {
    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ExternalId {
    type Err = BadLabel;

    fn from_str(text: &str) -> Result<Self, BadLabel> {
        let text = text.trim();
        if text.is_empty() {
            return Err(BadLabel::Empty);
        }
        if text.chars().count() > EXTERNAL_ID_LIMIT {
            return Err(BadLabel::TooLong(EXTERNAL_ID_LIMIT));
        }
        if !text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')) {
            return Err(BadLabel::BadExternalId);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An organization as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Organization {
    pub id: OrganizationId,
    pub tenant: TenantId,
    pub integration: IntegrationId,
    pub name: String,
    pub external_id: ExternalId,
    pub access: AccessType,
    pub sync: SyncStatus,
    /// Its own list of permissions, where it departs from its integration's: vendors configure the set per customer.
    #[ts(optional = nullable)]
    pub permissions: Option<Vec<RequiredPermission>>,
    pub rhythm: Rhythm,
    /// When its users may be switched; at any time where there is none.
    pub window: Option<ChangeWindow>,
    pub created: Timestamp,
    /// What somebody has read that Graph can't do for its integration.
    pub acknowledged: Option<Acknowledged>,
}

/// What somebody has read that Graph can't do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Acknowledged {
    pub at: Timestamp,
    /// The admin who was signed in, if anybody was.
    pub by: Option<String>,
    /// For this integration, and these limitations in its own words: what is new is read anew.
    pub integration: IntegrationId,
    pub limitations: Vec<String>,
}

/// How an organization's users are synchronized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Rhythm {
    /// Minutes between two sessions of a user.
    pub every_minutes: u32,
    /// After so many failed sessions in a row a user is disabled.
    pub failures: u32,
    /// Since when sessions wait, where somebody has paused them.
    pub paused: Option<Timestamp>,
}

impl Rhythm {
    /// Between two sessions of a user.
    #[must_use]
    pub const fn every(&self) -> Duration {
        Duration::from_secs(self.every_minutes as u64 * 60)
    }
}

/// The shortest and the longest time between two sessions, in minutes.
pub const RHYTHM_MINUTES: RangeInclusive<u32> = 5..=1_440;
/// The least and the most failures before a user is disabled.
pub const RHYTHM_FAILURES: RangeInclusive<u32> = 1..=100;

impl Organization {
    /// What is required for it: its own list, or else that of its integration.
    #[must_use]
    pub fn needs<'a>(&'a self, integration: &'a Integration) -> &'a [RequiredPermission] {
        self.permissions.as_deref().unwrap_or(&integration.permissions)
    }

    /// The acknowledgement of all of these limitations of its integration, where there is one.
    #[must_use]
    pub fn acknowledgement(&self, limitations: &[&str]) -> Option<&Acknowledged> {
        let covers = |read: &&Acknowledged| {
            let has = |wanted: &&str| read.limitations.iter().any(|known| known == wanted);
            read.integration == self.integration && limitations.iter().all(has)
        };
        self.acknowledged.as_ref().filter(covers)
    }

    /// Whether nothing is left that Graph can't do for its integration and that nobody has acknowledged.
    #[must_use]
    pub fn has_acknowledged(&self, limitations: &[&str]) -> bool {
        limitations.is_empty() || self.acknowledgement(limitations).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_external_id_is_plain_text_that_every_vendor_panel_takes() {
        assert_eq!("  EU-01 ".parse::<ExternalId>().map(|id| id.to_string()), Ok("EU-01".to_owned()));
        for bad in ["", "  ", "EU 01", "EU/01", "ÉU", "a\u{202e}b", "=1+1"] {
            assert!(bad.parse::<ExternalId>().is_err(), "{bad:?} must be refused");
        }
        assert_eq!("x".repeat(65).parse::<ExternalId>(), Err(BadLabel::TooLong(64)));
    }

    #[test]
    fn a_name_may_be_in_any_script_but_not_pretend_to_be_another() {
        assert!(name("Συμβούλιο 東京 مكتب").is_ok());
        assert_eq!(name("Contoso\u{202e}UE"), Err(BadLabel::Control));
        assert_eq!(name(" \t "), Err(BadLabel::Empty));
    }

    #[test]
    fn what_is_acknowledged_holds_for_the_integration_and_for_what_was_read() {
        let read = Acknowledged { at: Timestamp(2), by: None, integration: IntegrationId(1), limitations: vec!["a".into(), "b".into()] };
        let organization = Organization {
            id: OrganizationId(1),
            tenant: TenantId(1),
            integration: IntegrationId(1),
            name: "HQ".into(),
            external_id: "hq".parse().unwrap(),
            access: AccessType::EwsAppOnly,
            sync: SyncStatus::Enabled,
            permissions: None,
            rhythm: Rhythm { every_minutes: 30, failures: 5, paused: None },
            window: None,
            created: Timestamp(1),
            acknowledged: Some(read),
        };
        assert!(organization.has_acknowledged(&["b", "a"]) && organization.has_acknowledged(&["a"]));
        assert!(!organization.has_acknowledged(&["a", "b", "new"]), "a new one is read anew");
        let other = Organization { integration: IntegrationId(2), ..organization.clone() };
        assert!(!other.has_acknowledged(&["a"]) && other.has_acknowledged(&[]), "another integration is asked about anew");
        assert!(!Organization { acknowledged: None, ..organization }.has_acknowledged(&["a"]));
    }

    #[test]
    fn the_stricter_synchronization_status_wins() {
        use SyncStatus::{Disabled, DisabledDueToError, Enabled};
        assert_eq!(Enabled.stricter(Disabled), Disabled);
        assert_eq!(DisabledDueToError.stricter(Disabled), DisabledDueToError);
    }
}
