//! InLoox: most permissions are each user's own and can be given or taken one by one; a few hold for the organization.

use super::HowToCheck::ByRollcall;
use super::{Description, Inspection, Need, Requirement};
use crate::organization::AccessType;
use crate::permission::PermissionType::{Application, Delegated};

pub(super) const DESCRIPTION: Description = Description {
    vendor: Some("InLoox"),
    client_id: None,
    access: &[AccessType::GraphDelegated],
    needs: NEEDS,
    limitations: &[],
    requirements: REQUIREMENTS,
};

const NEEDS: &[Need] = &[
    Need(
        "Calendars.Read.Shared",
        Delegated,
        "Colleagues' calendars and time tracking",
        "Calendars that colleagues share are shown, and time is tracked from them.",
        false,
    ),
    Need(
        "Calendars.ReadBasic.All",
        Application,
        "Workload analysis from busy times",
        "Everybody's busy times go into the analysis of who has capacity left.",
        false,
    ),
    Need("Calendars.ReadWrite", Delegated, "Tasks in the calendar", "Tasks become calendar entries, and entries become tasks.", false),
    Need(
        "Calendars.ReadWrite.Shared",
        Delegated,
        "Categories in shared calendars",
        "Appointments whose time was tracked are marked by a category, in shared calendars too.",
        false,
    ),
    Need("Contacts.Read", Delegated, "Own address book when inviting", "People are found in the user's own contacts when inviting.", false),
    Need(
        "Contacts.Read.Shared",
        Delegated,
        "Shared address books when inviting",
        "People are found in shared contact folders when inviting.",
        false,
    ),
    Need("email", Delegated, "Signing in", "The signed-in account is recognized by its address.", false),
    Need("openid", Delegated, "Signing in", "The user signs in with a Microsoft account.", false),
    Need("profile", Delegated, "Signing in", "The signed-in account is shown by its name.", false),
    Need("offline_access", Delegated, "Staying connected", "The connection outlives the sign-in.", false),
    Need(
        "Files.ReadWrite.All",
        Delegated,
        "Documents in SharePoint and OneDrive",
        "Project documents are kept in SharePoint libraries and in OneDrive.",
        false,
    ),
    Need(
        "Group.Read.All",
        Delegated,
        "Teams channels, sites and Planner plans",
        "The channels, sites and plans of the user's groups are offered for linking.",
        false,
    ),
    Need(
        "Mail.Read",
        Delegated,
        "Inbox view and e-mail tracking",
        "The inbox is shown beside the project, and its mail is tracked.",
        false,
    ),
    Need(
        "Mail.ReadWrite",
        Delegated,
        "Flags and categories on processed mail",
        "Mail that was processed is flagged and categorized.",
        false,
    ),
    Need("Sites.ReadWrite.All", Delegated, "Documents in SharePoint", "Project documents are stored in SharePoint sites.", false),
    Need("Tasks.Read", Delegated, "To Do and Planner import", "Tasks are taken over from To Do and Planner.", false),
    Need(
        "TeamsActivity.Send",
        Application,
        "Teams notifications",
        "What happens in a project is told in the activity feed of Teams.",
        false,
    ),
    Need("User.Read", Delegated, "Own profile and single sign-on", "The user's own profile is read after a single sign-on.", false),
    Need(
        "User.Read.All",
        Application,
        "Full profiles and contact synchronization",
        "Colleagues are shown with their full profiles and synchronized as contacts.",
        false,
    ),
];

const REQUIREMENTS: &[Requirement] = &[
    Requirement {
        what: "Calendars.ReadBasic.All and User.Read.All are set once, for the whole organization.",
        how_to_check: ByRollcall(Inspection::Consent),
    },
    Requirement {
        what: "Most of the other permissions are each user's own: every one can be granted or revoked alone, at any time.",
        how_to_check: ByRollcall(Inspection::UserConsent),
    },
];
