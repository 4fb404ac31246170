/** Timestamps travel as milliseconds since 1970 UTC; here they become what a person reads, in the person's own time zone. */

const clockFormat = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dayFormat = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const fullFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });

/** "14:03" */
export function clock(at: number): string {
  return clockFormat.format(at);
}

/** "12 Nov" */
export function day(at: number): string {
  return dayFormat.format(at);
}

/** "14:03" for today, "12 Nov, 14:03" for another day. */
export function shortTime(at: number, now: number = Date.now()): string {
  const sameDay = new Date(at).toDateString() === new Date(now).toDateString();
  return sameDay ? clock(at) : `${dayFormat.format(at)}, ${clock(at)}`;
}

const utcDayFormat = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });

/** "12 Nov": a day that is counted in UTC. */
export function dayOf(at: number): string {
  return utcDayFormat.format(at);
}

const dateFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });

/** "12 Nov 2026": a day that the service names, which is one in UTC. */
export function date(at: number): string {
  return dateFormat.format(at);
}

/** Date and time with seconds, for tooltips and support blocks. */
export function fullTime(at: number): string {
  return fullFormat.format(at);
}

/** A length of time in the two largest units that matter: "42 s", "2 min 5 s", "1 h 3 min". */
export function lasted(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return minutes % 60 === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** So many seconds as `lasted` says them, on one line. */
export function unbroken(seconds: number): string {
  return lasted(seconds * 1000).replaceAll(" ", "\u00a0");
}

/** A short length of time, to the millisecond: "84 ms", "1.2 s"; from ten seconds on as `lasted` says it. */
export function instant(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : lasted(ms);
}
