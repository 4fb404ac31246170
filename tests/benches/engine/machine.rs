//! The machine that was measured on, without its name.

use std::fs;

/// Processor, memory and system in one line, and how busy it was before.
pub fn describe(load: Option<f64>) -> String {
    let processor = of("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let memory = of("/proc/meminfo", "MemTotal").and_then(|text| text.strip_suffix("kB")?.trim().parse::<u64>().ok());
    let memory = memory.map_or_else(String::new, |kibibytes| format!(", {} GB of memory", (kibibytes + 524_288) / 1_048_576));
    let system = fs::read_to_string("/etc/os-release").ok().and_then(|text| {
        let name = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
        Some(name.trim_matches('"').to_owned())
    });
    let system = system.unwrap_or_else(|| std::env::consts::OS.to_owned());
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let kernel: String = kernel.trim().chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let cores = if cores == 1 { "1 core".to_owned() } else { format!("{cores} cores") };
    let kernel = if kernel.is_empty() { "unknown" } else { &kernel };
    let load = load.map_or_else(String::new, |load| format!("; load average before the start: {load:.1}"));
    format!("{processor}, {cores}{memory}, {system}, kernel {kernel}{load}")
}

/// How many programs wanted a processor, on average over the last minute; what was measured beside them is to be taken with care.
pub fn load() -> Option<f64> {
    fs::read_to_string("/proc/loadavg").ok()?.split(' ').next()?.parse().ok()
}

/// What a file of `name: value` lines says first.
fn of(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix(':'))?;
    Some(value.trim().to_owned())
}
