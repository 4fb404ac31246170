import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { entryOf } from "../../lib/regions";
import type { PlainKey } from "../../words/t";
import { panes } from "./panes";

/** What the shortcut list shows. */
export const shortcuts: ReadonlyArray<{ readonly keys: string; readonly does: PlainKey }> = [
  { keys: "Ctrl+K", does: "keys.palette" },
  { keys: "Ctrl+1 … Ctrl+9", does: "keys.rail" },
  { keys: "F6, Shift+F6", does: "keys.regions" },
  { keys: "/, Ctrl+F", does: "keys.filter" },
  { keys: "F5", does: "keys.refresh" },
  { keys: "Enter, Space, Esc", does: "keys.grid" },
  { keys: "Shift+↑, Shift+↓", does: "keys.extend" },
  { keys: "Ctrl+Home, Ctrl+End, PgUp, PgDn", does: "keys.jump" },
  { keys: "Ctrl+A", does: "keys.all" },
  { keys: "Ctrl+C", does: "keys.copy" },
  { keys: "Ctrl+Shift+C", does: "keys.support" },
  { keys: "Ctrl+E", does: "keys.export" },
  { keys: "Shift+←, Shift+→", does: "keys.width" },
  { keys: "Alt+←, Alt+→", does: "keys.back" },
  { keys: "Ctrl+,", does: "keys.settings" },
  { keys: "?", does: "keys.list" },
];

type Openers = { readonly openPalette: () => void; readonly openShortcuts: () => void };

/** The keys that work everywhere. None without a modifier fires while text is being typed. */
export function useShellKeys({ openPalette, openShortcuts }: Openers) {
  const navigate = useNavigate();
  const client = useQueryClient();
  useEffect(() => {
    const go = (to: string) => void navigate({ to, search: (old: { org?: number }) => ({ org: old.org }) });
    const onKeyDown = (event: KeyboardEvent) => {
      const act = actionFor(event);
      if (!act || document.querySelector("[role=dialog],[role=alertdialog]")) return;
      event.preventDefault();
      act();
    };
    const actionFor = (event: KeyboardEvent): (() => void) | undefined => {
      const command = (event.ctrlKey || event.metaKey) && !event.altKey;
      if (event.key === "F6") return () => cycleRegions(event.shiftKey ? -1 : 1);
      if (event.key === "F5") return () => void client.invalidateQueries();
      if (command && event.key.toLowerCase() === "k") return openPalette;
      if (command && event.key.toLowerCase() === "f") return focusFilter;
      if (command && event.key.toLowerCase() === "e") return pressExport;
      if (command && event.key === ",") return () => go("/settings");
      const pane = command ? panes[Number(event.key) - 1] : undefined;
      if (pane) return () => go(pane.to);
      if (command || event.altKey || isTyping(event.target)) return undefined;
      if (event.key === "/") return focusFilter;
      if (event.key === "?") return openShortcuts;
      return undefined;
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [client, navigate, openPalette, openShortcuts]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}

function focusFilter() {
  document.querySelector<HTMLInputElement>("[data-filter-box] input, input[data-filter-box]")?.focus();
}

/** Presses the page's command of that chord, where it has one. */
function pressExport() {
  document.querySelector<HTMLElement>("[aria-keyshortcuts='Control+E']")?.click();
}

/** Moves the focus to the next region: rail, command bar, filters, grid, panel. */
function cycleRegions(step: 1 | -1) {
  const regions = [...document.querySelectorAll<HTMLElement>("[data-region]")].filter(
    (one) => entryOf(one) !== undefined,
  );
  if (regions.length === 0) return;
  const here = regions.findLastIndex((region) => region.contains(document.activeElement));
  const next = here < 0 ? (step > 0 ? 0 : regions.length - 1) : (here + step + regions.length) % regions.length;
  entryOf(regions[next])?.focus();
}
