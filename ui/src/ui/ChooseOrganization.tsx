import { Button } from "@fluentui/react-components";
import type { ReactElement } from "react";
import { t } from "../words/t";
import { EmptyState } from "./EmptyState";

type Choice = { readonly id: number; readonly name: string };

/** A page that is about one organization, while none is chosen. */
export function ChooseOrganization({
  icon,
  choices,
  onChoose,
  onCreate,
}: {
  icon: ReactElement;
  choices: readonly Choice[];
  onChoose: (id: number) => void;
  onCreate: () => void;
}) {
  if (choices.length === 0) {
    return (
      <EmptyState icon={icon} title={t("scope.noneTitle")} body={t("scope.noneBody")}>
        <Button appearance="primary" onClick={onCreate}>
          {t("scope.create")}
        </Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={icon} title={t("scope.chooseTitle")} body={t("scope.chooseBody")}>
      {choices.map(({ id, name }) => (
        <Button key={id} onClick={() => onChoose(id)}>
          {name}
        </Button>
      ))}
    </EmptyState>
  );
}
