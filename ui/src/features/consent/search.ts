import * as v from "valibot";
import { maybe } from "../../lib/place";

/** What the address of the page holds. */
export const consentSearch = v.object({
  org: maybe(v.number()),
  q: maybe(v.string()),
  state: maybe(
    v.picklist([
      "granted",
      "missing",
      "pending_request",
      "excess",
      "stronger_than_needed",
      "given_by_role",
      "given_elsewhere",
      "unknown",
    ]),
  ),
  type: maybe(v.picklist(["application", "delegated"])),
  api: maybe(v.picklist(["graph", "exchange"])),
  need: maybe(v.picklist(["required", "optional", "not"])),
  sort: maybe(v.string()),
  desc: maybe(v.boolean()),
  open: maybe(v.string()),
  grant: maybe(v.boolean()),
  users: maybe(v.boolean()),
  /** The entry of the journal that is to be undone. */
  undo: maybe(v.number()),
});

export type ConsentSearch = v.InferOutput<typeof consentSearch>;
