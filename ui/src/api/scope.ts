import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { OrganizationView } from "./bindings";
import { reading } from "./queries";

/** The organizations, and the one that the person works on: the chosen one, or the only one there is. */
export function useScope() {
  const query = useQuery(reading("organizations.list", null));
  const { org } = useSearch({ strict: false }) as { org?: number };
  const all = query.data;
  const found = all?.find((view) => view.organization.id === org);
  const chosen = found ?? (all?.length === 1 ? all[0] : undefined);
  return { all, chosen, id: chosen?.organization.id, error: query.error, at: query.dataUpdatedAt || undefined, query };
}

/** Changes the organization that the person works on; undefined is all of them. */
export function useChooseScope() {
  const navigate = useNavigate();
  return (view: OrganizationView | undefined, to = ".") =>
    void navigate({ to, search: () => ({ org: view?.organization.id }) });
}
