import type { FingerprintRow, Run } from "./bindings";
import type { CallOptions } from "./client";
import { type Desk, refused, type Verbs } from "./fakeDesk";
import { ledgerOf, NOW, organizations, resultsOf, runOf } from "./fakeWorld";

/** What is asked of checks of users' access. */
export function verifyVerbs(desk: Desk): Verbs {
  let cutOffAsked = 0;
  const underWay = new Set<number>();
  const check = async (organization: number, run: () => Run, calling: CallOptions): Promise<Run> => {
    if (underWay.has(organization)) throw refused("not_now", "run_under_way");
    underWay.add(organization);
    try {
      return await work(run(), calling);
    } finally {
      underWay.delete(organization);
    }
  };
  const work = async (run: Run, { onProgress, signal }: CallOptions): Promise<Run> => {
    const chunk = Math.max(1, Math.ceil(run.mailboxes / 100));
    const all = desk.rows.filter((row) => row.user.organization === run.organization);
    Object.assign(run, { state: "running", ended: null });
    const stopped = () => signal?.aborted === true;
    while (run.mailboxes_done < run.mailboxes && !stopped()) {
      await desk.wait();
      run.mailboxes_done = Math.min(run.mailboxes, run.mailboxes_done + chunk);
      run.ledger = ledgerOf(all.slice(0, run.mailboxes_done));
      const { passed, failed, unknown } = run.ledger;
      run.ledger.not_run = run.mailboxes - passed - failed - unknown;
      const left = (run.mailboxes - run.mailboxes_done) / chunk;
      onProgress?.({
        kind: "verified",
        run: run.id,
        done: run.mailboxes_done,
        total: run.mailboxes,
        passed,
        failed,
        unknown,
        per_second: 118.4,
        seconds_left: [Math.round(left), Math.round(left * 1.6)],
        requests: run.mailboxes_done,
        throttled: 3,
        in_flight: 14,
        allowed: 16,
        bound: "line",
        waiting_until: null,
        parked: false,
        ...desk.options.pace,
      });
    }
    const over = run.mailboxes_done === run.mailboxes;
    Object.assign(run, { state: over ? "finished" : "interrupted", ended: over ? Date.now() : null });
    desk.changed();
    return run;
  };
  return {
    "verify.plan": ({ organization }) => {
      const mailboxes = desk.sizes[organization - 1] ?? 0;
      return {
        mailboxes,
        probes: mailboxes * 4,
        not_covered: ["settings"],
        seconds: [Math.ceil(mailboxes / 60), Math.ceil(mailboxes / 20)],
        bound: desk.options.measured ? "line" : "finding",
        measured: desk.options.measured ?? false,
        may: null,
      };
    },
    "verify.start": ({ organization }, calling) => {
      const of = organizations.find(({ id }) => id === organization) ?? organizations[0];
      if (!of) throw refused("not_found");
      const begun = () => {
        const all = desk.rows.filter((row) => row.user.organization === organization);
        const id = 1 + Math.max(118, ...desk.runs.map((run) => run.id));
        const run: Run = {
          ...runOf(id, of, all, Date.now()),
          mailboxes_done: 0,
          ledger: ledgerOf([]),
          state: "running",
        };
        desk.runs.unshift(run);
        desk.changed();
        return run;
      };
      return check(organization, begun, calling);
    },
    "verify.cut_off": () => {
      const cutOff = (run: Run) => run.state === "interrupted" && !desk.options.paused?.includes(run.id);
      const found = cutOffAsked++ === 0 ? desk.runs.filter(cutOff) : [];
      return { runs: found.map((run) => ({ ...run })), resume: desk.settings.resume };
    },
    "verify.resume": ({ run }, calling) => {
      const found = runNamed(desk, run);
      return check(found.organization, () => found, calling);
    },
    "verify.cancel": ({ run }) => {
      const found = runNamed(desk, run);
      found.state = "cancelled";
      desk.changed();
      return found;
    },
    "runs.list": ({ organization }) =>
      desk.started
        ? desk.runs
            .filter((run) => organization === null || run.organization === organization)
            .map((run) => ({ ...run }))
        : [],
    "runs.describe": ({ run }) => ({
      run: { ...runNamed(desk, run) },
      fingerprints: groups(desk, runNamed(desk, run).organization),
    }),
    "runs.results": ({ run, filter, offset, limit }) => {
      const all = desk.rows
        .filter((row) => row.user.organization === runNamed(desk, run).organization)
        .map((row) => ({
          user: row.user.id,
          object_id: row.user.directory.object_id,
          upn: row.user.directory.upn,
          display_name: row.user.directory.display_name,
          verdict: row.verdict,
          workloads: resultsOf(row),
        }))
        .filter((row) => filter.verdict.length === 0 || filter.verdict.includes(row.verdict))
        .filter((row) => !filter.fingerprint || row.workloads.some((one) => one.fingerprint === filter.fingerprint))
        .filter((row) => !filter.search || row.upn.includes(filter.search.toLowerCase()));
      return { matching: all.length, rows: all.slice(offset, offset + limit) };
    },
    "runs.compare": () => ({
      newly_failing: { count: 29, users: [] },
      fixed: { count: 104, users: [] },
      still_failing: { count: 12, users: [] },
      added: { count: 12, users: [] },
      gone: { count: 0, users: [] },
    }),
  };
}

function runNamed(desk: Desk, id: number): Run {
  const found = desk.runs.find((run) => run.id === id);
  if (!found) throw refused("not_found");
  return found;
}

function groups(desk: Desk, organization: number | null): FingerprintRow[] {
  const found = new Map<string, FingerprintRow>();
  for (const row of desk.rows) {
    if (row.first_cause === null || (organization !== null && row.user.organization !== organization)) continue;
    for (const result of resultsOf(row)) {
      if (result.fingerprint === null) continue;
      const group = found.get(result.fingerprint) ?? {
        fingerprint: result.fingerprint,
        cause: result.cause,
        http: result.http,
        code: result.code,
        workload: result.workload,
        mailboxes: 0,
        with_cause: 0,
        sample_request_ids: [],
        first_seen: NOW - 3 * 86_400_000,
        last_seen: NOW,
      };
      group.mailboxes += 1;
      if (group.sample_request_ids.length < 3 && result.request_id) group.sample_request_ids.push(result.request_id);
      found.set(result.fingerprint, group);
    }
  }
  const listed = [...found.values()].sort((a, b) => b.mailboxes - a.mailboxes);
  const most = (cause: FingerprintRow["cause"]) =>
    Math.max(...listed.filter((one) => one.cause === cause).map((one) => one.mailboxes));
  return listed.map((group) => ({ ...group, with_cause: most(group.cause) }));
}
