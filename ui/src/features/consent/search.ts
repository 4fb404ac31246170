import * as v from "valibot";
import { maybe } from "../../lib/place";

/** What the address of the page holds. */
export const consentSearch = v.object({
  org: maybe(v.number()),
  open: maybe(v.string()),
  grant: maybe(v.boolean()),
  users: maybe(v.boolean()),
});
