import { useNavigate } from "@tanstack/react-router";
import { t } from "../words/t";
import type { Way } from "../lib/notices";

/** The way to the list of users who must sign in, of the organization that is chosen. */
export function useWayToSignIns(): Way {
  const navigate = useNavigate();
  return {
    label: t("act.toSignIn"),
    go: () =>
      void navigate({ to: "/users", search: ({ org }: { org?: number }) => ({ org, signin: "to_do" as const }) }),
  };
}
