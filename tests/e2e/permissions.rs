//! Permissions one by one: given, taken back and restored in the window, each after it was shown what that does.

use anyhow::{Result, ensure};
use rollcall_sandbox::browser::Person;
use serde_json::json;

use crate::accessible;
use crate::stage::Stage;
use crate::window::{Window, keys};

const USERS: u32 = 120;

#[test]
fn permissions_are_given_taken_and_restored() -> Result<()> {
    let Some(stage) = Stage::new("permissions")? else { return Ok(()) };
    let _tenant = stage.with_vendors(USERS)?;
    let mut window = stage.open(&[])?;
    accessible::bring_axe(&window)?;
    stage.sign_in(&window)?;

    choose(&window, "Users of revenue_grid")?;
    window.press("Read back now")?;
    window.reads("Not authorized")?;
    window.press("Grant missing…")?;
    window.reads("If you haven't allowed that before, Microsoft first asks you in your browser.")?;
    window.photo("change-grant")?;
    agree(&window, "Grant ")?;
    stage.at_the_browser(&Person::Admin)?;
    done(&window)?;
    window.reads("0 missing")?;

    // One is taken, and the feature that needs it is named.
    window.click("cell", "Contacts.ReadWrite")?;
    window.reads("What it allows")?;
    window.photo("permission")?;
    window.press("Revoke this permission…")?;
    window.reads("Removed: 1 permission")?;
    window.photo("change-revoke")?;
    agree(&window, "Revoke ")?;
    done(&window)?;
    window.reads("Partly authorized")?;
    window.reads("Off until granted:")?;
    window.keys(&[keys::ESCAPE])?;

    // What isn't needed is called out, and all of it goes only when the name was typed.
    more(&window, "Application and tenant")?;
    window.reads("Enterprise application")?;
    window.photo("application")?;
    window.keys(&[keys::ESCAPE])?;
    more(&window, "Revoke all…")?;
    window.reads("To confirm, type the integration's name")?;
    window.fill("To confirm, type the integration's name: revenue_grid", "revenue_grid")?;
    window.photo("change-revoke-all")?;
    agree(&window, "Revoke ")?;
    done(&window)?;
    window.reads("Not authorized")?;

    undo_the_last(&window)?;
    window.reads("Partly authorized")?;

    let file = export(&window)?;
    let table = std::fs::read_to_string(&file)?;
    ensure!(table.contains("graph,application,Contacts.ReadWrite,missing,yes"), "the table says what the screen says:\n{table}");

    choose(&window, "Users of outreach")?;
    window.press("Read back now")?;
    window.click("tab", "Users")?;
    window.reads("have consented to all")?;
    window.settled()?;
    window.photo("users-consent")?;

    // What needs more permissions than the sign-in has is asked for when it is wanted, all of it in one go.
    more(&window, "Application and tenant")?;
    window.press("Ask Microsoft for all 3 permissions at once")?;
    stage.at_the_browser(&Person::Admin)?;
    window.reads("Who granted what")?;
    window.no_longer_reads("Not read")?;
    window.photo("application-read")?;
    window.keys(&[keys::ESCAPE])?;
    // A permission that only some users have says which.
    window.click("cell", "Mail.Send")?;
    window.reads("Granted to")?;
    window.photo("permission-users")?;
    window.keys(&[keys::ESCAPE])?;

    let mut barriers = Vec::new();
    for dark in [false, true] {
        window.set_theme(dark)?;
        choose(&window, "Users of revenue_grid")?;
        window.photo("matrix")?;
        barriers.extend(accessible::violations(&window)?);
        window.click("cell", "Mail.ReadWrite")?;
        window.reads("What it allows")?;
        window.photo("permission-open")?;
        barriers.extend(accessible::violations(&window)?);
        more(&window, "Application and tenant")?;
        window.reads("Enterprise application")?;
        window.photo("application-open")?;
        barriers.extend(accessible::violations(&window)?);
        window.keys(&[keys::ESCAPE])?;
        more(&window, "Revoke all…")?;
        window.reads("To confirm, type the integration's name")?;
        window.photo("change")?;
        barriers.extend(accessible::violations(&window)?);
        window.press("Cancel")?;
        choose(&window, "Users of outreach")?;
        window.click("tab", "Users")?;
        window.settled()?;
        window.photo("users-consent")?;
        barriers.extend(accessible::violations(&window)?);
        window.go("Settings")?;
        window.click("tab", "Journal")?;
        window.click("cell", "consent.restore")?;
        window.photo("journal")?;
        barriers.extend(accessible::violations(&window)?);
    }
    ensure!(barriers.is_empty(), "{} barriers:\n{}", barriers.len(), barriers.join("\n"));
    window.close();
    Ok(())
}

/// The permissions of an organization, chosen at the top as one does.
fn choose(window: &Window, organization: &str) -> Result<()> {
    window.go("Permissions")?;
    let switch = "return [...document.querySelectorAll('header button')].map((one) => one.ariaLabel ?? '').find((name) => name.startsWith('Organization: ')) ?? null";
    let switch = window.run(switch, &json!([]))?;
    window.press(switch.as_str().unwrap_or_default())?;
    window.click("option", organization)?;
    window.find("button", &format!("Organization: {organization}"))?;
    window.settled()
}

/// Runs a command behind *More*.
fn more(window: &Window, command: &str) -> Result<()> {
    window.press("More: More permission commands")?;
    window.click("option", command)
}

/// Presses the button of the dialog that begins so: the rest of it names how much changes, and where.
fn agree(window: &Window, verb: &str) -> Result<()> {
    let button = "return [...document.querySelectorAll('[role=alertdialog] button')].find((one) => one.innerText.startsWith(arguments[0]) && one.getAttribute('aria-disabled') !== 'true')?.innerText ?? null";
    let name = crate::driver::until(&format!("the dialog's button “{verb}…”"), || {
        Ok(window.run(button, &json!([verb]))?.as_str().map(str::to_owned))
    })?;
    window.press(&name)
}

fn done(window: &Window) -> Result<()> {
    window.reads("Done and read back")?;
    window.press("Close")?;
    window.no_longer_reads("Done and read back")
}

fn undo_the_last(window: &Window) -> Result<()> {
    window.go("Settings")?;
    window.click("tab", "Journal")?;
    window.click("cell", "consent.remove_all")?;
    window.reads("Removed")?;
    window.photo("journal-entry")?;
    window.press("Undo…")?;
    window.reads("Added: ")?;
    agree(window, "Grant ")?;
    done(window)
}

fn export(window: &Window) -> Result<String> {
    window.press("Export")?;
    window.reads("Saved among your downloads")?;
    let path = "return /\\/\\S.*?\\.csv/.exec(document.body.innerText)?.[0] ?? null";
    let path = window.run(path, &json!([]))?;
    Ok(path.as_str().unwrap_or_default().to_owned())
}
