//! The window as a person meets it: things to press, boxes to fill, words to read.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::driver::{Driver, Element, kill, until};

const FIND: &str = include_str!("page.js");

/// Keys as WebDriver writes them (W3C "WebDriver", Keyboard actions).
pub mod keys {
    pub const BACKSPACE: char = '\u{e003}';
    pub const TAB: char = '\u{e004}';
    pub const ENTER: char = '\u{e007}';
    pub const SHIFT: char = '\u{e008}';
    pub const CONTROL: char = '\u{e009}';
    pub const ESCAPE: char = '\u{e00c}';
    pub const DOWN: char = '\u{e015}';
}

/// An open window. If the test fails while it is open, what it showed is kept beside the screenshots.
pub struct Window {
    driver: Driver,
    test: &'static str,
    screenshots: PathBuf,
    dark: bool,
    /// Whether the test is done with it.
    over: bool,
}

impl Window {
    /// The window behind a driver, once it has drawn something.
    pub fn new(driver: Driver, test: &'static str, screenshots: PathBuf) -> Result<Self> {
        let window = Self { driver, test, screenshots, dark: false, over: false };
        window.holds("the first page", "return document.querySelector('h1') !== null || document.querySelector('main') !== null")?;
        Ok(window)
    }

    /// Presses the button with this name, as soon as it can be pressed.
    pub fn press(&self, name: &str) -> Result<()> {
        self.click("button", name)
    }

    /// Goes to a page by the navigation, and waits until it is there and has read its data.
    pub fn go(&self, page: &str) -> Result<()> {
        self.click("link", page)?;
        let there = format!("return document.querySelector('nav [aria-current=page]')?.innerText.trim() === {}", json!(page));
        self.holds(&format!("the page “{page}”"), &there)?;
        self.settled()
    }

    /// Waits until no table and no page is still reading.
    pub fn settled(&self) -> Result<()> {
        self.holds("the page to have read its data", "return document.querySelector('[aria-busy=true]') === null")
    }

    /// Clicks the thing of this kind and name, as soon as it is there and nothing lies on top.
    pub fn click(&self, kind: &str, name: &str) -> Result<()> {
        until(&format!("the {kind} “{name}”, to click it"), || {
            let Some(element) = self.driver.find(FIND, &json!([kind, name]))? else { return Ok(None) };
            let dimmed = "return arguments[0].disabled === true || arguments[0].getAttribute('aria-disabled') === 'true'";
            if self.driver.run(dimmed, &json!([element.as_argument()]))? == json!(true) {
                bail!("it is dimmed");
            }
            self.driver.click(&element).map(Some)
        })
    }

    /// Waits for the thing of this kind and name.
    pub fn find(&self, kind: &str, name: &str) -> Result<Element> {
        until(&format!("the {kind} “{name}”"), || self.driver.find(FIND, &json!([kind, name])))
    }

    /// Whether the thing of this kind and name is on the page now.
    pub fn shows(&self, kind: &str, name: &str) -> Result<bool> {
        Ok(self.driver.find(FIND, &json!([kind, name]))?.is_some())
    }

    /// Puts a text into the box with this label, in place of what was there.
    pub fn fill(&self, label: &str, text: &str) -> Result<()> {
        self.click("box", label)?;
        self.driver.press(&[keys::CONTROL, 'a'])?;
        self.driver.type_into(&self.find("box", label)?, text)
    }

    /// Chooses a value of the list with this label.
    pub fn choose(&self, label: &str, value: &str) -> Result<()> {
        self.click("box", label)?;
        self.click("option", value)
    }

    /// Presses keys; the first ones are held while the last one is pressed.
    pub fn keys(&self, chord: &[char]) -> Result<()> {
        self.driver.press(chord)
    }

    /// Waits until the page shows these words.
    pub fn reads(&self, words: &str) -> Result<()> {
        until(&format!("the words “{words}”"), || Ok(self.text()?.contains(words).then_some(())))
    }

    /// Waits until the page doesn't show these words any more.
    pub fn no_longer_reads(&self, words: &str) -> Result<()> {
        until(&format!("the words “{words}” to go"), || Ok((!self.text()?.contains(words)).then_some(())))
    }

    /// All words that the page shows, with single blanks.
    pub fn text(&self) -> Result<String> {
        let text = self.driver.run("return document.body.innerText", &json!([]))?;
        Ok(text.as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// Waits until a function body that runs in the page returns true.
    pub fn holds(&self, what: &str, body: &str) -> Result<()> {
        until(what, || Ok((self.driver.run(body, &json!([]))? == json!(true)).then_some(())))
    }

    /// Runs a function body in the page.
    pub fn run(&self, body: &str, arguments: &Value) -> Result<Value> {
        self.driver.run(body, arguments)
    }

    /// A number as the window writes it: its separators are those of the machine.
    pub fn number(&self, number: u32) -> Result<String> {
        let written =
            self.run("return new Intl.NumberFormat(undefined, { useGrouping: 'always' }).format(arguments[0])", &json!([number]))?;
        Ok(written.as_str().context("a number")?.to_owned())
    }

    /// Chooses a theme in the settings, as a person would.
    pub fn set_theme(&mut self, dark: bool) -> Result<()> {
        self.go("Settings")?;
        self.click("tab", "General")?;
        self.click("radio", if dark { "Dark" } else { "Light" })?;
        self.dark = dark;
        Ok(())
    }

    /// Gives the window another size, and waits until the page has it.
    pub fn resize(&self, width: u32, height: u32) -> Result<()> {
        self.driver.resize(width, height)?;
        self.holds("the window to have its size", &format!("return innerWidth === {width} && innerHeight <= {height}"))
    }

    /// Waits until nothing on the page moves but what moves for ever.
    pub fn still(&self) -> Result<()> {
        let still = "return document.getAnimations().every((one) => one.playState !== 'running' || one.effect?.getTiming().iterations === Infinity)";
        self.holds("the page to stand still", still)
    }

    /// Keeps what the window shows, once nothing on it moves, as `name-light.png` or `name-dark.png`.
    pub fn photo(&self, name: &str) -> Result<()> {
        let theme = if self.dark { "dark" } else { "light" };
        // Pointer and focus rest on what was clicked last, where a tooltip opens; the name of the program has none.
        self.driver.point_at(4, 4)?;
        self.run("if (document.activeElement?.closest('nav')) document.activeElement.blur()", &json!([]))?;
        self.holds(
            "tooltips to close",
            "return [...document.querySelectorAll('[role=tooltip]')].every((one) => one.getClientRects().length === 0 || getComputedStyle(one).visibility === 'hidden')",
        )?;
        self.still()?;
        self.save(&format!("{name}-{theme}"))
    }

    /// Keeps what the window shows while a notice stands there, which has a time of its own.
    pub fn glance(&self, name: &str) -> Result<()> {
        let still =
            "return document.getAnimations().every((one) => one.playState !== 'running' || one.effect?.target?.closest('[class*=Toast]'))";
        self.holds("the page to stand still", still)?;
        let theme = if self.dark { "dark" } else { "light" };
        self.save(&format!("{name}-{theme}"))
    }

    /// Ends the window at once, as a power cut would.
    pub fn kill(mut self) -> Result<()> {
        self.over = true;
        kill(self.driver.window_process().context("the window's process")?);
        Ok(())
    }

    /// Closes the window. One that is dropped without it belongs to a test that failed.
    pub fn close(mut self) {
        self.over = true;
    }

    fn save(&self, name: &str) -> Result<()> {
        fs::create_dir_all(&self.screenshots)?;
        Ok(fs::write(self.screenshots.join(format!("{name}.png")), self.driver.screenshot()?)?)
    }

    /// Keeps what the window shows at this moment, for whoever looks into the failure.
    fn keep_evidence(&self) {
        let name = format!("failed-{}", self.test);
        // The window may be what failed; then there is nothing to keep.
        let _ = self.save(&name);
        if let Ok(text) = self.driver.run("return `${location.href}\n${document.body.innerText}`", &json!([])) {
            let _ = fs::write(self.screenshots.join(format!("{name}.txt")), text.as_str().unwrap_or_default());
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if !self.over {
            self.keep_evidence();
        }
    }
}
