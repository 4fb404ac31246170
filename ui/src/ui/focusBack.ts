import { useEffect, useState } from "react";
import { entryOf } from "../lib/regions";

/**
 * Gives the focus back to what had it when the dialog opened, once the dialog is gone. What isn't there any more (the item of a
 * menu, a button whose command is done) is stood in for by the region it was in, so that Escape and the arrow keys go on there.
 */
export function useFocusBack() {
  const [opener] = useState(() => {
    const element = document.activeElement;
    return { element, region: element?.closest("[data-region]")?.getAttribute("data-region") ?? undefined };
  });
  useEffect(
    () => () => {
      // What closes the dialog may move the focus itself: only where it got lost is it given back.
      requestAnimationFrame(() => {
        if (document.activeElement !== null && document.activeElement !== document.body) return;
        const { element, region } = opener;
        if (element instanceof HTMLElement && element.isConnected) element.focus();
        if (document.activeElement !== document.body) return;
        const panel = document.querySelector<HTMLElement>("[data-region=panel]");
        const named = region === undefined ? null : document.querySelector<HTMLElement>(`[data-region=${region}]`);
        const stand = named ?? panel ?? document.querySelector<HTMLElement>("[data-region=grid]");
        // The panel itself takes the focus: from there Escape closes it.
        if (stand === panel) panel?.focus();
        else entryOf(stand)?.focus();
      });
    },
    [opener],
  );
}
