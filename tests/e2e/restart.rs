//! A tenant that is connected by hand, and a window that dies in the middle of a check or of sessions: nothing that was shown as done is
//! lost.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rollcall_sandbox::browser::Person;
use rollcall_sandbox::{Details, FaultPlan, Options, Sandbox};
use rollcall_tests::Scene;
use serde_json::json;

use crate::driver::until;
use crate::stage::Stage;
use crate::window::{Window, keys};

const USERS: usize = 250;

/// Enough for a check that is still going on when somebody pauses it.
const MANY: u32 = 2_000;

/// Slow enough that the window can be killed while it asks.
const LATENCY: Duration = Duration::from_millis(400);

#[test]
fn a_check_that_was_cut_off_is_resumed_after_the_restart_and_finishes() -> Result<()> {
    let Some(stage) = Stage::new("restart")? else { return Ok(()) };
    let options = Options { users: u32::try_from(USERS)?, latency: LATENCY, ..Options::default() };
    let sandbox = stage.runtime.block_on(Sandbox::start(options))?;

    let window = stage.open(&[])?;
    connect(&stage, &window, sandbox.details())?;
    integration(&window, sandbox.details())?;
    secret(&window, sandbox.details())?;
    organization(&stage, &window)?;
    window.go("Verification")?;
    window.press("Check users' access")?;
    window.press(&format!("Check {USERS} mailboxes"))?;
    window.reads("Run 1, checking")?;
    until("sixty mailboxes to have answered", || Ok((done(&window)? > 60).then_some(())))?;
    window.photo("verification-live")?;
    let shown = done(&window)?;
    window.kill()?;

    let window = stage.open(&[])?;
    window.go("Verification")?;
    window.reads("Run 1, interrupted")?;
    let kept = done(&window)?;
    ensure!(kept >= shown, "{shown} mailboxes were shown as done before the end, {kept} after the restart");
    window.photo("verification-interrupted")?;
    window.press("Resume")?;
    window.reads("Run 1, checking")?;
    window.no_longer_reads("Run 1, checking")?;
    window.click("cell", "Run 1")?;
    for (verdict, word) in [("passed", "Success"), ("failed", "Failed"), ("unknown", "Unknown")] {
        let planted = sandbox.planted().iter().filter(|one| one.verdict.verdict == verdict).count();
        window.find("button", &format!("{word} {planted}"))?;
    }
    ensure!(sandbox.violations() == 0, "no request may come before its Retry-After has passed");

    window.go("Organizations")?;
    window.click("cell", "Contoso Europe")?;
    window.reads("EU-01")?;
    for tab in ["Users", "Connectivity", "Email configuration"] {
        window.click("tab", tab)?;
        ensure!(!window.shows("box", "External ID")?, "an External ID is never offered for change");
    }
    window.close();
    Ok(())
}

#[test]
fn a_check_that_was_cut_off_goes_on_by_itself_where_the_admin_chose_so() -> Result<()> {
    let Some(stage) = Stage::new("by_itself")? else { return Ok(()) };
    let tenant = stage.prepared(MANY)?;
    let window = stage.open(&[])?;
    secret(&window, tenant.details())?;
    window.go("Settings")?;
    window.click("radio", "Resume by itself")?;
    window.photo("settings-checks")?;
    window.go("Verification")?;
    window.press("Check users' access")?;
    let start = format!("Check {} mailboxes", window.number(MANY)?);
    window.find("button", &start)?;
    window.photo("verification-plan-assumed")?;
    window.press(&start)?;
    until("sixty mailboxes to have answered", || Ok((done(&window)? > 60).then_some(())))?;
    window.kill()?;

    let window = stage.open(&[])?;
    window.reads("Run 1 of Contoso EU goes on")?;
    window.find("button", "Activity: 1 running")?;
    window.go("Verification")?;
    window.reads("Run 1, checking")?;
    window.press("Pause")?;
    window.reads("Run 1, interrupted")?;
    window.close();

    let window = stage.open(&[])?;
    window.go("Verification")?;
    window.reads("Run 1, interrupted")?;
    window.find("button", "Resume")?;
    window.find("button", "Activity: 0 running")?;
    window.close();
    Ok(())
}

#[test]
fn sessions_that_were_cut_off_are_told_at_the_next_start_and_go_on() -> Result<()> {
    const READ: u64 = 150;
    let Some(stage) = Stage::new("sessions_go_on")? else { return Ok(()) };
    let latency = Duration::from_millis(80);
    let tenant = stage.prepared_with(Scene { users: u32::try_from(READ)?, faults: FaultPlan::none(), latency, ..Scene::default() })?;
    let window = stage.open(&[])?;
    secret(&window, tenant.details())?;
    let sessions = |window: &Window| {
        window.go("Organizations")?;
        window.click("cell", "Contoso EU")?;
        window.click("tab", "Sync sessions")
    };
    sessions(&window)?;
    window.press("Start sessions")?;
    let passed = "return Number(/\\bPassed\\s+(\\d+)/.exec(document.querySelector('[data-region=panel]').innerText)?.[1] ?? 0)";
    let shown = until("some users to have been read", || Ok(window.run(passed, &json!([]))?.as_u64().filter(|read| *read > 5)))?;
    ensure!(shown < READ, "all were read before the window could be killed");
    window.kill()?;

    let window = stage.open(&[])?;
    window.reads("Sync sessions of Contoso EU were cut off")?;
    sessions(&window)?;
    let kept = until("what was kept", || Ok(window.run(passed, &json!([]))?.as_u64().filter(|read| *read > 0)))?;
    ensure!(kept >= shown, "{shown} users were shown as read before the end, {kept} after the restart");
    window.reads(&format!("Passed {READ}"))?;
    ensure!(tenant.violations() == 0, "no request may come before its Retry-After has passed");
    window.close();
    Ok(())
}

#[test]
fn sync_sessions_that_were_cut_off_are_told_where_one_looks_afterwards() -> Result<()> {
    let Some(stage) = Stage::new("sessions_cut_off")? else { return Ok(()) };
    let tenant = stage.prepared(MANY)?;
    let window = stage.open(&[])?;
    secret(&window, tenant.details())?;
    window.go("Organizations")?;
    window.click("cell", "Contoso EU")?;
    window.click("tab", "Sync sessions")?;
    window.press("Run now: everybody")?;
    window.reads("These were asked for. By themselves none begin: sessions are paused since")?;
    window.reads("passed,")?;
    window.kill()?;

    let mut window = stage.open(&[])?;
    window.reads("Sync sessions of Contoso EU were cut off")?;
    for dark in [false, true] {
        window.set_theme(dark)?;
        window.go("Organizations")?;
        window.click("cell", "Contoso EU")?;
        window.click("tab", "Sync sessions")?;
        window.find("button", "I have read it")?;
        window.reads("Sessions are paused, so the rest wait until somebody starts or runs them.")?;
        window.photo("sessions-cut-off")?;
        window.press("Activity: 0 running")?;
        window.reads("Cut off by the end of Rollcall")?;
        ensure!(!window.text()?.contains("Nothing has run since"), "something has, and was cut off");
        window.photo("activity-cut-off")?;
        window.keys(&[keys::ESCAPE])?;
    }
    window.press("I have read it")?;
    window.no_longer_reads("Sessions are paused, so the rest wait")?;
    window.close();
    Ok(())
}

/// How many mailboxes the window shows as done.
fn done(window: &Window) -> Result<u64> {
    let number =
        "return Number(/Run 1, (?:checking|interrupted)\\s+([\\d,]+) of/.exec(document.body.innerText)?.[1].replace(',', '') ?? 0)";
    window.run(number, &json!([]))?.as_u64().context("a number of mailboxes")
}

fn connect(stage: &Stage, window: &Window, details: &Details) -> Result<()> {
    window.press("Connect a tenant")?;
    window.fill("Name", "Contoso")?;
    window.choose("Cloud", "Other endpoints")?;
    window.fill("Sign-in address", &details.authority)?;
    window.fill("Graph address", &details.graph)?;
    window.fill("Tenant ID or domain", &details.tenant_id)?;
    window.fill("Client ID of Rollcall's app registration", &details.console_client_id)?;
    window.photo("connect")?;
    window.press("Connect and sign in")?;
    stage.at_the_browser(&Person::Admin)?;
    // The next step is offered by itself.
    window.find("heading", "Add integration").map(drop)
}

fn integration(window: &Window, details: &Details) -> Result<()> {
    window.choose("Preset", "Revenue Grid")?;
    window.fill("Name", "CRM")?;
    window.fill("Client ID", &details.client_id)?;
    window.photo("integration-new")?;
    window.press("Add integration")?;
    window.find("heading", "CRM").map(drop)
}

/// Stores the secret of the integration “CRM”, as a person would.
pub fn secret(window: &Window, details: &Details) -> Result<()> {
    window.go("Integrations")?;
    window.click("cell", "CRM")?;
    window.press("Set client secret…")?;
    window.fill("Client secret", &details.client_secret)?;
    ensure!(!window.text()?.contains(&details.client_secret), "a secret is not shown while it is typed");
    window.press("Store secret")?;
    window.reads("Secret stored")?;
    window.reads("In the keychain")
}

fn organization(stage: &Stage, window: &Window) -> Result<()> {
    window.go("Organizations")?;
    window.press("New organization")?;
    window.fill("Name", "Contoso Europe")?;
    window.fill("External ID", "EU-01")?;
    window.press("Create organization")?;
    window.find("heading", "Contoso Europe")?;
    window.go("Users")?;
    window.press("Import users")?;
    window.press("Import at once")?;
    window.reads("Import finished.")?;
    window.go("Permissions")?;
    window.press("Grant consent Microsoft 365 OAuth (Graph API)")?;
    if window.shows("check", "I have read what Graph can't do for this integration.")? {
        window.click("check", "I have read what Graph can't do for this integration.")?;
    }
    window.press("Open browser to consent")?;
    stage.at_the_browser(&Person::Admin)?;
    window.reads("0 missing")
}
