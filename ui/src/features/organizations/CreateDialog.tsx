import {
  Dropdown,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  Option,
  Radio,
  RadioGroup,
} from "@fluentui/react-components";
import { useState } from "react";
import type { AccessType, Error as Refusal, IntegrationView } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { ErrorBar } from "../../ui/ErrorBar";
import { FormDialog } from "../../ui/FormDialog";
import { invalid } from "../../ui/invalid";
import { explain, nameProblem, wrongInput } from "../../words/codes";
import { accessWords } from "../../words/nouns";
import { optionsOf } from "../../words/options";
import { t } from "../../words/t";

/** What an External ID may consist of; the engine has the last word. */
const EXTERNAL_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** Asks for a new organization, and says before saving that its External ID is final. */
export function CreateDialog({
  integrations,
  onClose,
}: {
  integrations: readonly IntegrationView[];
  onClose: (created: number | undefined) => void;
}) {
  const [name, setName] = useState("");
  const [externalId, setExternalId] = useState("");
  const [integration, setIntegration] = useState(integrations[0]?.integration.id);
  const [access, setAccess] = useState<AccessType>("graph_app_only");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const wrong = {
    name: name.trim() === "" ? t("form.required") : nameProblem(refusal),
    externalId: externalIdProblem(externalId, refusal),
  };
  const create = async () => {
    setTried(true);
    if (integration === undefined || name.trim() === "" || !EXTERNAL_ID.test(externalId.trim())) return;
    setBusy(true);
    try {
      const created = await call("organizations.create", {
        name: name.trim(),
        external_id: externalId.trim(),
        integration,
        access,
      });
      onClose(created.id);
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
      setBusy(false);
    }
  };
  return (
    <FormDialog
      title={t("organizations.newTitle")}
      action={t("organizations.create")}
      busy={busy}
      onSubmit={() => void create()}
      onEdit={() => setRefusal(undefined)}
      onClose={() => onClose(undefined)}
    >
      <Field label={t("organizations.name")} required {...invalid(tried, wrong.name)}>
        <Input value={name} onChange={(_, data) => setName(data.value)} />
      </Field>
      <Field
        label={t("organizations.externalId")}
        hint={t("organizations.externalIdHint")}
        required
        {...invalid(tried, wrong.externalId)}
      >
        <Input value={externalId} spellCheck={false} onChange={(_, data) => setExternalId(data.value)} />
      </Field>
      <MessageBar intent="warning">
        <MessageBarBody>{t("organizations.externalIdFinal")}</MessageBarBody>
      </MessageBar>
      <Field label={t("organizations.integration")} required>
        <Dropdown
          value={integrations.find((view) => view.integration.id === integration)?.integration.name ?? ""}
          selectedOptions={[String(integration)]}
          onOptionSelect={(_, data) => {
            setRefusal(undefined);
            setIntegration(Number(data.optionValue));
          }}
        >
          {integrations.map((view) => (
            <Option key={view.integration.id} value={String(view.integration.id)}>
              {view.integration.name}
            </Option>
          ))}
        </Dropdown>
      </Field>
      <Field label={t("organizations.access")} required>
        <RadioGroup value={access} onChange={(_, data) => setAccess(data.value as AccessType)}>
          {optionsOf(accessWords).map(({ value, word }) => (
            <Radio key={value} value={value} label={`${word} – ${t(`organizations.accessHint.${value}`)}`} />
          ))}
        </RadioGroup>
      </Field>
      {refusal && <ErrorBar failure={explain(refusal)} told={[wrong.name, wrong.externalId]} />}
    </FormDialog>
  );
}

function externalIdProblem(typed: string, refusal: Refusal | undefined): string | undefined {
  if (typed.trim() === "") return t("form.required");
  if (!EXTERNAL_ID.test(typed.trim())) return t("organizations.externalIdBad");
  return refusal?.code === "duplicate_external_id" ? explain(refusal).title : wrongInput(refusal, "external_id");
}
