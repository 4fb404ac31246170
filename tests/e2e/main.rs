//! The real window, driven as a person drives it: WebKitWebDriver presses and reads, and a person acts in the browser.
#![cfg(target_os = "linux")]

mod browser;
mod driver;
mod stage;
mod three_stages;
mod window;
