import { useMemo } from "react";
import type { UserColumn, UserRow } from "../../api/bindings";
import { useScope } from "../../api/scope";
import { shortTime } from "../../lib/time";
import { StatusBadge } from "../../ui/StatusBadge";
import type { Column } from "../../ui/table/columns";
import { causeTitles } from "../../words/causes";
import {
  accessWords,
  eligibilityBadges,
  evidenceWords,
  kindWords,
  mailboxBadges,
  sessionBadges,
  signInBadges,
  verdictBadges,
} from "../../words/nouns";
import { t } from "../../words/t";
import { type Organizations, syncBadgeOf } from "./SyncBadge";
import { WorkloadBadges, workloadsWords } from "./WorkloadBadges";

/** When the user's mailbox was last asked, in words. */
export function checkedWords(at: number | null): string {
  return at === null ? t("users.neverChecked") : shortTime(at);
}

/** When the user's last sync session ended, in words. */
export function syncedWords(at: number | null): string {
  return at === null ? t("users.neverSynced") : shortTime(at);
}

/** Where the mailbox stands; a switch that waits for the change window is told in its place. */
export function mailboxBadge({ user, queued }: UserRow) {
  return queued === null ? mailboxBadges[user.mailbox] : ({ state: "waiting", word: t("switching.queued") } as const);
}

/** Whether the directory shows a plan with a mailbox. Which one it is, isn't kept. */
export function licence({ user }: UserRow): string {
  return t(user.directory.exchange_plan ? "users.licensed" : "users.unlicensed");
}

const userColumns = (all: Organizations): ReadonlyArray<Column<UserRow, UserColumn>> => [
  {
    id: "name",
    title: t("users.name"),
    width: 140,
    grows: true,
    fixed: true,
    sortable: true,
    render: ({ user }) => user.directory.display_name,
    text: ({ user }) => user.directory.display_name,
  },
  {
    id: "upn",
    title: t("users.upn"),
    width: 200,
    sortable: true,
    render: ({ user }) => user.directory.upn,
    text: ({ user }) => user.directory.upn,
  },
  {
    id: "organization",
    title: t("users.organization"),
    width: 120,
    sortable: true,
    render: (row) => row.organization_name,
    text: (row) => row.organization_name,
  },
  {
    id: "verdict",
    title: t("users.verdict"),
    width: 124,
    sortable: true,
    render: (row) => <StatusBadge {...verdictBadges[row.verdict]} />,
    text: (row) => verdictBadges[row.verdict].word,
  },
  {
    id: "mailbox",
    title: t("users.mailbox"),
    width: 130,
    sortable: true,
    render: (row) => <StatusBadge {...mailboxBadge(row)} />,
    text: (row) => mailboxBadge(row).word,
  },
  {
    id: "eligibility",
    title: t("users.eligibility"),
    width: 160,
    render: (row) => <StatusBadge {...eligibilityBadges[row.judged.eligibility]} />,
    text: (row) => eligibilityBadges[row.judged.eligibility].word,
  },
  {
    id: "access",
    title: t("users.access"),
    width: 126,
    sortable: true,
    spare: true,
    render: (row) => accessWords[row.effective_access],
    text: (row) => accessWords[row.effective_access],
  },
  {
    id: "cause",
    title: t("users.cause"),
    width: 120,
    render: (row) => (row.first_cause === null ? "" : causeTitles[row.first_cause]),
    text: (row) => (row.first_cause === null ? "" : causeTitles[row.first_cause]),
  },
  {
    id: "checked",
    title: t("users.checked"),
    width: 110,
    sortable: true,
    render: (row) => checkedWords(row.checked),
    text: (row) => checkedWords(row.checked),
  },
  {
    id: "issues",
    title: t("users.issues"),
    width: 66,
    sortable: true,
    numeric: true,
    render: (row) => row.open_issues,
    text: (row) => String(row.open_issues),
  },
  {
    id: "session",
    title: t("sessions.last"),
    width: 110,
    sortable: true,
    spare: true,
    render: (row) => syncedWords(row.synced),
    text: (row) => syncedWords(row.synced),
  },
  {
    id: "outcome",
    title: t("sessions.outcome"),
    width: 130,
    spare: true,
    render: (row) => <StatusBadge {...sessionBadges[row.session ?? "not_run"]} />,
    text: (row) => sessionBadges[row.session ?? "not_run"].word,
  },
  {
    id: "sync",
    title: t("users.sync"),
    width: 150,
    sortable: true,
    spare: true,
    render: (row) => <StatusBadge {...syncBadgeOf(row, all)} />,
    text: (row) => syncBadgeOf(row, all).word,
  },
  {
    id: "kind",
    title: t("users.kind"),
    width: 150,
    sortable: true,
    spare: true,
    render: (row) => kindWords[row.kind],
    text: (row) => kindWords[row.kind],
  },
  {
    id: "evidence",
    title: t("users.evidence"),
    width: 220,
    spare: true,
    render: (row) => evidenceWords[row.judged.evidence],
    text: (row) => evidenceWords[row.judged.evidence],
  },
  {
    id: "department",
    title: t("users.department"),
    width: 150,
    spare: true,
    render: ({ user }) => user.directory.department ?? "",
    text: ({ user }) => user.directory.department ?? "",
  },
  {
    id: "job_title",
    title: t("users.jobTitle"),
    width: 150,
    spare: true,
    render: ({ user }) => user.directory.job_title ?? "",
    text: ({ user }) => user.directory.job_title ?? "",
  },
  {
    id: "address",
    title: t("users.mail"),
    width: 200,
    spare: true,
    render: ({ user }) => user.directory.mail ?? "",
    text: ({ user }) => user.directory.mail ?? "",
  },
  {
    id: "licence",
    title: t("users.licence"),
    width: 150,
    spare: true,
    render: licence,
    text: licence,
  },
  {
    id: "sign_in",
    title: t("users.signIn"),
    width: 150,
    spare: true,
    render: ({ sign_in }) => sign_in && <StatusBadge {...signInBadges[sign_in]} />,
    text: ({ sign_in }) => (sign_in === null ? "" : signInBadges[sign_in].word),
  },
  {
    id: "other_mailboxes",
    title: t("users.otherMailboxes"),
    width: 130,
    spare: true,
    numeric: true,
    render: (row) => row.other_mailboxes,
    text: (row) => String(row.other_mailboxes),
  },
  {
    id: "workloads",
    title: t("users.workloads"),
    width: 430,
    spare: true,
    // Rows that were read before the column was shown have none until they are read again.
    render: ({ workloads }) => workloads && <WorkloadBadges of={workloads} />,
    text: ({ workloads }) => (workloads === null ? "" : workloadsWords(workloads)),
  },
  {
    id: "created",
    title: t("users.created"),
    width: 110,
    spare: true,
    render: ({ user }) => shortTime(user.created),
    text: ({ user }) => shortTime(user.created),
  },
];

/** The columns; when one organization is chosen, its name on each row would say nothing. */
export function useUserColumns(): ReadonlyArray<Column<UserRow, UserColumn>> {
  const { all, chosen } = useScope();
  const inScope = chosen !== undefined;
  return useMemo(() => userColumns(all).filter((column) => !inScope || column.id !== "organization"), [all, inScope]);
}
