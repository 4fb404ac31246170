import type {
  Code,
  CutOffAction,
  ExchangeRoles,
  NoKeychain,
  Reason,
  RolesRead,
  Run,
  Settings,
  Unasked,
  UserRow,
  Verified,
} from "./bindings";
import { type Answer, CallError, type CallOptions, type Name, type Question } from "./client";
import type { FakePlan } from "./fakeWaves";
import { guid, ledgerOf, NOW, organizations, person, resetOrganizations, runOf } from "./fakeWorld";
import type { AtBrowser } from "./work";

/** What Exchange has assigned of the roles by which a scope gives mail. */
export type Scoped = "given" | "missing" | "untold" | "elsewhere" | "rest" | "void";

/** How the pretend backend differs from the usual. */
export type FakeOptions = {
  /** How many users the three organizations have. */
  readonly users?: readonly [number, number, number];
  /** Nothing has been set up yet. */
  readonly fresh?: boolean;
  /** Commands that fail, and with which code; with which detail, too, where words are made of it. */
  readonly failing?: Partial<Record<Name, Code | { readonly code: Code; readonly detail: string }>>;
  /** Commands whose answer waits for this. */
  readonly held?: Partial<Record<Name, Promise<void>>>;
  /** Settles when the person has consented in the browser; without it, that takes some steps. */
  readonly consented?: Promise<void>;
  /** No browser can be opened. */
  readonly unopened?: boolean;
  /** Why no sign-in can be kept. */
  readonly notKept?: NoKeychain;
  /** Why a change of permissions can't be made. */
  readonly refused?: Reason;
  /** The pace of a run, where it differs from the usual. */
  readonly pace?: Partial<Verified>;
  /** Until when Microsoft asked to wait, where sessions and proofs meet that. */
  readonly pause?: number;
  /** Whether an earlier run has shown the pace. */
  readonly measured?: boolean;
  /** The last run was cut off, and until when it is parked, if it is. */
  readonly cutOff?: { readonly parkedUntil: number | null };
  /** Runs that somebody has paused, by number, besides the usual ones. */
  readonly paused?: readonly number[];
  /** The scope gives mail by roles, which `rest` has assigned as well, while a permission without a role is missing. */
  readonly scoped?: Scoped;
  /** Of when the roles of Exchange are known, where it differs from the usual. */
  readonly rolesRead?: RolesRead;
  /** A consent on Microsoft's page changes nothing. */
  readonly unchanging?: boolean;
  /** What is known of Exchange's roles, where it differs from the usual. */
  readonly exchangeRoles?: ExchangeRoles;
  /** Nobody has read yet what is in force of the access scope. */
  readonly scopeUnread?: boolean;
  /** Exchange's roles were told by an earlier reading, and one of them voids the scope. */
  readonly scopeEarlier?: boolean;
  /** Another organization of the application wants another access scope. */
  readonly contested?: boolean;
  /** The organization's access is delegated, which no access scope limits. */
  readonly scopeDelegated?: boolean;
  /** Why the move to roles can't be finished. */
  readonly finish?: "not_read_since" | "grants_stand";
  /** Why there is no script that takes grants back. */
  readonly migrate?: "roles_missing" | "nothing_granted";
  /** What is in force of the access scope was read before the last change. */
  readonly stale?: boolean;
  /** Grants may have been changed since that was read, and could not be read back. */
  readonly doubted?: boolean;
  /** The access scope was changed a moment ago. */
  readonly settling?: boolean;
  /**
   * A proof of the access scope that was cut off by the end of the program, that the clock couldn't go on with, works on, or can't for
   * want of the secret.
   */
  readonly proof?: "cut_off" | "put_off" | "under_way" | "no_secret";
  /** Nobody has signed in to the tenant. */
  readonly signedOut?: boolean;
  /** The practice tenant's two examples are there; forgotten is what a new start leaves of them. */
  readonly examples?: "whole" | "forgotten";
  /** Sync sessions of this organization were cut off. */
  readonly cutOffPass?: string;
  /** Actions that the end of the program has cut off. */
  readonly cutOffActions?: CutOffAction[];
  /** Settings that differ from the usual. */
  readonly settings?: Partial<Settings>;
  /** Why mailboxes can't be asked what they are. */
  readonly unasked?: Unasked;
  /** Nothing was sent yet. */
  readonly silent?: boolean;
  /** How many users of each organization sessions leave alone until their wave starts. */
  readonly waiting?: number;
  /** How many switches of the organization on EWS wait for the change window. */
  readonly queued?: number;
  /** How many users of the organization on EWS have mailboxes that aren't ready. */
  readonly notReady?: number;
  /** The change window is shut: switches wait for it. */
  readonly shut?: boolean;
  /** With how many users of the organization on EWS sync sessions have failed; nobody has checked them. */
  readonly sessionsFailed?: number;
  /** The code of what keeps every user from being read. */
  readonly halt?: string;
  /** An organization that can't be deleted, whatever is asked. */
  readonly undeletable?: number;
  /** Another account signs in than the one that a mailbox belongs to. */
  readonly wrongAccount?: boolean;
  /** Milliseconds between two steps of long work. */
  readonly step?: number;
};

/** What each command of a noun does. */
export type Verbs = { [N in Name]?: (question: Question<N>, options: CallOptions) => Answer<N> | Promise<Answer<N>> };

/** What the nouns of the pretend backend have in common. */
export type Desk = {
  readonly options: FakeOptions;
  readonly sizes: readonly number[];
  rows: UserRow[];
  readonly runs: Run[];
  /** Whether anything has been set up. */
  started: boolean;
  /** How many of the required permissions are not granted. */
  missing: number;
  settings: Settings;
  readonly plans: Map<number, FakePlan>;
  readonly preflighted: Map<number, { judged: number; unasked: Unasked | null }>;
  /** Takes one step of long work. */
  readonly wait: () => Promise<void>;
  /** Tells that stored data has changed. */
  readonly changed: () => void;
};

/** A desk as it is when the app starts. */
export function newDesk(options: FakeOptions, changed: () => void): Desk {
  resetOrganizations();
  const sizes = options.users ?? [4812, 41_377, 25];
  const step = options.step ?? 40;
  const rows = organizations.flatMap((organization, index) => {
    const before = sizes.slice(0, index).reduce((sum, size) => sum + size, 0);
    return Array.from({ length: sizes[index] ?? 0 }, (_, n) => person(before + n + 1, organization, index === 0));
  });
  const onEws = rows.filter(({ user }) => user.organization === 2);
  for (const row of onEws.slice(0, options.queued ?? 0)) row.queued = NOW;
  for (const { judged } of onEws.slice(0, options.notReady ?? 0)) judged.eligibility = "on_premises";
  for (const row of onEws.slice(0, options.sessionsFailed ?? 0))
    Object.assign(row, { verdict: "failed", open_issues: 1, first_cause: "out_of_scope" });
  const eu = rows.filter((row) => row.user.organization === 1);
  const runs: Run[] = organizations
    .slice(0, 1)
    .flatMap((organization) => [
      runOf(118, organization, eu, NOW - 300_000),
      runOf(112, organization, eu.slice(0, -12), NOW - 7 * 86_400_000),
    ]);
  const [last] = runs;
  const interrupt = (run: Run, share: number) => {
    const done = Math.floor(run.mailboxes * share);
    const ledger = { ...ledgerOf(eu.slice(0, done)), not_run: run.mailboxes - done };
    Object.assign(run, { state: "interrupted", ended: null, mailboxes_done: done, ledger });
  };
  if (options.cutOff && last) {
    interrupt(last, 1 / 2);
    last.parked_until = options.cutOff.parkedUntil;
  }
  for (const organization of organizations.slice(0, 1)) {
    const paused = (options.paused ?? []).map((id) => runOf(id, organization, eu, NOW - 300_000 + (id - 118) * 60_000));
    for (const run of paused) interrupt(run, 1 / 3);
    runs.push(...paused);
  }
  runs.sort((a, b) => b.id - a.id);
  return {
    options,
    sizes,
    rows,
    runs,
    started: !options.fresh,
    missing: 2,
    settings: {
      theme: "system",
      density: "comfortable",
      resume: "on_click",
      leave_to_integration: 25,
      ...options.settings,
    },
    plans: new Map(),
    preflighted: new Map(),
    wait: () => new Promise<void>((resolve) => setTimeout(resolve, step)),
    changed,
  };
}

export function refused(code: Code, reason: Reason | null = null, detail = `pretend ${code}`) {
  return new CallError({ code, detail, request_id: guid(77), reason, until: null });
}

export function organizationNamed(id: number) {
  const found = organizations.find((one) => one.id === id);
  if (!found) throw refused("not_found");
  return found;
}

export function membersOf(desk: Desk, organization: number): UserRow[] {
  return desk.rows.filter((row) => row.user.organization === organization);
}

/** Those of an organization whose wave has not started. */
export function waitingOf(desk: Desk, organization: number): UserRow[] {
  return membersOf(desk, organization).slice(0, desk.options.waiting ?? 0);
}

/** What is told of a page that waits for an answer in the browser. */
export function atBrowser(what: AtBrowser["what"], url: string): AtBrowser {
  return { kind: "browser", what, url, until: NOW + 600_000, opened: true };
}

/** What is told of Microsoft's page that asks for more permissions of Rollcall itself. */
export function allowing(scopes: string[]): AtBrowser {
  return atBrowser({ kind: "allow", scopes }, "http://localhost:4000/to/2");
}
