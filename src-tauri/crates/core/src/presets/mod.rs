//! The built-in integrations: what each needs and what for, what dies without it, what has to be in place, and what Graph can't
//! do for it. The facts are those of the vendors' public help pages.

mod crelate;
mod inloox;
mod outreach;
mod revenue_grid;

use serde::Serialize;
use ts_rs::TS;

use crate::id::AppId;
use crate::integration::{Preset, RequiredPermission};
use crate::organization::AccessType;
use crate::permission::{PermissionType, Resource};

/// A required permission as the presets write it: name, type, the feature that dies without it, what it is used for, and whether
/// the integration is complete without it.
struct Need(&'static str, PermissionType, &'static str, &'static str, bool);

/// What is known of a built-in integration.
pub struct Description {
    /// Who makes it; nobody, where the admin brings the description.
    pub vendor: Option<&'static str>,
    /// The application id that the vendor publishes for every tenant, where it does.
    pub client_id: Option<AppId>,
    /// The ways in which it can reach a mailbox.
    pub access: &'static [AccessType],
    needs: &'static [Need],
    /// What it can't do over Graph although it could over EWS: shown before anything is switched.
    pub limitations: &'static [&'static str],
    /// What has to be in place besides permissions.
    pub requirements: &'static [Requirement],
}

/// Something that has to be in place before the integration works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Requirement {
    /// A sentence that is true once it is met.
    pub what: &'static str,
    pub how_to_check: HowToCheck,
}

/// Who can find out whether a requirement is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "by", content = "check", rename_all = "snake_case")]
pub enum HowToCheck {
    /// Rollcall, by this check.
    #[serde(rename = "rollcall")]
    ByRollcall(Inspection),
    /// Only a person: it can't be seen from the tenant.
    #[serde(rename = "hand")]
    ByHand,
}

/// A check of Rollcall's that shows whether a requirement is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Inspection {
    /// Required against granted.
    Consent,
    /// What the tenant lets its users consent to, and who reviews their requests.
    UserConsent,
    /// The application in the tenant: present, enabled, and who is assigned to it.
    Application,
    /// The conditional-access policies that name the application.
    ConditionalAccess,
    /// *Check users' access*: every mailbox is asked over Graph.
    Mailboxes,
    /// The secret or certificate is tried at Entra.
    Secret,
}

/// The description of a preset; an empty one for a custom integration.
#[must_use]
pub const fn describe(preset: Preset) -> &'static Description {
    match preset {
        Preset::RevenueGrid => &revenue_grid::DESCRIPTION,
        Preset::Outreach => &outreach::DESCRIPTION,
        Preset::Inloox => &inloox::DESCRIPTION,
        Preset::Crelate => &crelate::DESCRIPTION,
        Preset::Custom => &CUSTOM,
    }
}

/// The admin brings the list, so any way may be the right one and nothing else is known.
const CUSTOM: Description =
    Description { vendor: None, client_id: None, access: &AccessType::ALL, needs: &[], limitations: &[], requirements: &[] };

/// The permissions that a preset starts with; empty for a custom integration, whose list the admin brings.
#[must_use]
pub fn permissions(preset: Preset) -> Vec<RequiredPermission> {
    let need = |&Need(name, kind, feature, purpose, optional): &Need| RequiredPermission {
        name: name.to_owned(),
        kind,
        resource: Resource::Graph,
        feature: Some(feature.to_owned()),
        purpose: Some(purpose.to_owned()),
        optional,
    };
    describe(preset).needs.iter().map(need).collect()
}

/// What the integration can't do over Graph although it could over EWS: shown before anything is switched.
#[must_use]
pub const fn limitations(preset: Preset) -> &'static [&'static str] {
    describe(preset).limitations
}

/// Whether the integration can reach mailboxes in this way, as far as its vendor says.
#[must_use]
pub fn fits(preset: Preset, access: AccessType) -> bool {
    describe(preset).access.contains(&access)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integration::check;

    fn built_in() -> impl Iterator<Item = Preset> {
        Preset::ALL.into_iter().filter(|preset| *preset != Preset::Custom)
    }

    #[test]
    fn every_preset_asks_only_for_permissions_that_exist() {
        for preset in built_in() {
            let wanted = permissions(preset);
            assert_eq!(check(wanted.clone()), Ok(wanted), "{preset}");
        }
    }

    #[test]
    fn every_permission_says_what_it_is_for_and_what_dies_without_it() {
        for preset in built_in() {
            assert!(describe(preset).vendor.is_some() && !describe(preset).requirements.is_empty(), "{preset}");
            for wanted in permissions(preset) {
                let (feature, purpose) = (wanted.feature.unwrap_or_default(), wanted.purpose.unwrap_or_default());
                assert!(!feature.is_empty() && !feature.ends_with('.'), "{preset} {}: a feature is a name", wanted.name);
                assert!(purpose.ends_with('.') && purpose.len() > 20, "{preset} {}: a purpose is a sentence", wanted.name);
            }
        }
    }

    #[test]
    fn a_preset_fits_the_ways_in_which_its_vendor_reaches_mailboxes() {
        assert!(fits(Preset::RevenueGrid, AccessType::EwsAppOnly), "that is where its customers come from");
        assert!(!fits(Preset::Outreach, AccessType::GraphAppOnly), "it has nothing but delegated scopes");
        assert!(!fits(Preset::Crelate, AccessType::EwsDelegated));
        for preset in [Preset::Outreach, Preset::Inloox, Preset::Crelate] {
            assert!(permissions(preset).iter().any(|wanted| wanted.kind == PermissionType::Delegated));
            assert!(fits(preset, AccessType::GraphDelegated), "{preset}");
        }
        assert!(AccessType::ALL.into_iter().all(|access| fits(Preset::Custom, access)));
    }

    #[test]
    fn inloox_has_the_nineteen_permissions_of_its_reference_and_two_for_the_whole_organization() {
        let wanted = permissions(Preset::Inloox);
        assert_eq!(wanted.len(), 19);
        let application: Vec<_> = wanted.iter().filter(|p| p.kind == PermissionType::Application).map(|p| p.name.as_str()).collect();
        assert_eq!(application, ["Calendars.ReadBasic.All", "TeamsActivity.Send", "User.Read.All"]);
    }

    #[test]
    fn revenue_grid_lists_ten_limitations() {
        assert_eq!(limitations(Preset::RevenueGrid).len(), 10);
    }
}
