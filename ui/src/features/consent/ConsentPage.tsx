import { ShieldKeyholeRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { useChooseScope, useScope } from "../../api/scope";
import { ChooseOrganization } from "../../ui/ChooseOrganization";
import { Page } from "../../ui/Page";
import { t } from "../../words/t";
import { Connectivity } from "./Connectivity";

/** What the integration of the chosen organization asks for, beside what the tenant has granted. */
export function ConsentPage() {
  const { chosen, all } = useScope();
  const choose = useChooseScope();
  const navigate = useNavigate();
  if (!chosen) {
    return (
      <Page title={t("consent.title")}>
        {all && (
          <ChooseOrganization
            icon={<ShieldKeyholeRegular />}
            choices={all.map(({ organization }) => organization)}
            onChoose={(id) => choose(all.find((view) => view.organization.id === id))}
            onCreate={() => void navigate({ to: "/organizations", search: { create: true } })}
          />
        )}
      </Page>
    );
  }
  return <Connectivity key={chosen.organization.id} view={chosen} title={t("consent.title")} />;
}
