import type {
  Action,
  Chosen,
  Code,
  Deletion,
  FingerprintRow,
  Foreseen,
  GrantLine,
  ImportPreview,
  ListRead,
  Organization,
  OrganizationView,
  Pane,
  PlanWaves,
  PreviewLine,
  Proposal,
  Reason,
  Remark,
  RequiredPermission,
  ProofView,
  Run,
  ScopeWish,
  Settings,
  SnoozeView,
  Traffic,
  Unasked,
  UserFilter,
  UserRow,
  UserSort,
  Verdict,
  Verified,
  View,
} from "./bindings";
import { foreseenOf, proofOf, scopedRow, scopeOf, scriptText, targets, warningsOf, whyOf } from "./fakeScope";
import { figuresOf } from "./fakeSync";
import { dealt, type FakePlan, planViewOf, putInto, waveOf } from "./fakeWaves";
import { everyUser } from "./filters";
import { type Answer, CallError, type CallOptions, type Door, type Name, type Question } from "./client";
import { answer, connect, type Held, heldOf, mailboxesViewOf, migrate, secondary, set } from "./fakeMailboxes";
import { affectedOf, boardOf, type Snoozes, snoozeKey, supportText } from "./fakeIssues";
import {
  countsOf,
  detailOf,
  eligibilitiesOf,
  groups as directoryGroups,
  guid,
  ledgerOf,
  limitations,
  matrix,
  NOW,
  needed,
  organizations,
  person,
  previewLines,
  proposalsOf,
  resetOrganizations,
  resultsOf,
  rulesOf,
  runOf,
  sessionsOf,
  tenant,
  trafficOf,
} from "./fakeWorld";

export type FakeOptions = {
  /** How many users the three organizations have. */
  readonly users?: readonly [number, number, number];
  /** Nothing has been set up yet. */
  readonly fresh?: boolean;
  /** Commands that fail, and with which code. */
  readonly failing?: Partial<Record<Name, "offline" | "not_signed_in" | "throttled" | "not_permitted">>;
  /** Settles when the person has consented in the browser; without it, that takes some steps. */
  readonly consented?: Promise<void>;
  /** Why a change of permissions can't be made. */
  readonly refused?: Reason;
  /** The pace of a run, where it differs from the usual. */
  readonly pace?: Partial<Verified>;
  /** Whether an earlier run has shown the pace. */
  readonly measured?: boolean;
  /** The last run was cut off, and until when it is parked, if it is. */
  readonly cutOff?: { readonly parkedUntil: number | null };
  /** The scope gives by roles what isn't granted, and whether Exchange has assigned them. */
  readonly scoped?: "given" | "missing";
  /** Nobody has read yet what is in force of the access scope. */
  readonly scopeUnread?: boolean;
  /** A proof of the access scope that was cut off by the end of the program, or that the clock couldn't go on with. */
  readonly proof?: "cut_off" | "put_off";
  /** Nobody has signed in to the tenant. */
  readonly signedOut?: boolean;
  /** Sync sessions of this organization were cut off. */
  readonly cutOffPass?: string;
  /** Settings that differ from the usual. */
  readonly settings?: Partial<Settings>;
  /** Why mailboxes can't be asked what they are. */
  readonly unasked?: Unasked;
  /** Nothing was sent yet. */
  readonly silent?: boolean;
  /** The code of what keeps every user from being read. */
  readonly halt?: string;
  /** An organization that can't be deleted, whatever is asked. */
  readonly undeletable?: number;
  /** Another account signs in than the one that a mailbox belongs to. */
  readonly wrongAccount?: boolean;
  /** Milliseconds between two steps of long work. */
  readonly step?: number;
};

type Verbs = { [N in Name]?: (question: Question<N>, options: CallOptions) => Answer<N> | Promise<Answer<N>> };

/** A pretend backend behind the same door: for component tests and for looking at screens without the app. */
export function fakeDoor(
  options: FakeOptions = {},
): Door & { readonly asked: Array<{ name: Name; question: unknown }> } {
  resetOrganizations();
  const sizes = options.users ?? [4812, 41_377, 25];
  const step = options.step ?? 40;
  let rows = organizations.flatMap((organization, index) => {
    const before = sizes.slice(0, index).reduce((sum, size) => sum + size, 0);
    return Array.from({ length: sizes[index] ?? 0 }, (_, n) => person(before + n + 1, organization, index === 0));
  });
  const eu = rows.filter((row) => row.user.organization === 1);
  const runs: Run[] = organizations
    .slice(0, 1)
    .flatMap((organization) => [
      runOf(118, organization, eu, NOW - 300_000),
      runOf(112, organization, eu.slice(0, -12), NOW - 7 * 86_400_000),
    ]);
  const [last] = runs;
  if (options.cutOff && last) {
    const done = Math.floor(last.mailboxes / 2);
    Object.assign(last, { state: "interrupted", ended: null, mailboxes_done: done });
    const ledger = { ...ledgerOf(eu.slice(0, done)), not_run: last.mailboxes - done };
    Object.assign(last, { parked_until: options.cutOff.parkedUntil, ledger });
  }
  let cutOffAsked = 0;
  let passesTold = false;
  const snoozes: Snoozes = new Map();
  const asked: Array<{ name: Name; question: unknown }> = [];
  const listeners = new Set<() => void>();
  let started = !options.fresh;
  let missing = 2;
  let settings: Settings = {
    theme: "system",
    density: "comfortable",
    resume: "on_click",
    leave_to_integration: 25,
    ...options.settings,
  };
  const views = new Map<Pane, View[]>();
  let recording: string | null = null;
  let wish: ScopeWish | undefined;
  let proof: ProofView | null = null;
  const scopeNow = () => {
    const view = scopeOf(wish, proof);
    return options.scopeUnread ? { ...view, reading: null, voids: [] } : view;
  };
  if (options.proof) {
    const over = proofOf(1, scopeNow());
    const stands =
      options.proof === "cut_off"
        ? { state: "interrupted" as const, finished: null }
        : { put_off: { failures: 2, until: NOW + 120_000, code: "wrong_secret" } };
    proof = { ...over, outcome: "unknown", proof: { ...over.proof, ...stands } };
  }
  const proving = async (organization: number, { onProgress }: CallOptions) => {
    onProgress?.({
      kind: "proven",
      proof: 4,
      organization,
      done: 2,
      total: 4,
      leaks: 1,
      lock_outs: 0,
      waiting_until: null,
    });
    await wait();
    proof = proofOf(organization, scopeNow());
    changed();
    return proof;
  };
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const wait = () => new Promise<void>((resolve) => setTimeout(resolve, step));
  const secret = { kind: "secret" as const, key_id: guid(92), name: "2026", ends: NOW + 12 * 86_400_000 };
  const consentView = () => ({
    consent: {
      authorization:
        missing === 0 || options.scoped === "given" ? ("authorized" as const) : ("partly_authorized" as const),
      rows: options.scoped ? matrix(missing).map((row) => scopedRow(row, options.scoped)) : matrix(missing),
      features_off: needed.slice(0, missing).flatMap((wanted) => wanted.feature ?? []),
    },
    read_at: NOW - 120_000,
    error: null,
    limitations,
    others: [],
    roles: options.scoped === "given" ? { kind: "read" as const, at: NOW - 60_000 } : { kind: "never" as const },
    approval: {
      app: {
        id: guid(90),
        display_name: "Revenue Grid",
        enabled: true,
        assignment_required: false,
        disabled_by_microsoft: null,
        owner: guid(91),
      },
      assigned: { kind: "read" as const, value: { users: 0, groups: 0, names: [] } },
      registered: { kind: "read" as const, value: { kind: "here" as const, credentials: [secret] } },
      policies: { kind: "unread" as const, why: { kind: "not_asked" as const, scope: "Policy.Read.All" } },
      history: { kind: "unread" as const, why: { kind: "not_asked" as const, scope: "AuditLog.Read.All" } },
    },
    credentials: [{ credential: secret, state: "ends_soon" as const }],
    tenant: {
      settings: { kind: "unread" as const, why: { kind: "not_asked" as const, scope: "Policy.Read.All" } },
      requests: { kind: "unread" as const, why: { kind: "not_asked" as const, scope: "ConsentRequest.Read.All" } },
      roles: ["global_administrator" as const],
      read_at: NOW - 120_000,
    },
    own: [],
    requests: [],
    may: { graph_roles: null, others: null },
  });

  const check = async (run: Run, { onProgress, signal }: CallOptions): Promise<Run> => {
    const chunk = Math.max(1, Math.ceil(run.mailboxes / 100));
    const all = rows.filter((row) => row.user.organization === run.organization);
    Object.assign(run, { state: "running", ended: null });
    const stopped = () => signal?.aborted === true;
    while (run.mailboxes_done < run.mailboxes && !stopped()) {
      await wait();
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
        ...options.pace,
      });
    }
    const over = run.mailboxes_done === run.mailboxes;
    Object.assign(run, { state: over ? "finished" : "interrupted", ended: over ? Date.now() : null });
    changed();
    return run;
  };

  const heldByUser = new Map<number, Held>();
  const mailboxesOf = (id: number) => {
    const row = rows.find(({ user }) => user.id === id);
    if (!row) throw refused("not_found");
    const held = heldByUser.get(id) ?? heldOf(row);
    heldByUser.set(id, held);
    return { held, view: () => mailboxesViewOf(row, held) };
  };
  const plans = new Map<number, FakePlan>();
  const planShown = (organization: number) => {
    const plan = plans.get(organization);
    return plan
      ? planViewOf(plan, membersOf(organization), organizationNamed(organization).acknowledged !== null)
      : null;
  };
  const planHeld = (organization: number) => {
    const plan = planShown(organization);
    if (!plan) throw refused("not_found");
    return plan;
  };
  const planDealt = (ask: PlanWaves) =>
    dealt(ask, membersOf(ask.organization), plans.get(ask.organization), (search) =>
      chosenOf({ by: "filter", of: { ...everyUser, organization: ask.organization, search } }),
    );
  const inWave = (row: UserRow, wave: number | null) =>
    wave === null || plans.get(row.user.organization)?.members.get(row.user.id) === wave;
  const chosenOf = (users: Chosen) => whom(users, rows).filter((row) => inWave(row, waveOf(users)));
  const rules = rulesOf();
  const waiting = proposalsOf();
  const turnedDown: Proposal[] = [];
  const preflighted = new Map<number, { judged: number; unasked: Unasked | null }>();
  let dryRun: { preview: ImportPreview; lines: readonly PreviewLine[] } | undefined;
  const verbs: Verbs = {
    "tenants.list": () =>
      started
        ? [{ tenant, signed_in: !options.signedOut, account: options.signedOut ? null : "admin@contoso.example" }]
        : [],
    "practice.examples": async () => {
      await wait();
      const [by_application, by_users] = organizations;
      if (!by_application || !by_users) throw refused("not_found");
      changed();
      return { by_application, by_users };
    },
    "practice.open": () => {
      started = true;
      return { tenant, integration: integration() };
    },
    "tenants.sign_in": async (_, { onProgress, signal }) => {
      onProgress?.({ kind: "browser", url: "https://login.example/authorize?client_id=1" });
      for (let turn = 0; turn < 100; turn += 1) {
        await wait();
        if (signal?.aborted) throw refused("sign_in_cancelled");
      }
      return { account: "admin@contoso.example", tenant, kept: { kind: "keychain" } };
    },
    "tenants.add": () => tenant,
    "integrations.list": () =>
      started ? [{ integration: integration(), secret: "keychain", organizations: 3, limitations }] : [],
    "integrations.set_secret": () => ({ proven: true, kept: { kind: "keychain" } }),
    "integrations.read_list": ({ text }) => readList(text),
    "integrations.from_registration": ({ client_id }) =>
      client_id === guid(404)
        ? { registered: "elsewhere", display_name: "Somebody Else's App" }
        : {
            registered: "here",
            display_name: "Invoice Scanner",
            list: { name: null, permissions: needed, remarks: [] },
          },
    "integrations.export": () => ({ name: "Revenue Grid", text: JSON.stringify({ permissions: needed }, null, 2) }),
    "organizations.adjust": ({ organization, permissions }) => {
      const found = organizationNamed(organization);
      found.permissions = permissions;
      changed();
      return found;
    },
    "presets.list": () => [
      {
        preset: "revenue-grid",
        permissions: needed,
        limitations,
        vendor: "Revenue Grid",
        requirements: [
          { what: "The vendor's servers are let through the firewall.", how_to_check: { by: "hand" } },
          {
            what: "Conditional access lets the application pass.",
            how_to_check: { by: "rollcall", check: "conditional_access" },
          },
        ],
      },
    ],
    "organizations.list": () => (started ? organizations.map(viewOf) : []),
    "organizations.create": (ask) => ({
      ...ask,
      id: 9,
      tenant: 1,
      sync: "enabled",
      created: NOW,
      rhythm: { every_minutes: 30, failures: 5, paused: NOW },
      acknowledged: null,
      window: null,
    }),
    "organizations.set_window": ({ organization, window }) => {
      const found = organizations.find((one) => one.id === organization);
      if (!found) throw refused("not_found");
      found.window = window;
      changed();
      return found;
    },
    "waves.show": ({ organization }) => planShown(organization),
    "waves.foresee": (ask) => planDealt(ask).foreseen,
    "waves.plan": (ask) => {
      const { foreseen: outlook, members } = planDealt(ask);
      if (outlook.refused) throw refused("not_now", outlook.refused);
      plans.set(ask.organization, { asked: ask, members, started: new Map(), held: new Set() });
      changed();
      return planHeld(ask.organization);
    },
    "waves.remove": ({ organization }) => {
      plans.delete(organization);
      changed();
      return null;
    },
    "waves.hold": ({ organization, wave, held }) => {
      const plan = plans.get(organization);
      if (!plan) throw refused("not_found");
      if (held) plan.held.add(wave);
      else plan.held.delete(wave);
      changed();
      return planHeld(organization);
    },
    "waves.start": ({ organization, wave, expected }) => {
      const plan = plans.get(organization);
      if (!plan) throw refused("not_found");
      const members = chosenOf({ by: "filter", of: { ...everyUser, organization, wave } });
      if (members.length !== expected) throw refused("changed");
      plan.started.set(wave, NOW);
      for (const row of members) Object.assign(row.user, { mailbox: "switching" });
      changed();
      return { done: members.length, queued: 0, untouched: 0, refused: 0, refusals: [] };
    },
    "waves.foresee_put": ({ organization, users, wave }) => {
      const plan = plans.get(organization);
      if (!plan) throw refused("not_found");
      return putInto(plan, chosenOf(users), wave);
    },
    "waves.put": ({ organization, users, wave }) => {
      const plan = plans.get(organization);
      if (!plan) throw refused("not_found");
      const put = putInto(plan, chosenOf(users), wave);
      if (put.none) throw refused("not_now", put.none);
      for (const { user } of chosenOf(users)) plan.members.set(user.id, wave);
      changed();
      return put;
    },
    "organizations.foresee": ({ organizations: meant }) =>
      meant.flatMap((id) => (organizations.some((one) => one.id === id) ? [deletionOf(id)] : [])),
    "organizations.delete": ({ organization, force, expected }) => {
      const { belongings, refused: reason } = deletionOf(organization);
      if (reason && !force) throw refused("not_now", reason);
      if (typeof expected === "number" && expected !== belongings.users) throw refused("changed");
      if (options.undeletable === organization) throw refused("offline");
      organizations.splice(
        organizations.findIndex(({ id }) => id === organization),
        1,
      );
      rows = rows.filter((row) => row.user.organization !== organization);
      changed();
      return belongings;
    },
    "organizations.export": ({ organizations: meant, columns }) => ({
      text: `${columns.join(",")}\r\n${meant.join("\r\n")}\r\n`,
      organizations: meant.length,
    }),
    "users.export": ({ filter, columns }) => {
      const users = whom({ by: "filter", of: filter }, rows);
      return { text: `${columns.join(",")}\r\n`, users: users.length };
    },
    "organizations.change": ({ organization, name, access, sync, every_minutes, failures }) => {
      const found = organizationNamed(organization);
      if (name) found.name = name;
      if (access) found.access = access;
      if (sync) found.sync = sync;
      found.rhythm = {
        ...found.rhythm,
        every_minutes: every_minutes ?? found.rhythm.every_minutes,
        failures: failures ?? found.rhythm.failures,
      };
      changed();
      return found;
    },
    "organizations.acknowledge": ({ organization }) => {
      const found = organizationNamed(organization);
      found.acknowledged = NOW;
      changed();
      return found;
    },
    "users.query": ({ filter, sort, offset, limit }) => {
      const all = rows.filter((row) => filter.organization === null || row.user.organization === filter.organization);
      const matching = all
        .filter((row) => fits(row, filter) && inWave(row, filter.wave))
        .sort(comparing(sort.by, sort.descending));
      return { total: all.length, matching: matching.length, rows: matching.slice(offset, offset + limit) };
    },
    "users.describe": (ask) => {
      const row = rows.find(({ user }) => ask.kind === "id" && user.id === ask.user);
      if (!row) throw refused("not_found");
      return detailOf(row);
    },
    "mailboxes.describe": ({ user }) => mailboxesOf(user).view(),
    "mailboxes.add": ({ user, address }) => {
      const { held, view } = mailboxesOf(user);
      if (!address.includes("@")) throw refused("invalid_input");
      held.addresses.push(secondary(address));
      changed();
      return view();
    },
    "mailboxes.remove": ({ user, address }) => {
      const { held, view } = mailboxesOf(user);
      held.addresses = held.addresses.filter((one) => one.address !== address);
      changed();
      return view();
    },
    "mailboxes.change": ({ user, address, change: to }) => {
      const { held, view } = mailboxesOf(user);
      set(held, address, to);
      changed();
      return view();
    },
    "mailboxes.check": ({ user, address }) => {
      const { held, view } = mailboxesOf(user);
      for (const one of held.addresses) if (one.address === address) one.seen = answer();
      changed();
      return view();
    },
    "mailboxes.connect": async ({ user, address }, { onProgress, signal }) => {
      onProgress?.({ kind: "browser", url: "http://localhost:4000/to/1" });
      await wait();
      if (signal?.aborted) throw refused("sign_in_cancelled");
      if (options.wrongAccount) throw refused("wrong_account");
      const { held, view } = mailboxesOf(user);
      connect(held, address ?? undefined, { kind: "connected", since: NOW });
      changed();
      return view();
    },
    "mailboxes.disconnect": ({ user, address }) => {
      const { held, view } = mailboxesOf(user);
      connect(held, address ?? undefined, { kind: "not_connected" });
      changed();
      return view();
    },
    "mailboxes.migrate": ({ user, act }) => {
      const { held, view } = mailboxesOf(user);
      const reason = migrate(held, act);
      if (reason) throw refused("not_now", reason);
      changed();
      return view();
    },
    "users.foresee": ({ users, action }) => foreseen(chosenOf(users), action),
    "users.act": ({ users, action }) => {
      const concerned = chosenOf(users);
      const { refused: reasons } = foreseen(concerned, action);
      const stuck = action.kind === "remove" && !action.force ? concerned.filter(isInitialized) : [];
      if (action.kind === "exclude") for (const row of concerned) row.user.mailbox = "excluded";
      if (action.kind === "switch") for (const row of concerned) row.user.mailbox = "switching";
      changed();
      return {
        done: concerned.length - stuck.length - (reasons[0]?.reason === "limitations_unread" ? reasons[0].users : 0),
        queued: 0,
        untouched: 0,
        refused: stuck.length,
        refusals: stuck.map(({ user }) => ({ user: user.id, upn: user.directory.upn, reason: "still_initialized" })),
      };
    },
    "sync.figures": ({ organization, days }) =>
      figuresOf(organizationNamed(organization), membersOf(organization), days, options.halt),
    "sync.cut_off": () => {
      const passes = options.cutOffPass === undefined || passesTold ? [] : [options.cutOffPass];
      passesTold = true;
      return passes.map((organization_name) => ({
        organization: 1,
        organization_name,
        users: 450,
        read: 120,
        since: NOW,
      }));
    },
    "sync.pause": ({ organization, paused }) => {
      const found = organizationNamed(organization);
      found.rhythm = { ...found.rhythm, paused: paused ? NOW : null };
      changed();
      return found;
    },
    "sync.run": async ({ organization, whose }, { onProgress, signal }) => {
      const members = whose.kind === "due" ? membersOf(organization).slice(0, 12) : membersOf(organization);
      const of = (verdict: Verdict, some: readonly UserRow[]) => some.filter((row) => row.verdict === verdict).length;
      const total = members.length;
      const stopped = () => signal?.aborted === true;
      let done = 0;
      while (done < total && !stopped()) {
        await wait();
        done = Math.min(total, done + Math.max(1, Math.ceil(total / 20)));
        const some = members.slice(0, done);
        const counts = { passed: of("passed", some), failed: of("failed", some), unknown: of("unknown", some) };
        onProgress?.({
          kind: "synced",
          organization,
          done,
          total,
          ...counts,
          changed: done * 4,
          removed: 1,
          initialized: 0,
        });
      }
      changed();
      const some = members.slice(0, done);
      const counts = { passed: of("passed", some), failed: of("failed", some), unknown: of("unknown", some) };
      const committed = { ...counts, changed: done * 4, removed: 1, requests: done * 5, initialized: 3, disabled: 0 };
      return { users: total, done, committed, whole: done === total };
    },
    "sync.export": ({ organization }) => ({
      text: `upn,number\r\n${membersOf(organization)
        .map(({ user }) => `${user.directory.upn},1`)
        .join("\r\n")}\r\n`,
      sessions: membersOf(organization).length,
    }),
    "sync.sessions": ({ user }) => {
      const row = rows.find((one) => one.user.id === user);
      return row ? sessionsOf(row) : [];
    },
    "groups.search": ({ text }) =>
      directoryGroups.filter((one) => one.display_name.toLowerCase().includes(text.toLowerCase())),
    "groups.size": ({ group }) => {
      const found = directoryGroups.find((one) => one.id === group);
      if (!found) throw refused("not_found");
      return { group: found, direct: 12, nested: 340 };
    },
    "scope.show": scopeNow,
    "scope.read": scopeNow,
    "scope.set": ({ wish: wanted }) => {
      wish = wanted;
      changed();
      return scopeNow();
    },
    "scope.units": () => [{ id: guid(690), name: "Sales Unit" }],
    "scope.plan": () =>
      (["apply", "test", "remove", "migrate", "finish"] as const).map((purpose) => ({
        purpose,
        file: `scope-${purpose}.ps1`,
        text: scriptText(purpose),
        left_out: purpose === "test" ? 4792 : 0,
        voids: [],
        warnings: warningsOf(purpose),
      })),
    "scope.foresee": ({ inside, outside, named }) => foreseenOf(inside, outside, named),
    "scope.changed": scopeNow,
    "scope.said": () => ({ mailboxes: 1, failed: [{ mailbox: "gone@contoso.example", error: "Not found" }] }),
    "scope.prove": ({ organization }, calling) => proving(organization, calling),
    "scope.resume": (_, calling) => proving(1, calling),
    "scope.cut_off": () =>
      settings.resume === "by_itself" && proof?.proof.state === "interrupted"
        ? [{ proof: proof.proof, organization: "Contoso EU" }]
        : [],
    "scope.mailboxes": ({ finding, search, offset, limit }) => {
      const found = targets.filter(
        (target) => (finding === null || target.finding === finding) && target.upn.includes(search.toLowerCase()),
      );
      return { total: found.length, rows: found.slice(offset, offset + limit) };
    },
    "scope.why": ({ mailbox }) => whyOf(mailbox, false, scopeNow()),
    "scope.ask": ({ mailbox }) => whyOf(mailbox, true, scopeNow()),
    "scope.evidence": () => ({ text: "mailbox,finding\r\n" }),
    "practice.run_scope_script": async () => {
      await wait();
      changed();
      return scopeNow();
    },
    "rules.list": () => rules,
    "rules.evaluate": async (_, { onProgress }) => {
      onProgress?.({ kind: "read", read: 999 });
      await wait();
      changed();
      return rules;
    },
    "rules.order": ({ rules: order }) => {
      rules.sort((a, b) => order.indexOf(a.rule.id) - order.indexOf(b.rule.id));
      changed();
      return rules;
    },
    "rules.add": ({ organization, condition, action }) => {
      const rule = { id: 10 + rules.length, organization, condition, action, created: NOW, outcome: null };
      rules.push({ rule, organization_name: organizations[organization - 1]?.name ?? "", open: 0 });
      changed();
      return rule;
    },
    "rules.change": ({ rule, condition, action }) => {
      const found = rules.find((one) => one.rule.id === rule);
      if (!found) throw refused("not_found");
      Object.assign(found.rule, { condition, action, outcome: null });
      changed();
      return found.rule;
    },
    "rules.remove": ({ rule }) => {
      rules.splice(
        rules.findIndex((one) => one.rule.id === rule),
        1,
      );
      changed();
      return null;
    },
    "rules.proposals": ({ organization, declined }) => ({
      open: organization === 1 ? waiting.length : 0,
      declined: organization === 1 ? turnedDown.length : 0,
      rows: organization === 1 ? (declined ? turnedDown : waiting) : [],
    }),
    "rules.accept": ({ users }) => {
      const n = moveProposals(users, waiting, []);
      changed();
      return { read: n, new: n, changed: 0, same: 0, elsewhere: 0, gone: 0, since: null, unmatched: [] };
    },
    "rules.decline": ({ users }) => {
      const n = moveProposals(users, waiting, turnedDown);
      changed();
      return { users: n };
    },
    "rules.reconsider": ({ users }) => {
      const n = moveProposals(users, turnedDown, waiting);
      changed();
      return { users: n };
    },
    "users.preflight": async ({ organization }, { onProgress, signal }) => {
      const members = rows.filter((row) => row.user.organization === organization);
      const vague = members.filter((row) => row.judged.eligibility === "shared_or_resource");
      const kinds = ["shared", "room", "equipment"] as const;
      for (const [index, row] of vague.entries()) {
        if (signal?.aborted) throw refused("stopped");
        row.purpose = kinds[index % 3] ?? "shared";
        row.judged = { eligibility: row.purpose as "shared", evidence: "user_purpose" };
        onProgress?.({ kind: "asked", done: index + 1, total: vague.length });
      }
      await wait();
      preflighted.set(organization, { judged: NOW, unasked: options.unasked ?? null });
      changed();
      return { ...eligibilitiesOf(members), judged: NOW, unasked: options.unasked ?? null };
    },
    "users.preview": async ({ organization, from }, { onProgress, signal }) => {
      for (let read = 999; read < 4_000; read += 999) {
        await wait();
        if (signal?.aborted) throw refused("stopped");
        onProgress?.({ kind: "read", read });
      }
      const isList = from.kind === "csv" || from.kind === "file";
      const lines = previewLines(isList);
      const count = (kind: PreviewLine["fate"]["kind"]) => lines.filter((line) => line.fate.kind === kind).length;
      const arriving: ImportPreview["arriving"] = {};
      for (const { fate, person: one } of lines) {
        if (fate.kind !== "added" || !one) continue;
        arriving[one.judged.eligibility] = (arriving[one.judged.eligibility] ?? 0) + 1;
      }
      const preview: ImportPreview = {
        organization,
        fates: {
          added: count("added"),
          here: count("here"),
          elsewhere: count("elsewhere"),
          duplicate: count("duplicate"),
          unknown: count("unknown"),
          no_address: count("no_address"),
        },
        arriving,
        list: isList
          ? { charset: "windows1252", separator: "semicolon", column: "E-mail", place: 2, lines: lines.length }
          : null,
        seal: "7",
      };
      dryRun = { preview, lines };
      return preview;
    },
    "users.preview_lines": ({ fate, search, offset, limit }) => {
      const all = dryRun?.lines ?? [];
      const wanted = search?.toLowerCase();
      const matching = all.filter(
        (line) =>
          (fate === null || line.fate.kind === fate) &&
          (!wanted ||
            `${line.written} ${line.person?.display_name} ${line.person?.upn}`.toLowerCase().includes(wanted)),
      );
      return { total: all.length, matching: matching.length, rows: matching.slice(offset, offset + limit) };
    },
    "users.preview_export": () => ({ text: "line,written,result\r\n" }),
    "users.import_shown": () => {
      const { added, here, elsewhere } = dryRun?.preview.fates ?? { added: 0, here: 0, elsewhere: 0 };
      dryRun = undefined;
      return {
        read: added + here + elsewhere,
        new: added,
        changed: 0,
        same: here,
        elsewhere,
        gone: 0,
        since: null,
        unmatched: ["nobody@contoso.example"],
      };
    },
    "users.import": async ({ from, anew }, { onProgress, signal }) => {
      const stopped = () => signal?.aborted === true;
      for (let read = 999; read < 10_000 && !stopped(); read += 999) {
        await wait();
        onProgress?.({ kind: "imported", read, new: Math.floor(read / 3) });
      }
      return from.kind === "all" && !anew
        ? { read: 6, new: 2, changed: 3, same: 0, elsewhere: 0, gone: 1, since: NOW - 86_400_000, unmatched: [] }
        : { read: 9990, new: 3330, changed: 12, same: 6648, elsewhere: 0, gone: 0, since: null, unmatched: [] };
    },
    "consent.show": consentView,
    "consent.read": consentView,
    "consent.preview": ({ wanted }) => {
      const lines = (names: readonly string[]) => ({ total: names.length, first: names.map(grantLine) });
      const held = matrix(missing).filter((row) => row.whom !== null);
      const named = "permissions" in wanted ? wanted.permissions.map(({ name }) => name) : [];
      const added =
        wanted.kind === "grant"
          ? named
          : wanted.kind === "grant_missing"
            ? needed.slice(0, missing).map(({ name }) => name)
            : [];
      const dropped =
        wanted.kind === "revoke" ? named : wanted.kind === "revoke_all" ? held.map(({ name }) => name) : [];
      return {
        tenant: "Contoso",
        integration: "Revenue Grid",
        added: lines(added),
        dropped: lines(dropped),
        kept: lines(held.map(({ name }) => name).filter((name) => !dropped.includes(name))),
        makes_app: false,
        writes: added.length + dropped.length,
        foreseen: true,
        asks: ["AppRoleAssignment.ReadWrite.All"],
        roles: ["privileged_role_administrator", "global_administrator"],
        refused: options.refused ?? null,
        seal: "1",
      };
    },
    "consent.apply": async ({ change }, { onProgress }) => {
      onProgress?.({ kind: "written", done: 1, total: 1 });
      await wait();
      const added = change.wanted.kind === "grant_missing" ? needed.slice(0, missing).map(({ name }) => name) : [];
      if (change.wanted.kind === "grant_missing") missing = 0;
      changed();
      return {
        added: added.map(grantLine),
        dropped: [],
        failed: [],
        settling: [],
        untouched: 0,
        entry: 7,
        consent: consentView(),
      };
    },
    "consent.export": () => ({ text: "api,type,permission\r\n" }),
    "consent.export_users": () => ({ text: "upn,name\r\n" }),
    "consent.users": ({ which, offset, limit }) => {
      const all = Array.from({ length: 2_000 }, (_, index) => ({
        user: index + 1,
        object_id: guid(1_000 + index),
        upn: `person${index}@contoso.example`,
        display_name: `Person ${index}`,
        missing: index % 4 === 0 ? ["Mail.Send"] : [],
        own: ["Mail.ReadWrite"],
      }));
      const meant = all.filter((row) => which === "all" || (which === "missing") === row.missing.length > 0);
      return {
        needed: ["Mail.ReadWrite", "Mail.Send"],
        for_everyone: [],
        counts: { complete: 1_500, partly: 500, nothing: 0 },
        matching: meant.length,
        rows: meant.slice(offset, offset + limit),
        read_at: NOW,
        error: null,
      };
    },
    "consent.grant": async (_, { onProgress, signal }) => {
      onProgress?.({ kind: "browser", url: "https://login.example/adminconsent?client_id=1" });
      await options.consented;
      for (let turn = 0; turn < 20; turn += 1) {
        await wait();
        if (signal?.aborted) throw refused("sign_in_cancelled");
      }
      onProgress?.({ kind: "reading_back" });
      await wait();
      missing = 0;
      changed();
      return consentView();
    },
    "verify.plan": ({ organization }) => {
      const mailboxes = sizes[organization - 1] ?? 0;
      return {
        mailboxes,
        probes: mailboxes * 4,
        not_covered: ["settings"],
        seconds: [Math.ceil(mailboxes / 60), Math.ceil(mailboxes / 20)],
        bound: options.measured ? "line" : "finding",
        measured: options.measured ?? false,
        may: null,
      };
    },
    "verify.start": ({ organization }, calling) => {
      const of = organizations.find(({ id }) => id === organization) ?? organizations[0];
      if (!of) throw refused("not_found");
      const all = rows.filter((row) => row.user.organization === organization);
      const run: Run = {
        ...runOf(119, of, all, Date.now()),
        mailboxes_done: 0,
        ledger: ledgerOf([]),
        state: "running",
      };
      runs.unshift(run);
      changed();
      return check(run, calling);
    },
    "verify.cut_off": () => {
      const found = settings.resume === "by_itself" ? runs.filter((run) => run.state === "interrupted") : [];
      return cutOffAsked++ === 0 ? found.map((run) => ({ ...run })) : [];
    },
    "traffic.describe": () => traffic(),
    "traffic.record": ({ on }) => {
      recording = on ? "/home/ada/.local/share/app.rollcall.console/trace-1795183200000.jsonl" : null;
      return traffic();
    },
    "verify.resume": ({ run }, calling) => check(runNamed(run), calling),
    "verify.cancel": ({ run }) => {
      const found = runNamed(run);
      found.state = "cancelled";
      changed();
      return found;
    },
    "runs.list": ({ organization }) =>
      started
        ? runs.filter((run) => organization === null || run.organization === organization).map((run) => ({ ...run }))
        : [],
    "runs.describe": ({ run }) => ({ run: { ...runNamed(run) }, fingerprints: groups(runNamed(run).organization) }),
    "runs.results": ({ run, filter, offset, limit }) => {
      const all = rows
        .filter((row) => row.user.organization === runNamed(run).organization)
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
    "issues.groups": ({ organization }) => boardOf(started ? rows : [], organizations, snoozes, organization),
    "issues.affected": ({ filter, offset, limit }) => {
      const all = affectedOf(rows, organizations, filter);
      return { matching: all.length, rows: all.slice(offset, offset + limit) };
    },
    "issues.export": () => ({ text: "upn,name,organization,workload\r\n" }),
    "issues.support": ({ fingerprints, with_addresses }) => ({ text: supportText(fingerprints, with_addresses) }),
    "issues.snooze": ({ fingerprints, organization, note, until }) => {
      const actor = "admin@contoso.example";
      for (const fingerprint of fingerprints) {
        const snooze: SnoozeView = { note, actor, at: NOW, until, users: 1, state: "active" };
        for (const { id } of organizations) {
          if (organization === null || organization === id) snoozes.set(snoozeKey(fingerprint, id), snooze);
        }
      }
      changed();
      return null;
    },
    "issues.unsnooze": ({ fingerprints }) => {
      for (const fingerprint of fingerprints) {
        for (const { id } of organizations) snoozes.delete(snoozeKey(fingerprint, id));
      }
      changed();
      return null;
    },
    "journal.list": () => [
      {
        number: 1,
        at: NOW - 130_000,
        actor: "admin@contoso.example",
        tenant: 1,
        action: "consent.grant",
        target: integration().client_id,
        before: "graph/application/Mail.Read",
        after: "graph/application/Mail.Read graph/application/Mail.Send",
        request_id: null,
        outcome: "done",
        digest: "0".repeat(64),
      },
    ],
    "journal.verify": () => ({ state: "whole", entries: 1, head: "0".repeat(64) }),
    "views.list": ({ pane }) => views.get(pane) ?? [],
    "views.save": ({ pane, name, address, before }) => {
      const others = (views.get(pane) ?? []).filter((view) => view.name !== before);
      if (others.some((view) => view.name.toLowerCase() === name.toLowerCase())) throw refused("duplicate_name");
      const kept = [...others, { name, address }].sort((a, b) => (a.name < b.name ? -1 : 1));
      views.set(pane, kept);
      changed();
      return kept;
    },
    "views.remove": ({ pane, name }) => {
      const kept = (views.get(pane) ?? []).filter((view) => view.name !== name);
      views.set(pane, kept);
      changed();
      return kept;
    },
    "settings.get": () => settings,
    "settings.set": (ask) => {
      settings = ask;
      return settings;
    },
    "about.describe": () => ({
      version: "0.1.0",
      data_folder: "/home/ada/.local/share/app.rollcall.console",
      keychain: { kind: "keychain" },
      quarantined: null,
    }),
  };

  function traffic(): Traffic {
    return { tenants: started && !options.silent ? [trafficOf(tenant)] : [], recording };
  }

  function organizationNamed(id: number) {
    const found = organizations.find((one) => one.id === id);
    if (!found) throw refused("not_found");
    return found;
  }

  function deletionOf(organization: number): Deletion {
    const members = membersOf(organization);
    const checked = members.filter((row) => row.verdict !== "not_run").length;
    return {
      organization,
      belongings: {
        users: members.length,
        initialized: members.filter(isInitialized).length,
        checked,
        runs: runs.filter((run) => run.organization === organization).length,
        sessions: checked,
      },
      refused: members.length > 0 ? "has_users" : null,
      refused_by_force: null,
    };
  }

  function membersOf(organization: number): UserRow[] {
    return rows.filter((row) => row.user.organization === organization);
  }

  function integration() {
    return {
      id: 1,
      tenant: 1,
      name: "Revenue Grid",
      client_id: guid(3),
      preset: "revenue-grid" as const,
      permissions: needed,
      created: NOW,
    };
  }

  function runNamed(id: number): Run {
    const found = runs.find((run) => run.id === id);
    if (!found) throw refused("not_found");
    return found;
  }

  function groups(organization: number | null): FingerprintRow[] {
    const found = new Map<string, FingerprintRow>();
    for (const row of rows) {
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

  function viewOf(organization: Organization): OrganizationView {
    const index = organization.id - 1;
    const members = rows.filter((row) => row.user.organization === organization.id);
    const uses_ews = organization.access === "ews_app_only";
    return {
      organization,
      tenant_name: tenant.name,
      practice: true,
      integration_name: "Revenue Grid",
      preset: "revenue-grid",
      users: members.length,
      mailboxes: countsOf(members),
      eligibility: { ...eligibilitiesOf(members), ...preflighted.get(organization.id) },
      verdicts: ledgerOf(members),
      with_issues: members.filter((row) => row.open_issues > 0).length,
      checked: index === 0 ? NOW - 60_000 : null,
      last_session: index === 0 ? NOW - 120_000 : null,
      consent: {
        authorization: missing === 0 ? "authorized" : "partly_authorized",
        granted: needed.length - 1 - missing,
        required: needed.length - 1,
        by_role: 0,
        read_at: NOW - 120_000,
      },
      last_run: runs.find((run) => run.organization === organization.id) ?? null,
      stages: {
        organization: { state: "done", evidence_at: NOW - 25 * 60_000 },
        consent: { state: missing === 0 ? "done" : "needs_attention", evidence_at: NOW - 120_000 },
        verify: {
          state: index === 0 ? "needs_attention" : "not_started",
          evidence_at: index === 0 ? NOW - 60_000 : null,
        },
      },
      queued: 0,
      window_opens: null,
      may: {
        import: null,
        consent: null,
        verify: uses_ews ? "uses_ews" : index === 2 ? "users_must_sign_in" : null,
        sync: members.length === 0 ? "no_users" : null,
        delete: members.length === 0 ? null : "has_users",
      },
    };
  }

  return {
    asked,
    async call(name, question, calling) {
      asked.push({ name, question: structuredClone(question) });
      const code = options.failing?.[name];
      if (code) throw refused(code);
      await Promise.resolve();
      const verb = verbs[name];
      if (!verb) return null as Answer<typeof name>;
      return structuredClone(await verb(question, calling));
    },
    saveFile: (name) => Promise.resolve(`Downloads/${name}`),
    openPage: () => Promise.resolve(),
    onChanged(listener) {
      listeners.add(listener);
      return Promise.resolve(() => void listeners.delete(listener));
    },
  };
}

/** Moves some or all proposals from one list to another; answers how many. */
function moveProposals(users: string[] | null, from: Proposal[], to: Proposal[]): number {
  const moved = from.filter((one) => users === null || users.includes(one.object_id));
  from.splice(0, from.length, ...from.filter((one) => !moved.includes(one)));
  to.push(...moved);
  return moved.length;
}

function refused(code: Code, reason: Reason | null = null) {
  return new CallError({ code, detail: `pretend ${code}`, request_id: guid(77), reason });
}

function isInitialized({ user }: UserRow): boolean {
  return user.mailbox === "initialized" || user.mailbox === "switching";
}

/** The users that are chosen. */
function whom(users: Chosen, rows: readonly UserRow[]): UserRow[] {
  const of = (filter: UserFilter) =>
    rows.filter(
      (row) => (filter.organization === null || row.user.organization === filter.organization) && fits(row, filter),
    );
  switch (users.by) {
    case "ids":
      return rows.filter(({ user }) => users.of.includes(user.id));
    case "filter":
      return of(users.of);
    case "filter_but":
      return of(users.of.filter).filter(({ user }) => !users.of.but.includes(user.id));
  }
}

/** As far as the real one goes for what the screens show. */
function foreseen(concerned: readonly UserRow[], action: Action): Foreseen {
  const unread = organizations.filter(
    ({ id, acknowledged }) => acknowledged === null && concerned.some(({ user }) => user.organization === id),
  );
  const waits =
    action.kind === "switch" ? concerned.filter((row) => !isSwitched(row)).length * Math.sign(unread.length) : 0;
  const already = action.kind === "switch" ? concerned.filter(isSwitched).length : 0;
  const stays = action.kind === "remove" && !action.force ? concerned.filter(isInitialized).length : 0;
  const refusedFor: Foreseen["refused"] = [
    ...(waits > 0 ? [{ reason: "limitations_unread" as const, users: waits }] : []),
    ...(stays > 0 ? [{ reason: "still_initialized" as const, users: stays }] : []),
  ];
  return {
    users: concerned.length,
    changes: concerned.length - waits - stays - already,
    queued: 0,
    queued_once_read: 0,
    opens: null,
    untouched: already,
    refused: refusedFor,
    none: already > 0 && already === concerned.length ? "already_switched" : null,
    access:
      action.kind === "switch"
        ? [{ from: "ews_app_only", to: "graph_app_only", users: concerned.length - already }]
        : [],
    integration: 0,
    initialized: 0,
    must_sign_in: 0,
    into_disabled: false,
    limitations: action.kind === "switch" ? [...limitations] : [],
    unread: action.kind === "switch" ? unread.map(({ id }) => id) : [],
    ews_until: action.kind === "go_back" ? 1_806_537_600_000 : null,
  };
}

function isSwitched({ effective_access, user }: UserRow): boolean {
  return effective_access.startsWith("graph") && (user.mailbox === "initialized" || user.mailbox === "switching");
}

function fits(row: UserRow, filter: UserFilter): boolean {
  const wanted = filter.search?.toLowerCase();
  const { directory, mailbox } = row.user;
  return (
    (filter.mailbox.length === 0 || filter.mailbox.includes(mailbox)) &&
    (filter.verdict.length === 0 || filter.verdict.includes(row.verdict)) &&
    (filter.kind.length === 0 || filter.kind.includes(row.kind)) &&
    (filter.session.length === 0 || filter.session.includes(row.session ?? "not_run")) &&
    (filter.sync.length === 0 || filter.sync.includes(row.effective_sync)) &&
    (filter.mailbox_before === null || (row.user.mailbox_since ?? 0) <= filter.mailbox_before) &&
    (filter.checked_before === null || (row.checked ?? 0) <= filter.checked_before) &&
    (filter.access.length === 0 || filter.access.includes(row.effective_access)) &&
    (filter.eligibility.length === 0 || filter.eligibility.includes(row.judged.eligibility)) &&
    (!filter.with_issues || row.open_issues > 0) &&
    (!filter.fingerprint || resultsOf(row).some((result) => result.fingerprint === filter.fingerprint)) &&
    (!wanted || `${directory.display_name} ${directory.upn}`.toLowerCase().includes(wanted))
  );
}

function comparing(by: UserSort, descending: boolean) {
  const key = (row: UserRow): string | number => {
    switch (by) {
      case "name":
        return row.user.directory.display_name;
      case "upn":
        return row.user.directory.upn;
      case "organization":
        return row.organization_name;
      case "access":
        return row.effective_access;
      case "mailbox":
        return row.user.mailbox;
      case "kind":
        return row.kind;
      case "verdict":
        return row.verdict;
      case "checked":
        return row.checked ?? 0;
      case "issues":
        return row.open_issues;
      case "session":
        return row.synced ?? 0;
      case "sync":
        return row.effective_sync;
    }
  };
  return (a: UserRow, b: UserRow) => {
    const [left, right] = [key(a), key(b)];
    const order = left < right ? -1 : left > right ? 1 : a.user.id - b.user.id;
    return descending ? -order : order;
  };
}

function grantLine(name: string): GrantLine {
  return {
    grant: { api: { kind: "known", id: "graph" }, type: "application", name, grantee: { kind: "everyone" } },
    api_name: "Microsoft Graph",
    upn: null,
    risk: "high",
    feature: null,
  };
}

/** As far as the real one goes for lines of a name and a type. */
function readList(text: string): ListRead {
  const known = new Map(needed.map((wanted) => [wanted.name.toLowerCase(), wanted]));
  const permissions: RequiredPermission[] = [];
  const remarks: Remark[] = [];
  if (text.trimStart().startsWith("{")) {
    const read = JSON.parse(text) as { permissions: RequiredPermission[] };
    return { asked: { tenant: "not_needed" }, name: null, permissions: read.permissions, remarks: [] };
  }
  for (const [index, line] of text.split("\n").entries()) {
    const [name] = line.trim().split(/\s+/);
    const place = { in: "line", number: index + 1 } as const;
    const wanted = known.get((name ?? "").toLowerCase());
    if (wanted) permissions.push(wanted);
    else if (name) remarks.push({ place, text: name, refused: true, said: "unknown", nearest: "Mail.ReadWrite" });
  }
  return { asked: { tenant: "not_needed" }, name: null, permissions, remarks };
}
