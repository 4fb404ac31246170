import type { UserColumn, UserRow } from "../../api/bindings";
import { shortTime } from "../../lib/time";
import { StatusBadge } from "../../ui/StatusBadge";
import type { Column } from "../../ui/table/columns";
import { causeTitles } from "../../words/causes";
import { kindWords, mailboxBadges, verdictBadges } from "../../words/nouns";
import { t } from "../../words/t";

function address({ user }: UserRow): string {
  return user.directory.mail ?? user.directory.upn;
}

function checked(row: UserRow): string {
  return row.checked === null ? t("users.neverChecked") : shortTime(row.checked);
}

function lastError(row: UserRow): string {
  return row.first_cause === null ? "" : causeTitles[row.first_cause];
}

export const mailboxColumns: ReadonlyArray<Column<UserRow, UserColumn>> = [
  {
    id: "upn",
    title: t("mailboxes.mailbox"),
    width: 260,
    grows: true,
    fixed: true,
    sortable: true,
    render: address,
    text: address,
  },
  {
    id: "kind",
    title: t("users.kind"),
    width: 140,
    sortable: true,
    render: (row) => kindWords[row.kind],
    text: (row) => kindWords[row.kind],
  },
  {
    id: "mailbox",
    title: t("mailboxes.status"),
    width: 140,
    sortable: true,
    render: ({ user }) => <StatusBadge {...mailboxBadges[user.mailbox]} />,
    text: ({ user }) => mailboxBadges[user.mailbox].word,
  },
  {
    id: "verdict",
    title: t("users.verdict"),
    width: 120,
    sortable: true,
    render: (row) => <StatusBadge {...verdictBadges[row.verdict]} />,
    text: (row) => verdictBadges[row.verdict].word,
  },
  {
    id: "checked",
    title: t("users.checked"),
    width: 110,
    sortable: true,
    render: checked,
    text: checked,
  },
  { id: "cause", title: t("mailboxes.lastError"), width: 200, render: lastError, text: lastError },
  {
    id: "aliases",
    title: t("users.aliases"),
    width: 220,
    spare: true,
    render: ({ user }) => user.directory.aliases.join(", "),
    text: ({ user }) => user.directory.aliases.join(", "),
  },
];
