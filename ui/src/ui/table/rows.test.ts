import { renderHook } from "@testing-library/react";
import { expect, test } from "vitest";
import { PAGE_SIZE, useRows } from "./rows";

/** Which rows were asked for when those of a range were on screen, of a thousand of which the first page is at hand. */
function asked(from: number, to: number): ReadonlyArray<readonly [number, number]> {
  const windows: Array<readonly [number, number]> = [];
  const first = Array.from({ length: PAGE_SIZE }, (_, row) => row);
  const fetchWindow = (start: number, end: number) => {
    windows.push([start, end]);
    return new Promise<number[]>(() => {});
  };
  const { result } = renderHook(() => useRows({ view: "all", revision: 1, count: 1000, first, fetchWindow }));
  result.current.show(from, to);
  return windows;
}

test("rows are read before they come on screen, in both directions, and no others", () => {
  expect(asked(0, 30)).toEqual([]);
  expect(asked(110, 140)).toEqual([[200, 400]]);
  expect(asked(310, 340)).toEqual([
    [200, 400],
    [400, 600],
  ]);
  expect(asked(650, 680)).toEqual([
    [400, 600],
    [600, 800],
  ]);
  expect(asked(970, 999)).toEqual([[800, 1000]]);
});
