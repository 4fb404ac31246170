import type { Hour } from "../../api/bindings";
import { clock, day } from "../../lib/time";

/** How far back the chart looks. */
export const spans = [1, 7, 30] as const;
export type Span = (typeof spans)[number];

/** The sessions that ended within one bar of the chart. */
export type Bar = {
  readonly from: number;
  /** When that was: the hour of a day, or the day. */
  readonly word: string;
  readonly passed: number;
  readonly failed: number;
  readonly unknown: number;
  /** Items that were new, changed or gone. */
  readonly items: number;
  /** Milliseconds that they took together. */
  readonly took: number;
};

const HOUR = 3_600_000;

/** One bar for each hour of a day, or for each day: those without a session as well, so that a gap is seen as one. */
export function barsOf(hours: readonly Hour[], span: Span, now: number): Bar[] {
  const starts = span === 1 ? hoursBefore(now) : daysBefore(now, span);
  return starts.map((from, index) => {
    const end = starts[index + 1] ?? Number.POSITIVE_INFINITY;
    const within = hours.filter((hour) => hour.from >= from && hour.from < end);
    return {
      from,
      word: span === 1 ? clock(from) : day(from),
      passed: sum(within, (hour) => hour.passed),
      failed: sum(within, (hour) => hour.failed),
      unknown: sum(within, (hour) => hour.unknown),
      items: sum(within, (hour) => hour.changed + hour.removed),
      took: sum(within, (hour) => hour.took),
    };
  });
}

/** All bars as one. */
export function together(bars: readonly Bar[]): Omit<Bar, "from" | "word"> {
  return {
    passed: sum(bars, (bar) => bar.passed),
    failed: sum(bars, (bar) => bar.failed),
    unknown: sum(bars, (bar) => bar.unknown),
    items: sum(bars, (bar) => bar.items),
    took: sum(bars, (bar) => bar.took),
  };
}

export function sessionsOf(bar: Pick<Bar, "passed" | "failed" | "unknown">): number {
  return bar.passed + bar.failed + bar.unknown;
}

/** How long a session took, in milliseconds; undefined where there was none. */
export function average(bar: Pick<Bar, "passed" | "failed" | "unknown" | "took">): number | undefined {
  const sessions = sessionsOf(bar);
  return sessions === 0 ? undefined : bar.took / sessions;
}

function hoursBefore(now: number): number[] {
  const last = Math.floor(now / HOUR) * HOUR;
  return Array.from({ length: 24 }, (_, n) => last - (23 - n) * HOUR);
}

/** Midnights of the person's own days, which are not always 24 hours apart. */
function daysBefore(now: number, days: number): number[] {
  return Array.from({ length: days }, (_, n) => {
    const midnight = new Date(now);
    midnight.setHours(0, 0, 0, 0);
    midnight.setDate(midnight.getDate() - (days - 1 - n));
    return midnight.getTime();
  });
}

function sum<Of>(all: readonly Of[], count: (one: Of) => number): number {
  return all.reduce((before, one) => before + count(one), 0);
}
