//! What roles of Exchange give beside the grants ("RBAC for Applications"): no token tells it, and neither does Entra.

use super::{ConsentRow, ConsentState, unneeded};
use crate::grant::Grant;
use crate::id::AppId;
use crate::integration::RequiredPermission;
use crate::permission::{self, PermissionType, Resource};
use crate::scope::present::{self, Assignment, Reaches};
use crate::scope::{Limit, cover};

/// What is known of an application's roles, and whom it is to reach.
#[derive(Debug, Clone, Copy)]
pub struct ByRoles<'a> {
    /// The limit of the integration's reach that the organization wishes; `None` where everyone is to be reached.
    pub limit: Option<&'a Limit>,
    /// Whether the script of that limit is known to have run since it was wished.
    pub applied: bool,
    /// The limits that other organizations wish that share the integration: roles are the application's, so a grant can void each.
    pub others: &'a [Limit],
    pub app: AppId,
    pub told: Told<'a>,
}

/// The roles that an application was given.
#[derive(Debug, Clone, Copy)]
pub enum Told<'a> {
    /// They are these.
    Now(&'a [Assignment]),
    /// They were these before something was changed, or before a reading that couldn't tell them. It explains, and decides nothing.
    Before(&'a [Assignment]),
    Nothing,
}

impl ByRoles<'_> {
    /// Whether a grant for the whole tenant would make a wished scope void, the organization's or that of another one.
    #[must_use]
    pub fn would_void(&self, grant: &Grant) -> bool {
        self.limit.into_iter().chain(self.others).any(|limit| present::would_void(limit, grant))
    }

    /// The role by which a wished scope gives a permission.
    pub(super) fn in_place_of(&self, wanted: &RequiredPermission) -> Option<&'static str> {
        let grant = Grant::everyones(wanted.resource, wanted.kind, &wanted.name);
        if self.would_void(&grant) { cover::role_of(wanted.resource, &wanted.name) } else { None }
    }

    /// What roles make of a permission that isn't granted, and which roles; `None` where they have nothing to do with it.
    pub(super) fn judge(&self, wanted: &RequiredPermission) -> Option<(ConsentState, Vec<Assignment>)> {
        if wanted.kind != PermissionType::Application {
            return None;
        }
        cover::role_of(wanted.resource, &wanted.name)?;
        let gives = |one: &Assignment| cover::role_gives(&one.role, wanted.resource, &wanted.name);
        let giving = |all: &[Assignment]| all.iter().filter(|one| gives(one) == Some(true)).cloned().collect::<Vec<_>>();
        let wished = self.in_place_of(wanted).is_some();
        match self.told {
            Told::Now(all) => {
                let given = giving(all);
                let reaching =
                    |how: Reaches| given.iter().any(|one| present::reaches_wish(self.limit, self.applied, self.app, &one.reach) == how);
                if reaching(Reaches::Wish) {
                    Some((ConsentState::GivenByRole, given))
                } else if reaching(Reaches::Untold) || all.iter().any(|one| gives(one).is_none()) {
                    Some((ConsentState::Unknown, given))
                } else {
                    (!given.is_empty()).then_some((ConsentState::GivenElsewhere, given))
                }
            }
            Told::Before(all) => {
                let given = giving(all);
                (wished || !given.is_empty()).then_some((ConsentState::Unknown, given))
            }
            Told::Nothing => wished.then(|| (ConsentState::Unknown, Vec::new())),
        }
    }

    /// Adds the roles that give what nothing requires, each as the permission that it stands for, or by its own name where it isn't known
    /// what it gives.
    pub(super) fn add_excess(&self, rows: &mut Vec<ConsentRow>) {
        let Told::Now(assigned) = self.told else { return };
        for assignment in assigned {
            let role = assignment.role.as_str();
            let known = cover::given_by(role).next();
            // A role that stands for one permission is called after it.
            let called_after = |name: &str| {
                let of_role = role.split_once(' ').map_or(role, |(_, name)| name);
                known.is_none() && of_role.eq_ignore_ascii_case(name.trim_end_matches(".All"))
            };
            let gives = |row: &ConsentRow| cover::role_gives(role, row.resource, &row.name) != Some(false) || called_after(&row.name);
            if rows.iter().any(|row| row.required && row.kind == PermissionType::Application && gives(row)) {
                continue;
            }
            let (resource, name) = known.unwrap_or((Resource::Exchange, role));
            let is_it = |row: &&mut ConsentRow| {
                row.resource == resource && row.kind == PermissionType::Application && row.name.eq_ignore_ascii_case(name)
            };
            match rows.iter_mut().find(is_it) {
                Some(known) => known.roles.push(assignment.clone()),
                None => {
                    let row = unneeded(resource, PermissionType::Application, name, ConsentState::Excess);
                    rows.push(ConsentRow { roles: vec![assignment.clone()], ..row });
                }
            }
        }
    }
}

/// The wider permission by which roles give what is required, where none gives the very one.
pub(super) fn wider_of(wanted: &RequiredPermission, given: &[Assignment]) -> Option<String> {
    let given = || given.iter().flat_map(|assigned| cover::given_by(&assigned.role));
    let names = || given().filter(|(resource, _)| *resource == wanted.resource).map(|(_, name)| name);
    if names().any(|name| name.eq_ignore_ascii_case(&wanted.name)) {
        return None;
    }
    names().find(|name| permission::covers(name, &wanted.name)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::super::{Authorization, Consent, ForWhom, Held, compare};
    use super::*;
    use crate::group::GroupKind;
    use crate::id::ObjectId;
    use crate::scope::present::{Reach, scope_name};
    use crate::scope::{Mechanism, Rule, Unit, UnitKind};

    const APP: AppId = AppId(uuid::Uuid::from_u128(7));

    fn limit(mechanism: Mechanism) -> Limit {
        let of = UnitKind::Group(GroupKind::MailEnabledSecurity);
        Limit { rule: Rule::OnlyMembers, mechanism, unit: Unit { id: ObjectId(uuid::Uuid::nil()), name: "Pilot".to_owned(), of } }
    }

    fn wanted(name: &str) -> RequiredPermission {
        RequiredPermission {
            name: name.to_owned(),
            kind: PermissionType::Application,
            resource: Resource::Graph,
            feature: Some(format!("what {name} is for")),
            purpose: None,
            optional: false,
        }
    }

    fn assigned(role: &str, reach: Reach) -> Assignment {
        Assignment { id: role.to_owned(), role: role.to_owned(), reach }
    }

    fn ours() -> Reach {
        Reach::Scope { name: scope_name(APP), filter: String::new() }
    }

    /// Mail is required, and tasks, which are granted.
    fn consent(limit: Option<&Limit>, told: Told<'_>) -> Consent {
        let tasks = Held {
            resource: Resource::Graph,
            kind: PermissionType::Application,
            name: "Tasks.ReadWrite.All".to_owned(),
            whom: ForWhom::Everyone,
            since: None,
            by: None,
        };
        compare(&[wanted("Mail.Read"), wanted("Tasks.ReadWrite.All")], Some(&[tasks]), by_roles(limit, told), &[])
    }

    fn by_roles<'a>(limit: Option<&'a Limit>, told: Told<'a>) -> ByRoles<'a> {
        ByRoles { limit, applied: true, others: &[], app: APP, told }
    }

    fn states(consent: &Consent) -> Vec<(&str, ConsentState)> {
        consent.rows.iter().map(|row| (row.name.as_str(), row.state)).collect()
    }

    #[test]
    fn the_limit_of_another_organization_judges_nobody_and_is_voided_all_the_same() {
        let others = [limit(Mechanism::ManagementScope)];
        let policy = limit(Mechanism::AccessPolicy);
        let roles = [assigned("Application Mail.Read", ours())];
        for limit in [None, Some(&policy)] {
            let beside = |told| ByRoles { others: &others, ..by_roles(limit, told) };
            let told = compare(&[wanted("Mail.Read")], Some(&[]), beside(Told::Now(&roles)), &[]);
            assert_eq!((told.authorization, told.rows[0].state), (Authorization::PartlyAuthorized, ConsentState::GivenElsewhere));
            assert_eq!(told.rows[0].by_role.as_deref(), Some("Application Mail.Read"), "granted, it would make the other's scope void");
            let grant = Grant::everyones(Resource::Graph, PermissionType::Application, "Mail.Read");
            assert!(beside(Told::Nothing).would_void(&grant) && !by_roles(limit, Told::Nothing).would_void(&grant));
        }
    }

    #[test]
    fn a_scope_that_may_be_that_of_an_earlier_wish_authorizes_nothing() {
        let limit = limit(Mechanism::ManagementScope);
        let roles = [assigned("Application Mail.Read", ours())];
        let untold = ByRoles { applied: false, ..by_roles(Some(&limit), Told::Now(&roles)) };
        let told = compare(&[wanted("Mail.Read")], Some(&[]), untold, &[]);
        assert_eq!((told.authorization, told.rows[0].state), (Authorization::Unknown, ConsentState::Unknown));
        assert_eq!(told.rows[0].roles, roles);
    }

    #[test]
    fn ews_is_given_by_its_own_role_and_a_role_of_unknown_rights_is_called_out_by_name() {
        let limit = limit(Mechanism::ManagementScope);
        let ews = RequiredPermission { resource: Resource::Exchange, ..wanted("full_access_as_app") };
        let smtp = RequiredPermission { resource: Resource::Exchange, ..wanted("SMTP.SendAsApp") };
        let of = |required: &[RequiredPermission], roles: &[&str]| {
            let roles: Vec<_> = roles.iter().map(|role| assigned(role, ours())).collect();
            compare(required, Some(&[]), by_roles(Some(&limit), Told::Now(&roles)), &[])
        };
        let told = of(&[ews, smtp], &["Application EWS.AccessAsApp", "Application SMTP.SendAsApp"]);
        assert_eq!(states(&told), [("full_access_as_app", ConsentState::GivenByRole), ("SMTP.SendAsApp", ConsentState::Missing)]);
        assert_eq!(told.rows[0].by_role.as_deref(), Some("Application EWS.AccessAsApp"));
        let full = "Application Exchange Full Access";
        let told = of(&[wanted("Tasks.ReadWrite.All")], &[full, "Application EWS.AccessAsApp"]);
        let excess = [(full, ConsentState::Excess), ("full_access_as_app", ConsentState::Excess)];
        assert_eq!(states(&told)[1..], excess);
        assert_eq!(told.rows[1].roles.len(), 1);
    }

    #[test]
    fn what_a_role_gives_to_the_wished_scope_is_authorized() {
        let limit = limit(Mechanism::ManagementScope);
        let roles = [assigned("Application Mail.Read", ours())];
        let consent = consent(Some(&limit), Told::Now(&roles));
        assert_eq!(consent.authorization, Authorization::Authorized);
        let mail = &consent.rows[0];
        assert_eq!((mail.state, mail.whom, mail.roles.as_slice()), (ConsentState::GivenByRole, None, &roles[..]));
        assert_eq!(mail.by_role.as_deref(), Some("Application Mail.Read"));
        assert_eq!(consent.rows[1].by_role, None, "tasks have no role");
        assert!(consent.features_off.is_empty());
    }

    #[test]
    fn a_role_for_others_a_wider_one_and_one_that_nothing_needs_are_told_apart() {
        let limit = limit(Mechanism::ManagementScope);
        let elsewhere = [assigned("Application Mail.Read", Reach::Other { place: "elsewhere".to_owned() })];
        let consent_of = |roles: &[Assignment]| consent(Some(&limit), Told::Now(roles));
        let told = consent_of(&elsewhere);
        assert_eq!((told.rows[0].state, told.authorization), (ConsentState::GivenElsewhere, Authorization::PartlyAuthorized));
        let told = consent_of(&[assigned("Application Mail Full Access", ours())]);
        assert_eq!((told.rows[0].state, told.rows[0].instead.as_deref()), (ConsentState::GivenByRole, Some("Mail.ReadWrite")));
        let told = consent_of(&[assigned("Application Contacts.Read", ours()), assigned("Application Contacts.Read", Reach::Everything)]);
        let extra = told.rows.last().unwrap();
        assert_eq!((extra.name.as_str(), extra.state, extra.roles.len()), ("Contacts.Read", ConsentState::Excess, 2));
        assert_eq!(told.rows[0].state, ConsentState::Missing, "the roles were read, and none gives it");
        let told = consent_of(&[assigned("Application Exchange Full Access", ours())]);
        assert_eq!((told.rows[0].state, told.authorization), (ConsentState::Unknown, Authorization::Unknown));
    }

    #[test]
    fn what_was_told_before_explains_and_authorizes_nothing() {
        let limit = limit(Mechanism::ManagementScope);
        let roles = [assigned("Application Mail.Read", ours())];
        let before = consent(Some(&limit), Told::Before(&roles));
        assert_eq!((before.rows[0].state, before.authorization), (ConsentState::Unknown, Authorization::Unknown));
        assert_eq!(before.rows[0].roles, roles, "it is told all the same");
        let nothing = consent(Some(&limit), Told::Nothing);
        assert_eq!((nothing.rows[0].state, nothing.authorization), (ConsentState::Unknown, Authorization::Unknown));
        assert!(nothing.features_off.is_empty(), "nothing is said to be off that may well work");
    }

    #[test]
    fn without_a_scope_by_roles_a_missing_grant_is_missing() {
        for limit in [None, Some(&limit(Mechanism::AccessPolicy))] {
            let told = consent(limit, Told::Nothing);
            assert_eq!((told.rows[0].state, told.rows[0].by_role.as_deref()), (ConsentState::Missing, None));
            assert_eq!(told.authorization, Authorization::PartlyAuthorized);
        }
        let roles = [assigned("Application Mail.Read", Reach::Everything)];
        assert_eq!(consent(None, Told::Now(&roles)).authorization, Authorization::Authorized, "a role for everybody is as good");
    }
}
