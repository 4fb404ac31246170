//! One window, one owner of the data: a second start, and a data folder that somebody else works in.

use anyhow::{Result, ensure};
use rollcall_tests::{Scene, open_desk};

use crate::stage::Stage;

#[test]
fn a_second_start_ends_at_once_and_leaves_the_first_window_as_it_is() -> Result<()> {
    let Some(stage) = Stage::new("second_start")? else { return Ok(()) };
    let window = stage.open(&[])?;
    window.press("Connect a tenant")?;
    window.fill("Name", "Half typed")?;
    let ended = stage.start_again()?;
    ensure!(ended.success(), "the second start ends well: {ended}");
    let kept = "return [...document.querySelectorAll('input')].some((box) => box.value === 'Half typed')";
    window.holds("what was typed", kept)?;
    window.close();
    Ok(())
}

#[test]
fn a_data_folder_that_is_in_use_is_named_with_the_next_step() -> Result<()> {
    let Some(stage) = Stage::new("data_in_use")? else { return Ok(()) };
    let owner = open_desk(&stage.data(), &Scene::default().pace)?;
    let window = stage.open(&[])?;
    window.reads("Another Rollcall uses this data. Close the other window or command, then try again.")?;
    window.photo("data-in-use")?;

    drop(owner);
    window.press("Try again")?;
    window.reads("Welcome to Rollcall")?;
    window.close();
    Ok(())
}
