//! The inspector of sync errors in the window: a problem is understood, put aside, mended and checked again, and it is gone.

use anyhow::{Context, Result, ensure};
use rollcall_sandbox::FaultKind;
use serde_json::json;

use crate::accessible;
use crate::restart::secret;
use crate::stage::Stage;
use crate::window::{Window, keys};

const USERS: u32 = 120;

#[test]
fn a_problem_is_understood_put_aside_mended_and_gone() -> Result<()> {
    let Some(stage) = Stage::new("inspector")? else { return Ok(()) };
    let tenant = stage.rehearsed(USERS)?;
    let mut window = stage.open(&[])?;
    accessible::bring_axe(&window)?;
    secret(&window, tenant.details())?;

    window.go("Sync errors")?;
    window.reads("New")?;
    window.click("cell", "Mailbox is full")?;
    for words in ["What happened", "How we know", "403 ErrorQuotaExceeded", "Exchange Administrator", "Lasting: this mailbox"] {
        window.reads(words)?;
    }
    window.settled()?;
    window.photo("problem")?;
    window.keys(&[keys::CONTROL, keys::SHIFT, 'C'])?;
    window.reads("Support block copied")?;

    // Whom it concerns, each with the details that the page of users shows.
    let full: Vec<String> =
        tenant.planted().into_iter().filter(|one| one.fault == Some(FaultKind::QuotaExceeded)).map(|one| one.upn).collect();
    let first = full.first().context("a full mailbox is planted")?;
    window.click("tab", &format!("Affected user{} ({})", if full.len() == 1 { "" } else { "s" }, full.len()))?;
    window.click("cell", first)?;
    window.click("tab", "Issues (1)")?;
    window.reads("ErrorQuotaExceeded")?;
    window.photo("affected")?;
    let id = "return /Request ID\\s+([0-9a-f-]{36})/.exec(document.querySelector('[data-region=panel]').innerText)?.[1] ?? null";
    let request_id = window.run(id, &json!([]))?.as_str().context("the id of the answer")?.to_owned();
    window.keys(&[keys::ESCAPE])?;
    let file = export(&window)?;
    let table = std::fs::read_to_string(&file)?;
    ensure!(table.lines().count() == 1 + full.len() && table.contains(first.as_str()), "one line an answer:\n{table}");
    window.click("tab", "Problems")?;

    window.press("Snooze…")?;
    window.fill("Note", "Ticket 4711: archive is ordered")?;
    window.photo("snooze")?;
    window.click("check", "Back at the latest on a certain day")?;
    window.photo("snooze-day")?;
    window.click("check", "Back at the latest on a certain day")?;
    window.press("Snooze")?;
    window.reads("Snoozed by admin@contoso.example")?;
    window.press("Close details (Esc)")?;
    window.no_longer_reads("Mailbox is full")?;
    window.press("Snoozed")?;
    window.click("option", "Snoozed")?;
    window.click("cell", "Mailbox is full")?;
    window.photo("snoozed")?;
    window.press("Unsnooze")?;
    window.no_longer_reads("Ticket 4711: archive is ordered")?;
    window.press("Close details (Esc)")?;
    window.press("Clear filters")?;

    // A case at Microsoft names an id: it leads to whose mailbox answered so, with what each workload says.
    window.go("Users")?;
    window.press("Columns")?;
    window.click("check", "Workloads")?;
    window.keys(&[keys::ESCAPE])?;
    window.fill("Filter by name, address, ID or error", &request_id)?;
    window.reads(&format!("1 of {USERS}"))?;
    window.settled()?;
    let failed = "return document.querySelector('[role=gridcell] [role=img]')?.ariaLabel.startsWith('Mail: Failed, ') ?? false";
    window.holds("the workloads, of which mail failed", failed)?;
    window.run("document.querySelector('[role=gridcell] [role=img]').scrollIntoView({ inline: 'end' })", &json!([]))?;
    window.photo("found-by-id")?;
    window.press("Clear filters")?;
    window.go("Sync errors")?;

    // The archive has come: only those who were full are asked, and the problem is gone.
    tenant.change(|world| {
        let full = world.users.iter_mut().filter(|user| user.fault == Some(FaultKind::QuotaExceeded));
        full.for_each(|user| user.fault = None);
    });
    window.click("cell", "Mailbox is full")?;
    window.press("Re-check only these")?;
    window.holds(
        "the problem to be gone",
        "return ![...document.querySelectorAll('[role=gridcell]')].some((cell) => cell.innerText === 'Mailbox is full')",
    )?;
    window.go("Verification")?;
    window.click("cell", "Run 2")?;
    window.find("button", &format!("Success {}", full.len()))?;

    let mut barriers = Vec::new();
    for dark in [false, true] {
        window.set_theme(dark)?;
        window.go("Sync errors")?;
        barriers.extend(accessible::violations(&window)?);
        window.click("cell", "No cloud mailbox")?;
        window.settled()?;
        window.photo("inspector")?;
        barriers.extend(accessible::violations(&window)?);
        window.press("Snooze…")?;
        window.reads("It goes into the journal.")?;
        barriers.extend(accessible::violations(&window)?);
        window.press("Cancel")?;
        window.holds(
            "the users' tab",
            "return [...document.querySelectorAll('[role=tab]')].some((tab) => tab.innerText.startsWith('Affected'))",
        )?;
        let tab =
            "return [...document.querySelectorAll('[role=tab]')].find((tab) => tab.innerText.startsWith('Affected')).innerText.trim()";
        window.click("tab", window.run(tab, &json!([]))?.as_str().unwrap_or_default())?;
        window.settled()?;
        window.photo("affected-users")?;
        barriers.extend(accessible::violations(&window)?);
        window.click("tab", "Problems")?;
        window.press("Close details (Esc)")?;
    }
    ensure!(barriers.is_empty(), "{} barriers:\n{}", barriers.len(), barriers.join("\n"));
    window.close();
    Ok(())
}

fn export(window: &Window) -> Result<String> {
    window.press("Export")?;
    window.reads("Saved among your downloads")?;
    let path = "return /\\/\\S[^\\n]*?\\.csv/.exec(document.body.innerText)?.[0] ?? null";
    let path = window.run(path, &json!([]))?;
    Ok(path.as_str().unwrap_or_default().to_owned())
}
