import { Field, Input } from "@fluentui/react-components";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Error as Refusal, MailboxesView } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { ErrorBar } from "../../ui/ErrorBar";
import { FormDialog } from "../../ui/FormDialog";
import { invalid } from "../../ui/invalid";
import { explainLookUp, notFound, wrongInput } from "../../words/codes";
import { t } from "../../words/t";

/** Names another mailbox that the user works with. */
export function AddMailbox({ view, onClose }: { view: MailboxesView; onClose: () => void }) {
  const client = useQueryClient();
  const [address, setAddress] = useState("");
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const add = async () => {
    setBusy(true);
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
    <FormDialog
      title={t("mailboxes.addTitle", { upn: view.upn })}
      action={t("mailboxes.addAction")}
      busy={busy}
      disabledReason={address.trim() === "" ? t("form.required") : undefined}
      onSubmit={() => void add()}
      onEdit={() => setRefusal(undefined)}
      onClose={onClose}
    >
      <span>{t("mailboxes.addBody")}</span>
      <Field label={t("mailboxes.address")} {...invalid(true, wrongInput(refusal, "address") ?? notFound(refusal))}>
        <Input value={address} onChange={(_, data) => setAddress(data.value)} />
      </Field>
      {refusal && (
        <ErrorBar failure={explainLookUp(refusal)} told={[wrongInput(refusal, "address") ?? notFound(refusal)]} />
      )}
    </FormDialog>
  );
}
