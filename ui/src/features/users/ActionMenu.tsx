import { Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from "@fluentui/react-components";
import { ArrowMoveRegular, ArrowSwapRegular, ArrowSyncRegular, MoreHorizontalRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";
import { ReasonedButton } from "../../ui/CommandBar";
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
      <Menu>
        <MenuTrigger disableButtonEnhancement>
          <Button size="small" icon={<MoreHorizontalRegular />} aria-label={`${t("act.more")}: ${label}`}>
            {t("act.more")}
          </Button>
        </MenuTrigger>
        <MenuPopover>
          <MenuList aria-label={label}>
            {moreActions.map((kind) => (
              <MenuItem key={kind} onClick={() => onChoose(kind)}>
                {t(`act.${kind}`)}
              </MenuItem>
            ))}
            <MenuItem disabled={noWave !== undefined} subText={noWave ?? null} onClick={onWave}>
              {t("waves.put")}
            </MenuItem>
          </MenuList>
        </MenuPopover>
      </Menu>
    </>
  );
}
