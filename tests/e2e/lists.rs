//! Lists of permissions in the window: read from a registration or from text, with what can't be taken, and an organization's own.

use anyhow::{Result, ensure};
use rollcall_sandbox::browser::Person;

use crate::accessible;
use crate::stage::Stage;
use crate::window::{Window, keys};

#[test]
fn lists_are_read_changed_and_adjusted() -> Result<()> {
    let Some(stage) = Stage::new("lists")? else { return Ok(()) };
    let tenant = stage.with_vendors(40)?;
    let mut window = stage.open(&[])?;
    accessible::bring_axe(&window)?;
    window.go("Settings")?;
    window.click("tab", "Tenants")?;
    window.press("Sign in")?;
    stage.at_the_browser(&Person::Admin)?;
    window.reads("Signed in: admin@contoso.example")?;

    let mut barriers = Vec::new();
    for dark in [false, true] {
        window.set_theme(dark)?;
        window.go("Integrations")?;
        window.press("Add integration")?;
        window.reads("What else has to be in place")?;
        window.photo("integration-preset")?;
        barriers.extend(accessible::violations(&window)?);
        window.choose("Preset", "Custom")?;
        window.fill("Required permissions", &lines("Mail.Redwrite application", "Mail.Send"))?;
        window.reads("Did you mean Mail.ReadWrite?")?;
        window.photo("integration-refused")?;
        barriers.extend(accessible::violations(&window)?);
        window.press("Cancel")?;
        window.click("cell", "outreach")?;
        window.reads("What else has to be in place")?;
        window.photo("integration")?;
        barriers.extend(accessible::violations(&window)?);
        window.keys(&[keys::ESCAPE])?;
    }

    // The list of a registration of our own fills in itself.
    let app = tenant.app("payroll_mailer").ok_or_else(|| anyhow::anyhow!("the practice tenant has its payroll mailer"))?;
    window.press("Add integration")?;
    window.choose("Preset", "Custom")?;
    window.fill("Client ID", &app.client_id)?;
    window.press("From the app registration")?;
    window.reads("1 permission understood")?;
    window.find("button", "Add integration")?;
    submit(&window)?;
    window.find("heading", &app.display_name)?;

    window.go("Organizations")?;
    window.click("cell", "Users of revenue_grid")?;
    window.click("tab", "Connectivity")?;
    window.reads("The integration's list")?;
    window.press("Adjust permissions…")?;
    window.fill("Required permissions", &lines("Mail.Read application", "Calendars.Read application"))?;
    window.reads("2 permissions understood")?;
    window.photo("adjust")?;
    barriers.extend(accessible::violations(&window)?);
    window.press("Save")?;
    window.reads("Its own: 2 permissions")?;
    window.photo("adjusted")?;
    window.press("Adjust permissions…")?;
    window.press("Back to the integration's list")?;
    window.reads("The integration's list")?;
    ensure!(barriers.is_empty(), "{} barriers:\n{}", barriers.len(), barriers.join("\n"));
    window.close();
    Ok(())
}

/// Presses the button of the dialog: the page behind it has one of the same name.
fn submit(window: &Window) -> Result<()> {
    let there = "const button = document.querySelector('[role=dialog] button[type=submit]'); if (!button) return false; button.click(); return true";
    window.holds("the dialog's button", there)
}

/// Two lines as they are typed.
fn lines(one: &str, other: &str) -> String {
    format!("{one}{}{other}", keys::ENTER)
}
