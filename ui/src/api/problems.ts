import type { Cause, FingerprintRow } from "./bindings";

/** One cause, and the fingerprints that it left on the workloads. */
export type Problem = { readonly cause: Cause | null; readonly answers: readonly FingerprintRow[] };

/** Fingerprints by their cause, the one that concerns most mailboxes first. */
export function problemsOf(fingerprints: readonly FingerprintRow[]): readonly Problem[] {
  const byCause = new Map<Cause | null, FingerprintRow[]>();
  for (const row of fingerprints) byCause.set(row.cause, [...(byCause.get(row.cause) ?? []), row]);
  return [...byCause].map(([cause, answers]) => ({ cause, answers })).sort((a, b) => reachOf(b) - reachOf(a));
}

/** How many mailboxes a problem concerns; one that fails on five workloads is in five fingerprints and counts once. */
export function reachOf({ cause, answers }: Problem): number {
  return cause === null ? Math.max(...answers.map((row) => row.mailboxes)) : (answers[0]?.with_cause ?? 0);
}
