//! One newtype per kind of id, so that an organization's id can't be passed where a user's is wanted.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

macro_rules! row_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
        #[serde(transparent)]
        #[ts(type = "number")]
        pub struct $name(pub u32);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

macro_rules! entra_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
        #[serde(transparent)]
        #[ts(type = "string")]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.trim().parse().map(Self)
            }
        }
    )*};
}

row_ids! {
    /// A tenant that Rollcall is connected to: our own number for it, not Entra's.
    TenantId;
    /// An integration: the application being onboarded.
    IntegrationId;
    /// An organization: users that share one integration and one mailbox access type.
    OrganizationId;
    /// A user that was brought in from the directory.
    UserId;
    /// A verification run.
    RunId;
    /// A membership rule.
    RuleId;
    /// A proof of an access scope.
    ProofId;
}

entra_ids! {
    /// The GUID of an Entra tenant (`tid` in tokens, `id` of `/organization`).
    DirectoryId;
    /// An Entra object id: of a user, a service principal, an app registration.
    ObjectId;
    /// An application (client) id. Never an object id; see "Object id traps" in the Graph reference of grants.
    AppId;
    /// The id of an app role or of a delegated scope, as published by its resource's service principal.
    PermissionId;
}
