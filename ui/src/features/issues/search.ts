import * as v from "valibot";
import { maybe } from "../../lib/place";

/** What the address of the page holds. */
export const issuesSearch = v.object({ org: maybe(v.number()), open: maybe(v.string()) });
