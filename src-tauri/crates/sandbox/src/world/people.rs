use std::collections::HashMap;

use super::names::{AWKWARD, CULTURES};
use super::random::hash;
use super::{
    APPLICATION_ADMINISTRATOR, CLOUD_APPLICATION_ADMINISTRATOR, CONDITIONAL_ACCESS_ADMINISTRATOR, EXCHANGE_ADMINISTRATOR, FOUNDED_MS,
    GLOBAL_ADMINISTRATOR, GLOBAL_READER, Id, PRIVILEGED_ROLE_ADMINISTRATOR, REPORTS_READER, Random,
};
use crate::faults::FaultKind;

/// What kind of account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipient {
    Person,
    Shared,
    Room,
    Equipment,
    Guest,
}

/// The Exchange plan that comes with the account's licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Licence {
    /// Exchange Online Plan 2.
    Enterprise,
    /// Exchange Online Plan 1.
    Standard,
    /// Exchange Online Kiosk.
    Frontline,
    /// Present in the address book, no mailbox.
    Foundation,
    None,
}

impl Licence {
    /// `servicePlanId` of the Exchange plan ("Product names and service plan identifiers for licensing").
    pub fn exchange_plan(self) -> Option<&'static str> {
        match self {
            Licence::Enterprise => Some("efb87545-963c-4e0d-99df-69c6916d9eb0"),
            Licence::Standard => Some("9aaf7827-d63c-4b61-89c3-182f06f82e5c"),
            Licence::Frontline => Some("4a82b400-a79f-41a4-b4e2-e94f5787b113"),
            Licence::Foundation => Some("113feb6c-3fe4-4440-bddc-54d774bf0318"),
            Licence::None => None,
        }
    }
}

/// An account of the practice company.
#[derive(Debug, Clone)]
pub struct User {
    pub id: Id,
    pub upn: String,
    pub display_name: String,
    pub given_name: &'static str,
    pub surname: &'static str,
    /// Primary address, when it differs from the UPN; see [`User::mail`].
    pub other_mail: Option<String>,
    /// Secondary addresses, without the `smtp:` mark.
    pub aliases: Vec<String>,
    pub job_title: &'static str,
    pub department: &'static str,
    pub office: &'static str,
    pub country: &'static str,
    pub language: &'static str,
    pub recipient: Recipient,
    pub licence: Licence,
    /// Whether the account may sign in.
    pub enabled: bool,
    /// Synchronized from on-premises Active Directory.
    pub synced: bool,
    /// Role template ids the account holds now.
    pub admin_roles: &'static [&'static str],
    pub fault: Option<FaultKind>,
    pub deleted: bool,
}

impl User {
    /// The primary address; accounts without licence and guests from outside have one too.
    pub fn mail(&self) -> &str {
        self.other_mail.as_deref().unwrap_or(&self.upn)
    }

    /// `proxyAddresses`: the primary one with `SMTP:`, the others with `smtp:`.
    pub fn addresses(&self) -> Vec<String> {
        let mut all = vec![format!("SMTP:{}", self.mail())];
        all.extend(self.aliases.iter().map(|alias| format!("smtp:{alias}")));
        all
    }

    /// When the account was created, in milliseconds since 1970.
    pub fn created_ms(&self) -> i64 {
        const TWO_YEARS_OF_DAYS: u64 = 730;
        FOUNDED_MS + i64::try_from(hash(&self.id, 1) % TWO_YEARS_OF_DAYS).unwrap_or(0) * 86_400_000
    }
}

const DEPARTMENTS: [(&str, &[&str]); 9] = [
    ("Sales", &["Account Executive", "Sales Manager", "Sales Development Representative", "Bid Manager"]),
    ("Marketing", &["Campaign Manager", "Brand Designer", "Copywriter"]),
    ("Engineering", &["Engineer", "Principal Engineer", "Test Engineer", "Engineering Manager"]),
    ("Finance", &["Accountant", "Controller", "Payroll Specialist"]),
    ("Human Resources", &["Recruiter", "People Partner"]),
    ("Customer Service", &["Support Agent", "Support Lead", "Escalation Manager"]),
    ("Operations", &["Logistics Planner", "Warehouse Lead", "Buyer"]),
    ("Legal", &["Counsel", "Contracts Manager"]),
    ("IT", &["Systems Administrator", "Service Desk Analyst", "Security Analyst"]),
];
const OFFICES: [&str; 7] = ["London", "Berlin", "Lyon", "Kraków", "Athens", "Osaka", "Remote"];
const SHARED: [&str; 10] =
    ["Info", "Sales Desk", "Invoices", "Press", "Careers", "Support", "Orders", "Legal Notices", "Events", "Returns"];
const ROOMS: [&str; 8] = ["Ada", "Babbage", "Curie", "Darwin", "Euler", "Faraday", "Gauss", "Hopper"];
const EQUIPMENT: [&str; 4] = ["Projector", "Van", "Camera", "Demo Kit"];

/// Hires `count` accounts: the two admins first, then a mix of people with a few shared, room and equipment mailboxes.
pub(super) fn hire(random: &mut Random, count: u32, domain: &str) -> Vec<User> {
    let mut taken = HashMap::new();
    let mut people = Vec::with_capacity(count as usize);
    people.push(admin(random, &mut taken, domain, ("Ada", "Admin", "admin"), &[GLOBAL_ADMINISTRATOR]));
    people.push(admin(random, &mut taken, domain, ("Cloud", "Admin", "cloud.admin"), &[CLOUD_APPLICATION_ADMINISTRATOR]));
    while people.len() < count as usize {
        // Every 20th is a shared mailbox, every 25th a room, every 50th a piece of equipment, as in a company of this kind.
        let at = people.len();
        let user = if at % 20 == 11 {
            resource(random, &mut taken, domain, Recipient::Shared, &SHARED)
        } else if at % 25 == 13 {
            resource(random, &mut taken, domain, Recipient::Room, &ROOMS)
        } else if at % 50 == 17 {
            resource(random, &mut taken, domain, Recipient::Equipment, &EQUIPMENT)
        } else {
            let awkward = if count >= 40 && at % 3 == 0 && at >= 6 { AWKWARD.get(at / 3 - 2) } else { None };
            match awkward {
                Some(&(shown, given, family, local)) => {
                    let mut user = person(random, &mut taken, domain, (given, family, local.to_owned()), None);
                    shown.clone_into(&mut user.display_name);
                    user
                }
                None => anyone(random, &mut taken, domain),
            }
        };
        people.push(user);
    }
    people
}

/// People whom everybody can name, each with a role of their own; the last has none. The names say what they may do.
const APPOINTED: [(&str, &str, &str, &[&str]); 7] = [
    ("Privileged", "Admin", "privileged.admin", &[PRIVILEGED_ROLE_ADMINISTRATOR]),
    ("App", "Admin", "app.admin", &[APPLICATION_ADMINISTRATOR]),
    ("Global", "Reader", "global.reader", &[GLOBAL_READER]),
    ("Reports", "Reader", CONTESTED, &[REPORTS_READER]),
    ("Exchange", "Admin", "exchange.admin", &[EXCHANGE_ADMINISTRATOR]),
    ("Access", "Admin", "access.admin", &[CONDITIONAL_ACCESS_ADMINISTRATOR]),
    ("Plain", "User", PLAIN, &[]),
];

/// Has an address that is the principal name of somebody else.
const PLAIN: &str = "plain.user";
const CONTESTED: &str = "reports.reader";

/// Gives the last healthy people of the company names and roles that everybody can name. From 40 accounts on there is room for all of
/// them; the first ten accounts are never touched. Nothing is drawn, so the ids of all others stay what they are.
pub(super) fn appoint(people: &mut [User], domain: &str) {
    let mut posts = APPOINTED.iter();
    let chosen = people.iter_mut().skip(10).rev().filter(|user| {
        let easy = user.display_name.is_ascii() && !user.upn.contains('\'');
        user.recipient == Recipient::Person && user.fault.is_none() && user.admin_roles.is_empty() && easy
    });
    for user in chosen {
        let Some(&(given, family, local, roles)) = posts.next() else { return };
        user.display_name = format!("{given} {family}");
        user.upn = format!("{local}@{domain}");
        (user.given_name, user.surname) = (given, family);
        (user.other_mail, user.aliases) = (None, Vec::new());
        if local == PLAIN {
            // Left over from before the two companies became one.
            user.aliases.push(format!("{CONTESTED}@{domain}"));
        }
        (user.licence, user.enabled, user.synced) = (Licence::Enterprise, true, false);
        (user.country, user.language) = ("GB", "en-GB");
        user.admin_roles = roles;
    }
}

fn admin(
    random: &mut Random,
    taken: &mut HashMap<String, u32>,
    domain: &str,
    (given, family, local): (&'static str, &'static str, &str),
    role: &'static [&'static str],
) -> User {
    let mut user = person(random, taken, domain, (given, family, local.to_owned()), None);
    user.admin_roles = role;
    user.department = "IT";
    user.job_title = "Systems Administrator";
    user.other_mail = None;
    user.aliases = Vec::new();
    user.licence = Licence::Enterprise;
    user.enabled = true;
    user.synced = false;
    user
}

/// One more person, healthy and with a mailbox.
pub(super) fn newcomer(random: &mut Random, display_name: &str, upn: String) -> User {
    User {
        display_name: display_name.to_owned(),
        other_mail: None,
        aliases: Vec::new(),
        licence: Licence::Enterprise,
        enabled: true,
        synced: false,
        upn,
        ..person(random, &mut HashMap::new(), "", ("", "", String::new()), None)
    }
}

fn anyone(random: &mut Random, taken: &mut HashMap<String, u32>, domain: &str) -> User {
    let culture = CULTURES.get(random.below(CULTURES.len()));
    let (given, given_plain) = culture.map_or(("Sam", "sam"), |culture| random.pick(culture.given, ("Sam", "sam")));
    let (family, family_plain) = culture.map_or(("Doe", "doe"), |culture| random.pick(culture.family, ("Doe", "doe")));
    let mut user = person(
        random,
        taken,
        domain,
        (given, family, format!("{given_plain}.{family_plain}")),
        culture.map(|culture| (culture.language, culture.country)),
    );
    if culture.is_some_and(|culture| culture.family_first) {
        user.display_name = format!("{family}{given}");
    }
    user
}

fn person(
    random: &mut Random,
    taken: &mut HashMap<String, u32>,
    domain: &str,
    (given, family, local): (&'static str, &'static str, String),
    from: Option<(&'static str, &'static str)>,
) -> User {
    let upn = address(taken, domain, &local);
    let (language, country) = from.unwrap_or(("en-GB", "GB"));
    let (department, titles) = random.pick(&DEPARTMENTS, DEPARTMENTS[0]);
    let mut aliases = Vec::new();
    if random.chance(20) {
        aliases.push(upn.replacen('@', "@mail.", 1));
        if random.chance(30) {
            aliases.push(format!("{}@{domain}", &random.uuid()[..8]));
        }
    }
    // One in twelve signs in with another name than the one on the letterhead.
    let other_mail = random.chance(8).then(|| upn.replacen('@', "@people.", 1));
    User {
        id: Id::new(random.uuid_bits()),
        display_name: format!("{given} {family}").trim().to_owned(),
        upn,
        given_name: given,
        surname: family,
        other_mail,
        aliases,
        job_title: random.pick(titles, "Engineer"),
        department,
        office: random.pick(&OFFICES, "Remote"),
        country,
        language,
        recipient: Recipient::Person,
        licence: match random.below(10) {
            0..=5 => Licence::Enterprise,
            6..=8 => Licence::Standard,
            _ => Licence::Frontline,
        },
        enabled: !random.chance(3),
        synced: random.chance(40),
        admin_roles: &[],
        fault: None,
        deleted: false,
    }
}

fn resource(random: &mut Random, taken: &mut HashMap<String, u32>, domain: &str, recipient: Recipient, names: &[&'static str]) -> User {
    let name = random.pick(names, "Info");
    let (shown, local) = match recipient {
        Recipient::Room => (format!("Room {name}"), format!("room.{}", name.to_lowercase())),
        Recipient::Shared | Recipient::Equipment | Recipient::Person | Recipient::Guest => {
            (name.to_owned(), name.to_lowercase().replace(' ', "."))
        }
    };
    let upn = address(taken, domain, &local);
    let number =
        upn.split('@').next().and_then(|local| local.rsplit(|c: char| !c.is_ascii_digit()).next()).filter(|digits| !digits.is_empty());
    User {
        id: Id::new(random.uuid_bits()),
        display_name: number.map_or_else(|| shown.clone(), |number| format!("{shown} {number}")),
        upn,
        given_name: "",
        surname: "",
        other_mail: None,
        aliases: Vec::new(),
        job_title: "",
        department: "",
        office: random.pick(&OFFICES, "Remote"),
        country: "GB",
        language: "en-GB",
        recipient,
        licence: Licence::None,
        enabled: false,
        synced: false,
        admin_roles: &[],
        fault: None,
        deleted: false,
    }
}

/// The first free address for a local part: the second bearer of a name gets a 2.
fn address(taken: &mut HashMap<String, u32>, domain: &str, local: &str) -> String {
    let bearers = taken.entry(local.to_owned()).or_insert(0);
    *bearers += 1;
    match *bearers {
        1 => format!("{local}@{domain}"),
        number => format!("{local}{number}@{domain}"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use crate::faults::FaultPlan;
    use crate::world::World;

    #[test]
    fn the_same_seed_gives_the_same_company_and_every_address_is_its_own() {
        let one = World::build(42, 3_000, &FaultPlan::default());
        let two = World::build(42, 3_000, &FaultPlan::default());
        let names = |world: &World| world.users.iter().map(|user| (user.id.to_string(), user.upn.clone(), user.fault)).collect::<Vec<_>>();
        assert_eq!(names(&one), names(&two));
        let upns: HashSet<String> = one.users.iter().map(|user| user.upn.to_lowercase()).collect();
        assert_eq!(upns.len(), 3_000);
        assert_eq!(one.users[0].upn, "admin@contoso.example");
        assert_eq!(one.users[0].display_name, "Ada Admin");
        assert_eq!(one.users[1].upn, "cloud.admin@contoso.example");
    }

    #[test]
    fn there_is_somebody_to_sign_in_as_for_every_role() {
        use crate::world::{APPLICATION_ADMINISTRATOR, GLOBAL_READER, PRIVILEGED_ROLE_ADMINISTRATOR, REPORTS_READER};
        for users in [40, 250] {
            let world = World::build(1, users, &FaultPlan::default());
            assert_eq!(world.users.len(), users as usize);
            for (name, role) in [
                ("privileged.admin", Some(PRIVILEGED_ROLE_ADMINISTRATOR)),
                ("app.admin", Some(APPLICATION_ADMINISTRATOR)),
                ("global.reader", Some(GLOBAL_READER)),
                ("reports.reader", Some(REPORTS_READER)),
                ("plain.user", None),
            ] {
                let user = world.user_by_upn(&format!("{name}@contoso.example")).unwrap();
                assert_eq!(user.admin_roles.first().copied(), role, "{name}");
                assert!(user.enabled && user.fault.is_none(), "{name}");
            }
        }
    }
}
