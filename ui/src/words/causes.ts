import { type Cause, type Class, type Reach, TITLES, type Who } from "../api/bindings";
import type { CauseWords } from "./causes/kinds";
import { mailboxWords } from "./causes/mailbox";
import { notAskedWords } from "./causes/notAsked";
import { signInWords } from "./causes/signIn";

/** The headline of a problem. It isn't written here, because users are searched by it. */
export const causeTitles = TITLES;

/** Why a mailbox didn't answer, and what mends it. */
export const causeWords = {
  ...mailboxWords,
  ...signInWords,
  ...notAskedWords,
} satisfies Record<Cause, CauseWords> as Readonly<Record<Cause, CauseWords>>;

/** Who can mend it. */
export const whoWords = {
  consent_admin: "Privileged Role Administrator or Global Administrator",
  app_admin: "Cloud Application Administrator",
  exchange_admin: "Exchange Administrator",
  license_admin: "License Administrator",
  user_admin: "User Administrator",
  policy_admin: "Conditional Access Administrator",
  user: "The user, by signing in",
  wait: "Nobody has to; it passes by itself",
  microsoft_support: "Microsoft support",
  you: "You, here",
  rollcall: "The makers of Rollcall",
} as const satisfies Record<Who, string>;

/** Whether it goes away, and of whose making it is. */
export const classWords = {
  mailbox: "Lasting: this mailbox",
  tenant: "Lasting: tenant setting",
  passing: "Passing",
  ours: "Ours, or unknown",
} as const satisfies Record<Class, string>;

/** How far it reaches. */
export const reachWords = {
  one: "One mailbox",
  several: "Several mailboxes",
  everybody: "Everybody: look at the tenant or the application, not at mailboxes",
} as const satisfies Record<Reach, string>;
