//! A keychain that can be locked for one account while it goes on for the others, and that can keep one waiting.

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error, Result, mock};
use rollcall_core::id::ObjectId;

/// A call that nobody lets go on fails after so long, so that the test does.
const PATIENCE: Duration = Duration::from_secs(30);

/// A keychain in memory; what is put into it is gone with it.
#[derive(Debug)]
pub struct Keychain {
    entries: Arc<mock::Store>,
    locked: Mutex<Option<ObjectId>>,
    held: Mutex<Option<ObjectId>>,
    let_go: Condvar,
}

impl Keychain {
    /// An empty one, locked for nobody.
    #[must_use]
    pub fn new() -> Arc<Self> {
        let entries = mock::Store::new().expect("it is in memory");
        Arc::new(Self { entries, locked: Mutex::default(), held: Mutex::default(), let_go: Condvar::new() })
    }

    /// Locks it for what is filed under this account, or with `None` for nothing.
    pub fn lock(&self, account: Option<ObjectId>) {
        *at(&self.locked) = account;
    }

    /// Keeps whoever asks for what is filed under this account waiting, or with `None` nobody any more.
    pub fn hold(&self, account: Option<ObjectId>) {
        *at(&self.held) = account;
        self.let_go.notify_all();
    }
}

fn at(account: &Mutex<Option<ObjectId>>) -> MutexGuard<'_, Option<ObjectId>> {
    account.lock().unwrap_or_else(PoisonError::into_inner)
}

impl CredentialStoreApi for Keychain {
    fn vendor(&self) -> String {
        "Rollcall's tests".to_owned()
    }

    fn id(&self) -> String {
        self.entries.id()
    }

    fn build(&self, service: &str, user: &str, _: Option<&HashMap<&str, &str>>) -> Result<Entry> {
        let is_meant = |account: Option<ObjectId>| account.is_some_and(|account| user.contains(&account.to_string()));
        let waited = self.let_go.wait_timeout_while(at(&self.held), PATIENCE, |held| is_meant(*held));
        let (held, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        drop(held);
        if waited.timed_out() || is_meant(*at(&self.locked)) {
            return Err(Error::NoStorageAccess("locked".into()));
        }
        self.entries.build(service, user, None)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn debug_fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
