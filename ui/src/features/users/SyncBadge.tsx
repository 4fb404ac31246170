import type { UserRow } from "../../api/bindings";
import { useScope } from "../../api/scope";
import { StatusBadge } from "../../ui/StatusBadge";
import { syncBadge } from "../../words/nouns";

/** Whether a user is read; one whose organization's sessions are paused is not, whatever is allowed. */
export function SyncBadge({ row }: { row: UserRow }) {
  const { all } = useScope();
  const organization = all?.find((view) => view.organization.id === row.user.organization)?.organization;
  return <StatusBadge {...syncBadge(row.effective_sync, (organization?.rhythm.paused ?? null) !== null)} />;
}
