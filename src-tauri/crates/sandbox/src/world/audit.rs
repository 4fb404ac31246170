use super::{ConsentType, DelegatedGrant, RoleAssignment, World, hash, roles_of, uuid_from};

/// What happened, as the audit log names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    Consent,
    AddRole,
    RemoveRole,
    AddGrant,
    RemoveGrant,
    AddPrincipal,
    UpdatePrincipal,
    RemovePrincipal,
    UpdateCredentials,
}

impl Activity {
    /// `activityDisplayName`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Activity::Consent => "Consent to application",
            Activity::AddRole => "Add app role assignment to service principal",
            Activity::RemoveRole => "Remove app role assignment from service principal",
            Activity::AddGrant => "Add delegated permission grant",
            Activity::RemoveGrant => "Remove delegated permission grant",
            Activity::AddPrincipal => "Add service principal",
            Activity::UpdatePrincipal => "Update service principal",
            Activity::RemovePrincipal => "Remove service principal",
            Activity::UpdateCredentials => "Update application – Certificates and secrets management",
        }
    }

    /// `operationType`.
    #[must_use]
    pub fn operation(self) -> &'static str {
        match self {
            Activity::Consent | Activity::AddRole | Activity::AddGrant => "Assign",
            Activity::RemoveRole | Activity::RemoveGrant => "Unassign",
            Activity::AddPrincipal => "Add",
            Activity::UpdatePrincipal | Activity::UpdateCredentials => "Update",
            Activity::RemovePrincipal => "Delete",
        }
    }
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    User { id: String, upn: String },
    App { client_id: String },
}

/// What it was done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub id: String,
    /// `ServicePrincipal` or `Application`.
    pub kind: &'static str,
    pub name: Option<String>,
}

/// A property before and after; both as JSON text, as the log writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modified {
    pub name: &'static str,
    pub old: Option<String>,
    pub new: Option<String>,
}

/// A record of the directory's audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    pub id: String,
    pub activity: Activity,
    pub at_ms: i64,
    pub by: Actor,
    /// The first one carries what was changed.
    pub targets: Vec<Target>,
    pub modified: Vec<Modified>,
}

/// Whose consent it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Consenter {
    Everyone,
    Oneself,
}

/// When, and by whom.
#[derive(Debug, Clone)]
pub(crate) struct Signature {
    pub(crate) by: Actor,
    pub(crate) at_ms: i64,
}

impl World {
    /// The signature of a person.
    pub(crate) fn signature(&self, user_id: &str, at_ms: i64) -> Option<Signature> {
        let user = self.user(user_id)?;
        Some(Signature { by: Actor::User { id: user.id.to_string(), upn: user.upn.clone() }, at_ms })
    }

    // Microsoft publishes neither the order of the targets nor the names of the modified properties of these activities. Written here
    // is what logs are known to hold: the API first, the client second, the permission's name quoted in a property of the first.
    // A reader has to look for both ids in all targets and for the name in all properties.

    pub(crate) fn audit_role(&mut self, activity: Activity, grant: &RoleAssignment, signed: &Signature) {
        let name = self
            .principal(&grant.resource_id)
            .and_then(|api| roles_of(&api.app_id).into_iter().find(|role| role.id == grant.app_role_id))
            .map(|role| role.value);
        let value = |wanted: &str| Some(quoted(wanted));
        let modified = match activity {
            Activity::RemoveRole => vec![
                Modified { name: "AppRole.Id", old: value(&grant.app_role_id), new: None },
                Modified { name: "AppRole.Value", old: name.and_then(value), new: None },
            ],
            _ => vec![
                Modified { name: "AppRole.Id", old: None, new: value(&grant.app_role_id) },
                Modified { name: "AppRole.Value", old: None, new: name.and_then(value) },
            ],
        };
        let targets = vec![self.target(&grant.resource_id), self.target(&grant.principal_id)];
        self.audit(activity, targets, modified, signed);
    }

    /// A delegated grant changed from one list of scopes to another. A change that only takes away is logged as a removal; Microsoft
    /// names no activity of its own for a changed grant.
    pub(crate) fn audit_grant(&mut self, grant: &DelegatedGrant, before: &str, signed: &Signature) {
        let added = grant.scope.split_whitespace().any(|scope| !before.split_whitespace().any(|known| known == scope));
        let activity = if added { Activity::AddGrant } else { Activity::RemoveGrant };
        let kind = match grant.consent_type {
            ConsentType::AllPrincipals => "AllPrincipals",
            ConsentType::Principal => "Principal",
        };
        let mut modified = vec![
            Modified {
                name: "DelegatedPermissionGrant.Scope",
                old: (!before.trim().is_empty()).then(|| quoted(before.trim())),
                new: (!grant.scope.trim().is_empty()).then(|| quoted(grant.scope.trim())),
            },
            Modified { name: "DelegatedPermissionGrant.ConsentType", old: None, new: Some(quoted(kind)) },
        ];
        if let Some(user) = &grant.principal_id {
            modified.push(Modified { name: "DelegatedPermissionGrant.PrincipalId", old: None, new: Some(quoted(user)) });
        }
        let targets = vec![self.target(&grant.resource_id), self.target(&grant.client_id)];
        self.audit(activity, targets, modified, signed);
    }

    /// A consent page was accepted for these permissions.
    pub(crate) fn audit_consent(&mut self, client_id: &str, consenter: Consenter, permissions: &[String], signed: &Signature) {
        let (everyone, kind) = match consenter {
            Consenter::Everyone => ("True", "AllPrincipals"),
            Consenter::Oneself => ("False", "Principal"),
        };
        let granted = format!("[] => [[ConsentType: {kind}, Scope: {}]]", permissions.join(" "));
        let modified = vec![
            Modified { name: "ConsentContext.IsAdminConsent", old: None, new: Some(quoted(everyone)) },
            Modified { name: "ConsentContext.OnBehalfOfAll", old: None, new: Some(quoted(everyone)) },
            Modified { name: "ConsentAction.Permissions", old: None, new: Some(quoted(&granted)) },
        ];
        let targets = vec![self.target(client_id)];
        self.audit(Activity::Consent, targets, modified, signed);
    }

    /// A service principal was made, changed or removed; call it before it is gone.
    pub(crate) fn audit_principal(&mut self, activity: Activity, id: &str, modified: Vec<Modified>, signed: &Signature) {
        let targets = vec![self.target(id)];
        self.audit(activity, targets, modified, signed);
    }

    /// The secrets or certificates of the registration at this place changed.
    pub(crate) fn audit_credentials(&mut self, at: usize, signed: &Signature) {
        let Some(app) = self.apps.get(at) else { return };
        let targets = vec![Target { id: app.id.clone(), kind: "Application", name: Some(app.display_name.clone()) }];
        self.audit(Activity::UpdateCredentials, targets, Vec::new(), signed);
    }

    fn audit(&mut self, activity: Activity, targets: Vec<Target>, modified: Vec<Modified>, signed: &Signature) {
        let number = self.audits.len() as u64;
        let id = format!("Directory_{}", uuid_from(hash(&self.tenant_id, number ^ 0x61), hash(&self.tenant_id, number ^ 0x6100_0000)));
        self.audits.push(Audit { id, activity, at_ms: signed.at_ms, by: signed.by.clone(), targets, modified });
    }

    fn target(&self, principal_id: &str) -> Target {
        let name = self.principal(principal_id).map(|principal| principal.display_name.clone());
        Target { id: principal_id.to_owned(), kind: "ServicePrincipal", name }
    }

    /// What the log holds of the last month: the consents of a few people, and who granted the room display its roles.
    pub(super) fn log_as_found(&mut self, now_ms: i64) {
        const HOUR_MS: i64 = 3_600_000;
        let admin = self.admin().map(|admin| admin.id.to_string());
        let display = self.app_by_key("room_display").and_then(|app| self.principal_of(&app.client_id)).map(|app| app.id.clone());
        let roles: Vec<RoleAssignment> =
            self.role_assignments.iter().filter(|grant| Some(&grant.principal_id) == display.as_ref()).cloned().collect();
        if let Some(signed) = admin.and_then(|admin| self.signature(&admin, now_ms - 20 * 24 * HOUR_MS)) {
            for grant in &roles {
                self.audit_role(Activity::AddRole, grant, &signed);
            }
        }
        let outreach = self.app_by_key("outreach").and_then(|app| self.principal_of(&app.client_id)).map(|app| app.id.clone());
        let personal: Vec<DelegatedGrant> =
            self.delegated_grants.iter().filter(|grant| Some(&grant.client_id) == outreach.as_ref()).take(12).cloned().collect();
        for (at, grant) in (0_i64..).zip(&personal) {
            let user = grant.principal_id.clone().unwrap_or_default();
            let Some(signed) = self.signature(&user, now_ms - (14 * 24 - at * 7) * HOUR_MS) else { continue };
            let scopes: Vec<String> = grant.scope.split_whitespace().map(str::to_owned).collect();
            self.audit_grant(grant, "", &signed);
            self.audit_consent(&grant.client_id, Consenter::Oneself, &scopes, &signed);
        }
    }
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}
