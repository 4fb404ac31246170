import { makeStyles, MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import type { About as AboutFacts } from "../../api/bindings";
import { refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { CopyButton } from "../../ui/CopyButton";
import { ErrorBar } from "../../ui/ErrorBar";
import { CopyableId, Facts } from "../../ui/Facts";
import { Skeletons } from "../../ui/Skeletons";
import { StatusBadge } from "../../ui/StatusBadge";
import { explain, noKeychainWords } from "../../words/codes";
import { t } from "../../words/t";

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", rowGap: "16px", maxWidth: "720px", alignItems: "start" },
});

/** What this Rollcall is, where it keeps its data, and whether secrets rest in the keychain. */
export function About() {
  const styles = useStyles();
  const query = useQuery(reading("about.describe", null));
  const about = query.data;
  if (query.error) {
    return <ErrorBar failure={explain(refusalOf(query.error))} onRetry={() => void query.refetch()} />;
  }
  if (!about) return <Skeletons />;
  return (
    <div className={styles.root}>
      {about.quarantined !== null && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>{t("about.quarantinedTitle")}</MessageBarTitle>{" "}
            {t("about.quarantinedBody", { folder: about.quarantined })}
          </MessageBarBody>
        </MessageBar>
      )}
      <Facts
        facts={[
          { name: t("about.version"), value: about.version },
          { name: t("about.dataFolder"), value: <CopyableId id={about.data_folder} what={t("about.dataFolder")} /> },
          {
            name: t("about.keychain"),
            value: (
              <StatusBadge
                state={about.keychain.kind === "keychain" ? "good" : "attention"}
                word={keychainWords(about)}
              />
            ),
          },
        ]}
      />
      <CopyButton text={asText(about)} label={t("about.copyAll")} labelled />
    </div>
  );
}

function keychainWords({ keychain }: AboutFacts): string {
  return keychain.kind === "keychain"
    ? t("about.keychainOk")
    : t("about.keychainNo", { reason: noKeychainWords[keychain.reason] });
}

function asText(about: AboutFacts): string {
  return [
    `Rollcall ${about.version}`,
    `${t("about.dataFolder")}: ${about.data_folder}`,
    `${t("about.keychain")}: ${keychainWords(about)}`,
  ].join("\n");
}
