//! Entra of the practice tenant: discovery, sign-in pages, consent and tokens.
//! Every answer is a function of the request, the world and what was issued so far.

mod admin_consent;
mod assertion;
mod authorize;
pub(crate) mod certificate;
mod client;
mod discovery;
mod error;
mod memory;
mod pages;
mod redirect;
mod reply;
mod scope;
mod token;
mod userinfo;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLockReadGuard, RwLockWriteGuard};

use bytes::Bytes;
use http::{HeaderMap, Method, Response, StatusCode};

use crate::People;
use crate::graph::State;
use crate::token::{Caller, Key};
use crate::world::World;
use error::{Refusal, TENANT_NOT_FOUND};
pub(crate) use memory::Memory;

/// One request below `{authority}/{tenant}/`.
pub(crate) struct Ask {
    pub method: Method,
    /// The first path segment: a directory id, a domain, or one of Entra's collective names.
    pub tenant: String,
    /// What follows the tenant, without a leading slash.
    pub path: String,
    pub query: Fields,
    pub form: Fields,
    pub headers: HeaderMap,
    pub now_ms: i64,
}

/// Decoded name and value pairs of a query or a form.
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(crate) fn read(encoded: &[u8]) -> Fields {
        Fields(form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The first value with this name, unless it is empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(found, value)| found == name && !value.is_empty())?;
        Some(value)
    }

    /// A value that the protocol demands.
    fn need(&self, name: &'static str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| error::PARAMETER_MISSING.about(name))
    }
}

/// Which directory a tenant path stands for. The practice Entra knows one directory and Entra's collective names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Realm {
    Directory,
    Organizations,
    Common,
}

pub(crate) struct Entra {
    /// Base address without the tenant.
    pub authority: String,
    /// Base address of the practice Graph, which is also the audience of its tokens.
    pub graph: String,
    pub tenant_id: String,
    pub domain: String,
    pub people: People,
    pub seed: u64,
    pub key: Arc<Key>,
    /// The world, shared with the practice Graph.
    pub state: State,
    pub memory: Mutex<Memory>,
}

impl Entra {
    /// Answers one request. Paths that Entra does not have are 404 without content.
    pub(crate) fn answer(&self, ask: &Ask) -> Response<Bytes> {
        let path = ask.path.to_ascii_lowercase();
        match (ask.method.as_str(), path.as_str()) {
            ("GET", "v2.0/.well-known/openid-configuration") => self.as_json(ask, discovery::v2(self, ask)),
            ("GET", ".well-known/openid-configuration") => self.as_json(ask, discovery::v1(self, ask)),
            ("GET", "discovery/v2.0/keys" | "discovery/keys") => self.as_json(ask, discovery::keys(self, ask)),
            ("GET", "discovery/instance") => discovery::instance(self),
            ("GET", "oauth2/v2.0/authorize") => self.as_page(ask, authorize::open(self, ask)),
            ("GET", "v2.0/adminconsent") => self.as_page(ask, admin_consent::open_v2(self, ask)),
            ("GET", "adminconsent") => self.as_page(ask, admin_consent::open_v1(self, ask)),
            ("POST", "login") => self.as_page(ask, authorize::step(self, ask)),
            ("GET" | "POST", "oauth2/v2.0/logout") => reply::html(StatusCode::OK, &pages::signed_out()),
            ("POST", "oauth2/v2.0/token") => self.as_json(ask, token::answer(self, ask)),
            ("POST", "oauth2/v2.0/devicecode") => self.as_json(ask, Err(error::DEVICE_FLOW_BLOCKED.into())),
            _ => reply::empty(StatusCode::NOT_FOUND),
        }
    }

    /// The page that explains an error number.
    pub(crate) fn explain(&self, query: &Fields) -> Response<Bytes> {
        error::explain(query.get("code"))
    }

    /// Ends every session of a person: refresh tokens issued until now are refused.
    pub(crate) fn revoke(&self, user_id: &str, now_ms: i64) {
        self.memory().revoke(user_id, now_ms);
    }

    /// Answers the UserInfo endpoint.
    pub(crate) fn userinfo(&self, caller: Option<&Caller>) -> Response<Bytes> {
        userinfo::answer(self, caller)
    }

    fn as_json(&self, ask: &Ask, answer: Result<Response<Bytes>, Refusal>) -> Response<Bytes> {
        answer.unwrap_or_else(|refusal| refusal.json(&self.authority, ask))
    }

    fn as_page(&self, ask: &Ask, answer: Result<Response<Bytes>, Refusal>) -> Response<Bytes> {
        answer.unwrap_or_else(|refusal| refusal.page(ask))
    }

    fn realm(&self, ask: &Ask) -> Result<Realm, Refusal> {
        let tenant = ask.tenant.to_ascii_lowercase();
        match tenant.as_str() {
            "organizations" => Ok(Realm::Organizations),
            "common" => Ok(Realm::Common),
            name if name == self.tenant_id || name == self.domain => Ok(Realm::Directory),
            _ => Err(TENANT_NOT_FOUND.about(&ask.tenant)),
        }
    }

    /// Issuer of id tokens: always the directory, whichever path was asked.
    fn issuer(&self) -> String {
        format!("{}/{}/v2.0", self.authority, self.tenant_id)
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn world(&self) -> RwLockReadGuard<'_, World> {
        self.state.world()
    }

    fn world_mut(&self) -> RwLockWriteGuard<'_, World> {
        self.state.world_mut()
    }
}
