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
import { type FormEvent, useState } from "react";
import type { Organization, Error as Refusal } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { useNotices } from "../../lib/notices";
import { ReasonedButton } from "../../ui/CommandBar";
import { ErrorBar } from "../../ui/ErrorBar";
import { invalid } from "../../ui/invalid";
import { explain, nameProblem } from "../../words/codes";
import { t } from "../../words/t";

const useStyles = makeStyles({ content: { display: "flex", flexDirection: "column", rowGap: "12px" } });

/** Gives an organization another name. Its External ID never changes. */
export function RenameDialog({ organization, onClose }: { organization: Organization; onClose: () => void }) {
  const styles = useStyles();
  const [before] = useState(organization.name);
  const [name, setName] = useState(before);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const say = useNotices((notices) => notices.say);
  const wanted = name.trim();
  const reason = wanted === "" ? t("form.required") : wanted === before ? t("rename.same") : undefined;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || reason !== undefined) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      await call("organizations.change", { organization: organization.id, name: wanted, access: null, sync: null });
      say("success", t("rename.done", { before, after: wanted }));
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
            <DialogTitle>{t("rename.title", { name: before })}</DialogTitle>
            <DialogContent className={styles.content}>
              <span>{t("rename.body")}</span>
              <Field
                label={t("organizations.name")}
                required
                {...invalid(true, wanted === "" ? t("form.required") : nameProblem(refusal))}
              >
                <Input value={name} onChange={(_, data) => setName(data.value)} />
              </Field>
              {refusal && <ErrorBar failure={explain(refusal)} />}
            </DialogContent>
            <DialogActions>
              <ReasonedButton type="submit" appearance="primary" disabledReason={busy ? t("confirm.busy") : reason}>
                {t("rename.action")}
              </ReasonedButton>
              <Button onClick={onClose}>{t("confirm.cancel")}</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
