import { Field, Input } from "@fluentui/react-components";
import { useState } from "react";
import type { Organization, Error as Refusal } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { useNotices } from "../../lib/notices";
import { ErrorBar } from "../../ui/ErrorBar";
import { FormDialog } from "../../ui/FormDialog";
import { invalid } from "../../ui/invalid";
import { explain, nameProblem } from "../../words/codes";
import { t } from "../../words/t";

/** Gives an organization another name. Its External ID never changes. */
export function RenameDialog({ organization, onClose }: { organization: Organization; onClose: () => void }) {
  const [before] = useState(organization.name);
  const [name, setName] = useState(before);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const say = useNotices((notices) => notices.say);
  const wanted = name.trim();
  const empty = wanted === "" ? t("form.required") : undefined;
  const rename = async () => {
    setBusy(true);
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
    <FormDialog
      title={t("rename.title", { name: before })}
      action={t("rename.action")}
      busy={busy}
      disabledReason={empty ?? (wanted === before ? t("rename.same") : undefined)}
      onSubmit={() => void rename()}
      onEdit={() => setRefusal(undefined)}
      onClose={onClose}
    >
      <span>{t("rename.body")}</span>
      <Field label={t("organizations.name")} required {...invalid(true, empty ?? nameProblem(refusal))}>
        <Input value={name} onChange={(_, data) => setName(data.value)} />
      </Field>
      {refusal && <ErrorBar failure={explain(refusal)} told={[nameProblem(refusal)]} />}
    </FormDialog>
  );
}
