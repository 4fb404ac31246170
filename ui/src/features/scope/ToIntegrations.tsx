import { Button } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { t } from "../../words/t";

/** Leads to the integrations, where a secret is set. */
export function ToIntegrations() {
  const navigate = useNavigate();
  return (
    <Button size="small" onClick={() => void navigate({ to: "/integrations" })}>
      {t("access.toIntegrations")}
    </Button>
  );
}
