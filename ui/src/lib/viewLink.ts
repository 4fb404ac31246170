import { defaultParseSearch, defaultStringifySearch } from "@tanstack/react-router";
import type { ColumnChoice } from "./preferences";

/** A view of a list as plain text: `rollcall://users?organization=EU-01&verdict=failed&sort=checked&columns=;kind`. */
export type ViewLink = {
  /** The list, by the last part of its page's address. */
  readonly pane: string;
  /** The External ID of the organization, which is the same on every computer. */
  readonly organization: string | undefined;
  /** The order of columns and which of them differ from their habit; absent leaves the columns as they are. */
  readonly columns: Pick<ColumnChoice, "order" | "hidden"> | undefined;
  /** Filters and order, as the page's address holds them. */
  readonly search: Readonly<Record<string, unknown>>;
};

const SCHEME = "rollcall://";

export function writeViewLink({ pane, organization, columns, search }: ViewLink): string {
  const held = Object.entries(search).filter(([, value]) => value !== undefined && value !== "");
  const all = {
    ...(organization === undefined ? {} : { organization }),
    ...Object.fromEntries(held.sort(([a], [b]) => (a < b ? -1 : 1))),
    ...(columns ? { columns: `${columns.order.join(",")};${columns.hidden.join(",")}` } : {}),
  };
  return `${SCHEME}${pane}${defaultStringifySearch(all)}`;
}

/** The view that a text names; undefined when it names none. */
export function readViewLink(text: string): ViewLink | undefined {
  const found = /^rollcall:\/\/([a-z]+)\/?(\?.*)?$/s.exec(text.trim());
  if (!found?.[1]) return undefined;
  const { organization, columns, ...search } = defaultParseSearch(found[2] ?? "") as Record<string, unknown>;
  return {
    pane: found[1],
    organization: organization === undefined ? undefined : String(organization),
    columns: typeof columns === "string" ? columnsOf(columns) : undefined,
    search,
  };
}

function columnsOf(text: string): ViewLink["columns"] {
  const [order = "", hidden = ""] = text.split(";");
  const ids = (part: string) => part.split(",").filter((id) => /^\w+$/.test(id));
  return { order: ids(order), hidden: ids(hidden) };
}

/** Whether two views show the same rows in the same order, whatever their columns. */
export function isSameView(a: ViewLink["search"], b: ViewLink["search"]): boolean {
  const plain = (search: ViewLink["search"]) =>
    writeViewLink({ pane: "", organization: undefined, columns: undefined, search });
  return plain(a) === plain(b);
}
