use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

static NEXT: AtomicUsize = AtomicUsize::new(0);

const GRAPH: Api = Api::Known(Resource::Graph);
const EXCHANGE: Api = Api::Known(Resource::Exchange);

fn user(number: u128) -> Grantee {
    Grantee::User(ObjectId(Uuid::from_u128(number)))
}

fn role(id: &str, api: Api, name: &str) -> Holding {
    Holding { id: id.into(), api, since: None, what: What::Role(name.into()) }
}

fn scopes(id: &str, api: Api, grantee: Grantee, names: &[&str]) -> Holding {
    Holding { id: id.into(), api, since: None, what: What::Scopes { grantee, names: names.iter().map(|&name| name.to_owned()).collect() } }
}

/// What the directory holds once the writes are done, as Entra does them.
fn done(held: &[Holding], steps: &[Step]) -> Vec<Holding> {
    let mut held = held.to_vec();
    for step in steps {
        // Entra never gives an id twice.
        let id = NEXT.fetch_add(1, Ordering::Relaxed).to_string();
        match step {
            Step::Assign { api, role: name } => held.push(role(&id, *api, name)),
            Step::Create { api, grantee, scopes: names } => {
                let there = |one: &Holding| one.api == *api && matches!(&one.what, What::Scopes { grantee: of, .. } if of == grantee);
                assert!(!held.iter().any(there), "Entra refuses a second object for the same API and grantee");
                held.push(Holding { id, api: *api, since: None, what: What::Scopes { grantee: *grantee, names: names.clone() } });
            }
            Step::Unassign { id, .. } | Step::Delete { id, .. } => held.retain(|one| one.id != *id),
            Step::Alter { id, after, .. } => {
                for one in held.iter_mut().filter(|one| one.id == *id) {
                    if let What::Scopes { names, .. } = &mut one.what {
                        names.clone_from(after);
                    }
                }
            }
        }
    }
    held
}

#[test]
fn a_scope_joins_those_that_are_there_and_takes_none_away() {
    let held = [scopes("a", GRAPH, Grantee::Everyone, &["User.Read", "Mail.Read"])];
    let plan = plan(&held, &Change::Add(vec![Grant::scope(GRAPH, "Calendars.Read", Grantee::Everyone)]));
    assert_eq!((plan.added.len(), plan.kept.len(), plan.dropped.len()), (1, 2, 0));
    let after = vec!["User.Read".to_owned(), "Mail.Read".into(), "Calendars.Read".into()];
    assert!(matches!(&plan.steps[..], [Step::Alter { after: written, .. }] if *written == after), "{:?}", plan.steps);
}

#[test]
fn the_last_scope_goes_with_its_object_and_a_repeated_wish_writes_nothing() {
    let held = [scopes("a", GRAPH, user(1), &["Mail.Read"]), role("b", GRAPH, "Mail.Read")];
    let plan_of = |change| plan(&held, &change).steps;
    assert_eq!(
        plan_of(Change::Remove(vec![Grant::scope(GRAPH, "mail.read", user(1))])),
        [Step::Delete { id: "a".into(), api: GRAPH, grantee: user(1), before: vec!["Mail.Read".into()] }],
        "the application permission of the same name is another"
    );
    assert_eq!(plan_of(Change::Add(vec![Grant::role(GRAPH, "Mail.Read"), Grant::scope(GRAPH, "MAIL.READ", user(1))])), []);
}

#[test]
fn consent_on_the_page_drops_what_everyone_had_of_the_apis_it_names_only() {
    let held = [
        scopes("a", GRAPH, Grantee::Everyone, &["User.Read", "Files.Read"]),
        scopes("b", GRAPH, user(1), &["Files.Read"]),
        scopes("c", EXCHANGE, Grantee::Everyone, &["EWS.AccessAsUser.All"]),
        role("d", GRAPH, "Mail.Read"),
    ];
    let plan = plan(&held, &Change::Rewrite(vec![Grant::scope(GRAPH, "User.Read", Grantee::Everyone)]));
    assert_eq!(plan.dropped, [Grant::scope(GRAPH, "Files.Read", Grantee::Everyone)]);
    assert_eq!(plan.kept.len(), 4);
}

#[test]
fn a_grant_is_read_as_it_is_written() {
    let other = Api::Other(AppId(Uuid::from_u128(7)));
    for grant in [
        Grant::role(GRAPH, "Mail.Read"),
        Grant::scope(EXCHANGE, "EWS.AccessAsUser.All", user(9)),
        Grant::role(other, "Sites.FullControl.All"),
        Grant::scope(other, "user_impersonation", Grantee::Everyone),
    ] {
        assert_eq!(grant.to_string().parse(), Ok(grant));
    }
    for nonsense in
        ["", "graph/Mail.Read", "graph/delegated/", "graph/application/Mail.Read@1", "teams/delegated/x", "graph/both/x", "a b/c/d"]
    {
        assert_eq!(nonsense.parse::<Grant>(), Err(NotAGrant), "{nonsense}");
    }
}

/// Numbers that look random and are the same each time (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % limit as u64).unwrap()
    }

    fn some<T: Clone>(&mut self, of: &[T]) -> Vec<T> {
        of.iter().filter(|_| self.below(3) == 0).cloned().collect()
    }
}

#[test]
fn over_random_grants_nothing_goes_that_the_plan_did_not_list_and_undoing_restores_exactly() {
    const NAMES: [&str; 6] = ["User.Read", "Mail.Read", "Mail.ReadWrite", "Calendars.Read", "Contacts.Read", "offline_access"];
    let mut dice = Dice(4);
    let apis = [GRAPH, EXCHANGE, Api::Other(AppId(Uuid::from_u128(3)))];
    let grantees = [Grantee::Everyone, user(1), user(2), user(3)];
    for round in 0..800 {
        let mut held = Vec::new();
        for api in apis {
            held.extend(dice.some(&NAMES).into_iter().map(|name| role(&format!("r{name}{api}"), api, name)));
            for grantee in dice.some(&grantees) {
                let names = dice.some(&NAMES);
                // Now and then an object is there twice, or holds a name twice, as the documents rule out and tenants have.
                let copies = if dice.below(8) == 0 { 2 } else { 1 };
                held.extend((0..copies).map(|copy| scopes(&format!("s{api}{grantee:?}{copy}"), api, grantee, &names)));
            }
        }
        let any: Vec<Grant> = apis
            .iter()
            .flat_map(|&api| {
                let scopes = grantees.iter().flat_map(move |&to| NAMES.iter().map(move |name| Grant::scope(api, name, to)));
                scopes.chain(NAMES.iter().map(move |name| Grant::role(api, name)))
            })
            .collect();
        let everyone: Vec<Grant> =
            any.iter().filter(|grant| grant.kind == PermissionType::Delegated && grant.grantee == Grantee::Everyone).cloned().collect();
        let change = match dice.below(5) {
            0 => Change::Add(dice.some(&any)),
            1 => Change::Remove(dice.some(&any)),
            2 => Change::Exchange { remove: dice.some(&any), add: dice.some(&any) },
            3 => Change::RemoveAll,
            _ => Change::Rewrite(dice.some(&everyone)),
        };
        let plan = plan(&held, &change);
        let (before, after) = (all(&held), all(&done(&held, &plan.steps)));
        let lost: Vec<&Grant> = before.iter().filter(|grant| !after.contains(grant)).collect();
        assert_eq!(lost, plan.dropped.iter().collect::<Vec<_>>(), "round {round}: {change:?}");
        assert_eq!(after, all_of(&plan.kept, &plan.added), "round {round}: {change:?}");
        assert!(!matches!(change, Change::Add(_)) || plan.dropped.is_empty(), "adding never takes");
        let half = all(&done(&held, &plan.steps[..plan.steps.len() / 2]));
        assert!(plan.kept.iter().all(|grant| half.contains(grant)), "round {round}: a change that is cut off has lost what was to stay");
        let there = done(&held, &plan.steps);
        let undo = super::plan(&there, &Change::Exchange { add: plan.dropped, remove: plan.added });
        let restored = all(&done(&there, &undo.steps));
        let (missing, left_over) = (difference(&before, &restored), difference(&restored, &before));
        assert_eq!((missing, left_over), (vec![], vec![]), "round {round}: {change:?} {:?}", undo.steps);
    }
}

fn all_of(one: &[Grant], other: &[Grant]) -> Vec<Grant> {
    one.iter().chain(other).cloned().collect::<BTreeSet<_>>().into_iter().collect()
}

fn difference(one: &[Grant], other: &[Grant]) -> Vec<Grant> {
    one.iter().filter(|grant| !other.contains(grant)).cloned().collect()
}
