//! Everything that can be done with a user, in the window: first said what it would come to, then done, then told in the user's details.

use anyhow::{Result, bail, ensure};

use crate::accessible;
use crate::restart::secret;
use crate::stage::Stage;
use crate::window::{Window, keys};

const USERS: u32 = 12;

#[test]
fn each_action_on_a_user_is_shown_first_done_and_told() -> Result<()> {
    let Some(stage) = Stage::new("acting")? else { return Ok(()) };
    let (tenant, names) = stage.on_ews_beside_another(USERS)?;
    let [_, other, .., over_graph] = &names[..] else { bail!("there are too few users") };
    let mut window = stage.open(&[])?;
    accessible::bring_axe(&window)?;
    secret(&window, tenant.details())?;

    // Outside the change window a switch waits; it can be taken back, or done all the same.
    open_user(&window, "Ada Admin")?;
    window.press("Switch to Graph…")?;
    window.reads("EWS (app-only) becomes Graph (app-only).")?;
    window.click("check", "I have read what Graph can't do for this integration.")?;
    window.reads("waits for the change window")?;
    window.photo("switch-waits")?;
    agreed(&window, "Switch 1 user")?;
    window.reads("1 switch waits for the change window.")?;
    refused(&window, "Switch to Graph…", "The switch waits for the change window.")?;
    window.reads("Switch begins")?;
    window.photo("switch-queued")?;
    window.press("More: Actions for this user")?;
    window.click("option", "Switch now, outside the change window…")?;
    window.reads("Switch 1 user to Graph now, outside the change window?")?;
    window.find("button", "Switch 1 user now")?;
    window.photo("switch-now")?;
    window.press("Cancel")?;
    act(&window, "Withdraw queued switch…", "Withdraw 1 switch")?;
    window.press("Switch to Graph…")?;
    window.click("check", "Don't wait for the change window")?;
    agreed(&window, "Switch 1 user")?;
    window.reads("Initialized")?;
    window.click("tab", "Timeline")?;
    window.reads("Mailbox initialized")?;
    window.click("tab", "Overview")?;

    // Whoever was switched is checked, alone; that changes nothing and says what each workload answered.
    window.press("Check connectivity")?;
    window.reads("Mailbox settings")?;
    window.reads("Success")?;
    window.photo("checked")?;
    window.click("tab", "Overview")?;
    window.reads("Check results: connected successfully")?;

    // What was read is forgotten, and read again when it is brought forward: not twice in a minute.
    act(&window, "Reset mailbox…", "Reset 1 mailbox")?;
    window.reads("Not initialized")?;
    act(&window, "Exclude…", "Exclude 1 mailbox")?;
    window.reads("Excluded")?;
    act(&window, "Take back in…", "Take 1 mailbox in")?;
    window.no_longer_reads("Excluded")?;
    act(&window, "Disable synchronization…", "Disable 1 user")?;
    refused(&window, "Force synchronization", "Synchronization is disabled, for the user or for the organization.")?;
    act(&window, "Enable synchronization…", "Enable 1 user")?;

    window.press("Copy diagnostic")?;
    window.reads("Copied")?;

    // Back to EWS while there is EWS, into another organization, and out of Rollcall.
    act(&window, "Go back to EWS…", "Take 1 user back")?;
    window.reads("EWS (app-only)")?;
    window.press("Move…")?;
    window.choose("Move to", "Contoso US")?;
    window.reads("1 user changes.")?;
    agreed(&window, "Move 1 user")?;
    window.reads("Contoso US")?;
    act(&window, "Remove…", "Remove 1 user")?;
    window.no_longer_reads("Ada Admin")?;

    // An access type of the user's own doesn't lead to Graph, but a switch does; a session brought forward, not twice in a minute.
    open_user(&window, other)?;
    window.press("More: Actions for this user")?;
    window.click("option", "Set access type…")?;
    window.choose("Access type", "Graph (app-only)")?;
    window.reads("1 can't: From EWS to Graph only a switch leads")?;
    window.photo("set-access")?;
    window.choose("Access type", "EWS (delegated)")?;
    window.reads("1 user: EWS (app-only) becomes EWS (delegated).")?;
    agreed(&window, "Change 1 user")?;
    window.reads("EWS (delegated), set on the user")?;
    window.press("More: Actions for this user")?;
    window.click("option", "Set access type…")?;
    window.reads("1 user: EWS (delegated) becomes EWS (app-only).")?;
    agreed(&window, "Change 1 user")?;
    window.reads("EWS (app-only), set on the organization")?;
    window.press("Switch to Graph…")?;
    window.click("check", "Don't wait for the change window")?;
    agreed(&window, "Switch 1 user")?;
    window.reads("Graph (app-only), set on the user")?;
    refused(&window, "Force synchronization", "It was forced less than a minute ago.")?;
    window.reads("Initialized")?;
    open_user(&window, over_graph)?;
    window.press("Force synchronization")?;
    window.reads("Their next session begins at once.")?;
    agreed(&window, "Force 1 session")?;
    refused(&window, "Force synchronization", "It was forced less than a minute ago.")?;
    window.click("tab", "Timeline")?;
    window.reads("Mailbox initialized")?;
    open_user(&window, other)?;

    // Who is initialized is not removed by accident.
    window.press("More: Actions for this user")?;
    window.click("option", "Remove…")?;
    window.reads("1 can't: The mailbox is initialized or switching. Only a forced removal takes it out.")?;
    turn_on_the_switch(&window)?;
    window.photo("remove-forced")?;
    agreed(&window, "Remove 1 user")?;
    window.no_longer_reads(other)?;
    window.reads(&format!("{} users", USERS - 2))?;

    let mut barriers = Vec::new();
    for dark in [false, true] {
        window.set_theme(dark)?;
        open_user(&window, &names[2])?;
        window.press("More: Actions for this user")?;
        window.photo("more")?;
        barriers.extend(accessible::violations(&window)?);
        window.keys(&[keys::ESCAPE])?;
        window.press("Close details (Esc)")?;
    }
    ensure!(barriers.is_empty(), "{} barriers:\n{}", barriers.len(), barriers.join("\n"));
    window.close();
    Ok(())
}

fn open_user(window: &Window, name: &str) -> Result<()> {
    window.go("Users")?;
    window.click("cell", name)?;
    window.click("tab", "Overview")
}

/// Does what is behind *More* with the user whose details are open.
fn act(window: &Window, action: &str, agree: &str) -> Result<()> {
    window.press("More: Actions for this user")?;
    window.click("option", action)?;
    agreed(window, agree)
}

/// Agrees to what the dialog says, and waits until it is done.
fn agreed(window: &Window, agree: &str) -> Result<()> {
    window.press(agree)?;
    window.holds("the dialog to be done", "return !document.querySelector('[role=alertdialog]')")
}

/// Waits until a button is dimmed, with its reason.
fn refused(window: &Window, button: &str, reason: &str) -> Result<()> {
    let dimmed = format!(
        "const found = [...document.querySelectorAll('button')].find((one) => one.innerText === {}); return found?.getAttribute('aria-disabled') === 'true' && document.body.innerHTML.includes({})",
        serde_json::json!(button),
        serde_json::json!(reason)
    );
    window.holds(&format!("“{button}” to be dimmed: {reason}"), &dimmed)
}

fn turn_on_the_switch(window: &Window) -> Result<()> {
    let there =
        "const found = document.querySelector('[role=alertdialog] [role=switch]'); if (!found) return false; found.click(); return true";
    window.holds("the dialog's switch", there)
}
