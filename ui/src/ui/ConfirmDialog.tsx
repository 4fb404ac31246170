import {
  Button,
  Checkbox,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  makeStyles,
} from "@fluentui/react-components";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { t } from "../words/t";
import { ReasonedButton } from "./CommandBar";
import { useFocusBack } from "./focusBack";

const useStyles = makeStyles({
  content: { display: "flex", flexDirection: "column", rowGap: "12px" },
});

type Props = {
  readonly title: string;
  /** Exactly what will change, with numbers. */
  readonly children: ReactNode;
  /** The verb on the button, with its count. */
  readonly action: string;
  /** The words of the safe answer, where "Cancel" could be taken for the action. */
  readonly keep?: string;
  readonly busy?: boolean;
  /** A sentence that has to be ticked first, for what is hard to undo. */
  readonly acknowledge?: string | undefined;
  /** Words that have to be typed first, for what can't be undone. */
  readonly phrase?: string | undefined;
  readonly disabledReason?: string | undefined;
  /** There is nothing to decide any more: the only button closes it. */
  readonly over?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
};

/** Asks before anything is written. The safe answer has the focus. */
export function ConfirmDialog(props: Props) {
  const styles = useStyles();
  const [acknowledged, setAcknowledged] = useState(false);
  const [typed, setTyped] = useState("");
  useFocusBack();
  const safe = useRef<HTMLButtonElement>(null);
  useEffect(() => safe.current?.focus(), []);
  const reason =
    props.disabledReason ??
    (props.acknowledge !== undefined && !acknowledged ? t("confirm.tickFirst") : undefined) ??
    (props.phrase !== undefined && typed.trim() !== props.phrase ? t("confirm.typeFirst") : undefined) ??
    (props.busy ? t("confirm.busy") : undefined);
  return (
    <Dialog open modalType="alert" onOpenChange={(_, data) => !data.open && props.onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{props.title}</DialogTitle>
          <DialogContent className={styles.content}>
            {props.children}
            {props.acknowledge !== undefined && (
              <Checkbox
                label={props.acknowledge}
                checked={acknowledged}
                onChange={(_, data) => setAcknowledged(data.checked === true)}
              />
            )}
            {props.phrase !== undefined && (
              <Field label={t("confirm.type", { phrase: props.phrase })}>
                <Input value={typed} spellCheck={false} onChange={(_, data) => setTyped(data.value)} />
              </Field>
            )}
          </DialogContent>
          <DialogActions>
            {!props.over && (
              <ReasonedButton appearance="primary" disabledReason={reason} onClick={props.onConfirm}>
                {props.action}
              </ReasonedButton>
            )}
            <Button ref={safe} appearance={props.over ? "primary" : "secondary"} onClick={props.onClose}>
              {props.over ? props.action : (props.keep ?? t("confirm.cancel"))}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
