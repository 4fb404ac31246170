import type { PointerEvent } from "react";

/** Follows a pointer that was pressed on an element until it is let go; `onMove` hears its horizontal place. */
export function followPointer(event: PointerEvent<HTMLElement>, onMove: (clientX: number) => void) {
  const handle: HTMLElement = event.currentTarget;
  const over = new AbortController();
  handle.setPointerCapture(event.pointerId);
  handle.addEventListener("pointermove", (moved) => onMove(moved.clientX), { signal: over.signal });
  for (const end of ["pointerup", "pointercancel"]) {
    handle.addEventListener(end, () => over.abort(), { signal: over.signal });
  }
}
