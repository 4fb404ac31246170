use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError, RwLockReadGuard};
use std::time::Duration;

use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::entra::{Entra, Memory};
use crate::graph::{Limits, Load, State};
use crate::server::{Alarm, House, Wire, serve};
use crate::token::Key;
use crate::world::{Adoption, App, ConsentSettings, Propagation, UserConsent, World};
use crate::{FaultPlan, Planted, RouteFault};

/// What a practice tenant is made of.
#[derive(Debug, Clone)]
pub struct Options {
    /// Accounts in the directory, up to 100,000.
    pub users: u32,
    /// The same seed, size and faults give the same tenant.
    pub seed: u64,
    /// TCP port; 0 takes any free one.
    pub port: u16,
    /// How long Graph takes for an HTTP request, whatever is in it: the way there and back.
    pub latency: Duration,
    /// How long Outlook takes in addition for each round of its requests: one for a single request, five for a batch of 20, because
    /// four requests of a batch run at a time.
    pub service: Duration,
    pub faults: FaultPlan,
    pub people: People,
    /// How much Graph lets through.
    pub limits: Limits,
    /// Compresses answers of more than 1 KiB for who accepts it. Costs the practice tenant more than the answer itself.
    pub gzip: bool,
    /// How many people consented to Outreach by themselves before Rollcall comes.
    pub adoption: Adoption,
    /// The tenant's settings about consent when it opens.
    pub consent: ConsentSettings,
    /// How long a new service principal answers 404, and new grants are missing from lists, as they are while Microsoft's replicas
    /// catch up.
    pub settling: Duration,
    /// How long Exchange goes on with what it knew before a change of a policy or a role.
    pub propagation: Propagation,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            users: 250,
            seed: 1,
            port: 0,
            latency: Duration::ZERO,
            service: Duration::ZERO,
            faults: FaultPlan::default(),
            people: People::Ask,
            limits: Limits::default(),
            gzip: false,
            adoption: Adoption::default(),
            consent: ConsentSettings::default(),
            settling: Duration::ZERO,
            propagation: Propagation::default(),
        }
    }
}

/// How the pages in the browser are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum People {
    /// A person reads and decides.
    Ask,
    /// The pages answer by themselves, as the administrator (or the account of `login_hint`), and say yes.
    Auto,
}

/// How to reach a running practice tenant, and the integration registered in it. Serialized, it is the first line that
/// `rollcallctl practice serve` writes. No `Debug`: the secret is handled like a real one.
#[derive(Clone, Serialize)]
pub struct Details {
    /// Base address of Entra, without tenant.
    pub authority: String,
    /// Base address of Graph, without version.
    pub graph: String,
    pub tenant_id: String,
    /// The public client with which an admin's console signs in.
    pub console_client_id: String,
    /// The practice integration, and its secret.
    pub client_id: String,
    pub client_secret: String,
    /// User principal name of the Global Administrator.
    pub admin: String,
}

/// An application that the practice tenant knows, to sign in with or to look at. No `Debug`: the secret is handled like a real one.
#[derive(Clone, Serialize)]
pub struct AppDetails {
    /// What it is called here whatever its ids: `practice`, `revenue_grid`, `outreach`, `inloox`, `crelate` and others; see
    /// [`Sandbox::apps`].
    pub key: &'static str,
    pub client_id: String,
    pub client_secret: String,
    pub display_name: String,
    /// Whether it is an enterprise application of the tenant already.
    pub present: bool,
}

/// A running practice tenant. Dropping it stops it.
pub struct Sandbox {
    details: Details,
    port: u16,
    house: Arc<House>,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
}

impl Sandbox {
    /// Builds the tenant and opens it on `127.0.0.1`.
    ///
    /// # Errors
    /// When the port is taken, or the system gives no random numbers.
    pub async fn start(options: Options) -> io::Result<Sandbox> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
        let port = listener.local_addr()?.port();
        let start_token = hex(&random::<16>()?);
        let authority = format!("http://127.0.0.1:{port}/p/{start_token}");
        let graph = format!("{authority}/graph");

        let Options { users, seed, faults, adoption, consent, propagation, .. } = options.clone();
        let build = move || {
            let mut world = World::build(seed, users, &faults);
            world.adopt("outreach", adoption);
            world.consent = consent;
            world.exchange.propagation = propagation;
            world
        };
        let world = tokio::task::spawn_blocking(build).await;
        let world = world.map_err(io::Error::other)?;
        let details = describe(&world, authority, graph).ok_or(io::ErrorKind::InvalidData)?;

        let clock = Clock::default();
        let key = Arc::new(Key::new(&random::<32>()?));
        let domain = world.domain.clone();
        let state = State::new(world, seed, details.graph.clone(), options.limits, clock.now_ms());
        state.settle_after(options.settling);
        for fault in options.faults.routes() {
            state.fail(fault.clone());
        }
        let entra = Entra {
            authority: details.authority.clone(),
            graph: details.graph.clone(),
            tenant_id: details.tenant_id.clone(),
            domain,
            people: options.people,
            seed,
            key: Arc::clone(&key),
            state: state.clone(),
            memory: Mutex::new(Memory::default()),
        };
        let house = Arc::new(House {
            start_token,
            hosts: [format!("127.0.0.1:{port}"), format!("localhost:{port}")],
            latency: options.latency,
            service: options.service,
            capacity: options.limits.capacity.map(|most| Semaphore::new(most as usize)),
            alarm: Alarm::new()?,
            gzip: options.gzip,
            clock,
            key,
            entra,
            graph: state,
            wires: Mutex::new(VecDeque::new()),
            tokens: Mutex::default(),
        });
        let (stop, stopped) = watch::channel(false);
        let server = tokio::spawn(serve(listener, Arc::clone(&house), stopped));
        Ok(Sandbox { details, port, house, stop, server })
    }

    /// Addresses and the practice integration's credentials.
    pub fn details(&self) -> &Details {
        &self.details
    }

    /// Every application that Entra knows, those of the four vendors among them.
    pub fn apps(&self) -> Vec<AppDetails> {
        let world = self.world();
        world.apps.iter().filter_map(|app| app_details(&world, app)).collect()
    }

    /// The application with this [`AppDetails::key`].
    pub fn app(&self, key: &str) -> Option<AppDetails> {
        let world = self.world();
        world.app_by_key(key).and_then(|app| app_details(&world, app))
    }

    /// Every account with the verdict that a check must reach; the oracle of tests.
    pub fn planted(&self) -> Vec<Planted> {
        self.world().users.iter().map(Planted::of).collect()
    }

    /// The world as it is now. Requests that change it wait while this is held.
    pub fn world(&self) -> RwLockReadGuard<'_, World> {
        self.house.graph.world()
    }

    /// What users may consent to by themselves from now on.
    pub fn set_user_consent(&self, user_consent: UserConsent) {
        self.change(|world| world.consent.user_consent = user_consent);
    }

    /// Whether users may ask an administrator for what they may not consent to.
    pub fn set_consent_workflow(&self, on: bool) {
        self.change(|world| world.consent.workflow = on);
    }

    /// Changes the world behind everybody's back, as another administrator would. The next round of `/users/delta` reports what was
    /// done through [`World::change_user`], [`World::promote`], [`World::add_user`] and [`World::delete_user`].
    pub fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.house.graph.world_mut())
    }

    /// Lets time pass: tokens, codes and secrets grow older.
    pub fn advance(&self, by: Duration) {
        self.house.clock.advance(by);
    }

    /// The practice tenant's time, in milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        self.house.clock.now_ms()
    }

    /// Ends all sessions of a person: refresh tokens issued until now are refused with AADSTS50173.
    /// An unknown account has none.
    pub fn revoke(&self, upn: &str) {
        let user_id = self.world().user_by_upn(upn).map(|user| user.id.to_string());
        if let Some(user_id) = user_id {
            self.house.entra.revoke(&user_id, self.now_ms());
        }
    }

    /// These troubles befall the next Graph requests, one each.
    pub fn next_answers(&self, wires: Vec<Wire>) {
        self.house.wires.lock().unwrap_or_else(PoisonError::into_inner).extend(wires);
    }

    /// These troubles befall the next requests for a token, one each.
    pub fn next_token_answers(&self, wires: Vec<Wire>) {
        self.house.tokens().wires.extend(wires);
    }

    /// Requests for a token that came before a wait was over that the token endpoint had asked for.
    pub fn early_token_requests(&self) -> u64 {
        self.house.tokens().early
    }

    /// From now on a route of the directory has this trouble, on top of those of [`FaultPlan::on_route`].
    pub fn fail(&self, fault: RouteFault) {
        self.house.graph.fail(fault);
    }

    /// Ends the troubles of all routes. Those of mailboxes stay.
    pub fn heal(&self) {
        self.house.graph.heal();
    }

    /// Graph requests so far, by route and status.
    pub fn counts(&self) -> BTreeMap<(String, u16), u64> {
        self.house.graph.counts()
    }

    /// Graph requests that came back before a `Retry-After` had passed. A well-behaved client leaves it at 0.
    ///
    /// A time of `n` seconds begins when its answer is handed to the socket and ends exactly `n` seconds later; a request whose head
    /// arrives before is early. Times belong to an app and a workload of a mailbox, or (after [`Limits::in_ten_seconds`],
    /// [`Limits::at_once_app`] and, for the directory, [`Limits::directory_units`]) to all the app does; then a request that crossed
    /// the refusal on its way, up to 50 ms after it, is refused but not early.
    pub fn violations(&self) -> u64 {
        self.house.graph.violations()
    }

    /// How often an app asked a workload of a mailbox that it had already read with success. Only answers that were handed to the
    /// socket count, and neither next pages nor rounds of delta queries are asked again.
    pub fn duplicates(&self) -> u64 {
        self.house.graph.duplicates()
    }

    /// Begins a new count of [`Sandbox::duplicates`]: what was read is forgotten, and so is which planted first refusals are over.
    /// Waiting times still hold.
    pub fn forget_history(&self) {
        self.house.graph.forget_history();
    }

    /// What the practice Graph had to do so far.
    pub fn load(&self) -> Load {
        self.house.graph.load()
    }

    /// Expires all delta links that were given out until now: they are answered with 410.
    pub fn expire_deltas(&self) {
        self.house.graph.expire_deltas();
    }

    /// From now on each page of a feed of a mailbox tells all of its changes twice, which is allowed ("Use delta query to track
    /// changes", replays).
    pub fn replay_changes(&self) {
        self.house.graph.replay_changes();
    }

    /// Everybody deletes the mail folder or task list with this well-known name.
    pub fn delete_place(&self, name: &str) {
        self.house.graph.delete_place(name);
    }

    /// Every token, code and form id that was given out so far, for tests that look where secrets must not be.
    pub fn issued(&self) -> Vec<String> {
        self.house.entra.key.made()
    }

    /// Closes the port and lets requests under way finish.
    pub async fn stop(mut self) {
        self.unplug().await;
    }

    /// The same, until it is plugged in again: meanwhile nobody gets a connection, and the tenant stays as it is.
    pub async fn unplug(&mut self) {
        self.stop.send_replace(true);
        // The server ends by itself; a panic in it has been reported by then.
        let _ = (&mut self.server).await;
    }

    /// Opens the port again after [`Sandbox::unplug`].
    ///
    /// # Errors
    /// When somebody else has taken the port meanwhile.
    pub async fn plug_in(&mut self) -> io::Result<()> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await?;
        let (stop, stopped) = watch::channel(false);
        self.server = tokio::spawn(serve(listener, Arc::clone(&self.house), stopped));
        self.stop = stop;
        Ok(())
    }
}

fn describe(world: &World, authority: String, graph: String) -> Option<Details> {
    let app = world.practice_app()?;
    Some(Details {
        authority,
        graph,
        tenant_id: world.tenant_id.clone(),
        console_client_id: world.app_by_key("console")?.client_id.clone(),
        client_id: app.client_id.clone(),
        client_secret: app.secrets.first()?.value.clone(),
        admin: world.admin()?.upn.clone(),
    })
}

fn app_details(world: &World, app: &App) -> Option<AppDetails> {
    Some(AppDetails {
        key: app.key,
        client_id: app.client_id.clone(),
        client_secret: app.secrets.first()?.value.clone(),
        display_name: app.display_name.clone(),
        present: world.principal_of(&app.client_id).is_some(),
    })
}

fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_details_are_the_fields_that_scripts_rely_on() {
        let sandbox = Sandbox::start(Options { users: 5, ..Options::default() }).await.unwrap();
        let written = serde_json::to_value(sandbox.details()).unwrap();
        let mut names: Vec<&String> = written.as_object().unwrap().keys().collect();
        names.sort();
        assert_eq!(names, ["admin", "authority", "client_id", "client_secret", "console_client_id", "graph", "tenant_id"]);
        assert_eq!(written["admin"], "admin@contoso.example");
    }
}
