//! Everything the practice tenant holds: people, groups, apps and who was granted what. Built from a seed, changed only through its methods.

mod access;
mod adoption;
mod apps;
mod assigned;
mod audit;
mod changes;
mod consent;
mod exchange;
mod groups;
mod id;
mod index;
mod names;
mod people;
mod permissions;
mod random;
mod requests;
mod settings;

pub use access::{AccessPolicy, AccessState};
pub use adoption::Adoption;
pub use apps::{App, PRACTICE_APP_NAME, Principal, Required, RequiredKind, Secret};
pub use assigned::{Assigned, AssigneeKind};
pub use audit::{Activity, Actor, Audit, Modified, Target};
pub(crate) use audit::{Consenter, Signature};
pub use changes::{Change, ChangeKind};
pub use consent::{ConsentType, DelegatedGrant, GrantRefused, RoleAssignment};
pub use exchange::{AppPolicy, Decision, Exchange, ExchangeAssignment, Limits as ExchangeLimits, ManagementScope, Propagation, Reach};
pub use groups::{Group, GroupKind, Member};
pub use id::Id;
pub use people::{Licence, Recipient, User};
pub use permissions::{AppRole, EXCHANGE_APP_ID, GRAPH_APP_ID, Scope, roles_of, scopes_of};
pub(crate) use random::{Random, hash, uuid_from, write_uuid};
pub use requests::{Asked, ConsentRequest};
pub use settings::{ConsentSettings, UserConsent};

use crate::faults::{self, FaultPlan};
use index::Index;

/// Global Administrator: may do everything (template id from "Microsoft Entra built-in roles").
pub const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
/// Privileged Role Administrator: may grant Microsoft Graph application permissions.
pub const PRIVILEGED_ROLE_ADMINISTRATOR: &str = "e8611ab8-c189-46e8-94e1-60213ab1f814";
/// Application Administrator: may consent to all but Microsoft Graph application permissions.
pub const APPLICATION_ADMINISTRATOR: &str = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3";
/// Cloud Application Administrator: may consent to all but Microsoft Graph application permissions.
pub const CLOUD_APPLICATION_ADMINISTRATOR: &str = "158c047a-c907-4556-b7ef-446551a6b5f7";
/// Global Reader: sees everything, changes nothing.
pub const GLOBAL_READER: &str = "f2ef992c-3afb-46b9-b7cf-a126ee74c451";
/// Reports Reader: reads audit logs and usage reports.
pub const REPORTS_READER: &str = "4a5d8f65-41da-4de4-8968-e035b65339cf";
/// Security Reader: reads audit logs and access policies.
pub const SECURITY_READER: &str = "5d6b6bb7-de71-4623-b4af-96380a352509";
/// Security Administrator: reads audit logs, changes access policies.
pub const SECURITY_ADMINISTRATOR: &str = "194ae4cb-b126-40b2-bd5b-6091b380977d";
/// Conditional Access Administrator: changes access policies.
pub const CONDITIONAL_ACCESS_ADMINISTRATOR: &str = "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9";
/// Exchange Administrator: may do everything in Exchange, nothing about consent.
pub const EXCHANGE_ADMINISTRATOR: &str = "29232cdf-9323-42fd-ade2-1d097af3e4de";

/// The moment at which the practice company was set up, in milliseconds since 1970 (2024-03-04T08:00:00Z); ages are counted from here.
pub const FOUNDED_MS: i64 = 1_709_539_200_000;

/// The practice tenant. Deterministic: the same seed, size and plan give the same world, ids included.
pub struct World {
    pub tenant_id: String,
    /// "Contoso Practice".
    pub name: String,
    /// The verified default domain, `contoso.example`.
    pub domain: String,
    pub users: Vec<User>,
    pub groups: Vec<Group>,
    pub apps: Vec<App>,
    /// Service principals ("enterprise applications").
    pub principals: Vec<Principal>,
    /// Application permissions that were granted.
    pub role_assignments: Vec<RoleAssignment>,
    /// Delegated permissions that were granted.
    pub delegated_grants: Vec<DelegatedGrant>,
    /// People and groups that were assigned to enterprise applications.
    pub assigned: Vec<Assigned>,
    /// What users may consent to, and whether they may ask for the rest.
    pub consent: ConsentSettings,
    pub consent_requests: Vec<ConsentRequest>,
    pub access_policies: Vec<AccessPolicy>,
    /// What limits applications to mailboxes.
    pub exchange: Exchange,
    /// Administrative units.
    pub units: Vec<Group>,
    /// The directory's audit log, oldest first.
    pub audits: Vec<Audit>,
    /// Directory changes since the start, oldest first; delta queries read them.
    pub changes: Vec<Change>,
    index: Index,
    /// Ids for objects that are created later continue the seeded sequence.
    random: Random,
}

impl World {
    /// Builds the tenant: `users` counts every account, admins, rooms and guests included (at least the two admins exist).
    pub fn build(seed: u64, users: u32, plan: &FaultPlan) -> World {
        let mut random = Random::new(seed);
        let tenant_id = random.uuid();
        let domain = "contoso.example";
        let mut people = people::hire(&mut random, users.max(2), domain);
        faults::plant(&mut random, &mut people, plan, domain);
        let groups = groups::form(&mut random, &people, domain);
        let units = groups::units(&tenant_id, &people);
        let (mut apps, mut principals) = apps::register(&mut random, FOUNDED_MS);
        let later = apps::register_more(&mut Random::new(hash(&tenant_id, 40)), FOUNDED_MS);
        apps.extend(later.0);
        principals.extend(later.1);
        people::appoint(&mut people, domain);
        let index = Index::of(&people);
        let mut world = World {
            tenant_id,
            name: "Contoso Practice".to_owned(),
            domain: domain.to_owned(),
            users: people,
            groups,
            apps,
            principals,
            role_assignments: Vec::new(),
            delegated_grants: Vec::new(),
            assigned: Vec::new(),
            consent: ConsentSettings::default(),
            consent_requests: Vec::new(),
            access_policies: Vec::new(),
            exchange: Exchange::default(),
            units,
            audits: Vec::new(),
            changes: Vec::new(),
            index,
            random,
        };
        world.grant_as_found();
        world.assign_as_found();
        world.guard_as_found();
        world
    }

    /// The tenant opens: whatever is recent is so many days before this moment, in milliseconds since 1970.
    pub fn open(&mut self, now_ms: i64) {
        self.age_secrets(now_ms);
        self.ask_as_found(now_ms);
        self.log_as_found(now_ms);
    }

    /// The Global Administrator whose account comes first in the picker.
    pub fn admin(&self) -> Option<&User> {
        self.users.first()
    }

    /// The account with this user principal name, in any letter case.
    pub fn user_by_upn(&self, upn: &str) -> Option<&User> {
        self.user(upn)
    }

    /// The account with this object id or user principal name, in any letter case.
    pub fn user(&self, id_or_upn: &str) -> Option<&User> {
        self.users.get(self.user_index(id_or_upn)?)
    }

    pub(crate) fn user_index(&self, id_or_upn: &str) -> Option<usize> {
        self.index.find(&self.users, id_or_upn)
    }

    /// The places of the accounts whose user principal name begins like this, in the order of the names.
    pub(crate) fn beginning(&self, prefix: &str) -> &[u32] {
        self.index.beginning(&self.users, prefix)
    }

    /// The app registration with this client id.
    pub fn app(&self, client_id: &str) -> Option<&App> {
        self.apps.iter().find(|app| app.client_id.eq_ignore_ascii_case(client_id))
    }

    /// The service principal of an app, once it exists in this tenant.
    pub fn principal_of(&self, app_id: &str) -> Option<&Principal> {
        self.principals.iter().find(|principal| principal.app_id.eq_ignore_ascii_case(app_id))
    }

    /// The service principal with this object id.
    pub fn principal(&self, id: &str) -> Option<&Principal> {
        self.principals.iter().find(|principal| principal.id.eq_ignore_ascii_case(id))
    }
}
