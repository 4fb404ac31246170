//! Steps as a script of Exchange Online PowerShell. Its code is fixed text of ours; whatever comes from elsewhere gets into a line only
//! as a [`Literal`] or into a [`comment`](Script::comment), and can leave neither.

use std::fmt;

use super::plan::{App, AssignTo, Purpose, Step};
use super::present::Void;
use super::{Limit, Mechanism, Rule};
use crate::permission::{self, PermissionType, Resource};

/// A text between single quotes, in which PowerShell expands nothing. It takes any of five letters for such a quote ("about Quoting
/// Rules"), so each of them is doubled; what could end the line, hide or turn text round is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal(String);

impl Literal {
    /// Any text, made harmless.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut quoted = String::with_capacity(text.len() + 2);
        quoted.push('\'');
        for letter in text.chars().filter(|&letter| !is_treacherous(letter)) {
            quoted.push(letter);
            if matches!(letter, '\'' | '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}') {
                quoted.push(letter);
            }
        }
        quoted.push('\'');
        Self(quoted)
    }

    /// An id, which needs no making harmless.
    #[must_use]
    pub fn id(id: impl fmt::Display) -> Self {
        Self::of(&id.to_string())
    }
}

/// A letter that ends a line for PowerShell or for a reader, or that changes how the rest is shown.
fn is_treacherous(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{061C}' | '\u{2028}' | '\u{2029}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// A part of a line: code of ours, or a text of somebody's.
enum Part {
    Code(&'static str),
    Text(Literal),
}

impl From<&'static str> for Part {
    fn from(code: &'static str) -> Self {
        Self::Code(code)
    }
}

impl From<Literal> for Part {
    fn from(text: Literal) -> Self {
        Self::Text(text)
    }
}

macro_rules! line {
    ($script:expr, $($part:expr),+ $(,)?) => { $script.line([$(Part::from($part)),+]) };
}

/// A script.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script(String);

impl Script {
    /// The script as text, with the line ends of Windows.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    fn line(&mut self, parts: impl IntoIterator<Item = Part>) {
        for part in parts {
            match part {
                Part::Code(code) => self.0.push_str(code),
                Part::Text(Literal(text)) => self.0.push_str(&text),
            }
        }
        self.0.push_str("\r\n");
    }

    /// A comment: to the end of the line and no further.
    fn comment(&mut self, text: &str) {
        self.0.push_str("# ");
        self.0.extend(text.chars().filter(|&letter| !is_treacherous(letter)));
        self.0.push_str("\r\n");
    }

    fn gap(&mut self) {
        self.0.push_str("\r\n");
    }
}

/// Writes the script of a plan, with what voids the scope nevertheless at its top. It can be run again: what is there already is left or
/// changed, never made twice.
#[must_use]
pub fn write(purpose: Purpose, limit: Option<&Limit>, app: &App, organization: &str, steps: &[Step], voids: &[Void]) -> Script {
    let mut script = Script::default();
    script.comment(title(purpose));
    for void in voids {
        script.comment(&warning(void));
    }
    script.comment(&format!("Application: {} ({})", app.name, app.client_id));
    script.comment(&format!("Organization in Rollcall: {organization}"));
    match limit.filter(|_| purpose != Purpose::Remove) {
        Some(limit) => script.comment(&format!("{}: {} ({})", side(limit), limit.unit.name, limit.unit.id)),
        None => script.comment("After it no limit is left that Rollcall has planned."),
    }
    script.comment("Needs: the module ExchangeOnlineManagement, and the role Organization Management (Exchange Administrator in Entra).");
    script.gap();
    if let Some(until) = steps.iter().find_map(awaits) {
        ask_first(&mut script, until);
    }
    line!(script, "$ErrorActionPreference = 'Stop'");
    line!(script, "Connect-ExchangeOnline -ShowBanner:$false");
    let revoked = |of: Resource| steps.iter().any(|step| matches!(step, Step::Revoke { api, .. } if *api == of));
    if revoked(Resource::Graph) || revoked(Resource::Exchange) {
        script.comment(
            "Taking back what Entra has granted goes over Microsoft Graph PowerShell. Rollcall can do it, too: Permissions, Revoke.",
        );
        line!(script, "Connect-MgGraph -Scopes 'AppRoleAssignment.ReadWrite.All', 'Application.Read.All' -NoWelcome");
        script.comment("Exchange and Microsoft Graph publish roles of the same names: each is told by its API, too.");
        if revoked(Resource::Graph) {
            line!(script, "$graphId = ", Literal::id(Resource::Graph.app_id()));
            line!(script, "$graph = @(Get-MgServicePrincipal -Filter \"appId eq '$graphId'\")");
            line!(script, "if ($graph.Count -ne 1) { throw \"The tenant has no single service principal of Microsoft Graph.\" }");
        }
        if revoked(Resource::Exchange) {
            line!(script, "$exchangeId = ", Literal::id(Resource::Exchange.app_id()));
            line!(script, "$exchange = @(Get-MgServicePrincipal -Filter \"appId eq '$exchangeId'\")");
            line!(
                script,
                "if ($exchange.Count -ne 1) { throw \"The tenant has no single service principal of Office 365 Exchange Online.\" }"
            );
        }
    }
    for step in steps {
        script.gap();
        write_step(&mut script, step);
    }
    script
}

/// What has to have come to pass before a step, which somebody has to say.
#[derive(Debug, Clone, Copy)]
enum Awaits {
    /// That the roles count everywhere.
    Roles,
    /// That no grant stands, and no token of one.
    Tokens,
}

const fn awaits(step: &Step) -> Option<Awaits> {
    match step {
        Step::Revoke { .. } => Some(Awaits::Roles),
        Step::DropAllPolicies { .. } => Some(Awaits::Tokens),
        Step::RegisterApp(_)
        | Step::DefineScope { .. }
        | Step::Assign { .. }
        | Step::Unassign { .. }
        | Step::DropScope { .. }
        | Step::Require { .. }
        | Step::AddPolicy { .. }
        | Step::DropPolicies { .. }
        | Step::Test { .. } => None,
    }
}

/// Stops a script that comes too early as a rule, until somebody says that it may run.
fn ask_first(script: &mut Script, until: Awaits) {
    let (why, stop) = match until {
        Awaits::Roles => (
            "It stops unless it is run with -Confirmed: roles take up to 2 hours to count, and without the grants nothing else opens the \
             mailboxes that are to be reached.",
            "    throw 'Prove in Rollcall first that every mailbox that must answer does, and that 2 hours have passed since the roles were \
             assigned. Then run this script with -Confirmed.'",
        ),
        Awaits::Tokens => (
            "It stops unless it is run with -Confirmed: without the policies every grant for the whole tenant opens every mailbox.",
            "    throw 'Read in Rollcall first that no grant for the whole tenant stands and that 2 hours have passed since the move. Then \
             run this script with -Confirmed.'",
        ),
    };
    script.comment(why);
    line!(script, "param([switch]$Confirmed)");
    line!(script, "if (-not $Confirmed) {");
    line!(script, stop);
    line!(script, "}");
}

fn warning(void: &Void) -> String {
    match void {
        Void::Grant { permission } => format!(
            "Warning: {permission} is granted for the whole tenant, and rights add up: the scope limits nothing of it. Revoke that grant."
        ),
        Void::Ews { permission } => format!(
            "Warning: {permission} of Exchange Online is granted for the whole tenant: over EWS every mailbox is reached, whatever the scope \
             says. Revoke that grant."
        ),
        Void::Assignment { assignment } => {
            format!(
                "Warning: {} is assigned for others than those who are wished, and adds to it. Remove that assignment.",
                assignment.role
            )
        }
    }
}

const fn title(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Apply => "Limits an application to some mailboxes. It can be run again, and changes what is there to what is wanted.",
        Purpose::Test => "Asks Exchange which mailboxes an application may reach. It changes nothing, and writes rollcall-scope-test.csv.",
        Purpose::Remove => {
            "Takes away what scripts of Rollcall have made for an application: role assignments, the management scope, access policies. \
             What others have made stays."
        }
        Purpose::Migrate => {
            "Moves an application from an access policy to RBAC for Applications, whose roles another script has assigned: takes back what \
             Entra has granted for the whole tenant. Run it 2 hours after that script at the earliest. The policies stay: finish later, with \
             a script of its own."
        }
        Purpose::Finish => {
            "Removes the access policies of an application that was moved to RBAC for Applications. Run it 2 hours after the move at the earliest: until then tokens from before it open what only the policies keep closed."
        }
    }
}

const fn side(limit: &Limit) -> &'static str {
    match limit.rule {
        Rule::OnlyMembers => "Only the members of",
        Rule::AllButMembers => "Everybody but the members of",
    }
}

fn write_step(script: &mut Script, step: &Step) {
    match step {
        Step::RegisterApp(app) => register(script, app),
        Step::DefineScope { name, group, rule } => define_scope(script, &Literal::of(name), &Literal::id(group), *rule),
        Step::Assign { name, role, app, to } => assign(script, &Literal::of(name), role, &Literal::id(app), to),
        Step::Unassign { names } => unassign(script, names),
        Step::DropScope { name } => {
            line!(script, "if (Get-ManagementScope -Identity ", Literal::of(name), " -ErrorAction SilentlyContinue) {");
            line!(script, "    Remove-ManagementScope -Identity ", Literal::of(name), " -Confirm:$false");
            line!(script, "}");
        }
        Step::Require { names } => require(script, names),
        Step::Revoke { app, api, permission } => revoke(script, &Literal::id(app), *api, permission),
        Step::AddPolicy { app, group, rule, label } => {
            add_policy(script, &Literal::id(app), &Literal::id(group), *rule, &Literal::of(label))
        }
        Step::DropPolicies { app, keep } => drop_policies(script, &Literal::id(app), keep.as_deref()),
        Step::DropAllPolicies { app } => {
            // At a prompt, into which lines are pasted, a stop ends its own line only.
            script.comment(
                "Every access policy of the application, whoever made it. Policies for several applications stay: change them by hand.",
            );
            line!(
                script,
                "Get-ApplicationAccessPolicy | Where-Object { $Confirmed -and $_.AppId -eq ",
                Literal::id(app),
                " } | ForEach-Object {"
            );
            line!(script, "    Remove-ApplicationAccessPolicy -Identity $_.Identity -Confirm:$false");
            line!(script, "}");
        }
        Step::Test { mechanism, app, mailboxes } => test(script, *mechanism, app, mailboxes),
    }
}

fn register(script: &mut Script, app: &App) {
    let (client, object) = (Literal::id(app.client_id), Literal::id(app.object_id));
    script.comment(
        "Exchange has to know the enterprise application. Both ids are those of the enterprise application, not of the registration.",
    );
    line!(script, "if (-not (Get-ServicePrincipal -Identity ", object.clone(), " -ErrorAction SilentlyContinue)) {");
    line!(script, "    New-ServicePrincipal -AppId ", client, " -ObjectId ", object, " -DisplayName ", Literal::of(&app.name));
    line!(script, "}");
}

fn define_scope(script: &mut Script, name: &Literal, group: &Literal, rule: Rule) {
    script.comment("The filter goes by the group's distinguished name, and counts its direct members only.");
    script.comment("Exchange is asked for the name when the script runs: a group that was renamed or moved needs the script again.");
    line!(script, "$groupId = ", group.clone());
    line!(script, "$group = @(Get-Recipient -ResultSize 2 -Filter \"ExternalDirectoryObjectId -eq '$groupId'\")");
    line!(script, "if ($group.Count -ne 1) { throw \"Exchange has no single recipient for the group $groupId. Was it deleted?\" }");
    line!(script, "$name = $group[0].DistinguishedName.Replace(\"'\", \"''\")");
    match rule {
        Rule::OnlyMembers => line!(script, "$filter = \"MemberOfGroup -eq '$name'\""),
        Rule::AllButMembers => line!(script, "$filter = \"-not (MemberOfGroup -eq '$name')\""),
    }
    line!(script, "if (Get-ManagementScope -Identity ", name.clone(), " -ErrorAction SilentlyContinue) {");
    line!(script, "    Set-ManagementScope -Identity ", name.clone(), " -RecipientRestrictionFilter $filter");
    line!(script, "} else {");
    line!(script, "    New-ManagementScope -Name ", name.clone(), " -RecipientRestrictionFilter $filter");
    line!(script, "}");
}

fn assign(script: &mut Script, name: &Literal, role: &str, app: &Literal, to: &AssignTo) {
    let (parameter, to) = match to {
        AssignTo::Scope(scope) => (" -CustomResourceScope ", Literal::of(scope)),
        AssignTo::Unit(unit) => (" -RecipientAdministrativeUnitScope ", Literal::id(unit)),
    };
    line!(script, "if (Get-ManagementRoleAssignment -Identity ", name.clone(), " -ErrorAction SilentlyContinue) {");
    line!(script, "    Set-ManagementRoleAssignment -Identity ", name.clone(), parameter, to.clone());
    line!(script, "} else {");
    line!(
        script,
        "    New-ManagementRoleAssignment -Name ",
        name.clone(),
        " -Role ",
        Literal::of(role),
        " -App ",
        app.clone(),
        parameter,
        to,
    );
    line!(script, "}");
}

/// Names a list of texts, each on a line of its own.
fn list(script: &mut Script, name: &'static str, of: &[String]) {
    line!(script, "$", name, " = @(");
    for (nth, one) in of.iter().enumerate() {
        let comma = if nth + 1 == of.len() { "" } else { "," };
        line!(script, "    ", Literal::of(one), comma);
    }
    line!(script, ")");
}

fn unassign(script: &mut Script, names: &[String]) {
    script.comment(
        "Names under which a script of Rollcall can have assigned roles to the application that aren't wanted now; no other assignment is \
         touched.",
    );
    script.comment("What a role has opened stays open until Exchange forgets it: up to 2 hours.");
    list(script, "assignments", names);
    line!(script, "foreach ($assignment in $assignments) {");
    line!(script, "    if (Get-ManagementRoleAssignment -Identity $assignment -ErrorAction SilentlyContinue) {");
    line!(script, "        Remove-ManagementRoleAssignment -Identity $assignment -Confirm:$false");
    line!(script, "    }");
    line!(script, "}");
}

/// At a prompt, into which lines are pasted, a stop ends its own line only: `$Confirmed` is what the next ones go by.
fn require(script: &mut Script, names: &[String]) {
    script.comment("The roles have to be there: without them no mailbox answers when the grants are gone.");
    list(script, "assignments", names);
    line!(script, "foreach ($assignment in $assignments) {");
    line!(script, "    if (-not (Get-ManagementRoleAssignment -Identity $assignment -ErrorAction SilentlyContinue)) {");
    line!(script, "        $Confirmed = $false");
    line!(script, "        throw \"There is no role assignment $assignment. Run the script that makes the scope first.\"");
    line!(script, "    }");
    line!(script, "}");
}

fn revoke(script: &mut Script, app: &Literal, api: Resource, name: &str) {
    script.comment(&format!("{name} was granted for the whole tenant: as long as it is, the scope limits nothing."));
    let (principal, roles) = match api {
        Resource::Graph => (" -All | Where-Object { $Confirmed -and $_.ResourceId -eq $graph[0].Id -and ", "$graph[0].AppRoles"),
        Resource::Exchange => (" -All | Where-Object { $Confirmed -and $_.ResourceId -eq $exchange[0].Id -and ", "$exchange[0].AppRoles"),
    };
    let all = "Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId ";
    let each = " } | ForEach-Object {";
    if let Some(known) = permission::find(api, PermissionType::Application, name) {
        line!(script, all, app.clone(), principal, "$_.AppRoleId -eq ", Literal::id(known.id), each);
    } else {
        // What the tenant's own service principal publishes is the authority for an id that isn't known here.
        line!(script, "$roleIds = @(", roles, " | Where-Object { $_.Value -eq ", Literal::of(name), " } | ForEach-Object { $_.Id })");
        line!(script, all, app.clone(), principal, "$roleIds -contains $_.AppRoleId", each);
    }
    line!(script, "    Remove-MgServicePrincipalAppRoleAssignment -ServicePrincipalId ", app.clone(), " -AppRoleAssignmentId $_.Id",);
    line!(script, "}");
}

fn add_policy(script: &mut Script, app: &Literal, group: &Literal, rule: Rule, label: &Literal) {
    let right = match rule {
        Rule::OnlyMembers => "RestrictAccess",
        Rule::AllButMembers => "DenyAccess",
    };
    script.comment("Members of groups inside the group count, too. Without any policy the application reaches every mailbox.");
    line!(
        script,
        "if (-not (Get-ApplicationAccessPolicy | Where-Object { $_.AppId -eq ",
        app.clone(),
        " -and $_.Description -eq ",
        label.clone(),
        " })) {",
    );
    line!(
        script,
        "    New-ApplicationAccessPolicy -AccessRight ",
        right,
        " -AppId ",
        app.clone(),
        " -PolicyScopeGroupId ",
        group.clone(),
        " -Description ",
        label.clone()
    );
    line!(script, "}");
}

fn drop_policies(script: &mut Script, app: &Literal, keep: Option<&str>) {
    script.comment("Policies that Rollcall has planned before. Those of others stay.");
    let chosen = "Get-ApplicationAccessPolicy | Where-Object { $_.AppId -eq ";
    match keep {
        Some(keep) => line!(
            script,
            chosen,
            app.clone(),
            " -and $_.Description -like 'Rollcall: *' -and $_.Description -ne ",
            Literal::of(keep),
            " } | ForEach-Object {",
        ),
        None => line!(script, chosen, app.clone(), " -and $_.Description -like 'Rollcall: *' } | ForEach-Object {"),
    }
    line!(script, "    Remove-ApplicationAccessPolicy -Identity $_.Identity -Confirm:$false");
    line!(script, "}");
}

fn test(script: &mut Script, mechanism: Mechanism, app: &App, mailboxes: &[String]) {
    script.comment(match mechanism {
        Mechanism::AccessPolicy => "The cmdlet goes by the policies alone, and doesn't wait for what Exchange still remembers.",
        Mechanism::ManagementScope | Mechanism::AdministrativeUnit => {
            "The cmdlet leaves out what Entra has granted for the whole tenant, and doesn't wait for what Exchange still remembers."
        }
    });
    script.comment("What it says is no proof: import the file into Rollcall, and it stands beside what the mailboxes really answered.");
    list(script, "mailboxes", mailboxes);
    script.comment("A mailbox that Exchange doesn't know has its error in a row of its own, and the others are tested all the same.");
    line!(script, "$said = foreach ($mailbox in $mailboxes) {");
    line!(script, "    try {");
    // Export-Csv takes its columns from the first row, so that every row has them all.
    match mechanism {
        Mechanism::AccessPolicy => {
            let app = Literal::id(app.client_id);
            line!(script, "        Test-ApplicationAccessPolicy -Identity $mailbox -AppId ", app, " -ErrorAction Stop |");
            line!(
                script,
                "            Select-Object @{ Name = 'Mailbox'; Expression = { $mailbox } }, AccessCheckResult, \
                 @{ Name = 'Error'; Expression = { $null } }",
            );
        }
        Mechanism::ManagementScope | Mechanism::AdministrativeUnit => {
            let app = Literal::id(app.object_id);
            line!(script, "        Test-ServicePrincipalAuthorization -Identity ", app, " -Resource $mailbox -ErrorAction Stop |");
            line!(
                script,
                "            Select-Object @{ Name = 'Mailbox'; Expression = { $mailbox } }, RoleName, GrantedPermissions, \
                 AllowedResourceScope, ScopeType, InScope, @{ Name = 'Error'; Expression = { $null } }",
            );
        }
    }
    line!(script, "    } catch {");
    line!(script, "        $failure = $_.Exception.Message -replace '\\s+', ' '");
    match mechanism {
        Mechanism::AccessPolicy => {
            line!(script, "        [PSCustomObject]@{ Mailbox = $mailbox; AccessCheckResult = $null; Error = $failure }");
        }
        Mechanism::ManagementScope | Mechanism::AdministrativeUnit => line!(
            script,
            "        [PSCustomObject]@{ Mailbox = $mailbox; RoleName = $null; GrantedPermissions = $null; AllowedResourceScope = $null; \
             ScopeType = $null; InScope = $null; Error = $failure }",
        ),
    }
    line!(script, "    }");
    line!(script, "}");
    line!(script, "$said | Export-Csv -Path 'rollcall-scope-test.csv' -NoTypeInformation -Encoding UTF8");
    line!(script, "$said | Format-Table -AutoSize");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::plan::tests::{app, coverage, ground, limit, read};
    use crate::scope::plan::{Ground, steps};
    use crate::scope::present::{Granted, Reach};

    fn script(purpose: Purpose, rule: Rule, mechanism: Mechanism, name: &str, mailboxes: &[String]) -> String {
        let mut limit = limit(rule, mechanism);
        limit.unit.name = name.to_owned();
        let app = App { name: name.to_owned(), ..app() };
        let granted = ["Mail.ReadWrite".to_owned()];
        let coverage = coverage();
        let steps = steps(purpose, &Ground { mailboxes, ..ground(Some(&limit), &app, &coverage, &granted) }).unwrap();
        let voids = [Void::Grant { permission: name.to_owned() }, Void::Ews { permission: name.to_owned() }];
        write(purpose, Some(&limit), &app, name, &steps, &voids).text().to_owned()
    }

    /// Reads a script as PowerShell does, as far as quotes and comments go: what is left is its code.
    fn code(script: &str) -> String {
        let quote = |letter: char| matches!(letter, '\'' | '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}');
        let (mut code, mut letters) = (String::new(), script.chars().peekable());
        let mut before = '\n';
        while let Some(letter) = letters.next() {
            match letter {
                '#' if before.is_whitespace() => while letters.next_if(|&next| next != '\n' && next != '\r').is_some() {},
                '"' => while letters.next().is_some_and(|next| next != '"') {},
                _ if quote(letter) => loop {
                    match letters.next() {
                        None => break,
                        Some(next) if quote(next) && letters.next_if(|&after| quote(after)).is_none() => break,
                        Some(_) => {}
                    }
                },
                _ => code.push(letter),
            }
            before = letter;
        }
        code
    }

    const HOSTILE: [&str; 12] = [
        "'; Remove-Mailbox -Identity * ; '",
        "\u{2019}; Remove-Mailbox -Identity * #",
        "\u{2018}\u{201A}\u{201B}; Remove-Mailbox",
        "a\r\nRemove-Mailbox -Identity *",
        "a\u{2028}Remove-Mailbox",
        "a\u{85}Remove-Mailbox",
        "$(Remove-Mailbox -Identity *)",
        "`'; Remove-Mailbox",
        "\"; Remove-Mailbox; \"",
        "#> Remove-Mailbox <#",
        "\u{202E}xobliaM-evomeR ;'",
        "''';Remove-Mailbox;'''",
    ];

    #[test]
    fn no_name_gets_out_of_its_quotes_or_its_comment() {
        for purpose in Purpose::ALL {
            for mechanism in Mechanism::ALL {
                if matches!(purpose, Purpose::Migrate | Purpose::Finish) && !mechanism.is_rbac() {
                    continue;
                }
                let mailbox = |name: &str| [name.to_owned()];
                let harmless = code(&script(purpose, Rule::OnlyMembers, mechanism, "Sales", &mailbox("Sales")));
                for name in HOSTILE {
                    let hostile = script(purpose, Rule::OnlyMembers, mechanism, name, &mailbox(name));
                    assert_eq!(code(&hostile), harmless, "{name:?} changes what the script does");
                }
            }
        }
    }

    #[test]
    fn the_reader_of_the_test_would_see_a_way_out() {
        assert_ne!(code("New-X -Name 'Sales'"), code("New-X -Name ''; Remove-Mailbox -Identity * ; ''"));
        assert_ne!(code("# Sales\r\n"), code("# a\r\nRemove-Mailbox\r\n"));
    }

    #[test]
    fn a_scope_is_made_with_the_parameters_that_exchange_knows() {
        let text = script(Purpose::Apply, Rule::OnlyMembers, Mechanism::ManagementScope, "O'Neil", &[]);
        for wanted in [
            "New-ServicePrincipal -AppId '00000000-0000-0000-0000-00000000000a' -ObjectId '00000000-0000-0000-0000-00000000000b' -DisplayName 'O''Neil'",
            "New-ManagementScope -Name 'Rollcall 00000000-0000-0000-0000-00000000000a' -RecipientRestrictionFilter $filter",
            "New-ManagementRoleAssignment -Name 'Rollcall 00000000 Mail.ReadWrite' -Role 'Application Mail.ReadWrite' -App '00000000-0000-0000-0000-00000000000b' -CustomResourceScope 'Rollcall 00000000-0000-0000-0000-00000000000a'",
        ] {
            assert!(text.contains(wanted), "{wanted}\nis not in\n{text}");
        }
        let unit = script(Purpose::Apply, Rule::OnlyMembers, Mechanism::AdministrativeUnit, "Unit", &[]);
        assert!(unit.contains("-RecipientAdministrativeUnitScope '00000000-0000-0000-0000-00000000000c'"));
        assert!(!unit.contains("ManagementScope"));
    }

    #[test]
    fn removing_takes_each_name_that_rollcall_gives_and_no_other() {
        let text = script(Purpose::Remove, Rule::OnlyMembers, Mechanism::AccessPolicy, "Pilot", &[]);
        for wanted in [
            "    'Rollcall 00000000 Mail.ReadWrite',",
            "    'Rollcall 00000000 EWS.AccessAsApp'\r\n)",
            "    if (Get-ManagementRoleAssignment -Identity $assignment -ErrorAction SilentlyContinue) {",
            "    Remove-ManagementScope -Identity 'Rollcall 00000000-0000-0000-0000-00000000000a' -Confirm:$false",
            "$_.Description -like 'Rollcall: *' }",
        ] {
            assert!(text.contains(wanted), "{wanted}\nis not in\n{text}");
        }
        assert!(!text.contains("Only the members of"), "whom it was to reach says nothing of what goes");
    }

    #[test]
    fn the_policies_of_a_move_go_only_when_somebody_says_so() {
        let text = script(Purpose::Finish, Rule::OnlyMembers, Mechanism::ManagementScope, "Pilot", &[]);
        let first = text.lines().find(|line| !line.starts_with('#') && !line.is_empty());
        assert_eq!(first, Some("param([switch]$Confirmed)"), "PowerShell takes it at the top only");
        let (stop, drop) = (text.find("    throw '").unwrap(), text.find("Remove-ApplicationAccessPolicy").unwrap());
        assert!(stop < drop && text.contains("if (-not $Confirmed) {"), "{text}");
        assert!(text.contains("Where-Object { $Confirmed -and $_.AppId -eq '"), "pasted line by line it goes on after a stop: {text}");
        let apply = script(Purpose::Apply, Rule::OnlyMembers, Mechanism::ManagementScope, "Pilot", &[]);
        assert!(!apply.contains("$Confirmed"), "what limits asks nothing");
    }

    #[test]
    fn the_grants_of_a_move_go_only_when_somebody_says_so_and_the_roles_are_there() {
        let text = script(Purpose::Migrate, Rule::OnlyMembers, Mechanism::ManagementScope, "Pilot", &[]);
        let first = text.lines().find(|line| !line.starts_with('#') && !line.is_empty());
        assert_eq!(first, Some("param([switch]$Confirmed)"));
        let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what}\nis not in\n{text}"));
        let (stop, looks) = (at("2 hours have passed since the roles were assigned"), at("throw \"There is no role assignment"));
        assert!(stop < looks && looks < at("Remove-MgServicePrincipalAppRoleAssignment"), "{text}");
        assert!(text.contains("    'Rollcall 00000000 Mail.ReadWrite',\r\n    'Rollcall 00000000 Calendars.ReadWrite'\r\n"), "{text}");
        assert!(text.contains("Where-Object { $Confirmed -and "), "pasted line by line it goes on after a stop: {text}");
        assert!(!text.contains("New-ManagementRoleAssignment"), "a role that was just assigned counts for nobody yet");
    }

    #[test]
    fn a_grant_whose_id_is_not_known_here_is_told_by_what_the_tenant_publishes() {
        let (limit, app, coverage) = (limit(Rule::OnlyMembers, Mechanism::ManagementScope), app(), coverage());
        let granted = ["MailTips.ReadBasic.All".to_owned()];
        let steps = steps(Purpose::Migrate, &ground(Some(&limit), &app, &coverage, &granted)).unwrap();
        let text = write(Purpose::Migrate, Some(&limit), &app, "HQ", &steps, &[]).text().to_owned();
        assert!(text.contains("$roleIds = @($graph[0].AppRoles | Where-Object { $_.Value -eq 'MailTips.ReadBasic.All' }"), "{text}");
        assert!(text.contains("-and $roleIds -contains $_.AppRoleId } | ForEach-Object {"), "{text}");
    }

    #[test]
    fn a_grant_is_told_by_its_api_and_its_role_and_never_by_the_role_alone() {
        let text = script(Purpose::Migrate, Rule::OnlyMembers, Mechanism::ManagementScope, "Pilot", &[]);
        assert!(text.contains("-and $_.ResourceId -eq $graph[0].Id -and $_.AppRoleId -eq '"), "{text}");
        assert!(!text.contains("$exchange"), "nothing of Exchange's own API is granted");
        let known = text.find("$graph = @(Get-MgServicePrincipal").unwrap();
        assert!(text.contains("$graphId = '00000003-0000-0000-c000-000000000000'") && known < text.find("$graph[0].Id").unwrap());
        let (limit, app, coverage) = (limit(Rule::OnlyMembers, Mechanism::ManagementScope), app(), coverage());
        let exchange = ["full_access_as_app".to_owned()];
        let ews = Ground { granted: Granted { graph: &[], exchange: &exchange }, ..ground(Some(&limit), &app, &coverage, &[]) };
        let text = write(Purpose::Migrate, Some(&limit), &app, "HQ", &steps(Purpose::Migrate, &ews).unwrap(), &[]).text().to_owned();
        let full = "-and $_.ResourceId -eq $exchange[0].Id -and $_.AppRoleId -eq 'dc890d15-9560-4a4c-9b7f-a736ec74ec40'";
        assert!(text.contains("$exchangeId = '00000002-0000-0ff1-ce00-000000000000'") && text.contains(full), "{text}");
        assert!(!text.contains("$graph"), "{text}");
    }

    #[test]
    fn roles_from_before_go_with_the_script_of_a_policy_when_it_is_there() {
        let (limit, app, coverage) = (limit(Rule::OnlyMembers, Mechanism::AccessPolicy), app(), coverage());
        let roles = read(&[("Application Mail.Read", Reach::Everything)]);
        let ground = Ground { roles: &roles, ..ground(Some(&limit), &app, &coverage, &[]) };
        let text = write(Purpose::Apply, Some(&limit), &app, "HQ", &steps(Purpose::Apply, &ground).unwrap(), &[]).text().to_owned();
        assert!(text.find("New-ApplicationAccessPolicy").unwrap() < text.find("Remove-ManagementRoleAssignment").unwrap(), "{text}");
    }

    #[test]
    fn what_voids_the_scope_is_told_before_any_code() {
        let text = script(Purpose::Apply, Rule::OnlyMembers, Mechanism::ManagementScope, "Mail.Read", &[]);
        let top = text.split_once("\r\n\r\n").unwrap().0;
        assert!(top.lines().all(|line| line.starts_with("# ")), "{top}");
        assert!(top.contains("Warning: Mail.Read is granted for the whole tenant") && top.contains("over EWS every mailbox"), "{top}");
    }

    #[test]
    fn a_policy_allows_or_denies_and_is_made_once() {
        let policy = |rule| script(Purpose::Apply, rule, Mechanism::AccessPolicy, "Pilot", &[]);
        let allow = policy(Rule::OnlyMembers);
        assert!(allow.contains("New-ApplicationAccessPolicy -AccessRight RestrictAccess -AppId '"));
        assert!(allow.contains("if (-not (Get-ApplicationAccessPolicy"));
        assert!(policy(Rule::AllButMembers).contains("-AccessRight DenyAccess"));
        let mailboxes = ["ceo@contoso.example".to_owned()];
        let test = script(Purpose::Test, Rule::OnlyMembers, Mechanism::AccessPolicy, "Pilot", &mailboxes);
        assert!(test.contains("Test-ApplicationAccessPolicy -Identity $mailbox -AppId '00000000-0000-0000-0000-00000000000a'"));
    }

    #[test]
    fn a_mailbox_that_exchange_does_not_know_stops_no_test_and_has_a_row_with_the_same_columns() {
        let mailboxes = ["ceo@contoso.example".to_owned()];
        for mechanism in Mechanism::ALL {
            let test = script(Purpose::Test, Rule::OnlyMembers, mechanism, "Pilot", &mailboxes);
            let between = |start: &str, end: &str| test.split_once(start).unwrap().1.split_once(end).unwrap().0.to_owned();
            let tried = between("    try {", "    } catch {");
            assert!(tried.contains("-ErrorAction Stop |"), "what is no terminating error is none to catch: {tried}");
            let row = between("    } catch {", "\r\n    }");
            let given = |column: &str| tried.contains(&format!("{column},")) || tried.contains(&format!("Name = '{column}'"));
            let columns: Vec<&str> = row.split_once("@{ ").unwrap().1.split("; ").filter_map(|one| one.split(" = ").next()).collect();
            assert!(columns.len() >= 3 && columns.iter().all(|column| given(column)), "{columns:?} of\n{tried}");
            assert_eq!(tried.matches(", ").count() + 1, columns.len(), "each of them, and no more: {tried}");
        }
    }
}
