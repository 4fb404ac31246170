use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::error::{Refusal, bad_request};
use super::query::{self, Collection, Single};
use super::seal;
use super::users::with_users;
use super::{Ask, Reply};
use crate::world::{Change, ChangeKind, World};

const DAY_MS: i64 = 86_400_000;
/// "Use delta query": tokens of directory objects live seven days.
const DIRECTORY_LIFE_MS: i64 = 7 * DAY_MS;
const DIRECTORY_PAGE: usize = 200;

/// `/users/delta`: first a full round, then what changed since. Links can be followed again and give the same changes again.
pub(super) fn users(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    if let Some(option) = ["top", "orderby", "expand", "search"].into_iter().find(|option| ask.query.get(option).is_some()) {
        return Err(bad_request(format!("The query option '${option}' is not supported with delta.")));
    }
    match (ask.query.get("deltatoken"), ask.query.get("skiptoken")) {
        (Some("latest"), _) => with_users(ask, &world, |users| {
            let round = Round::begin(ask, &world, Of::All, select_text(ask));
            query::shown(&query_of(&round), users, Single::No)?;
            let mut body = begun(ask);
            finish(ask, &mut body, "[]", "@odata.deltaLink", &round.changes_since(ask, &world));
            Ok(Reply::raw(200, body))
        }),
        (Some(token), _) | (None, Some(token)) => page(ask, &world, Round::open(ask, token)?),
        (None, None) => page(ask, &world, Round::begin(ask, &world, Of::All, select_text(ask))),
    }
}

/// Where a round over the accounts stands; the options of its first request are inside.
#[derive(Clone)]
struct Round {
    of: Of,
    /// How many changes were known when the round began: those since then are for the next one.
    until: usize,
    at: usize,
    issued_ms: i64,
    era: u64,
    select: String,
}

/// What a round goes over.
#[derive(Clone, Copy)]
enum Of {
    All,
    /// The changes from this one on.
    Changes(usize),
}

impl Round {
    fn begin(ask: &Ask<'_>, world: &World, of: Of, select: String) -> Round {
        Round { of, until: world.changes.len(), at: 0, issued_ms: ask.now_ms, era: ask.state.era(), select }
    }

    /// The round after this one; how far it goes is known when it begins.
    fn changes_since(&self, ask: &Ask<'_>, world: &World) -> Round {
        Round { until: OPEN, ..Round::begin(ask, world, Of::Changes(self.until), self.select.clone()) }
    }

    fn seal(&self) -> String {
        let Round { of, until, at, issued_ms, era, select } = self;
        let from = match of {
            Of::All => -1,
            Of::Changes(from) => i64::try_from(*from).unwrap_or(i64::MAX),
        };
        seal::seal("users", &format!("{from} {until} {at} {issued_ms} {era} {select}"))
    }

    fn open(ask: &Ask<'_>, token: &str) -> Result<Round, Refusal> {
        let damaged = || Refusal::new(400, "Directory_ExpiredPageToken", "The specified page token value has expired or is not valid.");
        let payload = seal::open("users", token).ok_or_else(damaged)?;
        let [from, until, at, issued_ms, era, select] = payload.splitn(6, ' ').collect::<Vec<_>>()[..] else { return Err(damaged()) };
        let place = |text: &str| text.parse::<usize>().map_err(|_| damaged());
        let round = Round {
            of: if from == "-1" { Of::All } else { Of::Changes(place(from)?) },
            until: place(until)?,
            at: place(at)?,
            issued_ms: issued_ms.parse().map_err(|_| damaged())?,
            era: era.parse().map_err(|_| damaged())?,
            select: select.to_owned(),
        };
        if ask.now_ms - round.issued_ms > DIRECTORY_LIFE_MS || round.era < ask.state.era() {
            let options = if round.select.is_empty() { String::new() } else { format!("?$select={}", round.select) };
            let fresh = format!("{}/v1.0/{}{options}", ask.state.graph(), ask.path);
            return Err(Refusal::new(410, "resyncRequired", "The delta token has expired; start again.").with("location", fresh));
        }
        Ok(round)
    }
}

/// Stands for all changes that there will be when the round begins.
const OPEN: usize = usize::MAX;

/// One page of a round, and the link to what comes after it.
fn page(ask: &Ask<'_>, world: &World, mut round: Round) -> Result<Reply, Refusal> {
    let most = directory_page(ask);
    let minimal = ask.preference("return").as_deref() == Some("minimal");
    with_users(ask, world, |users| {
        let shown = query::shown(&query_of(&round), users, Single::No)?;
        let mut value = Vec::new();
        let more = match round.of {
            Of::All => {
                let mut items = Vec::new();
                while round.at < users.len && items.len() < most {
                    if (users.listed)(round.at) {
                        items.push(round.at);
                    }
                    round.at += 1;
                }
                query::array(users, &items, &shown, &mut value);
                round.at < users.len
            }
            Of::Changes(from) => {
                round.until = round.until.min(world.changes.len());
                let changed = latest(world.changes.get(from..round.until).unwrap_or_default());
                let rest = changed.get(round.at..).unwrap_or_default();
                let items = rest.get(..most.min(rest.len())).unwrap_or_default();
                for (nth, change) in items.iter().enumerate() {
                    value.push(if nth == 0 { b'[' } else { b',' });
                    changed_user(
                        users,
                        change,
                        if minimal && change.kind == ChangeKind::Updated { &change.properties } else { &shown },
                        &mut value,
                    );
                }
                value.extend_from_slice(if items.is_empty() { b"[]" } else { b"]" });
                round.at += items.len();
                round.at < changed.len()
            }
        };
        let mut body = begun(ask);
        let value = String::from_utf8_lossy(&value);
        match more {
            true => finish(ask, &mut body, &value, "@odata.nextLink", &round),
            false => finish(ask, &mut body, &value, "@odata.deltaLink", &round.changes_since(ask, world)),
        }
        let mut reply = Reply::raw(200, body);
        if minimal {
            query::preference_applied(&mut reply.headers, "return=minimal");
        }
        Ok(reply)
    })
}

/// Each account once, with its last state, in the order of the last changes.
fn latest(changes: &[Change]) -> Vec<Change> {
    let mut merged: Vec<Change> = Vec::new();
    let mut places: HashMap<usize, usize> = HashMap::new();
    for change in changes.iter().rev() {
        match places.get(&change.user).and_then(|place| merged.get_mut(*place)) {
            Some(later) => {
                later.properties.extend(&change.properties);
                if (change.kind, later.kind) == (ChangeKind::Created, ChangeKind::Updated) {
                    later.kind = ChangeKind::Created;
                }
            }
            None => {
                places.insert(change.user, merged.len());
                merged.push(change.clone());
            }
        }
    }
    merged.reverse();
    merged
}

fn changed_user(users: &Collection<'_>, change: &Change, shown: &[&str], out: &mut Vec<u8>) {
    match change.kind {
        ChangeKind::Created | ChangeKind::Updated => {
            let mut names = vec!["id"];
            for name in shown {
                if !names.contains(name) {
                    names.push(name);
                }
            }
            if let Some(write) = users.write {
                write(change.user, &names, out);
            }
        }
        ChangeKind::Deleted => {
            let removed = json!({ "id": (users.property)(change.user, "id"), "@removed": { "reason": "changed" } });
            out.extend_from_slice(removed.to_string().as_bytes());
        }
    }
}

fn query_of(round: &Round) -> query::Query {
    query::Query::parse(&format!("$select={}", round.select))
}

fn begun(ask: &Ask<'_>) -> Vec<u8> {
    let mut body = Vec::new();
    query::field(&mut body, b"{", "@odata.context", &query::context(ask, "users/$delta"));
    body
}

fn finish(ask: &Ask<'_>, body: &mut Vec<u8>, value: &str, name: &str, round: &Round) {
    let option = if name == "@odata.nextLink" { "$skiptoken" } else { "$deltatoken" };
    query::field(body, b",", name, &link(ask, option, &round.seal()));
    body.extend_from_slice(b",\"value\":");
    body.extend_from_slice(value.as_bytes());
    body.push(b'}');
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
            let (promoted, deleted) = (world.users[20].id.to_string(), world.users[30].id.to_string());
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
        assert!(latest.link("@odata.nextLink").is_none());
        let admin = desk.state.world().users[0].id.to_string();
        desk.state.world_mut().promote(&admin, "Chief");
        assert_eq!(desk.get(&latest.link("@odata.deltaLink").unwrap()).ids(), [admin]);
        assert_eq!(desk.get("/users/delta?$top=5").status, 400);
    }

    #[test]
    fn a_round_of_changes_has_pages_and_each_account_once_in_its_last_state() {
        let mut desk = Desk::new(60, &FaultPlan::none());
        desk.headers.push(("prefer", "odata.maxpagesize=2"));
        let start = desk.get("/users/delta?$select=displayName,department&$deltatoken=latest").link("@odata.deltaLink").unwrap();
        let (renamed, both, created) = {
            let mut world = desk.state.world_mut();
            let (renamed, both) = (world.users[20].id.to_string(), world.users[21].id.to_string());
            assert!(world.change_user(&both, |user| user.department = "Legal"));
            assert!(world.change_user(&renamed, |user| user.display_name = "Ada Renamed".to_owned()));
            let created = world.add_user("New Person", "new.person");
            assert!(world.delete_user(&both));
            (renamed, both, created)
        };
        let first = desk.get(&start);
        assert_eq!(first.ids(), [renamed, created.clone()]);
        assert_eq!(first.body["value"][0]["displayName"], "Ada Renamed");
        let second = desk.get(&first.link("@odata.nextLink").unwrap());
        assert_eq!(second.ids(), [both]);
        assert_eq!(second.body["value"][0]["@removed"]["reason"], "changed");
        assert_eq!(desk.get(&start).ids(), first.ids(), "a link can be followed again");

        assert_eq!(desk.get(&format!("/users/{created}")).body["userPrincipalName"], "new.person@contoso.example");
        assert_eq!(desk.get("/users?$filter=startswith(userPrincipalName,'NEW.p')").ids(), [created]);
        assert_eq!(desk.get("/users/new.person@contoso.example/mailFolders/inbox").status, 200, "with a mailbox");
    }

    #[test]
    fn minimal_tells_what_was_changed_only() {
        let mut desk = Desk::new(30, &FaultPlan::none());
        let start = desk.get("/users/delta?$deltatoken=latest").link("@odata.deltaLink").unwrap();
        let id = desk.state.world().users[5].id.to_string();
        desk.state.world_mut().change_user(&id, |user| {
            user.department = "Circus";
            user.enabled = false;
        });
        desk.headers.push(("prefer", "return=minimal"));
        let changed = desk.get(&start).body["value"][0].clone();
        assert_eq!(changed, json!({ "id": id, "department": "Circus", "accountEnabled": false }));
    }

    #[test]
    fn expired_links_name_a_fresh_start_and_unknown_ones_are_refused() {
        let desk = Desk::new(250, &FaultPlan::none());
        let page = desk.get("/users/delta?$select=id").link("@odata.nextLink").unwrap();
        let end = desk.get(&page).link("@odata.deltaLink").unwrap();
        let mail = desk.get("/users/admin@contoso.example/todo/lists/delta").link("@odata.deltaLink").unwrap();
        desk.state.expire_deltas();
        for link in [page, end] {
            let stale = desk.get(&link);
            assert_eq!((stale.status, stale.code()), (410, "resyncRequired"));
            assert_eq!(stale.headers["location"], "http://127.0.0.1:1/p/x/graph/v1.0/users/delta?$select=id");
        }
        assert_eq!(desk.get(&mail).status, 410);
        assert_eq!(desk.get("/users/delta").status, 200);
        assert_eq!(desk.get("/users/delta?$deltatoken=unknown").code(), "Directory_ExpiredPageToken");
    }
}
