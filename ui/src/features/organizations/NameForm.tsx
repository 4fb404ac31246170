import { Field, Input, makeStyles } from "@fluentui/react-components";
import { type FormEvent, useState } from "react";
import type { Organization, Error as Refusal } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { useNotices } from "../../lib/notices";
import { ReasonedButton } from "../../ui/CommandBar";
import { ErrorBar } from "../../ui/ErrorBar";
import { explain } from "../../words/codes";
import { t } from "../../words/t";

const useStyles = makeStyles({
  form: { display: "flex", flexWrap: "wrap", alignItems: "end", gap: "8px" },
  field: { flexGrow: 1 },
});

/** What an organization is called. Its External ID stays what it is. */
export function NameForm({ organization }: { organization: Organization }) {
  const styles = useStyles();
  const [typed, setTyped] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const say = useNotices((notices) => notices.say);
  const name = (typed ?? organization.name).trim();
  const reason = name === "" ? t("form.required") : name === organization.name ? t("syncing.same") : undefined;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || reason !== undefined) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      await call("organizations.change", { organization: organization.id, name, access: null, sync: null });
      setTyped(undefined);
      say("success", t("organizations.renamed", { name }));
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
      <Field className={styles.field} label={t("organizations.name")}>
        <Input value={typed ?? organization.name} onChange={(_, data) => setTyped(data.value)} />
      </Field>
      <ReasonedButton type="submit" disabledReason={reason}>
        {t("organizations.rename")}
      </ReasonedButton>
      {refusal && <ErrorBar failure={explain(refusal)} />}
    </form>
  );
}
