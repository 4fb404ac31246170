import { Button, makeStyles, tokens } from "@fluentui/react-components";
import { BeakerRegular, PlugConnectedRegular } from "@fluentui/react-icons";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Error as Refusal } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { usePlace } from "../../lib/place";
import { ErrorBar } from "../../ui/ErrorBar";
import { Page } from "../../ui/Page";
import { explain } from "../../words/codes";
import { t } from "../../words/t";
import { ConnectForm } from "./ConnectForm";
import { welcomeSearch } from "./search";

const useStyles = makeStyles({
  intro: { maxWidth: "640px", margin: "0 0 24px", color: tokens.colorNeutralForeground2 },
  centre: { maxWidth: "840px", margin: "0 auto", paddingTop: "4vh" },
  choices: {
    display: "grid",
    gridTemplateColumns: "repeat(auto-fit, minmax(280px, 1fr))",
    gap: "16px",
    maxWidth: "840px",
  },
  choice: {
    display: "flex",
    flexDirection: "column",
    alignItems: "start",
    rowGap: "12px",
    padding: "20px",
    borderRadius: tokens.borderRadiusLarge,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  icon: { fontSize: "32px", lineHeight: 1, color: tokens.colorBrandForeground1 },
  title: { margin: 0, fontSize: tokens.fontSizeBase400, fontWeight: tokens.fontWeightSemibold },
  text: { margin: 0, flexGrow: 1 },
});

/** The first page: rehearse in the practice tenant, or connect a tenant of one's own. */
export function WelcomePage() {
  const styles = useStyles();
  const [place, change] = usePlace(welcomeSearch);
  const client = useQueryClient();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const arrive = async (to: string, search: object) => {
    await client.invalidateQueries();
    await navigate({ to, search });
  };
  const practise = async () => {
    setBusy(true);
    setRefusal(undefined);
    try {
      await call("practice.open", { users: null, seed: null });
      await arrive("/", {});
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
      setBusy(false);
    }
  };
  if (place.step === "connect") {
    return (
      <ConnectForm
        onBack={() => change({ step: undefined })}
        onDone={() => void arrive("/integrations", { add: true })}
      />
    );
  }
  return (
    <Page title={t("welcome.title")} reading>
      <div className={styles.centre}>
        <p className={styles.intro}>{t("welcome.intro")}</p>
        {refusal && <ErrorBar failure={explain(refusal)} onRetry={() => void practise()} />}
        <div className={styles.choices}>
          <section className={styles.choice}>
            <span className={styles.icon} aria-hidden>
              <BeakerRegular />
            </span>
            <h2 className={styles.title}>{t("welcome.practiceTitle")}</h2>
            <p className={styles.text}>{t("welcome.practiceBody")}</p>
            <Button appearance="primary" disabledFocusable={busy} onClick={() => !busy && void practise()}>
              {t(busy ? "welcome.practiceOpening" : "welcome.practiceOpen")}
            </Button>
          </section>
          <section className={styles.choice}>
            <span className={styles.icon} aria-hidden>
              <PlugConnectedRegular />
            </span>
            <h2 className={styles.title}>{t("welcome.connectTitle")}</h2>
            <p className={styles.text}>{t("welcome.connectBody")}</p>
            <Button onClick={() => change({ step: "connect" })}>{t("welcome.connect")}</Button>
          </section>
        </div>
      </div>
    </Page>
  );
}
