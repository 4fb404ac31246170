//! Reading a directory: in parts when it is large, and only what changed once it was read.

use std::collections::HashSet;

use rollcall_core::action::Action;
use rollcall_core::eligibility::Eligibility;
use rollcall_core::id::OrganizationId;
use rollcall_ops::job::Job;
use rollcall_ops::users::import::{ImportUsers, Imported, Source, import};
use rollcall_ops::users::preview::{PreviewImport, PreviewRef, all as lines, preview};
use rollcall_ops::users::query::{UserQuery, query};
use rollcall_sandbox::FaultPlan;
use rollcall_sandbox::world::User;
use rollcall_store::users::{Chosen, Sort, UserFilter, UserRow};
use rollcall_tests::{Rehearsal, Scene};

async fn read(rehearsal: &Rehearsal, organization: OrganizationId, anew: bool) -> Imported {
    Box::pin(import(&rehearsal.desk, ImportUsers { organization, from: Source::All, anew }, &Job::quiet())).await.unwrap()
}

async fn rows(rehearsal: &Rehearsal, organization: OrganizationId, search: Option<&str>) -> Vec<UserRow> {
    let filter = UserFilter { organization: Some(organization), search: search.map(str::to_owned), ..UserFilter::default() };
    let mut rows = Vec::new();
    loop {
        let offset = u32::try_from(rows.len()).unwrap();
        let ask = UserQuery { filter: filter.clone(), sort: Sort::default(), offset, limit: 200, workloads: false };
        let page = query(&rehearsal.desk, ask, &Job::quiet()).await.unwrap();
        let matching = page.matching as usize;
        rows.extend(page.rows);
        if rows.len() >= matching {
            return rows;
        }
    }
}

fn pages(rehearsal: &Rehearsal) -> u64 {
    rehearsal.sandbox.counts().iter().filter(|((route, _), _)| route == "GET /users").map(|(_, count)| count).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_directory_is_read_in_parts_and_nobody_is_missing_or_twice() {
    let rehearsal = Rehearsal::on(Scene { users: 6_000, faults: FaultPlan::none(), ..Scene::default() }).await;
    rehearsal.sign_in().await.unwrap();
    let organization = rehearsal.organization("Contoso EU", "EU-01").await.unwrap().id;
    let imported = read(&rehearsal, organization, false).await;
    assert_eq!((imported.read, imported.new, imported.since), (6_000, 6_000, None));
    assert!(pages(&rehearsal) > 20, "in parts, not in seven pages: {}", pages(&rehearsal));
    let found: HashSet<String> =
        rows(&rehearsal, organization, None).await.into_iter().map(|row| row.user.directory.object_id.to_string()).collect();
    let planted: HashSet<String> = rehearsal.sandbox.planted().into_iter().map(|planted| planted.user_id).collect();
    assert_eq!(found, planted);
    let anybody = &rehearsal.sandbox.planted()[5_432];
    assert_eq!(rows(&rehearsal, organization, Some(&anybody.upn)).await.len(), 1, "and everybody is found by searching");
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_whose_name_begins_with_a_letter_that_no_part_has_is_not_missed() {
    let rehearsal = Rehearsal::on(Scene { users: 4_500, faults: FaultPlan::none(), ..Scene::default() }).await;
    rehearsal.sandbox.change(|world| {
        let odd = world.users.last_mut().unwrap();
        odd.upn = "ødegaard@contoso.example".to_owned();
    });
    rehearsal.sign_in().await.unwrap();
    let organization = rehearsal.organization("Contoso EU", "EU-01").await.unwrap().id;
    let imported = read(&rehearsal, organization, false).await;
    assert_eq!(imported.new, 4_500, "the parts don't add up to the count, so the list is read as a whole: {imported:?}");
    assert_eq!(rows(&rehearsal, organization, Some("degaard")).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn once_read_only_what_changed_is_read_until_that_can_not_be_told() {
    let rehearsal = Rehearsal::on(Scene { users: 300, faults: FaultPlan::none(), ..Scene::default() }).await;
    rehearsal.sign_in().await.unwrap();
    let organization = rehearsal.organization("Contoso EU", "EU-01").await.unwrap().id;
    assert_eq!(read(&rehearsal, organization, false).await.new, 300);
    let before = pages(&rehearsal);
    let unchanged = read(&rehearsal, organization, false).await;
    assert_eq!((unchanged.read, unchanged.since.is_some()), (0, true), "{unchanged:?}");
    assert_eq!(pages(&rehearsal), before, "nobody was listed for it");

    let (renamed, removed) = {
        let planted = rehearsal.sandbox.planted();
        (planted[20].user_id.clone(), planted[40].user_id.clone())
    };
    let newcomer = rehearsal.sandbox.change(|world| {
        assert!(world.change_user(&renamed, |user| user.display_name = "Zoe Renamed".to_owned()));
        assert!(world.delete_user(&removed));
        world.add_user("Nora Newcomer", "nora.newcomer")
    });
    let changed = read(&rehearsal, organization, false).await;
    assert_eq!((changed.read, changed.new, changed.changed, changed.gone), (2, 1, 1, 1), "{changed:?}");
    let all = rows(&rehearsal, organization, None).await;
    let of = |id: &str| all.iter().find(|row| row.user.directory.object_id.to_string() == id).unwrap();
    assert_eq!(of(&renamed).user.directory.display_name, "Zoe Renamed");
    assert_eq!(of(&newcomer).user.directory.display_name, "Nora Newcomer");
    assert!(of(&removed).user.gone.is_some(), "who left the directory stays until somebody removes them, and says so");

    rehearsal.sandbox.expire_deltas();
    let resynced = read(&rehearsal, organization, false).await;
    assert_eq!((resynced.read, resynced.since), (300, None), "the link has lapsed, so everybody is read: {resynced:?}");
    assert!(read(&rehearsal, organization, false).await.since.is_some(), "and from there on changes again");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_removed_here_comes_back_with_the_next_import() {
    let rehearsal = Rehearsal::on(Scene { users: 60, faults: FaultPlan::none(), ..Scene::default() }).await;
    rehearsal.sign_in().await.unwrap();
    let organization = rehearsal.organization("Contoso EU", "EU-01").await.unwrap().id;
    read(&rehearsal, organization, false).await;
    let users = rows(&rehearsal, organization, None).await.into_iter().take(3).map(|row| row.user.id).collect();
    rehearsal.act(Chosen::Ids(users), Action::Remove { force: false }).await;
    let again = read(&rehearsal, organization, false).await;
    assert_eq!(again.new, 3, "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_list_is_asked_for_by_its_addresses_and_a_long_one_found_among_everybody() {
    let rehearsal = Rehearsal::on(Scene { users: 6_000, faults: FaultPlan::none(), ..Scene::default() }).await;
    rehearsal.sign_in().await.unwrap();
    let organization = rehearsal.organization("Contoso EU", "EU-01").await.unwrap().id;
    let people: Vec<User> = rehearsal.sandbox.world().users.clone();
    let with_alias = people[5..].iter().find(|user| !user.aliases.is_empty()).unwrap();
    let alias = with_alias.aliases[0].clone();
    rehearsal.sandbox.change(|world| {
        // An address of somebody on the list that stands in no line of it, and that somebody else has, too.
        let twin = world.add_user("Other Owner", "other.owner");
        for id in [with_alias.id.to_string(), twin] {
            world.change_user(&id, |user| user.aliases.push("contested@contoso.example".to_owned()));
        }
    });
    let list = |named: &[&str]| Source::Csv { text: format!("mail\n{}\n", named.join("\n")) };
    let mut short: Vec<&str> = people[..5].iter().map(|user| user.upn.as_str()).collect();
    short.extend([alias.as_str(), "nobody@contoso.example"]);
    let look = async |from: Source| {
        let before = pages(&rehearsal);
        let shown = Box::pin(preview(&rehearsal.desk, PreviewImport { organization, from }, &Job::quiet())).await.unwrap();
        let lines = lines(&rehearsal.desk, PreviewRef { seal: shown.seal.clone() }, &Job::quiet()).await.unwrap();
        (pages(&rehearsal) - before, lines)
    };
    let (requests, told) = look(list(&short)).await;
    // The practice tenant looks at 5,000 people a page when it filters, so a group of five addresses takes two requests here.
    assert!(requests <= 8, "two groups for seven addresses, and some for the other addresses of six people: {requests}");
    let contested = told[5].person.as_ref().unwrap().judged.eligibility;
    assert_eq!(contested, Eligibility::AddressConflict, "whoever else has an address of theirs is noticed");

    // The same lines on a list so long that everybody is read are told in the same way.
    let long: Vec<&str> = short.iter().copied().chain(people[6..206].iter().map(|user| user.upn.as_str())).collect();
    let (requests, at_length) = look(list(&long)).await;
    assert!(requests > 20, "everybody, in parts: {requests}");
    assert_eq!(at_length[..told.len()], told);

    let before = pages(&rehearsal);
    let ask = ImportUsers { organization, from: list(&short), anew: false };
    let imported = Box::pin(import(&rehearsal.desk, ask, &Job::quiet())).await.unwrap();
    assert_eq!((imported.new, imported.unmatched), (6, vec!["nobody@contoso.example".to_owned()]));
    assert_eq!(pages(&rehearsal) - before, 4);
}
