import { useState } from "react";

/** The part of a list that can be walked row by row. */
export type Walkable<Row> = {
  readonly count: number | undefined;
  readonly first: readonly Row[];
  readonly fetchWindow?: (start: number, end: number) => Promise<readonly Row[]>;
};

/** Walks the details through a list: which row is open, and the steps to the rows beside it. */
export function useWalk<Row, Id>(
  source: Walkable<Row>,
  idOf: (row: Row) => Id,
  open: Id | undefined,
  setOpen: (id: Id | undefined) => void,
) {
  const [last, setLast] = useState<{ readonly id: Id; readonly index: number }>();
  const known = last !== undefined && last.id === open ? last.index : undefined;
  const found = open === undefined ? -1 : source.first.findIndex((row) => idOf(row) === open);
  const index = known ?? (found >= 0 ? found : undefined);

  const show = (row: Row, at: number) => {
    setLast({ id: idOf(row), index: at });
    setOpen(idOf(row));
  };
  const step = (by: 1 | -1): (() => void) | undefined => {
    if (index === undefined || source.count === undefined) return undefined;
    const to = index + by;
    if (to < 0 || to >= source.count) return undefined;
    return () => {
      const near = source.first[to];
      if (near !== undefined) return show(near, to);
      void source.fetchWindow?.(to, to + 1).then(([row]) => row !== undefined && show(row, to));
    };
  };
  return { index, show, close: () => setOpen(undefined), previous: step(-1), next: step(1) };
}
