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
import { type FormEvent, useState } from "react";
import type { Error as Refusal, Organization, RequiredPermission } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { listText, useTypedList } from "../../api/lists";
import { ErrorBar } from "../../ui/ErrorBar";
import { ListField } from "../../ui/ListField";
import { explain } from "../../words/codes";
import { listFault } from "../../words/lists";
import { t } from "../../words/t";

const useStyles = makeStyles({
  content: { display: "flex", flexDirection: "column", rowGap: "12px" },
  text: { margin: 0 },
});

type Props = {
  readonly organization: Organization;
  /** What it needs now. */
  readonly needs: readonly RequiredPermission[];
  readonly onClose: () => void;
};

/** Gives an organization a list of its own, or takes it back. Nothing is written to the tenant. */
export function AdjustDialog({ organization, needs, onClose }: Props) {
  const styles = useStyles();
  const [list, setList] = useState(() => listText(needs));
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const typed = useTypedList(list, organization.tenant, organization.access);
  const wrong = listFault(typed);
  const adjust = async (permissions: RequiredPermission[] | null) => {
    setBusy(true);
    setRefusal(undefined);
    try {
      await call("organizations.adjust", { organization: organization.id, permissions });
      onClose();
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!busy && typed.permissions) void adjust(typed.permissions);
  };
  const failed = refusal ?? typed.refusal;
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && onClose()}>
      <DialogSurface>
        <form onSubmit={submit} noValidate>
          <DialogBody>
            <DialogTitle>{t("list.adjustTitle", { name: organization.name })}</DialogTitle>
            <DialogContent className={styles.content}>
              <p className={styles.text}>{t("list.adjustBody")}</p>
              <ListField
                label={t("integrations.list")}
                text={list}
                onText={setList}
                read={typed.read}
                busy={typed.busy}
                wrong={tried || typed.broken ? wrong : undefined}
              >
                {organization.permissions && (
                  <Button size="small" disabledFocusable={busy} onClick={() => void adjust(null)}>
                    {t("list.adjustBack")}
                  </Button>
                )}
              </ListField>
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
