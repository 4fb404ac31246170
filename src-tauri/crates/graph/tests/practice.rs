//! The wire against the practice tenant: lists, probes of every kind of trouble, and grants written and read back.

#![expect(clippy::unwrap_used, reason = "a practice tenant that doesn't start is a failed test")]

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::HeaderValue;
use rollcall_core::grant::{self, Api, Change, Grant, Grantee, Step};
use rollcall_core::id::{AppId, ObjectId};
use rollcall_core::issue::{self, Refusal};
use rollcall_core::permission::{self, PermissionType, Resource};
use rollcall_core::time::{Clock, Timestamp};
use rollcall_core::workload::Workload;
use rollcall_graph::error::GraphError;
use rollcall_graph::gate::{Gate, Lane};
use rollcall_graph::grants::{Holdings, StepError};
use rollcall_graph::pace::Pace;
use rollcall_graph::probe::{Answer, Probe};
use rollcall_graph::send::{Bearer, Graph, GraphOptions};
use rollcall_graph::{applications, batch, grants, groups, organization, users};
use rollcall_sandbox::world::RoleAssignment;
use rollcall_sandbox::{FaultKind, FaultPlan, Options, Sandbox, Wire};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// What an administrator's tool needs beside what the practice integration asks for.
const ADMIN: [&str; 6] = [
    "Application.Read.All",
    "Application.ReadWrite.All",
    "AppRoleAssignment.ReadWrite.All",
    "Directory.Read.All",
    "DelegatedPermissionGrant.ReadWrite.All",
    "GroupMember.Read.All",
];

fn stop() -> CancellationToken {
    CancellationToken::new()
}

/// A practice tenant whose integration has all that it asks for and what an administrator's tool needs, and a way to its Graph.
async fn open(options: Options) -> (Sandbox, Graph) {
    let sandbox = Sandbox::start(options).await.unwrap();
    let (client_id, now_ms) = (sandbox.details().client_id.clone(), sandbox.now_ms());
    sandbox.change(|world| {
        world.grant_tenant_wide(&client_id, now_ms);
        let principal_id = world.principal_of(&client_id).unwrap().id.clone();
        let resource_id = world.principal_of(&Resource::Graph.app_id().to_string()).unwrap().id.clone();
        for name in ADMIN {
            let role = permission::find(Resource::Graph, PermissionType::Application, name).unwrap();
            let (app_role_id, id) = (role.id.to_string(), format!("planted-{name}"));
            let (principal_id, resource_id) = (principal_id.clone(), resource_id.clone());
            world.role_assignments.push(RoleAssignment { id, principal_id, resource_id, app_role_id, created_ms: now_ms });
        }
    });
    let graph = connect(&sandbox).await;
    (sandbox, graph)
}

async fn connect(sandbox: &Sandbox) -> Graph {
    let details = sandbox.details();
    let bearer: Bearer = {
        let token = token(sandbox).await;
        Arc::new(move |_| {
            let token = token.clone();
            Box::pin(async move { Ok(token) })
        })
    };
    let (begun, start) = (Instant::now(), sandbox.now_ms());
    let clock: Clock = Arc::new(move || Timestamp(start).after(begun.elapsed()));
    let gate = Gate::new(clock, Pace { back_off: Duration::from_millis(5), ..Pace::default() }, None);
    Graph::new(GraphOptions { base: details.graph.parse().unwrap(), bearer, gate }).unwrap()
}

/// The integration's own token, with the roles it has now.
async fn token(sandbox: &Sandbox) -> HeaderValue {
    // Fails only when a provider was installed before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let details = sandbox.details();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", details.client_id.as_str()),
        ("client_secret", details.client_secret.as_str()),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    let url = format!("{}/{}/oauth2/v2.0/token", details.authority, details.tenant_id);
    let answer = reqwest::Client::builder().no_proxy().build().unwrap().post(url).form(&form).send().await.unwrap();
    let token: serde_json::Value = answer.json().await.unwrap();
    HeaderValue::from_str(&format!("Bearer {}", token["access_token"].as_str().unwrap())).unwrap()
}

#[tokio::test]
async fn two_and_a_half_thousand_users_come_over_their_pages() {
    let (sandbox, graph) = open(Options { users: 2_500, ..Options::default() }).await;
    let mut pages = users::pages(&graph, None, &stop());
    let (mut sizes, mut met) = (Vec::new(), HashMap::new());
    while let Some(page) = pages.next().await.unwrap() {
        sizes.push(page.items.len());
        met.extend(page.items.into_iter().map(|user| (user.object_id.to_string(), user)));
    }
    assert_eq!((sizes.as_slice(), met.len()), ([999, 999, 502].as_slice(), 2_500), "each once");
    for planted in sandbox.planted() {
        assert_eq!(met[&planted.user_id].upn, planted.upn);
    }
    assert!(met.values().any(|user| user.exchange_plan) && met.values().any(|user| !user.exchange_plan));
    assert_eq!(users::count(&graph, None, &stop()).await.unwrap(), 2_500);

    let members = users::pages(&graph, Some("accountEnabled eq true and userType eq 'Member'"), &stop()).all().await.unwrap();
    let expected = met.values().filter(|user| user.enabled && !user.guest).count();
    assert_eq!(members.len(), expected);
}

#[tokio::test]
async fn one_user_is_found_by_either_key_and_nobody_is_none() {
    let (sandbox, graph) = open(Options { users: 30, ..Options::default() }).await;
    let admin = users::by_id_or_upn(&graph, &sandbox.details().admin, &stop()).await.unwrap().unwrap();
    assert_eq!(admin.upn, "admin@contoso.example");
    assert_eq!(users::by_id_or_upn(&graph, &admin.object_id.to_string(), &stop()).await.unwrap(), Some(admin));
    assert_eq!(users::by_id_or_upn(&graph, "nobody@contoso.example", &stop()).await.unwrap(), None);
}

#[tokio::test]
async fn the_tenant_and_its_groups_are_described() {
    let (sandbox, graph) = open(Options { users: 250, ..Options::default() }).await;
    let tenant = organization::read(&graph, &stop()).await.unwrap();
    assert_eq!(tenant.id.to_string(), sandbox.details().tenant_id);
    assert!(tenant.domains.contains(&"contoso.example".to_owned()));
    assert_eq!(tenant.exchange, Some(true));

    let known: Vec<(ObjectId, String)> =
        sandbox.world().groups.iter().map(|group| (group.id.parse().unwrap(), group.display_name.clone())).collect();
    let mut nested = 0;
    for (id, name) in known {
        assert_eq!(groups::by_id(&graph, id, &stop()).await.unwrap().unwrap().display_name, name);
        let direct = groups::members(&graph, id, groups::Members::Direct, &stop()).all().await.unwrap();
        let all = groups::members(&graph, id, groups::Members::Transitive, &stop()).all().await.unwrap();
        let ids: HashSet<_> = all.iter().map(|user| user.object_id).collect();
        assert!(direct.iter().all(|user| ids.contains(&user.object_id)), "{name}");
        nested += usize::from(all.len() > direct.len());
    }
    assert!(nested > 0, "some group holds others");
    assert_eq!(groups::by_id(&graph, ObjectId(uuid::Uuid::nil()), &stop()).await.unwrap(), None);
}

/// One probe on its way: when it may be asked, and how often it was.
struct Queued {
    probe: Probe,
    due: Timestamp,
    attempts: u32,
}

/// Asks every workload of these mailboxes, with only those again that may pass, and never before their time.
async fn sweep(graph: Graph, ids: Vec<ObjectId>, now: Clock) -> HashMap<(String, Workload), Option<Refused>> {
    let all = Workload::ALL.into_iter().flat_map(|workload| ids.iter().map(move |&user| Probe { user, workload, attempt: 1 }));
    let mut queue: Vec<Queued> = all.map(|probe| Queued { probe, due: now(), attempts: 0 }).collect();
    let mut results = HashMap::new();
    while !queue.is_empty() {
        queue.sort_by_key(|queued| queued.due);
        let wait = queue[0].due.since(now());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
            continue;
        }
        let ready = queue.iter().take(batch::LARGEST).take_while(|queued| queued.due <= now()).count();
        let twenty: Vec<Queued> = queue.drain(..ready).collect();
        let asked: Vec<Probe> = twenty.iter().map(|queued| queued.probe).collect();
        let answers = batch::probe(&graph, &asked, now(), &stop()).await.unwrap();
        for (queued, probed) in twenty.into_iter().zip(answers) {
            let (refused, wait) = match probed.answer {
                Answer::Answered(_) => (None, None),
                Answer::Throttled { trace, retry_after } => (Some(Refused::of(&trace)), Some(retry_after.unwrap_or_default())),
                Answer::Refused { trace, retry_after } => {
                    let again = issue::may_pass(trace.http, &trace.code).then(|| retry_after.unwrap_or_default());
                    (Some(Refused::of(&trace)), again)
                }
                Answer::Unanswered(trace) => (Some(Refused::of(&trace)), Some(Duration::ZERO)),
            };
            if refused.as_ref().is_some_and(|refused| refused.http == Some(429)) {
                // What the mailbox asked for holds for what else is read there.
                let until = now().after(wait.unwrap_or_default());
                let others = queue.iter_mut().filter(|other| other.probe.user == queued.probe.user);
                others.for_each(|other| other.due = other.due.max(until));
            }
            match wait {
                Some(wait) if queued.attempts < 3 => {
                    queue.push(Queued { due: now().after(wait), attempts: queued.attempts + 1, ..queued });
                }
                _ => drop(results.insert((probed.probe.user.to_string(), probed.probe.workload), refused)),
            }
        }
    }
    results
}

/// What is left of a refusal.
struct Refused {
    http: Option<u16>,
    code: String,
    verdict: &'static str,
}

impl Refused {
    fn of(trace: &rollcall_graph::error::Trace) -> Self {
        let refusal = Refusal { http: trace.http, code: &trace.code, message: trace.message(), permitted: true };
        Self { http: trace.http, code: trace.code.clone(), verdict: issue::diagnose(refusal).verdict().name() }
    }
}

#[tokio::test]
async fn every_kind_of_trouble_is_seen_for_what_it_is_and_no_pause_is_broken() {
    let plan = FaultKind::ALL.into_iter().fold(FaultPlan::none(), |plan, kind| plan.with(kind, 2));
    let (sandbox, graph) = open(Options { users: 240, faults: plan, ..Options::default() }).await;
    let (begun, start) = (Instant::now(), sandbox.now_ms());
    let now: Clock = Arc::new(move || Timestamp(start).after(begun.elapsed()));
    let ids: Vec<ObjectId> = sandbox.planted().iter().map(|planted| planted.user_id.parse().unwrap()).collect();
    let mut sweeps: JoinSet<_> = ids.chunks(30).map(|part| sweep(graph.clone(), part.to_vec(), Arc::clone(&now))).collect();
    let mut results = HashMap::new();
    while let Some(part) = sweeps.join_next().await {
        results.extend(part.unwrap());
    }
    assert_eq!(results.len(), 240 * 5);
    let mut kinds = HashSet::new();
    for planted in sandbox.planted() {
        kinds.extend(planted.fault);
        for (at, (_, expected)) in planted.workloads.iter().enumerate() {
            let key = (planted.user_id.clone(), Workload::ALL[at]);
            let (verdict, http, code) = match &results[&key] {
                None => ("passed", None, String::new()),
                Some(refused) => (refused.verdict, refused.http, refused.code.clone()),
            };
            let (fault, workload) = (planted.fault, key.1);
            assert_eq!((verdict, http), (expected.verdict, expected.http), "{fault:?} {workload}: {code}");
            assert_eq!(code, expected.code.clone().unwrap_or_default(), "{fault:?} {workload}");
        }
    }
    assert_eq!(kinds.len(), FaultKind::ALL.len(), "each kind was planted");
    assert_eq!(sandbox.violations(), 0, "nothing was asked before its pause was over");
}

#[tokio::test]
async fn a_shaky_line_does_not_stop_a_list() {
    let (sandbox, graph) = open(Options { users: 30, ..Options::default() }).await;
    let wires = vec![Wire::Close, Wire::ServiceUnavailable { retry_after: None }, Wire::ServiceUnavailable { retry_after: Some(1) }];
    sandbox.next_answers(wires);
    let begun = Instant::now();
    assert_eq!(users::pages(&graph, None, &stop()).all().await.unwrap().len(), 30);
    assert!(begun.elapsed() >= Duration::from_secs(1), "the named pause is kept");
    assert_eq!(graph.gate().held(Lane::Outlook), None, "and only by the service that named it");

    sandbox.next_answers(vec![Wire::HtmlProxyPage]);
    let error = users::count(&graph, None, &stop()).await.unwrap_err();
    assert!(matches!(error, GraphError::NotGraph { .. }), "{error:?}");
    sandbox.next_answers(vec![Wire::TruncatedJson]);
    let error = organization::read(&graph, &stop()).await.unwrap_err();
    assert!(matches!(error, GraphError::Damaged(_)), "{error:?}");
}

#[tokio::test]
async fn what_is_granted_is_read_back_by_its_published_name() {
    let (sandbox, graph) = open(Options { users: 30, ..Options::default() }).await;
    let app: AppId = sandbox.details().client_id.parse().unwrap();
    let registration = applications::registration(&graph, app, &stop()).await.unwrap().unwrap();
    let client = applications::service_principal(&graph, app, &stop()).await.unwrap().unwrap();
    assert_eq!((registration.app_id, client.app_id, client.enabled), (app, app, true));
    assert_ne!(registration.id, client.id, "the registration and its representative are two objects");

    let held = held(&graph, client.id).await;
    let api = applications::service_principal(&graph, Resource::Graph.app_id(), &stop()).await.unwrap().unwrap();
    assert!(registration.required.iter().any(|asked| asked.resource == api.app_id));
    for asked in &registration.required {
        let name = api.name_of(asked.kind, asked.id).unwrap();
        assert!(held.contains(&format!("graph/{}/{name}", asked.kind)), "{name}");
    }
    assert_eq!(applications::service_principal(&graph, AppId(uuid::Uuid::nil()), &stop()).await.unwrap(), None);
}

#[tokio::test]
async fn grants_are_made_changed_and_taken_back() {
    let (sandbox, graph) = open(Options { users: 30, ..Options::default() }).await;
    let app: AppId = "8410d572-e055-48e5-b2c7-869538daf671".parse().unwrap();
    let client = match applications::service_principal(&graph, app, &stop()).await.unwrap() {
        Some(client) => client,
        None => applications::create_service_principal(&graph, app, &stop()).await.unwrap(),
    };
    let api = applications::service_principal(&graph, Resource::Graph.app_id(), &stop()).await.unwrap().unwrap();
    let role = api.id_of(PermissionType::Application, "Mail.Read").unwrap();
    grants::assign_role(&graph, client.id, api.id, role, &stop()).await.unwrap();
    let again = grants::assign_role(&graph, client.id, api.id, role, &stop()).await.unwrap_err();
    assert!(matches!(again, GraphError::Exists(_)), "{again:?}");

    let ada: ObjectId = sandbox.world().admin().unwrap().id.parse().unwrap();
    let of_graph = Api::Known(Resource::Graph);
    let own = |name: &str| Grant::scope(of_graph, name, Grantee::User(ada));
    let everyone = Grant::scope(of_graph, "User.Read", Grantee::Everyone);
    change(&graph, client.id, &Change::Add(vec![everyone.clone(), own("Mail.Read")])).await;
    change(&graph, client.id, &Change::Add(vec![own("Calendars.Read")])).await;
    let all = [
        "graph/application/Mail.Read".to_owned(),
        format!("graph/delegated/Calendars.Read@{ada}"),
        format!("graph/delegated/Mail.Read@{ada}"),
        "graph/delegated/User.Read".to_owned(),
    ];
    assert_eq!(held(&graph, client.id).await, all, "a scope joins the others of its user");
    let made = grants::holdings(&graph, client.id, &stop()).await.unwrap();
    assert!(made.objects.iter().any(|object| object.since.is_some()), "an assignment says since when it is there");

    change(&graph, client.id, &Change::Remove(vec![own("Mail.Read")])).await;
    assert_eq!(held(&graph, client.id).await.len(), 3, "the other scope of that user stays");
    change(&graph, client.id, &Change::RemoveAll).await;
    assert!(held(&graph, client.id).await.is_empty());

    let unheard = Step::Assign { api: of_graph, role: "Unheard.Of".into() };
    let refused = grants::perform(&graph, client.id, &made.apis, &unheard, &stop()).await;
    assert!(matches!(refused, Err(StepError::Unpublished)), "what the tenant's API doesn't publish is never asked for");
    let gone = grants::revoke_scopes(&graph, &made.objects[1].id, &stop()).await.unwrap_err();
    assert!(matches!(gone, GraphError::NotFound(_)), "{gone:?}");
}

/// What a client holds, as the journal writes it.
async fn held(graph: &Graph, client: ObjectId) -> Vec<String> {
    let held = grants::holdings(graph, client, &stop()).await.unwrap();
    grant::all(&held.objects).iter().map(ToString::to_string).collect()
}

/// Plans a change from what is held now, and does it.
async fn change(graph: &Graph, client: ObjectId, change: &Change) {
    let Holdings { objects, apis } = grants::holdings(graph, client, &stop()).await.unwrap();
    for step in grant::plan(&objects, change).steps {
        grants::perform(graph, client, &apis, &step, &stop()).await.unwrap();
    }
}

#[tokio::test]
async fn grants_that_may_not_be_read_are_an_error_and_never_an_empty_list() {
    let sandbox = Sandbox::start(Options { users: 30, ..Options::default() }).await.unwrap();
    let client_id = sandbox.details().client_id.clone();
    let now_ms = sandbox.now_ms();
    sandbox.change(|world| world.grant_tenant_wide(&client_id, now_ms));
    let client: ObjectId = sandbox.world().principal_of(&client_id).unwrap().id.parse().unwrap();
    let graph = connect(&sandbox).await;
    let error = grants::holdings(&graph, client, &stop()).await.unwrap_err();
    assert!(matches!(&error, GraphError::Forbidden(trace) if trace.code == "Authorization_RequestDenied"), "{error:?}");
}
