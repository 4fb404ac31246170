//! The line to Microsoft Graph while and after a check: the panel names every request, and the trace file names nobody.

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::accessible;
use crate::restart::secret;
use crate::stage::Stage;
use crate::window::Window;

const USERS: u32 = 80;

#[test]
fn the_traffic_of_a_check_is_shown_by_route_and_written_down_on_demand() -> Result<()> {
    let Some(stage) = Stage::new("traffic")? else { return Ok(()) };
    let tenant = stage.rehearsed(USERS)?;
    let mut window = stage.open(&[])?;
    accessible::bring_axe(&window)?;
    secret(&window, tenant.details())?;
    traffic(&window)?;
    window.click("check", "Write a trace file")?;
    window.reads("Being written")?;

    window.go("Verification")?;
    window.press("Check users' access")?;
    window.press(&format!("Check {USERS} mailboxes"))?;
    window.find("cell", "Run 2")?;
    window.no_longer_reads("Run 2, checking")?;

    let mut barriers = Vec::new();
    for dark in [false, true] {
        window.set_theme(dark)?;
        traffic(&window)?;
        window.find("cell", "POST /$batch")?;
        window.reads("Mailboxes")?;
        window.photo("traffic")?;
        barriers.extend(accessible::violations(&window)?);
    }
    ensure!(barriers.is_empty(), "{} barriers:\n{}", barriers.len(), barriers.join("\n"));

    let path = "return /\\S+trace-\\d+\\.jsonl/.exec(document.body.innerText)?.[0] ?? null";
    let path = window.run(path, &json!([]))?.as_str().context("the path of the trace file")?.to_owned();
    window.click("check", "Write a trace file")?;
    window.reads("Written")?;
    let holds = |words: &str| Ok(std::fs::read_to_string(&path)?.contains(words).then_some(()));
    crate::driver::until("the batches in the trace file", || holds("POST /$batch"))?;
    let trace = std::fs::read_to_string(&path)?;
    for planted in tenant.planted() {
        ensure!(!trace.contains(&planted.upn), "a trace file names nobody");
    }
    ensure!(!trace.contains(&tenant.details().client_secret), "a trace file holds no secret");
    window.close();
    Ok(())
}

/// Goes to the panel by the activity button, as one does while something is going on.
fn traffic(window: &Window) -> Result<()> {
    window.press("Activity: 0 running")?;
    window.press("Traffic to Microsoft Graph")?;
    window.find("check", "Write a trace file").map(drop)
}
