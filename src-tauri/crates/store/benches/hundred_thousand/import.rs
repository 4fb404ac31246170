//! Bringing 100,000 users in, and again.

use crate::bare::{self, Row};
use crate::figure::{Goal, Report, wall};
use crate::people::{bring_in, everybody, open};

pub fn measure(report: &mut Report) {
    if !report.wants("import") {
        return;
    }
    let people = everybody();
    let rows: Vec<Row> = people.iter().map(Row::of).collect();
    let (mut first, mut again) = (vec![], vec![]);
    for _ in 0..report.pairs {
        let (ours, bare) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (store, organization) = open(ours.path());
        let (imported, ()) = wall(|| bring_in(&store, organization, &people));
        let (repeated, ()) = wall(|| bring_in(&store, organization, &people));
        drop(store);
        drop(open(bare.path()));
        let mut conn = bare::open(bare.path());
        let (inserted, ()) = wall(|| bare::insert(&mut conn, &rows));
        let (upserted, ()) = wall(|| bare::upsert(&mut conn, &rows));
        first.push((imported, inserted));
        again.push((repeated, upserted));
    }
    report.tell("import 100,000", &first, Goal::Times(1.5));
    report.tell("re-import 100,000 unchanged", &again, Goal::Milliseconds(400.0));
}
