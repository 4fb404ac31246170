//! What a person gets wrong, or decides against: the window says what happened and what to do, and nothing turns green.

use anyhow::{Result, ensure};
use rollcall_sandbox::browser::Person;

use crate::stage::Stage;
use crate::window::Window;

#[test]
fn what_is_refused_says_what_to_do_and_nothing_turns_green() -> Result<()> {
    let Some(stage) = Stage::new("bad_input")? else { return Ok(()) };
    let mut window = stage.open(&["--practice"])?;
    a_sign_in_that_is_given_up(&stage, &window)?;
    an_external_id_that_is_taken(&window)?;
    a_consent_that_is_declined(&stage, &window)?;
    a_secret_that_is_wrong(&window)?;
    for dark in [false, true] {
        window.set_theme(dark)?;
        a_filter_and_a_list_that_can_not_be_read(&window)?;
        a_window_and_a_name_that_can_not_be(&window, dark)?;
        somebody_whom_nobody_knows(&window)?;
    }
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
    if window.shows("check", "I have read what Graph can't do for this integration.")? {
        window.click("check", "I have read what Graph can't do for this integration.")?;
    }
    window.press("Open browser to consent")?;
    stage.at_the_browser(&Person::Cancels)?;
    window.reads("Consent was declined in the browser. Nothing has changed.")?;
    window.photo("consent-declined")?;
    ensure!(!window.text()?.contains(" Authorized "), "a declined consent authorizes nothing");
    Ok(())
}

/// What is wrong stands in the message and at its field, and goes when another source is chosen.
fn a_filter_and_a_list_that_can_not_be_read(window: &Window) -> Result<()> {
    window.go("Users")?;
    window.press("Import users")?;
    window.click("radio", "Those who match a filter")?;
    window.fill("OData filter", "department eq")?;
    window.press("Show what will happen")?;
    window.reads("Graph refused the request (400 Request_BadRequest).")?;
    window.holds("the filter to be marked", "return document.querySelector('[role=dialog] input[aria-invalid=true]') !== null")?;
    window.photo("import-filter-refused")?;
    window.click("radio", "Those on a list (CSV)")?;
    window.no_longer_reads("Graph refused the request")?;
    window.fill("Or paste a list", "nobody, nowhere")?;
    window.press("Show what will happen")?;
    window.reads("No line holds an address.")?;
    window.photo("import-list-refused")?;
    window.press("Cancel")
}

fn a_window_and_a_name_that_can_not_be(window: &Window, dark: bool) -> Result<()> {
    window.go("Organizations")?;
    window.click("cell", if dark { "Contoso Western Europe" } else { "Contoso Europe" })?;
    window.click("tab", "Email configuration")?;
    window.press("Set change window…")?;
    window.fill("To", "19:00")?;
    window.press("Save")?;
    window.reads("The window begins and ends at the same time;")?;
    window.photo("window-refused")?;
    window.fill("To", "20:00")?;
    window.fill("Time zone", "Mars/Base")?;
    window.press("Save")?;
    window.reads("That time zone is not known; use a name such as Europe/Berlin.")?;
    window.press("Cancel")?;

    window.press("Rename…")?;
    window.fill("Name", &"long ".repeat(60))?;
    window.click("button", "Rename")?;
    window.reads("It is longer than")?;
    window.photo("rename-refused")?;
    window.fill("Name", if dark { "Contoso Europe" } else { "Contoso Western Europe" })?;
    window.no_longer_reads("It is longer than")?;
    window.click("button", "Rename")?;
    window.reads("is called Contoso ")?;
    window.find("heading", if dark { "Contoso Europe" } else { "Contoso Western Europe" })?;
    window.press("Close details (Esc)")
}

fn somebody_whom_nobody_knows(window: &Window) -> Result<()> {
    window.go("Access scope")?;
    window.press("Explain a mailbox…")?;
    window.fill("Address, user principal name or object ID", "nobody@nowhere.example")?;
    window.press("Explain")?;
    window.reads("Nobody in the tenant has this address, principal name or object id.")?;
    window.photo("explain-unknown")?;
    window.press("Close")
}

fn a_secret_that_is_wrong(window: &Window) -> Result<()> {
    window.go("Integrations")?;
    window.click("cell", "Practice integration")?;
    window.press("Set client secret…")?;
    window.fill("Client secret", "not-the-secret")?;
    window.press("Store secret")?;
    window.reads("The client secret is wrong.")?;
    window.photo("secret-refused")?;
    window.press("Cancel")
}
