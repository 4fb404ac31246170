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
import type { Error as Refusal, Integration } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { listText, useTypedList } from "../../api/lists";
import { ErrorBar } from "../../ui/ErrorBar";
import { invalid } from "../../ui/invalid";
import { ListField } from "../../ui/ListField";
import { explain } from "../../words/codes";
import { listFault } from "../../words/lists";
import { t } from "../../words/t";

const useStyles = makeStyles({ content: { display: "flex", flexDirection: "column", rowGap: "12px" } });

/** Renames an integration; of one without a preset, the list of permissions can be changed as well. */
export function ChangeDialog({ integration, onClose }: { integration: Integration; onClose: () => void }) {
  const styles = useStyles();
  const custom = integration.preset === "custom";
  const [before] = useState(() => listText(integration.permissions));
  const [name, setName] = useState(integration.name);
  const [list, setList] = useState(before);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const typed = useTypedList(custom ? list : "", integration.tenant, "graph_app_only");
  const wrong = {
    name: name.trim() === "" ? t("form.required") : undefined,
    list: custom && list !== before ? listFault(typed) : undefined,
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (busy || wrong.name || wrong.list) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      await call("integrations.change", {
        integration: integration.id,
        name: name.trim(),
        permissions: list === before ? null : (typed.permissions ?? null),
      });
      onClose();
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
      setBusy(false);
    }
  };
  const failed = refusal ?? typed.refusal;
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && onClose()}>
      <DialogSurface>
        <form onSubmit={(event) => void submit(event)} noValidate>
          <DialogBody>
            <DialogTitle>{t("list.changeTitle", { name: integration.name })}</DialogTitle>
            <DialogContent className={styles.content}>
              <Field label={t("integrations.name")} required {...invalid(tried, wrong.name)}>
                <Input value={name} onChange={(_, data) => setName(data.value)} />
              </Field>
              {custom && (
                <ListField
                  label={t("integrations.list")}
                  text={list}
                  onText={setList}
                  read={typed.read}
                  busy={typed.busy}
                  wrong={tried || typed.broken ? wrong.list : undefined}
                />
              )}
              {failed && <ErrorBar failure={explain(failed)} />}
            </DialogContent>
            <DialogActions>
              <Button type="submit" appearance="primary" disabledFocusable={busy}>
                {t("list.save")}
              </Button>
              <Button onClick={onClose}>{t("confirm.cancel")}</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
