//! A check of many mailboxes, and a person who goes on typing: the window answers all the while.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::driver::{LIMIT, until};
use crate::restart::secret;
use crate::stage::Stage;
use crate::window::keys;

/// Enough for a check that is still going on after some keys. `ROLLCALL_E2E_MAILBOXES` asks for another number.
const MAILBOXES: u32 = 3_000;

/// A key is answered when the page has drawn again. A busy machine has its share in that, so the limit is a generous one.
const ANSWERED: f64 = 1_000.0;

/// Notes how long each frame took, and how long each key waited for the frame that follows it.
const WATCH: &str = "window.watched = { frames: [], keys: [], since: performance.now() };
    let last = performance.now();
    const frame = (now) => { window.watched.frames.push(now - last); last = now; requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
    document.addEventListener('keydown', ({ timeStamp }) => {
      requestAnimationFrame(() => setTimeout(() => window.watched.keys.push(performance.now() - timeStamp)));
    }, true);";

/// What was noted: frames, the 95th of a hundred and the longest, in milliseconds; and the same of keys.
const SUM: &str = "const sum = (all) => {
      const sorted = [...all].sort((a, b) => a - b);
      return [sorted.length, sorted[Math.floor(sorted.length * 0.5)] ?? 0, sorted[Math.floor(sorted.length * 0.95)] ?? 0, sorted.at(-1) ?? 0];
    };
    return { frames: sum(window.watched.frames), keys: sum(window.watched.keys) };";

#[test]
fn the_window_answers_while_thousands_of_mailboxes_are_checked() -> Result<()> {
    let Some(stage) = Stage::new("responsive")? else { return Ok(()) };
    let mailboxes = std::env::var("ROLLCALL_E2E_MAILBOXES").ok().and_then(|number| number.parse().ok()).unwrap_or(MAILBOXES);
    let tenant = stage.prepared(mailboxes)?;
    let window = stage.open(&[])?;
    secret(&window, tenant.details())?;
    window.go("Verification")?;
    window.press("Check users' access")?;
    window.press(&format!("Check {} mailboxes", window.number(mailboxes)?))?;
    window.reads("Run 1, checking")?;
    window.reads("requests in flight")?;

    window.keys(&[keys::CONTROL, 'k'])?;
    window.find("box", "Search or run a command")?;
    window.run(WATCH, &json!([]))?;
    let (started, mut typed) = (Instant::now(), 0);
    let checking = "return document.body.innerText.includes('Run 1, checking')";
    while window.run(checking, &json!([]))? == json!(true) && started.elapsed() < LIMIT {
        for letter in ['a', 'd', 'a', keys::BACKSPACE, keys::BACKSPACE, keys::BACKSPACE] {
            window.keys(&[letter])?;
            typed += 1;
        }
    }
    until("every key to be answered", || {
        let answered = window.run("return window.watched.keys.length", &json!([]))?.as_u64().unwrap_or_default();
        Ok((answered >= typed).then_some(()))
    })?;
    let noted = window.run(SUM, &json!([]))?;
    let took = started.elapsed();
    report(mailboxes, took, &noted.to_string());
    let slowest = noted["keys"][3].as_f64().context("the slowest key")?;
    ensure!(typed >= 6, "the check was over before anything could be typed");
    ensure!(slowest <= ANSWERED, "a key was answered after {slowest} ms: {noted}");
    window.close();
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the figures are for whoever runs the test to see them")]
fn report(mailboxes: u32, took: Duration, noted: &str) {
    println!("{mailboxes} mailboxes, watched for {} s; count, median, 95th of a hundred, longest in ms: {noted}", took.as_secs());
}
