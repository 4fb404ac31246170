import { Button, Dropdown, Field, Input, makeStyles, Option } from "@fluentui/react-components";
import { type FormEvent, useState } from "react";
import type { Cloud, Error as Refusal } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { begin, dismiss, isLive, stop, useWork } from "../../api/work";
import { isGuid } from "../../lib/guid";
import { useNotices } from "../../lib/notices";
import { BrowserWait } from "../../ui/BrowserWait";
import { ErrorBar } from "../../ui/ErrorBar";
import { invalid } from "../../ui/invalid";
import { Page } from "../../ui/Page";
import { explain } from "../../words/codes";
import { cloudWords } from "../../words/nouns";
import { optionsOf } from "../../words/options";
import { t } from "../../words/t";

const useStyles = makeStyles({
  form: { display: "flex", flexDirection: "column", rowGap: "16px", maxWidth: "520px" },
  buttons: { display: "flex", columnGap: "8px" },
});

const DOMAIN = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i;

/** Adds a tenant and signs in to it in the system's browser. */
export function ConnectForm({ onBack, onDone }: { onBack: () => void; onDone: () => void }) {
  const styles = useStyles();
  const say = useNotices((notices) => notices.say);
  const [name, setName] = useState("");
  const [cloud, setCloud] = useState<Cloud>("global");
  const [directory, setDirectory] = useState("");
  const [clientId, setClientId] = useState("");
  const [authority, setAuthority] = useState("");
  const [graph, setGraph] = useState("");
  const [tried, setTried] = useState(false);
  const [added, setAdded] = useState<number>();
  const [refusal, setRefusal] = useState<Refusal>();
  const key = `sign_in:${added ?? "new"}`;
  const work = useWork(key);
  const live = isLive(work);
  const custom = cloud === "custom";
  const wrong = {
    name: name.trim() === "" ? t("form.required") : undefined,
    directory: isGuid(directory) || DOMAIN.test(directory.trim()) ? undefined : t("connect.directoryBad"),
    clientId: isGuid(clientId) ? undefined : t("form.guid"),
    authority: custom && !isAddress(authority) ? t("connect.addressBad") : undefined,
    graph: custom && !isAddress(graph) ? t("connect.addressBad") : undefined,
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (live || Object.values(wrong).some((problem) => problem !== undefined)) return;
    setRefusal(undefined);
    let tenant = added;
    try {
      tenant ??= (
        await call("tenants.add", {
          name: name.trim(),
          cloud,
          directory: directory.trim(),
          client_id: clientId.trim(),
          authority: custom ? authority.trim() : null,
          graph: custom ? graph.trim() : null,
        })
      ).id;
      setAdded(tenant);
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
      return;
    }
    const workKey = `sign_in:${tenant}`;
    dismiss(workKey);
    try {
      const signedIn = await begin(workKey, t("connect.work", { name: name.trim() }), "tenants.sign_in", { tenant });
      say("success", t("connect.done"), signedIn.account);
      onDone();
    } catch {
      // The refusal is on the work, where the form shows it.
    }
  };
  return (
    <Page title={t("connect.title")} aside={t("connect.aside")} reading>
      <form className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
        <Field label={t("connect.name")} hint={t("connect.nameHint")} required {...invalid(tried, wrong.name)}>
          <Input value={name} disabled={added !== undefined} onChange={(_, data) => setName(data.value)} />
        </Field>
        <Field label={t("connect.cloud")} required>
          <Dropdown
            value={cloudWords[cloud]}
            selectedOptions={[cloud]}
            disabled={added !== undefined}
            onOptionSelect={(_, data) => setCloud(data.optionValue as Cloud)}
          >
            {optionsOf(cloudWords).map(({ value, word }) => (
              <Option key={value} value={value}>
                {word}
              </Option>
            ))}
          </Dropdown>
        </Field>
        {custom && (
          <>
            <Field label={t("connect.authority")} required {...invalid(tried, wrong.authority)}>
              <Input
                value={authority}
                disabled={added !== undefined}
                placeholder="https://login.microsoftonline.com"
                onChange={(_, data) => setAuthority(data.value)}
              />
            </Field>
            <Field label={t("connect.graph")} required {...invalid(tried, wrong.graph)}>
              <Input
                value={graph}
                disabled={added !== undefined}
                placeholder="https://graph.microsoft.com"
                onChange={(_, data) => setGraph(data.value)}
              />
            </Field>
          </>
        )}
        <Field
          label={t("connect.directory")}
          hint={t("connect.directoryHint")}
          required
          {...invalid(tried, wrong.directory)}
        >
          <Input
            value={directory}
            disabled={added !== undefined}
            spellCheck={false}
            placeholder="contoso.example"
            onChange={(_, data) => setDirectory(data.value)}
          />
        </Field>
        <Field
          label={t("connect.clientId")}
          hint={t("connect.clientIdHint")}
          required
          {...invalid(tried, wrong.clientId)}
        >
          <Input
            value={clientId}
            disabled={added !== undefined}
            spellCheck={false}
            placeholder="00000000-0000-0000-0000-000000000000"
            onChange={(_, data) => setClientId(data.value)}
          />
        </Field>
        {refusal && <ErrorBar failure={explain(refusal)} />}
        {work?.refusal && <ErrorBar failure={explain(work.refusal)} />}
        {live ? (
          <BrowserWait title={t("connect.waiting")} work={work} onCancel={() => stop(key)} />
        ) : (
          <div className={styles.buttons}>
            <Button type="submit" appearance="primary">
              {t(added === undefined ? "connect.action" : "connect.again")}
            </Button>
            <Button onClick={onBack}>{t("connect.back")}</Button>
          </div>
        )}
      </form>
    </Page>
  );
}

function isAddress(text: string): boolean {
  return URL.canParse(text.trim());
}
