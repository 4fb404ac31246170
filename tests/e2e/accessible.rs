//! Every screen under axe-core, in both themes, in the engine that draws it.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::stage::Stage;
use crate::window::{Window, keys};

/// Rules of WCAG 2.0 to 2.2, levels A and AA. Fluent's focus guards are hidden from screen readers and can be reached by Tab on
/// purpose (Tabster, "Dummy inputs"); nothing else is left out.
const CHECK: &str = "window.axeFound = undefined;
    const rules = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'] };
    window.axe.run({ exclude: [['[data-tabster-dummy]']] }, rules).then(
      ({ violations }) => {
        window.axeFound = violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html, any }) => `${html} ${any.map(({ message }) => message).join('; ')}`).join(' | ')}`);
      },
      (failure) => { window.axeFound = [`axe itself failed: ${failure}`]; },
    );";

#[test]
fn every_screen_is_free_of_barriers_in_light_and_dark() -> Result<()> {
    let Some(stage) = Stage::new("accessible")? else { return Ok(()) };
    let _tenant = stage.rehearsed(80)?;
    let mut window = stage.open(&[])?;
    bring_axe(&window)?;
    let mut found = Vec::new();
    for dark in [false, true] {
        window.set_theme(dark)?;
        let theme = if dark { "dark" } else { "light" };
        let mut check = |screen: &str| -> Result<()> {
            found.extend(violations(&window)?.into_iter().map(|violation| format!("{screen}, {theme}: {violation}")));
            Ok(())
        };
        for page in [
            "Overview",
            "Organizations",
            "Users",
            "Mailbox status",
            "Permissions",
            "Verification",
            "Sync errors",
            "Integrations",
            "Settings",
        ] {
            window.go(page)?;
            check(page)?;
        }
        for tab in ["Tenants", "Traffic", "About"] {
            window.click("tab", tab)?;
            check(tab)?;
        }
        window.go("Organizations")?;
        window.click("cell", "Contoso EU")?;
        for tab in ["Connectivity", "Email configuration"] {
            window.click("tab", tab)?;
            check(tab)?;
        }
        window.press("New organization")?;
        window.find("heading", "New organization")?;
        check("New organization")?;
        window.press("Cancel")?;
        window.go("Verification")?;
        window.click("cell", "Run 1")?;
        window.settled()?;
        check("results of a run")?;
        window.go("Users")?;
        window.click("cell", "Ada Admin")?;
        window.reads("Status: Success")?;
        check("details of a user")?;
        window.keys(&[keys::CONTROL, 'k'])?;
        window.find("option", "Overview Ctrl+1")?;
        check("search")?;
        window.keys(&[keys::ESCAPE])?;
    }
    ensure!(found.is_empty(), "{} barriers:\n{}", found.len(), found.join("\n"));
    window.close();
    Ok(())
}

/// Puts axe-core into the page.
pub fn bring_axe(window: &Window) -> Result<()> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(&source).with_context(|| format!("{} is missing; `npm ci` in ui brings it", source.display()))?;
    window.run(&axe, &json!([])).map(drop)
}

/// What axe-core finds on the page as it is now.
pub fn violations(window: &Window) -> Result<Vec<String>> {
    window.still()?;
    window.run(CHECK, &json!([]))?;
    window.holds("axe to finish", "return window.axeFound !== undefined")?;
    let found = window.run("return window.axeFound", &json!([]))?;
    Ok(found.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect())
}
