//! A person scrolls through thousands of users: each frame shows users, none a gap.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::driver::until;
use crate::stage::Stage;

/// Several windows of rows. `ROLLCALL_E2E_USERS` asks for another number.
const USERS: u32 = 1_500;

/// Scrolls by three rows with each frame, as a wheel does that is turned as fast as it goes. Of what is about to be drawn it counts the
/// frames in which a row on screen has nothing to show, or in which rows are missing at either end.
const SCROLL: &str = "const grid = document.querySelector('[role=grid]');
    const scroller = grid.closest('[data-scrolls]');
    const rows = () => [...grid.querySelectorAll('[role=row]')].filter((row) => row.getAttribute('aria-rowindex') > 1);
    const height = rows()[0].getBoundingClientRect().height;
    const noted = (window.scrolled = { frames: [], gaps: 0, empty: 0, done: false });
    let last = performance.now();
    const frame = (now) => {
      noted.frames.push(now - last);
      last = now;
      const before = scroller.scrollTop;
      scroller.scrollTop += 3 * height;
      const { top, bottom } = scroller.getBoundingClientRect();
      const from = top + grid.firstElementChild.getBoundingClientRect().height;
      const shown = rows().map((row) => [row, row.getBoundingClientRect()]).filter(([, at]) => at.bottom > from + 1 && at.top < bottom - 1);
      const tops = shown.map(([, at]) => at.top), bottoms = shown.map(([, at]) => at.bottom);
      const gap = Math.min(...tops) > from + 1 || Math.max(...bottoms) < Math.min(bottom, grid.getBoundingClientRect().bottom) - 1;
      if (gap) noted.gaps += 1;
      else if (shown.some(([row]) => row.textContent.trim() === '')) noted.empty += 1;
      if (scroller.scrollTop === before) noted.done = true;
      else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);";

/// What was noted: how many frames, the median, the 95th of a hundred and the longest in milliseconds, and in how many rows were missing or empty.
const SUM: &str = "const { frames, gaps, empty } = window.scrolled;
    const sorted = frames.slice(1).sort((a, b) => a - b);
    return { frames: sorted.length, median: sorted[Math.floor(sorted.length * 0.5)], p95: sorted[Math.floor(sorted.length * 0.95)],
             longest: sorted.at(-1), gaps, empty };";

#[test]
fn whoever_scrolls_through_thousands_of_users_sees_no_gap() -> Result<()> {
    let Some(stage) = Stage::new("scrolling")? else { return Ok(()) };
    let users = std::env::var("ROLLCALL_E2E_USERS").ok().and_then(|number| number.parse().ok()).unwrap_or(USERS);
    let _tenant = stage.prepared(users)?;
    let window = stage.open(&[])?;
    window.go("Users")?;
    window.reads(&format!("{} users", window.number(users)?))?;
    window.run(SCROLL, &json!([]))?;
    let started = Instant::now();
    while started.elapsed().as_secs() < u64::from(users / 20) {
        if window.run("return window.scrolled.done", &json!([]))? == json!(true) {
            break;
        }
    }
    until("the last user to be on screen", || Ok((window.run("return window.scrolled.done", &json!([]))? == json!(true)).then_some(())))?;
    let noted = window.run(SUM, &json!([]))?;
    report(users, &noted.to_string());
    let frames = noted["frames"].as_u64().context("the frames")?;
    ensure!(frames > u64::from(users / 4), "it went all the way: {noted}");
    let gaps = noted["gaps"].as_u64().context("the gaps")?;
    ensure!(noted["empty"] == json!(0), "a row came on screen before it was read: {noted}");
    // A busy machine may draw a frame without what the page has made of it.
    ensure!(gaps * 100 <= frames, "rows were missing at an end: {noted}");
    window.close();
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the figures are for whoever runs the test to see them")]
fn report(users: u32, noted: &str) {
    println!("scrolled through {users} users by three rows a frame; times in ms: {noted}");
}
