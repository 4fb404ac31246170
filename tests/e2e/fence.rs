//! What a page could do if something hostile got into it: nothing but talk to its own program.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Result, ensure};
use serde_json::json;

use crate::stage::Stage;
use crate::window::Window;

#[test]
fn the_page_runs_no_foreign_code_and_reaches_nobody() -> Result<()> {
    let Some(stage) = Stage::new("fence")? else { return Ok(()) };
    let window = stage.open(&["--practice"])?;
    window.run(
        "window.refused = []; document.addEventListener('securitypolicyviolation', (event) => window.refused.push(event.effectiveDirective))",
        &json!([]),
    )?;
    foreign_code_is_not_run(&window)?;
    nobody_is_reached(&window)?;
    let frozen = "return Object.isFrozen(Object.prototype) && Object.prototype.polluted === undefined";
    ensure!(window.run(frozen, &json!([]))? == json!(true), "the prototype of all objects is frozen");
    ensure!(window.run("return window.__TAURI__ === undefined", &json!([]))? == json!(true), "the program's door is not a global");

    window.run("location.href = 'https://login.microsoftonline.com/'", &json!([]))?;
    window.holds("the window to stay on its own pages", "return location.protocol === 'tauri:'")?;
    window.go("Settings")?;
    window.close();
    Ok(())
}

fn foreign_code_is_not_run(window: &Window) -> Result<()> {
    window.run(
        "const script = document.createElement('script'); script.textContent = 'window.inlineRan = true'; document.body.append(script);
         document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.handlerRan = true\">');
         try { (0, eval)('window.evalRan = true') } catch { /* refused */ }",
        &json!([]),
    )?;
    refused(window, "script-src-elem")?;
    refused(window, "script-src-attr")?;
    let ran = window.run("return [window.inlineRan, window.handlerRan, window.evalRan].filter(Boolean).length", &json!([]))?;
    ensure!(ran == json!(0), "nothing that came as text was run");
    Ok(())
}

fn nobody_is_reached(window: &Window) -> Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let address = format!("http://{}/", listener.local_addr()?);
    window.run(
        "const [address] = arguments; fetch(address).catch(() => {}); new Image().src = address;
         const frame = document.createElement('iframe'); frame.src = address; document.body.append(frame);",
        &json!([address]),
    )?;
    for directive in ["connect-src", "img-src", "frame-src"] {
        refused(window, directive)?;
    }
    ensure!(listener.accept().is_err(), "nobody was called");
    Ok(())
}

fn refused(window: &Window, directive: &str) -> Result<()> {
    window.holds(&format!("{directive} to refuse"), &format!("return window.refused.includes('{directive}')"))
}
