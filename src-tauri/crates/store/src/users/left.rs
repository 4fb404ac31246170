//! Whom a filter leaves, by the roster; what only the disk knows, such as who has a word, comes in as a set of numbers.

use rollcall_core::address::SignInState;
use rollcall_core::id::UserId;
use rollcall_core::organization::AccessType;
use rollcall_core::verdict::Verdict;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::UserFilter;
use super::ids::Ids;
use super::lines::with_all;
use super::roster::{Member, NEVER, Roster};
use super::searched::{Way, words};
use crate::error::StoreError;
use crate::organizations::Standing;
use crate::waves;

/// Whom the filter leaves, of all who are in the roster.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn left(conn: &Connection, roster: &Roster, filter: &UserFilter) -> Result<Ids, StoreError> {
    let wanted = Wanted::of(filter);
    let mut left: Ids = roster.members().iter().filter(|member| wanted.has(member, roster)).map(|member| member.id).collect();
    if let Some(wave) = filter.wave {
        left.retain(&in_wave(conn, roster, wave)?);
    }
    if !filter.sign_in.is_empty() {
        left.retain(&signed_in(conn, roster, &filter.sign_in)?);
    }
    if filter.several_mailboxes {
        left.retain(&named(conn, &("SELECT DISTINCT user FROM mailbox_addresses WHERE kind = 'secondary'", Vec::new()))?);
    }
    if let Some(moment) = filter.switched_since {
        let switched = "SELECT user FROM timeline WHERE at >= ? AND what ->> 'kind' = 'switched'";
        left.retain(&named(conn, &(switched, vec![moment.0.into()]))?);
    }
    if let Some(fingerprint) = &filter.fingerprint {
        let with_it = "SELECT user FROM checks WHERE fingerprint = ? AND verdict IN ('failed', 'unknown')";
        left.retain(&named(conn, &(with_it, vec![fingerprint.clone().into()]))?);
    }
    if let Some(searched) = &filter.search {
        found(conn, searched, &mut left)?;
    }
    Ok(left)
}

/// What a filter wants of the columns that the roster has. A set of values is a bit for each.
struct Wanted<'a> {
    filter: &'a UserFilter,
    mailbox: u32,
    verdict: u32,
    kind: u32,
    eligibility: u32,
    session: u32,
    access: u32,
    sync: u32,
}

impl<'a> Wanted<'a> {
    fn of(filter: &'a UserFilter) -> Self {
        Self {
            filter,
            mailbox: any_of(&filter.mailbox, |one| one as u32),
            verdict: any_of(&filter.verdict, |one| one as u32),
            kind: any_of(&filter.kind, |one| one as u32),
            eligibility: any_of(&filter.eligibility, |one| one as u32),
            session: any_of(&filter.session, |one| one as u32),
            access: any_of(&filter.access, |one| one as u32),
            sync: any_of(&filter.sync, |one| one as u32),
        }
    }

    fn has(&self, member: &Member, roster: &Roster) -> bool {
        let of_itself = self.filter.organization.is_none_or(|wanted| wanted == member.organization)
            && self.mailbox & bit(member.mailbox as u32) != 0
            && self.verdict & bit(member.verdict as u32) != 0
            && self.kind & bit(member.kind as u32) != 0
            && self.eligibility & bit(member.eligibility as u32) != 0
            && self.session & bit(member.session.unwrap_or(Verdict::NotRun) as u32) != 0
            && self.filter.mailbox_before.is_none_or(|moment| member.mailbox_since != NEVER && member.mailbox_since <= moment.0)
            && (!self.filter.queued || member.queued)
            && self.filter.checked_before.is_none_or(|moment| member.checked <= moment.0)
            && (!self.filter.with_issues || member.open_issues > 0);
        of_itself && (!self.asks_the_organization() || roster.standing(member.organization).is_some_and(|of| self.has_with(member, of)))
    }

    fn asks_the_organization(&self) -> bool {
        self.filter.tenant.is_some() || self.access != ANY || self.sync != ANY
    }

    fn has_with(&self, member: &Member, organization: &Standing) -> bool {
        self.filter.tenant.is_none_or(|wanted| wanted == organization.tenant)
            && self.access & bit(member.access.unwrap_or(organization.access) as u32) != 0
            && self.sync & bit(member.sync.stricter(organization.sync) as u32) != 0
    }
}

const ANY: u32 = u32::MAX;

/// A bit for each wanted value; without any, all are wanted.
fn any_of<T: Copy>(wanted: &[T], number: impl Fn(T) -> u32) -> u32 {
    if wanted.is_empty() { ANY } else { wanted.iter().fold(0, |bits, one| bits | bit(number(*one))) }
}

const fn bit(number: u32) -> u32 {
    1 << number
}

/// Who is in the wave of a number of the organization's plan; whoever is dealt into none is in the last one.
fn in_wave(conn: &Connection, roster: &Roster, wave: u32) -> Result<Ids, StoreError> {
    let (mut dealt, mut into_it) = (Ids::default(), Ids::default());
    for (user, organization, number) in waves::dealt(conn)? {
        if roster.member(user).is_some_and(|member| member.organization == organization) {
            dealt.insert(user);
            if number == wave {
                into_it.insert(user);
            }
        }
    }
    let last = waves::last(conn)?;
    let others = roster.members().iter().filter(|member| !dealt.contains(member.id) && last.get(&member.organization) == Some(&wave));
    into_it.extend(&others.map(|member| member.id).collect());
    Ok(into_it)
}

/// The sign-ins of users to the integration of their organization; in SQL.
macro_rules! to_own_integration {
    () => {
        "SELECT c.user
         FROM   connections AS c
                CROSS JOIN users         AS u ON u.id = c.user
                CROSS JOIN organizations AS o ON o.id = u.organization AND o.integration = c.integration
         "
    };
}

/// Of whom other mailboxes are read, and not their own.
const OWN_IS_NOT_READ: &str = "
    SELECT a.user
    FROM   mailbox_addresses AS a
    WHERE  a.account IS NOT NULL AND a.sync
           AND NOT EXISTS (SELECT 1 FROM mailbox_addresses WHERE user = a.user AND account IS NULL AND sync)";

/// Of whom another mailbox is read that nobody has signed in for.
const LACKS_SIGN_IN: &str = "
    SELECT a.user
    FROM   mailbox_addresses AS a
           CROSS JOIN users         AS u ON u.id = a.user
           CROSS JOIN organizations AS o ON o.id = u.organization
    WHERE  a.account IS NOT NULL AND a.sync
           AND NOT EXISTS (SELECT 1
                           FROM   connections AS c
                           WHERE  c.user = a.user AND c.account = a.account AND c.integration = o.integration)";

/// Whose sign-ins stand so, of those who are reached by them.
fn signed_in(conn: &Connection, roster: &Roster, wanted: &[SignInState]) -> Result<Ids, StoreError> {
    let needed = named(conn, &(concat!(to_own_integration!(), "WHERE c.need IS NOT NULL"), Vec::new()))?;
    let mut connected = named(conn, &(concat!(to_own_integration!(), "WHERE c.account = u.object_id"), Vec::new()))?;
    connected.extend(&named(conn, &(OWN_IS_NOT_READ, Vec::new()))?);
    let lacking = named(conn, &(LACKS_SIGN_IN, Vec::new()))?;
    let state = |id: UserId| match (needed.contains(id), connected.contains(id) && !lacking.contains(id)) {
        (true, _) => SignInState::Needed,
        (false, true) => SignInState::Connected,
        (false, false) => SignInState::NotSignedIn,
    };
    let delegated = |member: &Member| {
        let of_organization = || roster.standing(member.organization).map(|of| of.access);
        member.access.or_else(of_organization) == Some(AccessType::GraphDelegated)
    };
    let members = roster.members().iter().filter(|member| delegated(member) && wanted.contains(&state(member.id)));
    Ok(members.map(|member| member.id).collect())
}

/// Leaves those who have all words of a search. Words that no error has are looked for together, going through the lines once.
fn found(conn: &Connection, searched: &str, left: &mut Ids) -> Result<(), StoreError> {
    let mut together = Vec::new();
    for word in words(searched) {
        let mut others = Ids::default();
        for way in word.others() {
            others.extend(&named(conn, &way)?);
        }
        if others.is_empty() {
            together.push(word.in_lines());
            continue;
        }
        others.extend(&with_all(conn, &[word.in_lines()])?);
        left.retain(&others);
        if left.is_empty() {
            return Ok(());
        }
    }
    if !together.is_empty() {
        left.retain(&with_all(conn, &together)?);
    }
    Ok(())
}

/// Whom a statement names.
fn named(conn: &Connection, (sql, values): &Way) -> Result<Ids, StoreError> {
    let mut statement = conn.prepare_cached(sql)?;
    let ids = statement.query_map(params_from_iter::<&[Value]>(values), |row| row.get(0).map(UserId))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}
