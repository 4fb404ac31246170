import * as v from "valibot";
import { maybe } from "../../lib/place";

/** What the address of the page holds. */
export const settingsSearch = v.object({
  org: maybe(v.number()),
  tab: maybe(v.picklist(["general", "tenants", "traffic", "journal", "about"])),
  entry: maybe(v.number()),
});
