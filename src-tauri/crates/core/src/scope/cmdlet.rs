//! What Exchange's own test cmdlets said, as it is pasted or imported: a column beside what was observed, never a proof.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::finding::Finding;
use super::printed::Record;
use super::{Expected, Mechanism};
use crate::id::AppId;
use crate::manifest::Place;
use crate::time::Timestamp;

/// What the cmdlet said of a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    Granted,
    Denied,
}

impl Said {
    /// The name used in JSON, in the database and in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Denied => "denied",
        }
    }
}

/// What the cmdlet said of a mailbox, and when that was taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "CmdletReport")]
pub struct Report {
    pub said: Said,
    pub at: Timestamp,
    /// Whether the scope was changed since, or another one is wanted: then it says nothing of the present one.
    pub before_change: bool,
}

/// What the cmdlet contradicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "CmdletDisagrees")]
pub enum Disagreement {
    /// What the mailbox did.
    WithObserved,
    /// What is wanted of it.
    WithWanted,
    WithBoth,
}

impl Disagreement {
    /// The name used in JSON and in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WithObserved => "with_observed",
            Self::WithWanted => "with_wanted",
            Self::WithBoth => "with_both",
        }
    }
}

/// What a report contradicts of a mailbox that came to a finding. One from before a change contradicts nothing of the present scope.
#[must_use]
pub fn disagreement(expected: Expected, finding: Option<Finding>, report: Report) -> Option<Disagreement> {
    let (inside, granted) = (expected == Expected::Inside, report.said == Said::Granted);
    let answered = match finding {
        Some(Finding::ConfirmedInside | Finding::Leak) => Some(true),
        Some(Finding::ConfirmedOutside | Finding::LockOut) => Some(false),
        Some(Finding::TooEarly) => Some(!inside),
        Some(Finding::Unknown) | None => None,
    };
    match (answered.is_some_and(|answered| answered != granted), inside != granted) {
        _ if report.before_change => None,
        (true, true) => Some(Disagreement::WithBoth),
        (true, false) => Some(Disagreement::WithObserved),
        (false, true) => Some(Disagreement::WithWanted),
        (false, false) => None,
    }
}

/// What test cmdlets have printed, by address in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Printed {
    pub said: BTreeMap<String, Said>,
    /// The mailboxes of which a cmdlet only said why it failed, such as those that Exchange doesn't know.
    pub failed: BTreeMap<String, String>,
    /// The mailboxes of which it said that nothing was tested.
    pub not_run: BTreeSet<String>,
}

/// Why what was pasted is not taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// Nothing of it is what a test cmdlet prints.
    Nothing,
    /// It is none of what a test cmdlet prints.
    Odd { place: Place, text: String },
    /// A result that doesn't say of which mailbox it is, as the bare cmdlet of RBAC for Applications prints it.
    NoMailbox { place: Place },
    /// The window was too narrow, so that PowerShell has cut it off.
    CutOff { place: Place },
    /// It is of another application.
    OtherApp { place: Place, app: String },
    /// It is of the cmdlet that knows nothing of the mechanism.
    OtherCmdlet { place: Place, printed: &'static str, wanted: &'static str },
}

/// The cmdlet that tests what a mechanism limits.
const fn cmdlet_of(mechanism: Mechanism) -> &'static str {
    if mechanism.is_rbac() { "Test-ServicePrincipalAuthorization" } else { "Test-ApplicationAccessPolicy" }
}

/// Takes in records of a test cmdlet. One right that is in scope makes a mailbox granted; what was not run says nothing.
///
/// # Errors
/// [`Refused`], where any of it is of another application, of another cmdlet than the mechanism's, or not what a cmdlet prints.
pub fn take_in(records: &[Record], mechanism: Option<Mechanism>, app: AppId) -> Result<Printed, Refused> {
    let mut printed = Printed::default();
    for record in records {
        let place = record.place;
        let of_policy = record.field("accesscheckresult");
        let result = of_policy.or_else(|| record.field("inscope"));
        let error = record.field("error").filter(|error| !error.is_empty());
        if result.is_none() && error.is_none() {
            let text = record.fields.first().map_or_else(String::new, |(name, value)| format!("{name}: {value}"));
            return Err(Refused::Odd { place, text });
        }
        if let Some(other) = record.field("appid").filter(|id| !id.is_empty() && id.parse() != Ok(app)) {
            return Err(Refused::OtherApp { place, app: other.to_owned() });
        }
        let cmdlet = cmdlet_of(if of_policy.is_some() { Mechanism::AccessPolicy } else { Mechanism::ManagementScope });
        if let Some(wanted) = mechanism.map(cmdlet_of).filter(|wanted| result.is_some() && *wanted != cmdlet) {
            return Err(Refused::OtherCmdlet { place, printed: cmdlet, wanted });
        }
        let mailbox = record.field("mailbox").unwrap_or_default().to_lowercase();
        if mailbox.is_empty() {
            return Err(Refused::NoMailbox { place });
        }
        if mailbox.ends_with("...") || mailbox.ends_with('…') {
            return Err(Refused::CutOff { place });
        }
        match result.unwrap_or_default().to_lowercase().as_str() {
            "true" | "granted" => _ = printed.said.insert(mailbox, Said::Granted),
            "false" | "denied" => _ = printed.said.entry(mailbox).or_insert(Said::Denied),
            "" | "not run" => match error {
                Some(error) => _ = printed.failed.insert(mailbox, error.to_owned()),
                None => _ = printed.not_run.insert(mailbox),
            },
            odd => return Err(Refused::Odd { place, text: odd.to_owned() }),
        }
    }
    // One right that was tested says more than another that couldn't be.
    let Printed { said, failed, not_run } = &mut printed;
    failed.retain(|mailbox, _| !said.contains_key(mailbox));
    not_run.retain(|mailbox| !said.contains_key(mailbox) && !failed.contains_key(mailbox));
    if records.is_empty() { Err(Refused::Nothing) } else { Ok(printed) }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::printed::records;
    use super::*;

    const APP: AppId = AppId(Uuid::from_u128(0xA));

    fn read(text: &str, mechanism: Mechanism) -> Result<Printed, Refused> {
        take_in(&records(text)?, Some(mechanism), APP)
    }

    fn ada(said: Said) -> BTreeMap<String, Said> {
        [("ada@contoso.example".to_owned(), said)].into()
    }

    #[test]
    fn both_cmdlets_are_read_as_table_and_as_list() {
        let table = "\u{feff}\"Mailbox\",\"RoleName\",\"InScope\"\r\n\"Ada@contoso.example\",\"Application Mail.Read, all\",\"False\"\r\n\
                     \"ada@contoso.example\",\"Application Mail.Send\",\"True\"\r\n\"bo@contoso.example\",\"x\",\"False\"\r\n\
                     \"cy@contoso.example\",\"x\",\"Not Run\"\r\n";
        let read_table = read(table, Mechanism::ManagementScope).unwrap();
        assert_eq!(read_table.said.get("ada@contoso.example"), Some(&Said::Granted), "one right in scope is enough");
        assert_eq!(read_table.said.get("bo@contoso.example"), Some(&Said::Denied));
        assert_eq!(read_table.not_run, ["cy@contoso.example".to_owned()].into(), "not run says nothing");
        let list = "PS C:\\> .\\scope-test.ps1\r\n\r\nAppId             : 00000000-0000-0000-0000-00000000000A\r\nMailbox           : bo\r\n\
                    AccessCheckResult : Denied\r\n\r\nMailbox : di@contoso.example\r\nAccessCheckResult : Granted\r\n\r\n";
        let said = [("bo".to_owned(), Said::Denied), ("di@contoso.example".to_owned(), Said::Granted)];
        assert_eq!(read(list, Mechanism::AccessPolicy).unwrap().said, said.into());
    }

    #[test]
    fn what_powershell_prints_in_another_form_is_read_too() {
        let of_roles = [
            "\r\nMailbox             RoleName              GrantedPermissions AllowedResourceScope ScopeType InScope Error\r\n\
             -------             --------              ------------------ -------------------- --------- ------- -----\r\n\
             ada@contoso.example Application Mail.Read Mail.Read          Rollcall a           Custom    True         \r\n\r\n",
            "#TYPE Selected.System.Object\r\n\"Mailbox\",\"InScope\"\r\n\"ada@contoso.example\",\"True\"\r\n",
            "sep=;\r\n\"Mailbox\";\"InScope\"\r\n\"ada@contoso.example\";\"True\"\r\n",
            "Mailbox\tInScope\r\nada@contoso.example\tTrue\r\n",
        ];
        for text in of_roles {
            assert_eq!(read(text, Mechanism::AdministrativeUnit).unwrap().said, ada(Said::Granted), "{text}");
        }
        let not_run = "Mailbox : ada@contoso.example\r\nRoleName : Application Mail.Read\r\nInScope : Not Run\r\n";
        assert_eq!(read(not_run, Mechanism::ManagementScope).unwrap().not_run.len(), 1);
        let prompted = "[PS] C:\\>.\\scope-test.ps1\r\nWARNING: slow\r\nMailbox : ada@contoso.example\r\nInScope : True\r\n";
        assert_eq!(read(prompted, Mechanism::ManagementScope).unwrap().said, ada(Said::Granted));
        let wrapped = "Mailbox : ada@contoso.example\nAccessCheckResult : \nError   : The operation couldn't be\n          performed.\n";
        let failed = [("ada@contoso.example".to_owned(), "The operation couldn't be performed.".to_owned())];
        assert_eq!(read(wrapped, Mechanism::AccessPolicy).unwrap().failed, failed.into());
    }

    #[test]
    fn what_is_of_another_application_or_cmdlet_is_refused() {
        let policy = |app: &str| format!("AppId : {app}\nMailbox : ada@contoso.example\nAccessCheckResult : Granted\n");
        let other = "00000000-0000-0000-0000-000000000000";
        let place = Place::Line(1);
        assert_eq!(read(&policy(other), Mechanism::AccessPolicy), Err(Refused::OtherApp { place, app: other.to_owned() }));
        let (printed, wanted) = ("Test-ApplicationAccessPolicy", "Test-ServicePrincipalAuthorization");
        let ours = policy(&APP.to_string());
        assert_eq!(read(&ours, Mechanism::ManagementScope), Err(Refused::OtherCmdlet { place, printed, wanted }));
        let roles = "Mailbox,InScope\nada@contoso.example,True\n";
        let place = Place::Line(2);
        let refused = Refused::OtherCmdlet { place, printed: wanted, wanted: printed };
        assert_eq!(read(roles, Mechanism::AccessPolicy), Err(refused));
    }

    #[test]
    fn what_no_cmdlet_prints_is_refused_by_its_line() {
        use Mechanism::ManagementScope;
        assert_eq!(read("  \r\n", ManagementScope), Err(Refused::Nothing));
        let odd = |place, text: &str| Err(Refused::Odd { place: Place::Line(place), text: text.to_owned() });
        assert_eq!(read("nothing of the kind", ManagementScope), odd(1, "nothing of the kind"));
        assert_eq!(read("Mailbox,InScope\nada@contoso.example,True\nbo@contoso.example,Perhaps\n", ManagementScope), odd(3, "perhaps"));
        assert_eq!(read("Mailbox,InScope\nada@contoso.example,True\nbo@contoso.example\n", ManagementScope), odd(3, "bo@contoso.example"));
        assert_eq!(read("Subject : hello", ManagementScope), odd(1, "subject: hello"));
        let bare = "RoleName : Application Mail.Read\nInScope : True\n";
        assert_eq!(read(bare, ManagementScope), Err(Refused::NoMailbox { place: Place::Line(1) }));
        let narrow = "Mailbox         InScope\n-------         -------\nada@contoso.... True\n";
        assert_eq!(read(narrow, ManagementScope), Err(Refused::CutOff { place: Place::Line(3) }));
        let columns = "Mailbox             RoleName\n-------             --------\nada@contoso.example x\n";
        assert_eq!(read(columns, ManagementScope), Err(Refused::CutOff { place: Place::Line(1) }), "a column is missing");
    }

    #[test]
    fn a_mailbox_that_the_cmdlet_failed_on_is_told_and_stops_none_after_it() {
        let table = "\"Mailbox\",\"AccessCheckResult\",\"Error\"\r\n\"ada@contoso.example\",\"Granted\",\r\n\
                     \"Gone@contoso.example\",,\"The operation couldn't be performed:\r\nobject \"\"gone\"\", not found.\"\r\n\
                     \"bo@contoso.example\",\"Denied\",\r\n";
        let printed = read(table, Mechanism::AccessPolicy).unwrap();
        let said = [("ada@contoso.example".to_owned(), Said::Granted), ("bo@contoso.example".to_owned(), Said::Denied)];
        assert_eq!(printed.said, said.into());
        let why = "The operation couldn't be performed:\r\nobject \"gone\", not found.";
        assert_eq!(printed.failed, [("gone@contoso.example".to_owned(), why.to_owned())].into());
    }

    #[test]
    fn what_the_cmdlet_says_otherwise_is_marked_unless_the_scope_was_changed_since() {
        use Expected::{Inside, Outside};
        let report = |said| Report { said, at: Timestamp(1), before_change: false };
        for (expected, finding, said, wanted) in [
            (Outside, Some(Finding::Leak), Said::Denied, Some(Disagreement::WithObserved)),
            (Outside, Some(Finding::ConfirmedOutside), Said::Granted, Some(Disagreement::WithBoth)),
            (Outside, Some(Finding::Leak), Said::Granted, Some(Disagreement::WithWanted)),
            (Outside, None, Said::Granted, Some(Disagreement::WithWanted)),
            (Outside, Some(Finding::ConfirmedOutside), Said::Denied, None),
            (Inside, Some(Finding::TooEarly), Said::Granted, Some(Disagreement::WithObserved)),
            (Inside, Some(Finding::Unknown), Said::Granted, None),
        ] {
            assert_eq!(disagreement(expected, finding, report(said)), wanted, "{expected:?} {finding:?} {said:?}");
        }
        let before = Report { before_change: true, ..report(Said::Granted) };
        assert_eq!(disagreement(Outside, Some(Finding::ConfirmedOutside), before), None);
    }
}
