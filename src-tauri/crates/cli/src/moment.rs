//! A moment as a line of the terminal has room for it.

use rollcall_core::time::Timestamp;

/// A moment that is near: `09:30 UTC` of the day that it is now, with its date otherwise.
pub fn near(at: Timestamp, now: Timestamp) -> String {
    let (whole, today) = (at.utc(), now.utc());
    match (whole.split_once(' '), today.split_once(' ')) {
        (Some((day, time)), Some((same, _))) if day == same => time.to_owned(),
        _ => whole,
    }
}

/// The moment with its date, or a dash.
pub fn utc_or_dash(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "–".to_owned(), Timestamp::utc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_of_today_needs_no_date() {
        let now = Timestamp(1_772_323_200_000);
        assert_eq!(near(Timestamp(now.0 + 5_400_000), now), "01:30 UTC");
        assert_eq!(near(Timestamp(now.0 + 86_400_000), now), "2026-03-02 00:00 UTC");
    }
}
