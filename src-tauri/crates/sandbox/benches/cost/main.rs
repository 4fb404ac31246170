//! What the practice tenant itself costs: CPU of its own thread per page of users and per batch of probes, how precisely it waits,
//! and how large it is. `cargo bench -p rollcall-sandbox`; Linux only, because it reads the thread's CPU time from /proc.

mod client;

use std::error::Error;
use std::io::Write;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use client::{Connection, Target};
use rollcall_sandbox::{FaultPlan, Options, Sandbox};
use tokio::runtime::Builder;
use tokio::sync::oneshot;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// The properties that an import of users asks for.
const SELECT: &str =
    "id,userPrincipalName,displayName,mail,proxyAddresses,department,jobTitle,accountEnabled,userType,onPremisesSyncEnabled,assignedPlans";

fn main() -> Outcome<()> {
    let say = |text: String| writeln!(std::io::stdout(), "{text}");
    say(pages()?)?;
    say(one_at_a_time("a batch of 20 probes", 20, Served::batch)?)?;
    say(one_at_a_time("a single probe", 1, Served::single)?)?;
    say(at_once()?)?;
    say(precision()?)?;
    say(size()?)?;
    Ok(())
}

/// A practice tenant on a thread of its own, whose CPU time is that of the tenant alone.
struct Served {
    sandbox: Arc<Sandbox>,
    target: Target,
    ids: Vec<String>,
    /// Where the kernel tells the thread's time on a processor.
    schedstat: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Served {
    fn start(options: Options) -> Outcome<Served> {
        let (send, receive) = mpsc::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::spawn(move || {
            let Ok(runtime) = Builder::new_current_thread().enable_all().build() else { return };
            runtime.block_on(async {
                let Ok(sandbox) = Sandbox::start(options).await.map(Arc::new) else { return };
                let (client_id, now_ms) = (sandbox.details().client_id.clone(), sandbox.now_ms());
                sandbox.change(|world| world.grant_tenant_wide(&client_id, now_ms));
                let ids: Vec<String> = sandbox.world().users.iter().map(|user| user.id.to_string()).collect();
                let link = std::fs::read_link("/proc/thread-self").unwrap_or_default();
                let _ = send.send((sandbox, ids, format!("/proc/{}/schedstat", link.display())));
                let _ = stopped.await;
            });
        });
        let (sandbox, ids, schedstat) = receive.recv()?;
        let target = client::sign_in(sandbox.details())?;
        Ok(Served { sandbox, target, ids, schedstat, stop: Some(stop), thread: Some(thread) })
    }

    /// Time that the tenant's thread has spent on a processor so far, system calls included.
    fn cpu(&self) -> Outcome<Duration> {
        let text = std::fs::read_to_string(&self.schedstat)?;
        let nanoseconds = text.split_whitespace().next().unwrap_or_default().parse()?;
        Ok(Duration::from_nanos(nanoseconds))
    }

    /// Four probes of each of five mailboxes, beginning at the `n`th.
    fn batch(&self, n: usize) -> Vec<u8> {
        let mut body = String::from("{\"requests\":[");
        for at in 0..20 {
            let comma = if at == 0 { "" } else { "," };
            let probe = self.probe(n * 20 + at);
            body.push_str(&format!("{comma}{{\"id\":\"{at}\",\"method\":\"GET\",\"url\":\"{probe}\"}}"));
        }
        body.push_str("]}");
        self.target.post("/v1.0/$batch", &body)
    }

    /// The `n`th probe without a batch around it.
    fn single(&self, n: usize) -> Vec<u8> {
        self.target.get(&format!("/v1.0{}", self.probe(n)))
    }

    fn probe(&self, n: usize) -> String {
        let user = self.ids.get(n / 4 % self.ids.len()).map_or("", String::as_str);
        let rest = match n % 4 {
            0 => "mailFolders/inbox?$select=id,totalItemCount",
            1 => "calendarView?startDateTime=2026-11-01T00:00:00Z&endDateTime=2026-12-01T00:00:00Z&$top=1&$select=id",
            2 => "contactFolders?$top=1&$select=id",
            _ => "todo/lists?$top=1",
        };
        format!("/users/{user}/{rest}")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn pages() -> Outcome<String> {
    let served = Served::start(Options { users: 20_000, faults: FaultPlan::none(), ..Options::default() })?;
    let mut connection = Connection::open(&served.target)?;
    let mut read = 0;
    let mut before = Duration::ZERO;
    let mut bytes = 0;
    for round in 0..4 {
        if round == 1 {
            before = served.cpu()?;
            (read, bytes) = (0, 0);
        }
        let mut next = Some(format!("/v1.0/users?$select={SELECT}&$top=999"));
        while let Some(path) = next {
            let answer = connection.ask(&served.target.get(&path))?;
            read += 1;
            bytes += answer.body.len();
            next = client::next_link(&answer.body, &served.target);
        }
    }
    let each = (served.cpu()? - before) / read;
    Ok(format!("a page of 999 users: {:.2} ms CPU, {} kB", each.as_secs_f64() * 1e3, bytes / 1_000 / read as usize))
}

/// Requests with so many probes in each, one after the other on one connection.
fn one_at_a_time(name: &str, probes: usize, request: fn(&Served, usize) -> Vec<u8>) -> Outcome<String> {
    const REQUESTS: usize = 4_000;
    let served = Served::start(Options { users: 20_000, faults: FaultPlan::none(), ..Options::default() })?;
    let requests: Vec<Vec<u8>> = (0..REQUESTS).map(|n| request(&served, n)).collect();
    let mut connection = Connection::open(&served.target)?;
    for request in requests.iter().take(REQUESTS / 8) {
        connection.ask(request)?;
    }
    let (before, worked) = (served.cpu()?, served.sandbox.load().busy);
    for request in &requests {
        if connection.ask(request)?.status != 200 {
            return Err("a request was refused".into());
        }
    }
    let each = |time: Duration| time.as_secs_f64() / requests.len() as f64;
    let (cpu, busy) = (each(served.cpu()? - before), each(served.sandbox.load().busy - worked));
    Ok(format!(
        "{name}: {:.1} µs CPU, {:.1} of them for the answer; {:.0} probes/s on one core",
        cpu * 1e6,
        busy * 1e6,
        probes as f64 / cpu
    ))
}

/// Many batches of 20 probes under way at the same time.
fn at_once() -> Outcome<String> {
    const CONNECTIONS: usize = 64;
    let latency = Duration::from_millis(80);
    let served = Served::start(Options { users: 20_000, latency, faults: FaultPlan::none(), ..Options::default() })?;
    let requests: Vec<Vec<u8>> = (0..4_000).map(|n| served.batch(n)).collect();
    let (before, began) = (served.cpu()?, Instant::now());
    client::ask_at_once(&served.target, &requests, CONNECTIONS)?;
    let (cpu, wall) = (served.cpu()? - before, began.elapsed());
    Ok(format!(
        "{CONNECTIONS} batches in flight at {} ms: {:.1} % of one core, {:.1} ms a batch",
        latency.as_millis(),
        cpu.as_secs_f64() / wall.as_secs_f64() * 100.0,
        wall.as_secs_f64() * 1e3 * CONNECTIONS as f64 / requests.len() as f64
    ))
}

fn precision() -> Outcome<String> {
    let latency = Duration::from_millis(80);
    let served = Served::start(Options { users: 100, latency, faults: FaultPlan::none(), ..Options::default() })?;
    let mut connection = Connection::open(&served.target)?;
    let mut took = Vec::new();
    for _ in 0..50 {
        let began = Instant::now();
        connection.ask(&served.target.get("/v1.0/organization"))?;
        took.push(began.elapsed().as_secs_f64() * 1e3);
    }
    took.sort_by(f64::total_cmp);
    let of = |part: usize| took.get(part * (took.len() - 1) / 100).copied().unwrap_or_default();
    Ok(format!("80 ms take {:.2} ms at best, {:.2} in the middle, {:.2} at worst", of(0), of(50), of(100)))
}

fn size() -> Outcome<String> {
    const USERS: u32 = 100_000;
    let resident = || -> Outcome<f64> {
        let status = std::fs::read_to_string("/proc/self/status")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? * 1024.0)
    };
    let before = resident()?;
    let began = Instant::now();
    let world = rollcall_sandbox::world::World::build(7, USERS, &FaultPlan::default());
    let took = began.elapsed();
    let each = (resident()? - before) / f64::from(USERS);
    let names: usize = world.users.iter().map(|user| user.upn.len() + user.display_name.len()).sum();
    Ok(format!(
        "a tenant of {USERS}: {:.2} s to build, {each:.0} bytes an account, {:.0} of them names",
        took.as_secs_f64(),
        names as f64 / f64::from(USERS)
    ))
}
