//! The access scope in the window: wished for, applied on the practice tenant by its script, proven from both sides, and explained.

use anyhow::{Result, ensure};
use rollcall_sandbox::browser::Person;
use rollcall_sandbox::world::Propagation;

use crate::accessible;
use crate::restart::secret;
use crate::stage::Stage;
use crate::window::{Window, keys};

const USERS: u32 = 120;

#[test]
fn a_scope_is_proven_and_its_leak_explained() -> Result<()> {
    let Some(stage) = Stage::new("scope")? else { return Ok(()) };
    let tenant = stage.prepared(USERS)?;
    let leak = tenant.change(|world| {
        world.exchange.propagation = Propagation { policies: std::time::Duration::ZERO, roles: std::time::Duration::ZERO };
        let outside = world.users.iter().rfind(|user| user.department == "Finance" && user.enabled && user.fault.is_none());
        let (id, upn) = outside.map(|user| (user.id.to_string(), user.upn.clone())).unwrap_or_default();
        world.exchange.astray = vec![id];
        upn
    });
    let mut window = stage.open(&[])?;
    accessible::bring_axe(&window)?;
    secret(&window, tenant.details())?;
    window.go("Settings")?;
    window.click("tab", "Tenants")?;
    window.press("Sign in")?;
    stage.at_the_browser(&Person::Admin)?;
    window.reads("Signed in: admin@contoso.example")?;

    window.go("Access scope")?;
    window.reads("Nobody has limited the integration yet")?;
    window.press("Change scope…")?;
    window.click("radio", "Application access policy (older)")?;
    window.fill("Name, address or object ID", "Integration Pilot")?;
    window.click("radio", "Integration Pilot · Mail-enabled security group · integration.pilot@contoso.example")?;
    window.photo("set")?;
    window.press("Set scope")?;
    window.reads("Only members of Integration Pilot")?;

    window.press("Scripts…")?;
    window.reads("New-ApplicationAccessPolicy -AccessRight RestrictAccess")?;
    window.photo("scripts")?;
    window.press("Run on the practice tenant")?;
    window.reads("a mailbox that contradicts the scope is too early to judge")?;
    prove(&window, &leak, "Proof 1")?;
    window.reads("Too early to judge")?;
    window.reads("What is too early is asked again at")?;

    window.press("I have run it")?;
    window.fill("When was the script run? (minutes ago)", "45")?;
    window.photo("changed")?;
    confirm(&window, "I have run it")?;
    prove(&window, &leak, "Proof 2")?;
    window.reads("Contradicted")?;
    window.find("button", "Leak 1")?;
    window.press("Leak 1")?;
    window.click("cell", &leak)?;
    window.reads("not all was read that might explain it")?;
    window.photo("leak")?;
    window.keys(&[keys::ESCAPE])?;

    window.press("Explain a mailbox…")?;
    window.fill("Address, user principal name or object ID", &leak)?;
    window.press("Explain")?;
    window.reads("not all was read that might explain it")?;
    window.press("Ask it now")?;
    window.reads("By the scope it must be refused.")?;
    window.photo("explained")?;
    window.press("Close")?;

    let mut barriers = Vec::new();
    for dark in [false, true] {
        window.set_theme(dark)?;
        window.go("Access scope")?;
        window.settled()?;
        window.photo("proven")?;
        barriers.extend(accessible::violations(&window)?);
        window.click("cell", &leak)?;
        window.reads("The facts behind it")?;
        window.photo("why")?;
        barriers.extend(accessible::violations(&window)?);
        window.keys(&[keys::ESCAPE])?;
        for (command, close) in [("Change scope…", "Cancel"), ("Scripts…", "Close"), ("Prove…", "Cancel"), ("Explain a mailbox…", "Close")]
        {
            window.press(command)?;
            window.settled()?;
            window.still()?;
            barriers.extend(accessible::violations(&window)?);
            window.press(close)?;
        }
    }
    ensure!(barriers.is_empty(), "{} barriers:\n{}", barriers.len(), barriers.join("\n"));
    window.close();
    Ok(())
}

/// Proves the scope by all mailboxes, this one first.
fn prove(window: &Window, named: &str, proof: &str) -> Result<()> {
    window.press("Prove…")?;
    window.fill("Mailboxes to ask in any case, one on each line", named)?;
    confirm(window, "Prove")?;
    window.find("heading", proof).map(|_| ())
}

/// Presses the button of the open dialog, which may be called as one behind it is.
fn confirm(window: &Window, name: &str) -> Result<()> {
    let press = "const of = [...document.querySelectorAll('[role=alertdialog] button')].find((one) => one.innerText.trim() === arguments[0]); of?.click(); return of !== undefined";
    window.run(press, &serde_json::json!([name]))?;
    window.holds("the dialog to be gone", "return document.querySelector('[role=alertdialog]') === null")
}
