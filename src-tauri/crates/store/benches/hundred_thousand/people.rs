//! A directory of people with names, addresses and ids in no order, as a real one has them.

use std::path::Path;

use rollcall_core::id::{AppId, ObjectId, OrganizationId};
use rollcall_core::integration::Preset;
use rollcall_core::organization::{AccessType, SyncStatus};
use rollcall_core::tenant::Cloud;
use rollcall_core::time::Timestamp;
use rollcall_core::user::DirectoryUser;
use rollcall_store::integrations::NewIntegration;
use rollcall_store::organizations::NewOrganization;
use rollcall_store::tenants::NewTenant;
use rollcall_store::{Store, StoreError, Transaction, integrations, organizations, tenants, users};
use uuid::Uuid;

pub const PEOPLE: u32 = 100_000;
pub const NOW: Timestamp = Timestamp(1_800_000_000_000);
/// The largest page that `/users` gives.
pub const PAGE: usize = 999;

/// The same numbers each time.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        let count = list.len() as u64;
        list[usize::try_from(self.next() % count).unwrap()]
    }
}

const GIVEN: [&str; 24] = [
    "Ada", "Bruno", "Chloé", "Dmitri", "Elif", "Farid", "Greta", "Hiro", "Ines", "Jonas", "Kofi", "Lena", "Mateo", "Nadia", "Oskar",
    "Priya", "Quentin", "Rosa", "Søren", "Tomas", "Uma", "Viktor", "Wanda", "Yara",
];
const SYLLABLES: [&str; 30] = [
    "ba", "ber", "cas", "dal", "den", "er", "fal", "gar", "hol", "in", "jan", "kel", "lin", "mar", "mo", "nor", "os", "pel", "qui", "ras",
    "sen", "stein", "ta", "tor", "ul", "van", "wil", "xan", "yor", "zel",
];
const JOBS: [&str; 6] = ["Buyer", "Account executive", "Field engineer", "Recruiter", "Controller", "Technical writer"];

/// Everybody, in no order.
pub fn everybody() -> Vec<DirectoryUser> {
    let mut random = Random(2026);
    (0..PEOPLE).map(|n| person(n, &mut random)).collect()
}

fn person(n: u32, random: &mut Random) -> DirectoryUser {
    let given = random.of(&GIVEN);
    let family: String = (0..3).map(|_| random.of(&SYLLABLES)).collect();
    let address = format!("{}.{family}{n}", given.to_lowercase().replace('é', "e").replace('ø', "o"));
    let mail = if n.is_multiple_of(5) { format!("{family}.{n}@contoso.example") } else { format!("{address}@contoso.example") };
    DirectoryUser {
        object_id: ObjectId(Uuid::from_u128(u128::from(random.next()) << 64 | u128::from(random.next()))),
        upn: format!("{address}@contoso.example"),
        display_name: format!("{given} {}{}", family[..1].to_uppercase(), &family[1..]),
        mail: Some(mail),
        aliases: vec![format!("{family}{n}@fabrikam.example")],
        department: Some(format!("Division{}x", n % 10)),
        job_title: Some(random.of(&JOBS).into()),
        enabled: !n.is_multiple_of(20),
        guest: false,
        on_premises: false,
        exchange_plan: !n.is_multiple_of(7),
    }
}

pub fn open(folder: &Path) -> (Store, OrganizationId) {
    let store = Store::open(folder, NOW).map(|opened| opened.store).unwrap();
    let organization = store.write(organization).unwrap();
    (store, organization)
}

/// Brings everybody in, ten pages at a time, as the importer does where pages come faster than they are stored.
pub fn bring_in(store: &Store, organization: OrganizationId, people: &[DirectoryUser]) {
    for pages in people.chunks(10 * PAGE) {
        let write = |tx: &Transaction<'_>| {
            for page in pages.chunks(PAGE) {
                users::upsert_page(tx, organization, page, NOW)?;
            }
            Ok(())
        };
        store.write(write).unwrap();
    }
}

fn organization(tx: &Transaction<'_>) -> Result<OrganizationId, StoreError> {
    let tenant = NewTenant {
        name: "Contoso".into(),
        cloud: Cloud::Global,
        authority: "https://login.microsoftonline.com".into(),
        graph: "https://graph.microsoft.com".into(),
        directory: "contoso.example".into(),
        client_id: AppId(Uuid::nil()),
        practice: false,
    };
    let tenant = tenants::insert(tx, &tenant, NOW)?.id;
    let integration = NewIntegration {
        tenant,
        name: "Revenue Grid".into(),
        client_id: AppId(Uuid::nil()),
        preset: Preset::RevenueGrid,
        permissions: vec![],
    };
    let integration = integrations::insert(tx, &integration, NOW)?.id;
    let organization = NewOrganization {
        tenant,
        integration,
        name: "Europe".into(),
        external_id: "EU-01".parse().unwrap(),
        access: AccessType::GraphAppOnly,
        sync: SyncStatus::Enabled,
    };
    Ok(organizations::insert(tx, &organization, NOW)?.id)
}
