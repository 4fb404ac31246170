import { mergeClasses } from "@fluentui/react-components";
import { CheckboxCheckedFilled, CheckboxIndeterminateFilled, CheckboxUncheckedRegular } from "@fluentui/react-icons";
import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { copy } from "../../lib/clipboard";
import { untouched, usePreferences } from "../../lib/preferences";
import { t } from "../../words/t";
import { CellTip, useRested } from "./CellTip";
import { type Column, isShown, MIN_WIDTH, ordered, rowWidth, template } from "./columns";
import { HeaderCell, type Sort } from "./HeaderCell";
import { destination, type Place } from "./keys";
import { type Source, useRows } from "./rows";
import { everything, including, isSelected, none, type Selection, selectedCount, toggled } from "./selection";
import { ROW_HEIGHT, useTableStyles } from "./styles";
import { TableRow } from "./TableRow";

export type DataTableProps<Row, Id extends string | number> = {
  /** Names the table in the person's saved columns. */
  readonly id: string;
  readonly label: string;
  readonly columns: ReadonlyArray<Column<Row>>;
  readonly source: Source<Row>;
  readonly rowId: (row: Row) => Id;
  readonly sort?: Sort | undefined;
  readonly onSort?: (sort: Sort) => void;
  readonly selection?: Selection<Id>;
  readonly onSelect?: (selection: Selection<Id>) => void;
  readonly onOpen?: (row: Row, index: number) => void;
  /** The row whose details are open. When it closes, the grid takes the focus back. */
  readonly openId?: Id | undefined;
  /** Where that row is, when it was reached by walking through the details. */
  readonly openIndex?: number | undefined;
  readonly empty: ReactNode;
};

const SKELETON_ROWS = 12;

/** A grid over any number of rows that holds only those around the screen. One tab stop; the arrow keys move inside. */
export function DataTable<Row, Id extends string | number>(props: DataTableProps<Row, Id>) {
  const { source, selection, onSelect } = props;
  const styles = useTableStyles();
  const scroller = useRef<HTMLDivElement>(null);
  const density = usePreferences((all) => all.density);
  const choice = usePreferences((all) => all.columns[props.id]) ?? untouched;
  const setColumns = usePreferences((all) => all.setColumns);
  const rows = useRows(source);
  const rested = useRested();
  const [place, setPlace] = useState<Place>({ row: 0, column: 0 });
  const anchor = useRef(0);

  const columns = useMemo(
    () => ordered(props.columns, choice).filter((column) => isShown(column, choice)),
    [props.columns, choice],
  );
  const checks = selection !== undefined && onSelect !== undefined;
  const offset = checks ? 1 : 0;
  const count = source.count ?? SKELETON_ROWS;
  const here: Place = {
    row: Math.min(place.row, count - 1),
    column: Math.min(place.column, columns.length + offset - 1),
  };
  const rowHeight = ROW_HEIGHT[density];

  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    // Rows are drawn a frame or two after the scroll: a fast wheel has gone through so many by then.
    overscan: 18,
    useFlushSync: false,
    scrollPaddingStart: 36,
    // The row with the focus stays in the page when it is scrolled away, so that the focus isn't lost.
    rangeExtractor: useCallback(
      (range: Range) => {
        const wanted = defaultRangeExtractor(range);
        if (here.row >= 0 && here.row < range.count && !wanted.includes(here.row)) wanted.push(here.row);
        return wanted.sort((a, b) => a - b);
      },
      [here.row],
    ),
  });
  useEffect(() => virtual.measure(), [virtual, rowHeight]);

  const range = virtual.range;
  const { show } = rows;
  useEffect(() => {
    if (range && source.count !== undefined) show(range.startIndex, range.endIndex);
  }, [show, range, source.count]);

  useEffect(() => {
    setPlace((old) => ({ row: 0, column: old.column }));
    scroller.current?.scrollTo?.({ top: 0 });
    anchor.current = 0;
  }, [source.view]);

  const focusCell = useCallback((to: Place) => {
    scroller.current
      ?.querySelector<HTMLElement>(`[data-cell="${to.row}:${to.column}"]`)
      ?.focus({ preventScroll: false });
  }, []);
  const go = (to: Place) => {
    setPlace(to);
    if (to.row >= 0) virtual.scrollToIndex(to.row);
    requestAnimationFrame(() => focusCell(to));
  };

  // Whoever closed the details meant to go on in the grid.
  const wasOpen = useRef<number>(undefined);
  useEffect(() => {
    if (props.openId !== undefined) wasOpen.current = props.openIndex ?? here.row;
    else if (wasOpen.current !== undefined) {
      go({ row: wasOpen.current, column: here.column });
      wasOpen.current = undefined;
    }
  });

  // Rows that were ticked under other filters are no reason for the header's box to take them off.
  const anyHere =
    selection !== undefined &&
    (selection.mode === "exclude" ||
      (selection.ids.size > 0 && rows.some((row) => isSelected(selection, props.rowId(row)))));
  const rowAt = (index: number) => {
    const held = rows.at(index);
    return held.state === "here" ? held.row : undefined;
  };
  const toggle = (index: number) => {
    const row = rowAt(index);
    if (!row || !selection || !onSelect) return;
    anchor.current = index;
    onSelect(toggled(selection, props.rowId(row)));
  };
  const extend = (to: number) => {
    if (!selection || !onSelect) return;
    const [from, until] = anchor.current <= to ? [anchor.current, to] : [to, anchor.current];
    // Rows that could not be read leave the selection as it was.
    void rows.range(from, until).then(
      (all) => onSelect(including(selection, all.map(props.rowId))),
      () => undefined,
    );
  };
  const open = (index: number) => {
    const row = rowAt(index);
    if (row) props.onOpen?.(row, index);
  };
  const selectAll = () => {
    if (!selection || !onSelect || !range) return;
    const shown = [];
    for (let index = range.startIndex; index <= range.endIndex; index += 1) {
      const row = rowAt(index);
      if (row) shown.push(props.rowId(row));
    }
    const allShown = shown.every((id) => isSelected(selection, id));
    onSelect(allShown ? everything() : including(selection, shown));
  };
  const copyRows = () => {
    const loaded = virtual.getVirtualItems().map((item) => rowAt(item.index));
    const chosen = loaded.filter((row) => row !== undefined && selection && isSelected(selection, props.rowId(row)));
    const current = rowAt(here.row);
    const picked = chosen.length > 0 ? chosen : current ? [current] : [];
    const lines = picked.map((row) => columns.map((column) => (row ? column.text(row) : "")).join("\t"));
    void copy([columns.map((column) => column.title).join("\t"), ...lines].join("\n"));
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const command = event.ctrlKey || event.metaKey;
    const headColumn = columns[here.column - offset];
    if (here.row === -1 && headColumn && event.shiftKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      const width = (choice.widths[headColumn.id] ?? headColumn.width) + (event.key === "ArrowLeft" ? -16 : 16);
      resize(headColumn, width);
    } else if (event.key === " ") {
      if (here.row >= 0) toggle(here.row);
      else if (checks && here.column === 0) onSelect(anyHere ? none() : everything());
      else if (headColumn) sortBy(headColumn);
    } else if (event.key === "Enter") {
      if (here.row >= 0) open(here.row);
      else if (headColumn) sortBy(headColumn);
    } else if (command && event.key.toLowerCase() === "a") {
      selectAll();
    } else if (command && event.key.toLowerCase() === "c" && !event.shiftKey) {
      copyRows();
    } else if (event.key === "Escape" && selection && selectedCount(selection, count) > 0) {
      onSelect?.(none());
    } else {
      const bounds = {
        rows: source.count ?? 0,
        columns: columns.length + offset,
        pageSize: visibleRows(scroller.current, rowHeight),
      };
      const to = destination(here, event, bounds);
      if (!to) return;
      if (event.shiftKey && to.row >= 0 && to.row !== here.row) extend(to.row);
      else if (to.row !== here.row) anchor.current = Math.max(0, to.row);
      go(to);
    }
    event.preventDefault();
  };
  const onRowClick = (event: MouseEvent, index: number, column: number) => {
    rested.leave();
    setPlace({ row: index, column });
    if (event.shiftKey) extend(index);
    else if ((checks && column === 0) || event.ctrlKey || event.metaKey) toggle(index);
    else open(index);
  };
  const sortBy = (column: Column<Row>) => {
    if (!column.sortable || !props.onSort) return;
    const again = props.sort?.column === column.id;
    props.onSort({ column: column.id, descending: again ? !props.sort.descending : false });
  };
  const resize = (column: Column<Row>, width: number) =>
    setColumns(props.id, { ...choice, widths: { ...choice.widths, [column.id]: Math.max(MIN_WIDTH, width) } });

  const tracks = template(columns, choice, checks);
  const tip = rested.cell && textOf(rowAt(rested.cell.row), columns[rested.cell.column]);
  const chosenCount = selection ? selectedCount(selection, count) : 0;
  const isEmpty = source.count === 0;
  return (
    <div className={mergeClasses(styles.frame, styles[density])} data-region="grid">
      <div ref={scroller} className={styles.scroller} data-scrolls onScroll={rested.leave}>
        <div
          role="grid"
          tabIndex={-1}
          aria-label={props.label}
          aria-rowcount={(source.count ?? -2) + 1}
          aria-colcount={columns.length + offset}
          aria-multiselectable={checks || undefined}
          aria-busy={source.count === undefined || undefined}
          className={styles.grid}
          style={{ minWidth: rowWidth(columns, choice, checks) }}
          onKeyDown={onKeyDown}
        >
          <div role="rowgroup" className={styles.header}>
            <div role="row" aria-rowindex={1} style={{ display: "grid", gridTemplateColumns: tracks }}>
              {checks && (
                // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the grid handles the keys of all its cells
                <div
                  role="columnheader"
                  aria-colindex={1}
                  data-cell="-1:0"
                  tabIndex={here.row === -1 && here.column === 0 ? 0 : -1}
                  className={mergeClasses(styles.cell, styles.check, anyHere && styles.checked)}
                  onFocus={() => setPlace({ row: -1, column: 0 })}
                  onClick={() => onSelect(anyHere ? none() : everything())}
                >
                  <span className={styles.spoken}>{t("table.selectAll")}</span>
                  {!anyHere ? (
                    <CheckboxUncheckedRegular aria-hidden />
                  ) : chosenCount === count ? (
                    <CheckboxCheckedFilled aria-hidden />
                  ) : (
                    <CheckboxIndeterminateFilled aria-hidden />
                  )}
                </div>
              )}
              {columns.map((column, index) => (
                <HeaderCell
                  key={column.id}
                  column={column}
                  index={index + offset}
                  sort={props.sort}
                  active={(here.row === -1 || isEmpty) && here.column === index + offset}
                  onSort={column.sortable ? () => sortBy(column) : undefined}
                  onResize={(width) => resize(column, width)}
                  onActivate={() => setPlace({ row: -1, column: index + offset })}
                />
              ))}
            </div>
          </div>
          <div role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize() }}>
            {!isEmpty &&
              virtual.getVirtualItems().map((item) => {
                const held = source.count === undefined ? ({ state: "coming" } as const) : rows.at(item.index);
                const id = held.state === "here" ? props.rowId(held.row) : undefined;
                return (
                  <TableRow
                    key={item.index}
                    held={held}
                    index={item.index}
                    top={item.start}
                    height={rowHeight}
                    tracks={tracks}
                    columns={columns}
                    checks={checks}
                    selected={id !== undefined && selection !== undefined && isSelected(selection, id)}
                    open={id !== undefined && id === props.openId}
                    openable={props.onOpen !== undefined}
                    activeColumn={here.row === item.index ? here.column : undefined}
                    onClick={onRowClick}
                    onActivate={setPlace}
                    onEnter={rested.enter}
                    onLeave={rested.leave}
                    onRetry={rows.retry}
                  />
                );
              })}
          </div>
        </div>
        {isEmpty && <div className={styles.empty}>{props.empty}</div>}
      </div>
      {rested.cell && tip && <CellTip cell={rested.cell} text={tip} onClose={rested.leave} />}
    </div>
  );
}

function textOf<Row>(row: Row | undefined, column: Column<Row> | undefined): string {
  return row && column ? column.text(row) : "";
}

function visibleRows(scroller: HTMLElement | null, rowHeight: number): number {
  return Math.max(1, Math.floor((scroller?.clientHeight ?? 0) / rowHeight) - 1);
}
