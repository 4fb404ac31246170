use super::{ConsentType, DelegatedGrant, FOUNDED_MS, GRAPH_APP_ID, Recipient, RequiredKind, World, hash, uuid_from};

/// How many of the people consented to a vendor's app by themselves before anybody looked, in percent; the rest consented to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Adoption {
    /// Consented to everything that the app asks for.
    pub full: u8,
    /// Consented when the app asked for one permission less.
    pub partial: u8,
}

impl Adoption {
    /// Nobody consented.
    pub const NONE: Adoption = Adoption { full: 0, partial: 0 };
}

impl Default for Adoption {
    fn default() -> Adoption {
        Adoption { full: 60, partial: 15 }
    }
}

/// What the app did not ask for in its early days; each early user lacks one of them.
const LATER: [&str; 3] = ["MailboxSettings.Read", "Calendars.ReadWrite", "Mail.Send"];

impl World {
    /// Lets people with a mailbox consent to an app, each for themselves; who they are depends on the seed alone. Whoever can be named
    /// by their role, and the plain user, stays out of it: they consent when somebody tries it. Replaces what was consented before.
    /// Does nothing for an app that does not exist.
    pub fn adopt(&mut self, key: &str, adoption: Adoption) {
        let Some(app) = self.app_by_key(key) else { return };
        let client_id = app.client_id.clone();
        let asked: Vec<String> =
            app.required.iter().filter(|wish| wish.kind == RequiredKind::Scope).map(|wish| wish.value.clone()).collect();
        let Some(resource) = self.principal_of(GRAPH_APP_ID).map(|principal| principal.id.clone()) else { return };
        if adoption.full == 0 && adoption.partial == 0 && self.principal_of(&client_id).is_none() {
            return;
        }
        let Some(at) = self.ensure_principal(&client_id, FOUNDED_MS) else { return };
        let Some(client) = self.principals.get(at).map(|principal| principal.id.clone()) else { return };
        self.delegated_grants.retain(|grant| grant.client_id != client || grant.consent_type != ConsentType::Principal);
        let whole = asked.join(" ");
        let early: Vec<String> = LATER
            .iter()
            .map(|later| asked.iter().filter(|name| *name != later).map(String::as_str).collect::<Vec<_>>().join(" "))
            .collect();
        let plain = format!("plain.user@{}", self.domain);
        let people = self.users.iter().filter(|user| {
            user.recipient == Recipient::Person && user.enabled && user.admin_roles.is_empty() && user.upn != plain && !user.deleted
        });
        for user in people {
            let drawn = hash(&user.id, 50);
            let share = drawn % 100;
            let scope = if share < u64::from(adoption.full) {
                &whole
            } else if share < u64::from(adoption.full) + u64::from(adoption.partial) {
                let Some(early) = early.get((drawn / 100 % 3) as usize) else { continue };
                early
            } else {
                continue;
            };
            self.delegated_grants.push(DelegatedGrant {
                id: uuid_from(hash(&user.id, 51), hash(&client, hash(&user.id, 52))).replace('-', ""),
                client_id: client.clone(),
                consent_type: ConsentType::Principal,
                principal_id: Some(user.id.to_string()),
                resource_id: resource.clone(),
                scope: scope.clone(),
                created_ms: user.created_ms(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::faults::FaultPlan;

    fn scopes(world: &World) -> Vec<&str> {
        let client = world.principal_of(&world.app_by_key("outreach").unwrap().client_id).unwrap();
        world.delegated_grants.iter().filter(|grant| grant.client_id == client.id).map(|grant| grant.scope.as_str()).collect()
    }

    #[test]
    fn most_consented_some_in_part_and_the_same_ones_each_time() {
        let build = || {
            let mut world = World::build(1, 2_000, &FaultPlan::default());
            world.adopt("outreach", Adoption::default());
            world
        };
        let world = build();
        let asked = world.users.iter().filter(|user| user.recipient == Recipient::Person && user.enabled).count();
        let full = scopes(&world).iter().filter(|scope| scope.split(' ').count() == 9).count();
        let partial = scopes(&world).iter().filter(|scope| scope.split(' ').count() == 8).count();
        assert!((full * 100 / asked).abs_diff(60) <= 4, "{full} of {asked}");
        assert!((partial * 100 / asked).abs_diff(15) <= 4, "{partial} of {asked}");
        assert_eq!(full + partial, scopes(&world).len());
        assert_eq!(world.delegated_grants, build().delegated_grants);
        let plain = world.user_by_upn("plain.user@contoso.example").unwrap().id;
        assert!(world.delegated_scopes(&world.app_by_key("outreach").unwrap().client_id, &plain).is_empty());

        let mut world = world;
        world.adopt("outreach", Adoption::NONE);
        assert!(scopes(&world).is_empty());
    }

    #[test]
    fn twenty_thousand_take_no_time() {
        let mut world = World::build(1, 20_000, &FaultPlan::none());
        let began = Instant::now();
        world.adopt("outreach", Adoption::default());
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    }
}
