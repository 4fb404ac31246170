use crate::faults::{FaultPlan, Workload};
use crate::graph::Limits;
use crate::graph::testing::{Desk, NOW, probe};

#[test]
fn the_directory_gives_so_many_units_in_ten_seconds() {
    let limits = Limits { directory_units: Some(5), ..Limits::default() };
    let mut desk = Desk::limited(30, &FaultPlan::none(), limits);
    assert_eq!(desk.get("/users").headers["x-ms-resource-unit"], "2");
    assert_eq!(desk.get("/users?$select=id").headers["x-ms-resource-unit"], "1");
    assert_eq!(desk.get("/users").status, 200);
    let refused = desk.get("/users?$select=id&$top=5");
    assert_eq!((refused.status, refused.retry_after()), (429, Some("10")));
    desk.now_ms = NOW + 10_000;
    assert_eq!(desk.get("/users").status, 200);
    assert_eq!(desk.state.violations(), 0);
}

#[test]
fn a_mailbox_takes_so_many_requests_in_ten_minutes() {
    let limits = Limits { in_ten_minutes: Some(3), ..Limits::default() };
    let mut desk = Desk::limited(30, &FaultPlan::none(), limits);
    let url = probe(&desk.afflicted(None), Workload::Tasks);
    for _ in 0..3 {
        assert_eq!(desk.get(&url).status, 200);
    }
    assert_eq!(desk.get(&url).code(), "ApplicationThrottled");
    desk.now_ms = NOW + 600_000;
    assert_eq!(desk.get(&url).status, 200);
    assert_eq!(desk.state.violations(), 0);
}

#[test]
fn a_share_of_the_workloads_refuses_its_first_request_and_the_same_share_for_the_same_seed() {
    let refused = |per_mille| {
        let desk = Desk::limited(200, &FaultPlan::none(), Limits { throttled_per_mille: per_mille, ..Limits::default() });
        let ids: Vec<String> = desk.state.world().users.iter().map(|user| user.id.to_string()).collect();
        let urls: Vec<String> = ids.iter().flat_map(|id| Workload::ALL.map(|workload| probe(id, workload))).collect();
        let refused: Vec<String> = urls.into_iter().filter(|url| desk.get(url).retry_after() == Some("1")).collect();
        (desk, refused)
    };
    assert!(refused(0).1.is_empty());
    let (mut desk, some) = refused(50);
    assert!((25..100).contains(&some.len()), "{} of 1,000 at 50 per mille", some.len());
    assert_eq!(some, refused(50).1);

    desk.now_ms += 1_000;
    let (early, patient) = some.split_at(1);
    assert!(patient.iter().all(|url| desk.get(url).status == 200));
    assert_eq!(desk.state.violations(), 0);
    let again = desk.state.clone();
    desk.state.forget_history();
    assert_eq!(desk.get(&patient[0]).status, 429, "everything is asked for the first time again");
    desk.now_ms += 999;
    assert_eq!(desk.get(&patient[0]).status, 429);
    assert_eq!(again.violations(), 1);
    assert_eq!(desk.get(&early[0]).status, 429);
}

#[test]
fn the_ten_seconds_of_an_app_count_what_is_inside_of_batches() {
    let limits = Limits { in_ten_seconds: Some(25), ..Limits::default() };
    let mut desk = Desk::limited(30, &FaultPlan::none(), limits);
    let ids: Vec<String> = (0..20).map(|n| n.to_string()).collect();
    let twenty: Vec<(&str, String)> = ids.iter().map(|id| (id.as_str(), "/organization".to_owned())).collect();
    assert_eq!(desk.batch(&twenty).0.status, 200);
    for _ in 0..5 {
        assert_eq!(desk.get("/organization").status, 200);
    }
    desk.now_ms += 4_500;
    let refused = desk.get("/organization");
    assert_eq!((refused.status, refused.retry_after()), (429, Some("6")), "to the end of the ten seconds, in whole seconds");
    desk.now_ms += 5_999;
    assert_eq!(desk.batch(&twenty).0.status, 429, "the whole batch");
    let counts = desk.state.counts();
    assert_eq!(counts[&("GET /organization".to_owned(), 429)], 1);
    assert_eq!(counts[&("GET /organization".to_owned(), 200)], 25);
    assert_eq!(counts[&("POST /$batch".to_owned(), 429)], 1);
    assert_eq!(desk.state.violations(), 1);
    desk.now_ms += 1_000;
    assert_eq!(desk.batch(&twenty).0.status, 200);
    assert_eq!(desk.state.violations(), 1);
}

#[test]
fn an_app_with_too_many_requests_under_way_must_stay_away_as_a_whole() {
    let limits = Limits { at_once_app: Some(2), ..Limits::default() };
    let mut desk = Desk::limited(30, &FaultPlan::none(), limits);
    let nothing = serde_json::Value::Null;
    let under_way = [desk.answer("GET", "/organization", &nothing), desk.answer("GET", "/users", &nothing)];
    assert!(under_way.iter().all(|answer| answer.status == 200));
    assert_eq!(desk.get("/organization").retry_after(), Some("1"));
    drop(under_way);
    desk.now_ms += 30;
    assert_eq!(desk.get("/organization").status, 429, "it crossed the refusal on its way");
    assert_eq!(desk.state.violations(), 0);
    desk.now_ms += 900;
    assert_eq!(desk.get("/domains").status, 429);
    assert_eq!(desk.state.violations(), 1);
    desk.now_ms += 1_000;
    assert_eq!(desk.get("/organization").status, 200);
}

#[test]
fn asking_again_after_a_success_is_a_duplicate_and_the_next_page_is_not() {
    let mut desk = Desk::new(30, &FaultPlan::none().with(crate::faults::FaultKind::ThrottledOnce, 1));
    let (healthy, throttled) = (desk.afflicted(None), desk.afflicted(Some(crate::faults::FaultKind::ThrottledOnce)));
    for workload in Workload::ALL {
        assert_eq!(desk.get(&probe(&healthy, workload)).status, 200);
        assert_eq!(desk.get(&probe(&throttled, workload)).status, 429);
    }
    desk.now_ms += 1_000;
    for workload in Workload::ALL {
        assert_eq!(desk.get(&probe(&throttled, workload)).status, 200);
    }
    desk.get(&format!("/users/{healthy}/mailFolders?$skip=2"));
    assert_eq!(desk.state.duplicates(), 0);

    desk.get(&probe(&healthy, Workload::Mail));
    assert_eq!(desk.state.duplicates(), 1);
    let lost = desk.answer("GET", &probe(&desk.state.world().users[9].id, Workload::Mail), &serde_json::Value::Null);
    drop(lost);
    let id = desk.state.world().users[9].id.to_string();
    desk.get(&probe(&id, Workload::Mail));
    assert_eq!(desk.state.duplicates(), 1, "nobody has seen the first answer");
    desk.state.forget_history();
    assert_eq!(desk.state.duplicates(), 0);
    desk.get(&probe(&healthy, Workload::Mail));
    assert_eq!(desk.state.duplicates(), 0);
}

#[test]
fn a_mailbox_that_refuses_one_workload_is_to_be_left_alone_with_the_others() {
    let mut desk = Desk::new(30, &FaultPlan::none().with(crate::faults::FaultKind::AlwaysThrottled, 1));
    let busy = desk.afflicted(Some(crate::faults::FaultKind::AlwaysThrottled));
    let (calendar, mail) = (probe(&busy, Workload::Calendar), probe(&busy, Workload::Mail));
    assert_eq!(desk.get(&calendar).code(), "ApplicationThrottled");
    desk.now_ms += 700;
    assert_eq!(desk.get(&mail).status, 200, "it was on its way already");
    desk.now_ms += 100;
    let early = desk.get(&mail);
    assert_eq!((early.code(), early.retry_after()), ("ApplicationThrottled", Some("1")));
    assert_eq!(desk.state.violations(), 1);
    desk.now_ms += 1_000;
    assert_eq!(desk.get(&mail).status, 200);
    assert_eq!(desk.state.violations(), 1);
}
