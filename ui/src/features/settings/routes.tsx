import type { Route, Traffic } from "../../api/bindings";
import { grouped } from "../../lib/numbers";
import { instant } from "../../lib/time";
import type { Column } from "../../ui/table/columns";
import type { Sort } from "../../ui/table/HeaderCell";
import { t } from "../../words/t";

/** Requests of one shape to one tenant that were answered alike. */
export type RouteRow = Route & { readonly tenant: number; readonly tenantName: string };

export function routesOf({ tenants }: Traffic): RouteRow[] {
  return tenants.flatMap(({ tenant, name, routes }) => routes.map((route) => ({ ...route, tenant, tenantName: name })));
}

export function keyOf({ tenant, route, inside, status }: RouteRow): string {
  return `${tenant} ${route} ${inside} ${status}`;
}

/** Of a part of a batch only the answer is known: it neither waits nor travels by itself. */
function waited(row: RouteRow): number | undefined {
  return row.inside || row.count === 0 ? undefined : row.waited_ms / row.count;
}

function took(row: RouteRow): number | undefined {
  return row.inside || row.count === 0 ? undefined : row.took_ms / row.count;
}

function sent(row: RouteRow): string {
  return t(row.inside ? "traffic.inBatch" : "traffic.alone");
}

function statusWords(row: RouteRow): string {
  return row.status === null ? t("issues.noAnswer") : String(row.status);
}

const text = (id: string, title: string, width: number, of: (row: RouteRow) => string): Column<RouteRow> => ({
  id,
  title,
  width,
  sortable: true,
  render: of,
  text: of,
});

const figure = (
  id: string,
  title: string,
  width: number,
  of: (row: RouteRow) => number | undefined,
  words: (value: number) => string,
): Column<RouteRow> => {
  const cell = (row: RouteRow) => {
    const value = of(row);
    return value === undefined ? "–" : words(value);
  };
  return { ...text(id, title, width, cell), numeric: true };
};

export const routeColumns: ReadonlyArray<Column<RouteRow>> = [
  { ...text("route", t("traffic.route"), 260, (row) => row.route), fixed: true, grows: true },
  text("tenant", t("organizations.tenant"), 140, (row) => row.tenantName),
  text("sent", t("traffic.sent"), 120, sent),
  text("status", t("traffic.status"), 96, statusWords),
  figure("count", t("traffic.count"), 96, (row) => row.count, grouped),
  figure("repeats", t("traffic.repeats"), 96, (row) => row.repeats, grouped),
  figure("waited", t("traffic.waited"), 120, waited, instant),
  figure("took", t("traffic.took"), 120, took, instant),
];

/** In the order of a column; what isn't known comes below every figure, and equals stay in the order of routes. */
export function sortedRoutes(rows: readonly RouteRow[], { column, descending }: Sort): RouteRow[] {
  const direction = descending ? -1 : 1;
  const byFigure = (of: (row: RouteRow) => number | null | undefined) => (a: RouteRow, b: RouteRow) =>
    (of(a) ?? -1) - (of(b) ?? -1);
  const orders: Readonly<Record<string, (a: RouteRow, b: RouteRow) => number>> = {
    route: (a, b) => a.route.localeCompare(b.route),
    tenant: (a, b) => a.tenantName.localeCompare(b.tenantName),
    sent: (a, b) => Number(a.inside) - Number(b.inside),
    status: byFigure((row) => row.status),
    count: byFigure((row) => row.count),
    repeats: byFigure((row) => row.repeats),
    waited: byFigure(waited),
    took: byFigure(took),
  };
  const order = orders[column];
  return order ? [...rows].sort((a, b) => direction * order(a, b)) : [...rows];
}
