import * as v from "valibot";
import { maybe } from "../../lib/place";

/** What the address of the verification page holds: the run that is open and how its results are filtered. */
export const verifySearch = v.object({
  org: maybe(v.number()),
  run: maybe(v.number()),
  tab: maybe(v.picklist(["results", "problems"])),
  verdict: maybe(v.picklist(["passed", "failed", "unknown", "not_run"])),
  fp: maybe(v.string()),
  q: maybe(v.string()),
  open: maybe(v.number()),
  plan: maybe(v.boolean()),
});
