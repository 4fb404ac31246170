import { Tooltip } from "@fluentui/react-components";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Place } from "./keys";

/** How long the pointer rests on a cell before its text is shown whole. */
const REST_MS = 600;

/** A cell, and the element that it is drawn in. */
export type Cell = Place & { readonly element: HTMLElement };

/** The cell that the pointer rests on, from when it has rested there until it leaves, or something is done. */
export function useRested() {
  const [cell, setCell] = useState<Cell>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const leave = useCallback(() => {
    clearTimeout(timer.current);
    setCell(undefined);
  }, []);
  const enter = useCallback((entered: Cell) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setCell(entered), REST_MS);
  }, []);
  useEffect(() => () => clearTimeout(timer.current), []);
  return { cell, enter, leave };
}

/** The whole text of a cell, next to it. The window's own tooltips stay when their cell has gone. */
export function CellTip({ cell, text, onClose }: { cell: Cell; text: string; onClose: () => void }) {
  return (
    <Tooltip
      content={text}
      relationship="inaccessible"
      positioning={{ target: cell.element, position: "below", align: "start" }}
      visible
      onVisibleChange={(_, data) => !data.visible && onClose()}
    />
  );
}
