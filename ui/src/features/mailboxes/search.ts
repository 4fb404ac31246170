import * as v from "valibot";
import { maybe } from "../../lib/place";

/** What the address of the page holds. */
export const mailboxesSearch = v.object({
  org: maybe(v.number()),
  q: maybe(v.string()),
  status: maybe(v.picklist(["not_initialized", "switching", "initialized", "error", "excluded"])),
  verdict: maybe(v.picklist(["passed", "failed", "unknown", "not_run"])),
  kind: maybe(v.picklist(["user", "shared_or_resource", "guest", "on_premises", "unlicensed"])),
  sort: maybe(v.picklist(["upn", "kind", "mailbox", "verdict", "checked"])),
  desc: maybe(v.boolean()),
  open: maybe(v.number()),
});

/** What of the page's address makes a view: its filters and its order. */
export function viewOf({ org: _org, open: _open, ...view }: v.InferOutput<typeof mailboxesSearch>) {
  return view;
}
