import { ShieldPersonRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { useChooseScope, useScope } from "../../api/scope";
import { ChooseOrganization } from "../../ui/ChooseOrganization";
import { Page } from "../../ui/Page";
import { t } from "../../words/t";
import { AccessScope } from "./AccessScope";

/** Whom the integration of the chosen organization may reach. */
export function ScopePage() {
  const { chosen, all } = useScope();
  const choose = useChooseScope();
  const navigate = useNavigate();
  if (chosen)
    return (
      <AccessScope
        key={chosen.organization.id}
        organization={chosen.organization}
        integration={chosen.integration_name}
      />
    );
  return (
    <Page title={t("access.title")}>
      {all && (
        <ChooseOrganization
          icon={<ShieldPersonRegular />}
          choices={all.map(({ organization }) => organization)}
          onChoose={(id) => choose(all.find((view) => view.organization.id === id))}
          onCreate={() => void navigate({ to: "/organizations", search: { create: true } })}
        />
      )}
    </Page>
  );
}
