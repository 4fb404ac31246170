import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

export const PAGE_SIZE = 200;
const PAGES_KEPT = 60;
/** Rows are read before they come on screen: so many frames of a fast wheel are longer than a read takes. */
const AHEAD = 100;
/** No source is asked for more rows in one window. */
const MOST_AT_ONCE = 1000;

/** Where rows come from. They live behind a query; only what is on screen is asked for. */
export type Source<Row> = {
  /** Names the question (filter and order). Another name is another list: it starts at the top. */
  readonly view: string;
  /** Changes when the data behind the same question has changed: shown rows are read again in place. */
  readonly revision: number;
  /** How many rows the question has; undefined while that isn't known yet. */
  readonly count: number | undefined;
  /** Rows 0 and following that are at hand already. */
  readonly first: readonly Row[];
  /** Reads rows `start` up to, not including, `end`. */
  readonly fetchWindow?: (start: number, end: number) => Promise<readonly Row[]>;
};

/** A source whose rows are all at hand: for lists that are short by nature. */
export function allOf<Row>(view: string, rows: readonly Row[] | undefined): Source<Row> {
  return { view, revision: 0, count: rows?.length, first: rows ?? [] };
}

export type Held<Row> = { readonly state: "here"; readonly row: Row } | { readonly state: "coming" | "failed" };

type Page<Row> = { readonly revision: number; readonly rows: readonly Row[]; readonly failed: boolean };
type Pages<Row> = { readonly view: string; readonly all: ReadonlyMap<number, Page<Row>> };

export type Rows<Row> = {
  /** The row at an index, if it is here. */
  at(index: number): Held<Row>;
  /** Whether one of the rows that are here fits. */
  some(fits: (row: Row) => boolean): boolean;
  /** Tells which rows are on screen, so that they and those around them are read. */
  show(from: number, to: number): void;
  /** Reads the page of a row again that could not be read. */
  retry(index: number): void;
  /** All rows of a range, read where needed. */
  range(from: number, to: number): Promise<readonly Row[]>;
};

/** Keeps the pages around what is on screen. An answer to a question that is no longer asked is dropped. */
export function useRows<Row>(source: Source<Row>): Rows<Row> {
  const [pages, setPages] = useState<Pages<Row>>({ view: source.view, all: new Map() });
  const latest = useRef({ source, pages });
  const underWay = useRef(new Set<string>());
  const shown = useRef({ from: 0, to: -1 });
  useLayoutEffect(() => {
    latest.current = { source, pages };
  });

  const load = useCallback((page: number) => {
    const asked = latest.current.source;
    const key = `${page} ${asked.revision} ${asked.view}`;
    if (!asked.fetchWindow || underWay.current.has(key)) return;
    underWay.current.add(key);
    const settle = (rows: readonly Row[] | undefined) => {
      underWay.current.delete(key);
      if (latest.current.source.view !== asked.view) return;
      setPages((before) => withPage(before, asked, page, rows));
    };
    const start = page * PAGE_SIZE;
    const end = Math.min(start + PAGE_SIZE, asked.count ?? start + PAGE_SIZE);
    asked.fetchWindow(start, end).then(settle, () => settle(undefined));
  }, []);

  const show = useCallback(
    (from: number, to: number) => {
      shown.current = { from, to };
      const { source: now, pages: kept } = latest.current;
      const last = Math.min(to + AHEAD, (now.count ?? to + 1) - 1);
      const pageOf = (row: number) => Math.floor(row / PAGE_SIZE);
      for (let page = pageOf(Math.max(0, from - AHEAD)); page <= pageOf(last); page += 1) {
        if (now.first.length >= Math.min((page + 1) * PAGE_SIZE, last + 1)) continue;
        const held = kept.view === now.view ? kept.all.get(page) : undefined;
        if (held?.revision !== now.revision) load(page);
      }
    },
    [load],
  );

  // The same question with newer data behind it: what is on screen is read again, the rows stay until then.
  const { view, revision, count } = source;
  const question = `${revision} ${count} ${view}`;
  const answered = useRef(question);
  useEffect(() => {
    if (answered.current === question) return;
    answered.current = question;
    show(shown.current.from, shown.current.to);
  }, [show, question]);

  const all: ReadonlyMap<number, Page<Row>> | undefined = pages.view === view ? pages.all : undefined;
  return {
    at: (index) => {
      const page = all?.get(Math.floor(index / PAGE_SIZE));
      const row = source.first[index] ?? page?.rows[index % PAGE_SIZE];
      if (row !== undefined) return { state: "here", row };
      return { state: page?.failed ? "failed" : "coming" };
    },
    some: (fits) => source.first.some(fits) || [...(all?.values() ?? [])].some((page) => page.rows.some(fits)),
    show,
    retry: (index) => load(Math.floor(index / PAGE_SIZE)),
    range: async (from, to) => {
      const near = source.first.slice(from, to + 1);
      if (near.length === to - from + 1 || !source.fetchWindow) return near;
      const rows: Row[] = [];
      for (let start = from; start <= to; start += MOST_AT_ONCE) {
        rows.push(...(await source.fetchWindow(start, Math.min(start + MOST_AT_ONCE, to + 1))));
      }
      return rows;
    },
  };
}

/** The pages with one more that was read, or could not be; without the farthest ones when they get too many. */
function withPage<Row>(
  before: Pages<Row>,
  asked: Source<Row>,
  page: number,
  rows: readonly Row[] | undefined,
): Pages<Row> {
  const all = new Map(before.view === asked.view ? before.all : []);
  const old = all.get(page);
  all.set(page, { revision: asked.revision, rows: rows ?? old?.rows ?? [], failed: rows === undefined });
  const farthest = [...all.keys()].sort((a, b) => Math.abs(b - page) - Math.abs(a - page));
  for (const far of farthest.slice(0, Math.max(0, all.size - PAGES_KEPT))) all.delete(far);
  return { view: asked.view, all };
}
