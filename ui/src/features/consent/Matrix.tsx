import { Button } from "@fluentui/react-components";
import { ShieldCheckmarkRegular } from "@fluentui/react-icons";
import type { ConsentRow, ConsentView, Wanted } from "../../api/bindings";
import { usePlace } from "../../lib/place";
import { useWalk } from "../../lib/walk";
import { ReasonedButton } from "../../ui/CommandBar";
import { EmptyState } from "../../ui/EmptyState";
import { ClearFilters, Filter, FilterRow, TextFilter } from "../../ui/FilterPills";
import { Split } from "../../ui/Page";
import { DataTable } from "../../ui/table/DataTable";
import { allOf } from "../../ui/table/rows";
import { SelectionBar } from "../../ui/table/SelectionBar";
import { hiddenAmong, isSelected } from "../../ui/table/selection";
import { useSelection } from "../../ui/table/useSelection";
import { reasonWords } from "../../words/codes";
import { consentBadges, resourceWords, typeWords } from "../../words/nouns";
import { optionsOf, wordsOf } from "../../words/options";
import { t } from "../../words/t";
import {
  cannotRemove,
  consentColumns,
  isThere,
  needOf,
  needWords,
  refOf,
  rowKey,
  sortedBy,
  wouldVoid,
} from "./columns";
import { PermissionPanel } from "./PermissionPanel";
import { type ConsentSearch, consentSearch } from "./search";

export const TABLE = "permissions";

type Props = {
  readonly title: string;
  readonly organization: number;
  readonly shown: ConsentView | undefined;
  readonly revision: number;
  /** Why nothing can be changed, as long as it isn't known what is granted. */
  readonly unread: string | undefined;
  /** Why these can't be changed, if they can't. */
  readonly reasonOf: (rows: readonly ConsentRow[]) => string | undefined;
  readonly onChange: (wanted: Wanted) => void;
};

/** What is shown of the matrix: to be put above it. */
export function MatrixFilters({ all }: { all: readonly ConsentRow[] | undefined }) {
  const [place, change] = usePlace(consentSearch);
  const rows = all?.filter((row) => fits(row, place));
  return (
    <FilterRow count={rows && all && countWords(rows.length, all.length)}>
      <TextFilter label={t("consent.search")} value={place.q ?? ""} onChange={(q) => change({ q })} />
      <Filter
        label={t("consent.state")}
        options={wordsOf(consentBadges)}
        value={place.state}
        onChange={(state) => change({ state })}
      />
      <Filter
        label={t("consent.type")}
        options={optionsOf(typeWords)}
        value={place.type}
        onChange={(type) => change({ type })}
      />
      <Filter
        label={t("consent.api")}
        options={optionsOf(resourceWords)}
        value={place.api}
        onChange={(api) => change({ api })}
      />
      <Filter
        label={t("consent.asked")}
        options={optionsOf(needWords)}
        value={place.need}
        onChange={(need) => change({ need })}
      />
      {isFiltered(place) && <ClearFilters onClear={() => change(noFilters)} />}
    </FilterRow>
  );
}

/** Required against granted, permission by permission: to be ordered, opened and put right. */
export function Matrix({ title, organization, shown, revision, unread, reasonOf, onChange }: Props) {
  const [place, change] = usePlace(consentSearch);
  const { selection, select } = useSelection<string>(
    JSON.stringify([place.q, place.state, place.type, place.api, place.need]),
    String(organization),
  );
  const all = shown?.consent.rows;
  const rows =
    all &&
    sortedBy(
      all.filter((row) => fits(row, place)),
      place.sort,
      place.desc,
    );
  const filtered = isFiltered(place);
  const source = { ...allOf(`consent ${organization} ${questionOf(place)}`, rows), revision };
  const walk = useWalk(source, rowKey, place.open, (open) => change({ open }));
  const open = all?.find((row) => rowKey(row) === place.open);
  const among = selection.mode === "include" ? all : rows;
  const chosen = among?.filter((row) => isSelected(selection, rowKey(row))) ?? [];
  const grantable = chosen.filter((row) => cannotAdd(row) === undefined);
  const revocable = chosen.filter((row) => cannotRemove(row) === undefined);
  const want = (kind: "grant" | "revoke", of: readonly ConsentRow[]) =>
    onChange({ kind, permissions: of.map(refOf), whom: { kind: "everyone" } });
  return (
    <>
      <Split>
        <DataTable
          id={TABLE}
          label={title}
          columns={consentColumns}
          source={source}
          rowId={rowKey}
          {...(place.sort === undefined ? {} : { sort: { column: place.sort, descending: place.desc ?? false } })}
          onSort={({ column, descending }) => change({ sort: column, desc: descending || undefined })}
          selection={selection}
          onSelect={select}
          openId={place.open}
          openIndex={walk.index}
          onOpen={walk.show}
          empty={
            filtered ? (
              <EmptyState
                icon={<ShieldCheckmarkRegular />}
                title={t("filter.nothing", { total: all?.length ?? 0 })}
                body={t("filter.nothingBody")}
              >
                <Button onClick={() => change(noFilters)}>{t("filter.clear")}</Button>
              </EmptyState>
            ) : (
              <EmptyState
                icon={<ShieldCheckmarkRegular />}
                title={t("consent.emptyTitle")}
                body={t("consent.emptyBody")}
              />
            )
          }
        />
        {open && (
          <PermissionPanel
            organization={organization}
            row={open}
            cannotAdd={unread ?? cannotAdd(open) ?? reasonOf([open])}
            cannotRemove={unread ?? cannotRemove(open) ?? reasonOf([open])}
            onAdd={() => want("grant", [open])}
            onRemove={() => want("revoke", [open])}
            onClose={walk.close}
            onPrevious={walk.previous}
            onNext={walk.next}
          />
        )}
      </Split>
      <SelectionBar
        selection={selection}
        total={rows?.length ?? 0}
        hidden={hiddenAmong(selection, (rows ?? []).map(rowKey))}
        onSelect={select}
      >
        <ReasonedButton
          size="small"
          disabledReason={unread ?? (grantable.length === 0 ? t("change.nothing") : reasonOf(grantable))}
          onClick={() => want("grant", grantable)}
        >
          {t("consent.addChosen", { n: grantable.length })}
        </ReasonedButton>
        <ReasonedButton
          size="small"
          disabledReason={unread ?? (revocable.length === 0 ? t("consent.notForEveryone") : reasonOf(revocable))}
          onClick={() => want("revoke", revocable)}
        >
          {t("consent.removeChosen", { n: revocable.length })}
        </ReasonedButton>
      </SelectionBar>
    </>
  );
}

const noFilters = {
  q: undefined,
  state: undefined,
  type: undefined,
  api: undefined,
  need: undefined,
} satisfies Partial<ConsentSearch>;

function isFiltered(place: ConsentSearch): boolean {
  return Object.keys(noFilters).some((name) => place[name as keyof typeof noFilters] !== undefined);
}

function questionOf(place: ConsentSearch): string {
  return JSON.stringify([place.q, place.state, place.type, place.api, place.need, place.sort, place.desc]);
}

/** Whether a row is among those asked for; each word that was typed has to stand somewhere in it. */
function fits(row: ConsentRow, { q, state, type, api, need }: ConsentSearch): boolean {
  const text = consentColumns
    .map((column) => column.text(row))
    .join(" ")
    .toLowerCase();
  const words = q?.toLowerCase().split(/\s+/) ?? [];
  return (
    (state === undefined || row.state === state) &&
    (type === undefined || row.type === type) &&
    (api === undefined || row.resource === api) &&
    (need === undefined || needOf(row) === need) &&
    words.every((word) => text.includes(word))
  );
}

function countWords(matching: number, total: number): string {
  return matching === total ? t("consent.count", { n: total }) : t("filter.count", { matching, total });
}

function cannotAdd(row: ConsentRow): string | undefined {
  if (wouldVoid(row)) return reasonWords.would_void_scope;
  return isThere(row) && row.instead === null ? t("change.nothing") : undefined;
}
