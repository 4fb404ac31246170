import * as v from "valibot";
import { maybe } from "../../lib/place";

/** What the address of the page holds. */
export const welcomeSearch = v.object({ org: maybe(v.number()), step: maybe(v.picklist(["connect"])) });
