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
import { type FormEvent, useRef, useState } from "react";
import type { Error as Refusal, IntegrationView } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { useNotices } from "../../lib/notices";
import { ErrorBar } from "../../ui/ErrorBar";
import { explain } from "../../words/codes";
import { t } from "../../words/t";

const useStyles = makeStyles({ content: { display: "flex", flexDirection: "column", rowGap: "12px" } });

/**
 * Hands a client secret to the keychain. It is read from the field at the moment of sending and the field is emptied: no
 * state, cache or form library ever holds it.
 */
export function SecretDialog({ view, onClose }: { view: IntegrationView; onClose: () => void }) {
  const styles = useStyles();
  const field = useRef<HTMLInputElement>(null);
  const client = useQueryClient();
  const say = useNotices((notices) => notices.say);
  const [busy, setBusy] = useState(false);
  const [missing, setMissing] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const input = field.current;
    if (!input || busy) return;
    if (input.value.trim() === "") return setMissing(true);
    setBusy(true);
    setMissing(false);
    setRefusal(undefined);
    const sending = call("integrations.set_secret", { integration: view.integration.id, secret: input.value.trim() });
    input.value = "";
    try {
      const { proven, kept } = await sending;
      const where = kept.kind === "keychain" ? t("secret.storedKeychain") : t("secret.storedSession");
      say(proven ? "success" : "info", t(proven ? "secret.proven" : "secret.unproven"), where);
      // The keychain is no part of the store, so no change is told.
      await client.invalidateQueries();
      onClose();
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
      setBusy(false);
    }
  };
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && onClose()}>
      <DialogSurface>
        <form onSubmit={(event) => void submit(event)} autoComplete="off">
          <DialogBody>
            <DialogTitle>{t("secret.title", { name: view.integration.name })}</DialogTitle>
            <DialogContent className={styles.content}>
              <Field
                label={t("secret.label")}
                hint={t("secret.hint")}
                required
                {...(missing ? { validationState: "error", validationMessage: t("secret.missing") } : {})}
              >
                <Input type="password" autoComplete="off" spellCheck={false} input={{ ref: field }} />
              </Field>
              {refusal && <ErrorBar failure={explain(refusal)} />}
            </DialogContent>
            <DialogActions>
              <Button type="submit" appearance="primary" disabledFocusable={busy}>
                {t(busy ? "secret.proving" : "secret.store")}
              </Button>
              <Button onClick={onClose}>{t("confirm.cancel")}</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
