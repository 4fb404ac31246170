import { expect, test } from "vitest";
import type { Cause, FingerprintRow, Workload } from "./bindings";
import { problemsOf } from "./problems";

const row = (cause: Cause | null, workload: Workload, mailboxes: number): FingerprintRow => ({
  fingerprint: `${cause}.${workload}`,
  cause,
  http: 403,
  code: "ErrorAccessDenied",
  workload,
  mailboxes,
  with_cause: mailboxes,
  sample_request_ids: [],
  first_seen: 0,
  last_seen: 0,
});

test("one cause over five workloads is one problem, and the one that reaches farthest comes first", () => {
  const problems = problemsOf([
    row("throttled", "mail", 4),
    row("no_mailbox", "mail", 9),
    row("no_mailbox", "calendar", 9),
    row(null, "mail", 1),
  ]);
  expect(problems.map(({ cause, answers }) => [cause, answers.length])).toEqual([
    ["no_mailbox", 2],
    ["throttled", 1],
    [null, 1],
  ]);
});
