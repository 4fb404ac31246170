import { useState } from "react";

/** When the newest of these facts was seen; undefined when there are none. */
export function newest(times: Iterable<number | null>): number | undefined {
  let found: number | undefined;
  for (const time of times) if (time !== null && (found === undefined || time > found)) found = time;
  return found;
}

type Answered = { readonly view: string; readonly page: unknown; readonly at: number | undefined };

/**
 * Of when a list is: the newest fact in it, or later, when another answer to the same question came. Rows change also by what
 * leaves no time in them. A page that was read again and is the same is as old as before.
 */
export function useAsOf(list: { view: string; page: unknown; revision: number }, facts: Iterable<number | null>) {
  const { view, page, revision } = list;
  const [answered, setAnswered] = useState<Answered>({ view, page, at: undefined });
  const other = answered.page !== page || answered.view !== view;
  const changed = other && answered.page !== undefined && page !== undefined && answered.view === view;
  const at = changed ? revision : answered.at;
  if (other) setAnswered({ view, page, at });
  return newest([...facts, at ?? null]) ?? (page === undefined ? undefined : revision);
}
