//! What a process has used, as Linux tells it. Elsewhere nothing is known, and the figures that need it say so.

use std::collections::HashSet;
use std::fs;
use std::time::Duration;

/// Clock ticks in which `/proc/self/stat` counts; Linux shows 100 a second to programs on every architecture.
const TICKS: u64 = 100;

/// Processor time of this process so far, in its own code and in the system's for it.
pub fn processor() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The program's name may hold blanks; it ends at the last bracket.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let (user, system): (u64, u64) = (fields.get(11)?.parse().ok()?, fields.get(12)?.parse().ok()?);
    Some(Duration::from_millis((user + system) * 1_000 / TICKS))
}

/// The most memory that this process has held at once, in kibibytes.
pub fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// The threads of this process that are there now.
pub struct Threads(HashSet<String>);

impl Threads {
    /// Remembers them.
    pub fn now() -> Self {
        Self(threads().into_iter().collect())
    }

    /// Processor time of the threads that came later, as far as they still live.
    pub fn later_ones(&self) -> Option<Duration> {
        let later = threads().into_iter().filter(|thread| !self.0.contains(thread));
        let spent: Vec<u64> = later.filter_map(|thread| on_processor(&thread)).collect();
        (!spent.is_empty()).then(|| Duration::from_nanos(spent.iter().sum()))
    }
}

fn threads() -> Vec<String> {
    let folder = fs::read_dir("/proc/self/task");
    folder.map(|entries| entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect()).unwrap_or_default()
}

/// Nanoseconds that a thread was on a processor.
fn on_processor(thread: &str) -> Option<u64> {
    fs::read_to_string(format!("/proc/self/task/{thread}/schedstat")).ok()?.split_whitespace().next()?.parse().ok()
}
