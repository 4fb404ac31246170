import type { Eligibility, Reason } from "../api/bindings";
import { reasonWords } from "./codes";
import { eligibilityBadges } from "./nouns";

/** Why somebody was refused, with what stands in the way of a mailbox that isn't ready. */
export function whyRefused({ reason, eligibility }: { reason: Reason; eligibility?: Eligibility | null }): string {
  return eligibility ? `${reasonWords[reason]} ${eligibilityBadges[eligibility].word}.` : reasonWords[reason];
}
