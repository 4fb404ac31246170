import { mergeClasses } from "@fluentui/react-components";
import { ArrowDownFilled, ArrowUpFilled } from "@fluentui/react-icons";
import type { PointerEvent } from "react";
import { followPointer } from "../../lib/drag";
import { type Column, MIN_WIDTH } from "./columns";
import { useTableStyles } from "./styles";

export type Sort = { readonly column: string; readonly descending: boolean };

type Props<Row> = {
  readonly column: Column<Row>;
  readonly index: number;
  readonly sort: Sort | undefined;
  readonly active: boolean;
  readonly onSort: (() => void) | undefined;
  readonly onResize: (width: number) => void;
  readonly onActivate: () => void;
};

/** One column header: sorts on click, changes its width by its right edge or with Shift and the arrow keys. */
export function HeaderCell<Row>({ column, index, sort, active, onSort, onResize, onActivate }: Props<Row>) {
  const styles = useTableStyles();
  const sorted = sort?.column === column.id ? (sort.descending ? "descending" : "ascending") : undefined;
  const drag = (event: PointerEvent<HTMLSpanElement>) => {
    event.stopPropagation();
    const start = (event.currentTarget.parentElement?.getBoundingClientRect().width ?? column.width) - event.clientX;
    followPointer(event, (clientX) => onResize(Math.max(MIN_WIDTH, Math.round(start + clientX))));
  };
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the grid handles the keys of all its cells
    <div
      role="columnheader"
      aria-colindex={index + 1}
      aria-sort={column.sortable ? (sorted ?? "none") : undefined}
      data-cell={`-1:${index}`}
      tabIndex={active ? 0 : -1}
      className={mergeClasses(
        styles.cell,
        styles.headCell,
        column.numeric && styles.numeric,
        column.sortable && styles.sortable,
      )}
      onFocus={onActivate}
      onClick={onSort}
    >
      <span className={styles.text} title={column.title}>
        {column.title}
      </span>
      {sorted === "ascending" && <ArrowUpFilled className={styles.sortIcon} aria-hidden />}
      {sorted === "descending" && <ArrowDownFilled className={styles.sortIcon} aria-hidden />}
      <span className={styles.resizer} aria-hidden onPointerDown={drag} onClick={(event) => event.stopPropagation()} />
    </div>
  );
}
