import { Dropdown, Field, Input, Option } from "@fluentui/react-components";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Error as Refusal, MailboxesView } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { ErrorBar } from "../../ui/ErrorBar";
import { FormDialog } from "../../ui/FormDialog";
import { invalid } from "../../ui/invalid";
import { explain, wrongInput } from "../../words/codes";
import { t } from "../../words/t";

/** Says where to move to, and compares the add-in's version with the one that the vendor asks for. */
export function BeginMigration({ view, onClose }: { view: MailboxesView; onClose: () => void }) {
  const client = useQueryClient();
  const choices = view.addresses.filter((one) => one.kind === "secondary" && !one.default).map((one) => one.address);
  const [to, setTo] = useState(choices[0] ?? "");
  const [addIn, setAddIn] = useState("");
  const [minimum, setMinimum] = useState("");
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const begin = async () => {
    setBusy(true);
    try {
      await call("mailboxes.migrate", { user: view.user, act: { kind: "begin", to, add_in: addIn, minimum } });
      await client.invalidateQueries({ queryKey: ["mailboxes.describe"] });
      onClose();
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
      setBusy(false);
    }
  };
  const ready = to !== "" && addIn.trim() !== "" && minimum.trim() !== "";
  return (
    <FormDialog
      title={t("migration.beginTitle", { upn: view.upn })}
      action={t("migration.beginAction")}
      busy={busy}
      disabledReason={ready ? undefined : t("migration.sayAll")}
      onSubmit={() => void begin()}
      onEdit={() => setRefusal(undefined)}
      onClose={onClose}
    >
      <Field label={t("migration.to")} {...invalid(true, wrongInput(refusal, "to"))}>
        <Dropdown
          value={to}
          selectedOptions={[to]}
          onOptionSelect={(_, data) => {
            setRefusal(undefined);
            setTo(data.optionValue ?? to);
          }}
        >
          {choices.map((address) => (
            <Option key={address} value={address}>
              {address}
            </Option>
          ))}
        </Dropdown>
      </Field>
      <Field
        label={t("migration.addIn")}
        hint={t("migration.versionHint")}
        {...invalid(true, wrongInput(refusal, "add_in"))}
      >
        <Input value={addIn} onChange={(_, data) => setAddIn(data.value)} />
      </Field>
      <Field
        label={t("migration.minimum")}
        hint={t("migration.minimumHint")}
        {...invalid(true, wrongInput(refusal, "minimum"))}
      >
        <Input value={minimum} onChange={(_, data) => setMinimum(data.value)} />
      </Field>
      {refusal && <ErrorBar failure={explain(refusal)} told={[wrongInput(refusal, "to", "add_in", "minimum")]} />}
    </FormDialog>
  );
}
