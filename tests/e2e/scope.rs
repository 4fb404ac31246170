//! The access scope in the window: wished for, applied on the practice tenant by its script, proven from both sides, and explained.

use anyhow::{Context, Result, ensure};
use rollcall_sandbox::browser::Person;
use rollcall_sandbox::world::{EXCHANGE_APP_ID, Propagation, Required, RequiredKind, roles_of};
use serde_json::json;

use crate::accessible;
use crate::driver::until;
use crate::restart::secret;
use crate::stage::Stage;
use crate::window::{Window, keys};

const USERS: u32 = 120;

/// Enough for a proof that is still going on when the window dies.
const MANY: u32 = 2_000;

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
    stage.sign_in(&window)?;

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
    window.press("Copy script")?;
    window.press("Save as .ps1")?;
    window.reads("Script saved")?;
    let path = window.run("return /\\/\\S[^\\n]*?\\.ps1/.exec(document.body.innerText)?.[0] ?? null", &json!([]))?;
    let saved = std::fs::read_to_string(path.as_str().unwrap_or_default())?;
    ensure!(saved.starts_with('\u{feff}') && saved.contains("New-ApplicationAccessPolicy -AccessRight RestrictAccess"), "{saved}");
    window.press("Run on the practice tenant")?;
    window.reads("a mailbox that contradicts the scope is too early to judge")?;
    prove(&window, &leak, "Proof 1")?;
    window.reads("Too early to judge")?;
    window.reads("What is too early is asked again at")?;

    more(&window, "I have run it")?;
    window.fill("When was the script run? (minutes ago)", "75")?;
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

#[test]
fn what_voids_a_scope_what_was_cut_off_and_what_roles_give_are_each_told() -> Result<()> {
    let Some(stage) = Stage::new("scope_void")? else { return Ok(()) };
    let tenant = stage.prepared(MANY)?;
    tenant.change(|world| {
        world.exchange.propagation = Propagation { policies: std::time::Duration::ZERO, roles: std::time::Duration::ZERO };
        let app = world.apps.iter_mut().find(|app| app.display_name == "Practice Integration");
        let role = roles_of(EXCHANGE_APP_ID).into_iter().find(|role| role.value == "full_access_as_app");
        let (Some(app), Some(role)) = (app, role) else { return };
        let (resource_app_id, value) = (EXCHANGE_APP_ID.to_owned(), role.value.to_owned());
        app.required.push(Required { resource_app_id, id: role.id.to_owned(), kind: RequiredKind::Role, value });
        let client_id = app.client_id.clone();
        world.grant_tenant_wide(&client_id, 0);
    });
    let mut window = stage.open(&[])?;
    accessible::bring_axe(&window)?;
    secret(&window, tenant.details())?;
    stage.sign_in(&window)?;
    window.click("tab", "General")?;
    window.click("radio", "Resume by itself")?;
    window.go("Access scope")?;
    window.press("Change scope…")?;
    window.click("radio", "Only the members of a group or unit")?;
    window.fill("Name, address or object ID", "Integration Pilot")?;
    window.click("radio", "Integration Pilot · Mail-enabled security group · integration.pilot@contoso.example")?;
    window.press("Set scope")?;
    window.reads("Only members of Integration Pilot")?;
    more(&window, "Read what is in force")?;
    window.reads("full_access_as_app of Exchange Online is granted for the whole tenant")?;
    let mut barriers = Vec::new();
    for dark in [false, true] {
        window.set_theme(dark)?;
        window.go("Access scope")?;
        window.settled()?;
        window.photo("voids")?;
        barriers.extend(accessible::violations(&window)?);
        window.press("Scripts…")?;
        window.reads("Even when the script has run")?;
        window.still()?;
        window.photo("warnings")?;
        barriers.extend(accessible::violations(&window)?);
        window.click("tab", "Finish the move")?;
        window.reads("Without the policies these grants would open every mailbox")?;
        window.still()?;
        window.photo("finish")?;
        barriers.extend(accessible::violations(&window)?);
        window.press("Close")?;
        window.press("Prove…")?;
        window.reads("The asking will probably take")?;
        window.still()?;
        window.photo("foreseen")?;
        barriers.extend(accessible::violations(&window)?);
        window.press("Cancel")?;
        window.press("More: More access scope commands")?;
        window.find("option", "Import cmdlet result…")?;
        window.still()?;
        window.photo("more")?;
        barriers.extend(accessible::violations(&window)?);
        window.keys(&[keys::ESCAPE])?;
        window.go("Permissions")?;
        window.reads("which makes the access scope of Contoso EU void")?;
        window.photo("permissions-void")?;
        barriers.extend(accessible::violations(&window)?);
    }

    window.set_theme(false)?;
    window.go("Access scope")?;
    window.press("Prove…")?;
    confirm(&window, "Prove")?;
    until("some mailboxes to have been asked", || Ok((asked(&window)? > 60).then_some(())))?;
    window.kill()?;
    let mut window = stage.open(&[])?;
    window.reads("Proof 1 of Contoso EU goes on")?;
    for dark in [true, false] {
        window.set_theme(dark)?;
        window.glance("cut-off")?;
    }
    window.go("Access scope")?;
    window.press("Cancel proof")?;

    // Moved to roles, which consent then counts.
    window.go("Access scope")?;
    window.press("Scripts…")?;
    window.press("Run on the practice tenant")?;
    window.reads("It may be so no more: read it again")?;
    more(&window, "Read what is in force")?;
    window.holds("what is in force to be read", "return !document.body.innerText.includes('It may be so no more: read it again')")?;
    window.press("Scripts…")?;
    window.click("tab", "Migrate from a policy")?;
    window.reads("Until then the roles may not count, and without the grants those mailboxes are refused")?;
    window.reads("It takes back what is granted for the whole tenant")?;
    window.still()?;
    window.photo("migrate")?;
    window.press("Run on the practice tenant")?;
    stage.at_the_browser(&Person::Admin)?;
    window.reads("any other mailbox that contradicts the scope is too early to judge")?;
    window.reads("It may be so no more: read it again")?;
    window.photo("stale")?;
    let unfold = "document.querySelector('main [aria-expanded=false]:not([aria-haspopup])')?.click()";
    window.run(unfold, &serde_json::json!([]))?;
    window.press("Allow reading…")?;
    stage.at_the_browser(&Person::Admin)?;
    window.reads("Application MailboxSettings.Read for the scope")?;
    accessible::bring_axe(&window)?;
    for dark in [false, true] {
        window.set_theme(dark)?;
        window.go("Access scope")?;
        window.settled()?;
        window.photo("moved")?;
        window.go("Permissions")?;
        window.press("Read back now")?;
        window.reads("Roles of Exchange as read")?;
        window.find("cell", "Given by role")?;
        window.photo("permissions-roles")?;
        barriers.extend(accessible::violations(&window)?);
    }
    ensure!(barriers.is_empty(), "{} barriers:\n{}", barriers.len(), barriers.join("\n"));
    window.close();
    Ok(())
}

/// Chooses a command of the menu at the end of the bar.
fn more(window: &Window, command: &str) -> Result<()> {
    window.press("More: More access scope commands")?;
    window.click("option", command)
}

/// How many mailboxes the window shows as asked.
fn asked(window: &Window) -> Result<u64> {
    let number = "return Number(/Proving the scope\\s+([\\d,]+) of/.exec(document.body.innerText)?.[1].replace(',', '') ?? 0)";
    window.run(number, &serde_json::json!([]))?.as_u64().context("a number of mailboxes")
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
