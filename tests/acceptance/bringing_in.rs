//! Bringing users in: by every source first shown and then done, by lists from whatever program, and judged before anything is asked.

use std::collections::HashSet;

use rollcall_core::action::Action;
use rollcall_core::arrival::{Fate, FateKind, Fates};
use rollcall_core::eligibility::{Eligibility, Evidence, Unasked};
use rollcall_core::id::{ObjectId, OrganizationId, RuleId};
use rollcall_core::mailbox::MailboxStatus;
use rollcall_core::membership_rule::{Attribute, Condition, Lost, RuleAction, RuleOutcome, Test};
use rollcall_ops::error::{Code, Result};
use rollcall_ops::groups::{self, FindGroups, GroupRef};
use rollcall_ops::job::{Job, Progress};
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::organizations::describe::describe;
use rollcall_ops::rules::add::{AddRule, add};
use rollcall_ops::rules::decide::{self, Decide};
use rollcall_ops::rules::order::{self, OrderRules};
use rollcall_ops::rules::proposals::{self, ListProposals};
use rollcall_ops::rules::remove::{self, RuleRef};
use rollcall_ops::rules::{self, evaluate};
use rollcall_ops::tenants::sign_in::TenantRef;
use rollcall_ops::users::csv_list::{Charset, Separator};
use rollcall_ops::users::import::{FileBytes, ImportUsers, Imported, Source, import, import_shown};
use rollcall_ops::users::preflight;
use rollcall_ops::users::preview::{self, ImportPreview, PreviewImport, PreviewLine, PreviewLines, PreviewRef, preview};
use rollcall_ops::users::query::{UserQuery, query};
use rollcall_ops::verify::plan::{Scope, Verify};
use rollcall_ops::verify::start::start;
use rollcall_sandbox::browser::Person;
use rollcall_sandbox::world::{Licence, Recipient, User};
use rollcall_sandbox::{FaultKind, FaultPlan};
use rollcall_store::users::eligibility::Eligibilities;
use rollcall_store::users::{Chosen, Sort, UserFilter};
use rollcall_tests::{Rehearsal, Scene};
use tokio_util::sync::CancellationToken;

async fn scene(users: u32) -> (Rehearsal, OrganizationId) {
    let rehearsal = Rehearsal::on(Scene { users, ..Scene::default() }).await;
    rehearsal.sign_in().await.unwrap();
    let organization = rehearsal.organization("Contoso EU", "EU-01").await.unwrap().id;
    (rehearsal, organization)
}

async fn shown(rehearsal: &Rehearsal, organization: OrganizationId, from: Source) -> Result<ImportPreview> {
    Box::pin(preview(&rehearsal.desk, PreviewImport { organization, from }, &Job::quiet())).await
}

async fn lines(rehearsal: &Rehearsal, seal: &str) -> Vec<PreviewLine> {
    preview::all(&rehearsal.desk, PreviewRef { seal: seal.to_owned() }, &Job::quiet()).await.unwrap()
}

async fn agreed(rehearsal: &Rehearsal, seal: &str) -> Result<Imported> {
    Box::pin(import_shown(&rehearsal.desk, PreviewRef { seal: seal.to_owned() }, &Job::quiet())).await
}

async fn bring(rehearsal: &Rehearsal, organization: OrganizationId, from: Source) -> Imported {
    let ask = ImportUsers { organization, from, anew: false };
    Box::pin(import(&rehearsal.desk, ask, &Job::quiet())).await.unwrap()
}

async fn users_in(rehearsal: &Rehearsal, organization: OrganizationId) -> u32 {
    let filter = UserFilter { organization: Some(organization), ..UserFilter::default() };
    query(&rehearsal.desk, UserQuery { filter, sort: Sort::default(), offset: 0, limit: 1, workloads: false }, &Job::quiet())
        .await
        .unwrap()
        .total
}

fn file(bytes: impl Into<Vec<u8>>) -> Source {
    Source::File { bytes: FileBytes(bytes.into()) }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_source_is_shown_first_and_then_exactly_that_is_imported() {
    let (rehearsal, organization) = scene(150).await;
    let found = groups::search(&rehearsal.desk, FindGroups { organization, text: "integ sco".into() }, &Job::quiet()).await.unwrap();
    assert_eq!(found.iter().map(|group| group.display_name.as_str()).collect::<Vec<_>>(), ["Integration Scope"], "by parts of its name");
    let group = found[0].id;
    let size = groups::size(&rehearsal.desk, GroupRef { organization, group }, &Job::quiet()).await.unwrap();
    assert_eq!((size.group.kind.name(), size.direct), ("mail_enabled_security", 0));
    assert!(size.nested > 0, "all of its people are in groups inside it");

    let mut in_already = 0;
    for (from, expected) in [
        (Source::Group { group, nested: false }, Some(0)),
        (Source::Group { group, nested: true }, Some(size.nested)),
        (Source::Filter { odata: "department eq 'Finance'".into() }, None),
        (Source::All, Some(150)),
    ] {
        let preview = shown(&rehearsal, organization, from).await.unwrap();
        assert_eq!(users_in(&rehearsal, organization).await, in_already, "nothing is stored by looking");
        let Fates { added, here, elsewhere, .. } = preview.fates;
        assert!(expected.is_none_or(|expected| added + here + elsewhere == expected), "{preview:?}");
        assert_eq!(preview.arriving.values().sum::<u32>(), added);
        let imported = agreed(&rehearsal, &preview.seal).await.unwrap();
        assert_eq!((imported.new, imported.same, imported.elsewhere), (added, here, elsewhere));
        in_already += added;
        assert_eq!(users_in(&rehearsal, organization).await, in_already);
        assert_eq!(agreed(&rehearsal, &preview.seal).await.unwrap_err().code, Code::Changed, "it was agreed to once");
    }
    let again = bring(&rehearsal, organization, Source::All).await;
    assert!(again.since.is_some() && again.read == 0, "and from there on only changes are asked for: {again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_told_line_by_line_and_the_report_can_not_run_in_a_spreadsheet() {
    let (rehearsal, organization) = scene(150).await;
    let other = rehearsal.organization("Contoso US", "US-01").await.unwrap().id;
    let (with_alias, there, guest) = {
        let world = rehearsal.sandbox.world();
        let one = |fits: &dyn Fn(&User) -> bool| world.users.iter().skip(2).find(|user| fits(user)).unwrap().clone();
        let with_alias = one(&|user| !user.aliases.is_empty());
        let there = one(&|user| user.aliases.is_empty() && user.fault.is_none() && user.upn.is_ascii());
        let guest = one(&|user| user.upn.contains("#EXT#"));
        (with_alias, there, guest)
    };
    bring(&rehearsal, organization, file("admin@contoso.example")).await;
    bring(&rehearsal, other, file(there.upn.clone())).await;

    let text = format!(
        "Név;E-mail\r\nAdmin;ADMIN@contoso.example\r\n\r\n\"Alias; of\";{}\r\nThe same;{}\r\nThere;{}\r\n=cmd|' /C calc'!A0;=cmd|' /C calc'!A0\r\nNobody;nobody@contoso.example\r\nAgain;NOBODY@contoso.example\r\nGuest;{}\r\n",
        with_alias.aliases[0], with_alias.upn, there.upn, guest.upn
    );
    let western: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    let utf_16: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let marked = [&b"\xef\xbb\xbf"[..], text.as_bytes()].concat();
    let mut reports = HashSet::new();
    for (bytes, charset) in [(western, Charset::Windows1252), (utf_16, Charset::Utf16), (marked, Charset::Utf8)] {
        let preview = shown(&rehearsal, organization, file(bytes)).await.unwrap();
        let list = preview.list.clone().unwrap();
        assert_eq!((list.charset, list.separator, list.column.as_deref()), (charset, Separator::Semicolon, Some("E-mail")));
        let lines = lines(&rehearsal, &preview.seal).await;
        let told: Vec<_> = lines.iter().map(|line| (line.line.unwrap(), line.fate.clone(), line.by_alias)).collect();
        assert_eq!(
            told,
            [
                (2, Fate::Here, false),
                (4, Fate::Added, true),
                (5, Fate::Duplicate { line: 4 }, false),
                (6, Fate::Elsewhere { organization: "Contoso US".into() }, false),
                (7, Fate::NoAddress, false),
                (8, Fate::Unknown, false),
                (9, Fate::Duplicate { line: 8 }, false),
                (10, Fate::Added, false),
            ]
        );
        assert_eq!(lines[1].person.as_ref().unwrap().upn, with_alias.upn, "an alias is told with its user");
        let judged = lines[7].person.as_ref().unwrap().judged;
        assert_eq!((judged.eligibility, judged.evidence), (Eligibility::Guest, Evidence::UserType));
        let report = preview::export(&rehearsal.desk, PreviewRef { seal: preview.seal.clone() }, &Job::quiet()).await.unwrap().text;
        assert!(report.contains("'=cmd"), "{report}");
        assert!(!report.contains(",=cmd"), "{report}");
        reports.insert(report);
    }
    assert_eq!(reports.len(), 1, "whatever program wrote the list");
    assert_eq!(users_in(&rehearsal, organization).await, 1, "nothing was stored");

    let preview = shown(&rehearsal, organization, file(text)).await.unwrap();
    let page = |fate| PreviewLines { seal: preview.seal.clone(), fate: Some(fate), search: None, offset: 0, limit: 10 };
    let added = preview::lines(&rehearsal.desk, page(FateKind::Added), &Job::quiet()).await.unwrap();
    assert_eq!((added.total, added.matching, added.rows.len()), (8, 2, 2));
    let imported = agreed(&rehearsal, &preview.seal).await.unwrap();
    assert_eq!((imported.new, imported.elsewhere, imported.unmatched.len()), (2, 1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_does_not_hold_any_more_imports_nothing() {
    let (rehearsal, organization) = scene(40).await;
    let other = rehearsal.organization("Contoso US", "US-01").await.unwrap().id;
    let preview = shown(&rehearsal, organization, Source::All).await.unwrap();
    bring(&rehearsal, other, file("admin@contoso.example")).await;
    assert_eq!(agreed(&rehearsal, &preview.seal).await.unwrap_err().code, Code::Changed);
    assert_eq!(users_in(&rehearsal, organization).await, 0);
    let now = shown(&rehearsal, organization, Source::All).await.unwrap();
    assert_ne!(now.seal, preview.seal);
    assert_eq!(agreed(&rehearsal, &now.seal).await.unwrap().new, 39);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_lines_are_told_one_by_one() {
    let rehearsal = Rehearsal::on(Scene { users: 300, faults: FaultPlan::none(), ..Scene::default() }).await;
    rehearsal.sign_in().await.unwrap();
    let organization = rehearsal.organization("Contoso EU", "EU-01").await.unwrap().id;
    let upns: Vec<String> = rehearsal.sandbox.world().users.iter().map(|user| user.upn.clone()).collect();
    let mut text = String::from("UserPrincipalName,Manager\n");
    for line in 0..100_000 {
        match line % 4 {
            0 | 1 => text.push_str(&format!("{},boss@contoso.example\n", upns[line % upns.len()])),
            2 => text.push_str(&format!("nobody{line}@contoso.example,boss@contoso.example\n")),
            _ => text.push_str("\"Ada, \"\"the Countess\"\"\",boss@contoso.example\n"),
        }
    }
    let preview = shown(&rehearsal, organization, file(text)).await.unwrap();
    let fates = preview.fates;
    assert_eq!((fates.unknown, fates.no_address), (25_000, 25_000));
    assert_eq!(fates.added + fates.duplicate, 50_000);
    assert_eq!(agreed(&rehearsal, &preview.seal).await.unwrap().new, fates.added);
}

async fn preflight(rehearsal: &Rehearsal, organization: OrganizationId) -> Eligibilities {
    Box::pin(preflight::preflight(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet())).await.unwrap()
}

/// Those of an organization that were judged so, by principal name, each with who says so.
async fn judged(rehearsal: &Rehearsal, organization: OrganizationId, eligibility: Eligibility) -> Vec<(String, Evidence)> {
    let filter = UserFilter { organization: Some(organization), eligibility: vec![eligibility], ..UserFilter::default() };
    let ask = UserQuery { filter, sort: Sort::default(), offset: 0, limit: 1000, workloads: false };
    let page = query(&rehearsal.desk, ask, &Job::quiet()).await.unwrap();
    page.rows.into_iter().map(|row| (row.user.directory.upn, row.judged.evidence)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_who_are_not_ready_are_judged_to_the_last() {
    let rehearsal = Rehearsal::on(Scene { users: 2_400, ..Scene::default() }).await;
    let guests = rehearsal.sandbox.change(|world| {
        world.users.iter_mut().step_by(2).for_each(|user| user.recipient = Recipient::Guest);
        world.users.iter().filter(|user| user.recipient == Recipient::Guest).count()
    });
    assert!(guests >= 1_200, "more than are judged in one go");
    rehearsal.sign_in().await.unwrap();
    let organization = rehearsal.organization("Contoso EU", "EU-01").await.unwrap().id;
    bring(&rehearsal, organization, Source::All).await;
    let filter = UserFilter { organization: Some(organization), eligibility: vec![Eligibility::Guest], ..UserFilter::default() };
    let ask = UserQuery { filter, sort: Sort::default(), offset: 0, limit: 1, workloads: false };
    assert_eq!(query(&rehearsal.desk, ask, &Job::quiet()).await.unwrap().matching as usize, guests);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_person_is_judged_with_its_source_and_the_mailbox_tells_what_the_directory_can_not() {
    let rehearsal = Rehearsal::on(Scene { users: 400, ..Scene::default() }).await;
    let twin = rehearsal.sandbox.change(|world| {
        // Somebody has an address of the admin's, as happens when domains are merged.
        let twin = world.users.iter_mut().skip(10).find(|user| user.fault.is_none() && user.recipient == Recipient::Person && user.enabled);
        let twin = twin.unwrap();
        twin.aliases.push("ADMIN@contoso.example".to_owned());
        twin.upn.clone()
    });
    rehearsal.sign_in().await.unwrap();
    let organization = rehearsal.organization("Contoso EU", "EU-01").await.unwrap().id;
    bring(&rehearsal, organization, Source::All).await;

    // By the directory alone: the import does that by itself.
    let ids = |fits: fn(&User) -> bool| {
        let world = rehearsal.sandbox.world();
        let mut upns: Vec<String> = world.users.iter().filter(|user| fits(user)).map(|user| user.upn.clone()).collect();
        upns.sort();
        upns
    };
    let by_name = |mut judged: Vec<(String, Evidence)>| {
        judged.sort_by(|a, b| a.0.cmp(&b.0));
        judged
    };
    let check = async |eligibility, evidence, expected: Vec<String>| {
        let found = by_name(judged(&rehearsal, organization, eligibility).await);
        assert!(!expected.is_empty(), "{eligibility:?} is planted");
        assert_eq!(found, expected.into_iter().map(|upn| (upn, evidence)).collect::<Vec<_>>(), "{eligibility:?}");
    };
    check(Eligibility::Guest, Evidence::UserType, ids(|user| user.recipient == Recipient::Guest)).await;
    check(
        Eligibility::Unlicensed,
        Evidence::AssignedPlans,
        ids(|user| user.recipient == Recipient::Person && user.licence == Licence::None && user.enabled && !user.synced),
    )
    .await;
    check(
        Eligibility::OnPremises,
        Evidence::OnPremisesSync,
        ids(|user| user.recipient != Recipient::Guest && user.synced && matches!(user.licence, Licence::None | Licence::Foundation)),
    )
    .await;
    check(
        Eligibility::Disabled,
        Evidence::AccountEnabled,
        ids(|user| user.recipient == Recipient::Person && !user.enabled && !matches!(user.licence, Licence::None | Licence::Foundation)),
    )
    .await;
    let contested = judged(&rehearsal, organization, Eligibility::AddressConflict).await;
    let mut two: Vec<String> = contested.into_iter().map(|(upn, _)| upn).collect();
    two.sort();
    let mut expected = vec!["admin@contoso.example".to_owned(), twin];
    expected.extend(["plain.user@contoso.example", "reports.reader@contoso.example"].map(str::to_owned));
    expected.sort();
    assert_eq!(two, expected, "both have the address, those planted and those of today");
    let resources = ids(|user| matches!(user.recipient, Recipient::Shared | Recipient::Room | Recipient::Equipment));
    let vague = judged(&rehearsal, organization, Eligibility::SharedOrResource).await;
    assert!(resources.iter().all(|upn| vague.contains(&(upn.clone(), Evidence::AccountEnabled))), "which one isn't known yet");

    // The mailbox knows, but has to be asked in the integration's name, with its secret and the permission.
    assert_eq!(preflight(&rehearsal, organization).await.unasked, Some(Unasked::NoSecret));
    rehearsal.hand_in_secret().await.unwrap();
    assert_eq!(preflight(&rehearsal, organization).await.unasked, Some(Unasked::NotPermitted));
    rehearsal.grant_as(organization, Person::Admin).await.unwrap();
    let found = preflight(&rehearsal, organization).await;
    assert!(found.judged.is_some() && !found.counts.contains_key(&Eligibility::SharedOrResource), "{found:?}");
    check(Eligibility::Shared, Evidence::UserPurpose, ids(|user| user.recipient == Recipient::Shared)).await;
    check(Eligibility::Room, Evidence::UserPurpose, ids(|user| user.recipient == Recipient::Room)).await;
    check(Eligibility::Equipment, Evidence::UserPurpose, ids(|user| user.recipient == Recipient::Equipment)).await;
    // What looked like a shared mailbox and says of itself that it is none.
    let none = judged(&rehearsal, organization, Eligibility::NoMailbox).await;
    assert!(!none.is_empty() && none.iter().all(|(_, evidence)| *evidence == Evidence::UserPurpose), "{none:?}");
    let view = describe(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await.unwrap();
    assert_eq!(view.eligibility, found);
    let ready = judged(&rehearsal, organization, Eligibility::Ready).await.len();
    assert_eq!(u32::try_from(ready).unwrap() + found.not_eligible, view.users);
    assert_eq!(rehearsal.sandbox.violations(), 0);

    // What a check finds out about a mailbox counts at once.
    Box::pin(start(&rehearsal.desk, Verify { organization, which: Scope::All }, &Job::quiet())).await.unwrap();
    let licence = ids(|user| user.fault == Some(FaultKind::InvalidLicense));
    let unlicensed = judged(&rehearsal, organization, Eligibility::Unlicensed).await;
    assert!(unlicensed.contains(&(licence[0].clone(), Evidence::LastCheck)), "{unlicensed:?}");
}

/// An import that ends with the program as soon as its first users are stored.
async fn cut_off(rehearsal: &Rehearsal, organization: OrganizationId) {
    let stored = CancellationToken::new();
    let some = stored.clone();
    let job = Job::new(CancellationToken::new(), move |progress| {
        if matches!(progress, Progress::Imported { .. }) {
            some.cancel();
        }
    });
    let ask = ImportUsers { organization, from: Source::All, anew: true };
    tokio::select! {
        biased;
        () = stored.cancelled() => {}
        over = import(&rehearsal.desk, ask, &job) => panic!("it was over before it could be cut off: {over:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_was_cut_off_before_its_users_were_judged_is_made_up_for_by_the_next_check_or_import() {
    let (rehearsal, organization) = scene(60).await;
    bring(&rehearsal, organization, Source::All).await;
    let set_enabled = |enabled| {
        rehearsal.sandbox.change(|world| {
            let fits =
                |user: &&mut User| user.fault.is_none() && user.recipient == Recipient::Person && user.licence == Licence::Enterprise;
            let user = world.users.iter_mut().filter(fits).nth(5).unwrap();
            user.enabled = enabled;
            user.upn.clone()
        })
    };
    let is_disabled = async |upn: &str| judged(&rehearsal, organization, Eligibility::Disabled).await.iter().any(|(one, _)| one == upn);

    let upn = set_enabled(false);
    cut_off(&rehearsal, organization).await;
    assert!(!is_disabled(&upn).await, "nobody has judged yet");
    let again = bring(&rehearsal, organization, Source::All).await;
    assert_eq!((again.new, again.changed), (0, 0), "all of it had been stored");
    assert!(is_disabled(&upn).await, "the next import does it");

    set_enabled(true);
    cut_off(&rehearsal, organization).await;
    assert!(is_disabled(&upn).await);
    rehearsal.hand_in_secret().await.unwrap();
    rehearsal.grant_as(organization, Person::Admin).await.unwrap();
    Box::pin(start(&rehearsal.desk, Verify { organization, which: Scope::All }, &Job::quiet())).await.unwrap();
    assert!(!is_disabled(&upn).await, "and so does the next check");
}

fn any_of(attribute: Attribute, values: &[&str]) -> Condition {
    Condition::Attribute { attribute, is: Test::OneOf { values: values.iter().map(|&value| value.to_owned()).collect() } }
}

async fn rule(rehearsal: &Rehearsal, organization: OrganizationId, condition: Condition, action: RuleAction) -> RuleId {
    add(&rehearsal.desk, AddRule { organization, condition, action }, &Job::quiet()).await.unwrap().id
}

async fn evaluated(rehearsal: &Rehearsal) -> Vec<RuleOutcome> {
    let ask = TenantRef { tenant: rehearsal.tenant.id };
    let views = Box::pin(evaluate::evaluate(&rehearsal.desk, ask, &Job::quiet())).await.unwrap();
    views.into_iter().map(|view| view.rule.outcome.unwrap()).collect()
}

/// Those who wait for the admin's word, or were declined, by principal name.
async fn proposed(rehearsal: &Rehearsal, organization: OrganizationId, declined: bool) -> Vec<String> {
    let ask = ListProposals { organization, declined, offset: 0, limit: 1000 };
    let page = proposals::proposals(&rehearsal.desk, ask, &Job::quiet()).await.unwrap();
    let mut upns: Vec<String> = page.rows.into_iter().map(|row| row.upn).collect();
    upns.sort();
    upns
}

fn whom(rehearsal: &Rehearsal, organization: OrganizationId, upns: &[&str]) -> Decide {
    let world = rehearsal.sandbox.world();
    let id = |upn: &&str| world.user_by_upn(upn).unwrap().id.to_string().parse().unwrap();
    Decide { organization, users: Some(upns.iter().map(id).collect()) }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_hired_is_proposed_and_two_organizations_never_want_the_same_person_unsaid() {
    let rehearsal = Rehearsal::on(Scene { users: 200, faults: FaultPlan::none(), ..Scene::default() }).await;
    rehearsal.sign_in().await.unwrap();
    let sales = rehearsal.organization("Sales", "S-01").await.unwrap().id;
    let britain = rehearsal.organization("Britain", "B-01").await.unwrap().id;
    let people = |fits: fn(&User) -> bool| {
        let world = rehearsal.sandbox.world();
        let mut upns: Vec<String> = world.users.iter().filter(|user| fits(user)).map(|user| user.upn.clone()).collect();
        upns.sort();
        upns
    };
    let count = |upns: &[String]| u32::try_from(upns.len()).unwrap();
    let sellers = people(|user| user.department == "Sales");
    let both = people(|user| user.department == "Sales" && user.country == "GB");
    let british = people(|user| user.country == "GB");
    assert!(both.len() > 1 && both.len() < sellers.len());

    let first = rule(&rehearsal, sales, any_of(Attribute::Department, &["sales"]), RuleAction::Propose).await;
    rule(&rehearsal, britain, any_of(Attribute::UsageLocation, &["GB"]), RuleAction::Add).await;
    assert_eq!(users_in(&rehearsal, britain).await, 0, "a rule does nothing before it is evaluated");
    let outcomes = evaluated(&rehearsal).await;
    assert_eq!((outcomes[0].matching, outcomes[0].proposed, outcomes[0].added), (count(&sellers), count(&sellers), 0));
    assert_eq!(proposed(&rehearsal, sales, false).await, sellers, "whatever the case of letters");
    let lost = Lost { to: first, organization: sales, users: count(&both) };
    assert_eq!((outcomes[1].added, outcomes[1].lost.as_slice()), (count(&british) - count(&both), [lost].as_slice()));
    assert_eq!((users_in(&rehearsal, sales).await, users_in(&rehearsal, britain).await), (0, outcomes[1].added));

    // Declined stays declined, and the next rule may have the person.
    let (stays, goes) = (sellers.iter().find(|upn| !both.contains(upn)).unwrap().as_str(), both[0].as_str());
    decide::decline(&rehearsal.desk, whom(&rehearsal, sales, &[stays, goes]), &Job::quiet()).await.unwrap();
    let all = Decide { organization: sales, users: None };
    let accepted = Box::pin(decide::accept(&rehearsal.desk, all, &Job::quiet())).await.unwrap();
    assert_eq!(accepted.new, count(&sellers) - 2);
    let outcomes = evaluated(&rehearsal).await;
    assert_eq!((outcomes[0].here, outcomes[0].proposed, outcomes[0].declined), (accepted.new, 0, 2));
    assert_eq!(outcomes[1].added, 1, "{goes} fits the second rule, too");
    assert!(proposed(&rehearsal, sales, false).await.is_empty());

    // Somebody is hired; the next import of anybody brings the proposal.
    rehearsal.sandbox.change(|world| {
        let id = world.add_user("Newly Hired", "newly.hired");
        world.change_user(&id, |user| user.department = "Sales");
    });
    bring(&rehearsal, sales, file("admin@contoso.example")).await;
    assert_eq!(proposed(&rehearsal, sales, false).await, ["newly.hired@contoso.example"]);
    decide::reconsider(&rehearsal.desk, whom(&rehearsal, sales, &[stays]), &Job::quiet()).await.unwrap();
    assert_eq!(proposed(&rehearsal, sales, false).await.len(), 2, "asked again");
    let all = Decide { organization: sales, users: None };
    assert_eq!(Box::pin(decide::accept(&rehearsal.desk, all, &Job::quiet())).await.unwrap().new, 2);

    // A scheduler asks for all tenants at once; whoever changes the department meanwhile is no proposal any more.
    rehearsal.sandbox.change(|world| {
        let id = world.add_user("Short Stay", "short.stay");
        world.change_user(&id, |user| (user.department, user.country) = ("Sales", "DE"));
    });
    let told = Box::pin(rules::evaluate_all(&rehearsal.desk, &Job::quiet())).await.unwrap();
    assert_eq!((told.len(), told[0].proposed, told[0].error.is_none()), (1, 1, true));
    rehearsal.sandbox.change(|world| world.change_user("short.stay@contoso.example", |user| user.department = "Legal"));
    evaluated(&rehearsal).await;
    assert!(proposed(&rehearsal, sales, false).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_by_group_and_domain_follow_the_order_and_a_group_that_is_gone_takes_nobody() {
    let rehearsal = Rehearsal::on(Scene { users: 120, faults: FaultPlan::none(), ..Scene::default() }).await;
    rehearsal.sign_in().await.unwrap();
    let one = rehearsal.organization("One", "O-01").await.unwrap().id;
    let two = rehearsal.organization("Two", "T-01").await.unwrap().id;
    let group =
        groups::search(&rehearsal.desk, FindGroups { organization: one, text: "Integration Scope".into() }, &Job::quiet()).await.unwrap();
    let scope = |nested| Condition::Group { group: group[0].id, name: group[0].display_name.clone(), nested };
    let direct = rule(&rehearsal, one, scope(false), RuleAction::Propose).await;
    let nested = rule(&rehearsal, one, scope(true), RuleAction::Propose).await;
    let domain = rule(&rehearsal, two, any_of(Attribute::Domain, &["@Contoso.example"]), RuleAction::Propose).await;
    let gone = Condition::Group { group: ObjectId(uuid::Uuid::from_u128(404)), name: "Gone".into(), nested: true };
    let gone = rule(&rehearsal, two, gone, RuleAction::Add).await;
    let outcomes = evaluated(&rehearsal).await;
    assert_eq!((outcomes[0].matching, outcomes[1].proposed > 0), (0, true), "all of its people are in groups inside it");
    assert_eq!(outcomes[2].lost[0].to, nested);
    assert_eq!(outcomes[2].proposed + outcomes[2].lost[0].users, outcomes[2].matching);
    assert!(outcomes[2].matching > 100 && outcomes[3].group_gone && outcomes[3].matching == 0);

    let ask = |rules: &[RuleId]| OrderRules { tenant: rehearsal.tenant.id, rules: rules.to_vec() };
    let refused = order::order(&rehearsal.desk, ask(&[domain, nested]), &Job::quiet()).await.unwrap_err();
    assert_eq!(refused.code, Code::InvalidInput);
    order::order(&rehearsal.desk, ask(&[domain, gone, direct, nested]), &Job::quiet()).await.unwrap();
    let outcomes = evaluated(&rehearsal).await;
    assert_eq!(outcomes[0].proposed, outcomes[0].matching, "now the other one is the first");
    assert!(proposed(&rehearsal, one, false).await.is_empty(), "what it had proposed is proposed no longer");
    remove::remove(&rehearsal.desk, RuleRef { rule: domain }, &Job::quiet()).await.unwrap();
    assert!(proposed(&rehearsal, two, false).await.is_empty());
    let bad = AddRule { organization: one, condition: any_of(Attribute::Domain, &["x') or true"]), action: RuleAction::Add };
    assert_eq!(add(&rehearsal.desk, bad, &Job::quiet()).await.unwrap_err().code, Code::InvalidInput);
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_an_admin_took_out_no_rule_brings_back_until_somebody_asks_again() {
    let rehearsal = Rehearsal::on(Scene { users: 200, faults: FaultPlan::none(), ..Scene::default() }).await;
    rehearsal.sign_in().await.unwrap();
    let sales = rehearsal.organization("Sales", "S-01").await.unwrap().id;
    let britain = rehearsal.organization("Britain", "B-01").await.unwrap().id;
    let fits = any_of(Attribute::Department, &["Sales"]);
    rule(&rehearsal, sales, fits.clone(), RuleAction::Add).await;
    rule(&rehearsal, britain, fits, RuleAction::Propose).await;
    let came = evaluated(&rehearsal).await[0].added;
    let people = rehearsal.found(UserFilter { organization: Some(sales), ..UserFilter::default() }).await;
    let [out, kept_out, excluded] = [0, 1, 2].map(|at| people[at].user.directory.upn.clone());
    let act_on = async |action, upns: &[&String]| {
        let ids = people.iter().filter(|one| upns.contains(&&one.user.directory.upn)).map(|one| one.user.id).collect();
        rehearsal.act(Chosen::Ids(ids), action).await
    };
    act_on(Action::Remove { force: false }, &[&out, &kept_out]).await;
    act_on(Action::Exclude, &[&excluded]).await;

    // Neither the rule that had brought them nor that of another organization has them, however often it looks.
    for _ in 0..2 {
        let outcomes = evaluated(&rehearsal).await;
        assert_eq!((outcomes[0].added, outcomes[0].here, outcomes[0].declined), (0, came - 2, 2));
        assert_eq!((outcomes[1].proposed, outcomes[1].declined), (0, 2));
    }
    let mut both = vec![out.clone(), kept_out.clone()];
    both.sort();
    assert_eq!(proposed(&rehearsal, sales, true).await, both, "they stand there as declined");
    assert_eq!(proposed(&rehearsal, britain, true).await, both);
    assert_eq!(users_in(&rehearsal, sales).await, came - 2, "who is excluded is in the organization and stays excluded");
    let still = rehearsal.found(UserFilter { search: Some(excluded), ..UserFilter::default() }).await;
    assert_eq!(still[0].user.mailbox, MailboxStatus::Excluded);

    // One way back is to ask again, the other to bring the person in oneself.
    decide::reconsider(&rehearsal.desk, whom(&rehearsal, sales, &[&out]), &Job::quiet()).await.unwrap();
    assert_eq!(proposed(&rehearsal, sales, false).await, std::slice::from_ref(&out), "it can be accepted at once");
    assert_eq!(evaluated(&rehearsal).await[0].added, 1, "or comes with the next look at the rules");
    bring(&rehearsal, sales, file(kept_out)).await;
    assert!(proposed(&rehearsal, sales, true).await.is_empty(), "who is here isn't declined");
    assert_eq!(users_in(&rehearsal, sales).await, came);
}
