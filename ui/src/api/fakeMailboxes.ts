import type {
  AddressChange,
  AddressView,
  Connection,
  MailboxesView,
  MigrationAct,
  MigrationStep,
  MigrationView,
  Reason,
  Seen,
  StepView,
  UserRow,
} from "./bindings";
import { atBrowser, type Desk, refused, type Verbs } from "./fakeDesk";
import { guid, NOW } from "./fakeWorld";

const STEPS: readonly MigrationStep[] = [
  "stop_sync_of_old",
  "connect_new",
  "switch_on_new",
  "stop_send_of_old",
  "make_default",
  "hand_over",
];

/** What one user's mailboxes are in the pretend world. */
type Held = { addresses: Omit<AddressView, "may" | "read">[]; migration: MigrationView | null };

/** The addresses that the pretend directory tells. */
function heldOf(row: UserRow): Held {
  const connection: Connection =
    row.effective_access === "graph_app_only"
      ? { kind: "by_application" }
      : row.effective_access === "graph_delegated"
        ? { kind: "not_connected" }
        : { kind: "over_ews" };
  const address = (text: string, kind: AddressView["kind"]): Held["addresses"][number] => ({
    address: text,
    kind,
    account: null,
    sync: false,
    send: false,
    default: kind === "primary",
    seen: null,
    connection,
  });
  const { upn } = row.user.directory;
  return {
    addresses: [address(upn.replace("@", "@people."), "primary"), address(upn, "principal_name")],
    migration: null,
  };
}

/** The same as the menu answers it. */
function mailboxesViewOf(row: UserRow, { addresses, migration }: Held): MailboxesView {
  const delegated = row.effective_access === "graph_delegated";
  return {
    user: row.user.id,
    upn: row.user.directory.upn,
    access: row.effective_access,
    addresses: addresses.map((one) => ({
      ...one,
      read: isRead(addresses, one.account),
      may: mayOf(one, migration !== null),
    })),
    migration: migration && { ...migration, steps: migration.steps.map((step, at) => ticked(step, at, migration)) },
    window_opens: null,
    vendor: "Outreach",
    connect: delegated ? null : "nobody_signs_in",
    link: "https://myapps.microsoft.com/signin/outreach?tenantId=contoso",
  };
}

function secondary(address: string): Held["addresses"][number] {
  return {
    address,
    kind: "secondary",
    account: guid(55),
    sync: false,
    send: false,
    default: false,
    seen: null,
    connection: { kind: "not_connected" },
  };
}

/** Whether sessions and checks read the mailbox of an account, as the real one judges it. */
function isRead(addresses: Held["addresses"], account: string | null): boolean {
  const syncs = addresses.some((one) => one.account === account && one.sync);
  return syncs || (account === null && !addresses.some((one) => one.account !== null && one.sync));
}

/** What may be done with an address, as the real one judges it. */
function mayOf(one: Held["addresses"][number], migrating: boolean): AddressView["may"] {
  const apart = ["not_connected", "sign_in_needed"].includes(one.connection.kind) ? "mailbox_not_connected" : null;
  const still = (reason: Reason | null) => (migrating ? "migration_under_way" : reason);
  return {
    sync: still(one.sync ? null : apart),
    send: still(one.send ? (one.default ? "default_must_send" : null) : apart),
    default: still(one.send ? null : "default_must_send"),
    check: apart,
    remove: still(one.default ? "mailbox_is_default" : null),
  };
}

function answer(): Seen {
  return { at: NOW, verdict: "passed", cause: null, code: null, request_id: guid(78) };
}

/** Signs in for one account: the user's own, or that of a secondary mailbox. */
function connect(held: Held, address: string | undefined, connection: Connection) {
  for (const one of held.addresses) {
    if ((one.kind === "secondary") === (address !== undefined) && (address === undefined || one.address === address)) {
      one.connection = connection;
      one.seen = connection.kind === "connected" ? answer() : one.seen;
    }
  }
}

export function set(held: Held, address: string, to: AddressChange) {
  for (const one of held.addresses) {
    const here = one.address === address;
    if (to.kind === "default") one.default = here;
    else if (here) one[to.kind] = to.on;
  }
}

/** Takes a migration on; answers why not, where it can't be. */
function migrate(held: Held, act: MigrationAct): Reason | undefined {
  const { migration } = held;
  if (act.kind === "begin") {
    const from = held.addresses.find((one) => one.default)?.address ?? "";
    const begun = { at: NOW, actor: "admin@contoso.example" };
    const steps = STEPS.map(
      (step): StepView => ({ step, asks: askedBy(step, from, act.to), seen: null, done: null, tick: null }),
    );
    if (act.add_in < act.minimum) return "add_in_too_old";
    held.migration = { from, to: act.to, add_in: act.add_in, minimum: act.minimum, begun, steps };
    return undefined;
  }
  if (migration === null) return "step_not_reached";
  const current = migration.steps.find(({ done }) => done === null);
  switch (act.kind) {
    case "give_up":
      held.migration = null;
      return undefined;
    case "check":
      if (current) current.seen = answer();
      return undefined;
    case "tick":
      if (current?.step !== act.step) return "step_not_reached";
      current.done = { at: NOW, actor: "admin@contoso.example" };
      return undefined;
    case "reopen":
      for (const step of migration.steps.slice(STEPS.indexOf(act.step)))
        Object.assign(step, { seen: null, done: null });
      return undefined;
  }
}

function askedBy(step: MigrationStep, from: string, to: string): string | null {
  if (step === "stop_sync_of_old") return from;
  return step === "make_default" || step === "hand_over" ? null : to;
}

function ticked(step: StepView, at: number, migration: MigrationView): StepView {
  const isNext = migration.steps.findIndex(({ done }) => done === null) === at;
  const tick = isNext ? (step.asks !== null && step.seen === null ? "step_not_checked" : null) : "step_not_reached";
  return { ...step, tick };
}

/** What is asked of a user's mailboxes. */
export function mailboxVerbs(desk: Desk): Verbs {
  const heldByUser = new Map<number, Held>();
  const mailboxesOf = (id: number) => {
    const row = desk.rows.find(({ user }) => user.id === id);
    if (!row) throw refused("not_found");
    const held = heldByUser.get(id) ?? heldOf(row);
    heldByUser.set(id, held);
    return { held, view: () => mailboxesViewOf(row, held) };
  };
  return {
    "mailboxes.describe": ({ user }) => mailboxesOf(user).view(),
    "mailboxes.add": ({ user, address }) => {
      const { held, view } = mailboxesOf(user);
      if (!address.includes("@")) throw refused("invalid_input");
      held.addresses.push(secondary(address));
      desk.changed();
      return view();
    },
    "mailboxes.remove": ({ user, address }) => {
      const { held, view } = mailboxesOf(user);
      held.addresses = held.addresses.filter((one) => one.address !== address);
      desk.changed();
      return view();
    },
    "mailboxes.change": ({ user, address, change: to }) => {
      const { held, view } = mailboxesOf(user);
      set(held, address, to);
      desk.changed();
      return view();
    },
    "mailboxes.check": ({ user, address }) => {
      const { held, view } = mailboxesOf(user);
      for (const one of held.addresses) if (one.address === address) one.seen = answer();
      desk.changed();
      return view();
    },
    "mailboxes.connect": async ({ user, address }, { onProgress, signal }) => {
      onProgress?.(atBrowser({ kind: "sign_in" }, "http://localhost:4000/to/1"));
      await desk.wait();
      if (signal?.aborted) throw refused("sign_in_cancelled");
      if (desk.options.wrongAccount) throw refused("wrong_account");
      const { held, view } = mailboxesOf(user);
      connect(held, address ?? undefined, { kind: "connected", since: NOW });
      desk.changed();
      return view();
    },
    "mailboxes.disconnect": ({ user, address }) => {
      const { held, view } = mailboxesOf(user);
      connect(held, address ?? undefined, { kind: "not_connected" });
      desk.changed();
      return view();
    },
    "mailboxes.migrate": ({ user, act }) => {
      const { held, view } = mailboxesOf(user);
      const reason = migrate(held, act);
      if (reason) throw refused("not_now", reason);
      desk.changed();
      return view();
    },
  };
}
