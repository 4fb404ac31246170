//! A small WebDriver client (W3C "WebDriver"): starts WebKitWebDriver, which starts the window, and asks it one thing at a time.

use std::ffi::OsString;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

/// How long anything may take before it counts as not happening. Generous: other work may share the machine.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Between two looks at whether something has happened.
const LOOK_AGAIN: Duration = Duration::from_millis(40);

/// The name under which an element travels (W3C "WebDriver", Elements).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A started driver with one session, which ends with it.
pub struct Driver {
    process: Child,
    port: u16,
    session: String,
}

/// An element of the page, as the driver knows it.
pub struct Element(String);

impl Element {
    /// The element as an argument of a function body.
    pub fn as_argument(&self) -> Value {
        json!({ ELEMENT: self.0 })
    }
}

/// What starts a window: the program, its arguments and its environment; what it writes goes to `log`.
pub struct Start<'a> {
    pub program: &'a Path,
    pub arguments: &'a [&'a str],
    pub environment: &'a [(&'static str, OsString)],
    pub log: &'a Path,
}

impl Driver {
    /// Starts the driver and, through it, the program; comes back when the window can be asked.
    ///
    /// # Errors
    /// When WebKitWebDriver is not installed, or the program opens no window that lets itself be driven.
    pub fn start(start: &Start<'_>) -> Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let log = File::create(start.log)?;
        let process = Command::new("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .envs(start.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("WebKitWebDriver does not start")?;
        let mut driver = Self { process, port, session: String::new() };
        until("WebKitWebDriver to listen", || Ok(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()))?;
        let wanted = json!({ "webkitgtk:browserOptions": { "binary": start.program, "args": start.arguments } });
        let session = driver.ask("POST", "/session", &json!({ "capabilities": { "alwaysMatch": wanted } }))?;
        driver.session = session["sessionId"].as_str().context("a session without an id")?.to_owned();
        Ok(driver)
    }

    /// The process id of the window: the driver's only child. From proc(5).
    pub fn window_process(&self) -> Option<u32> {
        let id = self.process.id();
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).ok()?;
        children.split_whitespace().next()?.parse().ok()
    }

    /// Runs a function body in the page, outside its policy, and hands back what it returns.
    pub fn run(&self, body: &str, arguments: &Value) -> Result<Value> {
        self.in_session("POST", "/execute/sync", &json!({ "script": body, "args": arguments }))
    }

    /// The element that a function body returns; `None` where it returns null.
    pub fn find(&self, body: &str, arguments: &Value) -> Result<Option<Element>> {
        Ok(self.run(body, arguments)?[ELEMENT].as_str().map(|id| Element(id.to_owned())))
    }

    /// Clicks as a mouse does: in the middle, if nothing lies on top.
    pub fn click(&self, element: &Element) -> Result<()> {
        self.in_session("POST", &format!("/element/{}/click", element.0), &json!({})).map(drop)
    }

    /// Types into an element, at the end of what is there.
    pub fn type_into(&self, element: &Element, text: &str) -> Result<()> {
        self.in_session("POST", &format!("/element/{}/value", element.0), &json!({ "text": text })).map(drop)
    }

    /// Presses keys one after the other; the first ones are held while the last one is pressed.
    pub fn press(&self, chord: &[char]) -> Result<()> {
        let key = |kind: &str, key: &char| json!({ "type": kind, "value": key.to_string() });
        let down = chord.iter().map(|one| key("keyDown", one));
        let up = chord.iter().rev().map(|one| key("keyUp", one));
        let actions: Vec<Value> = down.chain(up).collect();
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": actions });
        self.in_session("POST", "/actions", &json!({ "actions": [keyboard] })).map(drop)
    }

    /// Gives the window another size, in pixels.
    pub fn resize(&self, width: u32, height: u32) -> Result<()> {
        self.in_session("POST", "/window/rect", &json!({ "width": width, "height": height })).map(drop)
    }

    /// Moves the pointer to a place of the window, in pixels from its upper left corner.
    pub fn point_at(&self, x: u32, y: u32) -> Result<()> {
        let there = json!({ "type": "pointerMove", "origin": "viewport", "x": x, "y": y, "duration": 0 });
        let mouse = json!({ "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" }, "actions": [there] });
        self.in_session("POST", "/actions", &json!({ "actions": [mouse] })).map(drop)
    }

    /// What the window shows, as PNG. WebKitGTK takes the picture when it draws next, which on a page at rest is never: so the
    /// canvas, which the page covers, changes its shade until the picture is there.
    pub fn screenshot(&self) -> Result<Vec<u8>> {
        let stir = "let odd = false; const canvas = document.documentElement.style; \
            window.rollcallStir = setInterval(() => { odd = !odd; canvas.backgroundColor = odd ? 'rgb(254, 254, 254)' : 'rgb(255, 255, 255)'; }, 30)";
        self.run(stir, &json!([]))?;
        let answer = self.in_session("GET", "/screenshot", &Value::Null);
        self.run("clearInterval(window.rollcallStir); document.documentElement.style.removeProperty('background-color')", &json!([]))?;
        Ok(BASE64_STANDARD.decode(answer?.as_str().context("a screenshot that is no text")?)?)
    }

    fn in_session(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        self.ask(method, &format!("/session/{}{path}", self.session), body)
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(LIMIT))?;
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            self.port,
            body.len()
        );
        stream.write_all(head.as_bytes())?;
        stream.write_all(body.as_bytes())?;
        let answer: Value = serde_json::from_slice(&read_body(&mut stream)?)?;
        let value = answer.get("value").cloned().unwrap_or_default();
        match value.get("error").and_then(Value::as_str) {
            Some(error) => Err(anyhow!("{error}: {}", value["message"].as_str().unwrap_or_default())),
            None => Ok(value),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let window = self.window_process();
        // Best effort: what doesn't end when it is asked is killed.
        let _ = self.in_session("DELETE", "", &Value::Null);
        if let Some(window) = window {
            kill(window);
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Ends a process at once, as a power cut would.
pub fn kill(process: u32) {
    let _ = Command::new("kill").args(["-KILL", &process.to_string()]).stderr(Stdio::null()).status();
}

/// Looks until `look` finds something, and fails when [`LIMIT`] has passed; its last refusal is the cause.
///
/// # Errors
/// When nothing was found in time.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let started = Instant::now();
    loop {
        let found = look();
        if let Ok(Some(found)) = found {
            return Ok(found);
        }
        if started.elapsed() > LIMIT {
            let failure = anyhow!("waited {} seconds for {what}", LIMIT.as_secs());
            return Err(match found {
                Err(cause) => cause.context(failure),
                Ok(_) => failure,
            });
        }
        #[expect(clippy::disallowed_methods, reason = "a window tells nobody when it has changed: one has to look again")]
        std::thread::sleep(LOOK_AGAIN);
    }
}

/// The driver keeps the connection open and says how long its answer is.
fn read_body(stream: &mut TcpStream) -> Result<Vec<u8>> {
    let mut received = Vec::new();
    let mut buffer = [0; 65_536];
    loop {
        if let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&received[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:")).context("an answer of no length")?;
            let whole = end + 4 + length.trim().parse::<usize>()?;
            if received.len() >= whole {
                return Ok(received[end + 4..whole].to_vec());
            }
        }
        match stream.read(&mut buffer)? {
            0 => bail!("the driver broke off"),
            count => received.extend_from_slice(&buffer[..count]),
        }
    }
}
