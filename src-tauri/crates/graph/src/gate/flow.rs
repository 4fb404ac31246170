//! How many requests of one service are in flight at once, found out by asking: more while it helps, half as many when it is too much.

use std::time::Duration;

use rollcall_core::bound::Bound;
use rollcall_core::time::Timestamp;

use super::Size;
use crate::pace::Pace;

/// After so long without a request the line is felt for anew: what it bore then says little, and after sleep nothing may burst.
const IDLE: Duration = Duration::from_secs(10);
/// For so long a limit that was run into is remembered.
const REMEMBERED: Duration = Duration::from_secs(300);
/// For so long after answers got slower the limit grows by one a round trip at most.
const CROWDED: Duration = Duration::from_secs(30);
/// For so long an average that nothing adds to still says something.
const CURRENT: Duration = Duration::from_secs(60);
/// For so long after the places were used it isn't the work that there is too little of: answers come in bursts, and few are under way
/// when the last of one is here.
const IN_USE: Duration = Duration::from_secs(2);
/// Answers that an average needs before it is believed.
const ENOUGH: u32 = 8;
/// Requests of one batch that Outlook works on at a time.
const ROUND: u32 = 4;
/// Where asking twice as much at once takes each answer twice as long, nothing is won. Below this factor something still is …
const STILL_WORTH_IT: f64 = 1.5;
/// … and beyond this one less at once loses nothing.
const FOR_NOTHING: f64 = 1.8;

/// The control of one service's requests in flight.
pub(super) struct Flow {
    limit: u32,
    /// Percent of the limit that is left to others.
    left: u8,
    good: u32,
    /// Counts the halvings: requests that were under way when the limit was halved don't halve it again.
    window: u32,
    /// The limit that was too much when last tried.
    too_much: Option<(u32, Timestamp)>,
    /// When more at once was last seen to make each answer slower.
    crowded: Option<Timestamp>,
    /// When there was last enough to do to use what is allowed; until the first answer nobody knows.
    used: Option<Timestamp>,
    last: Timestamp,
    /// Average times of full answers, by how many were in flight: 1, 2-3, 4-7, … 64 and more.
    times: [Average; 7],
    /// Average time of a probe alone.
    single: Average,
}

#[derive(Clone, Copy, Default)]
struct Average {
    seconds: f64,
    answers: u32,
    last: Option<Timestamp>,
}

impl Flow {
    pub fn new(pace: &Pace) -> Self {
        Self {
            limit: pace.first_in_flight.clamp(1, pace.most_in_flight.max(1)),
            left: 0,
            good: 0,
            window: 0,
            too_much: None,
            crowded: None,
            used: None,
            last: Timestamp(i64::MIN),
            times: [Average::default(); 7],
            single: Average::default(),
        }
    }

    /// How many the service takes gladly, as far as is known.
    pub const fn limit(&self) -> u32 {
        self.limit
    }

    /// How many may be in flight: the limit without what is left to others.
    pub fn allowed(&self) -> u32 {
        share(self.limit, self.left)
    }

    /// Leaves so many percent of the limit to others.
    pub const fn leave(&mut self, percent: u8) {
        self.left = percent;
    }

    /// The mark of the current halving, to be handed back when a request that leaves now comes back.
    pub const fn window(&self) -> u32 {
        self.window
    }

    /// A request leaves while `in_flight` others are under way.
    pub fn leaves(&mut self, in_flight: u32, pace: &Pace, now: Timestamp) {
        if in_flight == 0 && now.since(self.last) > IDLE {
            self.limit = self.limit.min(pace.first_in_flight.max(1));
            self.crowded = None;
            self.good = 0;
        }
        self.last = now;
    }

    /// A good answer came back after `took`, while `in_flight` were under way, itself among them; `among` were when it left.
    pub fn good(&mut self, in_flight: u32, among: u32, size: Size, took: Duration, pace: &Pace, now: Timestamp) {
        self.last = now;
        match size {
            Size::Full => self.times[level(among)].add(took, now),
            Size::Single => self.single.add(took, now),
            Size::Other => {}
        }
        if in_flight.saturating_mul(4) < self.allowed().saturating_mul(3) {
            self.used.get_or_insert(Timestamp(i64::MIN));
            return;
        }
        self.used = Some(now);
        let slower = self.slower(now);
        if slower >= STILL_WORTH_IT {
            self.crowded = Some(now);
            self.good = 0;
            if slower >= FOR_NOTHING {
                // Nothing is lost by asking less at once, so the limit isn't halved. The new one is measured afresh.
                self.times[level(self.allowed())] = Average::default();
                self.limit = (self.limit * 3 / 4).max(pace.first_in_flight.min(self.limit)).max(1);
                self.times[level(self.allowed())] = Average::default();
            }
            return;
        }
        self.good += 1;
        if self.good >= self.good_for_one_more(pace, now) {
            self.good = 0;
            self.limit = (self.limit + 1).min(pace.most_in_flight.max(1));
        }
    }

    /// It was too much at once. What is left to others was not asked, so the limit is no more than what was.
    pub fn ease(&mut self, window: u32, now: Timestamp) {
        self.last = now;
        if window == self.window {
            let asked = self.allowed();
            self.too_much = Some((asked, now));
            self.limit = (asked / 2).max(1);
            self.good = 0;
            self.window = self.window.wrapping_add(1);
        }
    }

    /// How many probes one request should carry when so many wait and so many requests are allowed at once. A full batch brings the
    /// most through a place, unless a probe alone was measured to be that much faster; at the end, when there are fewer probes than
    /// would fill the places, each place gets its share, because Outlook works on four requests of a batch at a time ("Microsoft
    /// Graph throttling limits") and the smaller batch is back sooner.
    pub fn together(&self, largest: u32, waiting: u32, allowed: u32, now: Timestamp) -> u32 {
        let (full, single) = (self.times[level(allowed)].current(now), self.single.current(now));
        if waiting <= allowed {
            return 1;
        }
        let (Some(full), Some(single)) = (full, single) else { return largest };
        // At the same load on Exchange: four places with one probe each do what one place with a batch does.
        let rounds = f64::from(largest.div_ceil(ROUND));
        if full > single * rounds * 1.1 {
            return 1;
        }
        if full < single * STILL_WORTH_IT || waiting >= allowed.saturating_mul(largest) {
            return largest;
        }
        waiting.div_ceil(allowed).next_multiple_of(ROUND).min(largest)
    }

    /// What keeps the limit from growing.
    pub fn bound(&self, pace: &Pace, now: Timestamp) -> Bound {
        if self.used.is_some_and(|used| now.since(used) > IN_USE) {
            Bound::Work
        } else if self.limit >= pace.most_in_flight {
            Bound::Ceiling
        } else if self.is_crowded(now) {
            Bound::Line
        } else if self.known_too_much(now).is_some() {
            Bound::Throttling
        } else {
            Bound::Finding
        }
    }

    /// Until something was too much each good answer makes room for one more, which doubles the limit with every round trip. After
    /// that the way back is quick up to three quarters of what was too much, and slow from there.
    fn good_for_one_more(&self, pace: &Pace, now: Timestamp) -> u32 {
        match self.known_too_much(now) {
            None if self.is_crowded(now) => self.limit,
            None => 1,
            Some(too_much) if self.limit.saturating_mul(4) < too_much.saturating_mul(3) => pace.good_for_one_more.max(1),
            Some(_) => self.limit.saturating_mul(8).max(pace.good_for_one_more),
        }
    }

    fn is_crowded(&self, now: Timestamp) -> bool {
        self.crowded.is_some_and(|at| now.since(at) < CROWDED)
    }

    fn known_too_much(&self, now: Timestamp) -> Option<u32> {
        self.too_much.filter(|(_, at)| now.since(*at) < REMEMBERED).map(|(limit, _)| limit)
    }

    /// By which factor answers are slower at the current level than at the one of half as many; 1 where that isn't known.
    fn slower(&self, now: Timestamp) -> f64 {
        let here = level(self.allowed());
        let Some(below) = here.checked_sub(1) else { return 1.0 };
        match (self.times[here].current(now), self.times[below].current(now)) {
            (Some(here), Some(below)) if below > 0.0 => here / below,
            _ => 1.0,
        }
    }
}

impl Average {
    fn add(&mut self, took: Duration, now: Timestamp) {
        if self.last.is_none_or(|last| now.since(last) >= CURRENT) {
            *self = Self::default();
        }
        self.answers = self.answers.saturating_add(1);
        // An average of all at first, and later of the last thirty or so.
        self.seconds += (took.as_secs_f64() - self.seconds) / f64::from(self.answers.min(32));
        self.last = Some(now);
    }

    fn current(&self, now: Timestamp) -> Option<f64> {
        let believed = self.answers >= ENOUGH && self.last.is_some_and(|last| now.since(last) < CURRENT);
        believed.then_some(self.seconds)
    }
}

/// What is left of `all` when `left` percent are not used; one at least.
pub(super) fn share(all: u32, left: u8) -> u32 {
    (all * (100 - u32::from(left.min(90)))).div_ceil(100).max(1)
}

fn level(in_flight: u32) -> usize {
    (in_flight.max(1).ilog2() as usize).min(6)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    /// Rounds of as many requests as may be in flight, each of which takes as long as `time` says for so many at once.
    fn rounds(flow: &mut Flow, pace: &Pace, rounds: u32, time: impl Fn(u32) -> u64) -> Timestamp {
        let mut now = NOW;
        for _ in 0..rounds {
            let at_once = flow.allowed();
            now = now.after(Duration::from_millis(time(at_once)));
            for _ in 0..at_once {
                flow.leaves(flow.allowed(), pace, now);
                // As soon as the limit grows one more is under way.
                flow.good(flow.allowed(), at_once, Size::Full, Duration::from_millis(time(at_once)), pace, now);
            }
        }
        now
    }

    #[test]
    fn it_doubles_with_every_round_trip_until_its_ceiling() {
        let pace = Pace::default();
        let mut flow = Flow::new(&pace);
        rounds(&mut flow, &pace, 3, |_| 80);
        assert_eq!(flow.limit(), 32);
        assert_eq!(flow.bound(&pace, NOW), Bound::Finding);
        let now = rounds(&mut flow, &pace, 3, |_| 80);
        assert_eq!((flow.limit(), flow.bound(&pace, now)), (64, Bound::Ceiling));
    }

    #[test]
    fn a_share_that_is_left_to_others_keeps_the_rest_from_nothing_else() {
        let pace = Pace::default();
        for (left, most) in [(25, 48), (80, 13)] {
            let mut flow = Flow::new(&pace);
            flow.leave(left);
            let now = rounds(&mut flow, &pace, 40, |_| 80);
            assert_eq!((flow.allowed(), flow.bound(&pace, now)), (most, Bound::Ceiling), "{left} %");
            flow.ease(flow.window(), now);
            assert_eq!(flow.limit(), most / 2, "what was asked was too much, and no more was");
        }
        // Where others have a quarter, three quarters of what is too much are asked.
        let mut flow = Flow::new(&pace);
        flow.leave(25);
        let now = rounds(&mut flow, &pace, 200, |at_once| 80 * u64::from(at_once.max(12)) / 12);
        assert_eq!(flow.bound(&pace, now), Bound::Line);
        assert!((9..=32).contains(&flow.allowed()), "{}", flow.allowed());
    }

    #[test]
    fn the_end_of_a_burst_of_answers_is_no_lack_of_work() {
        let pace = Pace::default();
        let mut flow = Flow::new(&pace);
        for under_way in (1..=4).rev() {
            flow.good(under_way, 4, Size::Full, Duration::from_millis(80), &pace, NOW);
        }
        assert_eq!(flow.bound(&pace, NOW), Bound::Finding);
        assert_eq!(flow.bound(&pace, NOW.after(IN_USE + Duration::from_millis(1))), Bound::Work);
    }

    #[test]
    fn a_service_that_works_on_twelve_at_once_is_not_sent_sixty_four() {
        let pace = Pace::default();
        let mut flow = Flow::new(&pace);
        let now = rounds(&mut flow, &pace, 200, |at_once| 80 * u64::from(at_once.max(12)) / 12);
        assert!((12..=32).contains(&flow.limit()), "{} at once keep twelve busy without a long queue", flow.limit());
        assert_eq!(flow.bound(&pace, now), Bound::Line);
    }

    #[test]
    fn answers_that_just_vary_hold_nothing_back() {
        let pace = Pace::default();
        let mut flow = Flow::new(&pace);
        let turn = std::cell::Cell::new(0_u64);
        rounds(&mut flow, &pace, 12, |_| {
            turn.set(turn.get() + 1);
            60 + turn.get() * 37 % 50
        });
        assert_eq!(flow.limit(), 64);
    }

    #[test]
    fn what_was_too_much_is_neared_slowly_and_one_moment_counts_once() {
        let pace = Pace::default();
        let mut flow = Flow::new(&pace);
        rounds(&mut flow, &pace, 3, |_| 80);
        let window = flow.window();
        for _ in 0..9 {
            flow.ease(window, NOW);
        }
        assert_eq!(flow.limit(), 16, "nine answers to one moment's load are one reason to ease off");
        rounds(&mut flow, &pace, 4, |_| 80);
        let near = flow.limit();
        assert!((23..=26).contains(&near), "{near}: quickly up to three quarters of 32");
        rounds(&mut flow, &pace, 8, |_| 80);
        assert!(flow.limit() <= near + 2, "{} after eight more round trips", flow.limit());
        assert_eq!(flow.bound(&pace, NOW), Bound::Throttling);
    }

    #[test]
    fn one_is_always_let_in_and_a_line_that_lay_still_is_felt_for_anew() {
        let pace = Pace::default();
        let mut flow = Flow::new(&pace);
        for _ in 0..8 {
            flow.ease(flow.window(), NOW);
        }
        assert_eq!(flow.limit(), 1);
        let mut flow = Flow::new(&pace);
        let now = rounds(&mut flow, &pace, 6, |_| 80);
        flow.leaves(0, &pace, now.after(Duration::from_secs(1_800)));
        assert_eq!(flow.limit(), pace.first_in_flight, "half an hour's sleep ends in no burst");
    }

    #[test]
    fn a_little_work_says_nothing_about_the_limit() {
        let pace = Pace::default();
        let mut flow = Flow::new(&pace);
        for _ in 0..50 {
            flow.leaves(0, &pace, NOW);
            flow.good(1, 1, Size::Full, Duration::from_millis(80), &pace, NOW);
        }
        assert_eq!((flow.limit(), flow.bound(&pace, NOW)), (4, Bound::Work));
    }

    #[test]
    fn what_goes_together_is_what_was_measured_to_be_faster() {
        let pace = Pace { first_in_flight: 8, most_in_flight: 8, ..Pace::default() };
        let measured = |full: u64, single: u64| {
            let mut flow = Flow::new(&pace);
            for _ in 0..ENOUGH {
                flow.good(8, 8, Size::Full, Duration::from_millis(full), &pace, NOW);
                flow.good(8, 8, Size::Single, Duration::from_millis(single), &pace, NOW);
            }
            flow
        };
        let unknown = Flow::new(&pace);
        assert_eq!((unknown.together(20, 1_000, 8, NOW), unknown.together(20, 8, 8, NOW)), (20, 1));
        let rounds_cost = measured(280, 120);
        assert_eq!(rounds_cost.together(20, 1_000, 8, NOW), 20);
        assert_eq!(rounds_cost.together(20, 60, 8, NOW), 8, "sixty over eight places, in whole rounds of four");
        assert_eq!(measured(82, 80).together(20, 60, 8, NOW), 20, "a batch that takes no longer is not divided");
        assert_eq!(measured(900, 120).together(20, 1_000, 8, NOW), 1, "a service that is slow with batches gets none");
    }
}
