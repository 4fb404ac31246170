//! The first minutes of somebody new: the practice tenant is opened, its ribbon leads to the sign-in and then sets up two organizations.

use anyhow::Result;
use rollcall_sandbox::browser::Person;

use crate::stage::Stage;

#[test]
fn somebody_new_comes_to_two_organizations_by_the_ribbon() -> Result<()> {
    let Some(stage) = Stage::new("practice")? else { return Ok(()) };
    let mut window = stage.open(&[])?;
    window.press("Open practice tenant")?;
    window.reads("Nothing here touches Microsoft 365.")?;
    window.photo("practice-opened")?;
    window.set_theme(true)?;
    window.photo("practice-ribbon")?;
    window.set_theme(false)?;
    window.press("Sign in to set up two example organizations")?;
    window.reads("It asks for no password: choose the admin there.")?;
    window.photo("practice-sign-in")?;
    window.press("Sign in")?;
    stage.at_the_browser(&Person::Admin)?;
    window.reads("Signed in: admin@contoso.example")?;
    window.press("Set up two example organizations")?;
    window.find("cell", "Example: app-only")?;
    window.find("cell", "Example: delegated")?;
    window.photo("practice-examples")?;
    window.close();
    Ok(())
}
