//! The built-in integrations: what each needs, what dies without it, and what Graph can't do for it.

mod crelate;
mod inloox;
mod outreach;
mod revenue_grid;

use crate::integration::{Preset, RequiredPermission};
use crate::permission::{PermissionType, Resource};

/// A required permission as the presets write it: name, type, feature, and whether the integration is complete without it.
struct Need(&'static str, PermissionType, &'static str, bool);

/// The permissions that a preset starts with; empty for a custom integration, whose list the admin brings.
#[must_use]
pub fn permissions(preset: Preset) -> Vec<RequiredPermission> {
    let needs: &[Need] = match preset {
        Preset::RevenueGrid => revenue_grid::NEEDS,
        Preset::Outreach => outreach::NEEDS,
        Preset::Inloox => inloox::NEEDS,
        Preset::Crelate => crelate::NEEDS,
        Preset::Custom => &[],
    };
    needs
        .iter()
        .map(|&Need(name, kind, feature, optional)| RequiredPermission {
            name: name.to_owned(),
            kind,
            resource: Resource::Graph,
            feature: Some(feature.to_owned()),
            optional,
        })
        .collect()
}

/// What the integration can't do over Graph although it could over EWS: shown before anything is switched.
#[must_use]
pub const fn limitations(preset: Preset) -> &'static [&'static str] {
    match preset {
        Preset::RevenueGrid => revenue_grid::LIMITATIONS,
        Preset::Outreach => outreach::LIMITATIONS,
        Preset::Inloox | Preset::Crelate | Preset::Custom => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integration::check;

    #[test]
    fn every_preset_asks_only_for_permissions_that_exist() {
        for preset in Preset::ALL.into_iter().filter(|preset| *preset != Preset::Custom) {
            let wanted = permissions(preset);
            assert_eq!(check(wanted.clone()), Ok(wanted), "{preset}");
        }
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
