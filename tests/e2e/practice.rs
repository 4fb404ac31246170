//! The first minutes of somebody new: the practice tenant is opened, its ribbon leads to the sign-in and then sets up two organizations.

use anyhow::Result;
use rollcall_sandbox::browser::Person;
use serde_json::json;

use crate::stage::Stage;
use crate::window::{Window, keys};

#[test]
fn somebody_new_comes_to_two_organizations_by_the_ribbon() -> Result<()> {
    let Some(stage) = Stage::new("practice")? else { return Ok(()) };
    let mut window = stage.open(&[])?;
    window.press("Open practice tenant")?;
    window.reads("Nothing here touches Microsoft 365.")?;
    window.photo("practice-opened")?;
    window.set_theme(true)?;
    window.photo("practice-ribbon")?;
    window.set_theme(false)?;
    window.press("Sign in to set up two example organizations")?;
    window.reads("It asks for no password: choose the admin there.")?;
    window.photo("practice-sign-in")?;
    window.press("Sign in")?;
    stage.at_the_browser(&Person::Admin)?;
    window.reads("Signed in: admin@contoso.example")?;
    window.press("Set up two example organizations")?;
    window.find("cell", "Example: app-only")?;
    window.find("cell", "Example: delegated")?;
    window.photo("practice-examples")?;

    // What an organization with its own application has to show.
    window.click("cell", "Example: app-only")?;
    window.click("tab", "Sync sessions")?;
    window.reads("Sessions over time")?;
    window.photo("practice-sessions")?;
    window.click("tab", "Waves")?;
    window.reads("Wave 1 (pilot)")?;
    window.photo("practice-waves")?;
    window.keys(&[keys::ESCAPE])?;
    window.go("Sync errors")?;
    window.no_longer_reads("No problems")?;
    window.photo("practice-problems")?;

    // And one whose users sign in: who has, by the filter, and how far that one's migration is.
    window.go("Users")?;
    by_sign_in(&window, "Signed in")?;
    window.holds(
        "one row",
        "return document.querySelectorAll('main [role=grid] [role=row] [role=gridcell][aria-colindex=\"2\"]').length > 0",
    )?;
    window.photo("practice-signed-in")?;
    window.run("document.querySelectorAll('main [role=grid] [role=gridcell]')[1].click()", &json!([]))?;
    window.click("tab", "Mailboxes")?;
    window.reads("Connected")?;
    window.reads("Step 1: The old mailbox is not synchronized any more")?;
    window.reads("which Rollcall can't see")?;
    window.photo("practice-mailboxes")?;
    window.close();

    // On the next day the tenant is a new one, and that is said, with what to do about it.
    let window = stage.open(&[])?;
    window.reads("It starts anew with Rollcall: sign in, consent and check again.")?;
    window.photo("practice-anew")?;
    window.press("Sign in to the practice tenant")?;
    window.reads("nobody is signed in, nothing is granted, nothing was checked")?;
    window.press("Sign in")?;
    stage.at_the_browser(&Person::Admin)?;
    window.reads("Signed in: admin@contoso.example")?;
    window.press("Set up the example organizations again")?;
    window.find("cell", "Example: app-only")?;
    window.holds(
        "the button to go",
        "return ![...document.querySelectorAll('button')].some((one) => one.innerText.includes('example organizations'))",
    )?;
    window.go("Users")?;
    by_sign_in(&window, "Signed in")?;
    window.reads("1 of")?;
    window.close();
    Ok(())
}

/// Leaves those whose sign-in stands so.
fn by_sign_in(window: &Window, state: &str) -> Result<()> {
    window.press("More filters")?;
    window.click("option", "Sign-in")?;
    window.click("option", state)?;
    window.settled()
}
