//! Without a mouse: a grid is one stop, its rows open and close, and the focus is never lost.

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::stage::Stage;
use crate::window::{Window, keys};

/// The cell of a grid that has the focus, as "row:column"; null anywhere else.
const FOCUSED_CELL: &str = "return document.activeElement?.closest('[role=grid] [data-cell]')?.dataset.cell ?? null";

#[test]
fn a_grid_is_one_tab_stop_whose_rows_open_with_enter_and_close_with_escape() -> Result<()> {
    let Some(stage) = Stage::new("keyboard")? else { return Ok(()) };
    let _tenant = stage.rehearsed(60)?;
    let window = stage.open(&[])?;
    window.go("Users")?;
    let stops = "return [...document.querySelectorAll('[role=grid] *')].filter((one) => one.tabIndex >= 0).length";
    ensure!(window.run(stops, &json!([]))? == json!(1), "the grid has one tab stop");

    tab_into_the_grid(&window)?;
    let first = focused(&window)?.context("a cell has the focus")?;
    window.keys(&[keys::DOWN])?;
    window.keys(&[keys::DOWN])?;
    let third = format!("2:{}", first.split_once(':').context("a row and a column")?.1);
    let there = format!("return (() => {{ {FOCUSED_CELL} }})() === '{third}'");
    window.holds("the focus two rows further down", &there)?;

    window.keys(&[keys::ENTER])?;
    window.holds("the focus in the details", "return document.activeElement?.closest('aside') !== null")?;
    window.keys(&[keys::ESCAPE])?;
    window.holds("the details to close", "return document.querySelector('aside') === null")?;
    window.holds("the focus back in the row it came from", &there)?;
    window.close();
    Ok(())
}

#[test]
fn shortcuts_lead_to_every_pane_and_to_the_search() -> Result<()> {
    let Some(stage) = Stage::new("shortcuts")? else { return Ok(()) };
    let window = stage.open(&["--practice"])?;
    for (key, address) in [('2', "#/organizations"), ('7', "#/issues"), (',', "#/settings"), ('1', "#/")] {
        window.keys(&[keys::CONTROL, key])?;
        window.holds(&format!("the page {address}"), &format!("return location.hash.split('?')[0] === '{address}'"))?;
    }
    window.keys(&[keys::CONTROL, 'k'])?;
    window.find("box", "Search or run a command")?;
    for letter in "verification".chars() {
        window.keys(&[letter])?;
    }
    window.find("option", "Verification Ctrl+6")?;
    window.keys(&[keys::ENTER])?;
    window.holds("the page that was found", "return location.hash.startsWith('#/verification')")?;
    window.close();
    Ok(())
}

fn tab_into_the_grid(window: &Window) -> Result<()> {
    const MOST_STOPS: usize = 40;
    window.click("box", "Filter by name, address, ID or error")?;
    for _ in 0..MOST_STOPS {
        window.keys(&[keys::TAB])?;
        if focused(window)?.is_some() {
            return Ok(());
        }
    }
    anyhow::bail!("Tab does not lead into the grid")
}

fn focused(window: &Window) -> Result<Option<String>> {
    Ok(window.run(FOCUSED_CELL, &json!([]))?.as_str().map(str::to_owned))
}
