//! A tenant of a hundred thousand accounts fits into 300 MB.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where something is not as it must be")]

use rollcall_sandbox::{Options, Sandbox};

/// Resident memory of this process, in kilobytes.
fn resident_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[tokio::test]
async fn a_hundred_thousand_users_take_less_than_300_mb() {
    let before = resident_kb();
    let sandbox = Sandbox::start(Options { users: 100_000, ..Options::default() }).await.unwrap();
    let grown = resident_kb().saturating_sub(before);
    assert_eq!(sandbox.world().users.len(), 100_000);
    assert!(grown < 300 * 1024, "grew by {grown} kB");
}
