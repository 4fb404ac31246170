import * as v from "valibot";
import { maybe } from "../../lib/place";

/** What the address of the page holds: the open problem, whether its users are shown and which of them is open, and the filters. */
export const issuesSearch = v.object({
  org: maybe(v.number()),
  open: maybe(v.string()),
  users: maybe(v.boolean()),
  user: maybe(v.number()),
  q: maybe(v.string()),
  who: maybe(
    v.picklist([
      "consent_admin",
      "app_admin",
      "exchange_admin",
      "license_admin",
      "user_admin",
      "policy_admin",
      "user",
      "wait",
      "microsoft_support",
      "you",
      "rollcall",
    ]),
  ),
  class: maybe(v.picklist(["mailbox", "tenant", "passing", "ours"])),
  aside: maybe(v.boolean()),
});

export type IssuesSearch = v.InferOutput<typeof issuesSearch>;
