import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
} from "@fluentui/react-components";
import type { FormEvent, ReactNode } from "react";
import { t } from "../words/t";
import { ReasonedButton } from "./CommandBar";
import { useFocusBack } from "./focusBack";

const useStyles = makeStyles({ content: { display: "flex", flexDirection: "column", rowGap: "12px" } });

type Props = {
  readonly title: string;
  readonly children: ReactNode;
  /** The verb on the button. */
  readonly action: string;
  readonly busy: boolean;
  /** Why it can't be sent as it is. */
  readonly disabledReason?: string | undefined;
  readonly onSubmit: () => void;
  /**
   * Something is typed or ticked, or it is sent again: a refusal is of what was there before. A `Dropdown` tells the form nothing, so
   * where one is chosen from, that has to be done beside it.
   */
  readonly onEdit: () => void;
  readonly onClose: () => void;
};

/** A form that is sent by its button or by Enter. */
export function FormDialog({ title, children, action, busy, disabledReason, onSubmit, onEdit, onClose }: Props) {
  const styles = useStyles();
  useFocusBack();
  const reason = busy ? t("confirm.busy") : disabledReason;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (reason !== undefined) return;
    onEdit();
    onSubmit();
  };
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && onClose()}>
      <DialogSurface>
        <form onSubmit={submit} onChange={onEdit} noValidate>
          <DialogBody>
            <DialogTitle>{title}</DialogTitle>
            <DialogContent className={styles.content}>{children}</DialogContent>
            <DialogActions>
              <ReasonedButton type="submit" appearance="primary" disabledReason={reason}>
                {action}
              </ReasonedButton>
              <Button onClick={onClose}>{t("confirm.cancel")}</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
