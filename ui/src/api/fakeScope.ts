import type {
  ConsentRow,
  ConsentState,
  Finding,
  ForeseenProof,
  NoScript,
  ProofTally,
  ProofTarget,
  ProofView,
  ScopePurpose,
  ScopeRemark,
  ScopeSharer,
  ScopeView,
  ScopeVoid,
  ScopeWish,
  ScriptWarning,
  WeighedWish,
  Why,
  WithoutScript,
} from "./bindings";
import type { CallOptions } from "./client";
import { allowing, type Desk, type FakeOptions, type Scoped, type Verbs } from "./fakeDesk";
import { groups, guid, NOW } from "./fakeWorld";

/** An access scope as the pretend backend has it: one leak, one lock-out, and a grant that voids the scope. */
export function scopeOf(wish: ScopeWish | undefined, proof: ProofView | null): ScopeView {
  const group = wish?.kind === "limited" ? groups.find(({ id }) => id === wish.unit) : undefined;
  const limited = wish?.kind === "limited";
  return {
    desired: limited
      ? {
          kind: "limited",
          limit: {
            rule: wish.rule,
            mechanism: wish.mechanism,
            unit: {
              id: wish.unit,
              name: group?.display_name ?? "Sales Unit",
              of: group ? { kind: "group", group: group.kind } : { kind: "administrative_unit" },
            },
          },
        }
      : { kind: "everyone" },
    set_at: wish ? NOW - 86_400_000 : null,
    coverage: {
      scoped: [{ permission: "Mail.ReadWrite", role: "Application Mail.ReadWrite" }],
      unscopable: ["Tasks.ReadWrite.All"],
      by_mailbox: ["IMAP.AccessAsApp"],
      workloads: ["mail"],
    },
    reading: {
      at: NOW - 60_000,
      app: guid(3),
      granted: ["Mail.ReadWrite", "Tasks.ReadWrite.All"],
      granted_exchange: ["full_access_as_app"],
      assignments: { kind: "unread", why: { kind: "not_asked", scope: "RoleManagement.Read.Exchange" } },
      unit: limited ? { kind: "here", direct: 12, nested: 340, renamed_from: null } : { kind: "none" },
      remarks: limited ? [{ kind: "nested_left_out", users: 328 }] : [],
      granted_at: null,
      granted_since: null,
    },
    voids:
      limited && wish.mechanism !== "access_policy"
        ? [
            { kind: "grant", permission: "Mail.ReadWrite" },
            { kind: "ews", permission: "full_access_as_app" },
          ]
        : [],
    change: null,
    read_before_change: false,
    shared: [],
    contested: false,
    proof,
    under_way: false,
    stands: "now",
    practice: true,
    said: 0,
    may_prove: null,
  };
}

/** The same where an earlier reading has told a role beside the scope, and the last one no roles. */
function earlierOf(view: ScopeView): ScopeView {
  const assignment = { id: "1", role: "Application Mail.Read", reach: { kind: "everything" as const } };
  const why = { kind: "not_asked" as const, scope: "RoleManagement.Read.Exchange" };
  const assignments = { kind: "earlier" as const, value: [assignment], at: NOW - 86_400_000, why };
  return {
    ...view,
    reading: view.reading && { ...view.reading, assignments },
    voids: [{ kind: "assignment", assignment }],
  };
}

/** The mailboxes of a proof. */
const targets: readonly ProofTarget[] = (
  [
    ["ceo@contoso.example", "Chief Executive", "outside", "leak", true],
    ["ada@contoso.example", "Ada Lovelace", "inside", "lock_out", false],
    ["bo@contoso.example", "Bo Brandt", "outside", "confirmed_outside", false],
    ["cy@contoso.example", "Cy Young", "inside", "confirmed_inside", false],
  ] as const
).map(([upn, display_name, expected, finding, named], index) => ({
  number: index + 1,
  object_id: guid(700 + index),
  upn,
  display_name,
  expected,
  named,
  said: upn.startsWith("ceo") ? { said: "denied" as const, at: NOW - 60_000, before_change: false } : null,
  disagrees: upn.startsWith("ceo") ? ("with_observed" as const) : null,
  finding,
  provisional: null,
  asked: NOW - 30_000,
  calls: [
    {
      workload: "mail",
      observed: finding === "leak" || finding === "confirmed_inside" ? "answered" : "refused",
      http: finding === "leak" || finding === "confirmed_inside" ? 200 : 403,
      code: finding === "leak" || finding === "confirmed_inside" ? null : "ErrorAccessDenied",
      request_id: guid(800 + index),
      at: NOW - 30_000,
    },
  ],
}));

/** The proof that they belong to. */
export function proofOf(organization: number, view: ScopeView): ProofView {
  const of = (finding: Finding) => targets.filter((target) => target.finding === finding).length;
  const tally: ProofTally = {
    confirmed_inside: of("confirmed_inside"),
    confirmed_outside: of("confirmed_outside"),
    leaks: of("leak"),
    lock_outs: of("lock_out"),
    too_early: 0,
    unknown: 0,
    waiting: 0,
    provisional: 0,
    disagreements: 1,
  };
  return {
    proof: {
      id: 4,
      organization,
      state: "finished",
      started: NOW - 40_000,
      finished: NOW - 20_000,
      desired: view.desired,
      change: null,
      basis: { app: guid(3), voids: view.voids, roles_read: false, unlimited: ["Tasks.ReadWrite.All"] },
      workloads: ["mail"],
      sample: { seed: 1, inside: null, outside: null, named: [], unknown: [], of_inside: 12, of_outside: 4800 },
      tally,
      early: null,
      put_off: null,
    },
    outcome: "contradicted",
    next_probe: null,
    waits_for_secret: false,
  };
}

/** Why a mailbox can or can't be reached: one of the proof by its answer, any other as one that may have been asked just now. */
function whyOf(name: string, asked: boolean, view: ScopeView): Why {
  const known = targets.find(({ object_id, upn }) => object_id === name || upn === name);
  const { object_id, upn, display_name, expected, said } = known ?? {
    object_id: guid(750),
    upn: name,
    display_name: "Di Unasked",
    expected: "outside" as const,
    said: null,
  };
  const finding = known ? known.finding : asked ? ("confirmed_outside" as const) : null;
  const [call] = known?.calls ?? [];
  const refused = { workload: "mail", observed: "refused", http: 403, code: "ErrorAccessDenied", at: NOW } as const;
  const called = call ?? (asked ? { ...refused, request_id: guid(751) } : undefined);
  const leak = view.voids.length > 0 ? "tenant_wide_grant" : "not_held";
  return {
    mailbox: { object_id, upn, display_name, expected, said, finding, provisional: null, proof: known ? 4 : null },
    because: finding === null ? "not_asked" : finding === "leak" ? leak : known ? "in_scope" : "out_of_scope",
    chain: [
      { kind: "tenant_wide", permissions: view.reading?.granted ?? [] },
      { kind: "assignments_unread" },
      { kind: "side", mechanism: "management_scope", expected, unit: "Integration Scope" },
      { kind: "mailbox", address: upn, of: "user", enabled: true, seen: known ? NOW - 86_400_000 : null },
      ...(called ? [{ kind: "called" as const, call: called }] : [{ kind: "not_asked" as const }]),
    ],
  };
}

/** The matrix where the scope gives by roles what isn't granted, and a role gives what nothing requires. */
export function scopedRows(rows: ConsentRow[], scoped: Scoped | undefined): ConsentRow[] {
  if (scoped === undefined) return rows;
  const all = rows.map((row) => scopedRow(row, scoped));
  if (scoped === "rest")
    return all.map((row) => (row.name === "User.Read.All" ? { ...row, state: "missing", whom: null } : row));
  if (scoped !== "given") return all;
  const roles = [{ id: "2", role: "Application Contacts.Read", reach: { kind: "everything" as const } }];
  const excess = rows.filter(({ state }) => state === "excess");
  return [...all, ...excess.map((row) => ({ ...row, name: "Contacts.Read", whom: null, roles }))];
}

const scopedStates = {
  given: "given_by_role",
  rest: "given_by_role",
  elsewhere: "given_elsewhere",
  missing: "missing",
  untold: "unknown",
  void: "granted",
} as const satisfies Record<Scoped, ConsentState>;

/** A permission that the scope gives by a role, where it isn't granted. */
function scopedRow(row: ConsentRow, scoped: Scoped): ConsentRow {
  if (row.state !== "missing" || !row.name.startsWith("Mail")) return row;
  const role = `Application ${row.name}`;
  const reach = { kind: "scope" as const, name: "Rollcall 1", filter: "" };
  const state = scopedStates[scoped];
  if (scoped === "void") return { ...row, state, by_role: role, whom: { kind: "everyone" } };
  return { ...row, state, by_role: role, roles: state === "missing" ? [] : [{ id: "1", role, reach }] };
}

/** Another organization of the application, which wants everyone to be reached. */
const branch: ScopeSharer = {
  organization: 9,
  name: "Branch",
  wish: { kind: "other", desired: { kind: "everyone" } },
};

/** What should be known of a wish: nobody is a direct member of the group Integration Scope. */
function weighed(wish: ScopeWish, contested: boolean): WeighedWish {
  const shared = contested ? [branch] : [];
  if (wish.kind === "everyone") return { counted: null, remarks: [], shared, contested };
  const group = groups.find(({ id }) => id === wish.unit);
  const direct = group?.display_name === "Integration Scope" ? 0 : 12;
  const counted = wish.mechanism === "access_policy" ? 26 : direct;
  const remarks: ScopeRemark[] = counted === 0 ? [{ kind: "empty", rule: wish.rule }] : [];
  return { counted, remarks, shared, contested };
}

/** The purposes that there is no script for. */
function withoutOf(wish: ScopeWish | undefined, { contested, finish, migrate }: FakeOptions): WithoutScript[] {
  const none = (purpose: ScopePurpose, why: NoScript, grants: ScopeVoid[] = [], shared: ScopeSharer[] = []) => ({
    purpose,
    why,
    grants,
    shared,
  });
  if (wish?.kind !== "limited")
    return (["apply", "test", "migrate", "finish"] as const).map((purpose) => none(purpose, "nothing_to_limit"));
  if (wish.mechanism === "access_policy")
    return (["migrate", "finish"] as const).map((purpose) => none(purpose, "for_roles"));
  if (contested)
    return (["apply", "migrate", "finish"] as const).map((purpose) => none(purpose, "contested", [], [branch]));
  if (migrate) return [none("migrate", migrate)];
  if (finish === undefined) return [];
  return [none("finish", finish, finish === "grants_stand" ? [{ kind: "grant", permission: "Mail.ReadWrite" }] : [])];
}

/** What has to be known of a script. */
function warningsOf(purpose: ScopePurpose): ScriptWarning[] {
  if (purpose === "test") return [{ kind: "no_proof" }];
  if (purpose === "migrate") return [{ kind: "roles_not_before", at: null }];
  if (purpose === "finish") return [{ kind: "not_before", at: null }, { kind: "takes_all_policies" }];
  return [{ kind: "slow", minutes: 120 }];
}

/** What a proof of the 4,812 mailboxes will ask. */
function foreseenOf(inside: number | null, outside: number | null, named: number): ForeseenProof {
  const accounts = 4812;
  const mailboxes = Math.min(accounts, (inside ?? 12) + (outside ?? 4800) + named);
  const seconds: [number, number] = [Math.ceil(mailboxes / 60), Math.ceil(mailboxes / 20)];
  const plan = { mailboxes, probes: mailboxes, sampled: mailboxes < accounts, seconds };
  return { accounts, reads: 49, ...plan, bound: "finding", measured: false };
}

/** A script, as far as a screen looks at it. */
function scriptText(purpose: ScopePurpose): string {
  return `# ${purpose}\r\nNew-ManagementScope -Name 'Rollcall'\r\n`;
}

/** What is asked of the access scope. */
export function scopeVerbs(desk: Desk): Verbs {
  let wish: ScopeWish | undefined;
  let proof: ProofView | null = null;
  let said = 0;
  const scopeNow = () => {
    const found = desk.options.scopeEarlier ? earlierOf(scopeOf(wish, proof)) : scopeOf(wish, proof);
    const view = { ...found, said, under_way: proof?.proof.state === "running" };
    if (desk.options.contested) Object.assign(view, { shared: [branch], contested: true });
    if (desk.options.scopeDelegated) view.may_prove = "reaches_who_signed_in";
    if (desk.options.stale)
      Object.assign(view, {
        change: { change: { what: "rbac", at: NOW }, settles: NOW + 7_200_000, settled: false },
        read_before_change: true,
      });
    if (desk.options.doubted && view.reading) {
      const reading = { ...view.reading, granted_since: NOW };
      Object.assign(view, { reading, read_before_change: true });
    }
    if (desk.options.settling) {
      view.change = { change: { what: "rbac", at: NOW }, settles: NOW + 7_200_000, settled: false };
    }
    if (desk.options.scopeUnread || !view.reading) return { ...view, reading: null, voids: [] };
    const assignments = desk.options.exchangeRoles ?? view.reading.assignments;
    return { ...view, reading: { ...view.reading, assignments } };
  };
  if (desk.options.proof) {
    const over = proofOf(1, scopeNow());
    const stands = {
      cut_off: { state: "interrupted", finished: null },
      put_off: { put_off: { failures: 2, until: NOW + 120_000, code: "wrong_secret" } },
      under_way: { state: "running", finished: null },
      no_secret: { early: NOW - 40_000, tally: { ...over.proof.tally, too_early: 1 } },
    } as const;
    const of = stands[desk.options.proof];
    proof = { ...over, outcome: "unknown", proof: { ...over.proof, ...of } };
    if (desk.options.proof === "no_secret") Object.assign(proof, { next_probe: NOW + 600_000, waits_for_secret: true });
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
      waiting_until: desk.options.pause ?? null,
    });
    await desk.wait();
    proof = proofOf(organization, scopeNow());
    desk.changed();
    return proof;
  };
  return {
    "scope.show": scopeNow,
    "scope.read": scopeNow,
    "scope.set": ({ wish: wanted }) => {
      wish = wanted;
      desk.changed();
      return scopeNow();
    },
    "scope.units": () => [{ id: guid(690), name: "Sales Unit" }],
    "scope.weigh": ({ wish: wanted }) => weighed(wanted, desk.options.contested ?? false),
    "scope.plan": ({ mailboxes }) => {
      const without = withoutOf(wish, desk.options);
      const purposes = (["apply", "test", "remove", "migrate", "finish"] as const).filter(
        (purpose) => !without.some((one) => one.purpose === purpose),
      );
      return {
        scripts: purposes.map((purpose) => ({
          purpose,
          file: `scope-Contoso-EU-${purpose}.ps1`,
          text: scriptText(purpose) + mailboxes.map((mailbox) => `    '${mailbox}'\r\n`).join(""),
          left_out: purpose === "test" ? 4792 : 0,
          voids: [],
          warnings: warningsOf(purpose),
        })),
        without,
      };
    },
    "scope.foresee": ({ inside, outside, named }) => foreseenOf(inside, outside, named),
    "scope.changed": scopeNow,
    "scope.said": () => {
      said = 3;
      desk.changed();
      return {
        added: 1,
        replaced: 0,
        kept: 2,
        failed: [{ mailbox: "gone@contoso.example", error: "Not found" }],
        not_run: [],
        elsewhere: ["ada@fabrikam.example"],
        unchecked: [],
      };
    },
    "scope.forget": () => {
      const mailboxes = said;
      said = 0;
      desk.changed();
      return { mailboxes };
    },
    "scope.prove": ({ organization }, calling) => proving(organization, calling),
    "scope.again": (_, calling) => proving(1, calling),
    "scope.resume": (_, calling) => proving(1, calling),
    "scope.cut_off": () =>
      desk.settings.resume === "by_itself" && proof?.proof.state === "interrupted"
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
    "practice.run_scope_script": async (_, { onProgress }) => {
      if (desk.options.consented) onProgress?.(allowing(["AppRoleAssignment.ReadWrite.All"]));
      await desk.options.consented;
      await desk.wait();
      desk.changed();
      return scopeNow();
    },
  };
}
