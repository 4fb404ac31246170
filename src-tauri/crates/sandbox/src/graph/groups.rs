use serde_json::{Value, json};

use super::error::{Refusal, no_object, unsupported};
use super::query;
use super::users;
use super::{Ask, Reply, time};
use crate::world::{FOUNDED_MS, Group, GroupKind, Member, World};

pub(super) fn list(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let groups: Vec<Value> = ask.state.world().groups.iter().filter(|group| !group.deleted).map(|group| object(group, false)).collect();
    query::objects(ask, "groups", "group", &groups)
}

pub(super) fn count(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let groups: Vec<Value> = ask.state.world().groups.iter().filter(|group| !group.deleted).map(|group| object(group, false)).collect();
    query::count_objects(ask, "group", &groups)
}

pub(super) fn one(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let group = find(ask, &world)?;
    query::object(ask, "groups", "group", &object(group, false))
}

pub(super) fn members(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let group = find(ask, &world)?;
    show(ask, &world, &group.members)
}

pub(super) fn transitive_members(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let group = find(ask, &world)?;
    show(ask, &world, &world.transitive_members(group))
}

/// `…/members/microsoft.graph.user`: a cast needs the advanced query capabilities.
pub(super) fn users(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let group = find(ask, &world)?;
    cast(ask, &world, &group.members)
}

pub(super) fn transitive_users(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let group = find(ask, &world)?;
    cast(ask, &world, &world.transitive_members(group))
}

pub(super) fn count_members(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let group = find(ask, &world)?;
    tally(ask, &world, &group.members)
}

pub(super) fn count_transitive_members(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let group = find(ask, &world)?;
    tally(ask, &world, &world.transitive_members(group))
}

fn find<'a>(ask: &Ask<'_>, world: &'a World) -> Result<&'a Group, Refusal> {
    let id = ask.segment(1);
    world.group(id).ok_or_else(|| no_object(id))
}

pub(super) fn cast(ask: &Ask<'_>, world: &World, members: &[Member]) -> Result<Reply, Refusal> {
    if !(ask.eventual() && ask.query.get("count") == Some("true")) {
        return Err(unsupported("A cast needs the header ConsistencyLevel: eventual and the option $count=true."));
    }
    let people: Vec<Member> = members.iter().filter(|member| matches!(member, Member::User(_))).copied().collect();
    show(ask, world, &people)
}

fn tally(ask: &Ask<'_>, world: &World, members: &[Member]) -> Result<Reply, Refusal> {
    if !ask.eventual() {
        return Err(super::error::bad_request("$count is not currently supported."));
    }
    Ok(Reply::text(members.iter().filter(|member| is_there(world, member)).count().to_string()))
}

/// A page of members: people with the properties of `/users`, groups with those they share, told apart by `@odata.type`.
fn show(ask: &Ask<'_>, world: &World, members: &[Member]) -> Result<Reply, Refusal> {
    users::with_users(ask, world, |people| {
        let property = |at: usize, name: &str| match members.get(at)? {
            Member::User(user) if name == "@odata.type" => world.users.get(*user as usize).map(|_| "#microsoft.graph.user".into()),
            Member::User(user) => (people.property)(*user as usize, name),
            Member::Group(group) => object(world.groups.get(*group as usize)?, true).get(name).cloned(),
        };
        let listed = |at: usize| members.get(at).is_some_and(|member| is_there(world, member));
        let members = query::Collection {
            context: "directoryObjects",
            len: members.len(),
            property: &property,
            write: None,
            beginning: None,
            listed: &listed,
            ..*people
        };
        query::page(ask, &members)
    })
}

fn is_there(world: &World, member: &Member) -> bool {
    match member {
        Member::User(at) => world.users.get(*at as usize).is_some_and(|user| !user.deleted),
        Member::Group(at) => world.groups.get(*at as usize).is_some_and(|group| !group.deleted),
    }
}

/// A group as JSON; with its type where kinds of objects are mixed.
pub(super) fn object(group: &Group, typed: bool) -> Value {
    let (mail_enabled, security_enabled, types) = match group.kind {
        GroupKind::Security => (false, true, json!([])),
        GroupKind::MailEnabledSecurity => (true, true, json!([])),
        GroupKind::Microsoft365 => (true, false, json!(["Unified"])),
        GroupKind::Distribution => (true, false, json!([])),
    };
    let mut object = json!({
        "id": group.id,
        "displayName": group.display_name,
        "description": group.description,
        "mail": group.mail,
        "mailNickname": group.display_name.to_lowercase().replace(' ', "."),
        "mailEnabled": mail_enabled,
        "securityEnabled": security_enabled,
        "groupTypes": types,
        "proxyAddresses": group.mail.iter().map(|mail| format!("SMTP:{mail}")).collect::<Vec<_>>(),
        "visibility": null,
        "onPremisesSyncEnabled": null,
        "createdDateTime": time::moment(FOUNDED_MS),
    });
    if typed {
        object["@odata.type"] = "#microsoft.graph.group".into();
    }
    object
}

#[cfg(test)]
mod tests {
    use crate::faults::FaultPlan;
    use crate::graph::testing::Desk;

    #[test]
    fn members_are_mixed_and_a_cast_leaves_people() {
        let desk = Desk::new(200, &FaultPlan::none()).app(&["GroupMember.Read.All", "User.Read.All"]);
        let found = desk.get("/groups?$filter=displayName%20eq%20'Integration%20Scope'");
        let scope = found.ids().remove(0);
        let direct = desk.get(&format!("/groups/{scope}/members"));
        assert!(direct.body["value"].as_array().unwrap().iter().all(|member| member["@odata.type"] == "#microsoft.graph.group"));

        let cast = format!("/groups/{scope}/transitiveMembers/microsoft.graph.user?$count=true&$select=id&$top=999");
        assert_eq!(desk.get(&cast).code(), "Request_UnsupportedQuery");
        let people = desk.eventual().get(&cast);
        assert!(people.ids().len() >= 10, "Sales is below the scope group");
        assert_eq!(people.body["@odata.count"], people.ids().len(), "who is in both groups counts once");
    }
}
