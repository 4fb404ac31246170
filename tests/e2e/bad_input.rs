//! What a person gets wrong, or decides against: the window says what happened and what to do, and nothing turns green.

use anyhow::{Result, ensure};
use rollcall_sandbox::browser::Person;

use crate::stage::Stage;
use crate::window::Window;

#[test]
fn what_is_refused_says_what_to_do_and_nothing_turns_green() -> Result<()> {
    let Some(stage) = Stage::new("bad_input")? else { return Ok(()) };
    let window = stage.open(&["--practice"])?;
    a_sign_in_that_is_given_up(&stage, &window)?;
    an_external_id_that_is_taken(&window)?;
    a_consent_that_is_declined(&stage, &window)?;
    a_secret_that_is_wrong(&window)?;
    window.close();
    Ok(())
}

fn a_sign_in_that_is_given_up(stage: &Stage, window: &Window) -> Result<()> {
    window.go("Settings")?;
    window.click("tab", "Tenants")?;
    stage.browser.fails()?;
    window.press("Sign in")?;
    window.reads("No browser could be opened")?;
    window.reads("Open this link in a browser on this computer to go on.")?;
    window.reads("http://localhost:")?;
    window.photo("browser-unopened")?;
    window.press("Cancel")?;
    window.no_longer_reads("No browser could be opened")?;
    stage.browser.works()?;

    window.press("Sign in")?;
    stage.browser_address()?;
    window.press("Cancel")?;
    window.no_longer_reads("Waiting for the sign-in in your browser")?;
    ensure!(window.text()?.contains("Not signed in"), "nobody is signed in by giving up");

    window.press("Sign in")?;
    stage.at_the_browser(&Person::Cancels)?;
    window.reads("The sign-in was not finished. Nothing has changed.")?;
    window.photo("sign-in-cancelled")?;

    window.press("Sign in")?;
    stage.at_the_browser(&Person::Admin)?;
    window.reads("Signed in: admin@contoso.example")
}

fn an_external_id_that_is_taken(window: &Window) -> Result<()> {
    window.go("Organizations")?;
    window.press("New organization")?;
    window.press("Create organization")?;
    window.reads("This is needed.")?;
    window.fill("Name", "Contoso Europe")?;
    window.fill("External ID", "not/allowed")?;
    window.reads("Use up to 64 letters, digits, dots, dashes and underscores.")?;
    window.fill("External ID", "EU-01")?;
    window.press("Create organization")?;
    window.find("heading", "Contoso Europe")?;

    window.press("New organization")?;
    window.fill("Name", "Contoso Asia")?;
    window.fill("External ID", "eu-01")?;
    window.press("Create organization")?;
    window.reads("The External ID is taken.")?;
    window.photo("organization-refused")?;
    window.press("Cancel")?;
    ensure!(!window.text()?.contains("Contoso Asia"), "what was refused is not in the list");
    Ok(())
}

fn a_consent_that_is_declined(stage: &Stage, window: &Window) -> Result<()> {
    window.go("Permissions")?;
    window.reads("Not checked")?;
    ensure!(!window.shows("cell", "Granted")?, "grants that were never read are not shown as granted");
    window.press("Grant consent Microsoft 365 OAuth (Graph API)")?;
    if window.shows("check", "I know these limitations.")? {
        window.click("check", "I know these limitations.")?;
    }
    window.press("Open browser to consent")?;
    stage.at_the_browser(&Person::Cancels)?;
    window.reads("Consent was declined in the browser. Nothing has changed.")?;
    window.photo("consent-declined")?;
    ensure!(!window.text()?.contains(" Authorized "), "a declined consent authorizes nothing");
    Ok(())
}

fn a_secret_that_is_wrong(window: &Window) -> Result<()> {
    window.go("Integrations")?;
    window.click("cell", "Practice integration")?;
    window.press("Set client secret…")?;
    window.fill("Client secret", "not-the-secret")?;
    window.press("Store secret")?;
    window.reads("The client secret is wrong.")?;
    window.photo("secret-refused")
}
