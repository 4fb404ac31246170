//! The real window, driven as a person drives it: WebKitWebDriver presses and reads, and a person acts in the browser.
#![cfg(target_os = "linux")]

mod accessible;
mod acting;
mod bad_input;
mod bringing_in;
mod browser;
mod driver;
mod fence;
mod inspector;
mod keyboard;
mod lists;
mod mailboxes;
mod one_owner;
mod organizations;
mod permissions;
mod practice;
mod responsive;
mod restart;
mod scope;
mod scrolling;
mod stage;
mod switching;
mod three_stages;
mod traffic;
mod waves;
mod window;
