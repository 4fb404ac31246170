//! The line to Microsoft while nothing gets through on it: how long work waits before it is tried again, and when it is given up.

use std::time::Duration;

use rollcall_core::time::Timestamp;
use rollcall_graph::error::GraphError;
use rollcall_graph::pace::Pace;
use rollcall_identity::error::IdentityError;

use crate::error::Code;

/// The line as a sitting knows it.
#[derive(Default)]
pub(crate) struct Line(Option<Outage>);

struct Outage {
    since: Timestamp,
    failures: u32,
    /// When it is tried again.
    again: Timestamp,
}

impl Line {
    /// Notes that nothing came through, and for how long the sign-in service asked to be left alone, if it did. `random` is any random
    /// number. Answers whether it is worth waiting for: not after the pace's patience.
    #[must_use]
    pub fn fails(&mut self, now: Timestamp, asked: Option<Duration>, pace: &Pace, random: u64) -> bool {
        // No try takes that long: the computer has slept, and the outage of before says nothing about the network of now.
        self.0.take_if(|outage| now.since(outage.again) > pace.patience.saturating_mul(2));
        let outage = self.0.get_or_insert(Outage { since: now, failures: 0, again: now });
        if now.since(outage.since) > pace.patience {
            return false;
        }
        // Those that were under way together have met the same.
        if outage.failures == 0 || now >= outage.again {
            outage.failures += 1;
            outage.again = now.after(pace.wait_after(outage.failures, random));
        }
        if let Some(asked) = asked {
            outage.again = outage.again.max(now.after(asked));
        }
        true
    }

    /// Hears what a request came to: any answer shows that the line works.
    pub fn hears<T>(&mut self, answer: &Result<T, GraphError>) {
        let answered = match answer {
            Ok(_) => true,
            Err(error) => error.trace().is_some_and(|trace| trace.http.is_some()),
        };
        if answered {
            self.0 = None;
        }
    }

    /// Whether nothing has come through lately: then one request at a time finds out.
    pub const fn is_down(&self) -> bool {
        self.0.is_some()
    }

    /// When it is tried again, where that isn't yet.
    pub fn again(&self, now: Timestamp) -> Option<Timestamp> {
        self.0.as_ref().map(|outage| outage.again).filter(|again| *again > now)
    }
}

/// What kept a request from getting anywhere, and passes by itself: no connection, or no token for a while. Else the error itself.
///
/// # Errors
/// One that waiting doesn't cure.
pub(crate) fn of_line(error: GraphError) -> Result<Broken, GraphError> {
    match error {
        GraphError::Offline => Ok(Broken { asked: None, error }),
        GraphError::Bearer(ref source) => match source.downcast_ref::<IdentityError>() {
            Some(refused) if refused.may_pass() => Ok(Broken { asked: refused.retry_after, error }),
            Some(_) | None => Err(error),
        },
        GraphError::Unauthorized(_)
        | GraphError::Forbidden(_)
        | GraphError::NotFound(_)
        | GraphError::Resync(_)
        | GraphError::Exists(_)
        | GraphError::Throttled { .. }
        | GraphError::Unavailable(_)
        | GraphError::Refused(_)
        | GraphError::NotGraph { .. }
        | GraphError::Damaged(_)
        | GraphError::TooLarge(_)
        | GraphError::ForeignLink
        | GraphError::Endless(_)
        | GraphError::Untrusted
        | GraphError::TimedOut(_)
        | GraphError::OutcomeUnknown(_)
        | GraphError::Cancelled => Err(error),
    }
}

/// A request that got nowhere.
#[derive(Debug)]
pub(crate) struct Broken {
    /// For how long the sign-in service asked to be left alone.
    pub asked: Option<Duration>,
    pub error: GraphError,
}

/// Whether work that ended with this was broken off from outside, so that it goes on by itself where the admin chose that.
pub(crate) const fn broke_off(code: Code) -> bool {
    match code {
        Code::Offline | Code::NotGraph | Code::DamagedAnswer | Code::Throttled | Code::ServiceUnavailable => true,
        Code::InvalidInput
        | Code::DuplicateName
        | Code::DuplicateExternalId
        | Code::ExternalIdFixed
        | Code::NotFound
        | Code::NotNow
        | Code::NotSignedIn
        | Code::SignInCancelled
        | Code::SignInTimedOut
        | Code::NoBrowser
        | Code::SignInRefused
        | Code::WrongTenant
        | Code::WrongAccount
        | Code::UnknownTenant
        | Code::StateMismatch
        | Code::WrongSecret
        | Code::SecretExpired
        | Code::AppUnknown
        | Code::AppDisabled
        | Code::RedirectNotRegistered
        | Code::ConsentDeclined
        | Code::ConsentMissing
        | Code::NotPermitted
        | Code::PolicyBlocked
        | Code::Changed
        | Code::OutcomeUnknown
        | Code::Stopped
        | Code::Keychain
        | Code::DataInUse
        | Code::DataNewer
        | Code::DataDamaged
        | Code::DiskFull
        | Code::DataReadOnly
        | Code::NotSaved
        | Code::Internal => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp(1_000_000);

    fn at(seconds: u64) -> Timestamp {
        START.after(Duration::from_secs(seconds))
    }

    /// The waits of a line that stays down, each try taking `trying`, and when it was given up.
    fn waits(trying: Duration) -> (Vec<Duration>, Timestamp) {
        let (mut line, mut now, mut waits) = (Line::default(), START, Vec::new());
        while line.fails(now, None, &Pace::default(), 0) {
            let again = line.again(now).unwrap();
            waits.push(again.since(now));
            now = again.after(trying);
        }
        (waits, now)
    }

    #[test]
    fn a_line_that_stays_down_is_tried_ever_more_seldom_and_in_the_end_given_up() {
        let (waits, given_up) = waits(Duration::from_secs(8));
        let pace = Pace::default();
        assert_eq!((waits[0], waits[1]), (pace.back_off, pace.back_off * 2));
        assert_eq!(waits.iter().max(), Some(&pace.longest_back_off));
        let after = given_up.since(START);
        assert!(after > pace.patience && after < pace.patience + Duration::from_secs(60), "{after:?}");
    }

    #[test]
    fn those_that_fail_together_are_one_failure() {
        let (mut line, pace) = (Line::default(), Pace::default());
        assert!(line.fails(START, None, &pace, 0));
        let again = line.again(START);
        assert!(line.fails(START.after(Duration::from_millis(20)), None, &pace, 511));
        assert_eq!(line.again(START), again);
    }

    #[test]
    fn what_gets_through_ends_the_outage_and_the_next_one_begins_anew() {
        let (mut line, pace) = (Line::default(), Pace::default());
        assert!(!line.is_down() && line.fails(START, None, &pace, 0) && line.is_down());
        line.hears(&Err::<(), _>(GraphError::TimedOut(Box::default())));
        assert!(line.is_down(), "silence is no answer");
        line.hears(&Ok(()));
        assert!(!line.is_down() && line.again(START).is_none());
        assert!(line.fails(at(3_000), None, &pace, 0), "an hour later it is another one");
        assert_eq!(line.again(at(3_000)), Some(at(3_000).after(pace.back_off)));
    }

    #[test]
    fn a_computer_that_slept_during_an_outage_has_all_its_patience_when_it_wakes() {
        let (mut line, pace) = (Line::default(), Pace::default());
        assert!(line.fails(START, None, &pace, 0));
        assert!(line.fails(at(8 * 3_600), None, &pace, 0));
        assert_eq!(line.again(at(8 * 3_600)), Some(at(8 * 3_600).after(pace.back_off)));
    }

    #[test]
    fn what_the_sign_in_service_asks_for_is_waited_in_full() {
        let (mut line, pace) = (Line::default(), Pace::default());
        let hour = Duration::from_secs(3_600);
        assert!(line.fails(START, Some(hour), &pace, 0));
        assert!(line.fails(at(1), None, &pace, 0), "another request was under way");
        assert_eq!(line.again(START), Some(START.after(hour)));
    }
}
