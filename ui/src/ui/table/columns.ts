import type { ReactNode } from "react";
import { type ColumnChoice, untouched, usePreferences } from "../../lib/preferences";

export type Column<Row, Id extends string = string> = {
  readonly id: Id;
  readonly title: string;
  /** Width in pixels until a person changes it. */
  readonly width: number;
  /** Takes what room is left, as long as its width was not changed. */
  readonly grows?: boolean;
  readonly sortable?: boolean;
  /** Can't be hidden: the column that says which row it is. */
  readonly fixed?: boolean;
  /** Hidden until a person asks for it. */
  readonly spare?: boolean;
  /** Right-aligned figures. */
  readonly numeric?: boolean;
  readonly render: (row: Row) => ReactNode;
  /** The cell as plain text, for copying. */
  readonly text: (row: Row) => string;
};

export const MIN_WIDTH = 64;
const CHECK_WIDTH = 40;

/** The columns in the order the person chose; ones that are new since then come at their own place. */
export function ordered<Row, Id extends string>(
  columns: ReadonlyArray<Column<Row, Id>>,
  choice: ColumnChoice,
): ReadonlyArray<Column<Row, Id>> {
  const place = (column: Column<Row, Id>) => {
    const chosen = choice.order.indexOf(column.id);
    return chosen >= 0 ? chosen : columns.indexOf(column);
  };
  return [...columns].sort((a, b) => Number(b.fixed ?? false) - Number(a.fixed ?? false) || place(a) - place(b));
}

/** Whether a column is on screen. `hidden` lists what differs from the column's own habit. */
export function isShown<Row>(column: Column<Row>, choice: ColumnChoice): boolean {
  if (column.fixed) return true;
  const flipped = choice.hidden.includes(column.id);
  return column.spare ? flipped : !flipped;
}

/** The columns of a table that are on screen now, in their order: what an export has. */
export function shownIds<Row, Id extends string>(table: string, columns: ReadonlyArray<Column<Row, Id>>): Id[] {
  const choice = usePreferences.getState().columns[table] ?? untouched;
  return ordered(columns, choice)
    .filter((column) => isShown(column, choice))
    .map(({ id }) => id);
}

/** The CSS grid of one row. */
export function template<Row>(columns: ReadonlyArray<Column<Row>>, choice: ColumnChoice, checks: boolean): string {
  const grower = columns.find((column) => column.grows && choice.widths[column.id] === undefined) ?? columns.at(-1);
  const tracks = columns.map((column) => {
    const width = choice.widths[column.id] ?? column.width;
    return column === grower ? `minmax(${width}px, 1fr)` : `${width}px`;
  });
  return [...(checks ? [`${CHECK_WIDTH}px`] : []), ...tracks].join(" ");
}

/** The least width of a row before the grid scrolls sideways. */
export function rowWidth<Row>(columns: ReadonlyArray<Column<Row>>, choice: ColumnChoice, checks: boolean): number {
  const widths = columns.map((column) => choice.widths[column.id] ?? column.width);
  return widths.reduce((sum, width) => sum + width, checks ? CHECK_WIDTH : 0);
}

/** The choice with one column moved a step to the left (-1) or right (1). */
export function moved<Row>(
  columns: ReadonlyArray<Column<Row>>,
  choice: ColumnChoice,
  id: string,
  step: -1 | 1,
): ColumnChoice {
  const order = ordered(columns, choice).map((column) => column.id);
  const from = order.indexOf(id);
  const to = from + step;
  if (from < 0 || to < 0 || to >= order.length) return choice;
  order.splice(to, 0, ...order.splice(from, 1));
  return { ...choice, order };
}
