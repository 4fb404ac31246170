use http::Method;

use super::error::{self, Refusal};
use super::{
    Ask, Reply, State, applications, assignments, audits, delta, exchange, grants, groups, mailbox, organization, policies, requests, sync,
    users,
};
use crate::faults::Workload;
use crate::token::{Caller, CallerKind};
use crate::world::{Decision, World};

/// A path that is answered: who may ask, and who answers.
pub(super) struct Route {
    pub(super) template: &'static str,
    need: Need,
    pub(super) workload: Option<Workload>,
    pub(super) run: Run,
}

impl Route {
    /// Whether it leads to the logs, which have limits and refusals of their own.
    pub(super) fn is_audit(&self) -> bool {
        self.template.starts_with("/auditLogs/")
    }
}

type Run = fn(&Ask<'_>) -> Result<Reply, Refusal>;

/// Permissions of which one is enough, the least first ("Microsoft Graph permissions reference" and each method's page).
#[derive(Clone, Copy)]
struct Need {
    delegated: &'static [&'static str],
    application: &'static [&'static str],
    /// Further permissions of which one is needed as well.
    and: &'static [&'static str],
    /// Directory roles of which the signed-in person needs one; empty: none needed.
    wids: &'static [&'static str],
}

const fn need(delegated: &'static [&'static str], application: &'static [&'static str]) -> Need {
    Need { delegated, application, and: &[], wids: &[] }
}

const fn both(either: &'static [&'static str]) -> Need {
    need(either, either)
}

const ME: Need = need(
    &[
        "User.Read",
        "User.ReadWrite",
        "User.ReadBasic.All",
        "User.Read.All",
        "User.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
    &["User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
);
const USERS: Need = both(&["User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]);
const USERS_DELTA: Need = both(&["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]);
const MEMBER_OF: Need = need(
    &[
        "User.Read",
        "GroupMember.ReadBasic.All",
        "GroupMember.Read.All",
        "Group.ReadBasic.All",
        "User.Read.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
    &["GroupMember.ReadBasic.All", "Group.ReadBasic.All", "User.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
);
const LICENCES: Need = need(
    &["LicenseAssignment.Read.All", "User.Read", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    &["LicenseAssignment.Read.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
);
const ORGANIZATION: Need = need(
    &["User.Read", "Organization.Read.All", "Organization.ReadWrite.All", "User.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    &["Organization.Read.All", "Organization.ReadWrite.All", "User.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
);
const DOMAINS: Need = both(&["Domain.Read.All", "Domain.ReadWrite.All", "Directory.Read.All"]);
const SKUS: Need = both(&[
    "LicenseAssignment.Read.All",
    "Organization.Read.All",
    "Organization.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
]);
const POLICY: Need = both(&["Policy.Read.All", "Policy.ReadWrite.Authorization"]);
const POLICY_WRITE: Need = Need {
    wids: &[crate::world::PRIVILEGED_ROLE_ADMINISTRATOR, crate::world::GLOBAL_ADMINISTRATOR],
    ..both(&["Policy.ReadWrite.Authorization"])
};
const WORKFLOW: Need = Need {
    wids: &[
        crate::world::CLOUD_APPLICATION_ADMINISTRATOR,
        crate::world::APPLICATION_ADMINISTRATOR,
        crate::world::GLOBAL_READER,
        crate::world::GLOBAL_ADMINISTRATOR,
    ],
    ..both(&["Policy.Read.All", "Policy.ReadWrite.ConsentRequest", "Directory.Read.All", "Directory.ReadWrite.All"])
};
const GRANT_POLICIES: Need = both(&["Policy.Read.PermissionGrant", "Policy.ReadWrite.PermissionGrant"]);
/// Microsoft names no role for reading requests; whoever may read the workflow, and whoever may answer, can.
const REQUESTS: Need = Need {
    wids: &[
        crate::world::CLOUD_APPLICATION_ADMINISTRATOR,
        crate::world::APPLICATION_ADMINISTRATOR,
        crate::world::PRIVILEGED_ROLE_ADMINISTRATOR,
        crate::world::GLOBAL_READER,
        crate::world::GLOBAL_ADMINISTRATOR,
    ],
    ..both(&["ConsentRequest.Read.All", "ConsentRequest.ReadWrite.All"])
};
const AUDITS: Need = Need {
    wids: &[
        crate::world::REPORTS_READER,
        crate::world::SECURITY_READER,
        crate::world::SECURITY_ADMINISTRATOR,
        crate::world::GLOBAL_READER,
        crate::world::GLOBAL_ADMINISTRATOR,
    ],
    ..both(&["AuditLog.Read.All", "Directory.Read.All"])
};
const ACCESS: Need = Need {
    wids: &[
        crate::world::CONDITIONAL_ACCESS_ADMINISTRATOR,
        crate::world::SECURITY_ADMINISTRATOR,
        crate::world::SECURITY_READER,
        crate::world::GLOBAL_READER,
        crate::world::GLOBAL_ADMINISTRATOR,
    ],
    ..both(&["Policy.Read.ConditionalAccess", "Policy.Read.All", "Policy.ReadWrite.ConditionalAccess"])
};
const GROUPS: Need = both(&[
    "Group.ReadBasic.All",
    "GroupMember.Read.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
]);
const MEMBERS: Need = both(&[
    "GroupMember.ReadBasic.All",
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "Group.ReadBasic.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
]);
const APPS: Need = need(
    &["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    &[
        "Application.Read.All",
        "Application.ReadWrite.OwnedBy",
        "Application.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
);
const APP_ADMINS: &[&str] = &[
    crate::world::CLOUD_APPLICATION_ADMINISTRATOR,
    crate::world::APPLICATION_ADMINISTRATOR,
    crate::world::PRIVILEGED_ROLE_ADMINISTRATOR,
    crate::world::GLOBAL_ADMINISTRATOR,
];
const APPS_WRITE: Need = Need {
    delegated: &["Application.ReadWrite.All", "Directory.ReadWrite.All"],
    application: &["Application.ReadWrite.OwnedBy", "Application.ReadWrite.All", "Directory.ReadWrite.All"],
    and: &[],
    wids: APP_ADMINS,
};
const ASSIGN: Need = Need {
    delegated: &["AppRoleAssignment.ReadWrite.All"],
    application: &["AppRoleAssignment.ReadWrite.All"],
    and: &["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    wids: APP_ADMINS,
};
const UNASSIGN: Need = Need { and: &[], ..ASSIGN };
const GRANTS: Need = both(&["Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All"]);
const GRANTS_WRITE: Need = Need {
    delegated: &["DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All"],
    application: &["DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All"],
    and: &[],
    wids: APP_ADMINS,
};
const EXCHANGE_READERS: &[&str] = &[crate::world::EXCHANGE_ADMINISTRATOR, crate::world::GLOBAL_READER, crate::world::GLOBAL_ADMINISTRATOR];
const EXCHANGE_ROLES: Need =
    Need { wids: EXCHANGE_READERS, ..both(&["RoleManagement.Read.Exchange", "RoleManagement.ReadWrite.Exchange"]) };
const UNITS: Need = both(&["AdministrativeUnit.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"]);
/// The practice Exchange takes any sign-in of who may administer Exchange.
const CMDLETS: Need = Need {
    delegated: USERS.delegated,
    application: &[],
    and: &[],
    wids: &[crate::world::EXCHANGE_ADMINISTRATOR, crate::world::GLOBAL_ADMINISTRATOR],
};
const SETTINGS: Need = both(&["MailboxSettings.Read", "MailboxSettings.ReadWrite"]);
const MAIL: Need =
    need(&["Mail.ReadBasic", "Mail.Read", "Mail.ReadWrite"], &["Mail.ReadBasic.All", "Mail.ReadBasic", "Mail.Read", "Mail.ReadWrite"]);
const SEND: Need = both(&["Mail.Send"]);
const CALENDAR: Need = need(
    &["Calendars.ReadBasic", "Calendars.Read", "Calendars.ReadWrite"],
    &["Calendars.ReadBasic.All", "Calendars.Read", "Calendars.ReadWrite"],
);
const CALENDAR_DELTA: Need = both(&["Calendars.Read", "Calendars.ReadWrite"]);
const CONTACTS: Need = both(&["Contacts.Read", "Contacts.ReadWrite"]);
const TASKS: Need = need(&["Tasks.Read", "Tasks.ReadWrite"], &["Tasks.Read.All", "Tasks.ReadWrite.All"]);

// The usual questions of who checks mailboxes.
pub(super) const SETTING: Route = outlook_route("/users/{u}/mailboxSettings/{property}", Workload::Settings, SETTINGS, mailbox::setting);
pub(super) const FOLDER: Route = outlook_route("/users/{u}/mailFolders/{f}", Workload::Mail, MAIL, mailbox::folder);
pub(super) const CALENDAR_VIEW: Route = outlook_route("/users/{u}/calendarView", Workload::Calendar, CALENDAR, mailbox::calendar_view);
pub(super) const CONTACT_FOLDERS: Route =
    outlook_route("/users/{u}/contactFolders", Workload::Contacts, CONTACTS, mailbox::contact_folders);
pub(super) const TASK_LISTS: Route = outlook_route("/users/{u}/todo/lists", Workload::Tasks, TASKS, mailbox::task_lists);

const fn outlook_route(template: &'static str, workload: Workload, need: Need, run: Run) -> Route {
    Route { template, need, workload: Some(workload), run }
}

/// Finds what answers a path; keywords match in any letter case.
pub(super) fn find(method: &Method, segments: &[String]) -> Result<Route, Refusal> {
    let lower: Vec<String> = segments.iter().map(|segment| segment.to_ascii_lowercase()).collect();
    let parts: Vec<&str> = lower.iter().map(String::as_str).collect();
    let directory = |template, need, run: Run| Some(Route { template, need, workload: None, run });
    let found = match (method.as_str(), parts.as_slice()) {
        ("GET", ["organization"]) => directory("/organization", ORGANIZATION, organization::organization),
        ("GET", ["domains"]) => directory("/domains", DOMAINS, organization::domains),
        ("GET", ["subscribedskus"]) => directory("/subscribedSkus", SKUS, organization::skus),
        ("GET", ["policies", "authorizationpolicy"]) => directory("/policies/authorizationPolicy", POLICY, policies::authorization),
        ("PATCH", ["policies", "authorizationpolicy"]) => {
            directory("/policies/authorizationPolicy", POLICY_WRITE, policies::patch_authorization)
        }
        ("GET", ["policies", "adminconsentrequestpolicy"]) => {
            directory("/policies/adminConsentRequestPolicy", WORKFLOW, policies::admin_consent)
        }
        ("GET", ["policies", "permissiongrantpolicies"]) => {
            directory("/policies/permissionGrantPolicies", GRANT_POLICIES, policies::permission_grants)
        }
        ("GET", ["policies", "permissiongrantpolicies", _]) => {
            directory("/policies/permissionGrantPolicies/{id}", GRANT_POLICIES, policies::permission_grant)
        }
        ("GET", ["identity", "conditionalaccess", "policies"]) => {
            directory("/identity/conditionalAccess/policies", ACCESS, policies::access)
        }
        ("GET", ["identity", "conditionalaccess", "policies", _]) => {
            directory("/identity/conditionalAccess/policies/{id}", ACCESS, policies::one_access)
        }
        ("GET", ["identitygovernance", "appconsent", "appconsentrequests"]) => {
            directory("/identityGovernance/appConsent/appConsentRequests", REQUESTS, requests::list)
        }
        ("GET", ["identitygovernance", "appconsent", "appconsentrequests", _]) => {
            directory("/identityGovernance/appConsent/appConsentRequests/{id}", REQUESTS, requests::one)
        }
        ("GET", ["identitygovernance", "appconsent", "appconsentrequests", _, "userconsentrequests"]) => {
            directory("/identityGovernance/appConsent/appConsentRequests/{id}/userConsentRequests", REQUESTS, requests::of_users)
        }
        ("GET", ["auditlogs", "directoryaudits"]) => directory("/auditLogs/directoryAudits", AUDITS, audits::list),
        ("GET", ["auditlogs", "directoryaudits", _]) => directory("/auditLogs/directoryAudits/{id}", AUDITS, audits::one),
        ("GET", ["users"]) => directory("/users", USERS, users::list),
        ("GET", ["users", "$count"]) => directory("/users/$count", USERS, users::count),
        ("GET", ["users", "delta"]) => directory("/users/delta", USERS_DELTA, delta::users),
        ("GET", ["users", _]) => directory("/users/{u}", ME, users::one),
        ("GET", ["users", _, "memberof"]) => directory("/users/{u}/memberOf", MEMBER_OF, users::member_of),
        ("GET", ["users", _, "transitivememberof"]) => directory("/users/{u}/transitiveMemberOf", MEMBER_OF, users::transitive_member_of),
        ("GET", ["users", _, "memberof" | "transitivememberof", "microsoft.graph.directoryrole"]) => {
            directory("/users/{u}/memberOf/microsoft.graph.directoryRole", MEMBER_OF, users::directory_roles)
        }
        ("GET", ["users", _, "licensedetails"]) => directory("/users/{u}/licenseDetails", LICENCES, users::licences),
        ("GET", ["users", _, "oauth2permissiongrants"]) => directory("/users/{u}/oauth2PermissionGrants", GRANTS, grants::of_user),
        ("GET", ["groups"]) => directory("/groups", GROUPS, groups::list),
        ("GET", ["groups", "$count"]) => directory("/groups/$count", GROUPS, groups::count),
        ("GET", ["groups", _]) => directory("/groups/{g}", GROUPS, groups::one),
        ("GET", ["groups", _, "members"]) => directory("/groups/{g}/members", MEMBERS, groups::members),
        ("GET", ["groups", _, "members", "$count"]) => directory("/groups/{g}/members/$count", MEMBERS, groups::count_members),
        ("GET", ["groups", _, "members", "microsoft.graph.user"]) => {
            directory("/groups/{g}/members/microsoft.graph.user", MEMBERS, groups::users)
        }
        ("GET", ["groups", _, "transitivemembers"]) => directory("/groups/{g}/transitiveMembers", MEMBERS, groups::transitive_members),
        ("GET", ["groups", _, "transitivemembers", "$count"]) => {
            directory("/groups/{g}/transitiveMembers/$count", MEMBERS, groups::count_transitive_members)
        }
        ("GET", ["groups", _, "transitivemembers", "microsoft.graph.user"]) => {
            directory("/groups/{g}/transitiveMembers/microsoft.graph.user", MEMBERS, groups::transitive_users)
        }
        ("GET", ["applications"]) => directory("/applications", APPS, applications::list_apps),
        ("GET", ["applications", _]) => directory("/applications/{a}", APPS, applications::one_app),
        ("PATCH", ["applications", _]) => directory("/applications/{a}", APPS_WRITE, applications::patch_app),
        ("POST", ["applications", _, "addpassword"]) => directory("/applications/{a}/addPassword", APPS_WRITE, applications::add_password),
        ("POST", ["applications", _, "removepassword"]) => {
            directory("/applications/{a}/removePassword", APPS_WRITE, applications::remove_password)
        }
        ("GET", ["serviceprincipals"]) => directory("/servicePrincipals", APPS, applications::list_principals),
        ("GET", ["serviceprincipals", "$count"]) => directory("/servicePrincipals/$count", APPS, applications::count_principals),
        ("POST", ["serviceprincipals"]) => directory("/servicePrincipals", APPS_WRITE, applications::create_principal),
        ("GET", ["serviceprincipals", _]) => directory("/servicePrincipals/{sp}", APPS, applications::one_principal),
        ("PATCH", ["serviceprincipals", _]) => directory("/servicePrincipals/{sp}", APPS_WRITE, applications::patch_principal),
        ("DELETE", ["serviceprincipals", _]) => directory("/servicePrincipals/{sp}", APPS_WRITE, applications::delete_principal),
        ("GET", ["serviceprincipals", _, "approleassignments"]) => {
            directory("/servicePrincipals/{sp}/appRoleAssignments", APPS, assignments::of_client)
        }
        ("GET", ["serviceprincipals", _, "approleassignedto"]) => {
            directory("/servicePrincipals/{sp}/appRoleAssignedTo", APPS, assignments::of_resource)
        }
        ("POST", ["serviceprincipals", _, "approleassignments"]) => {
            directory("/servicePrincipals/{sp}/appRoleAssignments", ASSIGN, assignments::create)
        }
        ("POST", ["serviceprincipals", _, "approleassignedto"]) => {
            directory("/servicePrincipals/{sp}/appRoleAssignedTo", ASSIGN, assignments::create)
        }
        ("GET", ["serviceprincipals", _, "approleassignments" | "approleassignedto", _]) => {
            directory("/servicePrincipals/{sp}/appRoleAssignments/{id}", APPS, assignments::one)
        }
        ("DELETE", ["serviceprincipals", _, "approleassignments" | "approleassignedto", _]) => {
            directory("/servicePrincipals/{sp}/appRoleAssignments/{id}", UNASSIGN, assignments::delete)
        }
        ("GET", ["serviceprincipals", _, "oauth2permissiongrants"]) => {
            directory("/servicePrincipals/{sp}/oauth2PermissionGrants", GRANTS, grants::of_client)
        }
        ("GET", ["rolemanagement", "exchange", "roleassignments"]) => {
            directory("/roleManagement/exchange/roleAssignments", EXCHANGE_ROLES, exchange::assignments)
        }
        ("GET", ["rolemanagement", "exchange", "roledefinitions"]) => {
            directory("/roleManagement/exchange/roleDefinitions", EXCHANGE_ROLES, exchange::definitions)
        }
        ("GET", ["rolemanagement", "exchange", "customappscopes"]) => {
            directory("/roleManagement/exchange/customAppScopes", EXCHANGE_ROLES, exchange::scopes)
        }
        ("GET", ["directory", "administrativeunits"]) => directory("/directory/administrativeUnits", UNITS, exchange::units),
        ("GET", ["directory", "administrativeunits", _]) => directory("/directory/administrativeUnits/{id}", UNITS, exchange::unit),
        ("GET", ["directory", "administrativeunits", _, "members", "microsoft.graph.user"]) => {
            directory("/directory/administrativeUnits/{id}/members/microsoft.graph.user", UNITS, exchange::unit_users)
        }
        ("POST", ["practice", "exchangecmdlet"]) => directory("/practice/exchangeCmdlet", CMDLETS, exchange::invoke),
        ("GET", ["oauth2permissiongrants"]) => directory("/oauth2PermissionGrants", GRANTS, grants::list),
        ("POST", ["oauth2permissiongrants"]) => directory("/oauth2PermissionGrants", GRANTS_WRITE, grants::create),
        ("GET", ["oauth2permissiongrants", _]) => directory("/oauth2PermissionGrants/{id}", GRANTS, grants::one),
        ("PATCH", ["oauth2permissiongrants", _]) => directory("/oauth2PermissionGrants/{id}", GRANTS_WRITE, grants::patch),
        ("DELETE", ["oauth2permissiongrants", _]) => directory("/oauth2PermissionGrants/{id}", GRANTS_WRITE, grants::delete),
        ("GET", ["users", _, rest @ ..]) => outlook(rest),
        ("POST", ["users", _, "sendmail"]) => {
            Some(Route { template: "/users/{u}/sendMail", need: SEND, workload: Some(Workload::Mail), run: mailbox::send })
        }
        _ => None,
    };
    found.ok_or_else(|| match (method.as_str(), segments.first()) {
        ("GET", _) | (_, None) => {
            let segment = segments.last().map_or("", String::as_str);
            Refusal::new(400, "BadRequest", format!("Resource not found for the segment '{segment}'."))
        }
        (_, Some(_)) => Refusal::new(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target."),
    })
}

/// The paths below `/users/{u}` that Exchange answers.
fn outlook(rest: &[&str]) -> Option<Route> {
    use Workload::{Calendar, Contacts, Mail, Settings, Tasks};
    let route = |template, workload, need, run: Run| Some(outlook_route(template, workload, need, run));
    match rest {
        ["mailboxsettings"] => route("/users/{u}/mailboxSettings", Settings, SETTINGS, mailbox::settings),
        ["mailboxsettings", _] => Some(SETTING),
        ["mailfolders"] => route("/users/{u}/mailFolders", Mail, MAIL, mailbox::folders),
        ["mailfolders", "delta"] => route("/users/{u}/mailFolders/delta", Mail, MAIL, sync::folders),
        ["mailfolders", _] => Some(FOLDER),
        ["mailfolders", _, "messages"] => route("/users/{u}/mailFolders/{f}/messages", Mail, MAIL, mailbox::folder_messages),
        ["mailfolders", _, "messages", "delta"] => route("/users/{u}/mailFolders/{f}/messages/delta", Mail, MAIL, sync::messages),
        ["messages"] => route("/users/{u}/messages", Mail, MAIL, mailbox::messages),
        ["calendar"] => route("/users/{u}/calendar", Calendar, CALENDAR, mailbox::calendar),
        ["calendars"] => route("/users/{u}/calendars", Calendar, CALENDAR, mailbox::calendars),
        ["events"] | ["calendar", "events"] => route("/users/{u}/events", Calendar, CALENDAR, mailbox::events),
        ["calendarview"] | ["calendar", "calendarview"] => Some(CALENDAR_VIEW),
        ["events", "delta"] => route("/users/{u}/events/delta", Calendar, CALENDAR_DELTA, sync::events),
        ["calendarview", "delta"] => route("/users/{u}/calendarView/delta", Calendar, CALENDAR_DELTA, sync::events),
        ["contacts"] => route("/users/{u}/contacts", Contacts, CONTACTS, mailbox::contacts),
        ["contacts", "delta"] => route("/users/{u}/contacts/delta", Contacts, CONTACTS, sync::contacts),
        ["contactfolders"] => Some(CONTACT_FOLDERS),
        ["todo", "lists"] => Some(TASK_LISTS),
        ["todo", "lists", "delta"] => route("/users/{u}/todo/lists/delta", Tasks, TASKS, sync::task_lists),
        ["todo", "lists", _, "tasks", "delta"] => route("/users/{u}/todo/lists/{l}/tasks/delta", Tasks, TASKS, sync::tasks),
        _ => None,
    }
}

/// Checks what is really in the token, frozen when it was issued.
pub(super) fn authorise(route: &Route, caller: &Caller, segments: &[String], state: &State, now_ms: i64) -> Result<(), Refusal> {
    if let (CallerKind::App { .. }, Some(_)) = (&caller.kind, route.workload)
        && state.world().has_exchange_role(&caller.app_id, route.need.application, now_ms)
    {
        // Which mailboxes its role of Exchange reaches is decided by the mailbox.
        return Ok(());
    }
    let refusal = || match route.workload {
        Some(_) => error::mailbox_denied(),
        None if route.is_audit() => error::audit_denied(),
        None => error::denied(),
    };
    let has = |held: &[String], either: &[&str]| either.iter().any(|wanted| held.iter().any(|held| held.eq_ignore_ascii_case(wanted)));
    let (held, either) = match &caller.kind {
        // Exchange answers a token without any role like this, with nothing to read.
        CallerKind::App { roles } if roles.is_empty() && route.workload.is_some() => return Err(Refusal::new(401, "UnknownError", "")),
        CallerKind::App { roles } => (roles, route.need.application),
        CallerKind::User { user_id, scopes, wids } => {
            if !route.need.wids.is_empty() && !has(wids, route.need.wids) {
                // Who lacks both is told about the permission first.
                return Err(if route.is_audit() && has(scopes, route.need.delegated) { error::wrong_role() } else { refusal() });
            }
            // User.Read alone opens one's own account only.
            let others = segments.first().is_some_and(|first| first.eq_ignore_ascii_case("users"))
                && segments.get(1).is_some_and(|key| !key.eq_ignore_ascii_case(user_id));
            match others && route.workload.is_none() && route.need.delegated.first() == Some(&"User.Read") {
                true => (scopes, route.need.application),
                false => (scopes, route.need.delegated),
            }
        }
    };
    if has(held, either) && (route.need.and.is_empty() || has(held, route.need.and)) { Ok(()) } else { Err(refusal()) }
}

/// Whether an application reaches a mailbox: what Entra has granted, as far as access policies leave it, and roles of Exchange.
pub(super) fn reach(route: &Route, caller: &Caller, world: &World, at: u32, now_ms: i64) -> Result<(), Refusal> {
    let (CallerKind::App { roles }, Some(workload)) = (&caller.kind, route.workload) else { return Ok(()) };
    if world.exchange.is_untouched() || workload == Workload::Tasks {
        return Ok(());
    }
    let granted = roles.iter().any(|held| route.need.application.iter().any(|wanted| wanted.eq_ignore_ascii_case(held)));
    match world.decide(&caller.app_id, granted, route.need.application, at, now_ms) {
        Decision::Open => Ok(()),
        Decision::Policy => {
            Err(Refusal::new(403, "ErrorAccessDenied", "Access to OData is disabled: [RAOP] by the tenant's AppOnly AccessPolicy."))
        }
        Decision::OutOfScope | Decision::Nothing => Err(error::mailbox_denied()),
    }
}
