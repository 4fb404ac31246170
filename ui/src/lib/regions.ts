/** Where the focus goes in a region of the window (`data-region`): to the first thing in it that can have it. */
export function entryOf(region: HTMLElement | null | undefined): HTMLElement | undefined {
  const reachable = "a[href], button:not([disabled]), input:not([disabled]), [tabindex='0']";
  return region?.querySelector<HTMLElement>(reachable) ?? undefined;
}
