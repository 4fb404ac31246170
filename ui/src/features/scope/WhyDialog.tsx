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
import type { Organization } from "../../api/bindings";
import { t } from "../../words/t";
import { WhyFacts } from "./WhyFacts";

const useStyles = makeStyles({
  text: { margin: "0 0 12px" },
  line: { display: "flex", alignItems: "flex-end", columnGap: "8px" },
  field: { flexGrow: 1 },
});

/** Explains any mailbox of the tenant, whether a proof has asked it or not. */
export function WhyDialog({ organization, onClose }: { organization: Organization; onClose: () => void }) {
  const styles = useStyles();
  const [typed, setTyped] = useState("");
  const [mailbox, setMailbox] = useState<string>();
  const explain = (event: FormEvent) => {
    event.preventDefault();
    setMailbox(typed.trim() || undefined);
  };
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t("access.whyTitle")}</DialogTitle>
          <DialogContent>
            <p className={styles.text}>{t("access.whyBody")}</p>
            <form className={styles.line} onSubmit={explain}>
              <Field className={styles.field} label={t("access.whyMailbox")}>
                <Input value={typed} onChange={(_, data) => setTyped(data.value)} />
              </Field>
              <Button type="submit" appearance="primary">
                {t("access.whyAction")}
              </Button>
            </form>
            {mailbox !== undefined && <WhyFacts key={mailbox} named organization={organization.id} mailbox={mailbox} />}
          </DialogContent>
          <DialogActions>
            <Button onClick={onClose}>{t("access.close")}</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
