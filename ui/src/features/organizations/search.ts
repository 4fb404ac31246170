import * as v from "valibot";
import { maybe } from "../../lib/place";

/** What the address of the page holds. */
export const organizationsSearch = v.object({
  org: maybe(v.number()),
  open: maybe(v.number()),
  tab: maybe(v.picklist(["users", "rules", "connectivity", "email", "waves", "sessions"])),
  create: maybe(v.boolean()),
  q: maybe(v.string()),
  sync: maybe(v.picklist(["enabled", "disabled", "disabled_due_to_error"])),
  access: maybe(v.picklist(["graph_app_only", "graph_delegated", "ews_app_only", "ews_delegated"])),
  sort: maybe(
    v.picklist([
      "name",
      "external_id",
      "integration",
      "access",
      "users",
      "statuses",
      "sync",
      "session",
      "stage",
      "consent",
      "checked",
      "issues",
      "sessions",
      "tenant",
    ]),
  ),
  desc: maybe(v.boolean()),
});

export type OrganizationsSearch = v.InferOutput<typeof organizationsSearch>;

/** What of the page's address makes a view: its filters and its order. */
export function viewOf({ org: _org, open: _open, tab: _tab, create: _create, ...view }: OrganizationsSearch) {
  return view;
}
