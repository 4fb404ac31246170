use super::permissions::{self, EXCHANGE_APP_ID, GRAPH_APP_ID};
use super::{FOUNDED_MS, Random, World};

/// The display name of the integration that `Details` describes.
pub const PRACTICE_APP_NAME: &str = "Practice Integration";

/// Crelate's published client id ("Crelate: Microsoft 365 technical requirements").
const CRELATE_CLIENT_ID: &str = "8410d572-e055-48e5-b2c7-869538daf671";

/// An app registration.
pub struct App {
    /// The object id of the registration; not the client id.
    pub id: String,
    pub client_id: String,
    pub display_name: String,
    pub secrets: Vec<Secret>,
    /// DER, a certificate or its SubjectPublicKeyInfo.
    pub certificates: Vec<Vec<u8>>,
    /// A loopback entry matches any port and any path (RFC 8252, 7.3).
    pub redirect_uris: Vec<String>,
    /// May redeem a code without a secret.
    pub public_client: bool,
    /// `requiredResourceAccess`: what `.default` and the admin consent page ask for.
    pub required: Vec<Required>,
    /// Registered by a vendor for many tenants; the registration itself lives in the vendor's tenant.
    pub multi_tenant: bool,
    /// What tests and scripts call it, whatever its ids: `outreach`, `revenue_grid`.
    pub key: &'static str,
    /// Its publisher proved who they are ("Publisher verification").
    pub verified: bool,
    /// Microsoft switched it off in every tenant (`disabledByMicrosoftStatus`).
    pub blocked: bool,
}

/// A client secret. No `Debug`: it is practice data, yet it is handled as the real thing.
pub struct Secret {
    pub key_id: String,
    pub value: String,
    /// Milliseconds since 1970; `None` never expires.
    pub expires_ms: Option<i64>,
    /// What the person who made it wrote beside it.
    pub display_name: Option<String>,
    pub created_ms: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequiredKind {
    /// Application permission.
    Role,
    /// Delegated permission.
    Scope,
}

/// One wished-for permission; the grant is another object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Required {
    pub resource_app_id: String,
    pub id: String,
    pub kind: RequiredKind,
    /// The permission's name, as tokens carry it.
    pub value: String,
}

/// A service principal: an app's presence in this tenant.
pub struct Principal {
    pub id: String,
    pub app_id: String,
    pub display_name: String,
    /// False: nobody gets a token for it (AADSTS7000112).
    pub enabled: bool,
    /// Only assigned users may sign in when true.
    pub assignment_required: bool,
    pub created_ms: i64,
}

impl World {
    /// The integration that `Details` describes.
    pub fn practice_app(&self) -> Option<&App> {
        self.apps.iter().find(|app| app.display_name == PRACTICE_APP_NAME)
    }

    /// The registration with this object id.
    pub(crate) fn app_by_object_id(&self, id: &str) -> Option<usize> {
        self.apps.iter().position(|app| app.id.eq_ignore_ascii_case(id))
    }

    /// The service principal of an app, created when it does not exist yet. `None`: there is no such app.
    pub(crate) fn ensure_principal(&mut self, app_id: &str, now_ms: i64) -> Option<usize> {
        if let Some(at) = self.principals.iter().position(|principal| principal.app_id.eq_ignore_ascii_case(app_id)) {
            return Some(at);
        }
        let app = self.app(app_id)?;
        let (app_id, display_name) = (app.client_id.clone(), app.display_name.clone());
        let id = self.random.uuid();
        self.principals.push(Principal { id, app_id, display_name, enabled: true, assignment_required: false, created_ms: now_ms });
        Some(self.principals.len() - 1)
    }

    /// A fresh object id.
    pub(crate) fn new_id(&mut self) -> String {
        self.random.uuid()
    }

    /// Adds a secret to a registration. Out comes its key id and value, or `None` when there is no such app.
    pub(crate) fn add_secret(
        &mut self,
        at: usize,
        display_name: Option<String>,
        now_ms: i64,
        expires_ms: Option<i64>,
    ) -> Option<(String, String)> {
        let (key_id, value) = (self.random.uuid(), secret_value(&mut self.random));
        let app = self.apps.get_mut(at)?;
        app.secrets.push(Secret { key_id: key_id.clone(), value: value.clone(), expires_ms, display_name, created_ms: now_ms });
        Some((key_id, value))
    }

    /// Gives the secrets of our own registrations the ages that a check should notice, counted from when the tenant opens: one has ended
    /// long ago already, one ends in twelve days, those of the practice integration last.
    pub(super) fn age_secrets(&mut self, now_ms: i64) {
        const DAY_MS: i64 = 86_400_000;
        for app in &mut self.apps {
            let (name, created_ms, expires_ms) = match app.key {
                "practice" => ("practice integration", FOUNDED_MS, None),
                "invoice_scanner" => ("scanner on the ground floor", FOUNDED_MS, Some(FOUNDED_MS + 180 * DAY_MS)),
                "payroll_mailer" => ("payroll run", now_ms - 353 * DAY_MS, Some(now_ms + 12 * DAY_MS)),
                "room_display" => ("door displays", now_ms - 90 * DAY_MS, Some(now_ms + 275 * DAY_MS)),
                _ => continue,
            };
            for secret in &mut app.secrets {
                secret.display_name = Some(name.to_owned());
                (secret.created_ms, secret.expires_ms) = (created_ms, expires_ms);
            }
        }
    }

    /// The registration that tests and scripts know by this name; see [`App::key`].
    pub fn app_by_key(&self, key: &str) -> Option<&App> {
        self.apps.iter().find(|app| app.key == key)
    }
}

pub(crate) fn register(random: &mut Random, founded_ms: i64) -> (Vec<App>, Vec<Principal>) {
    const DELEGATED_BASICS: [&str; 5] = ["User.Read", "openid", "profile", "email", "offline_access"];
    let outlook_app = [
        "Mail.ReadWrite",
        "Mail.Send",
        "Calendars.ReadWrite",
        "Contacts.ReadWrite",
        "MailboxSettings.Read",
        "User.Read.All",
        "Tasks.ReadWrite.All",
    ];
    let mut apps = Vec::new();

    let mut practice = app(random, "practice", PRACTICE_APP_NAME, None);
    practice.multi_tenant = false;
    practice.required = roles(GRAPH_APP_ID, &outlook_app);
    practice.required.extend(roles(GRAPH_APP_ID, &["Organization.Read.All"]));
    practice.required.extend(scopes(GRAPH_APP_ID, &DELEGATED_BASICS));
    apps.push(practice);

    let mut revenue_grid = app(random, "revenue_grid", "Revenue Grid", None);
    revenue_grid.required = roles(GRAPH_APP_ID, &outlook_app);
    revenue_grid.required.extend(roles(GRAPH_APP_ID, &["OnlineMeetings.ReadWrite.All"]));
    apps.push(revenue_grid);

    let mut outreach = app(random, "outreach", "Outreach", None);
    outreach.required = scopes(
        GRAPH_APP_ID,
        &[
            "User.Read",
            "Calendars.ReadWrite",
            "MailboxSettings.Read",
            "Mail.ReadWrite",
            "Mail.Send",
            "offline_access",
            "openid",
            "profile",
            "email",
        ],
    );
    apps.push(outreach);

    let mut inloox = app(random, "inloox", "InLoox", None);
    inloox.required = roles(GRAPH_APP_ID, &["Calendars.ReadBasic.All", "TeamsActivity.Send", "User.Read.All"]);
    inloox.required.extend(scopes(
        GRAPH_APP_ID,
        &[
            "Calendars.Read.Shared",
            "Calendars.ReadWrite",
            "Calendars.ReadWrite.Shared",
            "Contacts.Read",
            "Contacts.Read.Shared",
            "email",
            "openid",
            "profile",
            "offline_access",
            "Files.ReadWrite.All",
            "Group.Read.All",
            "Mail.Read",
            "Mail.ReadWrite",
            "Sites.ReadWrite.All",
            "Tasks.Read",
            "User.Read",
        ],
    ));
    apps.push(inloox);

    let mut crelate = app(random, "crelate", "Crelate", Some(CRELATE_CLIENT_ID));
    crelate.required =
        scopes(GRAPH_APP_ID, &["openid", "profile", "email", "offline_access", "Mail.ReadWrite", "Mail.Send", "Calendars.ReadWrite"]);
    apps.push(crelate);

    let mut expired = app(random, "invoice_scanner", "Invoice Scanner", None);
    expired.multi_tenant = false;
    expired.required = roles(GRAPH_APP_ID, &["Mail.Read"]);
    for secret in &mut expired.secrets {
        secret.expires_ms = Some(founded_ms + 180 * 86_400_000);
    }
    apps.push(expired);

    let mut disabled = app(random, "newsletter_tool", "Old Newsletter Tool", None);
    disabled.required = roles(GRAPH_APP_ID, &["Mail.Send"]);
    apps.push(disabled);

    let mut excessive = app(random, "sales_insights", "Sales Insights Legacy", None);
    excessive.verified = false;
    excessive.required = roles(GRAPH_APP_ID, &["Mail.Read", "Calendars.Read", "User.Read.All"]);
    apps.push(excessive);

    let mut ews = app(random, "room_display", "Meeting Room Display", None);
    ews.multi_tenant = false;
    ews.required = roles(EXCHANGE_APP_ID, &["full_access_as_app"]);
    apps.push(ews);

    let mut principals = vec![
        principal(random, GRAPH_APP_ID, "Microsoft Graph", founded_ms),
        principal(random, EXCHANGE_APP_ID, "Office 365 Exchange Online", founded_ms),
    ];
    const PRESENT: [&str; 5] =
        [PRACTICE_APP_NAME, "Invoice Scanner", "Old Newsletter Tool", "Sales Insights Legacy", "Meeting Room Display"];
    for app in apps.iter().filter(|app| PRESENT.contains(&app.display_name.as_str())) {
        let mut found = principal(random, &app.client_id, &app.display_name, founded_ms);
        found.enabled = app.display_name != "Old Newsletter Tool";
        principals.push(found);
    }
    (apps, principals)
}

/// What was registered later: an app that Microsoft switched off, one for assigned people only, one of our own whose secret
/// runs out, and the public client with which an admin's console signs in. They draw from a sequence of their own, so that the ids of everything else stay what they are.
pub(crate) fn register_more(random: &mut Random, founded_ms: i64) -> (Vec<App>, Vec<Principal>) {
    let mut merger = app(random, "mail_merger", "Bulk Mail Merger", None);
    merger.required = scopes(GRAPH_APP_ID, &["Mail.ReadWrite", "Mail.Send", "Contacts.Read"]);
    merger.verified = false;
    merger.blocked = true;

    let mut travel = app(random, "travel_desk", "Travel Desk", None);
    travel.required = scopes(GRAPH_APP_ID, &["User.Read", "openid", "profile", "email", "offline_access"]);

    let mut payroll = app(random, "payroll_mailer", "Payroll Mailer", None);
    payroll.required = roles(GRAPH_APP_ID, &["Mail.Send"]);
    payroll.multi_tenant = false;

    let mut console = app(random, "console", "Rollcall", None);
    console.multi_tenant = false;
    console.secrets.clear();
    console.required =
        scopes(GRAPH_APP_ID, &["User.Read.All", "Directory.Read.All", "Application.Read.All", "openid", "profile", "offline_access"]);

    let apps = vec![merger, travel, payroll, console];
    let mut principals = Vec::new();
    for app in &apps {
        let mut found = principal(random, &app.client_id, &app.display_name, founded_ms);
        found.assignment_required = app.key == "travel_desk";
        principals.push(found);
    }
    (apps, principals)
}

fn app(random: &mut Random, key: &'static str, display_name: &str, client_id: Option<&str>) -> App {
    App {
        id: random.uuid(),
        client_id: client_id.map_or_else(|| random.uuid(), str::to_owned),
        display_name: display_name.to_owned(),
        secrets: vec![Secret {
            key_id: random.uuid(),
            value: secret_value(random),
            expires_ms: None,
            display_name: None,
            created_ms: FOUNDED_MS,
        }],
        certificates: Vec::new(),
        redirect_uris: vec!["http://localhost".to_owned(), "http://127.0.0.1".to_owned()],
        public_client: true,
        required: Vec::new(),
        multi_tenant: true,
        key,
        verified: true,
        blocked: false,
    }
}

fn principal(random: &mut Random, app_id: &str, display_name: &str, created_ms: i64) -> Principal {
    Principal {
        id: random.uuid(),
        app_id: app_id.to_owned(),
        display_name: display_name.to_owned(),
        enabled: true,
        assignment_required: false,
        created_ms,
    }
}

fn secret_value(random: &mut Random) -> String {
    format!("practice~{:016x}{:016x}", random.next(), random.next())
}

fn roles(resource: &str, values: &[&str]) -> Vec<Required> {
    permissions::roles_of(resource)
        .into_iter()
        .filter(|role| values.contains(&role.value))
        .map(|role| required(resource, role.id, RequiredKind::Role, role.value))
        .collect()
}

fn scopes(resource: &str, values: &[&str]) -> Vec<Required> {
    permissions::scopes_of(resource)
        .into_iter()
        .filter(|scope| values.contains(&scope.value))
        .map(|scope| required(resource, scope.id, RequiredKind::Scope, scope.value))
        .collect()
}

fn required(resource: &str, id: &str, kind: RequiredKind, value: &str) -> Required {
    Required { resource_app_id: resource.to_owned(), id: id.to_owned(), kind, value: value.to_owned() }
}

#[cfg(test)]
mod tests {
    use crate::faults::FaultPlan;
    use crate::world::{RequiredKind, World};

    #[test]
    fn the_vendors_ask_for_what_they_publish() {
        let world = World::build(1, 30, &FaultPlan::none());
        let count = |key: &str, kind| {
            let app = world.app_by_key(key).unwrap();
            assert!(app.multi_tenant && app.redirect_uris.iter().any(|uri| uri == "http://localhost"), "{key}");
            app.required.iter().filter(|wish| wish.kind == kind).count()
        };
        for (key, roles, scopes) in [("revenue_grid", 8, 0), ("outreach", 0, 9), ("inloox", 3, 16), ("crelate", 0, 7)] {
            assert_eq!((count(key, RequiredKind::Role), count(key, RequiredKind::Scope)), (roles, scopes), "{key}");
        }
        assert_eq!(world.app_by_key("crelate").unwrap().client_id, "8410d572-e055-48e5-b2c7-869538daf671");
        let present = |key: &str| world.principal_of(&world.app_by_key(key).unwrap().client_id).is_some();
        assert!(!present("revenue_grid") && !present("crelate") && !present("inloox"), "nobody consented to them yet");
        assert!(present("travel_desk") && present("mail_merger"));
    }
}
