import { makeStyles, tokens } from "@fluentui/react-components";
import type { OrganizationColumn, OrganizationView } from "../../api/bindings";
import { grouped, share } from "../../lib/numbers";
import { shortTime } from "../../lib/time";
import { Strip } from "../../ui/SegmentBar";
import { StatusBadge } from "../../ui/StatusBadge";
import type { Column } from "../../ui/table/columns";
import { accessWords, authorizationBadges, mailboxBadges, stageBadges, syncBadge } from "../../words/nouns";
import { wordsOf } from "../../words/options";
import { t } from "../../words/t";

const useStyles = makeStyles({
  statuses: { display: "flex", alignItems: "center", columnGap: "8px" },
  strip: { width: "72px", flexShrink: 0 },
  share: { fontVariantNumeric: "tabular-nums", color: tokens.colorNeutralForeground2 },
});

/** How an organization is ordered by a column: by a number, or by words as a reader expects. */
type Ordered = Column<OrganizationView, OrganizationColumn> & {
  readonly value: (view: OrganizationView) => string | number;
};

const stagesInOrder = ["organization", "consent", "verify"] as const;

/** The first stage that isn't done, or the last one. */
function stage({ stages }: OrganizationView) {
  const at = stagesInOrder.find((one) => stages[one].state !== "done") ?? "verify";
  const { state, word } = stageBadges[stages[at].state];
  return { state, at, word: t("organizations.stageOf", { stage: t(`stage.${at}`), word }) };
}

function sessionsBadge({ organization }: OrganizationView) {
  return organization.rhythm.paused === null
    ? ({ state: "good", word: t("syncing.state.started") } as const)
    : ({ state: "off", word: t("syncing.state.paused") } as const);
}

function syncOf({ organization }: OrganizationView) {
  return syncBadge(organization.sync, organization.rhythm.paused !== null);
}

function lastCheck({ checked }: OrganizationView): string {
  return checked === null ? t("users.neverChecked") : shortTime(checked);
}

function lastSession({ last_session }: OrganizationView): string {
  return last_session === null ? t("users.neverSynced") : shortTime(last_session);
}

/** "4,560 Initialized, 12 Error": each status that somebody has. */
function statusesWords({ mailboxes, users }: OrganizationView): string {
  if (users === 0) return t("overview.hasNoUsers");
  return wordsOf(mailboxBadges)
    .filter(({ value }) => mailboxes[value] > 0)
    .map(({ value, word }) => `${grouped(mailboxes[value])} ${word}`)
    .join(", ");
}

/** The mailboxes by status as a small bar, and how many of them are initialized. */
function Statuses({ view }: { view: OrganizationView }) {
  const styles = useStyles();
  const { mailboxes, users } = view;
  return (
    <span className={styles.statuses}>
      <span className={styles.strip}>
        <Strip
          label={statusesWords(view)}
          segments={wordsOf(mailboxBadges).map(({ value, word }) => ({
            value,
            word,
            state: mailboxBadges[value].state,
            count: mailboxes[value],
          }))}
        />
      </span>
      <span className={styles.share} aria-hidden>
        {users === 0 ? "–" : share(mailboxes.initialized, users)}
      </span>
    </span>
  );
}

export const columns: readonly Ordered[] = [
  {
    id: "name",
    title: t("organizations.name"),
    width: 140,
    grows: true,
    fixed: true,
    sortable: true,
    render: ({ organization }) => organization.name,
    text: ({ organization }) => organization.name,
    value: ({ organization }) => organization.name,
  },
  {
    id: "external_id",
    title: t("organizations.externalId"),
    width: 104,
    sortable: true,
    render: ({ organization }) => organization.external_id,
    text: ({ organization }) => organization.external_id,
    value: ({ organization }) => organization.external_id,
  },
  {
    id: "integration",
    title: t("organizations.integration"),
    width: 104,
    sortable: true,
    render: (view) => view.integration_name,
    text: (view) => view.integration_name,
    value: (view) => view.integration_name,
  },
  {
    id: "access",
    title: t("organizations.access"),
    width: 166,
    sortable: true,
    render: ({ organization }) => accessWords[organization.access],
    text: ({ organization }) => accessWords[organization.access],
    value: ({ organization }) => accessWords[organization.access],
  },
  {
    id: "users",
    title: t("organizations.users"),
    width: 72,
    numeric: true,
    sortable: true,
    render: (view) => grouped(view.users),
    text: (view) => String(view.users),
    value: (view) => view.users,
  },
  {
    id: "statuses",
    title: t("organizations.statuses"),
    width: 136,
    sortable: true,
    render: (view) => <Statuses view={view} />,
    text: statusesWords,
    value: ({ mailboxes, users }) => (users === 0 ? -1 : mailboxes.initialized / users),
  },
  {
    id: "sync",
    title: t("users.sync"),
    width: 146,
    sortable: true,
    render: (view) => <StatusBadge {...syncOf(view)} />,
    text: (view) => syncOf(view).word,
    value: (view) => syncOf(view).word,
  },
  {
    id: "session",
    title: t("sessions.last"),
    width: 112,
    sortable: true,
    render: lastSession,
    text: lastSession,
    value: (view) => view.last_session ?? 0,
  },
  {
    id: "stage",
    title: t("organizations.stage"),
    width: 190,
    sortable: true,
    render: (view) => {
      const { state, word } = stage(view);
      return <StatusBadge state={state} word={word} />;
    },
    text: (view) => stage(view).word,
    value: (view) => stagesInOrder.indexOf(stage(view).at),
  },
  {
    id: "consent",
    title: t("organizations.consent"),
    width: 144,
    sortable: true,
    render: ({ consent }) => <StatusBadge {...authorizationBadges[consent.authorization]} />,
    text: ({ consent }) => authorizationBadges[consent.authorization].word,
    value: ({ consent }) => authorizationBadges[consent.authorization].word,
  },
  {
    id: "checked",
    title: t("organizations.lastCheck"),
    width: 104,
    sortable: true,
    render: lastCheck,
    text: lastCheck,
    value: (view) => view.checked ?? 0,
  },
  {
    id: "issues",
    title: t("organizations.issues"),
    width: 104,
    numeric: true,
    sortable: true,
    spare: true,
    render: (view) => grouped(view.with_issues),
    text: (view) => String(view.with_issues),
    value: (view) => view.with_issues,
  },
  {
    id: "sessions",
    title: t("organizations.tab.sessions"),
    width: 120,
    sortable: true,
    spare: true,
    render: (view) => <StatusBadge {...sessionsBadge(view)} />,
    text: (view) => sessionsBadge(view).word,
    value: (view) => sessionsBadge(view).word,
  },
  {
    id: "tenant",
    title: t("organizations.tenant"),
    width: 140,
    sortable: true,
    spare: true,
    render: (view) => view.tenant_name,
    text: (view) => view.tenant_name,
    value: (view) => view.tenant_name,
  },
];

const words = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** The organizations in the order of a column; equals keep theirs. */
export function inOrder(
  views: readonly OrganizationView[],
  by: OrganizationColumn,
  descending: boolean,
): readonly OrganizationView[] {
  const value = columns.find(({ id }) => id === by)?.value ?? (() => 0);
  const compare = (a: string | number, b: string | number) =>
    typeof a === "number" && typeof b === "number" ? a - b : words.compare(String(a), String(b));
  return [...views].sort((a, b) => compare(value(a), value(b)) * (descending ? -1 : 1));
}
