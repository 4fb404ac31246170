//! From the first start to the proof, by hand: the main job of the product, with a picture of each screen.

use anyhow::{Context, Result, ensure};
use rollcall_sandbox::browser::Person;
use rollcall_sandbox::{FaultKind, Options, Planted, Sandbox};
use serde_json::json;

use crate::stage::Stage;
use crate::window::{Window, keys};

#[test]
fn three_stages() -> Result<()> {
    let Some(stage) = Stage::new("three_stages")? else { return Ok(()) };
    let planted = planted(&stage)?;
    let mut window = stage.open(&[])?;
    window.reads("Welcome to Rollcall")?;
    window.photo("welcome")?;
    window.press("Open practice tenant")?;
    window.reads("Practice tenant. Nothing here touches Microsoft 365.")?;

    sign_in(&stage, &window)?;
    organization(&window)?;
    users(&window, planted.len())?;
    consent(&stage, &window)?;
    email_configuration(&window)?;
    verification(&window, &planted)?;
    a_healthy_and_a_failed_user(&window, &planted)?;
    evidence(&window)?;
    window.set_theme(true)?;
    every_screen(&window)?;
    window.set_theme(false)?;
    every_screen(&window)?;
    window.close();
    Ok(())
}

/// The practice tenant of the window, built a second time: the same options give the same people and faults.
fn planted(stage: &Stage) -> Result<Vec<Planted>> {
    stage.runtime.block_on(async {
        let sandbox = Sandbox::start(Options::default()).await?;
        let planted = sandbox.planted();
        sandbox.stop().await;
        Ok(planted)
    })
}

fn count(planted: &[Planted], verdict: &str) -> usize {
    planted.iter().filter(|one| one.verdict.verdict == verdict).count()
}

fn sign_in(stage: &Stage, window: &Window) -> Result<()> {
    window.go("Settings")?;
    window.click("tab", "Tenants")?;
    window.reads("Not signed in")?;
    window.press("Sign in")?;
    window.reads("Waiting for the sign-in in your browser")?;
    window.photo("sign-in")?;
    stage.at_the_browser(&Person::Admin)?;
    window.reads("Signed in: admin@contoso.example")
}

fn organization(window: &Window) -> Result<()> {
    window.go("Organizations")?;
    window.press("New organization")?;
    window.fill("Name", "Contoso Europe")?;
    window.fill("External ID", "EU-01")?;
    window.reads("The External ID can never be changed after the organization is created.")?;
    window.photo("organization-new")?;
    window.press("Create organization")?;
    window.find("heading", "Contoso Europe")?;
    window.no_longer_reads("New organization External ID")?;
    window.photo("organization")
}

fn users(window: &Window, all: usize) -> Result<()> {
    window.go("Users")?;
    window.photo("users-empty")?;
    window.press("Import users")?;
    window.reads("Import users into Contoso Europe")?;
    window.photo("import")?;
    window.press("Import at once")?;
    window.reads(&format!("Import finished. {all} new, 0 changed, 0 unchanged."))?;
    window.reads(&format!("{all} users"))?;
    window.photo("users-imported")
}

fn consent(stage: &Stage, window: &Window) -> Result<()> {
    window.go("Permissions")?;
    window.press("Read back now")?;
    window.reads("Not authorized")?;
    window.photo("permissions-missing")?;
    window.press("Grant consent Microsoft 365 OAuth (Graph API)")?;
    window.reads("Added: ")?;
    if window.shows("check", "I have read what Graph can't do for this integration.")? {
        window.click("check", "I have read what Graph can't do for this integration.")?;
    }
    window.photo("consent")?;
    window.press("Open browser to consent")?;
    window.reads("Waiting for the consent in your browser")?;
    window.photo("consent-waiting")?;
    stage.at_the_browser(&Person::Admin)?;
    window.no_longer_reads("Waiting for the consent in your browser")?;
    window.no_longer_reads("Not authorized")?;
    window.reads("0 missing")?;
    window.photo("permissions-granted")
}

fn email_configuration(window: &Window) -> Result<()> {
    window.go("Organizations")?;
    window.click("cell", "Contoso Europe")?;
    window.click("tab", "Connectivity")?;
    window.reads("Authorized")?;
    window.reads("Contacts.ReadWrite")?;
    window.photo("connectivity")?;
    window.click("tab", "Email configuration")?;
    window.reads("Mailbox access type")?;
    window.photo("email-configuration")?;
    window.keys(&[keys::ESCAPE])
}

fn verification(window: &Window, planted: &[Planted]) -> Result<()> {
    window.go("Verification")?;
    window.press("Check users' access")?;
    let start = format!("Check {} mailboxes", planted.len());
    window.find("button", &start)?;
    window.photo("verification-plan")?;
    window.press(&start)?;
    window.reads("Run 1, checking")?;
    let well_under_way = "const [, done] = /Run 1, checking\\s+(\\d+) of/.exec(document.body.innerText) ?? []; return Number(done) > 80";
    window.holds("eighty mailboxes to have answered", well_under_way)?;
    window.no_longer_reads("Run 1, checking")?;
    window.click("cell", "Run 1")?;
    for (verdict, word) in [("passed", "Success"), ("failed", "Failed"), ("unknown", "Unknown")] {
        window.find("button", &format!("{word} {}", count(planted, verdict)))?;
    }
    Ok(())
}

fn a_healthy_and_a_failed_user(window: &Window, planted: &[Planted]) -> Result<()> {
    let healthy = planted.iter().rfind(|one| one.fault.is_none()).context("a healthy mailbox is planted")?;
    let failed = planted.iter().find(|one| one.fault == Some(FaultKind::QuotaExceeded)).context("a full mailbox is planted")?;
    window.fill("Filter by name or address", &healthy.upn)?;
    window.reads("1 mailbox")?;
    window.reads("connected successfully")?;
    window.click("cell", &healthy.upn)?;
    window.reads("Status: Success")?;
    window.reads("Check results: connected successfully")?;
    window.photo("user-success")?;
    window.keys(&[keys::ESCAPE])?;

    window.fill("Filter by name or address", &failed.upn)?;
    window.click("cell", &failed.upn)?;
    window.click("tab", "Issues (1)")?;
    window.reads("Who can fix it")?;
    window.reads("ErrorQuotaExceeded")?;
    window.photo("user-failed")?;
    window.keys(&[keys::ESCAPE])?;
    let text = window.text()?;
    ensure!(!text.contains("connected successfully"), "a full mailbox must not be called connected: {text}");
    Ok(())
}

fn evidence(window: &Window) -> Result<()> {
    window.press("Clear filters")?;
    window.photo("results")?;
    window.click("tab", &problems_tab(window)?)?;
    window.reads("Request IDs for Microsoft support")?;
    window.photo("results-by-problem")
}

fn every_screen(window: &Window) -> Result<()> {
    for (page, name) in [
        ("Overview", "overview"),
        ("Organizations", "organizations"),
        ("Users", "users"),
        ("Mailbox status", "mailbox-status"),
        ("Permissions", "permissions"),
        ("Verification", "verification"),
        ("Sync errors", "sync-errors"),
        ("Integrations", "integrations"),
        ("Settings", "settings"),
    ] {
        window.go(page)?;
        window.photo(name)?;
    }
    Ok(())
}

/// The tab's name with its count, which depends on how Graph words its refusals.
fn problems_tab(window: &Window) -> Result<String> {
    let tabs = "return [...document.querySelectorAll('[role=tab]')].map((tab) => tab.innerText.trim()).find((text) => text.startsWith('By problem'))";
    Ok(window.run(tabs, &json!([]))?.as_str().context("a tab of problems")?.to_owned())
}
