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
export type Held = { addresses: Omit<AddressView, "may">[]; migration: MigrationView | null };

/** The addresses that the pretend directory tells. */
export function heldOf(row: UserRow): Held {
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
export function mailboxesViewOf(row: UserRow, { addresses, migration }: Held): MailboxesView {
  const delegated = row.effective_access === "graph_delegated";
  return {
    user: row.user.id,
    upn: row.user.directory.upn,
    access: row.effective_access,
    addresses: addresses.map((one) => ({ ...one, may: mayOf(one, migration !== null) })),
    migration: migration && { ...migration, steps: migration.steps.map((step, at) => ticked(step, at, migration)) },
    window_opens: null,
    vendor: "Outreach",
    connect: delegated ? null : "nobody_signs_in",
    link: null,
  };
}

export function secondary(address: string): Held["addresses"][number] {
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

export function answer(): Seen {
  return { at: NOW, verdict: "passed", cause: null, code: null, request_id: guid(78) };
}

/** Signs in for one account: the user's own, or that of a secondary mailbox. */
export function connect(held: Held, address: string | undefined, connection: Connection) {
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
export function migrate(held: Held, act: MigrationAct): Reason | undefined {
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
