//! Organizations by hand: one is created and renamed; sessions are started until mailboxes are initialized, and paused; lists are exported;
//! several are changed at once; and an organization goes with its users only after it was said what goes.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::accessible;
use crate::driver::until;
use crate::restart::secret;
use crate::stage::Stage;
use crate::window::{Window, keys};

const USERS: u32 = 60;

#[test]
fn sessions_are_started_and_paused_and_organizations_disabled_and_deleted() -> Result<()> {
    let Some(stage) = Stage::new("organizations")? else { return Ok(()) };
    let tenant = stage.prepared(USERS)?;
    let planted = tenant.planted();
    let count = |verdict: &str| planted.iter().filter(|one| one.verdict.verdict == verdict).count();
    let (passed, failed) = (count("passed"), count("failed"));
    let mut window = stage.open(&[])?;
    accessible::bring_axe(&window)?;
    secret(&window, tenant.details())?;

    // A second one is created, renamed, and gets hours in which its users may be switched.
    window.go("Organizations")?;
    window.press("New organization")?;
    window.fill("Name", "Contoso Asia")?;
    window.fill("External ID", "AS-01")?;
    window.press("Create organization")?;
    window.find("heading", "Contoso Asia")?;
    window.press("Rename…")?;
    window.fill("Name", "Contoso APAC")?;
    window.press("Rename")?;
    window.find("heading", "Contoso APAC")?;
    window.click("tab", "Email configuration")?;
    window.reads("None: users are switched at once.")?;
    window.press("Set change window…")?;
    window.fill("From", "18:30")?;
    window.click("check", "Sat")?;
    window.photo("change-window")?;
    window.press("Save")?;
    window.reads("Mon, Tue, Wed, Thu, Fri, Sat, 18:30 to 06:00")?;
    window.photo("organization-settings")?;
    window.keys(&[keys::ESCAPE])?;

    // Nothing is read before somebody starts sessions; once started, each mailbox that answers becomes initialized.
    window.go("Organizations")?;
    window.click("cell", "Contoso EU")?;
    window.reads(&format!("Not initialized {}", planted.len()))?;
    window.click("tab", "Sync sessions")?;
    window.reads("Sessions wait since")?;
    window.photo("sessions-paused")?;
    window.press("Start sessions")?;
    window.reads("Each user is read every 30 minutes while Rollcall is open.")?;
    window.click("tab", "Users")?;
    window.reads(&format!("Initialized {passed}"))?;
    window.reads(&format!("Error {failed}"))?;
    window.photo("users-initialized")?;

    window.click("tab", "Sync sessions")?;
    window.reads(&format!("Passed {passed}"))?;
    window.press("As a table")?;
    window.reads("Average session")?;
    window.photo("sessions")?;
    window.click("radio", "7 days")?;
    window.reads("Sessions over time")?;
    window.press("Pause sessions")?;
    window.reads("Sessions wait since")?;
    // Whoever is due is nobody: all were read a moment ago.
    window.press("Run now: those due")?;
    window.reads("Nobody in Contoso EU was due")?;

    window.fill("Minutes between two sessions of a user", "4")?;
    window.reads(&format!("A whole number between 5 and {}.", window.number(1_440)?))?;
    window.fill("Minutes between two sessions of a user", "45")?;
    window.press("Save rhythm")?;
    window.reads("Rhythm saved")?;

    window.press("Export sessions")?;
    let table = exported(&window, "Sync sessions of Contoso EU")?;
    ensure!(table.starts_with("\u{feff}upn,number,kind,outcome,"), "Excel knows the letters by the mark:\n{table}");
    ensure!(table.lines().count() == planted.len() + 1, "a session of each user:\n{table}");

    // An outcome leads to its users, and what is exported is what is counted there.
    press_beginning(&window, "Failed ")?;
    window.find("heading", "Users")?;
    window.reads(&format!("{failed} of {}", planted.len()))?;
    window.settled()?;
    window.press("Export")?;
    let table = exported(&window, "Users of Contoso EU")?;
    ensure!(table.lines().count() == failed + 1, "{failed} rows and a header:\n{table}");

    // The filter is kept as a view, and found again.
    window.press("Views")?;
    window.click("option", "Save view…")?;
    window.fill("Name of the view", "Sessions that failed")?;
    window.photo("view-save")?;
    submit(&window)?;
    window.find("button", "View: Sessions that failed")?;
    window.press("Clear filters")?;
    window.find("button", "Views")?;
    window.keys(&[keys::CONTROL, 'k'])?;
    window.fill("Search or run a command", "Sessions that failed")?;
    window.find("option", "Sessions that failed View")?;
    window.keys(&[keys::ENTER])?;
    window.reads(&format!("{failed} of {}", planted.len()))?;

    window.go("Organizations")?;
    window.press("Export")?;
    let table = exported(&window, "Organizations")?;
    ensure!(table.contains("Contoso EU,EU-01,"), "the list as it is shown:\n{table}");
    window.photo("organizations")?;
    for _ in 0..2 {
        window.click("cell", "Not selected")?;
    }
    window.press("Disable synchronization…")?;
    window.reads(&format!("{} users are not read any more.", planted.len()))?;
    window.photo("bulk-disable")?;
    window.press("Disable 2 organizations")?;
    window.reads("2 organizations disabled")?;
    window.click("cell", "Not selected")?;
    window.press("Enable synchronization…")?;
    window.press("Enable 1 organization")?;
    window.reads("1 organization enabled")?;

    let mut barriers = Vec::new();
    for dark in [false, true] {
        window.set_theme(dark)?;
        window.go("Organizations")?;
        barriers.extend(accessible::violations(&window)?);
        window.click("cell", "Contoso EU")?;
        window.click("tab", "Sync sessions")?;
        window.reads("Synchronization of this organization is disabled")?;
        window.press("As a table")?;
        window.photo("sessions-disabled")?;
        barriers.extend(accessible::violations(&window)?);
        window.press("Delete…")?;
        window.reads("of them initialized or switching")?;
        window.photo("delete")?;
        barriers.extend(accessible::violations(&window)?);
        window.press("Cancel")?;
        window.keys(&[keys::ESCAPE])?;
    }

    window.click("cell", "Contoso APAC")?;
    window.press("Delete…")?;
    window.fill("To confirm, type: Contoso APAC", "Contoso APAC")?;
    window.press("Delete 1 organization")?;
    window.reads("1 organization deleted")?;
    window.click("cell", "Contoso EU")?;
    window.press("Delete…")?;
    window.reads("It stays. Remove the organization's users first.")?;
    turn_on_the_switch(&window)?;
    window.fill("To confirm, type: Contoso EU", "Contoso EU")?;
    window.press("Delete 1 organization with its users")?;
    window.reads("No organizations yet")?;
    ensure!(barriers.is_empty(), "{} barriers:\n{}", barriers.len(), barriers.join("\n"));
    window.close();
    Ok(())
}

/// The file that a notice names, once it is there.
fn exported(window: &Window, name: &str) -> Result<String> {
    let path = "return document.body.innerText.split('\\n').find((line) => line.startsWith('/') && line.includes(arguments[0]) && line.endsWith('.csv')) ?? null";
    let path = until(&format!("a notice that names “{name}”"), || {
        Ok(window.run(path, &json!([name]))?.as_str().map(|path| path.trim().to_owned()))
    })?;
    Ok(std::fs::read_to_string(path)?)
}

/// Presses the button of the details that begins so: the rest of it is a number.
fn press_beginning(window: &Window, word: &str) -> Result<()> {
    let press = format!(
        "const found = [...document.querySelectorAll('aside button, [role=complementary] button')].find((one) => one.innerText.startsWith({})); if (!found) return false; found.click(); return true",
        json!(word)
    );
    window.holds(&format!("the button “{word}…”"), &press)
}

/// Presses the button of the dialog: the page behind it has one of the same name.
fn submit(window: &Window) -> Result<()> {
    let there = "const button = document.querySelector('[role=dialog] button[type=submit]'); if (!button) return false; button.click(); return true";
    window.holds("the dialog's button", there)
}

fn turn_on_the_switch(window: &Window) -> Result<()> {
    let there =
        "const found = document.querySelector('[role=alertdialog] [role=switch]'); if (!found) return false; found.click(); return true";
    window.holds("the dialog's switch", there)
}
