import { makeStyles, Switch, Tooltip, tokens } from "@fluentui/react-components";
import { useState } from "react";

const useStyles = makeStyles({ reason: { fontSize: tokens.fontSizeBase200 } });

type Props = {
  readonly label: string;
  /** What it is called where its place doesn't say what it is for. */
  readonly name: string;
  readonly checked: boolean;
  /** Why it can't be moved now. It stays focusable, so that the reason can be read. */
  readonly disabledReason: string | undefined;
  readonly onChange: (checked: boolean) => void;
};

/** A switch that is dimmed with its reason instead of silently dead. */
export function ReasonedSwitch({ label, name, checked, disabledReason, onChange }: Props) {
  const styles = useStyles();
  const [visible, setVisible] = useState(false);
  const can = disabledReason === undefined;
  return (
    <Tooltip
      content={<span className={styles.reason}>{disabledReason}</span>}
      relationship={can ? "inaccessible" : "description"}
      withArrow
      visible={visible && !can}
      onVisibleChange={(_, data) => setVisible(data.visible && !can)}
    >
      <Switch
        label={label}
        aria-label={name}
        checked={checked}
        disabledFocusable={!can}
        onChange={(_, data) => can && onChange(data.checked)}
      />
    </Tooltip>
  );
}
