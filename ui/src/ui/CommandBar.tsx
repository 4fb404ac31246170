import { Button, makeStyles, Toolbar, Tooltip, tokens } from "@fluentui/react-components";
import { type ReactElement, type ReactNode, useState } from "react";

const useStyles = makeStyles({
  bar: {
    padding: "0",
    columnGap: "4px",
    rowGap: "4px",
    flexWrap: "wrap",
    minHeight: "32px",
  },
  spring: { flexGrow: 1 },
  reason: { fontSize: tokens.fontSizeBase200 },
});

/** The commands of a page, above its content. `end` holds what isn't a command: the age of the data, view switches. */
export function CommandBar({ label, children, end }: { label: string; children?: ReactNode; end?: ReactNode }) {
  const styles = useStyles();
  return (
    <Toolbar aria-label={label} className={styles.bar} data-region="commands">
      {children}
      {end !== undefined && <span className={styles.spring} />}
      {end}
    </Toolbar>
  );
}

type CommandProps = {
  readonly label: string;
  readonly icon?: ReactElement;
  readonly primary?: boolean;
  /** The chord that runs it, as `aria-keyshortcuts` writes it. */
  readonly keys?: string;
  /** Why it can't run now. The command stays visible and focusable, so that the reason can be read. */
  readonly disabledReason?: string | undefined;
  readonly onRun: () => void;
};

/** One command. One that can't run is dimmed and says why. */
export function Command({ label, icon, primary, keys, disabledReason, onRun }: CommandProps) {
  return (
    <ReasonedButton
      appearance={primary ? "primary" : "subtle"}
      icon={icon}
      disabledReason={disabledReason}
      onClick={onRun}
      {...(keys === undefined ? {} : { "aria-keyshortcuts": keys })}
    >
      {label}
    </ReasonedButton>
  );
}

type ReasonedButtonProps = {
  readonly appearance?: "primary" | "secondary" | "subtle";
  readonly size?: "small" | "medium";
  readonly icon?: ReactElement | undefined;
  readonly className?: string;
  readonly "aria-keyshortcuts"?: string;
  readonly disabledReason?: string | undefined;
  readonly onClick?: () => void;
  /** One that submits its form needs no action of its own. */
  readonly type?: "button" | "submit";
  readonly children: ReactNode;
};

/**
 * A button that is dimmed with its reason instead of hidden or silently dead. It stays the same button when the reason comes or
 * goes, so that it keeps the focus.
 */
export function ReasonedButton({ disabledReason, onClick, icon, type = "button", ...rest }: ReasonedButtonProps) {
  const styles = useStyles();
  const [visible, setVisible] = useState(false);
  const can = disabledReason === undefined;
  if (can && visible) setVisible(false);
  return (
    <Tooltip
      content={<span className={styles.reason}>{disabledReason}</span>}
      relationship={can ? "inaccessible" : "description"}
      withArrow
      visible={visible && !can}
      onVisibleChange={(_, data) => setVisible(data.visible && !can)}
    >
      <Button
        {...rest}
        type={type}
        icon={icon ?? null}
        disabledFocusable={!can}
        {...(can && onClick ? { onClick } : {})}
      />
    </Tooltip>
  );
}
