import type { BuiltIn } from "../../api/views";
import { t } from "../../words/t";
import type { UsersSearch } from "./search";

const WEEK = 7;

/** The views that come with the list of users. */
export const usersViews = [
  { name: t("views.failed"), search: { verdict: "failed" } },
  { name: t("views.switching"), search: { mailbox: "switching" } },
  { name: t("views.stuck"), search: { mailbox: "switching", stuck: true } },
  { name: t("views.unchecked", { n: WEEK }), search: { unchecked: WEEK } },
  { name: t("views.onEws"), search: { access: "ews" } },
  { name: t("views.signIn"), search: { signin: "to_do" } },
  { name: t("views.disabled"), search: { sync: "disabled_due_to_error" } },
] as const satisfies ReadonlyArray<BuiltIn & { readonly search: Partial<UsersSearch> }>;

/** What of the page's address makes a view: its filters and its order. */
export function viewOf({ org: _org, open: _open, bring: _bring, ...view }: UsersSearch) {
  return view;
}
