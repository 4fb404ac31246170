//! Users from EWS to Graph in the window: shown first, acknowledged, switched, initialized by the session that follows, and what else is
//! done with many of them.

use anyhow::{Result, ensure};

use crate::accessible;
use crate::restart::secret;
use crate::stage::Stage;
use crate::window::{Window, keys};

const USERS: u32 = 60;

#[test]
fn users_are_switched_and_initialized() -> Result<()> {
    let Some(stage) = Stage::new("switching")? else { return Ok(()) };
    let tenant = stage.on_ews(USERS)?;
    let mut window = stage.open(&[])?;
    accessible::bring_axe(&window)?;
    secret(&window, tenant.details())?;

    window.go("Users")?;
    everybody(&window)?;
    window.press("Switch to Graph…")?;
    window.reads("60 users: EWS (app-only) becomes Graph (app-only).")?;
    window.reads("What Graph can't do for this integration")?;
    window.photo("switch")?;
    window.click("check", "I have read what Graph can't do for this integration.")?;
    window.press("Switch 60 users")?;
    window.reads("60 users: switch to Graph begun")?;

    // A switch brings the sessions forward. All but the mailbox that is full pass and are initialized; that one goes on switching, and
    // its issue says what is wrong with it.
    window.go("Mailbox status")?;
    window.find("button", "Initialized 59")?;
    window.find("button", "Switching 1")?;
    window.photo("initialized")?;
    window.go("Sync errors")?;
    window.reads("ailbox")?;
    window.reads("full")?;

    window.go("Users")?;
    window.click("cell", "Ada Admin")?;
    window.click("tab", "Timeline")?;
    window.reads("Mailbox initialized")?;
    window.reads("Switch to Graph (app-only) begun")?;
    window.click("tab", "Sessions")?;
    window.reads("First")?;
    window.keys(&[keys::ESCAPE])?;

    // Who is initialized or switching isn't removed by accident, and everybody can be disabled at once.
    everybody(&window)?;
    more(&window, "Remove…")?;
    window.reads("60 can't: The mailbox is initialized or switching.")?;
    window.photo("remove")?;
    window.press("Cancel")?;
    more(&window, "Disable synchronization…")?;
    window.press("Disable 60 users")?;
    window.reads("60 users: synchronization disabled")?;

    let mut barriers = Vec::new();
    for dark in [false, true] {
        window.set_theme(dark)?;
        window.go("Users")?;
        window.click("cell", "Ada Admin")?;
        for tab in ["Overview", "Timeline", "Sessions"] {
            window.click("tab", tab)?;
            window.settled()?;
            window.photo(&format!("user-{}", tab.to_lowercase()))?;
            barriers.extend(accessible::violations(&window)?);
        }
        window.keys(&[keys::ESCAPE])?;
        everybody(&window)?;
        window.press("Move…")?;
        window.reads("What was checked and read before is forgotten.")?;
        window.photo("move")?;
        barriers.extend(accessible::violations(&window)?);
        window.press("Cancel")?;
        // In the smallest window there is, all that can be done with the selected is in sight.
        window.resize(1024, 700)?;
        window.holds("the whole selection bar to be in sight", IN_SIGHT)?;
        window.photo("selection-small")?;
        window.resize(1280, 860)?;
        window.press("Clear")?;
    }
    ensure!(barriers.is_empty(), "{} barriers:\n{}", barriers.len(), barriers.join("\n"));
    window.close();
    Ok(())
}

/// No button of the selection bar lies below the window's edge or beside it.
const IN_SIGHT: &str = "const buttons = [...document.querySelectorAll('[role=toolbar][aria-label=Selection] button')];
    return buttons.length > 4 && buttons.every((one) => {
      const { bottom, right } = one.getBoundingClientRect();
      return bottom <= innerHeight && right <= innerWidth;
    })";

/// Selects all 60.
fn everybody(window: &Window) -> Result<()> {
    window.reads("60 users")?;
    window.click("cell", "Not selected")?;
    window.press("Select all 60 matching")?;
    window.reads("60 selected")
}

/// Chooses an action behind *More*.
fn more(window: &Window, action: &str) -> Result<()> {
    window.press("More: Actions for the selected users")?;
    window.click("option", action)
}
