/** A cell of the grid. Row -1 is the header. */
export type Place = { readonly row: number; readonly column: number };

export type Bounds = { readonly rows: number; readonly columns: number; readonly pageSize: number };

type Pressed = { readonly key: string; readonly ctrlKey: boolean; readonly metaKey: boolean };

/** Where a navigation key leads by the ARIA grid pattern, or undefined when the key doesn't move. */
export function destination(from: Place, pressed: Pressed, bounds: Bounds): Place | undefined {
  const far = pressed.ctrlKey || pressed.metaKey;
  const row = (wanted: number) => Math.max(-1, Math.min(bounds.rows - 1, wanted));
  const column = (wanted: number) => Math.max(0, Math.min(bounds.columns - 1, wanted));
  switch (pressed.key) {
    case "ArrowDown":
      return { ...from, row: row(from.row + 1) };
    case "ArrowUp":
      return { ...from, row: row(from.row - 1) };
    case "ArrowRight":
      return { ...from, column: column(from.column + 1) };
    case "ArrowLeft":
      return { ...from, column: column(from.column - 1) };
    case "PageDown":
      return { ...from, row: row(from.row + bounds.pageSize) };
    case "PageUp":
      return { ...from, row: Math.max(Math.min(0, from.row), from.row - bounds.pageSize) };
    case "Home":
      return far ? { row: bounds.rows > 0 ? 0 : -1, column: 0 } : { ...from, column: 0 };
    case "End":
      return far
        ? { row: row(bounds.rows - 1), column: column(bounds.columns - 1) }
        : { ...from, column: column(bounds.columns - 1) };
    default:
      return undefined;
  }
}
