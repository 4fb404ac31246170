//! Consent as a person reads it.

use rollcall_core::approval::{CredentialState, Part, Unread};
use rollcall_core::consent::{Authorization, Beyond, ConsentRow, ConsentState, ForWhom};
use rollcall_core::grant::Grantee;
use rollcall_core::role::Role;
use rollcall_core::scope::present::Reach;
use rollcall_ops::consent::change::StaysOpen;
use rollcall_ops::consent::change::apply::Applied;
use rollcall_ops::consent::change::preview::{ChangePreview, GrantLine, Lines};
use rollcall_ops::consent::grant::Consented;
use rollcall_ops::consent::show::ConsentView;
use rollcall_ops::consent::tenant::TenantConsentView;
use rollcall_ops::consent::users::UserConsentPage;
use rollcall_ops::organizations::describe::OrganizationView;
use rollcall_ops::scope::roles::RolesRead;

use crate::screen::Screen;
use crate::table::{Cell, Column, Paint, Table};
use crate::text::{counted, quoted};
use crate::words;

/// That nothing would change; where something is missing all the same, why, and the next step.
pub fn unchanged(open: Option<StaysOpen>, org: &str) -> String {
    open.map_or_else(|| "Nothing would change: it is so already.".to_owned(), |open| stays_open(open, org))
}

/// Why not all that is required is granted by a change that grants what is missing.
pub fn stays_open(open: StaysOpen, org: &str) -> String {
    let org = quoted(org);
    match open {
        StaysOpen::Unknown => {
            format!("It isn't known what roles of Exchange give: `rollcallctl scope show --org {org} --read` reads them.")
        }
        StaysOpen::ByScript => {
            format!("What is missing comes from the access scope's script: `rollcallctl scope plan --org {org}` writes it.")
        }
    }
}

/// What would be done, on stderr where the answer is JSON.
pub fn show_preview(shown: &ChangePreview, screen: &Screen) {
    screen.note(&format!("{} in {}:", shown.integration, shown.tenant));
    for (what, lines) in [("would be added", &shown.added), ("would be taken away", &shown.dropped)] {
        if lines.total > 0 {
            screen.note(&format!("  {what}: {}", list(lines)));
        }
    }
    screen.note(&format!("  stays: {}", counted(shown.kept.total, "permission", "permissions")));
    for (what, lines) in [("of what would be added", &shown.added), ("of what stays", &shown.kept)] {
        let beyond: Vec<String> = lines.first.iter().filter_map(surplus).collect();
        if !beyond.is_empty() {
            screen.note(&format!("  more than is required, {what}: {}", beyond.join(", ")));
        }
    }
    if shown.makes_app {
        screen.note("  The tenant has no enterprise application for it yet, so that is made first.");
    }
    if !shown.asks.is_empty() {
        screen.note(&format!(
            "  Rollcall needs {} for it; Microsoft asks you first, unless you have allowed that before.",
            shown.asks.join(" and ")
        ));
    }
}

fn list(lines: &Lines) -> String {
    let named: Vec<String> = lines.first.iter().take(12).map(in_words).collect();
    match lines.total as usize - named.len().min(lines.total as usize) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// A permission that goes beyond what is required, and how; `None` for one that doesn't.
fn surplus(line: &GrantLine) -> Option<String> {
    let how = match line.beyond.as_ref()? {
        Beyond::Excess => "nothing requires it".to_owned(),
        Beyond::Stronger { would_do } => format!("{would_do} would do"),
    };
    Some(format!("{}: {how}", in_words(line)))
}

/// What a consent came to, in one sentence.
pub fn came_to(consented: &Consented) -> String {
    let permissions = |n: u32| counted(n, "permission", "permissions");
    let what = match (consented.added, consented.removed) {
        (Some(0), Some(0)) => match consented.view.consent.authorization {
            Authorization::Authorized => "nothing changed, all of it was granted before".to_owned(),
            Authorization::PartlyAuthorized | Authorization::NotAuthorized | Authorization::Unknown => "nothing changed".to_owned(),
        },
        (Some(added), Some(0)) => format!("{} granted", permissions(added)),
        (Some(added), Some(removed)) => format!("{} granted, {removed} taken away", permissions(added)),
        (_, None) | (None, _) => "how many permissions that granted isn't known, because those before couldn't be read".to_owned(),
    };
    format!("Signed in successfully: {what}.")
}

fn in_words(line: &GrantLine) -> String {
    let kind = line.grant.kind.name();
    match (&line.upn, line.grant.grantee) {
        (Some(upn), _) => format!("{} ({kind}, {upn})", line.grant.name),
        (None, Grantee::User(user)) => format!("{} ({kind}, user {user})", line.grant.name),
        (None, Grantee::Everyone) => format!("{} ({kind})", line.grant.name),
    }
}

/// What a change came to, grant by grant, and how it is undone.
pub fn show_applied(applied: &Applied, screen: &Screen) {
    let names = |lines: &[GrantLine]| lines.iter().take(50).map(in_words).collect::<Vec<_>>().join(", ");
    if !applied.added.is_empty() {
        screen.painted(&format!("Added: {}.", names(&applied.added)), Paint::Good);
    }
    if !applied.dropped.is_empty() {
        screen.painted(&format!("Taken away: {}.", names(&applied.dropped)), Paint::Good);
    }
    for failed in &applied.failed {
        let words = words::of_error(&failed.error);
        screen.painted(&format!("Not done: {}: {}", in_words(&failed.line), words.title), Paint::Bad);
        screen.paragraph(&screen.filled(words.advice), "  ", "  ");
        if let Some(id) = words::id_of(&failed.error) {
            screen.painted(&format!("  {id}"), Paint::Faint);
        }
    }
    if !applied.settling.is_empty() {
        screen
            .painted(&format!("Accepted, but not to be seen yet: {}. Look again in some minutes.", names(&applied.settling)), Paint::Open);
    }
    if applied.untouched > 0 {
        screen.painted(&format!("Not tried: {}.", counted(applied.untouched, "change", "changes")), Paint::Open);
    }
    if applied.added.len() + applied.dropped.len() + applied.settling.len() > 0 {
        screen.line(&screen.filled(&format!("Read back from Graph. To undo it: `consent restore {} --org NAME`.", applied.entry)));
    }
}

/// Who of the users has consented to what.
pub fn show_users(page: &UserConsentPage, screen: &Screen) {
    let Some(counts) = page.counts else {
        return screen.line(&screen.filled("What users consented to is not known: read it with `consent show --org NAME`."));
    };
    if page.needed.is_empty() {
        return screen.line("The integration needs nothing in the name of single users.");
    }
    screen.line(&format!(
        "{} have consented to all, {} to some, {} to nothing.",
        counted(counts.complete, "user", "users"),
        counts.partly,
        counts.nothing
    ));
    if !page.for_everyone.is_empty() {
        screen.line(&format!("Granted for everyone, so nobody has to consent to it: {}.", page.for_everyone.join(", ")));
    }
    screen.gap();
    let mut table = Table::new([Column::Flexible("user"), Column::Left("missing"), Column::Flexible("of these")]);
    for row in &page.rows {
        let missing = row.missing.as_deref().unwrap_or_default();
        let count =
            if missing.is_empty() { Cell::painted("nothing", Paint::Good) } else { Cell::painted(&missing.len().to_string(), Paint::Bad) };
        table.row([row.upn.as_str().into(), count, missing.join(", ").into()]);
    }
    screen.table(&table);
    if page.matching as usize > page.rows.len() {
        screen.note(&format!("{} more; see --limit and --search.", page.matching as usize - page.rows.len()));
    }
}

/// What users may consent to, and what they have asked an administrator for.
pub fn show_requests(view: &TenantConsentView, screen: &Screen) {
    let Some(tenant) = &view.tenant else { return screen.line("Never read.") };
    match &tenant.settings {
        Part::Read { value } => screen.line(&words::of_user_consent(value)),
        Part::Unread { why } => screen.line(&format!("What users may consent to is not known: {}.", of_unread(why))),
    }
    match &tenant.requests {
        Part::Unread { why } => screen.line(&format!("Requests are not known: {}.", of_unread(why))),
        Part::Read { .. } if view.requests.is_empty() => screen.line("No request waits for an administrator."),
        Part::Read { .. } => {}
    }
    for one in &view.requests {
        screen.gap();
        screen.headline(&one.request.app_name);
        screen.line(&format!("asks for {}", one.request.scopes.join(", ")));
        for asker in &one.request.askers {
            let who = asker.name.as_deref().unwrap_or("somebody");
            let why = asker.reason.as_deref().map(|reason| format!(": \"{reason}\"")).unwrap_or_default();
            screen.line(&format!("  by {who}{why}"));
        }
        if !one.beyond.is_empty() {
            screen.painted(&format!("  more than the integration needs: {}", one.beyond.join(", ")), Paint::Open);
        }
        if !one.lacking.is_empty() {
            screen.line(&format!("  needed and not asked for: {}", one.lacking.join(", ")));
        }
    }
}

fn of_unread(why: &Unread) -> String {
    match why {
        Unread::NotAsked { scope } => format!("Rollcall has not been allowed {scope}; `consent requests --allow` asks for it"),
        Unread::NoRole { roles } => {
            let roles: Vec<&str> = roles.iter().copied().map(Role::display_name).collect();
            format!("one of these roles is needed: {}", roles.join(", "))
        }
        Unread::Failed { code } => format!("the read failed ({code})"),
    }
}

/// The matrix, what roles of Exchange give beside it, and the state of the application.
pub fn show_view(view: &ConsentView, organization: &OrganizationView, screen: &Screen) {
    let authorization = view.consent.authorization;
    screen.painted(
        &format!("{} in {}: {}", organization.integration_name, organization.tenant_name, words::of_authorization(authorization)),
        match authorization {
            Authorization::Authorized => Paint::Good,
            Authorization::PartlyAuthorized => Paint::Open,
            Authorization::NotAuthorized => Paint::Bad,
            Authorization::Unknown => Paint::Strong,
        },
    );
    let age = match (view.read_at, &view.error) {
        (Some(at), None) => format!("Read from Graph at {}.", at.utc()),
        (Some(at), Some(code)) => format!("The grants could not be read at {} ({code}), so nothing is known about them.", at.utc()),
        (None, _) => "The grants were never read.".to_owned(),
    };
    screen.line(&age);
    screen.gap();
    let mut table = Table::new([
        Column::Left("permission"),
        Column::Left("type"),
        Column::Left("needed"),
        Column::Left("state"),
        Column::Spare("for whom"),
        Column::Flexible("feature"),
    ]);
    for row in &view.consent.rows {
        table.row([row.name.as_str().into(), row.kind.name().into(), needed(row), state(row.state), whom(row).into(), remark(row).into()]);
    }
    screen.table(&table);
    show_roles(view, &organization.organization.name, screen);
    if let Some(approval) = &view.approval {
        screen.gap();
        match &approval.app {
            None => screen.painted("The tenant has no enterprise application for it yet.", Paint::Open),
            Some(app) if app.disabled_by_microsoft.is_some() => screen.painted("Microsoft has disabled the application.", Paint::Bad),
            Some(app) if !app.enabled => screen.painted("The enterprise application is disabled for sign-in.", Paint::Bad),
            Some(app) if app.assignment_required => screen.painted("Only users who are assigned to it may sign in.", Paint::Open),
            Some(_) => screen.line("The enterprise application is there and enabled for sign-in."),
        }
        for policy in approval.policies.value().into_iter().flatten() {
            screen.line(&format!("Conditional access: {}", policy.name));
        }
    }
    for one in &view.credentials {
        let name = one.credential.name.as_deref().unwrap_or(&one.credential.key_id);
        match (one.state, one.credential.ends) {
            (CredentialState::Ended, Some(ends)) => screen.painted(&format!("The credential {name} ended at {}.", ends.utc()), Paint::Bad),
            (CredentialState::EndsSoon, Some(ends)) => {
                screen.painted(&format!("The credential {name} ends at {}.", ends.utc()), Paint::Open)
            }
            (CredentialState::Valid | CredentialState::Unknown | CredentialState::Ended | CredentialState::EndsSoon, _) => {}
        }
    }
    if !view.consent.features_off.is_empty() {
        screen.gap();
        screen.paragraph(&format!("Off without the missing permissions: {}.", view.consent.features_off.join("; ")), "", "");
    }
}

/// What roles of Exchange give, of when that is known, and how what is still missing is to be given.
fn show_roles(view: &ConsentView, org: &str, screen: &Screen) {
    let rows = &view.consent.rows;
    let scoped = rows.iter().any(|row| row.by_role.is_some());
    if !scoped && matches!(view.roles, RolesRead::Never) {
        return;
    }
    screen.gap();
    let named = quoted(org);
    let (known, paint) = match &view.roles {
        RolesRead::Read { at } => (format!("Roles of Exchange as read at {}.", at.utc()), Paint::Plain),
        RolesRead::BeforeChange { at, changed } => (
            format!(
                "The script was run at {}, and roles of Exchange were read before, at {}: `rollcallctl scope show --org {named} --read` \
                 reads them again.",
                changed.utc(),
                at.utc()
            ),
            Paint::Open,
        ),
        RolesRead::ScriptUntold { at } => (
            format!(
                "Roles of Exchange as read at {}. Whether they reach whom they are to isn't known: nobody has told that the scope's script \
                 was run since it was wished (`rollcallctl scope changed --org {named}`), or another organization's script changes the \
                 same scope.",
                at.utc()
            ),
            Paint::Open,
        ),
        RolesRead::Earlier { at, why } => (
            format!("Roles of Exchange: {} What was read at {} is shown only as information.", words::scope::of_unread(why, org), at.utc()),
            Paint::Open,
        ),
        RolesRead::Unread { why } => (format!("Roles of Exchange: {}", words::scope::of_unread(why, org)), Paint::Open),
        RolesRead::Never => {
            (format!("Roles of Exchange were never read: `rollcallctl scope show --org {named} --read` reads them."), Paint::Open)
        }
    };
    screen.painted(&known, paint);
    for row in rows.iter().filter(|row| !row.roles.is_empty()) {
        screen.line(&format!("{}: {}", row.name, words::scope::of_assigned(&row.roles)));
    }
    let elsewhere: Vec<&ConsentRow> = rows.iter().filter(|row| row.state == ConsentState::GivenElsewhere).collect();
    if let Some(row) = elsewhere.first() {
        let names: Vec<&str> = elsewhere.iter().map(|row| row.name.as_str()).collect();
        let (names, reach) = (names.join(", "), row.roles.first().map(|one| words::scope::of_reach(&one.reach)).unwrap_or_default());
        let line = format!(
            "Given by roles that aren't those of the wish: {names}, for {reach}. Grant them, or wish for that scope again: `rollcallctl scope \
             show --org {named}` tells both."
        );
        screen.paragraph(&line, "", "");
    }
    let whose = view.scoped_by.join(", ");
    let by_script: Vec<&str> = by_role(rows, ConsentState::Missing).chain(by_role(rows, ConsentState::GivenElsewhere)).collect();
    if !by_script.is_empty() {
        let names = by_script.join(", ");
        screen.paragraph(
            &format!(
                "The wished scope of {whose} gives {names} by roles: run its script (`rollcallctl scope plan`). Granted for the whole \
                 tenant, they would make the scope void."
            ),
            "",
            "",
        );
    }
    let void: Vec<&str> = by_role(rows, ConsentState::Granted).chain(by_role(rows, ConsentState::StrongerThanNeeded)).collect();
    if !void.is_empty() {
        let names = void.join(", ");
        screen.painted(&format!("Granted for the whole tenant, which makes the wished scope of {whose} void: {names}."), Paint::Bad);
    }
}

/// The permissions of a state that the wished scope gives by roles.
fn by_role(rows: &[ConsentRow], state: ConsentState) -> impl Iterator<Item = &str> {
    rows.iter().filter(move |row| row.by_role.is_some() && row.state == state).map(|row| row.name.as_str())
}

fn needed(row: &ConsentRow) -> Cell {
    match (row.required, row.optional) {
        (true, false) => "required".into(),
        (true, true) => Cell::painted("optional", Paint::Faint),
        (false, _) => Cell::painted("no", Paint::Faint),
    }
}

fn state(state: ConsentState) -> Cell {
    let paint = match state {
        ConsentState::Granted | ConsentState::GivenByRole => Paint::Good,
        ConsentState::Missing | ConsentState::PendingRequest => Paint::Bad,
        ConsentState::Excess | ConsentState::StrongerThanNeeded | ConsentState::GivenElsewhere => Paint::Open,
        ConsentState::Unknown => Paint::Faint,
    };
    Cell::painted(words::of_consent(state), paint)
}

fn whom(row: &ConsentRow) -> String {
    match row.whom {
        Some(ForWhom::Everyone) => "everyone".to_owned(),
        Some(ForWhom::Users { count }) => counted(count, "user", "users"),
        None => match row.state {
            ConsentState::GivenByRole if row.roles.iter().any(|role| role.reach == Reach::Everything) => "everyone".to_owned(),
            ConsentState::GivenByRole => "the scope".to_owned(),
            ConsentState::GivenElsewhere => "not as wished".to_owned(),
            ConsentState::Granted
            | ConsentState::Missing
            | ConsentState::PendingRequest
            | ConsentState::Excess
            | ConsentState::StrongerThanNeeded
            | ConsentState::Unknown => "–".to_owned(),
        },
    }
}

fn remark(row: &ConsentRow) -> String {
    match (&row.feature, &row.instead) {
        (Some(feature), Some(instead)) => format!("{feature} ({instead} stands in)"),
        (Some(feature), None) => feature.clone(),
        (None, Some(instead)) => format!("{instead} would do"),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_core::consent::{ByRoles, Told, compare};
    use rollcall_core::integration::RequiredPermission;
    use rollcall_core::permission::{PermissionType, Resource};
    use rollcall_core::scope::present::Assignment;

    #[test]
    fn a_role_for_every_mailbox_is_for_everyone_and_a_wider_one_stands_in() {
        let wanted = RequiredPermission {
            name: "Mail.Read".to_owned(),
            kind: PermissionType::Application,
            resource: Resource::Graph,
            feature: Some("mail".to_owned()),
            purpose: None,
            optional: false,
        };
        let roles = [Assignment { id: "1".to_owned(), role: "Application Mail Full Access".to_owned(), reach: Reach::Everything }];
        let app = "00000000-0000-4000-8000-000000000007".parse().unwrap();
        let by_roles = ByRoles { limit: None, applied: false, others: &[], app, told: Told::Now(&roles) };
        let consent = compare(&[wanted], Some(&[]), by_roles, &[]);
        assert_eq!((whom(&consent.rows[0]).as_str(), remark(&consent.rows[0]).as_str()), ("everyone", "mail (Mail.ReadWrite stands in)"));
    }
}
