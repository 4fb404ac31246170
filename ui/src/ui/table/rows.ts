import { useCallback, useEffect, useRef, useState } from "react";

export const PAGE_SIZE = 200;
const PAGES_KEPT = 60;

/** Where rows come from. They live behind a query; only what is on screen is asked for. */
export type Source<Row> = {
  /** Names the question (filter and order). Another name is another list: it starts at the top. */
  readonly view: string;
  /** Grows when the data behind the same question has changed: shown rows are read again in place. */
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

type Page<Row> = {
  readonly revision: number;
  readonly rows: readonly Row[] | undefined;
  readonly state: "here" | "coming" | "failed";
};

export type Rows<Row> = {
  /** The row at an index, if it is here. */
  at(index: number): Held<Row>;
  /** Tells which rows are on screen, so that they are read. */
  show(from: number, to: number): void;
  /** Reads the page of a row again that could not be read. */
  retry(index: number): void;
  /** All rows of a range, read where needed. */
  range(from: number, to: number): Promise<readonly Row[]>;
};

/** Keeps the pages around what is on screen. An answer to a question that is no longer asked is dropped. */
export function useRows<Row>(source: Source<Row>): Rows<Row> {
  const pages = useRef(new Map<number, Page<Row>>());
  const shown = useRef({ from: 0, to: -1 });
  const latest = useRef(source);
  const [, redraw] = useState(0);
  if (latest.current.view !== source.view) pages.current = new Map();
  latest.current = source;

  const load = useCallback((page: number) => {
    const asked = latest.current;
    if (!asked.fetchWindow) return;
    const before = pages.current.get(page);
    pages.current.set(page, { revision: asked.revision, rows: before?.rows, state: "coming" });
    const settle = (result: Page<Row>) => {
      const now = latest.current;
      if (now.view !== asked.view || pages.current.get(page)?.revision !== asked.revision) return;
      pages.current.set(page, result);
      forget(pages.current, page);
      redraw((n) => n + 1);
    };
    const end = Math.min((page + 1) * PAGE_SIZE, asked.count ?? (page + 1) * PAGE_SIZE);
    asked.fetchWindow(page * PAGE_SIZE, end).then(
      (rows) => settle({ revision: asked.revision, rows, state: "here" }),
      () => settle({ revision: asked.revision, rows: before?.rows, state: "failed" }),
    );
  }, []);

  const show = useCallback(
    (from: number, to: number) => {
      shown.current = { from, to };
      const { first, revision } = latest.current;
      for (let page = Math.floor(from / PAGE_SIZE); page <= Math.floor(to / PAGE_SIZE); page += 1) {
        if (first.length >= Math.min((page + 1) * PAGE_SIZE, to + 1)) continue;
        if (pages.current.get(page)?.revision !== revision) load(page);
      }
    },
    [load],
  );

  // The same question with newer data behind it: what is on screen is read again, the rows stay until then.
  // biome-ignore lint: the two values are the trigger
  useEffect(() => show(shown.current.from, shown.current.to), [show, source.view, source.revision, source.count]);

  return {
    at: (index) => {
      const given = source.first[index];
      if (given !== undefined) return { state: "here", row: given };
      const page = pages.current.get(Math.floor(index / PAGE_SIZE));
      const row = page?.rows?.[index % PAGE_SIZE];
      if (row !== undefined) return { state: "here", row };
      return { state: page?.state === "failed" ? "failed" : "coming" };
    },
    show,
    retry: (index) => {
      load(Math.floor(index / PAGE_SIZE));
      redraw((n) => n + 1);
    },
    range: async (from, to) => {
      const at = source.first.slice(from, to + 1);
      if (at.length === to - from + 1 || !source.fetchWindow) return at;
      return source.fetchWindow(from, to + 1);
    },
  };
}

/** Lets go of the pages farthest from the one just read. */
function forget(pages: Map<number, unknown>, around: number) {
  if (pages.size <= PAGES_KEPT) return;
  const farthest = [...pages.keys()].sort((a, b) => Math.abs(b - around) - Math.abs(a - around));
  for (const page of farthest.slice(0, pages.size - PAGES_KEPT)) pages.delete(page);
}
