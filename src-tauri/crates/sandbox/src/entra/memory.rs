//! What Entra issued and still has to recognise: open pages, authorization codes, refresh tokens.

use std::collections::HashMap;

use super::Realm;
use super::admin_consent::AdminConsent;
use super::authorize::SignIn;
use crate::token::Key;

/// Authorization codes and open pages live ten minutes ("Microsoft identity platform and OAuth 2.0 authorization code flow").
pub(super) const CODE_LIFE_MS: i64 = 10 * 60 * 1000;
/// Refresh tokens live ninety days ("Refresh tokens in the Microsoft identity platform").
pub(super) const REFRESH_LIFE_MS: i64 = 90 * 24 * 3600 * 1000;
/// Expired things are remembered so long, so that a late client hears "expired" and not "unknown".
const REMEMBERED_MS: i64 = 24 * 3600 * 1000;
/// Nobody rehearses with more open pages than this; the oldest go first.
const MOST: usize = 10_000;

/// What the person is asked for.
#[derive(Clone)]
pub(super) enum Wish {
    SignIn(SignIn),
    AdminConsent(AdminConsent),
}

/// Pages in front of a person. Its name in the form is the proof that the form came from our page.
#[derive(Clone)]
pub(super) struct Flow {
    pub wish: Wish,
    /// Known once an account was picked.
    pub user_id: Option<String>,
}

/// A sign-in waiting to be redeemed.
#[derive(Clone)]
pub(super) struct Code {
    pub sign_in: SignIn,
    pub user_id: String,
    pub realm: Realm,
    pub redeemed: bool,
}

/// What a refresh token stands for.
#[derive(Clone)]
pub(super) struct Renewal {
    pub app_id: String,
    pub user_id: String,
    pub scopes: Vec<String>,
    pub issued_ms: i64,
}

struct Kept<T> {
    expires_ms: i64,
    order: u64,
    thing: T,
}

/// A remembered thing, or why it is gone.
pub(super) enum Found<T> {
    Alive(T),
    Expired,
    Unknown,
}

#[derive(Default)]
pub(crate) struct Memory {
    issued: u64,
    flows: HashMap<String, Kept<Flow>>,
    codes: HashMap<String, Kept<Code>>,
    renewals: HashMap<String, Kept<Renewal>>,
    revoked: HashMap<String, i64>,
}

impl Memory {
    /// The next number of the sequence behind every issued name.
    pub(super) fn next(&mut self) -> u64 {
        self.issued += 1;
        self.issued
    }

    pub(super) fn keep_flow(&mut self, key: &Key, flow: Flow, now_ms: i64) -> String {
        let order = self.next();
        keep(&mut self.flows, key.opaque("page", order), flow, order, now_ms, CODE_LIFE_MS)
    }

    pub(super) fn take_flow(&mut self, name: &str, now_ms: i64) -> Option<Flow> {
        let kept = self.flows.remove(name)?;
        (now_ms < kept.expires_ms).then_some(kept.thing)
    }

    pub(super) fn keep_code(&mut self, key: &Key, code: Code, now_ms: i64) -> String {
        let order = self.next();
        keep(&mut self.codes, key.opaque("code", order), code, order, now_ms, CODE_LIFE_MS)
    }

    pub(super) fn code(&self, name: &str, now_ms: i64) -> Found<Code> {
        find(&self.codes, name, now_ms)
    }

    /// Spends a code. False when another request was faster.
    pub(super) fn redeem(&mut self, name: &str) -> bool {
        let Some(kept) = self.codes.get_mut(name) else { return false };
        !std::mem::replace(&mut kept.thing.redeemed, true)
    }

    pub(super) fn keep_renewal(&mut self, key: &Key, renewal: Renewal, now_ms: i64) -> String {
        let order = self.next();
        keep(&mut self.renewals, key.opaque("refresh", order), renewal, order, now_ms, REFRESH_LIFE_MS)
    }

    pub(super) fn renewal(&self, name: &str, now_ms: i64) -> Found<Renewal> {
        find(&self.renewals, name, now_ms)
    }

    pub(super) fn revoke(&mut self, user_id: &str, now_ms: i64) {
        self.revoked.insert(user_id.to_owned(), now_ms);
    }

    pub(super) fn is_revoked(&self, renewal: &Renewal) -> bool {
        self.revoked.get(&renewal.user_id).is_some_and(|since| renewal.issued_ms <= *since)
    }
}

fn keep<T>(shelf: &mut HashMap<String, Kept<T>>, name: String, thing: T, order: u64, now_ms: i64, life_ms: i64) -> String {
    if shelf.len() >= MOST {
        shelf.retain(|_, kept| now_ms < kept.expires_ms + REMEMBERED_MS);
    }
    if shelf.len() >= MOST {
        let oldest = shelf.iter().min_by_key(|(_, kept)| kept.order).map(|(name, _)| name.clone());
        oldest.map(|name| shelf.remove(&name));
    }
    shelf.insert(name.clone(), Kept { expires_ms: now_ms + life_ms, order, thing });
    name
}

fn find<T: Clone>(shelf: &HashMap<String, Kept<T>>, name: &str, now_ms: i64) -> Found<T> {
    match shelf.get(name) {
        Some(kept) if now_ms < kept.expires_ms => Found::Alive(kept.thing.clone()),
        Some(_) => Found::Expired,
        None => Found::Unknown,
    }
}
