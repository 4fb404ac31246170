import * as v from "valibot";
import { maybe } from "../../lib/place";

/** What the address of the page holds. */
export const organizationsSearch = v.object({
  org: maybe(v.number()),
  open: maybe(v.number()),
  tab: maybe(v.picklist(["users", "connectivity", "email", "sessions"])),
  create: maybe(v.boolean()),
});
