import { Button } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { t } from "../../words/t";

/** Leads to the permissions of the same organization, where grants are revoked. */
export function ToPermissions() {
  const navigate = useNavigate();
  const go = () => navigate({ to: "/permissions", search: (old: { org?: number }) => ({ org: old.org }) });
  return (
    <Button size="small" onClick={() => void go()}>
      {t("access.toPermissions")}
    </Button>
  );
}
