import type { Scope } from "./bindings";
import { begin } from "./work";

/** Names the verification of an organization among the work that is going on. */
export function verifyKey(organization: number): string {
  return `verify:${organization}`;
}

/** Starts a check of an organization's mailboxes. What comes of it is in the store; a failure is on the work. */
export function startRun(organization: number, title: string, which: Scope): void {
  void begin(verifyKey(organization), title, "verify.start", { organization, which }).catch(() => undefined);
}
