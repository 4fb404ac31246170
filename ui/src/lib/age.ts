/** When the newest of these facts was seen; undefined when there are none. */
export function newest(times: Iterable<number | null>): number | undefined {
  let found: number | undefined;
  for (const time of times) if (time !== null && (found === undefined || time > found)) found = time;
  return found;
}
