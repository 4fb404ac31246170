//! Users brought in as was shown: a list line by line, a group by its name, eligibility, and rules with their proposals.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::accessible;
use crate::driver::until;
use crate::stage::Stage;
use crate::window::{Window, keys};

const USERS: u32 = 120;
const LIST: &str = "Name;E-mail\\nAdmin;ADMIN@contoso.example\\nNobody;nobody@contoso.example\\nAgain;admin@contoso.example\\nEve;=cmd\\n";

#[test]
fn users_are_brought_in_exactly_as_was_shown_and_kept_complete_by_rules() -> Result<()> {
    let Some(stage) = Stage::new("bringing_in")? else { return Ok(()) };
    let _tenant = stage.with_one_organization(USERS)?;
    let mut window = stage.open(&[])?;
    accessible::bring_axe(&window)?;
    stage.sign_in(&window)?;

    show_the_list(&window)?;
    window.reads("Read as UTF-8, separated by semicolons, addresses in column 2 (E-mail): 4 lines.")?;
    for said in ["1 will come in", "1 named twice", "1 unknown address", "1 no address", "same as line 2"] {
        window.reads(said)?;
    }
    window.photo("import-report")?;
    window.press("Export report")?;
    window.reads("Saved among your downloads")?;
    let path = window.run("return /\\/\\S.*?\\.csv/.exec(document.body.innerText)?.[0] ?? null", &json!([]))?;
    let report = std::fs::read_to_string(path.as_str().unwrap_or_default())?;
    ensure!(report.contains("3,nobody@contoso.example,unknown"), "the report says what the screen says:\n{report}");
    window.press("Import 1 user")?;
    window.reads("Import finished. 1 new, 0 changed, 0 unchanged.")?;

    window.press("Import users")?;
    window.click("radio", "The members of a group")?;
    window.fill("Name, address or object ID", "sales")?;
    window.click("radio", "Sales · Microsoft 365 group · sales@contoso.example")?;
    window.reads("direct members")?;
    window.photo("import-group")?;
    window.click("radio", "Those who match a filter")?;
    window.fill("OData filter", "department eq 'Finance'")?;
    window.press("Show what will happen")?;
    window.reads("Nothing has been stored.")?;
    window.reads("will come in")?;
    window.press("Back")?;
    window.press("Cancel")?;

    window.go("Organizations")?;
    window.click("cell", "Contoso EU")?;
    window.click("tab", "Rules")?;
    window.press("Add rule…")?;
    window.fill("Values", "Sales, Legal")?;
    window.press("Add rule")?;
    window.reads("Department is Sales or Legal")?;
    window.press("Run rules now")?;
    window.no_longer_reads("Not run yet")?;
    window.photo("rules")?;
    let all = "return [...document.querySelectorAll('button')].map((one) => one.innerText).find((name) => name.startsWith('Bring in all')) ?? null";
    let all = until("the button for all proposals", || Ok(window.run(all, &json!([]))?.as_str().map(str::to_owned)))?;
    window.press(&all)?;
    window.reads("Proposals (0)")?;
    window.keys(&[keys::ESCAPE])?;

    window.go("Users")?;
    window.press("Import users")?;
    window.press("Import at once")?;
    window.reads(&format!("{USERS} users"))?;
    window.press("Check eligibility")?;
    window.reads("Eligibility checked.")?;
    window.reads("isn't known for all: the integration's client secret isn't set")?;
    window.photo("eligibility")?;

    let mut barriers = Vec::new();
    for dark in [false, true] {
        window.set_theme(dark)?;
        show_the_list(&window)?;
        window.reads("1 already here")?;
        window.photo("import-report-open")?;
        barriers.extend(accessible::violations(&window)?);
        window.press("Back")?;
        window.reads("Show what will happen")?;
        barriers.extend(accessible::violations(&window)?);
        window.press("Cancel")?;
        window.go("Organizations")?;
        window.click("cell", "Contoso EU")?;
        window.reads("Mailboxes asked")?;
        window.photo("organization-eligibility")?;
        barriers.extend(accessible::violations(&window)?);
        window.click("tab", "Rules")?;
        window.reads("Department is Sales or Legal")?;
        window.photo("rules-open")?;
        barriers.extend(accessible::violations(&window)?);
        window.keys(&[keys::ESCAPE])?;
    }
    ensure!(barriers.is_empty(), "{} barriers:\n{}", barriers.len(), barriers.join("\n"));
    window.close();
    Ok(())
}

/// Pastes the list, and has shown what an import of it would do.
fn show_the_list(window: &Window) -> Result<()> {
    window.go("Users")?;
    window.press("Import users")?;
    window.click("radio", "Those on a list (CSV)")?;
    window.find("box", "Or paste a list")?;
    // Typed key by key the lines would be keys of their own.
    let paste = format!(
        "const box = [...document.querySelectorAll('[role=dialog] textarea')][0];
         Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(box, '{LIST}');
         box.dispatchEvent(new Event('input', {{ bubbles: true }}));
         return true"
    );
    window.holds("the list to be pasted", &paste)?;
    window.press("Show what will happen")?;
    window.reads("Nothing has been stored.")?;
    window.settled()
}
