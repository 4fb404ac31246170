//! A keychain that can be locked for one account while it goes on for the others.

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error, Result, mock};
use rollcall_core::id::ObjectId;

/// A keychain in memory; what is put into it is gone with it.
#[derive(Debug)]
pub struct Keychain {
    entries: Arc<mock::Store>,
    locked: Mutex<Option<ObjectId>>,
}

impl Keychain {
    /// An empty one, locked for nobody.
    #[must_use]
    pub fn new() -> Arc<Self> {
        let entries = mock::Store::new().expect("it is in memory");
        Arc::new(Self { entries, locked: Mutex::default() })
    }

    /// Locks it for what is filed under this account, or with `None` for nothing.
    pub fn lock(&self, account: Option<ObjectId>) {
        *self.locked() = account;
    }

    fn locked(&self) -> MutexGuard<'_, Option<ObjectId>> {
        self.locked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CredentialStoreApi for Keychain {
    fn vendor(&self) -> String {
        "Rollcall's tests".to_owned()
    }

    fn id(&self) -> String {
        self.entries.id()
    }

    fn build(&self, service: &str, user: &str, _: Option<&HashMap<&str, &str>>) -> Result<Entry> {
        match *self.locked() {
            Some(account) if user.contains(&account.to_string()) => Err(Error::NoStorageAccess("locked".into())),
            _ => self.entries.build(service, user, None),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn debug_fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
