import { Button, mergeClasses } from "@fluentui/react-components";
import { CheckboxCheckedFilled, CheckboxUncheckedRegular } from "@fluentui/react-icons";
import type { MouseEvent } from "react";
import { t } from "../../words/t";
import type { Cell } from "./CellTip";
import type { Column } from "./columns";
import type { Place } from "./keys";
import type { Held } from "./rows";
import { useTableStyles } from "./styles";

type Props<Row> = {
  readonly held: Held<Row>;
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly tracks: string;
  readonly columns: ReadonlyArray<Column<Row>>;
  readonly checks: boolean;
  readonly selected: boolean;
  readonly open: boolean;
  readonly openable: boolean;
  /** The column with the tab stop, when it is in this row. */
  readonly activeColumn: number | undefined;
  readonly onClick: (event: MouseEvent, row: number, column: number) => void;
  readonly onActivate: (place: Place) => void;
  /** The pointer has come to a cell, or left one. */
  readonly onEnter: (cell: Cell) => void;
  readonly onLeave: () => void;
  readonly onRetry: (index: number) => void;
};

/** One row: its cells, a skeleton while they are on their way, or the offer to read them again. */
export function TableRow<Row>(props: Props<Row>) {
  const styles = useTableStyles();
  const { held, index, checks } = props;
  const offset = checks ? 1 : 0;
  const cell = (column: number) => ({
    role: "gridcell",
    "aria-colindex": column + 1,
    "data-cell": `${index}:${column}`,
    tabIndex: props.activeColumn === column ? 0 : -1,
    onFocus: () => props.onActivate({ row: index, column }),
    onClick: (event: MouseEvent) => props.onClick(event, index, column),
  });
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={checks ? props.selected : undefined}
      className={mergeClasses(
        styles.row,
        props.openable && styles.openable,
        props.selected && styles.selected,
        props.open && styles.open,
      )}
      style={{ top: props.top, height: props.height, gridTemplateColumns: props.tracks }}
    >
      {checks && (
        <div
          {...cell(0)}
          aria-label={t(props.selected ? "table.selected" : "table.notSelected")}
          className={mergeClasses(styles.cell, styles.check, props.selected && styles.checked)}
        >
          {props.selected ? <CheckboxCheckedFilled aria-hidden /> : <CheckboxUncheckedRegular aria-hidden />}
        </div>
      )}
      {props.columns.map((column, at) => (
        <div
          key={column.id}
          {...cell(at + offset)}
          className={mergeClasses(styles.cell, column.numeric && styles.numeric)}
          onPointerEnter={(event) => props.onEnter({ row: index, column: at, element: event.currentTarget })}
          onPointerLeave={props.onLeave}
        >
          {held.state === "here" && <span className={styles.text}>{column.render(held.row)}</span>}
          {held.state === "coming" && <span className={styles.skeleton} aria-hidden />}
          {held.state === "failed" && at === 0 && (
            <Button size="small" appearance="transparent" onClick={() => props.onRetry(index)}>
              {t("table.rowFailed")}
            </Button>
          )}
        </div>
      ))}
    </div>
  );
}
