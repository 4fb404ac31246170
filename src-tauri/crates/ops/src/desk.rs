//! What every verb is handed: the store, the vault, the clock and the open connections. Nothing is global.

use std::collections::HashMap;
use std::ffi::OsString;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rollcall_core::id::{IntegrationId, ObjectId, ProofId, RunId, TenantId};
use rollcall_core::time::{Clock, Timestamp};
use rollcall_graph::gate::Gate;
pub use rollcall_graph::pace::Pace;
use rollcall_identity::http::Wire;
use rollcall_identity::vault::{SecretName, Vault};
use rollcall_store::runs::{self, RunEnd, RunState};
use rollcall_store::{Connection, Store, StoreError, Transaction, organizations, proofs};
use tokio::sync::Notify;

use crate::claim::Sittings;
use crate::connection::{AppOnly, Delegated};
use crate::cut_off;
use crate::error::{Code, Error, Result};
use crate::pauses::{self, Outlived};
use crate::practice::ground::Ground;
use crate::settings;
use crate::sync;
use crate::traffic::record::Recording;
use crate::users::preview::Held;
use crate::writer::Writer;

/// Starts the practice tenant of a face: the number of users (the default where none is given) and the seed go in.
pub type StartPractice =
    Box<dyn Fn(Option<u32>, Option<u64>) -> Pin<Box<dyn Future<Output = std::io::Result<Ground>> + Send>> + Send + Sync>;

/// One open console: everything a verb may use.
pub struct Desk {
    store: Arc<Store>,
    writer: Writer,
    pub(crate) vault: Vault,
    clock: Clock,
    /// For waits and whatever else is measured.
    pub(crate) steady: Clock,
    pub(crate) pace: Pace,
    pub(crate) wire: Wire,
    folder: PathBuf,
    quarantined: Option<PathBuf>,
    start_practice: Option<StartPractice>,
    delegated: Mutex<HashMap<TenantId, Arc<Delegated>>>,
    app_only: Mutex<HashMap<IntegrationId, Arc<AppOnly>>>,
    as_users: Mutex<HashMap<(IntegrationId, ObjectId), Arc<Delegated>>>,
    verifying: Sittings<RunId>,
    syncing: Sittings<()>,
    proving: Sittings<ProofId>,
    /// Somebody's session was brought forward, or sessions may begin.
    pub(crate) called: Notify,
    gates: Mutex<HashMap<TenantId, Arc<Gate>>>,
    kept: Mutex<HashMap<SecretName, bool>>,
    recording: Mutex<Option<Recording>>,
    cut_off: Mutex<CutOff>,
    preview: Mutex<Option<Arc<Held>>>,
    /// The practice tenant that runs here.
    practice: Mutex<Option<Arc<Ground>>>,
}

/// What the end of the last process cut off, until it is answered or somebody takes it up.
#[derive(Default)]
pub(crate) struct CutOff {
    pub runs: Vec<RunId>,
    pub proofs: Vec<ProofId>,
}

/// What a face hands in to open a desk.
pub struct Opening {
    /// Where the data rests.
    pub folder: PathBuf,
    pub vault: Vault,
    /// The time of day, for what is written down.
    pub clock: Clock,
    /// For waits: it counts the time that the computer sleeps and isn't changed by setting the time of day; see
    /// [`rollcall_core::time::steady`].
    pub steady: Clock,
    /// How patiently Graph is asked; the default outside tests.
    pub pace: Pace,
    /// How this face starts the practice tenant; `None` where it can't.
    pub start_practice: Option<StartPractice>,
}

impl Desk {
    /// Opens the data folder, which this process then owns until the desk is dropped.
    ///
    /// # Errors
    /// `DataInUse`, `DataNewer`, `DiskFull`, `DataReadOnly`, `DataDamaged`: nothing was changed.
    pub fn open(opening: Opening) -> Result<Self> {
        let opened = Store::open(&opening.folder, (opening.clock)())?;
        let desk = Self {
            store: Arc::new(opened.store),
            writer: Writer::start()?,
            vault: opening.vault,
            clock: opening.clock,
            steady: opening.steady,
            pace: opening.pace,
            wire: Wire::new()?,
            folder: opening.folder,
            quarantined: opened.quarantined,
            start_practice: opening.start_practice,
            delegated: Mutex::default(),
            app_only: Mutex::default(),
            as_users: Mutex::default(),
            verifying: Sittings::default(),
            syncing: Sittings::default(),
            proving: Sittings::default(),
            called: Notify::new(),
            gates: Mutex::default(),
            kept: Mutex::default(),
            recording: Mutex::default(),
            cut_off: Mutex::default(),
            preview: Mutex::default(),
            practice: Mutex::default(),
        };
        let cut_off = desk.interrupt_unfinished()?;
        *desk.cut_off() = cut_off;
        Ok(desk)
    }

    /// Calls `ear` with the new revision after each commit.
    pub fn on_change(&self, ear: impl Fn(u64) + Send + Sync + 'static) {
        self.store.on_change(Box::new(ear));
    }

    /// Where the data rests.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where a damaged database was put when the desk was opened, if it was.
    #[must_use]
    pub fn quarantined(&self) -> Option<&Path> {
        self.quarantined.as_deref()
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// A moment of the steady clock by the time of day as it is set now.
    pub(crate) fn by_day(&self, steady: Timestamp) -> Timestamp {
        Timestamp(steady.0.saturating_add(self.now().0.saturating_sub((self.steady)().0)))
    }

    /// An error as a face tells it: until when Graph asks to wait, by the time of day.
    #[must_use]
    pub fn told(&self, error: Error) -> Error {
        Error { until: error.until.map(|until| self.by_day(until)), ..error }
    }

    /// The gate of a tenant, which all that is sent to it passes: made when it is first asked for, with the pauses that outlived the
    /// last process.
    pub(crate) fn gate(&self, tenant: TenantId) -> Result<Arc<Gate>> {
        if let Some(gate) = self.gates().get(&tenant) {
            return Ok(Arc::clone(gate));
        }
        let (settings, outlived) = self.store.read(|conn| Ok((settings::of(conn)?, Outlived::of(conn, tenant)?)))?;
        let gate = Gate::new(Arc::clone(&self.steady), self.pace.clone(), Some(pauses::keeper(Arc::clone(&self.store), tenant)));
        gate.leave(settings.leave_to_integration);
        outlived.hold(&gate, self.now());
        if let Some(recording) = self.recording().as_ref() {
            gate.traffic().listen(Some(recording.ear(tenant)));
        }
        Ok(Arc::clone(self.gates().entry(tenant).or_insert(gate)))
    }

    /// The gates of the tenants that something was sent to.
    pub(crate) fn gates(&self) -> MutexGuard<'_, HashMap<TenantId, Arc<Gate>>> {
        self.gates.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The trace file that is being written, if one is.
    pub(crate) fn recording(&self) -> MutexGuard<'_, Option<Recording>> {
        self.recording.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the end of the last process cut off.
    pub(crate) fn cut_off(&self) -> MutexGuard<'_, CutOff> {
        self.cut_off.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Which secrets the vault is known to hold, or not to.
    pub(crate) fn kept(&self) -> MutexGuard<'_, HashMap<SecretName, bool>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A run that is marked as running while nobody works on it was cut off by the end of the process, and so was the wait of one
    /// that is parked; one that an outage has broken off is known already. A run that somebody has paused is none of these. The same goes
    /// for proofs of access scopes.
    fn interrupt_unfinished(&self) -> Result<CutOff> {
        let now = self.now();
        let cut_off = self.store.write(|tx| {
            pauses::forget_old(tx, now)?;
            let mut of_proofs = cut_off::known(tx)?;
            for proof in proofs::running(tx)? {
                let organization = proofs::get(tx, proof)?.organization;
                pauses::doubt(tx, organizations::get(tx, organization)?.tenant, now)?;
                proofs::mark(tx, proof, RunState::Interrupted, now)?;
                if !of_proofs.contains(&proof) {
                    of_proofs.push(proof);
                }
            }
            cut_off::remember(tx, &of_proofs)?;
            let before = cut_off::known(tx)?;
            let mut of_runs = Vec::new();
            for run in runs::unfinished(tx)? {
                let running = run.state == RunState::Running;
                if running {
                    pauses::doubt(tx, run.tenant, now)?;
                    runs::finish(tx, run.id, RunEnd::Interrupted, now)?;
                }
                if running || run.parked_until.is_some() || before.contains(&run.id) {
                    of_runs.push(run.id);
                }
            }
            cut_off::remember(tx, &of_runs)?;
            sync::cut_off::tell(tx, now)?;
            crate::users::cut_off::tell(tx, now)?;
            Ok(CutOff { runs: of_runs, proofs: of_proofs })
        })?;
        Ok(cut_off)
    }

    pub(crate) fn start_practice(&self) -> Option<&StartPractice> {
        self.start_practice.as_ref()
    }

    /// The practice tenant, while one runs in this process.
    pub(crate) fn practice(&self) -> Option<Arc<Ground>> {
        self.practice.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_practice(&self, ground: Ground) -> Arc<Ground> {
        let ground = Arc::new(ground);
        *self.practice.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&ground));
        ground
    }

    /// Reads from the store, off the async threads.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> std::result::Result<T, StoreError> + Send + 'static,
    ) -> Result<T> {
        self.ask(move |store| store.read(read)).await
    }

    /// Asks the store what it answers by itself, off the async threads.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Store) -> std::result::Result<T, StoreError> + Send + 'static,
    ) -> Result<T> {
        let store = Arc::clone(&self.store);
        let answer = tokio::task::spawn_blocking(move || ask(&store)).await;
        answer.map_err(|_| Error::new(Code::Internal, "a database task ended without an answer"))?.map_err(Error::from)
    }

    /// Writes to the store in one transaction, off the async threads.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&Transaction<'_>) -> std::result::Result<T, StoreError> + Send + 'static,
    ) -> Result<T> {
        self.writer.write(&self.store, write).await
    }

    /// Tells the faces that something changed of which the store knows nothing, such as a secret in the keychain.
    pub(crate) async fn tell_change(&self) -> Result<()> {
        self.write(|_| Ok(())).await
    }

    /// Keeps the newest preview of an import at hand, or lets go of it.
    pub(crate) fn hold_preview(&self, held: Option<Arc<Held>>) {
        *self.preview.lock().unwrap_or_else(PoisonError::into_inner) = held;
    }

    /// The newest preview of an import.
    pub(crate) fn held_preview(&self) -> Option<Arc<Held>> {
        self.preview.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn delegated(&self) -> MutexGuard<'_, HashMap<TenantId, Arc<Delegated>>> {
        self.delegated.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn app_only(&self) -> MutexGuard<'_, HashMap<IntegrationId, Arc<AppOnly>>> {
        self.app_only.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The open connections of users who signed in to an integration.
    pub(crate) fn as_users(&self) -> MutexGuard<'_, HashMap<(IntegrationId, ObjectId), Arc<Delegated>>> {
        self.as_users.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who reads the users of organizations.
    pub(crate) const fn syncing(&self) -> &Sittings<()> {
        &self.syncing
    }

    /// Who proves access scopes.
    pub(crate) const fn proving(&self) -> &Sittings<ProofId> {
        &self.proving
    }

    /// The time of day, for work that goes on beside this call.
    pub(crate) fn clock(&self) -> Clock {
        Arc::clone(&self.clock)
    }

    /// Who works on runs.
    pub(crate) const fn verifying(&self) -> &Sittings<RunId> {
        &self.verifying
    }
}

/// The data folder of this account, from the environment as `look` tells it: `ROLLCALL_DATA_DIR`, else the place where the
/// operating system wants local application data. `None` where the environment names no home.
pub fn default_folder(look: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    const NAME: &str = "app.rollcall.console";
    let set = |name: &str| look(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(chosen) = set("ROLLCALL_DATA_DIR") {
        return Some(chosen);
    }
    let base = if cfg!(windows) {
        set("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        set("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        // A relative path is invalid and ignored ("XDG Base Directory Specification").
        set("XDG_DATA_HOME").filter(|path| path.is_absolute()).or_else(|| set("HOME").map(|home| home.join(".local/share")))
    };
    base.map(|base| base.join(NAME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chosen_folder_goes_before_the_usual_one_and_an_empty_choice_is_none() {
        let env = |chosen: &'static str| {
            move |name: &str| match name {
                "ROLLCALL_DATA_DIR" => Some(OsString::from(chosen)),
                "HOME" | "LOCALAPPDATA" => Some(OsString::from("/home/ada")),
                _ => None,
            }
        };
        assert_eq!(default_folder(env("/srv/rollcall")), Some(PathBuf::from("/srv/rollcall")));
        assert!(default_folder(env("")).is_some_and(|folder| folder.starts_with("/home/ada") && folder.ends_with("app.rollcall.console")));
        assert_eq!(default_folder(|_| None), None);
    }
}
