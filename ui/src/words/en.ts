import { acting } from "./en/acting";
import { consent } from "./en/consent";
import { frame } from "./en/frame";
import { lists } from "./en/lists";
import { organizing } from "./en/organizing";
import { people } from "./en/people";
import { rollout } from "./en/rollout";
import { setUp } from "./en/setUp";

/** Every sentence of the screens, in English. `{name}` is a slot; a sentence that depends on a count has two forms. */
export const en = {
  ...acting,
  ...consent,
  ...frame,
  ...lists,
  ...organizing,
  ...people,
  ...rollout,
  ...setUp,
} as const;
