import { FluentProvider } from "@fluentui/react-components";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { lightTheme } from "../theme";
import type { Column } from "./columns";
import { DataTable } from "./DataTable";
import type { Source } from "./rows";
import { none, type Selection, selectedCount } from "./selection";

type Row = { readonly id: number; readonly name: string };

const columns: ReadonlyArray<Column<Row>> = [
  {
    id: "name",
    title: "Name",
    width: 200,
    fixed: true,
    sortable: true,
    render: (row) => row.name,
    text: (row) => row.name,
  },
  { id: "id", title: "Number", width: 100, sortable: true, render: (row) => row.id, text: (row) => String(row.id) },
];

const rowsBetween = (start: number, end: number): Row[] =>
  Array.from({ length: end - start }, (_, n) => ({ id: start + n, name: `Row ${start + n}` }));

function windowed(count: number) {
  const fetchWindow = vi.fn((start: number, end: number) => Promise.resolve(rowsBetween(start, end)));
  const source: Source<Row> = { view: "all", revision: 1, count, first: [], fetchWindow };
  return { source, fetchWindow };
}

const seen: { selection: Selection<number> } = { selection: none() };

beforeEach(() => {
  seen.selection = none();
});

function Bench({ source, onOpen }: { source: Source<Row>; onOpen?: (row: Row) => void }) {
  const [selection, setSelection] = useState<Selection<number>>(none);
  return (
    <FluentProvider theme={lightTheme}>
      <DataTable
        id="bench"
        label="Bench"
        columns={columns}
        source={source}
        rowId={(row) => row.id}
        selection={selection}
        onSelect={(next) => {
          seen.selection = next;
          setSelection(next);
        }}
        onOpen={(row) => onOpen?.(row)}
        empty="Nothing here"
      />
    </FluentProvider>
  );
}

const focused = () => document.activeElement?.getAttribute("data-cell");
const tabStops = () => screen.getByRole("grid").querySelectorAll("[data-cell][tabindex='0']").length;

test("of 100,000 rows only the windows around the screen are asked for", async () => {
  const { source, fetchWindow } = windowed(100_000);
  render(<Bench source={source} />);
  await screen.findByText("Row 0");
  expect(fetchWindow.mock.calls).toEqual([[0, 200]]);
  expect(screen.getByRole("grid").getAttribute("aria-rowcount")).toBe("100001");
  expect(screen.getAllByRole("row").length, "the page holds what is on screen").toBeLessThan(40);
});

test("the grid is one tab stop, and the arrow keys move inside", async () => {
  const user = userEvent.setup();
  render(<Bench source={windowed(500).source} />);
  await screen.findByText("Row 0");
  expect(tabStops()).toBe(1);
  await user.tab();
  expect(focused()).toBe("0:0");
  await user.keyboard("{ArrowDown}{ArrowRight}");
  await waitFor(() => expect(focused()).toBe("1:1"));
  await user.keyboard("{Home}");
  await waitFor(() => expect(focused()).toBe("1:0"));
  await user.keyboard("{ArrowUp}{ArrowUp}");
  await waitFor(() => expect(focused(), "the header is reachable").toBe("-1:0"));
  expect(tabStops()).toBe(1);
});

test("Ctrl+End reads the last window and keeps the focus in the grid", async () => {
  const user = userEvent.setup();
  const { source } = windowed(100_000);
  render(<Bench source={source} />);
  await screen.findByText("Row 0");
  await user.tab();
  await user.keyboard("{Control>}{End}{/Control}");
  await waitFor(() => expect(focused()).toBe("99999:2"));
});

test("Space selects, Shift extends, Escape clears", async () => {
  const user = userEvent.setup();
  render(<Bench source={windowed(500).source} />);
  await screen.findByText("Row 0");
  await user.tab();
  await user.keyboard(" ");
  expect([...seen.selection.ids]).toEqual([0]);
  await user.keyboard("{Shift>}{ArrowDown}{/Shift}");
  await waitFor(() => expect([...seen.selection.ids]).toEqual([0, 1]));
  await user.keyboard("{Escape}");
  expect(selectedCount(seen.selection, 500)).toBe(0);
});

test("a range over thousands of rows is read in windows of a thousand", async () => {
  const user = userEvent.setup();
  const { source, fetchWindow } = windowed(5000);
  render(<Bench source={source} />);
  await screen.findByText("Row 0");
  await user.tab();
  await user.keyboard("{Shift>}{Control>}{End}{/Control}{/Shift}");
  await waitFor(() => expect(seen.selection.ids.size).toBe(5000));
  expect(Math.max(...fetchWindow.mock.calls.map(([start, end]) => end - start))).toBe(1000);
});

test("the second Ctrl+A selects everything that matches, as one bit and not as 100,000 ids", async () => {
  const user = userEvent.setup();
  render(<Bench source={windowed(100_000).source} />);
  await screen.findByText("Row 0");
  await user.tab();
  await user.keyboard("{Control>}a{/Control}");
  expect(seen.selection.mode).toBe("include");
  await user.keyboard("{Control>}a{/Control}");
  expect(seen.selection).toEqual({ mode: "exclude", ids: new Set() });
  expect(selectedCount(seen.selection, 100_000)).toBe(100_000);
});

test("Enter opens the row that has the focus", async () => {
  const user = userEvent.setup();
  const onOpen = vi.fn();
  render(<Bench source={windowed(500).source} onOpen={onOpen} />);
  await screen.findByText("Row 0");
  await user.tab();
  await user.keyboard("{ArrowDown}{Enter}");
  expect(onOpen).toHaveBeenCalledWith({ id: 1, name: "Row 1" });
});

test("a page that could not be read offers to read it again and blanks nothing else", async () => {
  const user = userEvent.setup();
  const fetchWindow = vi
    .fn<(start: number, end: number) => Promise<Row[]>>()
    .mockRejectedValueOnce(new Error("offline"))
    .mockImplementation((start, end) => Promise.resolve(rowsBetween(start, end)));
  render(<Bench source={{ view: "all", revision: 1, count: 500, first: [], fetchWindow }} />);
  const retries = await screen.findAllByRole("button", { name: "Could not load, try again" });
  expect(screen.getByText("Name"), "the header stays").toBeTruthy();
  await user.click(retries[0] as HTMLElement);
  await screen.findByText("Row 0");
});

test("an answer to a question that is no longer asked is dropped", async () => {
  let answerLate: (rows: Row[]) => void = () => undefined;
  const slow: Source<Row> = {
    view: "slow",
    revision: 1,
    count: 500,
    first: [],
    fetchWindow: () => new Promise((resolve) => (answerLate = resolve)),
  };
  const { rerender } = render(<Bench source={slow} />);
  rerender(<Bench source={{ ...windowed(500).source, view: "quick" }} />);
  await screen.findByText("Row 0");
  answerLate([{ id: 0, name: "Stale" }]);
  await Promise.resolve();
  expect(screen.queryByText("Stale")).toBeNull();
});

test("newer data behind the same question replaces rows in place", async () => {
  const { source } = windowed(500);
  const { rerender } = render(<Bench source={source} />);
  await screen.findByText("Row 0");
  const fetchWindow = (start: number, end: number) =>
    Promise.resolve(rowsBetween(start, end).map((row) => ({ ...row, name: `New ${row.id}` })));
  rerender(<Bench source={{ ...source, revision: 2, fetchWindow }} />);
  expect(screen.getByText("Row 0"), "the old rows stay until the new ones are here").toBeTruthy();
  await screen.findByText("New 0");
});

test("no rows show why, and the header keeps the tab stop", () => {
  render(<Bench source={{ view: "none", revision: 1, count: 0, first: [] }} />);
  expect(screen.getByText("Nothing here")).toBeTruthy();
  expect(within(screen.getByRole("grid")).getAllByRole("row")).toHaveLength(1);
  expect(tabStops()).toBe(1);
});

test("the text of a cell shows whole where the pointer rests, until the row is clicked", async () => {
  const user = userEvent.setup();
  render(<Bench source={windowed(10).source} />);
  const cell = await screen.findByText("Row 3");
  await user.hover(cell);
  expect((await screen.findByRole("tooltip")).textContent).toBe("Row 3");
  await user.click(cell);
  expect(screen.queryByRole("tooltip")).toBeNull();
  await user.unhover(cell);
  await user.hover(cell);
  await screen.findByRole("tooltip");
  await user.unhover(cell);
  expect(screen.queryByRole("tooltip")).toBeNull();
});

test("the text of a cell goes with its table", async () => {
  const user = userEvent.setup();
  const { source } = windowed(10);
  const { rerender } = render(<Bench source={source} />);
  await user.hover(await screen.findByText("Row 3"));
  await screen.findByRole("tooltip");
  expect(document.querySelector("[role=gridcell][title]"), "the window's own tooltips would stay").toBeNull();
  rerender(<FluentProvider theme={lightTheme}>Another page</FluentProvider>);
  expect(screen.queryByRole("tooltip")).toBeNull();
});
