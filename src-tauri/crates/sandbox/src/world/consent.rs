use super::apps::RequiredKind;
use super::permissions::{self, EXCHANGE_APP_ID, GRAPH_APP_ID};
use super::{FOUNDED_MS, World};

/// An application permission that was granted (`appRoleAssignment`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleAssignment {
    pub id: String,
    /// Object id of the client's service principal.
    pub principal_id: String,
    /// Object id of the API's service principal.
    pub resource_id: String,
    pub app_role_id: String,
    pub created_ms: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentType {
    /// For every user of the tenant.
    AllPrincipals,
    /// For one user.
    Principal,
}

/// Delegated permissions that were granted (`oAuth2PermissionGrant`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DelegatedGrant {
    pub id: String,
    /// Object id of the client's service principal.
    pub client_id: String,
    pub consent_type: ConsentType,
    /// The user, for `ConsentType::Principal`.
    pub principal_id: Option<String>,
    /// Object id of the API's service principal.
    pub resource_id: String,
    /// Space-separated, may start with a blank as Microsoft's do.
    pub scope: String,
    pub created_ms: i64,
}

/// Why a grant was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantRefused {
    /// The client, the API or the user is unknown.
    Missing,
    /// The API does not publish such a permission.
    UnknownPermission,
    /// It exists already.
    Duplicate,
}

impl World {
    /// The application permissions, by name, that are granted to an app for an API now.
    pub fn application_roles(&self, app_id: &str, resource_app_id: &str) -> Vec<String> {
        let (Some(client), Some(resource)) = (self.principal_of(app_id), self.principal_of(resource_app_id)) else {
            return Vec::new();
        };
        let published = permissions::roles_of(resource_app_id);
        self.role_assignments
            .iter()
            .filter(|grant| grant.principal_id == client.id && grant.resource_id == resource.id)
            .filter_map(|grant| published.iter().find(|role| role.id == grant.app_role_id))
            .map(|role| role.value.to_owned())
            .collect()
    }

    /// The delegated permissions of Microsoft Graph that an app has for a user: those for everyone and the user's own.
    pub fn delegated_scopes(&self, app_id: &str, user_id: &str) -> Vec<String> {
        let (Some(client), Some(graph)) = (self.principal_of(app_id), self.principal_of(GRAPH_APP_ID)) else {
            return Vec::new();
        };
        let mut scopes: Vec<String> = Vec::new();
        for grant in &self.delegated_grants {
            let applies = match grant.consent_type {
                ConsentType::AllPrincipals => true,
                ConsentType::Principal => grant.principal_id.as_deref() == Some(user_id),
            };
            if grant.client_id != client.id || grant.resource_id != graph.id || !applies {
                continue;
            }
            for scope in grant.scope.split_whitespace() {
                if !scopes.iter().any(|known| known == scope) {
                    scopes.push(scope.to_owned());
                }
            }
        }
        scopes
    }

    /// Tenant-wide admin consent: creates the service principal if it is missing, then grants all of `requiredResourceAccess`.
    /// Does nothing for an unknown app.
    pub fn grant_tenant_wide(&mut self, app_id: &str, now_ms: i64) {
        let Some(at) = self.ensure_principal(app_id, now_ms) else {
            return;
        };
        let Some(client) = self.principals.get(at).map(|principal| principal.id.clone()) else {
            return;
        };
        let required = self.app(app_id).map(|app| app.required.clone()).unwrap_or_default();
        for wish in &required {
            let Some(resource) = self.principal_of(&wish.resource_app_id).map(|principal| principal.id.clone()) else {
                continue;
            };
            match wish.kind {
                RequiredKind::Role => {
                    // Consent to what is granted already changes nothing.
                    let _known = self.assign_role(&client, &resource, &wish.id, now_ms);
                }
                RequiredKind::Scope => self.add_scopes(&client, &resource, None, &[wish.value.as_str()]),
            }
        }
    }

    /// Sets what everyone grants a client for an API, whatever was granted before; gives back the grant and its scopes before, or
    /// `None` when nothing changes. All ids are object ids.
    pub(crate) fn rewrite_scopes(
        &mut self,
        client: &str,
        resource: &str,
        scopes: &[String],
        now_ms: i64,
    ) -> Option<(DelegatedGrant, String)> {
        let standing = self
            .delegated_grants
            .iter_mut()
            .find(|grant| grant.client_id == client && grant.resource_id == resource && grant.consent_type == ConsentType::AllPrincipals);
        if let Some(grant) = standing {
            let before = std::mem::replace(&mut grant.scope, scopes.join(" "));
            return (before != grant.scope).then(|| (grant.clone(), before));
        }
        let grant = DelegatedGrant {
            id: String::new(),
            client_id: client.to_owned(),
            consent_type: ConsentType::AllPrincipals,
            principal_id: None,
            resource_id: resource.to_owned(),
            scope: scopes.join(" "),
            created_ms: now_ms,
        };
        self.add_grant(grant).ok().map(|grant| (grant, String::new()))
    }

    /// A user's own consent to delegated permissions of Microsoft Graph; creates the service principal if it is missing.
    pub fn grant_for_user(&mut self, app_id: &str, user_id: &str, scopes: &[&str]) {
        let Some(at) = self.ensure_principal(app_id, FOUNDED_MS) else {
            return;
        };
        let client = self.principals.get(at).map(|principal| principal.id.clone());
        let resource = self.principal_of(GRAPH_APP_ID).map(|principal| principal.id.clone());
        if let (Some(client), Some(resource)) = (client, resource) {
            self.add_scopes(&client, &resource, Some(user_id), scopes);
        }
    }

    /// Grants one application permission; all ids are object ids, the role's is the API's own.
    pub(crate) fn assign_role(
        &mut self,
        principal_id: &str,
        resource_id: &str,
        role_id: &str,
        now_ms: i64,
    ) -> Result<RoleAssignment, GrantRefused> {
        let client = self.principal(principal_id).ok_or(GrantRefused::Missing)?;
        let resource = self.principal(resource_id).ok_or(GrantRefused::Missing)?;
        let role = permissions::roles_of(&resource.app_id)
            .into_iter()
            .find(|role| role.id.eq_ignore_ascii_case(role_id))
            .ok_or(GrantRefused::UnknownPermission)?;
        let (principal_id, resource_id) = (client.id.clone(), resource.id.clone());
        if self
            .role_assignments
            .iter()
            .any(|grant| grant.principal_id == principal_id && grant.resource_id == resource_id && grant.app_role_id == role.id)
        {
            return Err(GrantRefused::Duplicate);
        }
        let grant = RoleAssignment { id: self.new_id(), principal_id, resource_id, app_role_id: role.id.to_owned(), created_ms: now_ms };
        self.role_assignments.push(grant.clone());
        Ok(grant)
    }

    /// Writes a delegated grant. One exists per client, API, consent type and user.
    pub(crate) fn add_grant(&mut self, mut grant: DelegatedGrant) -> Result<DelegatedGrant, GrantRefused> {
        if self.principal(&grant.client_id).is_none() || self.principal(&grant.resource_id).is_none() {
            return Err(GrantRefused::Missing);
        }
        if let Some(user) = &grant.principal_id
            && self.user(user).is_none()
        {
            return Err(GrantRefused::Missing);
        }
        if self.delegated_grants.iter().any(|known| {
            known.client_id == grant.client_id
                && known.resource_id == grant.resource_id
                && known.consent_type == grant.consent_type
                && known.principal_id == grant.principal_id
        }) {
            return Err(GrantRefused::Duplicate);
        }
        grant.id = self.new_id().replace('-', "");
        self.delegated_grants.push(grant.clone());
        Ok(grant)
    }

    /// The grants that stand in the tenant before Rollcall looks at it: excess, too strong, EWS, and one personal consent.
    pub(super) fn grant_as_found(&mut self) {
        let standing: [(&str, &str, &[&str]); 4] = [
            ("Invoice Scanner", GRAPH_APP_ID, &["Mail.Read"]),
            ("Old Newsletter Tool", GRAPH_APP_ID, &["Mail.Send"]),
            (
                "Sales Insights Legacy",
                GRAPH_APP_ID,
                &["Mail.ReadWrite", "Calendars.ReadWrite", "Directory.ReadWrite.All", "Files.ReadWrite.All", "User.Read.All"],
            ),
            ("Meeting Room Display", EXCHANGE_APP_ID, &["full_access_as_app", "IMAP.AccessAsApp"]),
        ];
        for (name, resource_app_id, values) in standing {
            let client = self.principals.iter().find(|principal| principal.display_name == name).map(|principal| principal.id.clone());
            let resource = self.principal_of(resource_app_id).map(|principal| principal.id.clone());
            let (Some(client), Some(resource)) = (client, resource) else {
                continue;
            };
            for role in permissions::roles_of(resource_app_id).into_iter().filter(|role| values.contains(&role.value)) {
                let _new = self.assign_role(&client, &resource, role.id, FOUNDED_MS);
            }
        }
        let legacy = self.apps.iter().find(|app| app.display_name == "Sales Insights Legacy").map(|app| app.client_id.clone());
        let person = self.users.get(2).map(|user| user.id.to_string());
        if let (Some(legacy), Some(person)) = (legacy, person) {
            self.grant_for_user(&legacy, &person, &["Mail.Read", "User.Read"]);
        }
    }

    fn add_scopes(&mut self, client: &str, resource: &str, user: Option<&str>, scopes: &[&str]) {
        let consent_type = match user {
            Some(_) => ConsentType::Principal,
            None => ConsentType::AllPrincipals,
        };
        let known = self.delegated_grants.iter_mut().find(|grant| {
            grant.client_id == client
                && grant.resource_id == resource
                && grant.consent_type == consent_type
                && grant.principal_id.as_deref() == user
        });
        match known {
            Some(grant) => {
                for scope in scopes {
                    if !grant.scope.split_whitespace().any(|known| known == *scope) {
                        grant.scope.push(' ');
                        grant.scope.push_str(scope);
                    }
                }
            }
            None => {
                let id = self.new_id().replace('-', "");
                self.delegated_grants.push(DelegatedGrant {
                    id,
                    client_id: client.to_owned(),
                    consent_type,
                    principal_id: user.map(str::to_owned),
                    resource_id: resource.to_owned(),
                    scope: scopes.join(" "),
                    created_ms: FOUNDED_MS,
                });
            }
        }
    }
}
