import { create } from "zustand";
import { persist } from "zustand/middleware";

export type ThemeChoice = "system" | "light" | "dark";
export type Density = "comfortable" | "compact";

/** What a person changed about the columns of one table; a column that isn't named keeps its own order and width. */
export type ColumnChoice = {
  readonly order: readonly string[];
  readonly hidden: readonly string[];
  readonly widths: Readonly<Record<string, number>>;
};

export const untouched: ColumnChoice = { order: [], hidden: [], widths: {} };

type Preferences = {
  readonly theme: ThemeChoice;
  readonly density: Density;
  readonly columns: Readonly<Record<string, ColumnChoice>>;
  readonly panelWidth: number;
  setTheme(theme: ThemeChoice): void;
  setDensity(density: Density): void;
  setColumns(table: string, choice: ColumnChoice): void;
  setPanelWidth(width: number): void;
};

/** How this person likes the window. Kept on this computer; nothing of a tenant is in it. */
export const usePreferences = create<Preferences>()(
  persist(
    (set) => ({
      theme: "system",
      density: "comfortable",
      columns: {},
      panelWidth: 400,
      setTheme: (theme) => set({ theme }),
      setDensity: (density) => set({ density }),
      setColumns: (table, choice) => set((all) => ({ columns: { ...all.columns, [table]: choice } })),
      setPanelWidth: (width) => set({ panelWidth: Math.round(Math.min(640, Math.max(320, width))) }),
    }),
    { name: "rollcall.preferences", version: 1 },
  ),
);
