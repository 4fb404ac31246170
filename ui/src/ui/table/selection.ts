/**
 * Which rows are selected: the named ones, or all but the named ones. The second form lets 100,000 rows be selected
 * without any of them being in the page.
 */
export type Selection<Id> = { readonly mode: "include" | "exclude"; readonly ids: ReadonlySet<Id> };

/** No row is selected. */
export function none<Id>(): Selection<Id> {
  return { mode: "include", ids: new Set() };
}

/** Each matching row is selected, on screen or not. */
export function everything<Id>(): Selection<Id> {
  return { mode: "exclude", ids: new Set() };
}

export function isSelected<Id>(selection: Selection<Id>, id: Id): boolean {
  return selection.ids.has(id) === (selection.mode === "include");
}

/** Whether no row is selected, however many match. */
export function isEmpty<Id>(selection: Selection<Id>): boolean {
  return selection.mode === "include" && selection.ids.size === 0;
}

/** How many rows are selected out of `total` matching ones. */
export function selectedCount<Id>(selection: Selection<Id>, total: number): number {
  return selection.mode === "include" ? selection.ids.size : Math.max(0, total - selection.ids.size);
}

/** How many selected rows the filters hide; undefined where that can't be told from what is at hand. */
export type Hidden = number | undefined;

/** How many of the ticked rows are not among those that match, of which each one is named. */
export function hiddenAmong<Id>(selection: Selection<Id>, matching: Iterable<Id>): number {
  if (selection.mode === "exclude") return 0;
  const shown = new Set(matching);
  return [...selection.ids].filter((id) => !shown.has(id)).length;
}

/** The selection with one row turned. */
export function toggled<Id>(selection: Selection<Id>, id: Id): Selection<Id> {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ...selection, ids };
}

/** The selection with all of these rows in it. */
export function including<Id>(selection: Selection<Id>, more: Iterable<Id>): Selection<Id> {
  const ids = new Set(selection.ids);
  for (const id of more) {
    if (selection.mode === "include") ids.add(id);
    else ids.delete(id);
  }
  return { ...selection, ids };
}
