import {
  Button,
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
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Error as Refusal, MailboxesView } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { ErrorBar } from "../../ui/ErrorBar";
import { invalid } from "../../ui/invalid";
import { explainLookUp, notFound, wrongInput } from "../../words/codes";
import { t } from "../../words/t";

const useStyles = makeStyles({
  content: { display: "flex", flexDirection: "column", rowGap: "12px" },
});

/** Names another mailbox that the user works with. */
export function AddMailbox({ view, onClose }: { view: MailboxesView; onClose: () => void }) {
  const styles = useStyles();
  const client = useQueryClient();
  const [address, setAddress] = useState("");
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      await call("mailboxes.add", { user: view.user, address });
      await client.invalidateQueries({ queryKey: ["mailboxes.describe"] });
      onClose();
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
      setBusy(false);
    }
  };
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && onClose()}>
      <DialogSurface>
        <form onSubmit={(event) => void submit(event)} onChange={() => setRefusal(undefined)} noValidate>
          <DialogBody>
            <DialogTitle>{t("mailboxes.addTitle", { upn: view.upn })}</DialogTitle>
            <DialogContent className={styles.content}>
              <span>{t("mailboxes.addBody")}</span>
              <Field
                label={t("mailboxes.address")}
                {...invalid(true, wrongInput(refusal, "address") ?? notFound(refusal))}
              >
                <Input value={address} onChange={(_, data) => setAddress(data.value)} />
              </Field>
              {refusal && <ErrorBar failure={explainLookUp(refusal)} />}
            </DialogContent>
            <DialogActions>
              <Button type="submit" appearance="primary" disabledFocusable={busy || address.trim() === ""}>
                {t("mailboxes.addAction")}
              </Button>
              <Button onClick={onClose}>{t("confirm.cancel")}</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
