//! A switch in waves by hand: planned with a pilot, somebody is put into another wave, the pilot starts and is seen to be met, the criteria
//! change, and the plan is deleted again.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::accessible;
use crate::restart::secret;
use crate::stage::Stage;
use crate::window::{Window, keys};

const USERS: u32 = 60;

#[test]
fn waves_are_planned_and_the_pilot_starts() -> Result<()> {
    let Some(stage) = Stage::new("waves")? else { return Ok(()) };
    let tenant = stage.on_ews(USERS)?;
    let mut window = stage.open(&[])?;
    accessible::bring_axe(&window)?;
    secret(&window, tenant.details())?;

    // Whoever would switch several at once is shown the other way.
    let mut barriers = Vec::new();
    both(&mut window, "switch-two", &mut barriers, switch_two)?;
    window.go("Overview")?;
    switch_two(&window)?;
    window.press("Waves of the organization")?;
    window.reads("The switch to Graph can go in waves")?;
    window.photo("none")?;
    window.press("Plan waves…")?;
    window.fill("Users in the pilot", "6")?;
    window.reads("Wave 4 (whoever is left) 31 users")?;
    window.fill("Shares of the others, in percent", "60, 60")?;
    window.reads("together less than 100")?;
    window.fill("Shares of the others, in percent", "25")?;
    window.reads("Wave 3 (whoever is left) 40 users")?;
    window.click("check", "Criteria of its own: Wave 1 (pilot)")?;
    both(&mut window, "plan-dialog", &mut barriers, |window| {
        window.press("Plan waves…")?;
        window.click("check", "Criteria of its own: Wave 1 (pilot)")?;
        window.reads("Wave 1 (pilot) 10 users")
    })?;

    // The plan as it is kept: six first, watched for no hour, so that the next session settles it.
    window.press("Plan waves…")?;
    window.fill("Users in the pilot", "6")?;
    window.fill("Shares of the others, in percent", "25")?;
    window.fill("Watched, hours", "0")?;
    window.reads("Wave 3 (whoever is left) 40 users")?;
    window.press("Keep the plan")?;
    window.reads("Waves of Contoso EU are planned")?;
    window.reads("What Graph can't do is acknowledged")?;
    both(&mut window, "planned", &mut barriers, |_| Ok(()))?;

    // One user would come to the second wave, who was in the last one.
    window.go("Users")?;
    one_line(&window, "of everybody")?;
    both(&mut window, "put", &mut barriers, |window| {
        window.go("Users")?;
        window.click("cell", "Ada Admin")?;
        window.reads("Access check: Not checked")?;
        window.photo("user")?;
        window.press("More: Actions for this user")?;
        window.click("option", "Put into a wave…")?;
        window.choose("Wave", "Wave 2 (25 %), 14 users")?;
        window.reads("Afterwards the waves have:")?;
        no_bars(window)
    })?;
    window.keys(&[keys::ESCAPE])?;

    // The pilot is held, released, and started once what Graph can't do was read. Each switch brings the session forward.
    to_waves(&window)?;
    window.press("Hold")?;
    window.press("Hold no more")?;
    window.press("Start…")?;
    window.reads("6 users: EWS (app-only) becomes Graph (app-only).")?;
    window.photo("start")?;
    window.click("check", "I have read what Graph can't do for this integration.")?;
    window.press("Switch 6 users")?;
    window.reads("6 users: switch to Graph begun")?;
    window.reads("At least 95 % initialized: 6 of 6")?;
    window.reads("Criteria met")?;
    both(&mut window, "started", &mut barriers, |_| Ok(()))?;
    both(&mut window, "overview-waves", &mut barriers, |window| {
        window.go("Overview")?;
        window.reads("6 of 6 initialized")
    })?;

    // By what the waves are judged is changed while the plan runs, and what that does is shown first.
    to_waves(&window)?;
    both(&mut window, "criteria", &mut barriers, |window| {
        window.press("Change criteria…")?;
        window.fill("Watched, hours", "48")?;
        window.reads("Wave 1 (pilot) goes from Criteria met to Running.")
    })?;
    window.press("Change criteria…")?;
    window.fill("Failed, at most %", "5")?;
    window.reads("Wave 2 (25 %) has to come to: 95 % initialized, 5 % failed at most")?;
    window.press("Change the criteria")?;
    window.reads("Criteria of Contoso EU changed")?;
    window.press("Show users")?;
    window.reads("6 of 60")?;
    window.photo("users")?;
    one_line(&window, "of a wave")?;

    to_waves(&window)?;
    window.press("Delete plan…")?;
    window.press("Delete the plan")?;
    window.reads("The switch to Graph can go in waves")?;
    ensure!(barriers.is_empty(), "{} barriers:\n{}", barriers.len(), barriers.join("\n"));
    window.close();
    Ok(())
}

/// The filters of users stand in one line, as narrow as the window is.
fn one_line(window: &Window, whose: &str) -> Result<()> {
    let higher = "return document.querySelector('[data-region=filters]').getBoundingClientRect().height";
    let height = window.run(higher, &json!([]))?.as_f64().unwrap_or_default();
    ensure!(height > 0.0 && height < 40.0, "the filters {whose} take more than one line: {height} px");
    Ok(())
}

/// Opens the dialog in which two users would be switched.
fn switch_two(window: &Window) -> Result<()> {
    window.go("Users")?;
    window.click("cell", "Not selected")?;
    window.click("cell", "Not selected")?;
    window.press("Switch to Graph…")?;
    window.reads("They can also be switched in waves, a pilot first:")
}

/// What is behind a dialog shows no scroll bars, which would be drawn over it.
fn no_bars(window: &Window) -> Result<()> {
    let hidden = "return [...document.querySelectorAll('#root [data-scrolls]')].map((one) => getComputedStyle(one).overflowY).join()";
    let overflows = window.run(hidden, &json!([]))?;
    ensure!(overflows == "hidden,hidden", "the grid and the details scroll behind the dialog: {overflows}");
    Ok(())
}

/// Opens the waves of the organization.
fn to_waves(window: &Window) -> Result<()> {
    window.go("Organizations")?;
    window.click("cell", "Contoso EU")?;
    window.click("tab", "Waves")
}

/// Keeps what is shown in both themes, and what bars the way to it. Choosing a theme leaves the page, so it is gone to once more.
fn both(window: &mut Window, name: &str, barriers: &mut Vec<String>, open: impl Fn(&Window) -> Result<()>) -> Result<()> {
    for dark in [true, false] {
        if window.shows("button", "Cancel")? {
            window.press("Cancel")?;
        }
        window.set_theme(dark)?;
        to_waves(window)?;
        open(window)?;
        window.settled()?;
        window.photo(name)?;
        barriers.extend(accessible::violations(window)?);
    }
    if window.shows("button", "Cancel")? {
        window.press("Cancel")?;
    }
    Ok(())
}
