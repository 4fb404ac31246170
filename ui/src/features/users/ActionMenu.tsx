import { ArrowMoveRegular, ArrowSwapRegular, ArrowSyncRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";
import { ReasonedButton } from "../../ui/CommandBar";
import { MoreCommands } from "../../ui/MoreCommands";
import { t } from "../../words/t";
import { type Command, firstActions, moreActions, type WhyNot } from "./actions";

const icons: Partial<Record<Command, ReactElement>> = {
  switch: <ArrowSwapRegular />,
  force: <ArrowSyncRegular />,
  move: <ArrowMoveRegular />,
};

type Props = {
  readonly label: string;
  /** Why an action can't be done to anybody here. */
  readonly reasons: WhyNot;
  readonly onChoose: (command: Command) => void;
  /** Why nobody here can be put into a wave. */
  readonly noWave?: string | undefined;
  readonly onWave: () => void;
};

/** What can be done with users: the frequent things as buttons, the rest behind *More*. */
export function ActionMenu({ label, reasons, onChoose, noWave, onWave }: Props) {
  return (
    <>
      {firstActions.map((command) => (
        <ReasonedButton
          key={command}
          size="small"
          icon={icons[command]}
          disabledReason={reasons[command]}
          onClick={() => onChoose(command)}
        >
          {t(`act.${command}`)}
        </ReasonedButton>
      ))}
      <MoreCommands
        small
        word={t("act.more")}
        label={label}
        commands={[
          ...moreActions.map((command) => ({
            label: t(`act.${command}`),
            disabledReason: reasons[command],
            onRun: () => onChoose(command),
          })),
          { label: t("waves.put"), disabledReason: noWave, onRun: onWave },
        ]}
      />
    </>
  );
}
