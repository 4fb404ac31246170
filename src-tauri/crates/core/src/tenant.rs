//! A tenant: a Microsoft Entra directory that Rollcall is connected to, in one national cloud.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::id::{AppId, DirectoryId, TenantId};
use crate::time::Timestamp;

/// A national cloud. Tokens of one are useless in another ("National cloud deployments" of Microsoft Graph).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Cloud {
    /// Worldwide, GCC included.
    Global,
    /// US Government L4 (GCC High).
    UsGov,
    /// US Government L5 (DoD).
    UsGovDod,
    /// China, operated by 21Vianet.
    China,
    /// Endpoints typed in by the admin; the practice tenant is one of these.
    Custom,
}

/// A connection to a tenant. Holds no secret: those rest in the keychain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Tenant {
    /// Our number for it.
    pub id: TenantId,
    /// The name the admin gave it; unique.
    pub name: String,
    /// The cloud it lives in.
    pub cloud: Cloud,
    /// Base address of sign-in, without tenant: `https://login.microsoftonline.com`.
    pub authority: String,
    /// Base address of Graph, without version: `https://graph.microsoft.com`.
    pub graph: String,
    /// The tenant's GUID or a verified domain, as typed.
    pub directory: String,
    /// The application that Rollcall itself signs in with.
    pub client_id: AppId,
    /// Whether this is the built-in practice tenant.
    pub practice: bool,
    /// What Graph said about the tenant at the last sign-in.
    pub identity: Option<TenantIdentity>,
}

impl Tenant {
    /// The principal name of the admin who is signed in, or was last; empty where nobody was identified.
    #[must_use]
    pub fn admin(&self) -> String {
        self.identity.as_ref().map_or_else(String::new, |identity| identity.admin.clone())
    }
}

/// What `/organization` and the token said at the last sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TenantIdentity {
    /// The tenant's GUID, equal to `tid` of the token.
    pub directory_id: DirectoryId,
    /// Its display name.
    pub display_name: String,
    /// The admin's user principal name.
    pub admin: String,
    /// When that was seen.
    pub seen: Timestamp,
}
