import { ArrowMoveRegular, ArrowSwapRegular, ArrowSyncRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";
import { ReasonedButton } from "../../ui/CommandBar";
import { MoreCommands } from "../../ui/MoreCommands";
import { t } from "../../words/t";
import { type ActionKind, firstActions, moreActions } from "./actions";

const icons: Partial<Record<ActionKind, ReactElement>> = {
  switch: <ArrowSwapRegular />,
  force: <ArrowSyncRegular />,
  move: <ArrowMoveRegular />,
};

type Props = {
  readonly label: string;
  /** Why an action can't be done to anybody here. */
  readonly reasons?: Partial<Record<ActionKind, string | undefined>>;
  readonly onChoose: (kind: ActionKind) => void;
  /** Why nobody here can be put into a wave. */
  readonly noWave?: string | undefined;
  readonly onWave: () => void;
};

/** What can be done with users: the frequent things as buttons, the rest behind *More*. */
export function ActionMenu({ label, reasons, onChoose, noWave, onWave }: Props) {
  return (
    <>
      {firstActions.map((kind) => (
        <ReasonedButton
          key={kind}
          size="small"
          icon={icons[kind]}
          disabledReason={reasons?.[kind]}
          onClick={() => onChoose(kind)}
        >
          {t(`act.${kind}`)}
        </ReasonedButton>
      ))}
      <MoreCommands
        small
        word={t("act.more")}
        label={label}
        commands={[
          ...moreActions.map((kind) => ({ label: t(`act.${kind}`), onRun: () => onChoose(kind) })),
          { label: t("waves.put"), disabledReason: noWave, onRun: onWave },
        ]}
      />
    </>
  );
}
