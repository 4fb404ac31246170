import type { ConsentRow, ConsentState } from "../../api/bindings";
import { StatusBadge } from "../../ui/StatusBadge";
import type { Column } from "../../ui/table/columns";
import { fullTime } from "../../lib/time";
import { consentBadge, resourceWords, riskWords, typeWords } from "../../words/nouns";
import { t } from "../../words/t";

const order = [
  "missing",
  "pending_request",
  "unknown",
  "given_elsewhere",
  "excess",
  "stronger_than_needed",
  "given_by_role",
  "granted",
] as const satisfies readonly ConsentState[];

/** The rows with what needs attention first. */
export function sortedRows(rows: readonly ConsentRow[]): ConsentRow[] {
  return [...rows].sort((a, b) => rankOf(a) - rankOf(b) || a.name.localeCompare(b.name));
}

function rankOf(row: ConsentRow): number {
  return order.indexOf(row.state) * 2 + (row.optional ? 1 : 0);
}

/** Whether a permission isn't there, asked for by users or not. */
export function isMissing(state: ConsentState): boolean {
  return state === "missing" || state === "pending_request";
}

/** The rows in the order of a column; what is alike in it, and what no column orders, by what needs attention. */
export function sortedBy(rows: readonly ConsentRow[], column: string | undefined, descending = false): ConsentRow[] {
  const sorted = sortedRows(rows);
  const value = sortValues[column ?? ""];
  if (value === undefined) return sorted;
  const way = descending ? -1 : 1;
  return sorted.sort((a, b) => way * compared(value(a), value(b)));
}

function compared(a: string | number, b: string | number): number {
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
}

/** Whether a permission is there for everybody, by itself or by a wider one. */
export function isEveryones(row: ConsentRow): boolean {
  return !isMissing(row.state) && row.whom?.kind === "everyone";
}

/** Whether nobody was granted it, and roles of Exchange give it. */
export function isByRoleOnly(row: ConsentRow): boolean {
  return row.whom === null && row.roles.length > 0 && row.state !== "unknown";
}

/** Whether a permission is there for all whom the integration is to reach, granted or given by a role. */
export function isThere(row: ConsentRow): boolean {
  return row.state === "given_by_role" || isEveryones(row);
}

/** Whether a grant for the whole tenant would make the access scope void, which gives it by a role. */
export function wouldVoid(row: ConsentRow): boolean {
  return row.by_role !== null && !isEveryones(row);
}

/** Why a grant can't be revoked; a row that a wider permission stands in for is no grant of its own. */
export function cannotRemove(row: ConsentRow): string | undefined {
  if (row.required && row.state === "stronger_than_needed") return t("consent.noneHeld");
  if (isByRoleOnly(row)) return t("consent.onlyByRole");
  return isEveryones(row) ? undefined : t("consent.notForEveryone");
}

/** A permission as a change names it. */
export function refOf({ resource, type, name }: ConsentRow) {
  return { resource, type, name };
}

export type Need = "required" | "optional" | "not";

export function needOf(row: ConsentRow): Need {
  return !row.required ? "not" : row.optional ? "optional" : "required";
}

export const needWords = {
  required: t("consent.required"),
  optional: t("consent.optional"),
  not: t("consent.notRequired"),
} as const satisfies Record<Need, string>;

/** What tells a row from the others: the same name may be an application and a delegated permission. */
export function rowKey(row: ConsentRow): string {
  return `${row.resource} ${row.type} ${row.name}`;
}

type Part = "consent.sumRoles" | "consent.sumElsewhere" | "consent.sumUnknown" | "consent.sumExcess";

/** The totals as a sentence: "14 required: 12 granted, 2 missing. 1 excess." What only some users have is told apart. */
export function summary(rows: readonly ConsentRow[]): string {
  const wanted = rows.filter((row) => row.required && !row.optional);
  const count = (state: ConsentState, among: readonly ConsentRow[]) =>
    among.filter((row) => row.state === state).length;
  const unread = count("unknown", wanted);
  if (unread > 0 && unread === wanted.length) return t("consent.sumUnread", { required: wanted.length });
  const missing = count("missing", wanted) + count("pending_request", wanted);
  const some = wanted.filter((row) => row.whom?.kind === "users").length;
  const totals = { required: wanted.length, granted: wanted.filter(isEveryones).length, missing };
  const told = (key: Part, n: number) => (n === 0 ? [] : [t(key, { n })]);
  return [
    some === 0 ? t("consent.sum", totals) : t("consent.sumSome", { ...totals, some }),
    ...told("consent.sumRoles", count("given_by_role", wanted)),
    ...told("consent.sumElsewhere", count("given_elsewhere", wanted)),
    ...told("consent.sumUnknown", unread),
    ...told("consent.sumExcess", count("excess", rows)),
  ].join(" ");
}

export function whom(row: ConsentRow): string {
  if (row.whom === null) {
    if (row.state === "given_elsewhere") return t("consent.elsewhere");
    if (row.state !== "given_by_role") return "";
    return t(row.roles.some(({ reach }) => reach.kind === "everything") ? "consent.everyone" : "consent.scoped");
  }
  return row.whom.kind === "everyone" ? t("consent.everyone") : t("consent.someUsers", { n: row.whom.count });
}

export function required(row: ConsentRow): string {
  return needWords[needOf(row)];
}

export function admin(row: ConsentRow): string {
  return t(
    row.admin_consent === null ? "consent.adminUnknown" : row.admin_consent ? "consent.adminYes" : "consent.adminNo",
  );
}

export function risk(row: ConsentRow): string {
  return row.risk === null ? "" : riskWords[row.risk];
}

export function since(row: ConsentRow): string {
  return row.since === null ? "" : fullTime(row.since);
}

export function by(row: ConsentRow): string {
  return row.by ?? "";
}

export function least(row: ConsentRow): string {
  if (row.instead === null) return "";
  return t(row.required ? "consent.standsIn" : "consent.wouldDo", { name: row.instead });
}

export const consentColumns: ReadonlyArray<Column<ConsentRow>> = [
  {
    id: "name",
    title: t("consent.permission"),
    width: 206,
    fixed: true,
    sortable: true,
    render: (row) => row.name,
    text: (row) => row.name,
  },
  {
    id: "state",
    title: t("consent.state"),
    width: 172,
    sortable: true,
    render: (row) => <StatusBadge {...consentBadge(row)} />,
    text: (row) => consentBadge(row).word,
  },
  {
    id: "type",
    title: t("consent.type"),
    width: 100,
    sortable: true,
    render: (row) => typeWords[row.type],
    text: (row) => typeWords[row.type],
  },
  {
    id: "api",
    title: t("consent.api"),
    width: 76,
    sortable: true,
    render: (row) => resourceWords[row.resource],
    text: (row) => resourceWords[row.resource],
  },
  { id: "admin", title: t("consent.admin"), width: 130, sortable: true, spare: true, render: admin, text: admin },
  {
    id: "feature",
    title: t("consent.feature"),
    width: 184,
    grows: true,
    sortable: true,
    render: (row) => row.feature ?? "",
    text: (row) => row.feature ?? "",
  },
  { id: "required", title: t("consent.asked"), width: 92, sortable: true, render: required, text: required },
  { id: "whom", title: t("consent.whom"), width: 108, sortable: true, render: whom, text: whom },
  { id: "risk", title: t("consent.risk"), width: 88, sortable: true, render: risk, text: risk },
  { id: "since", title: t("consent.since"), width: 150, sortable: true, spare: true, render: since, text: since },
  { id: "by", title: t("consent.by"), width: 190, sortable: true, spare: true, render: by, text: by },
  {
    id: "purpose",
    title: t("consent.purpose"),
    width: 260,
    spare: true,
    render: (row) => row.purpose ?? "",
    text: (row) => row.purpose ?? "",
  },
  { id: "least", title: t("consent.least"), width: 220, spare: true, render: least, text: least },
];

/** What a column orders by where its words don't say it. */
const sortValues: Readonly<Record<string, (row: ConsentRow) => string | number>> = {
  ...Object.fromEntries(consentColumns.filter((column) => column.sortable).map((column) => [column.id, column.text])),
  state: (row) => rankOf(row),
  risk: (row) => (row.risk === null ? -1 : Object.keys(riskWords).indexOf(row.risk)),
  since: (row) => row.since ?? 0,
  whom: (row) => (row.whom === null ? 0 : row.whom.kind === "everyone" ? Number.MAX_SAFE_INTEGER : row.whom.count),
};
