import type { Figures, Hour, Organization, Standing, UserRow } from "./bindings";
import { NOW } from "./fakeWorld";

const HOUR = 3_600_000;

function isRead(row: UserRow): boolean {
  return (
    row.effective_access === "graph_app_only" && row.effective_sync === "enabled" && row.user.mailbox !== "excluded"
  );
}

function standingOf(rows: readonly UserRow[]): Standing {
  const read = rows.filter(isRead);
  const last = { passed: 0, failed: 0, unknown: 0, not_run: 0 };
  for (const row of read) last[row.session ?? "not_run"] += 1;
  return {
    users: read.length,
    last,
    latest: rows.reduce<number | null>((latest, { synced }) => Math.max(latest ?? 0, synced ?? 0) || null, null),
    stuck: rows.filter((row) => row.user.mailbox === "switching").length,
    waiting: 0,
    disabled_due_to_error: rows.filter((row) => row.user.sync === "disabled_due_to_error").length,
  };
}

/** A session of each user every hour, some of which fail; by the clock of whoever looks. */
function hoursOf(users: number, days: number): Hour[] {
  const last = Math.floor(Date.now() / HOUR) * HOUR;
  return Array.from({ length: users === 0 ? 0 : days * 24 }, (_, n) => ({
    from: last - (days * 24 - 1 - n) * HOUR,
    passed: users - (n % 7),
    failed: n % 5,
    unknown: n % 3,
    changed: users * 4,
    removed: n % 9,
    requests: users * 5,
    took: users * 640,
  }));
}

export function figuresOf(
  organization: Organization,
  rows: readonly UserRow[],
  days: number,
  halt: string | undefined,
): Figures {
  const standing = standingOf(rows);
  const known = standing.last.passed + standing.last.failed + standing.last.unknown;
  return {
    standing,
    under_way: false,
    halt: halt
      ? { code: halt, detail: "pretend halt", request_id: null, since: NOW - 3 * HOUR, at: NOW - 60_000 }
      : null,
    stuck_before: NOW - 2 * HOUR,
    hours: organization.access === "graph_app_only" ? hoursOf(known, days) : [],
  };
}
