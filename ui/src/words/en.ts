import { acting } from "./en/acting";
import { consent } from "./en/consent";
import { frame } from "./en/frame";
import { issues } from "./en/issues";
import { lists } from "./en/lists";
import { mailboxes } from "./en/mailboxes";
import { organizing } from "./en/organizing";
import { people } from "./en/people";
import { rollout } from "./en/rollout";
import { rules } from "./en/rules";
import { scope } from "./en/scope";
import { setUp } from "./en/setUp";

/** Every sentence of the screens, in English. `{name}` is a slot; a sentence that depends on a count has two forms. */
export const en = {
  ...acting,
  ...consent,
  ...frame,
  ...issues,
  ...lists,
  ...mailboxes,
  ...organizing,
  ...people,
  ...rollout,
  ...rules,
  ...scope,
  ...setUp,
} as const;
