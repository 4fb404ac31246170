import { Button, makeStyles, tokens } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Error as Refusal, TenantView } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { begin, dismiss, isLive, stop, useWork } from "../../api/work";
import { useNotices } from "../../lib/notices";
import { fullTime } from "../../lib/time";
import { BrowserWait } from "../../ui/BrowserWait";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ErrorBar } from "../../ui/ErrorBar";
import { CopyableId, Facts } from "../../ui/Facts";
import { Skeletons } from "../../ui/Skeletons";
import { StatusBadge } from "../../ui/StatusBadge";
import { explain } from "../../words/codes";
import { cloudWords } from "../../words/nouns";
import { t } from "../../words/t";

const useStyles = makeStyles({
  list: { display: "flex", flexDirection: "column", rowGap: "16px", maxWidth: "720px", alignItems: "stretch" },
  tenant: {
    display: "flex",
    flexDirection: "column",
    rowGap: "12px",
    padding: "16px",
    borderRadius: tokens.borderRadiusLarge,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  head: { display: "flex", alignItems: "center", justifyContent: "space-between", columnGap: "16px" },
  name: { margin: 0, fontSize: tokens.fontSizeBase400, fontWeight: tokens.fontWeightSemibold },
  buttons: { display: "flex", columnGap: "8px", flexWrap: "wrap" },
  connect: { alignSelf: "start" },
});

/** The tenants that Rollcall is connected to, and who is signed in to each. */
export function Tenants() {
  const styles = useStyles();
  const navigate = useNavigate();
  const query = useQuery(reading("tenants.list", null));
  return (
    <div className={styles.list}>
      {query.error && <ErrorBar failure={explain(refusalOf(query.error))} onRetry={() => void query.refetch()} />}
      {!query.data && !query.error && <Skeletons />}
      {query.data?.map((view) => (
        <TenantCard key={view.tenant.id} view={view} />
      ))}
      <Button className={styles.connect} onClick={() => void navigate({ to: "/welcome", search: { step: "connect" } })}>
        {t("tenants.connect")}
      </Button>
    </div>
  );
}

function TenantCard({ view: { tenant, signed_in, account } }: { view: TenantView }) {
  const styles = useStyles();
  const say = useNotices((notices) => notices.say);
  const [forgetting, setForgetting] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const key = `sign_in:${tenant.id}`;
  const work = useWork(key);
  const live = isLive(work);
  const signIn = async () => {
    dismiss(key);
    try {
      const answer = await begin(key, t("connect.work", { name: tenant.name }), "tenants.sign_in", {
        tenant: tenant.id,
      });
      const where = answer.kept.kind === "session_only" ? t("tenants.sessionOnly") : undefined;
      say("success", t("tenants.signedInAs", { account: answer.account }), where);
    } catch {
      // The refusal is on the work, where the card shows it.
    }
  };
  const run = async (name: "tenants.sign_out" | "tenants.forget") => {
    setRefusal(undefined);
    setForgetting(false);
    try {
      await call(name, { tenant: tenant.id });
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    }
  };
  return (
    <section className={styles.tenant} aria-label={tenant.name}>
      <div className={styles.head}>
        <h2 className={styles.name}>{tenant.name}</h2>
        <StatusBadge
          state={signed_in ? "good" : "off"}
          word={signed_in ? t("tenants.signedIn", { account: account ?? "" }) : t("tenants.signedOut")}
        />
      </div>
      <Facts
        facts={[
          { name: t("connect.cloud"), value: tenant.practice ? t("tenants.practice") : cloudWords[tenant.cloud] },
          { name: t("connect.directory"), value: <CopyableId id={tenant.directory} what={t("connect.directory")} /> },
          { name: t("connect.clientId"), value: <CopyableId id={tenant.client_id} what={t("connect.clientId")} /> },
          ...(tenant.identity
            ? [
                { name: t("tenants.knownAs"), value: tenant.identity.display_name },
                { name: t("tenants.lastSignIn"), value: fullTime(tenant.identity.seen) },
              ]
            : []),
        ]}
      />
      {tenant.practice && !signed_in && !live && <span>{t("tenants.practiceSignIn")}</span>}
      {work?.refusal && <ErrorBar failure={explain(work.refusal)} />}
      {refusal && <ErrorBar failure={explain(refusal)} />}
      {live ? (
        <BrowserWait title={t("connect.waiting")} work={work} onCancel={() => stop(key)} />
      ) : (
        <div className={styles.buttons}>
          <Button appearance={signed_in ? "secondary" : "primary"} onClick={() => void signIn()}>
            {t(signed_in ? "tenants.signInAgain" : "tenants.signIn")}
          </Button>
          {signed_in && <Button onClick={() => void run("tenants.sign_out")}>{t("tenants.signOut")}</Button>}
          <Button onClick={() => setForgetting(true)}>{t("tenants.forget")}</Button>
        </div>
      )}
      {forgetting && (
        <ConfirmDialog
          title={t("tenants.forgetTitle", { name: tenant.name })}
          action={t("tenants.forgetAction")}
          acknowledge={t("tenants.forgetAcknowledge")}
          onClose={() => setForgetting(false)}
          onConfirm={() => void run("tenants.forget")}
        >
          {t("tenants.forgetBody")}
        </ConfirmDialog>
      )}
    </section>
  );
}
