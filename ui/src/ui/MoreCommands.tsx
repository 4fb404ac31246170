import { Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from "@fluentui/react-components";
import { MoreHorizontalRegular } from "@fluentui/react-icons";

type More = {
  readonly label: string;
  /** Why it can't run now; it stands below the command, which stays visible. */
  readonly disabledReason?: string | undefined;
  readonly onRun: () => void;
};

type Props = {
  /** What the button says, and what its menu is called. */
  readonly word: string;
  readonly label: string;
  readonly commands: readonly More[];
  /** Whether it stands among small buttons, and is one like them. */
  readonly small?: boolean;
};

/** The commands of a page that are seldom wanted, behind a button at the end of its bar. */
export function MoreCommands({ word, label, commands, small = false }: Props) {
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button
          appearance={small ? "secondary" : "subtle"}
          size={small ? "small" : "medium"}
          icon={<MoreHorizontalRegular />}
          aria-label={`${word}: ${label}`}
        >
          {word}
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList aria-label={label}>
          {commands.map(({ label: name, disabledReason, onRun }) => (
            <MenuItem
              key={name}
              disabled={disabledReason !== undefined}
              subText={disabledReason ?? null}
              onClick={onRun}
            >
              {name}
            </MenuItem>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
