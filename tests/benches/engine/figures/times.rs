//! How long the engine takes beside the bare client, and beside the round trips that can't be saved.

use std::time::Duration;

use anyhow::Result;

use super::Measured;
use super::lab::{Lab, TRIP};
use crate::figure::{Figure, Goal, Unit};
use crate::ours::Check;
use crate::pairs::{Pairs, Series};
use crate::serve::Ground;

/// Asking alone, 8 in flight.
pub fn probe(lab: &Lab<'_>, measured: &mut Measured) -> Result<()> {
    let users = lab.size.some;
    lab.tell(&format!("probe: {users} mailboxes × 4, 8 batches in flight"));
    let ground = Ground::of(users, TRIP);
    let mut share = Series::default();
    let ours = || {
        let took = lab.ours(&ground, Some(8), Check::All)?;
        share.push(took.share(took.done.import + took.done.check));
        Ok(took.done.check)
    };
    let pairs = Pairs::measure(lab.size.pairs, ours, || Ok(lab.bare(&ground, 8, false, users)?.done.asking))?;
    let what = format!("probe {} mailboxes × 4, 8 batches in flight", grouped(users));
    measured.figures.push(ratio("probe", what, &pairs, 1.05).beside(share.median()));
    Ok(())
}

/// Listing and asking, so many in flight; and what storing is of it.
pub fn both_at(lab: &Lab<'_>, measured: &mut Measured, (name, in_flight, goal): (&str, u32, f64)) -> Result<()> {
    let mut storing = Series::default();
    let ground = Ground::of(lab.size.many, TRIP);
    both(lab, measured, (name, in_flight, goal), &ground, |share| storing.push(share))?;
    let what = format!("storing results, share of the check's time ({} mailboxes × 4, {in_flight} in flight)", grouped(lab.size.many));
    let detail = "processor time of the threads that work on the database, over the time that passed";
    let value = (storing.median() * 100.0, Unit::Percent);
    measured.figures.push(Figure::new(&format!("storing-{in_flight}"), what, value, Goal::AtMost(5.0), detail.to_owned()));
    Ok(())
}

/// The same while one in fifty probes is throttled at first.
pub fn throttled(lab: &Lab<'_>, measured: &mut Measured) -> Result<()> {
    let ground = Ground { throttled_per_mille: 20, ..Ground::of(lab.size.many, TRIP) };
    both(lab, measured, ("throttled", 16, 1.15), &ground, |_| {})
}

fn both(
    lab: &Lab<'_>,
    measured: &mut Measured,
    (name, in_flight, goal): (&str, u32, f64),
    ground: &Ground,
    mut storing: impl FnMut(f64),
) -> Result<()> {
    let users = ground.users;
    lab.tell(&format!("{name}: list {users} and check all of them, {in_flight} in flight"));
    let mut share = Series::default();
    let ours = || {
        let took = lab.ours(ground, Some(in_flight), Check::All)?;
        let whole = took.done.import + took.done.check;
        share.push(took.share(whole));
        storing(took.done.storing.map_or(f64::NAN, |storing| storing / took.done.check));
        Ok(whole)
    };
    let pairs = Pairs::measure(lab.size.pairs, ours, || Ok(lab.bare(ground, in_flight as usize, true, users)?.done.whole))?;
    let throttled = match ground.throttled_per_mille {
        0 => String::new(),
        share => format!(", {} % of the items answered 429", share / 10),
    };
    let what = format!("list {} and check all of them, {in_flight} in flight, bare with overlap{throttled}", grouped(users));
    measured.figures.push(ratio(name, what, &pairs, goal).beside(share.median()));
    Ok(())
}

/// Mailboxes a second where nothing but the work itself takes time.
pub fn rate(lab: &Lab<'_>, measured: &mut Measured) -> Result<()> {
    let users = lab.size.many;
    lab.tell(&format!("rate: {users} mailboxes × 4, no latency, 16 in flight"));
    let ground = Ground::of(users, Duration::ZERO);
    let mut share = Series::default();
    let per_second = |seconds: f64| f64::from(users) / seconds;
    let ours = || {
        let took = lab.ours(&ground, Some(16), Check::All)?;
        share.push(took.share(took.done.import + took.done.check));
        Ok(per_second(took.done.check))
    };
    let pairs = Pairs::measure(lab.size.pairs, ours, || Ok(per_second(lab.bare(&ground, 16, false, users)?.done.asking)))?;
    let what = format!("mailboxes × 4 a second without latency, against bare ({}, 16 in flight)", grouped(users));
    let detail = format!("ours {:.0} a second, bare {:.0}; {}", pairs.ours.median(), pairs.theirs.median(), spread(&pairs.ratio));
    let goal = Goal::AtLeast(1.0 / 3.0);
    measured.figures.push(Figure::new("rate", what, (pairs.ratio.median(), Unit::Times), goal, detail).beside(share.median()));
    Ok(())
}

/// Listing and storing everybody, against its round trips.
pub fn listing(lab: &Lab<'_>, measured: &mut Measured) -> Result<()> {
    let users = lab.size.many;
    let pages = users.div_ceil(999);
    lab.tell(&format!("listing: {users} users, {pages} pages"));
    let floor = f64::from(pages) * TRIP.as_secs_f64();
    let mut took = Series::default();
    for _ in 0..lab.size.pairs {
        took.push(lab.ours(&Ground::of(users, TRIP), None, Check::None)?.done.import);
    }
    let what = format!("list and store {} users, against {pages} round trips one after the other", grouped(users));
    let detail = format!("ours {:.2} s, {pages} × 80 ms = {floor:.2} s; {:.2}–{:.2} s", took.median(), took.least(), took.most());
    measured.figures.push(Figure::new("listing", what, (took.median() / floor, Unit::Times), Goal::AtMost(1.10), detail));
    Ok(())
}

/// Listing and storing the largest directory, against the bare client that only lists it.
pub fn wire(lab: &Lab<'_>, measured: &mut Measured) -> Result<()> {
    let users = lab.size.most();
    lab.tell(&format!("wire: list and store {users} users"));
    let ground = Ground::of(users, TRIP);
    let per_second = |seconds: f64| f64::from(users) / seconds;
    let mut share = Series::default();
    let ours = || {
        let took = lab.ours(&ground, None, Check::None)?;
        share.push(took.share(took.done.import));
        Ok(per_second(took.done.import))
    };
    let pairs = Pairs::measure(lab.size.pairs, ours, || Ok(per_second(lab.bare(&ground, 1, false, 0)?.done.listing)))?;
    let what =
        format!("list and store {} users, users a second against bare, which lists page after page and stores nothing", grouped(users));
    let detail = format!("ours {:.0} a second, bare {:.0}; {}", pairs.ours.median(), pairs.theirs.median(), spread(&pairs.ratio));
    let goal = Goal::AtLeast(0.9);
    measured.figures.push(Figure::new("wire", what, (pairs.ratio.median(), Unit::Times), goal, detail).beside(share.median()));
    Ok(())
}

/// From Start to the first verdict on screen.
pub fn first(lab: &Lab<'_>, measured: &mut Measured) -> Result<()> {
    let times = u32::try_from(lab.size.pairs)?;
    for users in [lab.size.many, lab.size.most()] {
        lab.tell(&format!("first: {users} mailboxes, {times} starts"));
        let first = Series::of(lab.ours(&Ground::of(users, TRIP), None, Check::First(times))?.done.first);
        let trips = first.median() / TRIP.as_secs_f64();
        let what = format!("first verdict shown after Start, {} mailboxes", grouped(users));
        let milliseconds = |seconds: f64| seconds * 1_000.0;
        let (median, least, most) = (milliseconds(first.median()), milliseconds(first.least()), milliseconds(first.most()));
        let detail = format!("{median:.0} ms, a round trip is 80 ms; {} starts, {least:.0}–{most:.0} ms", first.len());
        measured.figures.push(Figure::new("first", what, (trips, Unit::Trips), Goal::AtMost(3.0), detail));
    }
    Ok(())
}

/// A figure that is a ratio of times.
pub(super) fn ratio(name: &str, what: String, pairs: &Pairs, goal: f64) -> Figure {
    let detail = format!("ours {:.2} s, bare {:.2} s; {}", pairs.ours.median(), pairs.theirs.median(), spread(&pairs.ratio));
    Figure::new(name, what, (pairs.ratio.median(), Unit::Times), Goal::AtMost(goal), detail)
}

/// How many there were, and how far apart.
pub(super) fn spread(series: &Series) -> String {
    match series.len() {
        1 => "one pair".to_owned(),
        pairs => format!("{pairs} pairs, {:.2}–{:.2}", series.least(), series.most()),
    }
}

/// A number with commas between its thousands.
pub fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
