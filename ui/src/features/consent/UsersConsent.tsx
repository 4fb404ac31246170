import { makeStyles } from "@fluentui/react-components";
import { PeopleRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { OrganizationView, UserConsentRow, Wanted, WhichConsents } from "../../api/bindings";
import { refusalOf } from "../../api/client";
import { reading, useWindowed } from "../../api/queries";
import { CopyButton } from "../../ui/CopyButton";
import { ReasonedButton } from "../../ui/CommandBar";
import { DetailsPanel } from "../../ui/DetailsPanel";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBar } from "../../ui/ErrorBar";
import { Facts } from "../../ui/Facts";
import { Filter, FilterRow, TextFilter } from "../../ui/FilterPills";
import { Split } from "../../ui/Page";
import { StatusBadge } from "../../ui/StatusBadge";
import type { Column } from "../../ui/table/columns";
import { DataTable } from "../../ui/table/DataTable";
import { explain, reasonWords } from "../../words/codes";
import { t } from "../../words/t";

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", rowGap: "8px", flexGrow: 1, minHeight: 0 },
  head: { display: "flex", flexDirection: "column", rowGap: "8px", padding: "0 16px", flexShrink: 0 },
  part: { display: "flex", flexDirection: "column", rowGap: "16px", alignItems: "start" },
});

const columns: ReadonlyArray<Column<UserConsentRow>> = [
  {
    id: "name",
    title: t("consenting.user"),
    width: 200,
    fixed: true,
    render: (row) => row.display_name,
    text: (row) => row.display_name,
  },
  { id: "upn", title: t("consenting.upn"), width: 260, render: (row) => row.upn, text: (row) => row.upn },
  {
    id: "state",
    title: t("consenting.state"),
    width: 140,
    render: (row) => <ConsentOf row={row} />,
    text: stateWords,
  },
  { id: "missing", title: t("consenting.missingColumn"), width: 300, grows: true, render: missing, text: missing },
];

type Props = {
  readonly view: OrganizationView;
  readonly onChange: (wanted: Wanted) => void;
};

/** Who of the users has consented to what the integration needs in their name, and who hasn't. */
export function UsersConsent({ view, onChange }: Props) {
  const styles = useStyles();
  const organization = view.organization.id;
  const [which, setWhich] = useState<WhichConsents>("all");
  const [search, setSearch] = useState("");
  const [opened, setOpen] = useState<UserConsentRow>();
  const list = useWindowed("consent.users", {
    organization,
    which,
    search: search === "" ? null : search,
    holding: null,
  });
  const { page } = list;
  const own = page?.needed.filter((name) => !page.for_everyone.includes(name)) ?? [];
  // Read on its own, because a change may take it out of what the list shows.
  const again = useQuery({
    ...reading("consent.users", {
      organization,
      which: "all",
      search: opened?.upn ?? null,
      holding: null,
      offset: 0,
      limit: 20,
    }),
    enabled: opened !== undefined,
  });
  const open = again.data?.rows.find((row) => row.user === opened?.user) ?? opened;
  const source = {
    view: list.view,
    revision: list.revision,
    count: page?.matching,
    first: page?.rows ?? [],
    fetchWindow: async (start: number, end: number) => (await list.window(start, end)).rows,
  };
  return (
    <div className={styles.root}>
      <div className={styles.head}>
        {list.error && <ErrorBar failure={explain(refusalOf(list.error))} onRetry={list.refresh} />}
        <div role="status">
          {page &&
            (page.counts === null
              ? t("consenting.unknown")
              : page.needed.length === 0
                ? t("consenting.notNeeded")
                : t("consenting.counts", page.counts))}{" "}
          {page && page.for_everyone.length > 0 && t("consenting.everyone", { names: page.for_everyone.join(", ") })}
        </div>
        <FilterRow count={page && t("users.count", { n: page.matching })}>
          <TextFilter label={t("consenting.search")} value={search} onChange={(value) => setSearch(value ?? "")} />
          <Filter
            label={t("consenting.which")}
            options={[
              { value: "missing", word: t("consenting.whichMissing") },
              { value: "complete", word: t("consenting.whichComplete") },
            ]}
            value={which === "all" ? undefined : which}
            onChange={(value) => setWhich((value as WhichConsents | undefined) ?? "all")}
          />
          {page && own.length > 0 && (
            <CopyButton
              labelled
              label={t("consenting.invite")}
              text={t("consenting.invitation", { integration: view.integration_name, scopes: own.join(", ") })}
            />
          )}
        </FilterRow>
      </div>
      <Split>
        <DataTable
          id="users-consent"
          label={t("consenting.title")}
          columns={columns}
          source={source}
          rowId={(row) => row.user}
          openId={open?.user}
          onOpen={(row) => setOpen(row)}
          empty={
            <EmptyState icon={<PeopleRegular />} title={t("consenting.emptyTitle")} body={t("consenting.emptyBody")} />
          }
        />
        {open && (
          <DetailsPanel
            title={open.display_name}
            subtitle={t("consenting.subtitle")}
            subject={open.object_id}
            onClose={() => setOpen(undefined)}
          >
            <div className={styles.part}>
              <ConsentOf row={open} />
              <Facts
                facts={[
                  { name: t("consenting.upn"), value: open.upn },
                  { name: t("consenting.missingColumn"), value: missing(open) || t("consenting.nothing") },
                  { name: t("consenting.own"), value: open.own.join(", ") || t("consenting.nothing") },
                ]}
              />
              <ReasonedButton
                disabledReason={
                  view.may.consent
                    ? reasonWords[view.may.consent]
                    : open.missing === null
                      ? t("consenting.unknown")
                      : open.missing.length === 0
                        ? t("consenting.nothingMissing")
                        : undefined
                }
                onClick={() => onChange(forUser("grant", open, open.missing ?? []))}
              >
                {t("consenting.add")}
              </ReasonedButton>
              <ReasonedButton
                disabledReason={
                  view.may.consent
                    ? reasonWords[view.may.consent]
                    : open.own.length === 0
                      ? t("consent.noneHeld")
                      : undefined
                }
                onClick={() => onChange(forUser("revoke", open, open.own))}
              >
                {t("consenting.remove")}
              </ReasonedButton>
              {open.missing !== null && open.missing.length > 0 && (
                <CopyButton
                  labelled
                  label={t("consenting.invite")}
                  text={t("consenting.invitation", {
                    integration: view.integration_name,
                    scopes: open.missing.join(", "),
                  })}
                />
              )}
            </div>
          </DetailsPanel>
        )}
      </Split>
    </div>
  );
}

function forUser(kind: "grant" | "revoke", row: UserConsentRow, names: readonly string[]): Wanted {
  const permissions = names.map((name) => ({ resource: "graph" as const, type: "delegated" as const, name }));
  return { kind, permissions, whom: { kind: "user", user: row.object_id } };
}

function missing(row: UserConsentRow): string {
  return row.missing?.join(", ") ?? "";
}

function stateWords(row: UserConsentRow): string {
  if (row.missing === null) return t("consent.adminUnknown");
  return row.missing.length === 0 ? t("consenting.complete") : t("consenting.missing", { n: row.missing.length });
}

function ConsentOf({ row }: { row: UserConsentRow }) {
  const state = row.missing === null ? "unknown" : row.missing.length === 0 ? "good" : "bad";
  return <StatusBadge state={state} word={stateWords(row)} />;
}
