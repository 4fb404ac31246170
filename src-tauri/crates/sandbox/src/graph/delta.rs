use serde_json::{Map, Value, json};

use super::error::{Refusal, bad_request};
use super::query::{self, Single};
use super::seal;
use super::users::with_users;
use super::{Ask, Reply};
use crate::world::{ChangeKind, World};

const DAY_MS: i64 = 86_400_000;
/// "Use delta query": tokens of directory objects live seven days.
const DIRECTORY_LIFE_MS: i64 = 7 * DAY_MS;
const DIRECTORY_PAGE: usize = 200;

/// `/users/delta`: first a full round, then what changed since.
pub(super) fn users(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    if let Some(option) = ["top", "orderby", "expand", "search"].into_iter().find(|option| ask.query.get(option).is_some()) {
        return Err(bad_request(format!("The query option '${option}' is not supported with delta.")));
    }
    match (ask.query.get("deltatoken"), ask.query.get("skiptoken")) {
        (Some("latest"), _) => {
            let round = UserRound::begin(ask, &world, select_text(ask));
            let mut body = delta_body(ask, "users/$delta", Vec::new());
            body.insert("@odata.deltaLink".to_owned(), link(ask, "$deltatoken", &seal::seal("users", &round.text())).into());
            Ok(Reply::json(200, body.into()))
        }
        (Some(token), _) => changed_users(ask, &world, &UserRound::open(ask, "users", token)?),
        (None, Some(token)) => all_users(ask, &world, UserRound::open(ask, "users-page", token)?),
        (None, None) => {
            let round = UserRound::begin(ask, &world, select_text(ask));
            all_users(ask, &world, round)
        }
    }
}

/// Where a round over the accounts stands; the options of its first request are inside.
struct UserRound {
    /// How many changes were known when the round began: those since then are for the next one.
    version: usize,
    at: usize,
    issued_ms: i64,
    era: u64,
    select: String,
}

impl UserRound {
    fn begin(ask: &Ask<'_>, world: &World, select: String) -> UserRound {
        UserRound { version: world.changes.len(), at: 0, issued_ms: ask.now_ms, era: ask.state.era(), select }
    }

    fn text(&self) -> String {
        format!("{} {} {} {} {}", self.version, self.at, self.issued_ms, self.era, self.select)
    }

    fn open(ask: &Ask<'_>, kind: &str, token: &str) -> Result<UserRound, Refusal> {
        let damaged = || Refusal::new(400, "Directory_ExpiredPageToken", "The specified page token value has expired or is not valid.");
        let payload = seal::open(kind, token).ok_or_else(damaged)?;
        let mut parts = payload.splitn(5, ' ');
        let mut number = || parts.next().and_then(|part| part.parse::<i64>().ok()).ok_or_else(damaged);
        let (version, at, issued_ms) = (number()?, number()?, number()?);
        let era = u64::try_from(number()?).map_err(|_| damaged())?;
        let select = parts.next().unwrap_or_default().to_owned();
        if ask.now_ms - issued_ms > DIRECTORY_LIFE_MS || era < ask.state.era() {
            let options = if select.is_empty() { String::new() } else { format!("?$select={select}") };
            let fresh = format!("{}/v1.0/{}{options}", ask.state.graph(), ask.path);
            return Err(Refusal::new(410, "resyncRequired", "The delta token has expired; start again.").with("location", fresh));
        }
        Ok(UserRound {
            version: usize::try_from(version).map_err(|_| damaged())?,
            at: usize::try_from(at).map_err(|_| damaged())?,
            issued_ms,
            era,
            select,
        })
    }
}

fn all_users(ask: &Ask<'_>, world: &World, mut round: UserRound) -> Result<Reply, Refusal> {
    let select = query::Query::parse(&format!("$select={}", round.select));
    let (value, next) = with_users(ask, world, |users| {
        let shown = query::shown(&select, users, Single::No)?;
        let mut value = Vec::new();
        let mut at = round.at;
        while at < users.len && value.len() < directory_page(ask) {
            if (users.listed)(at) {
                value.push(query::render(users, at, &shown));
            }
            at += 1;
        }
        Ok((value, (at < users.len).then_some(at)))
    })?;
    let mut body = delta_body(ask, "users/$delta", value);
    let (name, target) = match next {
        Some(at) => {
            round.at = at;
            ("@odata.nextLink", link(ask, "$skiptoken", &seal::seal("users-page", &round.text())))
        }
        None => {
            round.at = 0;
            ("@odata.deltaLink", link(ask, "$deltatoken", &seal::seal("users", &round.text())))
        }
    };
    body.insert(name.to_owned(), target.into());
    Ok(Reply::json(200, body.into()))
}

fn changed_users(ask: &Ask<'_>, world: &World, round: &UserRound) -> Result<Reply, Refusal> {
    let select = query::Query::parse(&format!("$select={}", round.select));
    let minimal = ask.preference("return").as_deref() == Some("minimal");
    let since = world.changes.get(round.version..).unwrap_or_default();
    // Each account once, with its last state.
    let mut latest: Vec<(usize, ChangeKind)> = Vec::new();
    for change in since {
        latest.retain(|(user, _)| *user != change.user);
        latest.push((change.user, change.kind));
    }
    let value = with_users(ask, world, |users| {
        let shown = query::shown(&select, users, Single::No)?;
        let changed: Vec<&str> = if minimal { vec!["id", "jobTitle"] } else { shown };
        Ok(latest
            .into_iter()
            .map(|(at, kind)| match kind {
                ChangeKind::Updated => query::render(users, at, &changed),
                ChangeKind::Deleted => json!({ "id": (users.property)(at, "id"), "@removed": { "reason": "changed" } }),
            })
            .collect())
    })?;
    let next = UserRound::begin(ask, world, round.select.clone());
    let mut body = delta_body(ask, "users/$delta", value);
    body.insert("@odata.deltaLink".to_owned(), link(ask, "$deltatoken", &seal::seal("users", &next.text())).into());
    let mut reply = Reply::json(200, body.into());
    if minimal {
        query::preference_applied(&mut reply.headers, "return=minimal");
    }
    Ok(reply)
}

pub(super) fn delta_body(ask: &Ask<'_>, context: &str, value: Vec<Value>) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("@odata.context".to_owned(), query::context(ask, context).into());
    body.insert("value".to_owned(), value.into());
    body
}

pub(super) fn link(ask: &Ask<'_>, option: &str, token: &str) -> String {
    format!("{}/v1.0/{}?{option}={token}", ask.state.graph(), ask.path)
}

pub(super) fn select_text(ask: &Ask<'_>) -> String {
    ask.query.select().join(",")
}

fn directory_page(ask: &Ask<'_>) -> usize {
    ask.preference("odata.maxpagesize").and_then(|size| size.parse().ok()).unwrap_or(DIRECTORY_PAGE).clamp(1, 999)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::FaultPlan;
    use crate::graph::testing::{Desk, NOW};

    #[test]
    fn a_round_over_the_accounts_then_only_what_changed() {
        let mut desk = Desk::new(250, &FaultPlan::none());
        let mut url = "/users/delta?$select=displayName,jobTitle".to_owned();
        let mut met = 0;
        let link = loop {
            let page = desk.get(&url);
            met += page.ids().len();
            match page.link("@odata.nextLink") {
                Some(next) => url = next,
                None => break page.link("@odata.deltaLink").unwrap(),
            }
        };
        assert_eq!(met, 250);

        let (promoted, deleted) = {
            let mut world = desk.state.world_mut();
            let (promoted, deleted) = (world.users[20].id.clone(), world.users[30].id.clone());
            world.promote(&promoted, "Chief of Everything");
            world.delete_user(&deleted);
            (promoted, deleted)
        };
        let changes = desk.get(&link);
        assert_eq!(changes.ids(), [promoted, deleted]);
        assert_eq!(changes.body["value"][0]["jobTitle"], "Chief of Everything");
        assert_eq!(changes.body["value"][1]["@removed"]["reason"], "changed");
        let next = changes.link("@odata.deltaLink").unwrap();
        assert!(desk.get(&next).ids().is_empty());

        desk.now_ms = NOW + DIRECTORY_LIFE_MS + 1;
        let stale = desk.get(&next);
        assert_eq!((stale.status, stale.code()), (410, "resyncRequired"));
        assert!(stale.headers["location"].to_str().unwrap().ends_with("/v1.0/users/delta?$select=displayName,jobTitle"));
    }

    #[test]
    fn latest_skips_the_full_round() {
        let desk = Desk::new(30, &FaultPlan::none());
        let latest = desk.get("/users/delta?$deltatoken=latest");
        assert!(latest.ids().is_empty());
        let admin = desk.state.world().users[0].id.clone();
        desk.state.world_mut().promote(&admin, "Chief");
        assert_eq!(desk.get(&latest.link("@odata.deltaLink").unwrap()).ids(), [admin]);
        assert_eq!(desk.get("/users/delta?$top=5").status, 400);
    }
}
