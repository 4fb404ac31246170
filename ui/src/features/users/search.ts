import * as v from "valibot";
import { maybe } from "../../lib/place";

/** What the address of the users page holds. */
export const usersSearch = v.object({
  org: maybe(v.number()),
  q: maybe(v.string()),
  mailbox: maybe(v.picklist(["not_initialized", "switching", "initialized", "error", "excluded"])),
  verdict: maybe(v.picklist(["passed", "failed", "unknown", "not_run"])),
  kind: maybe(v.picklist(["user", "shared_or_resource", "guest", "on_premises", "unlicensed"])),
  session: maybe(v.picklist(["passed", "failed", "unknown", "not_run"])),
  sync: maybe(v.picklist(["enabled", "disabled", "disabled_due_to_error"])),
  access: maybe(v.picklist(["graph_app_only", "graph_delegated", "ews_app_only", "ews_delegated", "ews"])),
  /** Only those whose switch hangs. */
  stuck: maybe(v.boolean()),
  /** Only those who were not checked for so many days. */
  unchecked: maybe(v.number()),
  queued: maybe(v.boolean()),
  /** By how their own sign-ins stand; to do is whoever has to, again or for the first time. */
  signin: maybe(v.picklist(["to_do", "connected", "needed", "not_signed_in"])),
  /** Only those for whom another mailbox was named. */
  several: maybe(v.boolean()),
  /** Only those of a wave of their organization's plan. */
  wave: maybe(v.number()),
  eligibility: maybe(
    v.picklist([
      "not_eligible",
      "ready",
      "shared",
      "room",
      "equipment",
      "shared_or_resource",
      "unlicensed",
      "disabled",
      "on_premises",
      "guest",
      "no_mailbox",
      "address_conflict",
    ]),
  ),
  issues: maybe(v.boolean()),
  fp: maybe(v.string()),
  sort: maybe(
    v.picklist([
      "name",
      "upn",
      "organization",
      "access",
      "mailbox",
      "kind",
      "verdict",
      "checked",
      "issues",
      "session",
      "sync",
    ]),
  ),
  desc: maybe(v.boolean()),
  open: maybe(v.number()),
  bring: maybe(v.boolean()),
});

export type UsersSearch = v.InferOutput<typeof usersSearch>;
