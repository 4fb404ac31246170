import * as v from "valibot";
import { maybe } from "../../lib/place";

/** What the address of the access scope holds: which mailboxes are shown, and what is open. */
export const accessSearch = v.object({
  org: maybe(v.number()),
  finding: maybe(v.picklist(["leak", "lock_out", "too_early", "unknown", "confirmed_outside", "confirmed_inside"])),
  q: maybe(v.string()),
  open: maybe(v.number()),
  ask: maybe(v.picklist(["set", "scripts", "changed", "prove", "said", "why"])),
});
