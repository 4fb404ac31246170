import type { Chosen, Meant, UserFilter } from "./bindings";

/** Everybody: a filter that narrows nothing, to be narrowed. */
export const everyUser: UserFilter = {
  organization: null,
  tenant: null,
  wave: null,
  mailbox: [],
  verdict: [],
  kind: [],
  eligibility: [],
  fingerprint: null,
  with_issues: false,
  session: [],
  access: [],
  sync: [],
  mailbox_before: null,
  switched_since: null,
  queued: false,
  sign_in: [],
  several_mailboxes: false,
  checked_before: null,
  search: null,
};

/** The users that a selection means, those that were never on screen included. */
export function chosenOf(
  selection: { readonly mode: "include" | "exclude"; readonly ids: ReadonlySet<number> },
  filter: UserFilter,
): Chosen {
  const ids = [...selection.ids];
  return selection.mode === "include" ? { by: "ids", of: ids } : { by: "filter_but", of: { filter, but: ids } };
}

/** Whom it is agreed to, of what was shown: where others are meant by then, nothing is done. */
export function meantBy({ users, seal }: Meant): Meant {
  return { users, seal };
}
