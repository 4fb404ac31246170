import {
  ArrowDownloadRegular,
  ArrowImportRegular,
  ClipboardCheckmarkRegular,
  PeopleRegular,
  PersonQuestionMarkRegular,
} from "@fluentui/react-icons";
import { Button } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import {
  type AccessType,
  type Chosen,
  type Eligibility,
  type SignInState,
  STUCK_AFTER,
  type UserQuery,
  type UserRow,
  type UserSort,
} from "../../api/bindings";
import { startRun } from "../../api/verifying";
import { call, refusalOf } from "../../api/client";
import { useUsersExport } from "../../api/exports";
import { chosenOf, everyUser } from "../../api/filters";
import { reading, useWindowed } from "../../api/queries";
import { useScope } from "../../api/scope";
import { useViews } from "../../api/views";
import { useAsOf } from "../../lib/age";
import { grouped } from "../../lib/numbers";
import { usePlace } from "../../lib/place";
import { untouched, usePreferences } from "../../lib/preferences";
import { lasted } from "../../lib/time";
import { useWalk } from "../../lib/walk";
import { Command, CommandBar, ReasonedButton } from "../../ui/CommandBar";
import { DataAge } from "../../ui/DataAge";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBar } from "../../ui/ErrorBar";
import { anyFilter, ClearFilters, Filter, FilterRow, MoreFilters, TextFilter } from "../../ui/FilterPills";
import { Page, Split } from "../../ui/Page";
import { ColumnChooser } from "../../ui/table/ColumnChooser";
import { isShown, shownIds } from "../../ui/table/columns";
import { DataTable } from "../../ui/table/DataTable";
import { SelectionBar } from "../../ui/table/SelectionBar";
import { hiddenAmong, isEmpty, isSelected, none, type Selection, selectedCount } from "../../ui/table/selection";
import { useSelection } from "../../ui/table/useSelection";
import { ViewsMenu } from "../../ui/ViewsMenu";
import { explain, reasonWords } from "../../words/codes";
import {
  accessWords,
  eligibilityBadges,
  kindWords,
  mailboxBadges,
  sessionBadges,
  signInBadges,
  syncBadges,
  verdictBadges,
} from "../../words/nouns";
import { optionsOf, wordsOf } from "../../words/options";
import { t } from "../../words/t";
import { ActDialog } from "./ActDialog";
import { ActionMenu } from "./ActionMenu";
import { type Intent, type Putting, type WhyNot, whyNoSwitch } from "./actions";
import { useUserColumns } from "./columns";
import { ImportDialog } from "./ImportDialog";
import { ImportProgress } from "./ImportProgress";
import { PutInWaveDialog } from "./PutInWaveDialog";
import { PreflightProgress, startPreflight } from "./PreflightProgress";
import { type UsersSearch, usersSearch } from "./search";
import { UserPanel } from "./UserPanel";
import { usersViews, viewOf } from "./views";

const TABLE = "users";

/** Everyone who was brought in: who they are, how they are reached, what the last check came to. */
export function UsersPage() {
  const [place, change] = usePlace(usersSearch);
  const { chosen, all } = useScope();
  const navigate = useNavigate();
  const [intent, setIntent] = useState<Intent>();
  const [putting, setPutting] = useState<Putting>();
  const [now] = useState(Date.now);
  const question = questionOf(place, chosen?.organization.id, now);
  const columns = useUserColumns();
  const choice = usePreferences((kept) => kept.columns[TABLE]) ?? untouched;
  // It is looked up user by user, and only for whoever wants to see it.
  const workloads = columns.some((column) => column.id === "workloads" && isShown(column, choice));
  const list = useWindowed("users.query", { ...question, workloads });
  const source = {
    // Another column is no other list.
    view: JSON.stringify([list.asked?.filter, list.asked?.sort]),
    revision: list.revision,
    count: list.page?.matching,
    first: list.page?.rows ?? [],
    fetchWindow: async (start: number, end: number) => (await list.window(start, end)).rows,
  };
  // What is selected is of the question that the shown rows answer, also while another one is on its way.
  const asked = { ...question, filter: list.asked?.filter ?? question.filter };
  const { selection, elsewhere, select } = useSelection<number>(
    JSON.stringify(asked.filter),
    String(asked.filter.organization),
  );
  const asOf = useAsOf(
    list,
    source.first.flatMap((row) => [row.user.seen, row.checked, row.synced]),
  );
  const walk = useWalk(source, idOf, place.open, (open) => change({ open }));
  const filtered = isFiltered(place);
  const whom = chosenOf(selection, asked.filter);
  const noSwitch = useNoSwitch(whom, isEmpty(selection));
  const noScope = chosen === undefined ? t("scope.chooseFirst") : undefined;
  const views = useViews("users", viewOf(place), usersViews);
  const exporting = useUsersExport();
  const matching = list.page?.matching ?? 0;
  const meant = selectedCount(selection, matching);
  const hidden =
    source.first.length >= matching
      ? hiddenAmong(selection, source.first.map(idOf))
      : filtered && elsewhere
        ? undefined
        : 0;
  const save = () =>
    exporting.save(
      { ...question, columns: shownIds(TABLE, columns) },
      {
        title: t("export.users"),
        file: chosen ? t("export.usersOf", { organization: chosen.organization.name }) : t("export.usersFile"),
        saved: t("consent.saved"),
      },
    );
  const checkSelected = async () => {
    if (!chosen) return;
    const { id, name } = chosen.organization;
    const users = await idsOf(selection, asked, matching);
    startRun(id, name, { kind: "users", users });
    void navigate({ to: "/verification", search: { org: id } });
  };
  return (
    <Page
      title={t("users.title")}
      aside={chosen?.organization.name}
      busy={list.busy && list.page !== undefined}
      head={
        <>
          <CommandBar
            label={t("users.commands")}
            end={
              <>
                <ViewsMenu {...views} failureOf={(thrown) => explain(refusalOf(thrown))} />
                <ColumnChooser table={TABLE} columns={columns} />
                <DataAge at={asOf} busy={list.busy} onRefresh={list.refresh} />
              </>
            }
          >
            <Command
              primary
              label={t("users.import")}
              icon={<ArrowImportRegular />}
              disabledReason={noScope ?? reasonOf(chosen?.may.import)}
              onRun={() => change({ bring: true })}
            />
            <Command
              label={t("users.preflight")}
              icon={<PersonQuestionMarkRegular />}
              disabledReason={noScope ?? (chosen?.users === 0 ? reasonWords.no_users : undefined)}
              onRun={() => chosen && void startPreflight(chosen.organization)}
            />
            <Command
              label={t("verify.start")}
              icon={<ClipboardCheckmarkRegular />}
              disabledReason={noScope ?? reasonOf(chosen?.may.verify)}
              onRun={() => void navigate({ to: "/verification", search: { org: chosen?.organization.id, plan: true } })}
            />
            <Command
              label={t("export.table")}
              icon={<ArrowDownloadRegular />}
              keys="Control+E"
              disabledReason={matching === 0 ? t("export.nothing") : exporting.busy ? t("confirm.busy") : undefined}
              onRun={() => void save()}
            />
          </CommandBar>
          {exporting.refusal && <ErrorBar failure={explain(exporting.refusal)} />}
          {chosen && <ImportProgress organization={chosen.organization.id} />}
          {chosen && <PreflightProgress view={chosen} />}
          {list.error && <ErrorBar failure={explain(refusalOf(list.error))} onRetry={list.refresh} />}
          <FilterRow count={countWords(list.page?.matching, list.page?.total)}>
            <TextFilter label={t("users.search")} value={place.q ?? ""} onChange={(q) => change({ q })} />
            <Filter
              label={t("users.mailbox")}
              options={wordsOf(mailboxBadges)}
              value={place.mailbox}
              onChange={(mailbox) => change({ mailbox, stuck: undefined })}
            />
            <Filter
              label={t("users.verdict")}
              options={wordsOf(verdictBadges)}
              value={place.verdict}
              onChange={(verdict) => change({ verdict })}
            />
            <Filter
              label={t("users.access")}
              options={[...optionsOf(accessWords), { value: "ews" as const, word: t("users.anyEws") }]}
              value={place.access}
              onChange={(access) => change({ access })}
            />
            <Filter
              label={t("users.issues")}
              options={[{ value: "yes", word: t("users.withIssues") }]}
              value={place.issues ? "yes" : undefined}
              onChange={(value) => change({ issues: value === "yes" || undefined })}
            />
            <MoreFilters
              filters={[
                anyFilter({
                  label: t("users.kind"),
                  options: optionsOf(kindWords),
                  value: place.kind,
                  onChange: (kind) => change({ kind }),
                }),
                anyFilter({
                  label: t("users.session"),
                  options: wordsOf(sessionBadges),
                  value: place.session,
                  onChange: (session) => change({ session }),
                }),
                anyFilter({
                  label: t("users.sync"),
                  options: wordsOf(syncBadges),
                  value: place.sync,
                  onChange: (sync) => change({ sync }),
                }),
                anyFilter({
                  label: t("switching.queuedFilter"),
                  options: [{ value: "yes", word: t("switching.queued") }],
                  value: place.queued ? "yes" : undefined,
                  onChange: (value) => change({ queued: value === "yes" || undefined }),
                }),
                anyFilter({
                  label: t("users.signIn"),
                  options: [{ value: "to_do" as const, word: t("users.signInToDo") }, ...wordsOf(signInBadges)],
                  value: place.signin,
                  onChange: (signin) => change({ signin }),
                }),
                anyFilter({
                  label: t("users.otherMailboxes"),
                  options: [{ value: "yes", word: t("users.several") }],
                  value: place.several ? "yes" : undefined,
                  onChange: (value) => change({ several: value === "yes" || undefined }),
                }),
                anyFilter({
                  label: t("users.eligibility"),
                  options: eligibilityOptions,
                  value: place.eligibility,
                  onChange: (eligibility) => change({ eligibility }),
                }),
              ]}
            />
            {place.stuck && (
              <Filter
                label={t("users.stuck")}
                options={[{ value: "yes", word: t("users.stuckLong", { time: lasted(STUCK_AFTER) }) }]}
                value="yes"
                onChange={() => change({ stuck: undefined })}
              />
            )}
            {place.unchecked !== undefined && (
              <Filter
                label={t("users.unchecked")}
                options={[{ value: "days", word: t("syncing.days", { n: place.unchecked }) }]}
                value="days"
                onChange={() => change({ unchecked: undefined })}
              />
            )}
            {place.wave !== undefined && (
              <Filter
                label={t("waves.filter")}
                options={[{ value: "wave", word: grouped(place.wave) }]}
                value="wave"
                onChange={() => change({ wave: undefined })}
              />
            )}
            {place.fp !== undefined && (
              <Filter
                label={t("users.problem")}
                options={[{ value: place.fp, word: place.fp }]}
                value={place.fp}
                onChange={(fp) => change({ fp })}
              />
            )}
            {filtered && <ClearFilters onClear={() => change(noFilters)} />}
          </FilterRow>
        </>
      }
    >
      <Split>
        <DataTable
          id={TABLE}
          label={t("users.title")}
          columns={columns}
          source={source}
          rowId={idOf}
          sort={{ column: question.sort.by, descending: question.sort.descending }}
          onSort={({ column, descending }) => change({ sort: column as UserSort, desc: descending || undefined })}
          selection={selection}
          onSelect={select}
          openId={place.open}
          openIndex={walk.index}
          onOpen={walk.show}
          empty={
            filtered ? (
              <EmptyState
                icon={<PeopleRegular />}
                title={t("filter.nothing", { total: list.page?.total ?? 0 })}
                body={t("filter.nothingBody")}
              >
                <Button onClick={() => change(noFilters)}>{t("filter.clear")}</Button>
              </EmptyState>
            ) : (
              <EmptyState
                icon={<PeopleRegular />}
                title={t("users.emptyTitle")}
                body={t(all?.length === 0 ? "users.emptyNoOrganization" : "users.emptyBody")}
              >
                {chosen && chosen.may.import === null && (
                  <Button appearance="primary" onClick={() => change({ bring: true })}>
                    {t("users.import")}
                  </Button>
                )}
              </EmptyState>
            )
          }
        />
        {place.open !== undefined && (
          <UserPanel user={place.open} onClose={walk.close} onPrevious={walk.previous} onNext={walk.next} />
        )}
      </Split>
      <SelectionBar selection={selection} total={matching} hidden={hidden} onSelect={select}>
        <ReasonedButton
          size="small"
          icon={<ClipboardCheckmarkRegular />}
          disabledReason={noScope ?? reasonOf(chosen?.may.verify)}
          onClick={() => void checkSelected()}
        >
          {t("act.check")}
        </ReasonedButton>
        <ActionMenu
          label={t("act.forUsers")}
          reasons={noSwitch}
          onChoose={(command) => setIntent({ command, users: whom, meant })}
          noWave={noScope}
          onWave={() => setPutting({ users: whom, meant })}
        />
      </SelectionBar>
      {place.bring && chosen && (
        <ImportDialog organization={chosen.organization} onClose={() => change({ bring: undefined })} />
      )}
      {putting && chosen && (
        <PutInWaveDialog
          organization={chosen.organization.id}
          {...putting}
          onClose={() => setPutting(undefined)}
          onDone={() => {
            setPutting(undefined);
            select(none());
          }}
        />
      )}
      {intent && (
        <ActDialog
          intent={intent}
          onClose={() => setIntent(undefined)}
          onDone={() => {
            setIntent(undefined);
            select(none());
          }}
        />
      )}
    </Page>
  );
}

/** Why none of the selected can be switched. Until that is known, the dialog says it. */
function useNoSwitch(users: Chosen, nobody: boolean): WhyNot {
  // Those who are not ready can be switched, too, where that is meant: the dialog asks.
  const action = { kind: "switch" as const, at_once: false, not_ready: true };
  const { data } = useQuery({
    ...reading("users.foresee", { users, action }),
    enabled: !nobody,
    gcTime: 0,
    // All 100,000 are not judged anew each second of a check: the dialog does it when it is opened.
    meta: { watched: users.by !== "ids" },
  });
  return nobody ? {} : whyNoSwitch(data?.none);
}

const noFilters = {
  q: undefined,
  mailbox: undefined,
  verdict: undefined,
  kind: undefined,
  session: undefined,
  sync: undefined,
  access: undefined,
  queued: undefined,
  signin: undefined,
  several: undefined,
  wave: undefined,
  eligibility: undefined,
  stuck: undefined,
  unchecked: undefined,
  issues: undefined,
  fp: undefined,
} satisfies Partial<UsersSearch>;

function isFiltered(place: UsersSearch): boolean {
  return Object.keys(noFilters).some((name) => place[name as keyof typeof noFilters] !== undefined);
}

const AT_ONCE = 1000;
const DAY = 86_400_000;

/** The ids of all selected rows, those that were never on screen included. */
async function idsOf(selection: Selection<number>, question: Asked, matching: number): Promise<number[]> {
  if (selection.mode === "include") return [...selection.ids];
  const ids: number[] = [];
  for (let offset = 0; offset < matching; offset += AT_ONCE) {
    const page = await call("users.query", { ...question, offset, limit: AT_ONCE, workloads: false });
    ids.push(...page.rows.map((row) => row.user.id).filter((id) => isSelected(selection, id)));
  }
  return ids;
}

function idOf(row: UserRow): number {
  return row.user.id;
}

function reasonOf(reason: keyof typeof reasonWords | null | undefined): string | undefined {
  return reason ? reasonWords[reason] : undefined;
}

function countWords(matching: number | undefined, total: number | undefined): string | undefined {
  if (matching === undefined || total === undefined) return undefined;
  return matching === total ? t("users.count", { n: total }) : t("filter.count", { matching, total });
}

const eligibilityOptions = [
  { value: "not_eligible" as const, word: t("users.notEligible") },
  ...wordsOf(eligibilityBadges),
];

function eligibilityOf(chosen: UsersSearch["eligibility"]): Eligibility[] {
  if (chosen === undefined) return [];
  if (chosen !== "not_eligible") return [chosen];
  return wordsOf(eligibilityBadges)
    .map(({ value }) => value)
    .filter((value) => value !== "ready");
}

/** Whom the page is about, and in which order. */
type Asked = Pick<UserQuery, "filter" | "sort">;

/** The question behind the page, without the window. */
function questionOf(place: UsersSearch, organization: number | undefined, now: number): Asked {
  // A switch that hangs is one: the filter says so by itself.
  const mailbox = place.stuck ? "switching" : place.mailbox;
  return {
    filter: {
      ...everyUser,
      organization: organization ?? null,
      mailbox: mailbox ? [mailbox] : [],
      mailbox_before: place.stuck ? now - STUCK_AFTER : null,
      checked_before: place.unchecked === undefined ? null : now - place.unchecked * DAY,
      verdict: place.verdict ? [place.verdict] : [],
      kind: place.kind ? [place.kind] : [],
      eligibility: eligibilityOf(place.eligibility),
      fingerprint: place.fp ?? null,
      with_issues: place.issues ?? false,
      session: place.session ? [place.session] : [],
      sync: place.sync ? [place.sync] : [],
      access: accessOf(place.access),
      queued: place.queued ?? false,
      sign_in: signInsOf(place.signin),
      several_mailboxes: place.several ?? false,
      wave: place.wave ?? null,
      search: place.q ?? null,
    },
    sort: { by: place.sort ?? "name", descending: place.desc ?? false },
  };
}

function signInsOf(chosen: UsersSearch["signin"]): SignInState[] {
  if (chosen === "to_do") return ["needed", "not_signed_in"];
  return chosen ? [chosen] : [];
}

function accessOf(chosen: UsersSearch["access"]): AccessType[] {
  if (chosen === "ews") return ["ews_app_only", "ews_delegated"];
  return chosen ? [chosen] : [];
}
