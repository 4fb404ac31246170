/** A page on which a step is done. */
export type Place = "permissions" | "users" | "integrations" | "verification" | "tenants" | "general";

/** One step of a remedy; one with a place is a link to it. */
export type Step = string | { readonly text: string; readonly at: Place };

/** What there is to say of a cause beside its title. */
export type CauseWords = {
  /** What happened, in a sentence. */
  readonly what: string;
  /** How we know. */
  readonly known: string;
  /** What to do, in order. */
  readonly steps: readonly Step[];
  /** How one sees that it is fixed. */
  readonly fixed: string;
};
