//! The access scope as a person reads it.

use rollcall_core::scope::finding::{Finding, Outcome, Tally};
use rollcall_core::scope::present::{Assignment, Roles, Void};
use rollcall_core::scope::why::{Because, because};
use rollcall_ops::error::Result;
use rollcall_ops::job::Job;
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::scope::foresee::ForeseenProof;
use rollcall_ops::scope::mailboxes::{self, ProofMailboxes};
use rollcall_ops::scope::read::{Reading, UnitState};
use rollcall_ops::scope::said::SaidOf;
use rollcall_ops::scope::shared::{SharedWish, Sharer};
use rollcall_ops::scope::show::{self, ProofView, ScopeView, Target};
use rollcall_ops::scope::why::Why;

use crate::call::Call;
use crate::screen::Screen;
use crate::table::Paint;
use crate::text::{count, counted, quoted};
use crate::verify::probably;
use crate::words::scope as words;

/// Contradictions that are named one by one, of each kind.
const NAMED: u32 = 50;

/// The whole of it, for the organization of this name.
pub fn view(view: &ScopeView, org: &str, screen: &Screen) {
    screen.headline(&format!("To be reached: {}", words::of_desired(&view.desired)));
    if let Some(reading) = &view.reading {
        if view.read_before_change {
            let (at, org) = (reading.at.utc(), quoted(org));
            screen.painted(
                &format!(
                    "What follows was read at {at}, before the last change, and may be so no more: `rollcallctl scope show --org {org} --read` \
                     reads it again."
                ),
                Paint::Open,
            );
        }
        match &reading.unit {
            UnitState::None => {}
            UnitState::Gone => screen.painted("The group of the scope was deleted.", Paint::Bad),
            UnitState::Here { direct, nested, renamed_from } => {
                screen.line(&format!("{}, {} with groups inside it", counted(*direct, "direct member", "direct members"), count(*nested)));
                if let Some(before) = renamed_from {
                    screen.line(&format!("It was renamed: before, it was called {before}."));
                }
            }
        }
        for remark in &reading.remarks {
            screen.line(&words::of_remark(*remark));
        }
        granted(reading, screen);
        match &reading.assignments {
            Roles::Read { value } if value.is_empty() => screen.line("Exchange has assigned no role of RBAC for Applications."),
            Roles::Read { value } => assigned(value, "Assigned", screen),
            Roles::Earlier { value, at, why } => {
                screen.painted(&format!("Roles of Exchange: {}", words::of_unread(why, org)), Paint::Open);
                screen.painted(&format!("What follows of them is from the reading of {}, and may be so no more.", at.utc()), Paint::Open);
                assigned(value, "Assigned then", screen);
            }
            Roles::Unread { why } => screen.painted(&format!("Roles of Exchange: {}", words::of_unread(why, org)), Paint::Open),
        }
        screen.line("Access policies: Graph doesn't tell. Only the proof shows whether one holds.");
    } else {
        let org = quoted(org);
        screen.line(&format!("What is in force was not read yet: `rollcallctl scope show --org {org} --read` reads it."));
    }
    for void in &view.voids {
        screen.painted(&words::of_void(void, org), Paint::Bad);
    }
    shared(&view.shared, screen);
    if !view.coverage.by_mailbox.is_empty() {
        let named = view.coverage.by_mailbox.join(", ");
        screen.line(&format!("By a permission on each mailbox in Exchange, whatever the scope says: {named}"));
    }
    if !view.coverage.unscopable.is_empty() {
        screen.line(&format!("Can't be limited by this: {}", view.coverage.unscopable.join(", ")));
    }
    if let Some(change) = view.change.filter(|change| !change.settled) {
        let (at, settles) = (change.change.at.utc(), change.settles.utc());
        screen.line(&format!("Changed at {at}; contradictions count from {settles} on."));
    }
    match &view.proof {
        None => screen.line("Never proven."),
        Some(last) => {
            proof(last, org, screen);
            if let Some(words) = words::of_stands(view.stands, org) {
                screen.painted(&words, Paint::Bad);
            }
        }
    }
}

/// What other organizations of the application wish.
pub fn shared(sharers: &[Sharer], screen: &Screen) {
    for sharer in sharers {
        let paint = match sharer.wish {
            SharedWish::Same => Paint::Faint,
            SharedWish::Other { .. } => Paint::Bad,
            SharedWish::None { .. } => Paint::Open,
        };
        screen.painted(&words::of_sharer(sharer), paint);
    }
}

/// What Entra has granted for the whole tenant, and of when that is known where it is not of the reading.
fn granted(reading: &Reading, screen: &Screen) {
    let names = words::of_tenant_wide(&[reading.granted.as_slice(), &reading.granted_exchange].concat());
    match reading.granted_at {
        Some(at) => screen.line(&format!("{names} That was read at {}, with the consent.", at.utc())),
        None => screen.line(&names),
    }
}

fn assigned(roles: &[Assignment], how: &str, screen: &Screen) {
    for one in roles {
        screen.line(&format!("{how}: {} for {}", one.role, words::of_reach(&one.reach)));
    }
}

/// What a proof will ask, and about how long that takes.
pub fn foreseen(foreseen: &ForeseenProof) -> String {
    let ForeseenProof { accounts, mailboxes, sampled, reads, probes, seconds, bound, measured } = *foreseen;
    let mailboxes = counted(mailboxes, "mailbox", "mailboxes");
    let whom = if sampled { format!("at most {mailboxes}") } else { format!("the whole directory, at most {mailboxes},") };
    format!(
        "The directory of {} is read ({}), then {whom} asked by {}: {}",
        counted(accounts, "account", "accounts"),
        counted(reads, "request at most", "requests at most"),
        counted(probes, "request", "requests"),
        probably(seconds, bound, measured)
    )
}

/// What a proof came to, of the organization of this name.
pub fn proof(view: &ProofView, org: &str, screen: &Screen) {
    let tally = &view.proof.tally;
    screen.headline(&format!("Proof {}: {}", view.proof.id, outcome(view)));
    screen.line(&format!(
        "{} confirmed inside, {} confirmed outside, {}, {}, {} too early, {} unknown, {} not asked",
        count(tally.confirmed_inside),
        count(tally.confirmed_outside),
        counted(tally.leaks, "leak", "leaks"),
        counted(tally.lock_outs, "lock-out", "lock-outs"),
        count(tally.too_early),
        count(tally.unknown),
        count(tally.waiting)
    ));
    if let Some(settles) = settles(view) {
        let provisional = counted(tally.provisional, "of those confirmed is", "of those confirmed are");
        screen.line(&format!("{provisional} provisional until {settles}: what was in force before may have answered."));
    }
    let sample = &view.proof.sample;
    let drawn = |wanted: Option<u32>, of: u32| match wanted {
        Some(wanted) if wanted < of => format!("{} of {}", count(wanted), count(of)),
        Some(_) | None => format!("all {}", count(of)),
    };
    screen.line(&format!(
        "Asked are {} that must answer and {} that must be refused{}; seed {}",
        drawn(sample.inside, sample.of_inside),
        drawn(sample.outside, sample.of_outside),
        if sample.named.is_empty() { "" } else { ", and those that were named" },
        sample.seed
    ));
    if tally.disagreements > 0 {
        let mailboxes = counted(tally.disagreements, "mailbox", "mailboxes");
        screen.painted(&format!("The test cmdlet says otherwise than observed or wanted of {mailboxes}."), Paint::Bad);
    }
    if let Some(basis) = view.proof.basis.as_ref().filter(|basis| !basis.unlimited.is_empty()) {
        let permissions = basis.unlimited.join(", ");
        screen.painted(
            &format!("The proof says nothing of {permissions}: granted for the whole tenant, and no scope limits it, so every mailbox is open to it."),
            Paint::Bad,
        );
    }
    for name in &sample.unknown {
        screen.line(&format!("{name}: no mailbox of this tenant"));
    }
    if view.waits_for_secret {
        let (due, org) = (view.next_probe.map_or_else(String::new, |at| format!(" from {} on", at.utc())), quoted(org));
        screen.painted(
            &format!(
                "What is {} is to be asked again{due}, but the integration's secret is not at hand, so nothing is asked by itself. Hand it in: \
                 `rollcallctl scope prove --org {org} --again --secret-stdin`, or keep it with `rollcallctl integration change NAME \
                 --secret-stdin`.",
                early(tally)
            ),
            Paint::Open,
        );
    } else if let Some(put_off) = &view.proof.put_off {
        let (until, code) = (put_off.until.utc(), &put_off.code);
        screen.painted(
            &format!("The last try to ask again failed ({code}). The next one is at {until}, while Rollcall is open."),
            Paint::Bad,
        );
    } else if let Some(next) = view.next_probe {
        screen.line(&format!("What is {} is asked again at {}, while Rollcall is open.", early(tally), next.utc()));
    }
}

/// What is asked again.
const fn early(tally: &Tally) -> &'static str {
    if tally.too_early > 0 { "too early" } else { "provisional" }
}

/// What the proof comes to, in the terms of its numbers: where nothing contradicts, it isn't too early to judge but to rely on.
fn outcome(view: &ProofView) -> String {
    match (view.outcome, settles(view)) {
        (Outcome::TooEarly, Some(settles)) if view.proof.tally.too_early == 0 => format!("provisional until {settles}"),
        (outcome, _) => words::of_outcome(outcome).to_owned(),
    }
}

/// Until when some of those confirmed are provisional.
fn settles(view: &ProofView) -> Option<String> {
    view.proof.change.filter(|_| view.proof.tally.provisional > 0).map(|change| change.settles().utc())
}

/// Mailboxes of a proof that contradict the scope.
pub struct Contradictions {
    /// The first of each kind.
    pub listed: Vec<Target>,
    /// Why those leak that are listed, where all of them do for one reason.
    cause: Option<Because>,
    /// What opens them, where that is the reason.
    voids: Vec<Void>,
}

/// # Errors
/// Those of the store.
pub async fn contradictions(view: &ProofView, call: &Call) -> Result<Contradictions> {
    let mut listed = Vec::new();
    for finding in [Finding::Leak, Finding::LockOut] {
        let ask = ProofMailboxes { proof: view.proof.id, finding: Some(finding), search: String::new(), offset: 0, limit: NAMED };
        listed.extend(mailboxes::mailboxes(&call.desk, ask, &Job::quiet()).await?.rows);
    }
    let of = OrganizationRef { organization: view.proof.organization };
    let ScopeView { voids, reading, .. } = show::show(&call.desk, of, &Job::quiet()).await?;
    let all_read = reading.is_some_and(|reading| reading.assignments.read().is_some());
    let leaks = listed.iter().filter(|target| target.finding == Some(Finding::Leak));
    let mut causes: Vec<Because> = leaks.map(|target| because(Finding::Leak, &target.calls, &voids, all_read)).collect();
    causes.dedup();
    let cause = if let [only] = causes[..] { Some(only) } else { None };
    let voids = voids.into_iter().filter(|void| match (cause, void) {
        (Some(Because::TenantWideGrant), Void::Grant { .. }) | (Some(Because::AssignedBeside), Void::Assignment { .. }) => true,
        (_, Void::Grant { .. } | Void::Ews { .. } | Void::Assignment { .. }) => false,
    });
    Ok(Contradictions { voids: voids.collect(), listed, cause })
}

/// The mailboxes that contradict the scope, how many more there are, and the cause they share.
pub fn contradicting(found: &Contradictions, tally: &Tally, organization: &str, screen: &Screen) {
    for target in &found.listed {
        let finding = target.finding.map_or("", words::of_finding);
        screen.painted(&format!("{finding}: {}", target.upn), Paint::Bad);
    }
    let more = tally.leaks.saturating_sub(NAMED) + tally.lock_outs.saturating_sub(NAMED);
    if more > 0 {
        screen.line(&format!("and {} more: `rollcallctl scope evidence --org {}`", count(more), quoted(organization)));
    }
    if let Some(cause) = found.cause {
        screen.line(&format!("Cause of each leak listed: {}", words::of_because(cause)));
        for void in &found.voids {
            screen.painted(&words::of_void(void, organization), Paint::Bad);
        }
    }
}

/// What came of an import.
pub fn said(said: &SaidOf, screen: &Screen) {
    let SaidOf { added, replaced, kept, failed, not_run, elsewhere, unchecked } = said;
    let (added, replaced, kept) = (count(*added), count(*replaced), count(*kept));
    screen.line(&format!("Taken in what the cmdlet said: {added} added, {replaced} replaced, {kept} kept. It is no proof."));
    for one in failed {
        screen.line(&format!("{}: the cmdlet failed, so nothing is known of it: {}", one.mailbox, one.error));
    }
    for mailbox in not_run {
        screen.line(&format!("{mailbox}: the cmdlet has not tested it, so nothing is known of it"));
    }
    for mailbox in elsewhere {
        screen.painted(&format!("{mailbox}: nobody in the tenant has this address, so it was not taken in"), Paint::Bad);
    }
    for mailbox in unchecked {
        screen.painted(&format!("{mailbox}: taken in, but whether it is of the tenant could not be looked up"), Paint::Open);
    }
}

/// Why a mailbox can or can't be reached.
pub fn why(why: &Why, screen: &Screen) {
    let finding = why.mailbox.finding.map_or("not asked", words::of_finding);
    let provisional = why.mailbox.provisional.map_or_else(String::new, |until| format!(", provisional until {}", until.utc()));
    screen.headline(&format!("{}: {finding}{provisional}", why.mailbox.upn));
    screen.line(words::of_because(why.because));
    for link in &why.chain {
        screen.paragraph(&words::of_link(link), "- ", "  ");
    }
}
