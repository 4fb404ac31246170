mod write;

use serde_json::{Value, json};

use super::error::{Refusal, denied, no_object};
use super::query::{self, Collection};
use super::{Ask, Reply};
use crate::faults::FaultKind;
use crate::token::CallerKind;
use crate::world::{Member, World, hash, uuid_from};

/// What `/users` shows without `$select` ("user resource type").
const USUAL: [&str; 11] = [
    "businessPhones",
    "displayName",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
];
const MORE: [&str; 22] = [
    "accountEnabled",
    "userType",
    "proxyAddresses",
    "otherMails",
    "assignedPlans",
    "assignedLicenses",
    "onPremisesSyncEnabled",
    "onPremisesImmutableId",
    "onPremisesLastSyncDateTime",
    "onPremisesExtensionAttributes",
    "mailNickname",
    "usageLocation",
    "country",
    "city",
    "companyName",
    "department",
    "createdDateTime",
    "externalUserState",
    "showInAddressList",
    "employeeId",
    "deletedDateTime",
    "imAddresses",
];
/// All that `User.ReadBasic.All` shows of others ("Microsoft Graph permissions reference").
const BASIC: [&str; 7] = ["displayName", "givenName", "id", "mail", "surname", "userPrincipalName", "userType"];

pub(super) fn list(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    with_users(ask, &world, |users| query::page(ask, users))
}

pub(super) fn count(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    with_users(ask, &world, |users| query::count(ask, users))
}

pub(super) fn one(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let at = find(ask, &world)?;
    with_users(ask, &world, |users| query::entity(ask, users, at))
}

pub(super) fn member_of(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let at = find(ask, &world)?;
    let found = [roles(&world, at), containing(&world, at, false)].concat();
    query::objects(ask, "directoryObjects", "directoryObject", &found)
}

pub(super) fn transitive_member_of(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let at = find(ask, &world)?;
    let found = [roles(&world, at), containing(&world, at, true)].concat();
    query::objects(ask, "directoryObjects", "directoryObject", &found)
}

pub(super) fn directory_roles(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let at = find(ask, &world)?;
    query::objects(ask, "directoryRoles", "directoryRole", &roles(&world, at))
}

pub(super) fn licences(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let at = find(ask, &world)?;
    let details = world.users.get(at).and_then(|user| Some((user, user.licence.exchange_plan()?))).map(|(user, plan)| {
        json!({
            "id": uuid_from(hash(&user.id, 20), hash(&user.id, 21)),
            "skuId": uuid_from(hash(plan, 22), hash(plan, 23)),
            "skuPartNumber": "PRACTICE",
            "servicePlans": [{ "servicePlanId": plan, "servicePlanName": "EXCHANGE", "provisioningStatus": "Success", "appliesTo": "User" }],
        })
    });
    Ok(query::whole(ask, "users('user')/licenseDetails", details.into_iter().collect()))
}

/// The account that the second path segment names; deleted ones are gone.
fn find(ask: &Ask<'_>, world: &World) -> Result<usize, Refusal> {
    let key = ask.segment(1);
    let at = world.user_index(key).ok_or_else(|| no_object(key))?;
    let gone = world.users.get(at).is_none_or(|user| user.deleted || user.fault == Some(FaultKind::DeletedAfterListing));
    if gone { Err(no_object(key)) } else { Ok(at) }
}

pub(super) fn with_users<R>(ask: &Ask<'_>, world: &World, use_it: impl FnOnce(&Collection<'_>) -> R) -> R {
    let basic_only = only_basic(ask);
    let seen = |name: &str| !basic_only || BASIC.contains(&name);
    let property = |at: usize, name: &str| {
        let mut written = Vec::new();
        let known = seen(name) && write::property(world.users.get(at)?, name, &mut written);
        if known { serde_json::from_slice(&written).ok() } else { None }
    };
    let write = |at: usize, shown: &[&str], out: &mut Vec<u8>| {
        if let Some(user) = world.users.get(at) {
            write::row(user, shown, seen, out);
        }
    };
    let listed = |at: usize| world.users.get(at).is_some_and(|user| !user.deleted);
    let beginning = |prefix: &str| world.beginning(prefix).iter().map(|at| *at as usize).collect();
    let collection = Collection {
        context: "users",
        kind: "user",
        len: world.users.len(),
        property: &property,
        write: Some(&write),
        beginning: Some(&beginning),
        listed: &listed,
        usual: &USUAL,
        more: &MORE,
        most: 999,
    };
    use_it(&collection)
}

/// Whether the token opens no more than the basic profile of the accounts.
fn only_basic(ask: &Ask<'_>) -> bool {
    const FULL: [&str; 4] = ["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
    let (held, own) = match &ask.caller.kind {
        CallerKind::App { roles } => (roles, false),
        CallerKind::User { user_id, scopes, .. } => (scopes, ask.segment(1).eq_ignore_ascii_case(user_id)),
    };
    !own && !held.iter().any(|held| FULL.contains(&held.as_str()))
}

/// The directory roles of an account, with their template ids.
fn roles(world: &World, at: usize) -> Vec<Value> {
    let templates = world.users.get(at).map(|user| user.admin_roles).unwrap_or_default();
    templates
        .iter()
        .map(|template| {
            json!({
                "@odata.type": "#microsoft.graph.directoryRole",
                "id": uuid_from(hash(&world.tenant_id, hash(template, 1)), hash(template, 2)),
                "roleTemplateId": template,
                "displayName": role_name(template),
            })
        })
        .collect()
}

fn role_name(template: &str) -> &'static str {
    match template {
        crate::world::GLOBAL_ADMINISTRATOR => "Global Administrator",
        crate::world::PRIVILEGED_ROLE_ADMINISTRATOR => "Privileged Role Administrator",
        crate::world::APPLICATION_ADMINISTRATOR => "Application Administrator",
        crate::world::CLOUD_APPLICATION_ADMINISTRATOR => "Cloud Application Administrator",
        crate::world::GLOBAL_READER => "Global Reader",
        crate::world::REPORTS_READER => "Reports Reader",
        crate::world::SECURITY_READER => "Security Reader",
        crate::world::SECURITY_ADMINISTRATOR => "Security Administrator",
        crate::world::CONDITIONAL_ACCESS_ADMINISTRATOR => "Conditional Access Administrator",
        crate::world::EXCHANGE_ADMINISTRATOR => "Exchange Administrator",
        _ => "Directory role",
    }
}

fn containing(world: &World, at: usize, transitive: bool) -> Vec<Value> {
    let wanted = |member: &Member| matches!(member, Member::User(user) if *user as usize == at);
    world
        .groups
        .iter()
        .filter(|group| group.members.iter().any(wanted) || transitive && world.transitive_members(group).iter().any(wanted))
        .map(|group| super::groups::object(group, true))
        .collect()
}

/// Refuses a signed-in person who holds none of the roles; an app needs none.
pub(super) fn demand_role(ask: &Ask<'_>, either: &[&str]) -> Result<(), Refusal> {
    match &ask.caller.kind {
        CallerKind::App { .. } => Ok(()),
        CallerKind::User { wids, .. } if wids.iter().any(|held| either.contains(&held.as_str())) => Ok(()),
        CallerKind::User { .. } => Err(denied()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use crate::faults::{FaultKind, FaultPlan};
    use crate::graph::testing::{Desk, OUTLOOK};

    #[test]
    fn following_the_links_meets_every_account_once() {
        let desk = Desk::new(250, &FaultPlan::default());
        let mut url = "/users?$select=id,userPrincipalName&$top=60".to_owned();
        let mut met = Vec::new();
        loop {
            let page = desk.get(&url);
            assert_eq!(page.status, 200);
            met.extend(page.ids());
            match page.link("@odata.nextLink") {
                Some(next) => url = next,
                None => break,
            }
        }
        assert_eq!(met.len(), 250);
        assert_eq!(met.iter().collect::<HashSet<_>>().len(), 250);
        let altered = desk.get("/users?$select=id&$top=60&$skiptoken=QUFB");
        assert_eq!(altered.code(), "Directory_ExpiredPageToken");
    }

    #[test]
    fn pages_have_their_size_and_their_properties() {
        let desk = Desk::new(250, &FaultPlan::none());
        let page = desk.get("/users");
        assert_eq!(page.ids().len(), 100);
        assert!(page.body["value"][0].get("accountEnabled").is_none(), "it needs $select");
        assert_eq!(desk.get("/users?$top=1000").code(), "Request_UnsupportedQuery");
        assert_eq!(desk.get("/users?$top=0").status, 400);
        assert_eq!(desk.get("/users?$skip=5").status, 400);
        assert_eq!(desk.get("/users?$select=shoeSize").code(), "BadRequest");
        assert_eq!(desk.get("/users?$select=mailboxSettings").status, 501, "it is stored apart from the directory");
    }

    #[test]
    fn advanced_queries_need_their_header_and_their_option() {
        let desk = Desk::new(120, &FaultPlan::default());
        assert_eq!(desk.get("/users?$filter=userType%20ne%20'Guest'&$count=true").code(), "Request_UnsupportedQuery");
        assert_eq!(desk.get("/users?$search=%22displayName:ada%22").code(), "Request_UnsupportedQuery");
        assert_eq!(desk.get("/users/$count").code(), "Request_BadRequest");
        assert!(desk.get("/users?$count=true").body.get("@odata.count").is_none(), "ignored without the header");

        let desk = desk.eventual();
        assert_eq!(desk.get("/users?$filter=userType%20ne%20'Guest'").code(), "Request_UnsupportedQuery", "no $count=true");
        let members = desk.get("/users?$filter=userType%20ne%20'Guest'&$count=true&$top=999");
        assert_eq!(members.body["@odata.count"], members.ids().len());
        assert!(members.ids().len() < 120, "there is a guest");
        assert_eq!(desk.get("/users/$count").body, 120);
        let found = desk.get("/users?$search=%22displayName:ada%22&$select=displayName");
        assert!(found.body["value"].as_array().unwrap().iter().any(|user| user["displayName"] == "Ada Admin"));
    }

    #[test]
    fn filters_find_who_could_have_a_mailbox() {
        let desk = Desk::new(120, &FaultPlan::default());
        let enabled =
            desk.get("/users?$filter=accountEnabled%20eq%20true%20and%20userType%20eq%20'Member'&$top=999&$select=accountEnabled");
        assert!(enabled.body["value"].as_array().unwrap().iter().all(|user| user["accountEnabled"] == true));
        let by_address = desk.get("/users?$filter=proxyAddresses/any(x:x%20eq%20'smtp:admin@contoso.example')");
        assert_eq!(by_address.body["value"][0]["userPrincipalName"], "admin@contoso.example");
        let synced = desk.get("/users?$filter=onPremisesSyncEnabled%20eq%20true&$top=999");
        assert!(!synced.ids().is_empty());
    }

    #[test]
    fn awkward_names_are_addressed_by_escaping_them() {
        let desk = Desk::new(120, &FaultPlan::default());
        let guest = desk.state.world().users.iter().find(|user| user.fault == Some(FaultKind::GuestWithoutMailbox)).unwrap().upn.clone();
        assert!(guest.contains("#EXT#"));
        assert_eq!(desk.get(&format!("/users/{}", guest.replace('#', "%23"))).status, 200);
        assert_eq!(desk.get("/users/maeve.o'brien@contoso.example").status, 200);
        assert_eq!(desk.get("/users('maeve.o''brien@contoso.example')").status, 200);
        let sorted = desk.get("/users?$orderby=displayName%20desc&$top=999&$select=displayName");
        assert_eq!(sorted.ids().len(), 120);
    }

    #[test]
    fn the_token_decides_who_is_seen() {
        let desk = Desk::new(30, &FaultPlan::none());
        assert_eq!(desk.get("/me").code(), "BadRequest", "an application is nobody");
        let desk = desk.app(&["Mail.Read"]);
        assert_eq!((desk.get("/users").status, desk.get("/users").code()), (403, "Authorization_RequestDenied"));
        let desk = desk.app(&["User.ReadBasic.All"]);
        assert!(desk.get("/users?$select=displayName,jobTitle").body["value"][0]["jobTitle"].is_null());

        let desk = desk.person("admin@contoso.example", &["User.Read"]);
        assert_eq!(desk.get("/me").body["displayName"], "Ada Admin");
        assert_eq!(desk.get("/users/cloud.admin@contoso.example").status, 403, "User.Read opens one's own account");
        let roles = desk.get("/me/transitiveMemberOf/microsoft.graph.directoryRole");
        assert_eq!(roles.body["value"][0]["roleTemplateId"], crate::world::GLOBAL_ADMINISTRATOR);

        let mut desk = desk.app(&OUTLOOK);
        desk.caller = None;
        assert_eq!((desk.get("/users").status, desk.get("/users").code()), (401, "InvalidAuthenticationToken"));
    }
}
