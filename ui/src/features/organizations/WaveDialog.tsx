import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  tokens,
} from "@fluentui/react-components";
import type { ReactNode } from "react";
import { ReasonedButton } from "../../ui/CommandBar";
import { t } from "../../words/t";

const useStyles = makeStyles({
  surface: { maxWidth: "min(720px, 96vw)" },
  // What scrolls keeps off the scrollbar.
  content: { display: "flex", flexDirection: "column", rowGap: "16px", paddingRight: "12px" },
  quiet: { color: tokens.colorNeutralForeground2 },
});

type Props = {
  readonly title: string;
  /** What it does, and what it doesn't. */
  readonly about: string;
  readonly children: ReactNode;
  readonly action: string;
  readonly disabledReason: string | undefined;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
};

/** The frame of a form about waves: the form scrolls, and what keeps it stays in sight. */
export function WaveDialog({ title, about, children, action, disabledReason, onConfirm, onClose }: Props) {
  const styles = useStyles();
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && onClose()}>
      <DialogSurface className={styles.surface}>
        <DialogBody>
          <DialogTitle>{title}</DialogTitle>
          <DialogContent className={styles.content}>
            <span className={styles.quiet}>{about}</span>
            {children}
          </DialogContent>
          <DialogActions>
            <ReasonedButton appearance="primary" disabledReason={disabledReason} onClick={onConfirm}>
              {action}
            </ReasonedButton>
            <Button onClick={onClose}>{t("confirm.cancel")}</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
