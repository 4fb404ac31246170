use super::{FOUNDED_MS, World, hash, uuid_from};

/// Whether an access policy is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessState {
    Enabled,
    Disabled,
    /// It writes to the log what it would do, and does nothing.
    ReportOnly,
}

/// A Conditional Access policy. The practice Entra shows these and enforces none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessPolicy {
    pub id: String,
    pub display_name: String,
    pub state: AccessState,
    /// Client ids, or `All`.
    pub include: Vec<String>,
    /// Client ids.
    pub exclude: Vec<String>,
    /// Object ids of service principals whose own sign-ins it is about, or `ServicePrincipalsInMyTenant`; empty: about people.
    pub workloads: Vec<String>,
    /// `mfa`, `compliantDevice`, `block`.
    pub control: &'static str,
    pub created_ms: i64,
}

impl World {
    /// A policy that names Crelate, one for everything that only reports, and one for the room display's own sign-ins.
    pub(super) fn guard_as_found(&mut self) {
        let client_id = |key: &str| self.app_by_key(key).map(|app| app.client_id.clone());
        let display = client_id("room_display").and_then(|app| self.principal_of(&app)).map(|principal| principal.id.clone());
        let crelate = client_id("crelate");
        let policies = [
            ("Managed devices for Crelate", AccessState::Enabled, crelate.into_iter().collect(), Vec::new(), "compliantDevice"),
            ("A second factor everywhere", AccessState::ReportOnly, vec!["All".to_owned()], Vec::new(), "mfa"),
            ("Door displays from our offices only", AccessState::Enabled, vec!["All".to_owned()], display.into_iter().collect(), "block"),
        ];
        for (at, (name, state, include, workloads, control)) in (0_u64..).zip(policies) {
            self.access_policies.push(AccessPolicy {
                id: uuid_from(hash(&self.tenant_id, 80 + at), hash(name, 81)),
                display_name: name.to_owned(),
                state,
                include,
                exclude: Vec::new(),
                workloads,
                control,
                created_ms: FOUNDED_MS,
            });
        }
    }
}
