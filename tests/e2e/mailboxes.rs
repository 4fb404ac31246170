//! A user's mailboxes in the window: signed in for by the right account, switched, and migrated step by step.

use anyhow::{Result, ensure};
use rollcall_sandbox::browser::Person;
use serde_json::json;

use crate::accessible;
use crate::stage::Stage;
use crate::window::{Window, keys};

const USERS: u32 = 120;
const USER: &str = "plain.user@contoso.example";
const OTHER: &str = "global.reader@contoso.example";

#[test]
fn a_user_signs_in_and_is_migrated_to_another_mailbox() -> Result<()> {
    let Some(stage) = Stage::new("mailboxes")? else { return Ok(()) };
    let _tenant = stage.with_users_who_sign_in(USERS)?;
    let mut window = stage.open(&[])?;
    accessible::bring_axe(&window)?;
    window.go("Settings")?;
    window.click("tab", "Tenants")?;
    window.press("Sign in")?;
    stage.at_the_browser(&Person::Admin)?;
    window.reads("Signed in: admin@contoso.example")?;

    mailboxes(&window)?;
    window.reads("Has not signed in")?;
    window.press("Sign in here")?;
    stage.at_the_browser(&Person::Upn(OTHER.to_owned()))?;
    window.reads("Another account signed in.")?;
    window.press("Sign in here")?;
    stage.at_the_browser(&Person::Upn(USER.to_owned()))?;
    window.reads("Connected")?;
    for what in ["Sync", "Send"] {
        switch(&window, &format!("{what} of {USER}"))?;
    }

    window.press("Name another mailbox…")?;
    window.fill("Address", OTHER)?;
    window.press("Add")?;
    window.reads("Secondary")?;
    window.press("Begin migration…")?;
    window.fill("Version of the Outlook add-in that the user has", "2.14.1")?;
    window.fill("Version that the vendor asks for at least", "2.14")?;
    window.photo("migration-begin")?;
    window.press("Begin")?;
    window.reads("Step 1: The old mailbox is not synchronized any more")?;
    window.press(&format!("Ask {USER}"))?;
    window.reads(&format!("{USER} · Answered"))?;
    window.press("This is done")?;
    window.reads("At Outreach: connect the new mailbox")?;

    let mut barriers = Vec::new();
    for dark in [false, true] {
        window.set_theme(dark)?;
        mailboxes(&window)?;
        window.reads("At Outreach: connect the new mailbox")?;
        window.settled()?;
        ensure!(whole_tabs(&window)?, "a tab of the panel is cut");
        window.photo("mailboxes")?;
        window.run("document.querySelector('ol[aria-label=\"Steps of the migration\"]').scrollIntoView()", &json!([]))?;
        window.photo("migration")?;
        barriers.extend(accessible::violations(&window)?);
        window.keys(&[keys::ESCAPE])?;
    }
    ensure!(barriers.is_empty(), "{} barriers:\n{}", barriers.len(), barriers.join("\n"));

    mailboxes(&window)?;
    window.press("Back to this step")?;
    window.reads("At Outreach: switch Sync off for the old mailbox")?;
    window.click("tab", "Timeline")?;
    window.reads("opened again")?;

    // Through all six, each when its mailbox has answered.
    window.click("tab", "Mailboxes")?;
    step(&window, 1, Some(USER))?;
    window.reads(&format!("To connect {OTHER}, the account of {OTHER} signs in on this computer"))?;
    window.photo("mailboxes-instructions")?;
    window.press("Sign in here")?;
    stage.at_the_browser(&Person::Upn(OTHER.to_owned()))?;
    window.no_longer_reads(&format!("To connect {OTHER}"))?;
    for (number, asked) in [(2, Some(OTHER)), (3, Some(OTHER)), (4, Some(OTHER)), (5, None), (6, None)] {
        step(&window, number, asked)?;
    }
    window.reads("All six steps are done.")?;
    window.reads(&format!("Sessions and checks read {OTHER} now"))?;
    window.holds("the new mailbox to be read", &reads_in(OTHER, "Read by sessions and checks"))?;
    window.holds("the old mailbox not to be read", &reads_not_in(USER, "Read by sessions and checks"))?;
    window.run("document.querySelector('ol[aria-label=\"Steps of the migration\"]').nextElementSibling.scrollIntoView()", &json!([]))?;
    window.photo("migration-done")?;

    // What the steps have set can be set by hand again, and a sign-in ends.
    switch(&window, &format!("Send of {USER}"))?;
    window.press("Make default")?;
    window.holds("the old mailbox to be the default", &reads_in(USER, "· Default"))?;
    window.press("Disconnect")?;
    window.reads(&format!("Disconnect {USER}?"))?;
    window.run(
        "[...document.querySelectorAll('[role=alertdialog] button,[role=dialog] button')].find((one) => one.innerText === 'Disconnect').click()",
        &json!([]),
    )?;
    window.holds("the old mailbox to be disconnected", &reads_in(USER, "Has not signed in"))?;

    // A check asks the new mailbox, whose own account has signed in, and says that it was this one.
    window.press("Check connectivity")?;
    window.reads("Mailbox settings")?;
    window.reads("Success")?;
    window.settled()?;
    ensure!(window.text()?.contains(OTHER), "the check doesn't say which mailbox it asked");
    window.photo("checked-another-mailbox")?;
    window.close();
    Ok(())
}

/// The mailboxes of the user, among everybody's.
fn mailboxes(window: &Window) -> Result<()> {
    window.go("Users")?;
    window.fill("Filter by name, address, ID or error", USER)?;
    window.click("cell", "Plain User")?;
    window.click("tab", "Mailboxes")?;
    window.settled()
}

/// Whether an address of the user says so.
fn reads_in(address: &str, words: &str) -> String {
    format!("return document.querySelector('li[aria-label=\"{address}\"]')?.innerText.includes('{words}') === true")
}

/// Whether an address of the user is there and doesn't say so.
fn reads_not_in(address: &str, words: &str) -> String {
    format!("return document.querySelector('li[aria-label=\"{address}\"]')?.innerText.includes('{words}') === false")
}

/// Asks the mailbox that the current step waits for, if it does, and ticks it off.
fn step(window: &Window, number: u32, asks: Option<&str>) -> Result<()> {
    let current = |body: &str| format!("const step = document.querySelector('li[aria-current=step]'); {body}");
    let at = |number: u32| current(&format!("return step?.getAttribute('aria-label')?.startsWith('Step {number}:') === true"));
    window.holds(&format!("step {number}"), &at(number))?;
    if let Some(address) = asks {
        window.press(&format!("Ask {address}"))?;
        window.holds("its answer", &current("return step?.innerText.includes('Answered') === true"))?;
    }
    window.press("This is done")?;
    window.holds(
        &format!("step {number} to be over"),
        &current(&format!("return !step?.getAttribute('aria-label')?.startsWith('Step {number}:')")),
    )
}

/// Presses a switch that stands there by its label, once it can be.
fn switch(window: &Window, label: &str) -> Result<()> {
    let ready = format!("return document.querySelector('input[role=switch][aria-label=\"{label}\"]:enabled:not(:checked)') !== null");
    window.holds(&format!("the switch “{label}”"), &ready)?;
    window.run("document.querySelector(`input[role=switch][aria-label=\"${arguments[0]}\"]`).click()", &json!([label]))?;
    let on = format!("return document.querySelector('input[role=switch][aria-label=\"{label}\"]:checked') !== null");
    window.holds(&format!("the switch “{label}” to be on"), &on)
}

/// Whether every tab of the panel is in sight as a whole.
fn whole_tabs(window: &Window) -> Result<bool> {
    let inside = "const panel = document.querySelector('[data-region=panel]').getBoundingClientRect();
        return [...document.querySelectorAll('[data-region=panel] [role=tab]')]
            .every((tab) => { const box = tab.getBoundingClientRect(); return box.left >= panel.left && box.right <= panel.right; })";
    Ok(window.run(inside, &json!([]))? == json!(true))
}
