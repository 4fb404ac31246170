import type { OrganizationView, UserRow } from "../../api/bindings";
import { useScope } from "../../api/scope";
import { StatusBadge } from "../../ui/StatusBadge";
import { syncBadge } from "../../words/nouns";

/** The organizations, as far as they were read. */
export type Organizations = readonly OrganizationView[] | undefined;

/** Whether a user is read; one whose organization's sessions are paused is not, whatever is allowed. */
export function syncBadgeOf({ user, effective_sync }: UserRow, all: Organizations) {
  const organization = all?.find((view) => view.organization.id === user.organization)?.organization;
  return syncBadge(effective_sync, (organization?.rhythm.paused ?? null) !== null);
}

/** The same, as a badge. */
export function SyncBadge({ row }: { row: UserRow }) {
  const { all } = useScope();
  return <StatusBadge {...syncBadgeOf(row, all)} />;
}
