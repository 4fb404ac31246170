use super::{ConsentType, Recipient, World, hash, uuid_from};

/// Somebody asked for an app that they may not consent to themselves (`appConsentRequest`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentRequest {
    pub id: String,
    /// Client id.
    pub app_id: String,
    /// Delegated permissions that were asked for and are not granted to everybody yet.
    pub pending: Vec<String>,
    pub asked: Vec<Asked>,
}

/// One person's question (`userConsentRequest`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub id: String,
    /// Object id.
    pub user_id: String,
    pub created_ms: i64,
    pub reason: String,
    /// When it was answered by granting what was asked for.
    pub completed_ms: Option<i64>,
}

impl World {
    /// Asks an administrator. Several people who ask for the same share one request; who asks again only changes the reason.
    pub fn ask_for_consent(&mut self, app_id: &str, user_id: &str, scopes: &[String], reason: &str, now_ms: i64) {
        let number = self.consent_requests.iter().map(|request| request.asked.len() as u64 + 1).sum::<u64>();
        let id = |salt: u64| uuid_from(hash(&self.tenant_id, salt ^ number << 8), hash(user_id, salt ^ number << 8));
        let (request_id, asked_id) = (id(70), id(71));
        let same = |request: &&mut ConsentRequest| request.app_id == app_id && request.pending == scopes;
        let asked = Asked { id: asked_id, user_id: user_id.to_owned(), created_ms: now_ms, reason: reason.to_owned(), completed_ms: None };
        match self.consent_requests.iter_mut().find(same) {
            Some(request) => match request.asked.iter_mut().find(|known| known.user_id == user_id) {
                Some(known) => known.reason = asked.reason,
                None => request.asked.push(asked),
            },
            None => self.consent_requests.push(ConsentRequest {
                id: request_id,
                app_id: app_id.to_owned(),
                pending: scopes.to_vec(),
                asked: vec![asked],
            }),
        }
    }

    /// Takes out of the requests for a client, by the object id of its service principal, what everybody was granted in the meantime.
    pub(crate) fn settle_requests(&mut self, client_id: &str, now_ms: i64) {
        let Some(app_id) = self.principal(client_id).map(|client| client.app_id.clone()) else { return };
        let granted: Vec<&str> = self
            .delegated_grants
            .iter()
            .filter(|grant| grant.client_id == client_id && grant.consent_type == ConsentType::AllPrincipals)
            .flat_map(|grant| grant.scope.split_whitespace())
            .collect();
        for request in self.consent_requests.iter_mut().filter(|request| request.app_id == app_id) {
            request.pending.retain(|scope| !granted.contains(&scope.as_str()));
            if request.pending.is_empty() {
                for asked in &mut request.asked {
                    asked.completed_ms.get_or_insert(now_ms);
                }
            }
        }
    }

    /// Two people without Outreach asked for it; one of the two questions goes beyond what the vendor needs.
    pub(super) fn ask_as_found(&mut self, now_ms: i64) {
        const DAY_MS: i64 = 86_400_000;
        let Some(app) = self.app_by_key("outreach") else { return };
        let (app_id, needed) = (app.client_id.clone(), app.required.iter().map(|wish| wish.value.clone()).collect::<Vec<_>>());
        let plain = format!("plain.user@{}", self.domain);
        let without = |id: &str| !self.delegated_grants.iter().any(|grant| grant.principal_id.as_deref() == Some(id));
        let people: Vec<String> = self
            .users
            .iter()
            .filter(|user| user.recipient == Recipient::Person && user.enabled && user.admin_roles.is_empty() && user.upn != plain)
            .filter(|user| without(&user.id))
            .map(|user| user.id.to_string())
            .take(2)
            .collect();
        let mut more = needed.clone();
        more.extend(["Contacts.ReadWrite", "Files.Read.All"].map(str::to_owned));
        let asked = [(needed, "My team works with it from Monday on.", 2), (more, "The plug-in asked me to.", 5)];
        for (person, (scopes, reason, days)) in people.iter().zip(asked) {
            self.ask_for_consent(&app_id, person, &scopes, reason, now_ms - days * DAY_MS);
        }
    }
}
